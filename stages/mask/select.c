/* select.c - selects the units that a masked language model has to predict: see select.h. */
#include "select.h"

#include "draws.h"

#include <assert.h>
#include <stdbool.h>

/* All ways of selecting shuffle the units (Fisher-Yates, from the last place down), but only as far as needed. */

static uint64_t pass_draw(const struct pass *pass, enum draw_purpose purpose, uint32_t item)
{
    return draw_number(purpose + DRAWS_OF_LEVEL * pass->level, item);
}

static void exchange(struct unit *units, size_t a, size_t b)
{
    struct unit unit = units[a];
    units[a] = units[b];
    units[b] = unit;
}

/* Fills a place with one of the units that have no place yet: those at and below it. */
static void fill_place(const struct pass *pass, struct unit *units, size_t place)
{
    uint64_t draw = pass_draw(pass, DRAW_ORDER, pass->base + (uint32_t)place);
    exchange(units, place, rng_below(pass->rng, draw, place + 1));
}

static void choose(struct unit unit, struct chosen *chosen)
{
    chosen->units[chosen->count++] = unit;
    chosen->tokens += unit.size;
}

void select_tokens(const struct pass *pass, struct units *units, size_t budget, struct chosen *chosen)
{
    assert(budget <= units->count);
    for (size_t i = 0; i < budget; i++) {
        size_t place = units->count - 1 - i;
        fill_place(pass, units->items, place);
        choose(units->items[place], chosen);
    }
}

void select_fitting(const struct pass *pass, struct units *units, size_t budget, struct chosen *chosen)
{
    for (size_t place = units->count; place-- > 0 && budget > 0;) {
        fill_place(pass, units->items, place);
        struct unit unit = units->items[place];
        if (unit.size > budget)
            continue;
        choose(unit, chosen);
        budget -= unit.size;
    }
}

void select_all(const struct units *units, struct chosen *chosen)
{
    for (size_t i = 0; i < units->count; i++)
        choose(units->items[i], chosen);
}

/* ---- the balanced rule ---- */

/* The units on a circle, beginning with the unit in which the arc starts, which is at the last place. The circle is
 * laid while it is walked: the places from `laid` on are filled. */
struct circle {
    const struct pass *pass;
    struct unit *units;
    size_t count, laid;
    size_t before; /* tokens of the first unit that lie before the start of the arc */
};

/* Draws the start from all tokens; the other units follow in random order. Seen from the start, this is the same as a
 * random place on a circle of units in random order. */
static struct circle draw_start(const struct pass *pass, struct units *units)
{
    size_t before = rng_below(pass->rng, pass_draw(pass, DRAW_OFFSET, pass->base), units->tokens), first = 0;
    while (before >= units->items[first].size)
        before -= units->items[first++].size;
    exchange(units->items, first, units->count - 1);
    return (struct circle){pass, units->items, units->count, units->count - 1, before};
}

/* The unit that is `steps` after the first one; call it with 0, 1, 2, … */
static struct unit unit_after(struct circle *circle, size_t steps)
{
    size_t place = circle->count - 1 - steps;
    if (place < circle->laid) {
        fill_place(circle->pass, circle->units, place);
        circle->laid = place;
    }
    return circle->units[place];
}

static bool is_taken(const struct pass *pass, struct unit unit, size_t overlap)
{
    return overlap == unit.size || rng_below(pass->rng, pass_draw(pass, DRAW_CUT, unit.start), unit.size) < overlap;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void take_arc(struct circle *circle, size_t tokens, size_t budget, size_t most, struct chosen *chosen)
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
        if (taken + unit.size > most || !is_taken(circle->pass, unit, overlap))
            continue;
        choose(unit, chosen);
        taken += unit.size;
    }
}

void select_balanced(const struct pass *pass, struct units *units, size_t budget, size_t most, bool some,
                     struct chosen *chosen)
{
    assert(budget > 0 && budget <= units->tokens);
    size_t before = chosen->count;
    if (most == 0)
        most = units->tokens;
    struct circle circle = draw_start(pass, units);
    take_arc(&circle, units->tokens, budget, most, chosen);
    for (size_t steps = 0; some && chosen->count == before && steps < units->count; steps++) {
        struct unit unit = unit_after(&circle, steps);
        if (unit.size <= most)
            choose(unit, chosen);
    }
}
