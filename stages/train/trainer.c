/* trainer.c - byte pair encoding learned from counted words: see trainer.h.
 *
 * All words are in one array of slots, one after the other, with a slot for each letter. A piece of n letters has n
 * slots: its id is in the first and in the last of them, NONE in those between, so that the pieces before and after a
 * slot are found without links. A slot with NONE separates two words.
 *
 * Each pair of adjacent pieces has its current count and the places where it came into being. All of a pair's places
 * come into being at once, in the merge that makes the younger of its two pieces, because no piece is made twice: the
 * merges inside a stretch of letters whose ends no merge has crossed do not depend on what surrounds it, so the same
 * letters are always put together by the same merges. From then on a count only falls. So
 * - a pair that is too rare at first, or too long, needs no places;
 * - an entry of the heap is never too low: if its count is out of date when it comes up, it goes back with the current
 *   one;
 * - a place stays on its list when an adjacent merge destroys the pair there: pieces only grow, and the slots show
 *   whether the pair still exists. */
#include "trainer.h"

#include "base/diag.h"
#include "base/memory.h"
#include "letters.h"

#include <assert.h>

#define NONE LETTERS_NONE

struct piece {
    struct slice text;
    uint32_t letters; /* 0: a reserved piece that no word has made yet */
};

struct pair {
    uint64_t count;
    uint32_t left, right;
    uint32_t *places; /* slots, ascending; NULL if the pair can't be merged, or has been */
    uint32_t place_count;
};

struct place {
    uint32_t pair, slot;
};

struct candidate {
    uint64_t count;
    uint32_t pair;
};

struct trainer {
    const struct trainer_options *options;
    struct trained *trained;
    VEC(struct piece) pieces; /* by id */
    struct letters letters;   /* the slots, which pieces grow over */

    VEC(struct pair) pairs;
    uint32_t *table; /* 0: free; else the number of the pair + 1 */
    size_t mask;
    uint32_t settled;         /* pairs with smaller numbers have all their places */
    VEC(struct place) arisen; /* places of the other pairs, so far */
    VEC(struct candidate) heap;
};

/* ---- pieces ---- */

static uint32_t piece_id(struct trainer *t, struct slice text, uint32_t letters)
{
    uint32_t id = trainer_piece(t->trained, text);
    if (id == t->pieces.len) {
        struct piece made = {map_at(t->trained->vocabulary, id)->key, letters};
        vec_push(&t->pieces, made);
    }
    assert(id < t->pieces.len);
    struct piece *piece = &t->pieces.items[id];
    assert(piece->letters == 0 || piece->letters == letters);
    piece->letters = letters;
    return id;
}

static struct slice inner_text(const struct trainer *t, uint32_t right)
{
    struct slice text = t->pieces.items[right].text;
    if (t->options->type == TRAINER_WORDPIECE && slice_starts(text, LETTERS_PREFIX))
        return (struct slice){text.ptr + LETTERS_PREFIX_BYTES, text.len - LETTERS_PREFIX_BYTES};
    return text;
}

/* ---- pairs: counts and places ---- */

static void grow_table(struct trainer *t);

static size_t first_slot(const struct trainer *t, uint32_t left, uint32_t right)
{
    uint64_t hash = ((uint64_t)left << 32 | right) * 0x9e3779b97f4a7c15u;
    return (size_t)(hash ^ hash >> 32) & t->mask;
}

/* The pair, valid until the next call; a new pair is added. */
static struct pair *find_pair(struct trainer *t, uint32_t left, uint32_t right)
{
    size_t at = first_slot(t, left, right);
    for (; t->table[at] != 0; at = (at + 1) & t->mask) {
        struct pair *pair = &t->pairs.items[t->table[at] - 1];
        if (pair->left == left && pair->right == right)
            return pair;
    }
    struct pair made = {.left = left, .right = right};
    vec_push(&t->pairs, made);
    t->table[at] = (uint32_t)t->pairs.len;
    if (t->pairs.len * 2 > t->mask)
        grow_table(t);
    return &t->pairs.items[t->pairs.len - 1];
}

static void grow_table(struct trainer *t)
{
    mem_free(t->table);
    t->mask = t->mask * 2 + 1;
    t->table = mem_zalloc(t->mask + 1, sizeof *t->table);
    for (size_t i = 0; i < t->pairs.len; i++) {
        size_t at = first_slot(t, t->pairs.items[i].left, t->pairs.items[i].right);
        while (t->table[at] != 0)
            at = (at + 1) & t->mask;
        t->table[at] = (uint32_t)i + 1;
    }
}

