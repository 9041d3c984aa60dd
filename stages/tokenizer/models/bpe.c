/* bpe.c - see bpe.h.
 *
 * There are two ways to the same result. A short word is an array of symbols, which is searched again for the best pair
 * after each merge. A long one (a run of Han, a megabyte of one letter) is a list of symbols: bpe_long.h,
 * bpe_heap.h. */
#include "bpe.h"

#include "../text/byte_spelling.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"
#include "bpe_chars.h"
#include "bpe_heap.h"
#include "text/text.h"

#include <assert.h>
#include <xxhash.h>

enum { SHORT_SYMBOLS = 48, SPELLINGS = 0x144 };

/* Of a short word. */
struct symbol {
    uint32_t rank; /* of the merge with the next symbol, BPE_NO_RANK */
    int32_t id;
    uint32_t end; /* bytes of the word; see start_symbols */
};

struct bpe_scratch {
    struct symbol word[SHORT_SYMBOLS];
    VEC(struct bpe_symbol) symbols;
    struct bpe_long *lists; /* NULL until there is a long word */
    struct bpe_heap *heap;
    struct bytes spelled;
    struct subwords characters;
    struct dropout *dropout; /* may be NULL */
};

/* ---- the alphabet of bytes ---- */

static void spell(struct slice word, struct bytes *out)
{
    out->len = 0;
    for (size_t i = 0; i < word.len; i++) {
        char bytes[4];
        bytes_append(out, bytes, text_encode(byte_spelling((unsigned char)word.ptr[i]), bytes));
    }
}

/* ---- the merges ---- */

void bpe_init(struct bpe *bpe, size_t expected)
{
    bpe_merges_init(&bpe->merges, expected);
    for (unsigned byte = 0; byte < 256; byte++) {
        char bytes[4];
        struct slice spelled = {bytes, text_encode(byte_spelling((unsigned char)byte), bytes)};
        bpe->byte_ids[byte] = vocab_id(bpe->vocab, spelled);
    }
}

void bpe_free(struct bpe *bpe)
{
    bpe_merges_free(&bpe->merges);
    mem_free(bpe->byte_ranks);
    bpe_cuts_free(bpe->cuts);
    mem_free(bpe->long_tokens);
    bpe->byte_ranks = NULL;
    bpe->long_tokens = NULL;
    bpe->cuts = NULL;
}

static int unknown_token(struct slice token, uint32_t rank)
{
    return diag_error("merge %u: \"%.*s\" is not in the vocabulary", rank + 1, (int)token.len, token.ptr);
}

int bpe_add_pair(struct bpe *bpe, int32_t left, int32_t right, uint32_t rank, int32_t id)
{
    return bpe_merges_put(&bpe->merges, left, right, rank, id);
}

/* The product of this merge if it is simply the token after the previous product (as in most files); else -1: look it
 * up. */
static int32_t next_id(const struct bpe *bpe, int32_t id, struct slice left, struct slice right)
{
    struct slice token = vocab_token(bpe->vocab, id + 1);
    bool same = !bpe->vocab->renumbered && token.len == left.len + right.len && slice_starts(token, left) &&
                right.len > 0 && memcmp(token.ptr + left.len, right.ptr, right.len) == 0;
    return same ? id + 1 : -1;
}

/* Finds the ids of both halves, two for each merge. */
static int find_halves(const struct bpe *bpe, const struct bpe_halves *merges, size_t count, uint32_t rank,
                       int32_t *halves)
{
    struct vocab_wanted wanted[VOCAB_BATCH];
    assert(count > 0 && count <= BPE_BATCH);
    for (size_t i = 0; i < count; i++) {
        wanted[2 * i] = (struct vocab_wanted){{NULL, 0}, merges[i].left};
        wanted[2 * i + 1] = (struct vocab_wanted){{NULL, 0}, merges[i].right};
    }
    vocab_find_many(bpe->vocab, wanted, 2 * count, halves);
    for (size_t i = 0; i < 2 * count; i++)
        if (halves[i] < 0)
            return unknown_token(wanted[i].rest, rank + (uint32_t)(i / 2));
    return 0;
}

