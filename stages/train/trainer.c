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
 * - a pair that is too rare at first needs no places;
 * - an entry of the heap is never too low: if its count is out of date when it comes up, it goes back with the current
 *   one;
 * - a place stays on its list when an adjacent merge destroys the pair there: pieces only grow, and the slots show
 *   whether the pair still exists. */
#include "trainer.h"

#include "../tokenizer/text/byte_spelling.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#define NONE UINT32_MAX

/* There are at most three times as many pairs, and pairs have 32-bit numbers. */
static const size_t MOST_SLOTS = (size_t)1 << 30;

struct piece {
    struct slice text;
    uint32_t letters; /* 0: a special token that no word has made yet */
};

struct pair {
    uint64_t count;
    uint32_t left, right;
    uint32_t *places; /* slots, ascending; NULL if the pair is too rare or has been merged */
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

    VEC(uint32_t) slots;
    VEC(uint32_t) words;  /* of each slot, the number of its word */
    VEC(uint64_t) counts; /* of each word */

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
    size_t known = map_len(t->trained->vocabulary);
    uint64_t *id = map_put(t->trained->vocabulary, text);
    if (map_len(t->trained->vocabulary) > known) {
        struct piece made = {map_at(t->trained->vocabulary, known)->key, letters};
        *id = known;
        vec_push(&t->pieces, made);
    }
    assert(*id < t->pieces.len);
    struct piece *piece = &t->pieces.items[*id];
    assert(piece->letters == 0 || piece->letters == letters);
    piece->letters = letters;
    return (uint32_t)*id;
}