/* The pair (left, right) comes into being at a slot, in a word that occurs `count` times. */
static void pair_arises(struct trainer *t, uint32_t left, uint32_t right, size_t slot, uint64_t count)
{
    struct pair *pair = find_pair(t, left, right);
    struct place place = {(uint32_t)(pair - t->pairs.items), (uint32_t)slot};
    assert(place.pair >= t->settled);
    pair->count += count;
    pair->place_count++;
    vec_push(&t->arisen, place);
}

static void pair_falls(struct trainer *t, uint32_t left, uint32_t right, uint64_t count)
{
    struct pair *pair = find_pair(t, left, right);
    assert(pair->count >= count);
    pair->count -= count;
}

/* ---- the heap of candidates ---- */

static bool is_better(const struct trainer *t, const struct candidate *a, const struct candidate *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    const struct pair *p = &t->pairs.items[a->pair], *q = &t->pairs.items[b->pair];
    int order = 0;
    if (p->left != q->left)
        order = slice_compare(t->pieces.items[p->left].text, t->pieces.items[q->left].text);
    else if (p->right != q->right)
        order = slice_compare(t->pieces.items[p->right].text, t->pieces.items[q->right].text);
    return order < 0;
}

static void heap_push(struct trainer *t, struct candidate candidate)
{
    vec_push(&t->heap, candidate);
    struct candidate *heap = t->heap.items;
    size_t at = t->heap.len - 1;
    for (size_t up; at > 0 && is_better(t, &candidate, &heap[up = (at - 1) / 2]); at = up)
        heap[at] = heap[up];
    heap[at] = candidate;
}

static struct candidate heap_pop(struct trainer *t)
{
    struct candidate *heap = t->heap.items, best = heap[0], last = heap[--t->heap.len];
    size_t at = 0, len = t->heap.len;
    for (size_t down; (down = at * 2 + 1) < len; at = down) {
        if (down + 1 < len && is_better(t, &heap[down + 1], &heap[down]))
            down++;
        if (!is_better(t, &heap[down], &last))
            break;
        heap[at] = heap[down];
    }
    heap[at] = last;
    return best;
}

/* The pair to learn next; false if none is frequent enough. */
static bool best_pair(struct trainer *t, uint32_t *pair)
{
    while (t->heap.len > 0) {
        struct candidate best = heap_pop(t);
        uint64_t count = t->pairs.items[best.pair].count;
        *pair = best.pair;
        if (count == best.count)
            return true;
        best.count = count;
        if (count >= t->options->min_count)
            heap_push(t, best);
    }
    return false;
}

static bool may_merge(const struct trainer *t, const struct pair *pair)
{
    size_t letters = t->pieces.items[pair->left].letters + (size_t)t->pieces.items[pair->right].letters;
    return pair->count >= t->options->min_count && (t->options->max_piece == 0 || letters <= t->options->max_piece);
}

/* All pairs have all their places: from now on their counts only fall. */
static void settle_pairs(struct trainer *t)
{
    uint32_t first = t->settled;
    for (; t->settled < t->pairs.len; t->settled++) {
        struct pair *pair = &t->pairs.items[t->settled];
        if (may_merge(t, pair)) {
            pair->places = mem_alloc(pair->place_count * sizeof *pair->places);
            heap_push(t, (struct candidate){pair->count, t->settled});
        }
        pair->place_count = 0;
    }
    for (size_t i = 0; i < t->arisen.len; i++) {
        struct pair *pair = &t->pairs.items[t->arisen.items[i].pair];
        if (pair->places != NULL)
            pair->places[pair->place_count++] = t->arisen.items[i].slot;
    }
    if (first == 0)
        vec_free(&t->arisen); /* the pairs of letters have far more places than those of any merge */
    t->arisen.len = 0;
}

/* ---- merging ---- */

static uint32_t letters(const struct trainer *t, uint32_t piece)
{
    return t->pieces.items[piece].letters;
}

/* Makes the pair that is at a slot one piece there. */
static void join(struct trainer *t, struct trainer_merge merge, uint32_t piece, uint32_t at)
{
    uint32_t *slots = t->letters.slots.items;
    uint64_t count = t->letters.counts.items[t->letters.words.items[at]];
    uint32_t middle = at + letters(t, merge.left), end = middle + letters(t, merge.right);
    uint32_t before = slots[at - 1], behind = slots[end];

    pair_falls(t, merge.left, merge.right, count);
    slots[middle - 1] = slots[middle] = NONE;
    slots[at] = slots[end - 1] = piece;
    if (before != NONE) {
        pair_falls(t, before, merge.left, count);
        pair_arises(t, before, piece, at - letters(t, before), count);
    }
    if (behind != NONE) {
        pair_falls(t, merge.right, behind, count);
        pair_arises(t, piece, behind, at, count);
    }
}

