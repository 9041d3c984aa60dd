/* sums.c - see sums.h.
 *
 * A key is
 *
 *     the word, each NUL in it followed by 1 | NUL NUL | what is added up | the label
 *
 * so that keys are in the order of their words, and those of one word are together. */
#include "sums.h"

#include "../words/table_lines.h"
#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SUM_DOCUMENTS = 'd', SUM_LABEL = 'l', SUM_WEIGHT = 'w' };
enum { WORDS_AT_ONCE = 1024 };

static const uint64_t TOO_LARGE = (uint64_t)INT64_MAX + 1;

uint64_t sums_add(uint64_t a, uint64_t b)
{
    return b > TOO_LARGE - a ? TOO_LARGE : a + b;
}

void sums_open(struct sums *sums, int64_t memory, const char *temp_dir)
{
    *sums = (struct sums){.bounds = {.max_memory = (uint64_t)memory, .temp_dir = temp_dir, .combine = sums_add}};
}

void sums_release(struct sums *sums)
{
    sorted_free(sums->sorted);
    for (size_t i = 0; i < sums->sorts.len; i++)
        sort_free(sums->sorts.items[i]);
    vec_free(&sums->sorts);
    vec_free(&sums->options);
    vec_free(&sums->word);
    vec_free(&sums->label_counts);
    map_free(sums->labels);
}

/* ---- in ---- */

static void put_key(struct bytes *key, struct slice word, char what)
{
    key->len = 0;
    for (const char *nul; (nul = word.len > 0 ? memchr(word.ptr, '\0', word.len) : NULL) != NULL;) {
        bytes_put(key, slice_between(word.ptr, nul));
        bytes_put(key, SLICE("\0\1"));
        word = slice_between(nul + 1, word.ptr + word.len);
    }
    bytes_put(key, word);
    bytes_put(key, SLICE("\0\0"));
    bytes_byte(key, what);
}

static int put(struct sort *sort, const struct bytes *key, uint64_t number)
{
    return sort_put(sort, bytes_slice(key), (struct slice){(const char *)&number, sizeof number});
}

int sums_put(struct sort *sort, struct bytes *key, struct slice word, uint64_t documents, uint64_t weight)
{
    put_key(key, word, SUM_DOCUMENTS);
    if (put(sort, key, documents) < 0)
        return -1;
    key->items[key->len - 1] = SUM_WEIGHT;
    return put(sort, key, weight);
}

int sums_put_label(struct sort *sort, struct bytes *key, struct slice word, struct slice label, uint64_t documents)
{
    put_key(key, word, SUM_LABEL);
    bytes_put(key, label);
    return put(sort, key, documents);
}

/* ---- out ---- */

static void put_label_count(struct bytes *json, struct slice label, uint64_t number)
{
    bytes_byte(json, json->len == 0 ? '{' : ',');
    json_put_string(json, label);
    bytes_byte(json, ':');
    json_put_int(json, (int64_t)number);
}

static struct slice take_label_counts(struct bytes *json, struct arena *arena)
{
    bytes_put(json, json->len == 0 ? SLICE("{}") : SLICE("}"));
    struct slice taken = arena_copy(arena, bytes_slice(json));
    json->len = 0;
    return taken;
}

static int compare_entries(const void *a, const void *b)
{
    return slice_compare((*(const struct map_entry *const *)a)->key, (*(const struct map_entry *const *)b)->key);
}

/* By the bytes of the labels. */
static void put_all_labels(const struct map *labels, struct bytes *json)
{
    size_t count = map_len(labels);
    const struct map_entry **sorted = mem_zalloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = map_at(labels, i);
    qsort(sorted, count, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < count; i++)
        put_label_count(json, sorted[i]->key, sorted[i]->value);
    mem_free(sorted);
}