static struct slice inner_text(const struct trainer *t, uint32_t right)
{
    struct slice text = t->pieces.items[right].text;
    if (t->options->type == TRAINER_WORDPIECE && slice_starts(text, SLICE("##")))
        return (struct slice){text.ptr + 2, text.len - 2};
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

/* All pairs have all their places: from now on their counts only fall. */
static void settle_pairs(struct trainer *t)
{
    uint32_t first = t->settled;
    for (; t->settled < t->pairs.len; t->settled++) {
        struct pair *pair = &t->pairs.items[t->settled];
        if (pair->count >= t->options->min_count) {
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
    uint32_t *slots = t->slots.items;
    uint64_t count = t->counts.items[t->words.items[at]];
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
    uint32_t *places = pair->places, place_count = pair->place_count;
    assert(places != NULL);
    pair->places = NULL;
    for (uint32_t i = 0; i < place_count; i++) {
        uint32_t at = places[i];
        if (t->slots.items[at] == merge.left && t->slots.items[at + letters(t, merge.left)] == merge.right)
            join(t, merge, piece, at);
    }
    mem_free(places);
    settle_pairs(t);
}

static void count_pairs(struct trainer *t)
{
    for (size_t i = 1; i < t->slots.len; i++) {
        uint32_t left = t->slots.items[i - 1], right = t->slots.items[i];
        if (left != NONE && right != NONE)
            pair_arises(t, left, right, i - 1, t->counts.items[t->words.items[i]]);
    }
    settle_pairs(t);
}

/* ---- words to slots ---- */

static void put_slot(struct trainer *t, uint32_t piece)
{
    vec_push(&t->slots, piece);
    vec_push(&t->words, (uint32_t)t->counts.len);
}

static int end_word(struct trainer *t, uint64_t count)
{
    put_slot(t, NONE);
    vec_push(&t->counts, count);
    if (t->slots.len > MOST_SLOTS)
        return diag_error("the distinct words have more than %zu letters in total", MOST_SLOTS);
    return 0;
}

/* ---- letters: bytes ---- */

/* In the order of the letters' bytes: letters that spell themselves are below U+0100, the others follow in order. */
static void letters_of_bytes(struct trainer *t, uint32_t id_of[256])
{
    for (int other = 0; other < 2; other++)
        for (unsigned byte = 0; byte < 256; byte++) {
            uint32_t point = byte_spelling((unsigned char)byte);
            char text[4];
            if ((point != byte) == other)
                id_of[byte] = piece_id(t, (struct slice){text, text_encode(point, text)}, 1);
        }
}

static int fill_bytes(struct trainer *t, const struct map *words)
{
    uint32_t id_of[256];
    letters_of_bytes(t, id_of);
    for (size_t i = 0; i < map_len(words); i++) {
        const struct map_entry *word = map_at(words, i);
        for (size_t j = 0; j < word->key.len; j++)
            put_slot(t, id_of[(unsigned char)word->key.ptr[j]]);
        if (end_word(t, word->value) != 0)
            return -1;
    }
    return 0;
}

/* ---- letters: characters ---- */

struct character {
    struct slice text;
    uint64_t count;
    bool inside; /* follows another character in some word */
    uint32_t first, inner;
};

struct alphabet {
    VEC(struct character) characters;
    struct map *number_of; /* character -> its number + 1; 0 if it is not kept */
};

static struct slice next_character(struct slice *rest)
{
    struct slice character = {rest->ptr, text_sequence(rest->ptr, rest->ptr + rest->len)};
    assert(character.len > 0);
    rest->ptr += character.len;
    rest->len -= character.len;
    return character;
}

static int compare_frequency(const void *a, const void *b)
{
    const struct character *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : slice_compare(x->text, y->text);
}

/* Can WordPiece cut the word into letters? A letter that begins with "##" would look like one inside a word. */
static bool is_cuttable(struct slice word)
{
    return text_length(word) <= TRAINER_WORD_CHARACTERS && (word.len == 1 || memchr(word.ptr, '#', word.len) == NULL);
}

static void count_characters(struct alphabet *alphabet, const struct map *words)
{
    for (size_t i = 0; i < map_len(words); i++) {
        struct slice rest = map_at(words, i)->key;
        if (!is_cuttable(rest))
            continue;
        while (rest.len > 0)
            *map_put(alphabet->number_of, next_character(&rest)) += map_at(words, i)->value;
    }
}

static void limit_alphabet(struct alphabet *alphabet, size_t limit)
{
    for (size_t i = 0; i < map_len(alphabet->number_of); i++) {
        const struct map_entry *entry = map_at(alphabet->number_of, i);
        struct character character = {.text = entry->key, .count = entry->value};
        vec_push(&alphabet->characters, character);
    }
    struct character *characters = alphabet->characters.items;
    size_t len = alphabet->characters.len;
    if (len > 0)
        qsort(characters, len, sizeof *characters, compare_frequency);
    for (size_t i = 0; i < len; i++)
        *map_put(alphabet->number_of, characters[i].text) = i < limit ? i + 1 : 0;
    if (len > limit)
        alphabet->characters.len = limit;
}

static struct character *find_character(struct alphabet *alphabet, struct slice text)
{
    const uint64_t *number = map_get(alphabet->number_of, text);
    return number == NULL || *number == 0 ? NULL : &alphabet->characters.items[*number - 1];
}

/* Can the word be cut at all? */
static bool is_known(struct alphabet *alphabet, struct slice word)
{
    if (!is_cuttable(word))
        return false;
    while (word.len > 0)
        if (find_character(alphabet, next_character(&word)) == NULL)
            return false;
    return true;
}

static int compare_slices(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The letter as spelled inside a word; a character may be a NUL. */
static struct slice inner_letter(struct slice character, struct arena *arena)
{
    char *text = arena_alloc(arena, character.len + 2);
    memcpy(text, "##", 2);
    memcpy(text + 2, character.ptr, character.len);
    return (struct slice){text, character.len + 2};
}

static void letters_of_characters(struct trainer *t, struct alphabet *alphabet)
{
    struct arena *arena = arena_new();
    VEC(struct slice) texts = {0};
    for (size_t i = 0; i < alphabet->characters.len; i++) {
        struct character *c = &alphabet->characters.items[i];
        vec_push(&texts, c->text);
        if (c->inside)
            vec_push(&texts, inner_letter(c->text, arena));
    }
    if (texts.len > 0)
        qsort(texts.items, texts.len, sizeof *texts.items, compare_slices);
    for (size_t i = 0; i < texts.len; i++)
        (void)piece_id(t, texts.items[i], 1);
    for (size_t i = 0; i < alphabet->characters.len; i++) {
        struct character *c = &alphabet->characters.items[i];
        c->first = piece_id(t, c->text, 1);
        if (c->inside)
            c->inner = piece_id(t, inner_letter(c->text, arena), 1);
    }
    vec_free(&texts);
    arena_free(arena);
}

static int fill_characters(struct trainer *t, const struct map *words)
{
    struct alphabet alphabet = {.number_of = map_new()};
    count_characters(&alphabet, words);
    limit_alphabet(&alphabet, t->options->limit_alphabet);
    for (size_t i = 0; i < map_len(words); i++) {
        struct slice rest = map_at(words, i)->key;
        if (!is_known(&alphabet, rest))
            continue;
        for ((void)next_character(&rest); rest.len > 0;)
            find_character(&alphabet, next_character(&rest))->inside = true;
    }
    letters_of_characters(t, &alphabet);

    int status = 0;
    for (size_t i = 0; i < map_len(words) && status == 0; i++) {
        struct slice rest = map_at(words, i)->key;
        if (!is_known(&alphabet, rest))
            continue;
        put_slot(t, find_character(&alphabet, next_character(&rest))->first);
        while (rest.len > 0)
            put_slot(t, find_character(&alphabet, next_character(&rest))->inner);
        status = end_word(t, map_at(words, i)->value);
    }
    vec_free(&alphabet.characters);
    map_free(alphabet.number_of);
    return status;
}

/* ---- the whole ---- */

enum { FIRST_PAIR_SLOTS = 1024 };

static int learn(struct trainer *t, const struct map *words)
{
    const struct trainer_options *options = t->options;
    for (size_t i = 0; i < options->special_count; i++)
        (void)piece_id(t, options->special[i], 0);
    put_slot(t, NONE);
    if ((options->type == TRAINER_BPE ? fill_bytes : fill_characters)(t, words) != 0)
        return -1;
    if (t->pieces.len > options->vocab_size)
        return diag_error("the alphabet (%zu pieces) and the special tokens (%zu) do not fit into a vocabulary of %zu",
                          t->pieces.len - options->special_count, options->special_count, options->vocab_size);
    count_pairs(t);
    uint32_t best;
    while (t->pieces.len < options->vocab_size && best_pair(t, &best))
        learn_pair(t, &t->pairs.items[best]);
    return 0;
}

int trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained)
{
    *trained =
        (struct trained){.type = options->type, .vocabulary = map_new(), .special_count = options->special_count};
    struct trainer t = {.options = options, .trained = trained, .mask = FIRST_PAIR_SLOTS - 1};
    t.table = mem_zalloc(FIRST_PAIR_SLOTS, sizeof *t.table);
    int status = learn(&t, words);
    vec_free(&t.pieces);
    vec_free(&t.slots);
    vec_free(&t.words);
    vec_free(&t.counts);
    for (size_t i = 0; i < t.pairs.len; i++)
        mem_free(t.pairs.items[i].places);
    vec_free(&t.pairs);
    mem_free(t.table);
    vec_free(&t.arisen);
    vec_free(&t.heap);
    if (status != 0)
        trainer_release(trained);
    return status;
}

void trainer_release(struct trained *trained)
{
    map_free(trained->vocabulary);
    trained->vocabulary = NULL;
    vec_free(&trained->merges);
    vec_free(&trained->scores);
}
