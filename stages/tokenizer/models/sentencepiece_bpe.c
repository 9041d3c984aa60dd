/* sentencepiece_bpe.c - see sentencepiece_bpe.h.
 *
 * The product of two neighbours depends only on their text, so a symbol's id is the node that its text leads to in the
 * trie of pieces. */
#include "sentencepiece_bpe.h"

#include "base/vec.h"
#include "bpe_heap.h"
#include "sentencepiece.h"
#include "text/text.h"

#include <stdlib.h>

/* Used instead of a node. */
enum { NO_NODE = -1, FROZEN = -2 };

struct sentencepiece_bpe_scratch {
    VEC(struct bpe_symbol) symbols;
    struct bpe_long *lists; /* NULL until there is a text */
    struct bpe_heap *heap;
    VEC(uint32_t) halves; /* by id of an unused piece: the length of its left half when it was last made */
    VEC(struct subword) stack;
};

struct sentencepiece_bpe_scratch *sentencepiece_bpe_scratch_new(void)
{
    return mem_zalloc(1, sizeof(struct sentencepiece_bpe_scratch));
}

void sentencepiece_bpe_scratch_free(struct sentencepiece_bpe_scratch *scratch)
{
    if (scratch == NULL)
        return;
    vec_free(&scratch->symbols);
    bpe_long_free(scratch->lists);
    bpe_heap_free(scratch->heap);
    vec_free(&scratch->halves);
    vec_free(&scratch->stack);
    mem_free(scratch);
}

/* ---- ranks ---- */

struct scored {
    double score;
    uint32_t id;
};

static int by_score(const void *a, const void *b)
{
    double left = ((const struct scored *)a)->score, right = ((const struct scored *)b)->score;
    return (left < right) - (left > right);
}

void sentencepiece_bpe_ready(struct sentencepiece_bpe *bpe, const double *scores, size_t count)
{
    struct scored *sorted = mem_zalloc(count, sizeof *sorted);
    bool in_order = true;
    for (size_t id = 0; id < count; id++) {
        sorted[id] = (struct scored){scores[id], (uint32_t)id};
        in_order &= id == 0 || scores[id - 1] >= scores[id];
        bpe->has_unused |= bpe->types[id] == PIECE_UNUSED;
    }
    if (!in_order)
        qsort(sorted, count, sizeof *sorted, by_score);
    bpe->ranks = mem_zalloc(count, sizeof *bpe->ranks);
    for (size_t i = 0; i < count; i++) {
        bpe->rank_count += i == 0 || by_score(&sorted[i - 1], &sorted[i]) != 0;
        bpe->ranks[sorted[i].id] = bpe->rank_count - 1;
    }
    mem_free(sorted);
}

void sentencepiece_bpe_free(struct sentencepiece_bpe *bpe)
{
    mem_free(bpe->ranks);
    bpe->ranks = NULL;
}

/* ---- pieces ---- */

size_t sentencepiece_symbol(const struct trie *symbols, struct slice text)
{
    size_t longest = 0;
    uint32_t node = 0;
    for (size_t i = 0; symbols->count > 0 && i < text.len && trie_step(symbols, &node, text.ptr[i]); i++)
        if (symbols->nodes[node].value >= 0)
            longest = i + 1;
    return longest;
}

int32_t sentencepiece_find(const struct trie *pieces, struct slice text)
{
    uint32_t node = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!trie_step(pieces, &node, text.ptr[i]))
            return -1;
    return pieces->nodes[node].value;
}

/* Continues from a node; false if no piece goes on this way. */
static bool walk(const struct trie *pieces, uint32_t *node, const char *at, const char *end)
{
    while (at < end && trie_step(pieces, node, *at))
        at++;
    return at == end;
}

/* ---- merging ---- */

/* A text that is being merged. */
struct merging {
    const struct sentencepiece_bpe *bpe;
    struct sentencepiece_bpe_scratch *scratch;
    const char *text;
};

