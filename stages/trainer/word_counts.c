/* word_counts.c - see word_counts.h. */
#include "word_counts.h"

#include "../tokenizer/models/bpe.h"
#include "arena.h"
#include "diag.h"
#include "memory.h"
#include "text.h"

#include <stdlib.h>

/* What a sum that is too large stays at, whatever is added to it in whatever order. */
static const uint64_t TOO_LARGE = (uint64_t)INT64_MAX + 1;

void word_counts_add(struct map *words, struct slice word, uint64_t count)
{
    uint64_t *sum = map_put(words, word);
    *sum = count > TOO_LARGE - *sum ? TOO_LARGE : *sum + count;
}

int word_counts_check(const struct map *words)
{
    uint64_t sum = 0, letters;
    for (size_t i = 0; i < map_len(words); i++)
        if (__builtin_mul_overflow(map_at(words, i)->value, (uint64_t)map_at(words, i)->key.len, &letters) ||
            __builtin_add_overflow(sum, letters, &sum) || sum >= TOO_LARGE)
            return diag_error("the words have more than %lld letters together", (long long)INT64_MAX);
    return 0;
}

/* ---- order ---- */

/* The spelling of each byte. UTF-8 sorts as code points do, so that bytes are compared by it alone. */
struct spellings {
    uint32_t of[256];
};

static struct spellings all_spellings(void)
{
    struct spellings spellings;
    for (unsigned byte = 0; byte < 256; byte++)
        spellings.of[byte] = bpe_spelling((unsigned char)byte);
    return spellings;
}

static int compare_spelled(struct slice a, struct slice b, const struct spellings *spellings)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < shared; i++)
        if (a.ptr[i] != b.ptr[i])
            return spellings->of[(unsigned char)a.ptr[i]] < spellings->of[(unsigned char)b.ptr[i]] ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

/* spellings: a struct spellings where the words are bytes, else NULL. */
static int compare_words(const void *a, const void *b, void *spellings)
{
    const struct map_entry *x = *(const struct map_entry *const *)a, *y = *(const struct map_entry *const *)b;
    return spellings == NULL ? slice_compare(x->key, y->key) : compare_spelled(x->key, y->key, spellings);
}

static int compare_counts(const void *a, const void *b, void *spellings)
{
    const struct map_entry *x = *(const struct map_entry *const *)a, *y = *(const struct map_entry *const *)b;
    return x->value != y->value ? (x->value < y->value) - (x->value > y->value) : compare_words(a, b, spellings);
}

static const struct map_entry **sorted(const struct map *words, enum word_spelling spelling,
                                       int (*compare)(const void *, const void *, void *))
{
    size_t len = map_len(words);
    const struct map_entry **entries = mem_zalloc(len + 1, sizeof *entries);
    for (size_t i = 0; i < len; i++)
        entries[i] = map_at(words, i);
    struct spellings spellings = all_spellings();
    qsort_r(entries, len, sizeof *entries, compare, spelling == WORDS_AS_BYTES ? &spellings : NULL);
    return entries;
}

const struct map_entry **word_counts_sorted(const struct map *words, enum word_spelling spelling)
{
    return sorted(words, spelling, compare_words);
}

size_t word_counts_prune(struct map **words, enum word_spelling spelling, size_t most)
{
    size_t len = map_len(*words);
    if (len <= most)
        return 0;
    const struct map_entry **entries = sorted(*words, spelling, compare_counts);
    struct map *kept = map_new();
    for (size_t i = 0; i < most; i++)
        *map_put(kept, entries[i]->key) = entries[i]->value;
    mem_free(entries);
    map_free(*words);
    *words = kept;
    return len - most;
}

/* ---- records ---- */

enum { SPELLED_LIMIT = 0x200 }; /* above the code points that spell bytes */

/* The bytes that a spelling stands for. */
static int unspell(struct slice spelled, struct arena *arena, struct slice *word)
{
    int16_t byte_of[SPELLED_LIMIT];
    memset(byte_of, -1, sizeof byte_of);
    for (int byte = 0; byte < 256; byte++)
        byte_of[bpe_spelling((unsigned char)byte)] = (int16_t)byte;
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
        len += text_encode(bpe_spelling((unsigned char)word.ptr[i]), text + len);
    return (struct slice){text, len};
}

struct record *word_counts_record(const struct map_entry *entry, enum word_spelling spelling, struct arena *arena)
{
    struct record *record = rec_new(arena);
    rec_set_text(record, SLICE("word"), spelling == WORDS_AS_BYTES ? spell(entry->key, arena) : entry->key);
    rec_set_int(record, SLICE("count"), (int64_t)entry->value);
    return record;
}