static int write_head(struct sums *sums, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_new(arena);
    if (sums->records >= TOO_LARGE || sums->documents >= TOO_LARGE)
        return diag_error("too many records: a table counts up to %" PRId64, INT64_MAX);
    rec_set_text(made, SLICE("format"), SLICE(TABLE_FORMAT));
    rec_set_int(made, SLICE("records"), (int64_t)sums->records);
    rec_set_json(made, SLICE("options"), arena_copy(arena, bytes_slice(&sums->options)));
    rec_set_int(made, SLICE("documents"), (int64_t)sums->documents);
    if (sums->labels != NULL) {
        put_all_labels(sums->labels, &sums->label_counts);
        rec_set_json(made, SLICE("labels"), take_label_counts(&sums->label_counts, arena));
    }
    return sink_emit(out, made);
}

/* The part of a key that all keys of a word share. */
static struct slice word_part(struct slice key)
{
    const char *nul = memchr(key.ptr, '\0', key.len);
    while (nul[1] != '\0')
        nul = memchr(nul + 1, '\0', (size_t)(key.ptr + key.len - nul - 1));
    return slice_between(key.ptr, nul + 2);
}

static struct slice plain_word(struct slice part, struct arena *arena)
{
    char *word = arena_alloc(arena, part.len);
    size_t len = 0;
    for (size_t i = 0; i < part.len - 2; i++) {
        word[len++] = part.ptr[i];
        i += part.ptr[i] == '\0';
    }
    return (struct slice){word, len};
}

/* Adds the entries of a word up. 0, or -1 with the message. */
static int read_word(struct sums *sums, uint64_t *documents, uint64_t *weight)
{
    sums->word.len = 0;
    bytes_put(&sums->word, word_part(sums->key));
    for (int more = 1; more == 1 && slice_starts(sums->key, bytes_slice(&sums->word));) {
        uint64_t number;
        struct slice rest = {sums->key.ptr + sums->word.len, sums->key.len - sums->word.len};
        memcpy(&number, sums->value.ptr, sizeof number);
        if (rest.ptr[0] == SUM_DOCUMENTS)
            *documents = number;
        else if (rest.ptr[0] == SUM_WEIGHT)
            *weight = number;
        else
            put_label_count(&sums->label_counts, (struct slice){rest.ptr + 1, rest.len - 1}, number);
        more = sorted_next(sums->sorted, &sums->key, &sums->value);
        if (more < 0)
            return -1;
        if (more == 0)
            sums->key = (struct slice){0};
    }
    return 0;
}

static int write_word(struct sums *sums, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    uint64_t documents = 0, weight = 0;
    if (read_word(sums, &documents, &weight) < 0)
        return -1;
    struct record *made = rec_new(arena);
    struct slice word = plain_word(bytes_slice(&sums->word), arena);
    if (weight >= TOO_LARGE || documents >= TOO_LARGE)
        return diag_error("weight: the sum for \"%.*s\" is 2^63 or more, in units of 2^-%d: count fewer records",
                          (int)word.len, word.ptr, TABLE_WEIGHT_BITS);
    rec_set_text(made, SLICE("word"), word);
    rec_set_int(made, SLICE("documents"), (int64_t)documents);
    rec_set_int(made, SLICE("weight"), (int64_t)weight);
    if (sums->labels != NULL)
        rec_set_json(made, SLICE("labels"), take_label_counts(&sums->label_counts, arena));
    return sink_emit(out, made);
}

int sums_write(struct sums *sums, struct sink *out, uint64_t *words)
{
    *words = 0;
    if (sums->sorted == NULL) {
        if (write_head(sums, out) < 0)
            return -1;
        sums->sorted = sort_all(sums->sorts.items, sums->sorts.len);
        int more = sorted_next(sums->sorted, &sums->key, &sums->value);
        return more < 0 || more == 0 ? more : 1;
    }
    for (; *words < WORDS_AT_ONCE && sums->key.ptr != NULL; ++*words)
        if (write_word(sums, out) < 0)
            return -1;
    return sums->key.ptr != NULL;
}
