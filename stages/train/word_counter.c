/* word_counter.c - see word_counter.h. */
#include "word_counter.h"

#include "base/memory.h"
#include "base/temporary.h"
#include "base/vec.h"
#include "word_counts.h"
#include "word_run.h"

#include <unistd.h>

struct word_counter {
    const struct word_bounds *bounds;
    struct map *words;
    int file; /* -1: none */
    VEC(struct word_run) runs;
};

/* ---- counting ---- */

static const size_t LEAST_BYTES = 1 << 20;

struct word_counter *word_counter_of(const struct word_bounds *bounds, struct map *words)
{
    struct word_counter *counter = mem_zalloc(1, sizeof *counter);
    counter->bounds = bounds;
    counter->words = words;
    counter->file = -1;
    return counter;
}

struct word_counter *word_counter_new(const struct word_bounds *bounds)
{
    return word_counter_of(bounds, map_new());
}

void word_counter_free(struct word_counter *counter)
{
    if (counter == NULL)
        return;
    map_free(counter->words);
    vec_free(&counter->runs);
    if (counter->file >= 0)
        (void)close(counter->file);
    mem_free(counter);
}

/* Half of its share, since a table may double when it grows, and sorting it takes memory, too. */
static bool is_full(const struct word_counter *counter)
{
    uint64_t share = counter->bounds->max_memory / counter->bounds->threads;
    return map_bytes(counter->words) > (share > LEAST_BYTES ? share : LEAST_BYTES) / 2;
}

static int spill(struct word_counter *counter)
{
    if (counter->file < 0 && (counter->file = temporary_open(counter->bounds->temp_dir)) < 0)
        return -1;
    uint64_t at = counter->runs.len > 0 ? counter->runs.items[counter->runs.len - 1].end : 0;
    struct word_run run = {.file = counter->file, .at = at};
    const struct map_entry **sorted = word_counts_sorted(counter->words, counter->bounds->spelling);
    int status = word_run_write(&run, sorted, map_len(counter->words));
    mem_free(sorted);
    if (status != 0)
        return -1;
    vec_push(&counter->runs, run);
    map_free(counter->words);
    counter->words = map_new();
    return 0;
}

int word_counter_add(struct word_counter *counter, struct slice word, uint64_t count)
{
    size_t known = map_len(counter->words);
    word_counts_add(counter->words, word, count);
    return map_len(counter->words) > known && is_full(counter) ? spill(counter) : 0;
}

/* ---- sums: tables and runs as sources of words ---- */

struct source {
    struct slice word;
    uint64_t count, head; /* of the word; head: word_order_head */

    const struct map_entry **sorted; /* of a table; NULL: a run */
    size_t next, len;
    struct word_reader reader;
};

struct word_sums {
    struct word_order order;
    VEC(struct source) sources;
    uint32_t *heap; /* those that have a word, the one with the smallest on top */
    size_t heap_len;
    struct bytes word;
};

/* Goes on to the source's next word: 1, 0 where there is none, or -1. */
static int advance(const struct word_sums *sums, struct source *source)
{
    int more = 1;
    if (source->sorted == NULL) {
        more = word_run_next(&source->reader, &source->word, &source->count);
    } else if (source->next == source->len) {
        more = 0;
    } else {
        source->word = source->sorted[source->next]->key;
        source->count = source->sorted[source->next++]->value;
    }
    if (more == 1)
        source->head = word_order_head(&sums->order, source->word);
    return more;
}

static bool is_before(const struct word_sums *sums, uint32_t a, uint32_t b)
{
    const struct source *x = &sums->sources.items[a], *y = &sums->sources.items[b];
    return x->head != y->head ? x->head < y->head : word_order_compare(&sums->order, x->word, y->word) < 0;
}

static void sift_down(struct word_sums *sums, size_t at)
{
    uint32_t *heap = sums->heap, moved = heap[at];
    for (size_t down; (down = at * 2 + 1) < sums->heap_len; at = down) {
        if (down + 1 < sums->heap_len && is_before(sums, heap[down + 1], heap[down]))
            down++;
        if (!is_before(sums, heap[down], moved))
            break;
        heap[at] = heap[down];
    }
    heap[at] = moved;
}

/* What a run is read by: half of the memory for all of them, as far as that is sensible. */
enum { LEAST_READ = 1 << 12, MOST_READ = 1 << 18 };

static size_t bytes_at_once(const struct word_bounds *bounds, size_t runs)
{
    uint64_t bytes = bounds->max_memory / 2 / (runs > 0 ? runs : 1);
    return bytes < LEAST_READ ? LEAST_READ : bytes > MOST_READ ? MOST_READ : (size_t)bytes;
}

