/* bart_source.c - what has become of the text of a record: see bart.h. */
#include "bart.h"

#include <stdlib.h>

/* ---- the source, laid out ---- */

/* What stands in the source at a place of it: a token of the text, or MASK, for which a random token may stand. With
 * --delete a token may be missing, with --insert a mask may follow it. */
enum { MASK = -1 };

struct layout {
    int32_t *slots;
    size_t count, masks; /* masks: of the slots */
};

static struct layout lay_out(const struct bart *bart, const struct body *body, const struct span *spans, size_t count,
                             struct arena *arena)
{
    struct layout layout = {.slots = arena_array(arena, body->count + count + 1, sizeof *layout.slots)};
    size_t next = 0;
    for (size_t place = 0; place <= body->count;) {
        bool hidden = false;
        while (next < count && spans[next].start == place && !hidden) {
            hidden = spans[next].end > place;
            size_t masks = !hidden                            ? 1
                           : bart->given->replace_length >= 0 ? (size_t)bart->given->replace_length
                                                              : spans[next].end - spans[next].start;
            layout.masks += masks;
            while (masks-- > 0)
                layout.slots[layout.count++] = MASK;
            place = spans[next++].end;
        }
        if (hidden)
            continue;
        if (place < body->count)
            layout.slots[layout.count++] = body->ids[body->places[place]];
        place++;
    }
    return layout;
}

static bool may_be_mask(const struct check *check, const struct bart *bart, int32_t id)
{
    return id == check->kinds->mask_id ||
           (bart->shares[RANDOM].digits > 0 && kinds_of(check->kinds, id) == ID_ORDINARY);
}

/* The tokens of input_ids between the ends, turned back. */
struct source {
    int32_t *ids;
    size_t count, rotation, from; /* from: in input_ids */
    size_t masks;                 /* mask tokens among them */
};

/* How many tokens of the source a part of the slots may have used up: at[j], for j from `low` to `high`. */
struct reached {
    bool *at;
    size_t low, high;
};

/* A step over a token that may be left out: what was reached stays so if `skip`, and one more is where `ids` fit. */
static void step(const struct check *check, const struct bart *bart, const struct source *source, int32_t slot,
                 bool skip, bool use, struct reached *reached)
{
    size_t high = reached->high;
    for (size_t j = high + 1; j-- > reached->low;) {
        bool was = reached->at[j];
        bool fits = was && use && j < source->count &&
                    (slot == MASK ? may_be_mask(check, bart, source->ids[j]) : source->ids[j] == slot);
        reached->at[j] = was && skip;
        if (fits) {
            reached->at[j + 1] = true;
            reached->high = j + 1 > reached->high ? j + 1 : reached->high;
        }
    }
    while (reached->low < reached->high && !reached->at[reached->low])
        reached->low++;
    while (reached->low < reached->high && !reached->at[reached->high])
        reached->high--;
}

/* Is there a way in which the slots have become the source? *furthest: a token of it that no way passes. */
static bool fits(const struct check *check, const struct bart *bart, const struct layout *layout,
                 const struct source *source, struct arena *arena, size_t *furthest)
{
    const double drop = bart->values[DELETE], insert = bart->values[INSERT];
    struct reached reached = {.at = arena_array(arena, source->count + 2, sizeof(bool))};
    memset(reached.at, 0, (source->count + 2) * sizeof(bool));
    reached.at[0] = true;
    for (size_t i = 0; i < layout->count; i++) {
        bool token = layout->slots[i] != MASK;
        *furthest = reached.high;
        step(check, bart, source, layout->slots[i], token && drop > 0, !token || drop < 1, &reached);
        if (token && insert > 0)
            step(check, bart, source, MASK, insert < 1, true, &reached);
        if (!reached.at[reached.low]) /* none is left */
            return false;
    }
    *furthest = reached.high;
    return reached.high == source->count && reached.at[source->count];
}

/* ---- laws ---- */

/* How many tokens were dropped and inserted is known unless both may be and masks may be random; then the numbers of
 * mask tokens and of others are compared with what is to be expected of all three shares. */
static void count_laws(struct bart *bart, const struct layout *layout, const struct source *source)
{
    const bool drops = bart->shares[DELETE].digits > 0, inserts = bart->shares[INSERT].digits > 0;
    const double others = (double)(layout->count - layout->masks), masks = (double)layout->masks;
    const double found = (double)source->count, found_masks = (double)source->masks;
    const double random = bart->values[RANDOM], all_masks = masks + others * bart->values[INSERT];
    if (drops && inserts && bart->shares[RANDOM].digits > 0) {
        drift_add(&bart->dropped, found - found_masks, others * (1 - bart->values[DELETE]) + all_masks * random);
        drift_add(&bart->inserted, found_masks, all_masks * (1 - random));
    } else {
        double inserted = !inserts ? 0 : !drops ? found - masks - others : found_masks - masks;
        drift_add(&bart->dropped, others - (found - masks - inserted), others * bart->values[DELETE]);
        drift_add(&bart->inserted, inserted, others * bart->values[INSERT]);
        drift_add(&bart->random, masks + inserted - found_masks, (masks + inserted) * random);
        bart->mask_count += (uint64_t)(masks + inserted);
    }
    bart->dropped_count += drops ? (uint64_t)others : 0;
    bart->inserted_count += inserts ? (uint64_t)others : 0;
    if (source->count > 1)
        drift_add(&bart->rotated, source->rotation > 0,
                  bart->values[ROTATE] * (double)(source->count - 1) / (double)source->count);
}