static void learn_pair(struct trainer *t, struct pair *pair)
{
    struct trainer_merge merge = {pair->left, pair->right};
    struct bytes text = {0};
    bytes_put(&text, t->pieces.items[merge.left].text);
    bytes_put(&text, inner_text(t, merge.right));
    uint32_t piece = piece_id(t, bytes_slice(&text), letters(t, merge.left) + letters(t, merge.right));
    vec_free(&text);
    vec_push(&t->trained->merges, merge);

    /* The places ascend: in "aaa" the first two letters are merged. */
    const uint32_t *slots = t->letters.slots.items;
    uint32_t *places = pair->places, place_count = pair->place_count;
    assert(places != NULL);
    pair->places = NULL;
    for (uint32_t i = 0; i < place_count; i++) {
        uint32_t at = places[i];
        if (slots[at] == merge.left && slots[at + letters(t, merge.left)] == merge.right)
            join(t, merge, piece, at);
    }
    mem_free(places);
    settle_pairs(t);
}

static void count_pairs(struct trainer *t)
{
    const struct letters *all = &t->letters;
    for (size_t i = 1; i < all->slots.len; i++) {
        uint32_t left = all->slots.items[i - 1], right = all->slots.items[i];
        if (left != NONE && right != NONE)
            pair_arises(t, left, right, i - 1, all->counts.items[all->words.items[i]]);
    }
    settle_pairs(t);
}

/* ---- the whole ---- */

enum { FIRST_PAIR_SLOTS = 1024 };

static int learn(struct trainer *t, const struct map *words)
{
    const struct trainer_options *options = t->options;
    if (letters_fill(words, options, t->trained, &t->letters) != 0)
        return -1;
    for (size_t id = 0; id < map_len(t->trained->vocabulary); id++) {
        struct piece piece = {map_at(t->trained->vocabulary, id)->key, t->letters.is_letter.items[id] ? 1 : 0};
        vec_push(&t->pieces, piece);
    }
    if (trainer_check_room(t->pieces.len - options->reserved_count, options) != 0)
        return -1;
    count_pairs(t);
    uint32_t best;
    while (t->pieces.len < options->vocab_size && best_pair(t, &best))
        learn_pair(t, &t->pairs.items[best]);
    return 0;
}

int trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained)
{
    struct trainer t = {.options = options, .trained = trained, .mask = FIRST_PAIR_SLOTS - 1};
    t.table = mem_zalloc(FIRST_PAIR_SLOTS, sizeof *t.table);
    int status = learn(&t, words);
    vec_free(&t.pieces);
    letters_free(&t.letters);
    for (size_t i = 0; i < t.pairs.len; i++)
        mem_free(t.pairs.items[i].places);
    vec_free(&t.pairs);
    mem_free(t.table);
    vec_free(&t.arisen);
    vec_free(&t.heap);
    return status;
}

/* ---- the result ---- */

uint32_t trainer_piece(struct trained *trained, struct slice text)
{
    size_t known = map_len(trained->vocabulary);
    uint64_t *id = map_put(trained->vocabulary, text);
    if (map_len(trained->vocabulary) > known)
        *id = known;
    return (uint32_t)*id;
}

void trainer_start(struct trained *trained, const struct trainer_options *options)
{
    *trained = (struct trained){.type = options->type, .vocabulary = map_new()};
    for (size_t i = 0; i < options->reserved_count; i++) {
        (void)trainer_piece(trained, options->reserved[i]);
        if (options->type == TRAINER_UNIGRAM)
            vec_push(&trained->scores, 0);
    }
}

int trainer_check_room(size_t letters, const struct trainer_options *options)
{
    if (letters + options->reserved_count <= options->vocab_size)
        return 0;
    return diag_error(
        "the alphabet (%zu pieces) and the special tokens (%zu) do not fit into a vocabulary of %zu: raise "
        "--vocab-size, or keep fewer characters (--limit-alphabet)",
        letters, options->reserved_count, options->vocab_size);
}

void trainer_release(struct trained *trained)
{
    map_free(trained->vocabulary);
    vec_free(&trained->merges);
    vec_free(&trained->scores);
}
