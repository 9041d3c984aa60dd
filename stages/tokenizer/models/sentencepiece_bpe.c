/* sentencepiece_bpe.c - see sentencepiece_bpe.h. A linked list of symbols with a heap of pairs: n log n. */
#include "sentencepiece_bpe.h"

#include "sentencepiece.h"
#include "text.h"
#include "vec.h"

#define NONE UINT32_MAX

struct symbol {
    uint32_t start, end; /* bytes of the text; start == end: merged into another */
    uint32_t previous, next;
    bool frozen; /* user-defined */
};

struct pair {
    double score;
    uint32_t left, right; /* symbols */
    uint32_t size;        /* bytes, when they were to be merged */
};

struct sentencepiece_bpe_scratch {
    VEC(struct symbol) symbols;
    VEC(struct pair) heap;
    VEC(uint32_t) halves; /* by id of an unused piece: the length of its left half when it was last met */
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
    vec_free(&scratch->heap);
    vec_free(&scratch->halves);
    vec_free(&scratch->stack);
    mem_free(scratch);
}

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

/* ---- the heap ---- */

static bool before(const struct pair *a, const struct pair *b)
{
    return a->score != b->score ? a->score > b->score : a->left < b->left;
}

static void put_pair(struct sentencepiece_bpe_scratch *scratch, struct pair new)
{
    vec_push(&scratch->heap, new);
    struct pair *heap = scratch->heap.items;
    size_t at = scratch->heap.len - 1;
    for (; at > 0 && before(&new, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = new;
}

static struct pair take_pair(struct sentencepiece_bpe_scratch *scratch)
{
    struct pair *heap = scratch->heap.items, first = heap[0], moved = heap[--scratch->heap.len];
    size_t len = scratch->heap.len, at = 0;
    for (size_t child; (child = 2 * at + 1) < len; at = child) {
        if (child + 1 < len && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &moved))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
    return first;
}

/* ---- merging ---- */

static void consider(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch, struct slice text,
                     uint32_t left, uint32_t right)
{
    if (left == NONE || right == NONE)
        return;
    const struct symbol *first = &scratch->symbols.items[left], *second = &scratch->symbols.items[right];
    if (first->frozen || second->frozen)
        return;
    int32_t id = sentencepiece_find(bpe->pieces, slice_between(text.ptr + first->start, text.ptr + second->end));
    if (id < 0)
        return;
    put_pair(scratch, (struct pair){bpe->scores[id], left, right, second->end - first->start});
    if (bpe->types[id] == PIECE_UNUSED) {
        while (scratch->halves.len <= (size_t)id)
            vec_push(&scratch->halves, 0);
        scratch->halves.items[id] = first->end - first->start;
    }
}

static void start_symbols(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                          struct slice text)
{
    scratch->symbols.len = scratch->heap.len = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        uint32_t number = (uint32_t)scratch->symbols.len;
        len = sentencepiece_symbol(bpe->symbols, slice_between(text.ptr + at, text.ptr + text.len));
        bool frozen = len > 0;
        if (!frozen)
            (void)text_decode(text.ptr + at, &len);
        vec_push(&scratch->symbols, ((struct symbol){(uint32_t)at, (uint32_t)(at + len), number - 1,
                                                     at + len < text.len ? number + 1 : NONE, frozen}));
    }
}

static void merge_all(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch, struct slice text)
{
    struct symbol *symbols = scratch->symbols.items;
    for (uint32_t i = 1; i < scratch->symbols.len; i++)
        consider(bpe, scratch, text, i - 1, i);
    while (scratch->heap.len > 0) {
        struct pair best = take_pair(scratch);
        struct symbol *left = &symbols[best.left], *right = &symbols[best.right];
        if (left->start == left->end || right->start == right->end || right->end - left->start != best.size)
            continue; /* one of the two has been merged with another since */
        left->end = right->end;
        left->next = right->next;
        right->start = right->end;
        if (left->next != NONE)
            symbols[left->next].previous = best.left;
        consider(bpe, scratch, text, left->previous, best.left);
        consider(bpe, scratch, text, best.left, left->next);
    }
}

/* A piece that is not used is cut into what it was made of. */
static void put_symbol(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                       struct slice text, const struct symbol *symbol, struct subwords *out)
{
    scratch->stack.len = 0;
    vec_push(&scratch->stack, ((struct subword){0, symbol->start, symbol->end}));
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
    start_symbols(bpe, scratch, text);
    merge_all(bpe, scratch, text);
    for (uint32_t i = 0; i != NONE; i = scratch->symbols.items[i].next)
        put_symbol(bpe, scratch, text, &scratch->symbols.items[i], out);
}
