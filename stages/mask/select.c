/* select.c - selects the tokens that a masked language model has to predict: see select.h. */
#include "select.h"

#include "draws.h"

#include <assert.h>
#include <stdbool.h>

/* ---- units ---- */

/* Both loops write every possible unit but advance only if it is one: a branch on the data would be mispredicted at
 * every other word. */

size_t select_token_units(const struct sequence *sequence, struct unit *units)
{
    size_t n = 0;
    for (size_t i = 0; i < sequence->count; i++) {
        units[n] = (struct unit){(uint32_t)i, 1};
        n += sequence->maskable[i];
    }
    return n;
}

static bool same_word(const struct sequence *sequence, size_t a, size_t b)
{
    return sequence->word_ids[a] == sequence->word_ids[b] &&
           (sequence->token_type_ids == NULL || sequence->token_type_ids[a] == sequence->token_type_ids[b]);
}

size_t select_word_units(const struct sequence *sequence, struct unit *units, size_t *tokens)
{
    size_t n = 0, start = 0;
    bool whole = false; /* every token of this word so far may be masked */
    for (size_t i = 0; i < sequence->count; i++) {
        bool begins = i == 0 || !same_word(sequence, i - 1, i);
        n += begins & whole;
        start = begins ? i : start;
        whole = (begins | whole) & sequence->maskable[i] & (sequence->word_ids[i] >= 0);
        units[n] = (struct unit){(uint32_t)start, (uint32_t)(i + 1 - start)};
    }
    n += whole;
    *tokens = 0;
    for (size_t i = 0; i < n; i++)
        *tokens += units[i].size;
    return n;
}

/* ---- selection ---- */

/* Both ways of selecting shuffle the units (Fisher-Yates, from the last place down), but only as far as needed. */

static void exchange(struct unit *units, size_t a, size_t b)
{
    struct unit unit = units[a];
    units[a] = units[b];
    units[b] = unit;
}

/* Fills a place with one of the units that have no place yet: those at and below it. */
static void fill_place(struct rng *rng, struct unit *units, size_t place)
{
    exchange(units, place, rng_below(rng, draw_number(DRAW_ORDER, (uint32_t)place), place + 1));
}

size_t select_tokens(struct rng *rng, struct unit *units, size_t count, size_t budget, uint32_t *selected)
{
    assert(budget <= count);
    for (size_t i = 0; i < budget; i++) {
        size_t place = count - 1 - i;
        fill_place(rng, units, place);
        selected[i] = units[place].start;
    }
    return budget;
}

/* The units on a circle, beginning with the unit in which the arc starts, which is at the last place. The circle is
 * laid while it is walked: the places from `laid` on are filled. */
struct circle {
    struct rng *rng;
    struct unit *units;
    size_t count, laid;
    size_t before; /* tokens of the first unit that lie before the start of the arc */
};

/* Draws the start from all tokens; the other units follow in random order. Seen from the start, this is the same as a
 * random place on a circle of units in random order. */
static struct circle draw_start(struct rng *rng, struct unit *units, size_t count, size_t tokens)
{
    size_t before = rng_below(rng, draw_number(DRAW_OFFSET, 0), tokens), first = 0;
    while (before >= units[first].size)
        before -= units[first++].size;
    exchange(units, first, count - 1);
    return (struct circle){rng, units, count, count - 1, before};
}

/* The unit that is `steps` after the first one; call it with 0, 1, 2, … */
static struct unit unit_after(struct circle *circle, size_t steps)
{
    size_t place = circle->count - 1 - steps;
    if (place < circle->laid) {
        fill_place(circle->rng, circle->units, place);
        circle->laid = place;
    }
    return circle->units[place];
}

static size_t take_unit(struct unit unit, uint32_t *selected)
{
    for (uint32_t i = 0; i < unit.size; i++)
        selected[i] = unit.start + i;
    return unit.size;
}

static bool is_taken(struct rng *rng, struct unit unit, size_t overlap)
{
    return overlap == unit.size || rng_below(rng, draw_number(DRAW_CUT, unit.start), unit.size) < overlap;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t take_arc(struct circle *circle, size_t tokens, size_t budget, size_t most, uint32_t *selected)
{
    size_t taken = 0;
    size_t left = budget; /* tokens of the arc from this unit on */
    for (size_t steps = 0; left > 0 && steps < circle->count; steps++) {
        struct unit unit = unit_after(circle, steps);
        size_t overlap = smaller(steps == 0 ? unit.size - circle->before : unit.size, left);
        left -= overlap;
        /* an arc that goes all the way round ends in the unit in which it started */
        size_t round = tokens - circle->before;
        if (steps == 0 && budget > round)
            overlap += budget - round;
        if (taken + unit.size <= most && is_taken(circle->rng, unit, overlap))
            taken += take_unit(unit, selected + taken);
    }
    return taken;
}

size_t select_balanced(struct rng *rng, struct unit *units, size_t count, size_t tokens, size_t budget, size_t most,
                       uint32_t *selected)
{
    assert(budget > 0 && budget <= tokens);
    if (most == 0)
        most = tokens;
    struct circle circle = draw_start(rng, units, count, tokens);
    size_t taken = take_arc(&circle, tokens, budget, most, selected);
    for (size_t steps = 0; taken == 0 && steps < count; steps++) {
        struct unit unit = unit_after(&circle, steps);
        if (unit.size <= most)
            taken = take_unit(unit, selected);
    }
    return taken;
}
