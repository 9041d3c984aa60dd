/* bpe.c - see bpe.h.
 *
 * Two ways to the same result. A short word is an array of symbols, in which the best pair is looked for again after
 * each merge. A long one (a run of Han, a megabyte of one letter) is a linked list with a heap of pairs, so that it
 * takes n log n. */
#include "bpe.h"

#include "bpe_chars.h"
#include "diag.h"
#include "memory.h"
#include "text.h"
#include "vec.h"

enum { SHORT_SYMBOLS = 48, SPELLINGS = 0x144 };
#define NO_RANK UINT32_MAX
#define NO_SYMBOL UINT32_MAX

struct merge {
    uint64_t pair; /* left id, right id; NO_PAIR: free */
    uint32_t rank;
    int32_t id; /* what the pair becomes */
};
#define NO_PAIR UINT64_MAX

struct symbol {
    int32_t id, merged; /* merged: what it becomes with its neighbour */
    uint32_t end;       /* bytes of the word; see start_symbols */
    uint32_t rank;      /* of the merge with the next symbol, NO_RANK */
    uint32_t previous, next;
};

struct waiting {
    uint32_t rank, at; /* the symbol that was to be merged with its neighbour */
};

struct bpe_scratch {
    struct {
        struct symbol *items;
        size_t len, cap;
    } symbols;
    struct {
        struct waiting *items;
        size_t len, cap;
    } heap;
    struct bytes spelled;
    struct subwords characters;
    struct dropout *dropout; /* NULL: none */
    struct {
        struct waiting *items;
        size_t len, cap;
    } dropped; /* until the next merge that is not */
};

/* ---- the alphabet of bytes ---- */