static void remember_half(const struct merging *merging, int32_t id, const struct bpe_symbol *left)
{
    struct sentencepiece_bpe_scratch *scratch = merging->scratch;
    uint32_t start = left->previous == BPE_NO_SYMBOL ? 0 : scratch->symbols.items[left->previous].end;
    while (scratch->halves.len <= (size_t)id)
        vec_push(&scratch->halves, 0);
    scratch->halves.items[id] = left->end - start;
}

static struct bpe_pair pair_of(const void *model, const struct bpe_symbol *left, const struct bpe_symbol *right)
{
    const struct merging *merging = model;
    const struct bpe_pair none = {BPE_NO_RANK, NO_NODE};
    uint32_t node = (uint32_t)left->id;
    if (left->id < 0 || right->id == FROZEN ||
        !walk(merging->bpe->pieces, &node, merging->text + left->end, merging->text + right->end))
        return none;
    int32_t id = merging->bpe->pieces->nodes[node].value;
    if (id < 0)
        return none;
    if (merging->bpe->types[id] == PIECE_UNUSED)
        remember_half(merging, id, left);
    return (struct bpe_pair){merging->bpe->ranks[id], (int32_t)node};
}

static void start_symbols(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                          struct slice text)
{
    scratch->symbols.len = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        uint32_t node = 0;
        int32_t id = FROZEN;
        len = sentencepiece_symbol(bpe->symbols, slice_between(text.ptr + at, text.ptr + text.len));
        if (len == 0) {
            (void)text_decode(text.ptr + at, &len);
            id = walk(bpe->pieces, &node, text.ptr + at, text.ptr + at + len) ? (int32_t)node : NO_NODE;
        }
        vec_push(&scratch->symbols, ((struct bpe_symbol){.id = id, .end = (uint32_t)(at + len)}));
    }
}

/* How an unused piece was made depends on the order in which pairs were made. */
static void merge_all(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch, struct slice text)
{
    struct merging merging = {bpe, scratch, text.ptr};
    start_symbols(bpe, scratch, text);
    if (!bpe->has_unused) {
        if (scratch->lists == NULL)
            scratch->lists = bpe_long_new(bpe->rank_count);
        if (bpe_long_merge(scratch->lists, pair_of, &merging, scratch->symbols.items, scratch->symbols.len))
            return;
        start_symbols(bpe, scratch, text);
    }
    if (scratch->heap == NULL)
        scratch->heap = bpe_heap_new();
    bpe_heap_merge(scratch->heap, pair_of, &merging, NULL, scratch->symbols.items, scratch->symbols.len);
}

/* An unused piece is split into the pieces that it was made of. */
static void put_symbol(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                       struct slice text, uint32_t start, uint32_t end, struct subwords *out)
{
    scratch->stack.len = 0;
    vec_push(&scratch->stack, ((struct subword){0, start, end}));
    while (scratch->stack.len > 0) {
        struct subword part = scratch->stack.items[--scratch->stack.len];
        int32_t id = sentencepiece_find(bpe->pieces, slice_between(text.ptr + part.start, text.ptr + part.end));
        part.id = id < 0 ? bpe->unk : id;
        uint32_t half = (size_t)part.id < scratch->halves.len ? scratch->halves.items[part.id] : 0;
        if (id < 0 || bpe->types[id] != PIECE_UNUSED || half == 0) {
            vec_push(out, part);
            continue;
        }
        vec_push(&scratch->stack, ((struct subword){0, part.start + half, part.end}));
        vec_push(&scratch->stack, ((struct subword){0, part.start, part.start + half}));
    }
}

void sentencepiece_bpe_encode(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                              struct slice text, struct subwords *out)
{
    scratch->halves.len = 0;
    if (text.len == 0)
        return;
    merge_all(bpe, scratch, text);
    const struct bpe_symbol *symbols = scratch->symbols.items;
    for (uint32_t at = 0, start = 0; at != BPE_NO_SYMBOL; start = symbols[at].end, at = symbols[at].next)
        put_symbol(bpe, scratch, text, start, symbols[at].end, out);
}