/* Finds the ids of the merged tokens. */
static int find_made(const struct bpe *bpe, const struct bpe_halves *merges, size_t count, uint32_t rank, int32_t *made)
{
    struct vocab_wanted wanted[BPE_BATCH];
    int32_t others[BPE_BATCH], last = bpe->merges.ids.len > 0 ? bpe->merges.ids.items[bpe->merges.ids.len - 1] : -1;
    size_t left_over = 0;
    for (size_t i = 0; i < count; i++) {
        struct slice left = merges[i].left, right = merges[i].right, prefix = bpe->prefix;
        if (right.len < prefix.len)
            return diag_error("merge %u: \"%.*s\" does not start with \"%.*s\"", rank + (uint32_t)i + 1, (int)right.len,
                              right.ptr, (int)prefix.len, prefix.ptr);
        right = (struct slice){right.ptr + prefix.len, right.len - prefix.len};
        made[i] = last = next_id(bpe, last, left, right);
        if (last < 0)
            wanted[left_over++] = (struct vocab_wanted){left, right};
    }
    vocab_find_many(bpe->vocab, wanted, left_over, others);
    for (size_t i = 0, other = 0; i < count; i++) {
        if (made[i] >= 0)
            continue;
        struct vocab_wanted both = wanted[other];
        made[i] = others[other++];
        if (made[i] < 0)
            return diag_error("merge %u: \"%.*s%.*s\" is not in the vocabulary", rank + (uint32_t)i + 1,
                              (int)both.prefix.len, both.prefix.ptr, (int)both.rest.len, both.rest.ptr);
    }
    return 0;
}

