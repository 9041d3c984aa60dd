/* word_counts.c - see word_counts.h. */
#include "word_counts.h"

#include "../tokenizer/text/byte_spelling.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/text.h"

#include <stdlib.h>

/* What a sum that is too large stays at, whatever is added to it in whatever order. */
static const uint64_t TOO_LARGE = (uint64_t)INT64_MAX + 1;

void word_counts_sum(uint64_t *sum, uint64_t count)
{
    *sum = count > TOO_LARGE - *sum ? TOO_LARGE : *sum + count;
}

void word_counts_add(struct map *words, struct slice word, uint64_t count)
{
    word_counts_sum(map_put(words, word), count);
}

int word_counts_check(uint64_t *letters, struct slice word, uint64_t count)
{
    uint64_t own;
    if (__builtin_mul_overflow(count, (uint64_t)word.len, &own) || __builtin_add_overflow(*letters, own, letters) ||
        *letters >= TOO_LARGE)
        return diag_error("the words have more than %lld letters together", (long long)INT64_MAX);
    return 0;
}

/* ---- order ---- */

/* What is sorted: the head makes a look at most words needless. */
struct item {
    uint64_t head;
    const struct map_entry *entry;
};

static int compare_words(const void *a, const void *b, void *order)
{
    const struct item *x = a, *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    return word_order_compare(order, x->entry->key, y->entry->key);
}

static int compare_counts(const void *a, const void *b, void *order)
{
    uint64_t x = ((const struct item *)a)->entry->value, y = ((const struct item *)b)->entry->value;
    return x != y ? (x < y) - (x > y) : compare_words(a, b, order);
}

static const struct map_entry **sorted(const struct map *words, enum word_spelling spelling,
                                       int (*compare)(const void *, const void *, void *))
{
    size_t len = map_len(words);
    struct word_order order = word_order_of(spelling);
    struct item *items = mem_zalloc(len + 1, sizeof *items);
    for (size_t i = 0; i < len; i++)
        items[i] = (struct item){word_order_head(&order, map_at(words, i)->key), map_at(words, i)};
    qsort_r(items, len, sizeof *items, compare, &order);
    const struct map_entry **entries = mem_zalloc(len + 1, sizeof *entries);
    for (size_t i = 0; i < len; i++)
        entries[i] = items[i].entry;
    mem_free(items);
    return entries;
}

const struct map_entry **word_counts_sorted(const struct map *words, enum word_spelling spelling)
{
    return sorted(words, spelling, compare_words);
}

void word_counts_prune(struct map **words, enum word_spelling spelling, size_t most)
{
    if (map_len(*words) <= most)
        return;
    const struct map_entry **entries = sorted(*words, spelling, compare_counts);
    struct map *kept = map_new();
    for (size_t i = 0; i < most; i++)
        *map_put(kept, entries[i]->key) = entries[i]->value;
    mem_free(entries);
    map_free(*words);
    *words = kept;
}

/* ---- records ---- */

enum { SPELLED_LIMIT = 0x200 }; /* above the code points that spell bytes */

/* The bytes that a spelling stands for. */
static int unspell(struct slice spelled, struct arena *arena, struct slice *word)
{
    int16_t byte_of[SPELLED_LIMIT];
    memset(byte_of, -1, sizeof byte_of);
    for (int byte = 0; byte < 256; byte++)
        byte_of[byte_spelling((unsigned char)byte)] = (int16_t)byte;
    char *bytes = arena_alloc(arena, spelled.len);
    size_t len = 0;
    for (const char *at = spelled.ptr, *end = at + spelled.len; at < end;) {
        size_t sequence;
        uint32_t point = text_decode(at, &sequence);
        at += sequence;
        if (point >= SPELLED_LIMIT || byte_of[point] < 0)
            return diag_error("word: U+%04X spells no byte: these are no counts of bpe", (unsigned)point);
        bytes[len++] = (char)byte_of[point];
    }
    *word = (struct slice){bytes, len};
    return 0;
}

int word_counts_read(const struct record *in, enum word_spelling spelling, struct arena *arena, struct slice *word,
                     uint64_t *count)
{
    int64_t number;
    if (rec_text(in, SLICE("word"), arena, word) != 0 || rec_int(in, SLICE("count"), &number) != 0)
        return -1;
    if (word->len == 0)
        return diag_error("word: empty");
    if (number < 1)
        return diag_error("count: expected 1 or more, found %lld", (long long)number);
    *count = (uint64_t)number;
    return spelling == WORDS_AS_BYTES ? unspell(*word, arena, word) : 0;
}

static struct slice spell(struct slice word, struct arena *arena)
{
    char *text = arena_array(arena, word.len, 2); /* all spellings are below U+0800 */
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++)
        len += text_encode(byte_spelling((unsigned char)word.ptr[i]), text + len);
    return (struct slice){text, len};
}

struct record *word_counts_record(struct slice word, uint64_t count, enum word_spelling spelling, struct arena *arena)
{
    struct record *record = rec_new(arena);
    rec_set_text(record, SLICE("word"), spelling == WORDS_AS_BYTES ? spell(word, arena) : arena_copy(arena, word));
    rec_set_int(record, SLICE("count"), (int64_t)count);
    return record;
}