static void add_sources(struct word_sums *sums, const struct word_counter *counter, size_t at_once)
{
    struct source table = {.sorted = word_counts_sorted(counter->words, counter->bounds->spelling),
                           .len = map_len(counter->words)};
    vec_push(&sums->sources, table);
    for (size_t i = 0; i < counter->runs.len; i++) {
        struct source run = {.reader = {.run = counter->runs.items[i], .at_once = at_once}};
        vec_push(&sums->sources, run);
    }
}

struct word_sums *word_sums_new(struct word_counter *const *counters, size_t count)
{
    struct word_sums *sums = mem_zalloc(1, sizeof *sums);
    size_t runs = 0;
    sums->order = word_order_of(counters[0]->bounds->spelling);
    for (size_t i = 0; i < count; i++)
        runs += counters[i]->runs.len;
    for (size_t i = 0; i < count; i++)
        add_sources(sums, counters[i], bytes_at_once(counters[i]->bounds, runs));
    return sums;
}

void word_sums_free(struct word_sums *sums)
{
    if (sums == NULL)
        return;
    for (size_t i = 0; i < sums->sources.len; i++) {
        mem_free(sums->sources.items[i].sorted);
        vec_free(&sums->sources.items[i].reader.buffer);
    }
    vec_free(&sums->sources);
    mem_free(sums->heap);
    vec_free(&sums->word);
    mem_free(sums);
}

/* Reads the first word of each source. */
static int start(struct word_sums *sums)
{
    sums->heap = mem_zalloc(sums->sources.len, sizeof *sums->heap);
    for (size_t i = 0; i < sums->sources.len; i++) {
        int more = advance(sums, &sums->sources.items[i]);
        if (more < 0)
            return -1;
        if (more == 1)
            sums->heap[sums->heap_len++] = (uint32_t)i;
    }
    for (size_t i = sums->heap_len / 2; i > 0; i--)
        sift_down(sums, i - 1);
    return 0;
}

int word_sums_next(struct word_sums *sums, struct slice *word, uint64_t *count)
{
    if (sums->heap == NULL && start(sums) != 0)
        return -1;
    if (sums->heap_len == 0)
        return 0;
    sums->word.len = 0;
    bytes_put(&sums->word, sums->sources.items[sums->heap[0]].word);
    *word = bytes_slice(&sums->word);
    *count = 0;
    while (sums->heap_len > 0) {
        struct source *source = &sums->sources.items[sums->heap[0]];
        if (!slice_equal(source->word, *word))
            break;
        word_counts_sum(count, source->count);
        int more = advance(sums, source);
        if (more < 0)
            return -1;
        if (more == 0)
            sums->heap[0] = sums->heap[--sums->heap_len];
        if (sums->heap_len > 0)
            sift_down(sums, 0);
    }
    return 1;
}

/* ---- sums in one table ---- */

/* Nothing is in a file: no need to sort. */
static struct map *add_tables(struct word_counter *const *counters, size_t count)
{
    struct map *sum = counters[0]->words;
    counters[0]->words = NULL;
    for (size_t c = 1; c < count; c++) {
        for (size_t i = 0; i < map_len(counters[c]->words); i++)
            word_counts_add(sum, map_at(counters[c]->words, i)->key, map_at(counters[c]->words, i)->value);
        map_free(counters[c]->words);
        counters[c]->words = NULL;
    }
    return sum;
}

enum { LEAST_SURPLUS = 4096 };

/* Of about twice as many as are wanted the better half is kept, again and again, so that there are never more. */
static int read_sums(struct word_sums *sums, enum word_spelling spelling, size_t most, struct map **words,
                     uint64_t *different)
{
    size_t surplus = most > LEAST_SURPLUS ? most : LEAST_SURPLUS;
    struct slice word;
    uint64_t count;
    int more;
    while ((more = word_sums_next(sums, &word, &count)) == 1) {
        ++*different;
        word_counts_add(*words, word, count);
        if (most > 0 && map_len(*words) >= most + surplus)
            word_counts_prune(words, spelling, most);
    }
    return more;
}

int word_counter_table(struct word_counter *const *counters, size_t count, size_t most, struct map **words,
                       uint64_t *different)
{
    enum word_spelling spelling = counters[0]->bounds->spelling;
    size_t runs = 0;
    int status = 0;
    for (size_t i = 0; i < count; i++)
        runs += counters[i]->runs.len;
    if (runs == 0) {
        *words = add_tables(counters, count);
        *different = map_len(*words);
    } else {
        struct word_sums *sums = word_sums_new(counters, count);
        *words = map_new();
        *different = 0;
        status = read_sums(sums, spelling, most, words, different);
        word_sums_free(sums);
    }
    if (status == 0 && most > 0)
        word_counts_prune(words, spelling, most);
    return status;
}
