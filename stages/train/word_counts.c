/* word_counts.c - see word_counts.h. */
#include "word_counts.h"

#include "../tokenizer/text/byte_spelling.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "run/sort_order.h"
#include "text/text.h"

/* The value at which an overflowing sum stays, whatever is added in whatever order. */
static const uint64_t TOO_LARGE = (uint64_t)INT64_MAX + 1;

uint64_t word_counts_sum(uint64_t a, uint64_t b)
{
    return b > TOO_LARGE - a ? TOO_LARGE : a + b;
}

void word_counts_add(struct map *words, struct slice word, uint64_t count)
{
    uint64_t *sum = map_put(words, word);
    *sum = word_counts_sum(*sum, count);
}

int word_counts_check(uint64_t *letters, struct slice word, uint64_t count)
{
    uint64_t own;
    if (__builtin_mul_overflow(count, (uint64_t)word.len, &own) || __builtin_add_overflow(*letters, own, letters) ||
        *letters >= TOO_LARGE)
        return diag_error("the words have more than %lld letters in total", (long long)INT64_MAX);
    return 0;
}

/* ---- order ---- */

void word_counts_rank(enum word_spelling spelling, uint8_t rank[256])
{
    for (unsigned byte = 0; byte < 256; byte++) {
        rank[byte] = spelling == WORDS_AS_TEXT ? (uint8_t)byte : 0;
        for (unsigned other = 0; spelling == WORDS_AS_BYTES && other < 256; other++)
            rank[byte] =
                (uint8_t)(rank[byte] + (byte_spelling((unsigned char)other) < byte_spelling((unsigned char)byte)));
    }
}

/* Heads are compared first; if they are equal, the words are. */
static const struct map_entry **sorted(const struct map *words, enum word_spelling spelling, bool by_count)
{
    uint8_t rank[256];
    size_t len = map_len(words);
    word_counts_rank(spelling, rank);
    const struct sort_bounds bounds = {.rank = rank, .combine = word_counts_sum};
    struct sort_item *items = mem_zalloc(len + 1, sizeof *items);
    const struct map_entry **entries = mem_zalloc(len + 1, sizeof *entries);
    for (size_t i = 0; i < len; i++) {
        const struct map_entry *entry = map_at(words, i);
        items[i] = (struct sort_item){by_count ? ~entry->value : sort_head(rank, entry->key), entry};
    }
    sort_items(&bounds, items, len);
    for (size_t i = 0; i < len; i++)
        entries[i] = items[i].at;
    mem_free(items);
    return entries;
}

const struct map_entry **word_counts_sorted(const struct map *words, enum word_spelling spelling)
{
    return sorted(words, spelling, false);
}

void word_counts_prune(struct map **words, enum word_spelling spelling, size_t most)
{
    if (map_len(*words) <= most)
        return;
    const struct map_entry **entries = sorted(*words, spelling, true);
    struct map *kept = map_new();
    for (size_t i = 0; i < most; i++)
        *map_put(kept, entries[i]->key) = entries[i]->value;
    mem_free(entries);
    map_free(*words);
    *words = kept;
}

/* ---- in one table ---- */

enum { LEAST_SURPLUS = 4096 };

/* Collects up to about twice as many words as wanted and then keeps the better half, again and again, so that memory
 * stays bounded. */
static int read_sums(struct sorted *sums, enum word_spelling spelling, size_t most, struct map **words,
                     uint64_t *different)
{
    size_t surplus = most > LEAST_SURPLUS ? most : LEAST_SURPLUS;
    struct slice word, count;
    int more;
    while ((more = sorted_next(sums, &word, &count)) == 1) {
        ++*different;
        memcpy(map_put(*words, word), count.ptr, sizeof(uint64_t));
        if (most > 0 && map_len(*words) >= most + surplus)
            word_counts_prune(words, spelling, most);
    }
    return more;
}

int word_counts_table(struct sort *const *sorts, size_t count, enum word_spelling spelling, size_t most,
                      struct map **words, uint64_t *different)
{
    int status = 0;
    *words = sort_table(sorts, count);
    *different = 0;
    if (*words != NULL) {
        *different = map_len(*words);
    } else {
        struct sorted *sums = sort_all(sorts, count);
        *words = map_new();
        status = read_sums(sums, spelling, most, words, different);
        sorted_free(sums);
    }
    if (status == 0 && most > 0)
        word_counts_prune(words, spelling, most);
    return status;
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
            return diag_error("word: U+%04X does not spell a byte: these counts are not from --type bpe",
                              (unsigned)point);
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
        return diag_within("not a word count as \"quern train count\" writes them: %s", diag_message());
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