uint32_t bpe_spelling(unsigned char byte)
{
    /* Printable bytes stand for themselves, the others are numbered from U+0100 on. */
    if ((byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae)
        return byte;
    if (byte <= ' ')
        return 0x100u + byte;
    return byte == 0xad ? 0x143u : 0x121u + (byte - 0x7fu);
}

static void spell(struct slice word, struct bytes *out)
{
    out->len = 0;
    for (size_t i = 0; i < word.len; i++) {
        char bytes[4];
        bytes_append(out, bytes, text_encode(bpe_spelling((unsigned char)word.ptr[i]), bytes));
    }
}

/* ---- the merges ---- */

static size_t first_slot(const struct bpe *bpe, uint64_t pair)
{
    uint64_t mixed = pair * 0x9e3779b97f4a7c15u;
    return (size_t)(mixed ^ mixed >> 32) & bpe->mask;
}

static struct merge *find_merge(const struct bpe *bpe, uint64_t pair)
{
    size_t slot = first_slot(bpe, pair);
    while (bpe->merges[slot].pair != pair && bpe->merges[slot].pair != NO_PAIR)
        slot = (slot + 1) & bpe->mask;
    return &bpe->merges[slot];
}

static uint64_t pair_of(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

void bpe_init(struct bpe *bpe, size_t expected)
{
    size_t slots = 64;
    while (slots < 2 * expected)
        slots *= 2;
    bpe->merges = mem_alloc(slots * sizeof *bpe->merges);
    bpe->mask = slots - 1;
    bpe->used = 0;
    for (size_t i = 0; i < slots; i++)
        bpe->merges[i].pair = NO_PAIR;
    for (unsigned byte = 0; byte < 256; byte++) {
        char bytes[4];
        struct slice spelled = {bytes, text_encode(bpe_spelling((unsigned char)byte), bytes)};
        bpe->byte_ids[byte] = vocab_id(bpe->vocab, spelled);
    }
}

void bpe_free(struct bpe *bpe)
{
    mem_free(bpe->merges);
    bpe_cuts_free(bpe->cuts);
    bpe->merges = NULL;
    bpe->cuts = NULL;
}

static void grow(struct bpe *bpe)
{
    struct merge *old = bpe->merges;
    size_t slots = bpe->mask + 1;
    bpe->merges = mem_alloc(2 * slots * sizeof *bpe->merges);
    bpe->mask = 2 * slots - 1;
    for (size_t i = 0; i <= bpe->mask; i++)
        bpe->merges[i].pair = NO_PAIR;
    for (size_t i = 0; i < slots; i++)
        if (old[i].pair != NO_PAIR)
            *find_merge(bpe, old[i].pair) = old[i];
    mem_free(old);
}

static int unknown_token(struct slice token, uint32_t rank)
{
    return diag_error("merge %u: \"%.*s\" is not in the vocabulary", rank + 1, (int)token.len, token.ptr);
}

void bpe_add_pair(struct bpe *bpe, int32_t left, int32_t right, uint32_t rank, int32_t id)
{
    struct merge *merge = find_merge(bpe, pair_of(left, right));
    bpe->used += merge->pair == NO_PAIR;
    *merge = (struct merge){pair_of(left, right), rank, id}; /* said twice, the last counts */
    if (2 * bpe->used > bpe->mask)
        grow(bpe);
}

int bpe_add_merge(struct bpe *bpe, struct slice left, struct slice right, uint32_t rank)
{
    int32_t left_id = vocab_id(bpe->vocab, left), right_id = vocab_id(bpe->vocab, right);
    if (left_id < 0)
        return unknown_token(left, rank);
    if (right_id < 0)
        return unknown_token(right, rank);
    if (right.len < bpe->prefix.len)
        return diag_error("merge %u: \"%.*s\" does not start with \"%.*s\"", rank + 1, (int)right.len, right.ptr,
                          (int)bpe->prefix.len, bpe->prefix.ptr);
    right = (struct slice){right.ptr + bpe->prefix.len, right.len - bpe->prefix.len};
    uint64_t hash = vocab_hash_start();
    for (size_t i = 0; i < left.len; i++)
        hash = vocab_hash_byte(hash, left.ptr[i]);
    for (size_t i = 0; i < right.len; i++)
        hash = vocab_hash_byte(hash, right.ptr[i]);
    int32_t id = vocab_find(bpe->vocab, left, right, hash);
    if (id < 0)
        return diag_error("merge %u: \"%.*s%.*s\" is not in the vocabulary", rank + 1, (int)left.len, left.ptr,
                          (int)right.len, right.ptr);
    bpe_add_pair(bpe, left_id, right_id, rank, id);
    return 0;
}

/* ---- where words can be cut ---- */

/* The bytes that a token of a byte-level vocabulary spells. False where it spells none: no merge makes it then. */
static bool unspell(const uint8_t *bytes, struct slice token, struct bytes *out)
{
    out->len = 0;
    for (size_t at = 0, len; at < token.len; at += len) {
        uint32_t point = text_decode(token.ptr + at, &len);
        if (point >= SPELLINGS || (bytes[point] == 0 && point != bpe_spelling(0)))
            return false;
        bytes_byte(out, (char)bytes[point]);
    }
    return out->len > 0;
}

void bpe_ready(struct bpe *bpe)
{
    uint8_t bytes[SPELLINGS] = {0}; /* by the code point that spells it */
    bool whole = bpe->byte_level && !bpe->ignore_merges && bpe->prefix.len == 0 && bpe->suffix.len == 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        bytes[bpe_spelling((unsigned char)byte)] = (uint8_t)byte;
        whole &= bpe->byte_ids[byte] >= 0; /* one that is left out makes neighbours of what is none */
    }
    if (!whole)
        return;
    bpe->cuts = bpe_cuts_new();
    struct bytes left = {0}, right = {0};
    for (size_t slot = 0; slot <= bpe->mask; slot++) {
        uint64_t pair = bpe->merges[slot].pair;
        if (pair != NO_PAIR && unspell(bytes, vocab_token(bpe->vocab, (int32_t)(pair >> 32)), &left) &&
            unspell(bytes, vocab_token(bpe->vocab, (int32_t)(uint32_t)pair), &right))
            bpe_cuts_merge(bpe->cuts, bytes_slice(&left), bytes_slice(&right));
    }
    vec_free(&left);
    vec_free(&right);
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
    vec_free(&scratch->heap);
    vec_free(&scratch->spelled);
    vec_free(&scratch->characters);
    vec_free(&scratch->dropped);
    mem_free(scratch);
}

void bpe_scratch_drop(struct bpe_scratch *scratch, struct dropout *dropout)
{
    scratch->dropout = dropout;
}

static void push_symbol(struct bpe_scratch *scratch, int32_t id, size_t end)
{
    vec_push(&scratch->symbols, ((struct symbol){.id = id, .end = (uint32_t)end, .rank = NO_RANK}));
}

/* Cuts the word into characters, or bytes. One that is not in the vocabulary becomes the unknown token; without such
 * a token it is left out, and then the ends of the symbols count what was kept only, as the reference's do:
 * *left_out. */
static void start_symbols(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, bool *left_out)
{
    scratch->symbols.len = 0;
    *left_out = false;
    if (!bpe->byte_level || bpe->prefix.len > 0 || bpe->suffix.len > 0) {
        bpe_chars_start(bpe, &scratch->spelled, word, &scratch->characters, left_out);
        for (size_t i = 0; i < scratch->characters.len; i++)
            push_symbol(scratch, scratch->characters.items[i].id, scratch->characters.items[i].end);
        return;
    }
    size_t kept = 0;
    bool after_unk = false;
    for (size_t at = 0; at < word.len; at++) {
        int32_t id = bpe->byte_ids[(unsigned char)word.ptr[at]];
        bool is_unk = id < 0;
        if (is_unk && bpe->unk < 0) {
            *left_out = true;
            continue;
        }
        kept++;
        if (is_unk && after_unk && bpe->fuse_unk)
            scratch->symbols.items[scratch->symbols.len - 1].end = (uint32_t)kept;
        else
            push_symbol(scratch, is_unk ? bpe->unk : id, kept);
        after_unk = is_unk;
    }
}

static void rank_pair(const struct bpe *bpe, struct symbol *left, const struct symbol *right)
{
    const struct merge *merge = find_merge(bpe, pair_of(left->id, right->id));
    left->rank = merge->pair == NO_PAIR ? NO_RANK : merge->rank;
    left->merged = merge->id;
}

static void merge_short(const struct bpe *bpe, struct bpe_scratch *scratch)
{
    struct symbol *items = scratch->symbols.items;
    size_t len = scratch->symbols.len;
    for (size_t i = 0; i + 1 < len; i++)
        rank_pair(bpe, &items[i], &items[i + 1]);
    while (len > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < len; i++)
            if (items[i].rank < items[best].rank)
                best = i;
        if (items[best].rank == NO_RANK)
            break;
        items[best].id = items[best].merged;
        items[best].end = items[best + 1].end;
        memmove(&items[best + 1], &items[best + 2], (len - best - 2) * sizeof *items);
        len--;
        items[best].rank = NO_RANK;
        if (best + 1 < len)
            rank_pair(bpe, &items[best], &items[best + 1]);
        if (best > 0)
            rank_pair(bpe, &items[best - 1], &items[best]);
    }
    scratch->symbols.len = len;
}