/* ---- source ---- */

static bool bad_end(struct check *check, size_t i, int32_t expected, int32_t found)
{
    report_broken(check->report, RULE_SOURCE, "input_ids[%zu]: expected %" PRId32 ", as in --against, found %" PRId32,
                  i, expected, found);
    return false;
}

/* Takes the ends off and turns the rest back; false: the rule is broken. */
static bool read_source(struct check *check, const struct record *record, const struct record *in,
                        const struct body *body, struct source *source, struct arena *arena)
{
    const int32_t *found, *before;
    size_t count, all;
    int64_t rotation = 0;
    if (!check_ints(check, in, SLICE("input_ids"), arena, SIZE_MAX, &found, &count) ||
        rec_ints(record, SLICE("input_ids"), arena, &before, &all) < 0 ||
        !check_int(check, in, SLICE("rotation"), &rotation))
        return false;
    const size_t ends = all - body->count;
    *source = (struct source){.from = body->from};
    if (count < ends || rotation < 0 || (rotation > 0 && (size_t)rotation >= count - ends)) {
        report_broken(check->report, RULE_SOURCE,
                      "input_ids: expected %zu special tokens at the ends and a rotation by less than the rest, found"
                      " %zu tokens, %" PRId64,
                      ends, count, rotation);
        return false;
    }
    source->count = count - ends;
    source->rotation = (size_t)rotation;
    source->ids = arena_array(arena, source->count + 1, sizeof *source->ids);
    for (size_t i = 0; i < body->from; i++)
        if (found[i] != before[i])
            return bad_end(check, i, before[i], found[i]);
    for (size_t i = body->from + source->count; i < count; i++)
        if (found[i] != before[i + all - count])
            return bad_end(check, i, before[i + all - count], found[i]);
    for (size_t i = 0; i < source->count; i++) {
        source->ids[(i + source->rotation) % source->count] = found[body->from + i];
        source->masks += found[body->from + i] == check->kinds->mask_id;
    }
    return true;
}

void bart_check_source(struct check *check, struct bart *bart, const struct record *record, const struct record *in,
                       const struct body *body, const struct span *spans, size_t count, struct arena *arena)
{
    struct source source;
    size_t furthest;
    report_checked(check->report, RULE_SOURCE);
    if (!read_source(check, record, in, body, &source, arena))
        return;
    struct layout layout = lay_out(bart, body, spans, count, arena);
    if (fits(check, bart, &layout, &source, arena, &furthest)) {
        count_laws(bart, &layout, &source);
        return;
    }
    size_t at = source.count > 0 ? (furthest + source.count - source.rotation) % source.count : 0;
    if (furthest >= source.count)
        report_broken(check->report, RULE_SOURCE, "input_ids: expected more tokens, found %zu between the ends",
                      source.count);
    else
        report_broken(
            check->report, RULE_SOURCE,
            "input_ids[%zu]: expected what follows in the text in its new order with its masks, found %" PRId32,
            source.from + at, source.ids[furthest]);
}

/* ---- tokens ---- */

static int by_id(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int32_t *sorted(const int32_t *ids, size_t count, struct arena *arena)
{
    int32_t *copy = arena_array(arena, count + 1, sizeof *copy);
    if (count > 0) {
        memcpy(copy, ids, count * sizeof *copy);
        qsort(copy, count, sizeof *copy, by_id);
    }
    return copy;
}

void bart_check_tokens(struct check *check, const struct bart *bart, const struct record *source,
                       const struct record *in, struct arena *arena)
{
    const int32_t *found, *before;
    size_t count, all, k = 0;
    if (!check_ints(check, in, SLICE("input_ids"), arena, SIZE_MAX, &found, &count) ||
        rec_ints(source, SLICE("input_ids"), arena, &before, &all) < 0)
        return;
    report_checked(check->report, RULE_TOKENS);
    found = sorted(found, count, arena);
    before = sorted(before, all, arena);
    for (size_t i = 0; i < count; i++) {
        while (k < all && before[k] < found[i])
            k++;
        if (k < all && before[k] == found[i])
            k++;
        else if (!may_be_mask(check, bart, found[i])) {
            report_broken(
                check->report, RULE_TOKENS,
                "input_ids: expected tokens of --against, none more often than there, and masks, found %" PRId32,
                found[i]);
            return;
        }
    }
}
