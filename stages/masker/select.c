/* select.c - which tokens a masked language model has to predict: see select.h. */
#include "select.h"

#include "draws.h"

#include <assert.h>
#include <stdbool.h>

/* ---- units ---- */

/* Both loops write each unit that might be one and step on only when it is: a branch that depends on the data
 * would be guessed wrong at every other word. */

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

/* Fills the places from the last one down with units drawn from what is left. */
static void shuffle(struct rng *rng, struct unit *units, size_t count, size_t places)
{
    for (size_t i = count; i > count - places; i--) {
        size_t drawn = rng_below(rng, draw_number(DRAW_ORDER, (uint32_t)(i - 1)), i);
        struct unit swapped = units[drawn];
        units[drawn] = units[i - 1];
        units[i - 1] = swapped;
    }
}

size_t select_tokens(struct rng *rng, struct unit *units, size_t count, size_t budget, uint32_t *selected)
{
    assert(budget <= count);
    shuffle(rng, units, count, budget);
    for (size_t i = 0; i < budget; i++)
        selected[i] = units[count - 1 - i].start;
    return budget;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The shuffled units as a circle of tokens, and the arc of `budget` tokens on it. */
struct arc {
    const struct unit *units;
    size_t count, tokens;
    size_t first, before; /* the unit in which the arc starts, and how many of its tokens lie before the start */
    size_t budget;
};

static struct arc draw_arc(struct rng *rng, const struct unit *units, size_t count, size_t tokens, size_t budget)
{
    struct arc arc = {units, count, tokens, 0, 0, budget};
    arc.before = rng_below(rng, draw_number(DRAW_OFFSET, 0), tokens);
    while (arc.before >= units[arc.first].size)
        arc.before -= units[arc.first++].size;
    return arc;
}

/* The unit `steps` behind the one in which the arc starts. */
static struct unit unit_behind(const struct arc *arc, size_t steps)
{
    size_t at = arc->first + steps;
    return arc->units[at < arc->count ? at : at - arc->count];
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

static size_t take_arc(const struct arc *arc, struct rng *rng, size_t most, uint32_t *selected)
{
    size_t taken = 0;
    size_t left = arc->budget; /* tokens of the arc from this unit on */
    for (size_t steps = 0; left > 0 && steps < arc->count; steps++) {
        struct unit unit = unit_behind(arc, steps);
        size_t overlap = smaller(steps == 0 ? unit.size - arc->before : unit.size, left);
        left -= overlap;
        /* an arc that goes all the way round ends in the unit in which it started */
        size_t round = arc->tokens - arc->before;
        if (steps == 0 && arc->budget > round)
            overlap += arc->budget - round;
        if (taken + unit.size <= most && is_taken(rng, unit, overlap))
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
    shuffle(rng, units, count, count - 1);
    struct arc arc = draw_arc(rng, units, count, tokens, budget);
    size_t taken = take_arc(&arc, rng, most, selected);
    for (size_t steps = 0; taken == 0 && steps < count; steps++) {
        struct unit unit = unit_behind(&arc, steps);
        if (unit.size <= most)
            taken = take_unit(unit, selected);
    }
    return taken;
}