static bool before(struct waiting a, struct waiting b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.at < b.at;
}

static void sift_down(struct waiting *heap, size_t len, size_t at)
{
    struct waiting moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < len; at = child) {
        if (child + 1 < len && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], moved))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static void put_waiting(struct bpe_scratch *scratch, struct waiting new)
{
    vec_push(&scratch->heap, new);
    size_t place = scratch->heap.len - 1;
    for (; place > 0 && before(new, scratch->heap.items[(place - 1) / 2]); place = (place - 1) / 2)
        scratch->heap.items[place] = scratch->heap.items[(place - 1) / 2];
    scratch->heap.items[place] = new;
}

static void wait_for(struct bpe_scratch *scratch, const struct symbol *symbol, size_t at)
{
    if (symbol->rank != NO_RANK)
        put_waiting(scratch, (struct waiting){symbol->rank, (uint32_t)at});
}

static struct waiting take_first(struct bpe_scratch *scratch)
{
    struct waiting first = scratch->heap.items[0];
    scratch->heap.items[0] = scratch->heap.items[--scratch->heap.len];
    if (scratch->heap.len > 0)
        sift_down(scratch->heap.items, scratch->heap.len, 0);
    return first;
}

static void link_symbols(const struct bpe *bpe, struct bpe_scratch *scratch)
{
    struct symbol *items = scratch->symbols.items;
    size_t len = scratch->symbols.len;
    scratch->heap.len = 0;
    vec_reserve(&scratch->heap, len);
    for (size_t i = 0; i < len; i++) {
        items[i].previous = i > 0 ? (uint32_t)(i - 1) : NO_SYMBOL;
        items[i].next = i + 1 < len ? (uint32_t)(i + 1) : NO_SYMBOL;
        if (i + 1 < len)
            rank_pair(bpe, &items[i], &items[i + 1]);
        if (items[i].rank != NO_RANK)
            scratch->heap.items[scratch->heap.len++] = (struct waiting){items[i].rank, (uint32_t)i};
    }
    for (size_t i = scratch->heap.len / 2; i-- > 0;)
        sift_down(scratch->heap.items, scratch->heap.len, i);
}