static int add_merges(struct bpe *bpe, const struct bpe_halves *merges, size_t count, uint32_t rank)
{
    int32_t halves[VOCAB_BATCH], made[BPE_BATCH] = {0};
    if (count == 0)
        return 0;
    if (find_halves(bpe, merges, count, rank, halves) != 0 || find_made(bpe, merges, count, rank, made) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        bpe_merges_expect(&bpe->merges, halves[2 * i], halves[2 * i + 1]);
    for (size_t i = 0; i < count; i++)
        if (bpe_add_pair(bpe, halves[2 * i], halves[2 * i + 1], rank + (uint32_t)i, made[i]) != 0)
            return -1;
    return 0;
}

int bpe_batch_end(struct bpe *bpe, struct bpe_batch *batch)
{
    if (add_merges(bpe, batch->merges, batch->count, batch->rank) != 0)
        return -1;
    batch->rank += batch->count;
    batch->count = 0;
    return 0;
}

int bpe_batch_put(struct bpe *bpe, struct bpe_batch *batch)
{
    return ++batch->count < BPE_BATCH ? 0 : bpe_batch_end(bpe, batch);
}

/* ---- where words can be cut ---- */

/* A token's ends, derived from its spelling. */
struct edges {
    struct bpe_edge first, last;
};
#define NOT_SPELLED 0xfffffeu /* instead of a code point: no merge makes the token */

enum { CHARACTER_BYTES = 4 };

/* The byte that a character spells, or -1. */
static int unspell(const uint8_t *bytes, uint32_t point)
{
    return point < SPELLINGS && (bytes[point] != 0 || point == byte_spelling(0)) ? bytes[point] : -1;
}

static struct bpe_edge first_edge(const uint8_t *bytes, struct slice token)
{
    char spelled[CHARACTER_BYTES];
    size_t count = 0;
    for (size_t at = 0, len; at < token.len && count < CHARACTER_BYTES; at += len) {
        int byte = unspell(bytes, text_decode(token.ptr + at, &len));
        if (byte < 0)
            return (struct bpe_edge){NOT_SPELLED, 0};
        spelled[count++] = (char)byte;
        if ((uint8_t)spelled[0] < 0x80)
            break;
    }
    return bpe_cuts_first((struct slice){spelled, count});
}

static struct bpe_edge last_edge(const uint8_t *bytes, struct slice token)
{
    char spelled[CHARACTER_BYTES];
    size_t count = 0;
    for (const char *at = token.ptr + token.len; at > token.ptr && count < CHARACTER_BYTES;) {
        size_t len;
        do
            at--;
        while (at > token.ptr && ((unsigned char)*at & 0xc0) == 0x80);
        int byte = unspell(bytes, text_decode(at, &len));
        if (byte < 0)
            return (struct bpe_edge){NOT_SPELLED, 0};
        spelled[CHARACTER_BYTES - ++count] = (char)byte;
        if ((byte & 0xc0) != 0x80)
            break;
    }
    return bpe_cuts_last((struct slice){spelled + CHARACTER_BYTES - count, count});
}

static void find_cuts(struct bpe *bpe, const uint8_t *bytes)
{
    struct edges *edges = mem_alloc((bpe->vocab->size + 1) * sizeof *edges);
    for (size_t id = 0; id < bpe->vocab->size; id++) {
        struct slice token = vocab_token(bpe->vocab, (int32_t)id);
        edges[id].first.point = edges[id].last.point = NOT_SPELLED;
        if (token.len > 0)
            edges[id] = (struct edges){first_edge(bytes, token), last_edge(bytes, token)};
    }
    bpe->cuts = bpe_cuts_new();
    for (size_t i = 0; i < bpe->merges.slot_count; i++) {
        uint64_t merge = bpe->merges.slots[i];
        if (merge == BPE_NO_MERGE)
            continue;
        struct bpe_edge left = edges[bpe_merge_left(merge)].last, right = edges[bpe_merge_right(merge)].first;
        if (left.point != NOT_SPELLED && right.point != NOT_SPELLED)
            bpe_cuts_merge(bpe->cuts, left, right);
    }
    mem_free(edges);
}

/* Most long words, above all runs of Han, are not tokens, and finding that out in the vocabulary takes as long as a
 * merge or two. So the long tokens are marked. */
enum { LONG_BYTES = 16, LONG_BITS = 17 };

static size_t long_bit(struct slice word)
{
    return (size_t)(XXH3_64bits(word.ptr, word.len) >> (64 - LONG_BITS));
}

/* All bytes of a token. False if it has a character that spells no byte. */
static bool unspell_token(const uint8_t *bytes, struct slice token, struct bytes *out)
{
    out->len = 0;
    for (size_t at = 0, len; at < token.len; at += len) {
        int byte = unspell(bytes, text_decode(token.ptr + at, &len));
        if (byte < 0)
            return false;
        bytes_byte(out, (char)byte);
    }
    return out->len > 0;
}

/* bytes: by the code point that spells each. */
static void mark_long_tokens(struct bpe *bpe, const uint8_t *bytes)
{
    struct bytes token = {0};
    bpe->long_tokens = mem_zalloc((1 << LONG_BITS) / 64, sizeof *bpe->long_tokens);
    for (size_t id = 0; id < bpe->vocab->size; id++) {
        if (bpe->vocab->tokens[id].len < LONG_BYTES || !unspell_token(bytes, bpe->vocab->tokens[id], &token))
            continue;
        size_t bit = long_bit(bytes_slice(&token));
        bpe->long_tokens[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    vec_free(&token);
}

static bool may_be_token(const struct bpe *bpe, struct slice word)
{
    if (bpe->long_tokens == NULL || word.len < LONG_BYTES)
        return true;
    size_t bit = long_bit(word);
    return bpe->long_tokens[bit / 64] >> bit % 64 & 1;
}

static void rank_bytes(struct bpe *bpe)
{
    bpe->byte_ranks = mem_alloc((size_t)256 * 256 * sizeof *bpe->byte_ranks);
    for (size_t left = 0; left < 256; left++)
        for (size_t right = 0; right < 256; right++)
            bpe->byte_ranks[left << 8 | right] =
                bpe_merges_rank(&bpe->merges, bpe->byte_ids[left], bpe->byte_ids[right]);
}

void bpe_ready(struct bpe *bpe)
{
    uint8_t bytes[SPELLINGS] = {0}; /* by the code point that spells it */
    bool whole = bpe->byte_level && bpe->prefix.len == 0 && bpe->suffix.len == 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        bytes[byte_spelling((unsigned char)byte)] = (uint8_t)byte;
        whole &= bpe->byte_ids[byte] >= 0; /* dropping a byte would make neighbours of bytes that are not adjacent */
    }
    if (bpe->ignore_merges && bpe->byte_level)
        mark_long_tokens(bpe, bytes);
    if (!whole)
        return;
    find_cuts(bpe, bytes);
    rank_bytes(bpe);
}

/* ---- a word ---- */

struct bpe_scratch *bpe_scratch_new(void)
{
    return mem_zalloc(1, sizeof(struct bpe_scratch));
}

void bpe_scratch_free(struct bpe_scratch *scratch)
{
    if (scratch == NULL)
        return;
    vec_free(&scratch->symbols);
    bpe_long_free(scratch->lists);
    bpe_heap_free(scratch->heap);
    vec_free(&scratch->spelled);
    vec_free(&scratch->characters);
    mem_free(scratch);
}

void bpe_scratch_drop(struct bpe_scratch *scratch, struct dropout *dropout)
{
    scratch->dropout = dropout;
}

/* Cuts the word into characters, or bytes. One that is not in the vocabulary becomes the unknown token; if the model
 * has none it is dropped, and then the ends of the symbols count only what was kept, as the reference's do, and
 * *left_out is set. */
static void start_symbols(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, bool *left_out)
{
    struct subwords *out = &scratch->characters;
    *left_out = false;
    if (!bpe->byte_level || bpe->prefix.len > 0 || bpe->suffix.len > 0) {
        bpe_chars_start(bpe, &scratch->spelled, word, out, left_out);
        return;
    }
    uint32_t kept = 0;
    bool after_unk = false;
    out->len = 0;
    vec_reserve(out, word.len);
    for (size_t at = 0; at < word.len; at++) {
        int32_t id = bpe->byte_ids[(unsigned char)word.ptr[at]];
        bool is_unk = id < 0;
        if (is_unk && bpe->unk < 0) {
            *left_out = true;
            continue;
        }
        kept++;
        if (is_unk && after_unk && bpe->fuse_unk)
            out->items[out->len - 1].end = kept;
        else
            out->items[out->len++] = (struct subword){is_unk ? bpe->unk : id, kept - 1, kept};
        after_unk = is_unk;
    }
}

/* ---- a short word ---- */

static inline void put_symbol(struct subwords *out, uint32_t *start, int32_t id, uint32_t end)
{
    out->items[out->len++] = (struct subword){id, *start, end};
    *start = end;
}

static inline void rank_neighbours(const struct bpe_merges *merges, struct symbol *items, size_t len, size_t at)
{
    items[at].rank = at + 1 < len ? bpe_merges_rank(merges, items[at].id, items[at + 1].id) : BPE_NO_RANK;
    if (at > 0)
        items[at - 1].rank = bpe_merges_rank(merges, items[at - 1].id, items[at].id);
}

static void merge_short(const struct bpe *bpe, struct symbol *items, size_t len, struct subwords *out)
{
    while (len > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < len; i++)
            if (items[i].rank < items[best].rank)
                best = i;
        if (items[best].rank == BPE_NO_RANK)
            break;
        items[best].id = bpe_merges_id(&bpe->merges, items[best].rank);
        items[best].end = items[best + 1].end;
        memmove(&items[best + 1], &items[best + 2], (len - best - 2) * sizeof *items);
        len--;
        rank_neighbours(&bpe->merges, items, len, best);
    }
    vec_reserve(out, len);
    uint32_t start = 0;
    for (size_t i = 0; i < len; i++)
        put_symbol(out, &start, items[i].id, items[i].end);
}

/* Every byte is a token. */
static void merge_bytes(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out)
{
    struct symbol *items = scratch->word;
    for (size_t i = 0; i < word.len; i++) {
        size_t left = (unsigned char)word.ptr[i];
        items[i] = (struct symbol){BPE_NO_RANK, bpe->byte_ids[left], (uint32_t)i + 1};
        if (i + 1 < word.len)
            items[i].rank = bpe->byte_ranks[left << 8 | (unsigned char)word.ptr[i + 1]];
    }
    merge_short(bpe, items, word.len, out);
}

static void merge_characters(const struct bpe *bpe, struct bpe_scratch *scratch, struct subwords *out)
{
    const struct subword *characters = scratch->characters.items;
    size_t len = scratch->characters.len;
    struct symbol *items = scratch->word;
    for (size_t i = 0; i < len; i++) {
        items[i] = (struct symbol){BPE_NO_RANK, characters[i].id, characters[i].end};
        if (i + 1 < len)
            items[i].rank = bpe_merges_rank(&bpe->merges, characters[i].id, characters[i + 1].id);
    }
    merge_short(bpe, items, len, out);
}

/* ---- a long word ---- */

static struct bpe_pair pair_of(const void *model, const struct bpe_symbol *left, const struct bpe_symbol *right)
{
    const struct bpe_merges *merges = model;
    uint32_t rank = bpe_merges_rank(merges, left->id, right->id);
    return (struct bpe_pair){rank, rank == BPE_NO_RANK ? -1 : bpe_merges_id(merges, rank)};
}

static void start_long(struct bpe_scratch *scratch)
{
    struct subwords characters = scratch->characters;
    scratch->symbols.len = 0;
    vec_reserve(&scratch->symbols, characters.len);
    for (size_t i = 0; i < characters.len; i++) {
        scratch->symbols.items[i].id = characters.items[i].id;
        scratch->symbols.items[i].end = characters.items[i].end;
    }
    scratch->symbols.len = characters.len;
}

static void merge_long(const struct bpe *bpe, struct bpe_scratch *scratch, struct subwords *out)
{
    bool merged = false;
    start_long(scratch);
    if (scratch->dropout == NULL) {
        if (scratch->lists == NULL)
            scratch->lists = bpe_long_new(bpe->merges.ids.len);
        merged = bpe_long_merge(scratch->lists, pair_of, &bpe->merges, scratch->symbols.items, scratch->symbols.len);
        if (!merged)
            start_long(scratch);
    }
    if (!merged) {
        if (scratch->heap == NULL)
            scratch->heap = bpe_heap_new();
        bpe_heap_merge(scratch->heap, pair_of, &bpe->merges, scratch->dropout, scratch->symbols.items,
                       scratch->symbols.len);
    }
    uint32_t start = 0, at = scratch->symbols.len > 0 ? 0 : BPE_NO_SYMBOL;
    vec_reserve(out, scratch->symbols.len);
    for (; at != BPE_NO_SYMBOL; at = scratch->symbols.items[at].next)
        put_symbol(out, &start, scratch->symbols.items[at].id, scratch->symbols.items[at].end);
}

/* ---- any word ---- */

/* Converts positions that count only kept symbols, in bytes of the spelling, to bytes of the word: the reference looks
 * them up in the whole word's spelling. */
static void place_left_out(const struct bpe *bpe, struct slice word, struct subwords *out)
{
    if (!bpe->byte_level)
        return;
    size_t byte = 0, spelled = 0, kept = 0; /* `byte` starts at `spelled` */
    for (size_t i = 0; i < out->len; i++) {
        struct subword *subword = &out->items[i];
        size_t start = kept;
        struct slice token = vocab_token(bpe->vocab, subword->id);
        kept += token.len;
        while (byte < word.len && spelled + (byte_spelling((unsigned char)word.ptr[byte]) < 0x80 ? 1 : 2) <= start)
            spelled += byte_spelling((unsigned char)word.ptr[byte++]) < 0x80 ? 1 : 2;
        subword->start = (uint32_t)byte;
        while (byte < word.len && spelled + (byte_spelling((unsigned char)word.ptr[byte]) < 0x80 ? 1 : 2) < kept)
            spelled += byte_spelling((unsigned char)word.ptr[byte++]) < 0x80 ? 1 : 2;
        subword->end = (uint32_t)byte + 1;
    }
}

bool bpe_whole(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out)
{
    if (!bpe->ignore_merges || scratch->dropout != NULL || !may_be_token(bpe, word))
        return false;
    struct slice spelled = word;
    if (bpe->byte_level) {
        spell(word, &scratch->spelled);
        spelled = bytes_slice(&scratch->spelled);
    }
    int32_t id = vocab_id(bpe->vocab, spelled);
    out->len = 0;
    if (id >= 0)
        vec_push(out, ((struct subword){id, 0, (uint32_t)word.len}));
    return id >= 0;
}

void bpe_word(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out)
{
    if (!bpe_whole(bpe, scratch, word, out))
        bpe_merge(bpe, scratch, word, out);
}

void bpe_merge(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out)
{
    out->len = 0;
    if (bpe->byte_ranks != NULL && word.len <= SHORT_SYMBOLS && scratch->dropout == NULL) {
        merge_bytes(bpe, scratch, word, out);
        return;
    }
    bool left_out;
    start_symbols(bpe, scratch, word, &left_out);
    if (scratch->characters.len <= SHORT_SYMBOLS && scratch->dropout == NULL)
        merge_characters(bpe, scratch, out);
    else
        merge_long(bpe, scratch, out);
    if (left_out)
        place_left_out(bpe, word, out);
}
