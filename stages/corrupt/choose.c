/* choose.c - see choose.h. */
#include "choose.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64 };

static bool take(uint64_t *taken, uint64_t number)
{
    uint64_t bit = UINT64_C(1) << number % WORD_BITS;
    bool fresh = (taken[number / WORD_BITS] & bit) == 0;
    taken[number / WORD_BITS] |= bit;
    return fresh;
}

void choose_numbers(struct rng *rng, enum draw_purpose purpose, size_t chosen, size_t count, struct arena *arena,
                    uint32_t *numbers)
{
    assert(chosen <= count);
    size_t words = count / WORD_BITS + 1, found = 0;
    uint64_t *taken = arena_array(arena, words, sizeof *taken);
    memset(taken, 0, words * sizeof *taken);
    for (size_t j = count - chosen; j < count; j++)
        if (!take(taken, rng_below(rng, draw_number(purpose, (uint32_t)j), j + 1)))
            (void)take(taken, j);
    for (size_t i = 0; i < words; i++)
        for (uint64_t left = taken[i]; left != 0; left &= left - 1)
            numbers[found++] = (uint32_t)(i * WORD_BITS + (size_t)__builtin_ctzll(left));
    assert(found == chosen);
}

void choose_parts(struct rng *rng, enum draw_purpose purpose, size_t total, size_t parts, struct arena *arena,
                  uint32_t *lengths)
{
    assert(parts <= total && (parts > 0 || total == 0));
    uint32_t before = 0;
    if (parts == 0)
        return;
    choose_numbers(rng, purpose, parts - 1, total - 1, arena, lengths);
    for (size_t i = 0; i + 1 < parts; i++) { /* a cut at place i comes after i + 1 */
        uint32_t cut = lengths[i] + 1;
        lengths[i] = cut - before;
        before = cut;
    }
    lengths[parts - 1] = (uint32_t)total - before;
}

void choose_parts_around(struct rng *rng, enum draw_purpose purpose, size_t total, size_t between, struct arena *arena,
                         uint32_t *lengths)
{
    /* one more at either end, which is taken away again */
    choose_parts(rng, purpose, total + 2, between + 1, arena, lengths);
    lengths[0]--;
    lengths[between]--;
}

void choose_order(struct rng *rng, enum draw_purpose purpose, size_t count, uint32_t *items)
{
    for (size_t place = count; place-- > 1;) {
        size_t other = rng_below(rng, draw_number(purpose, (uint32_t)place), place + 1);
        uint32_t item = items[place];
        items[place] = items[other];
        items[other] = item;
    }
}