/* A merge that is left out gets another chance after each one that is not. */
static bool is_dropped(struct bpe_scratch *scratch, struct waiting merge)
{
    if (scratch->dropout == NULL)
        return false;
    if (dropout_drops(scratch->dropout)) {
        vec_push(&scratch->dropped, merge);
        return true;
    }
    for (size_t i = 0; i < scratch->dropped.len; i++)
        put_waiting(scratch, scratch->dropped.items[i]);
    scratch->dropped.len = 0;
    return false;
}

static void merge_long(const struct bpe *bpe, struct bpe_scratch *scratch)
{
    struct symbol *items = scratch->symbols.items;
    link_symbols(bpe, scratch);
    scratch->dropped.len = 0;
    while (scratch->heap.len > 0) {
        struct waiting best = take_first(scratch);
        struct symbol *left = &items[best.at];
        if (left->rank != best.rank) /* one of the two has been merged with another since */
            continue;
        if (is_dropped(scratch, best))
            continue;
        struct symbol *right = &items[left->next];
        left->id = left->merged;
        left->end = right->end;
        left->next = right->next;
        left->rank = right->rank = NO_RANK;
        right->id = -1;
        if (left->next != NO_SYMBOL) {
            items[left->next].previous = best.at;
            rank_pair(bpe, left, &items[left->next]);
            wait_for(scratch, left, best.at);
        }
        if (left->previous != NO_SYMBOL) {
            rank_pair(bpe, &items[left->previous], left);
            wait_for(scratch, &items[left->previous], left->previous);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < scratch->symbols.len; i++)
        if (items[i].id >= 0)
            items[kept++] = items[i];
    scratch->symbols.len = kept;
}

/* Positions that count kept symbols only, in bytes of the spelling, to bytes of the word: the reference looks them
 * up in the whole word's spelling. */
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
        while (byte < word.len && spelled + (bpe_spelling((unsigned char)word.ptr[byte]) < 0x80 ? 1 : 2) <= start)
            spelled += bpe_spelling((unsigned char)word.ptr[byte++]) < 0x80 ? 1 : 2;
        subword->start = (uint32_t)byte;
        while (byte < word.len && spelled + (bpe_spelling((unsigned char)word.ptr[byte]) < 0x80 ? 1 : 2) < kept)
            spelled += bpe_spelling((unsigned char)word.ptr[byte++]) < 0x80 ? 1 : 2;
        subword->end = (uint32_t)byte + 1;
    }
}

void bpe_word(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out)
{
    out->len = 0;
    if (bpe->ignore_merges && scratch->dropout == NULL) {
        struct slice spelled = word;
        if (bpe->byte_level) {
            spell(word, &scratch->spelled);
            spelled = bytes_slice(&scratch->spelled);
        }
        int32_t id = vocab_id(bpe->vocab, spelled);
        if (id >= 0) {
            vec_push(out, ((struct subword){id, 0, (uint32_t)word.len}));
            return;
        }
    }
    bool left_out;
    start_symbols(bpe, scratch, word, &left_out);
    if (scratch->symbols.len <= SHORT_SYMBOLS && scratch->dropout == NULL)
        merge_short(bpe, scratch);
    else
        merge_long(bpe, scratch);
    uint32_t start = 0;
    for (size_t i = 0; i < scratch->symbols.len; i++) {
        uint32_t end = scratch->symbols.items[i].end;
        vec_push(out, ((struct subword){scratch->symbols.items[i].id, start, end}));
        start = end;
    }
    if (left_out)
        place_left_out(bpe, word, out);
}
