/* permute_laws.c - the laws of permute: see permute.h.
 *
 * How likely a word is selected depends on the words around it, on borders and on the budget, in a way that no formula
 * says. So for each record the check draws once itself, by the rule of the specification, and what the filter has
 * selected is compared with that: in the mean over all records both must be the same. */
#include "permute.h"

/* SplitMix64 (Steele, Lea, Flood 2014), not the filter's generator. */
static uint64_t next_random(struct permute *permute)
{
    uint64_t z = permute->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(struct permute *permute)
{
    return (double)(next_random(permute) >> 11) / 9007199254740992.0;
}

static size_t draw_length(struct permute *permute)
{
    double u = uniform(permute);
    size_t n = 1;
    while (n < permute->lengths.most && u >= permute->lengths.share[n])
        u -= permute->lengths.share[n++];
    return n;
}

/* Some words that follow each other: the first one, and how many. */
struct draw_unit {
    size_t first, count;
};

void permute_draw(struct permute *permute, const struct mask_tokens *tokens, const struct permute_part *part,
                  uint8_t *selected, struct arena *arena)
{
    const struct units *words = &part->words;
    struct draw_unit *units = arena_array(arena, words->count + 1, sizeof *units);
    size_t count = 0, left = part->budget;
    for (size_t first = 0; first < words->count; first += units[count++].count) {
        size_t n = draw_length(permute);
        while (n > 1 && mask_units_run(tokens, words, first, n) == SIZE_MAX)
            n--;
        units[count] = (struct draw_unit){first, n};
    }
    for (size_t i = count; i > 0; i--) {
        size_t at = (size_t)(uniform(permute) * (double)i);
        struct draw_unit unit = units[at < i ? at : i - 1];
        units[at < i ? at : i - 1] = units[i - 1];
        for (size_t k = unit.first; k < unit.first + unit.count; k++) {
            struct span word = words->items[k];
            if (word.end - word.start > left)
                return;
            memset(selected + word.start, 1, word.end - word.start);
            left -= word.end - word.start;
        }
    }
}

/* ---- what is counted ---- */

struct features {
    double position[PLACES], size[SIZES], runs[RUNS];
};

static void count_features(const struct mask_tokens *tokens, const struct permute_part *part, const uint8_t *selected,
                           struct features *features)
{
    const struct units *words = &part->words;
    size_t run = 0;
    *features = (struct features){0};
    for (size_t i = 0; i <= words->count; i++) {
        bool is = i < words->count && selected[words->items[i].start];
        if (run > 0 && (!is || mask_units_run(tokens, words, i - 1, 2) == SIZE_MAX)) {
            features->runs[run < RUNS ? run - 1 : RUNS - 1]++;
            run = 0;
        }
        if (!is)
            continue;
        size_t size = words->items[i].end - words->items[i].start;
        features->position[(words->items[i].start - part->from) * PLACES / (part->to - part->from)] += (double)size;
        features->size[size < SIZES ? size - 1 : SIZES - 1] += (double)size;
        run++;
    }
}

void permute_laws_part(struct permute *permute, const struct mask_tokens *tokens, const struct permute_part *part,
                       const uint8_t *drawn)
{
    struct features seen, expected;
    if (part->words.count == 0)
        return;
    count_features(tokens, part, tokens->selected, &seen);
    count_features(tokens, part, drawn, &expected);
    for (size_t i = 0; i < PLACES; i++)
        drift_add(&permute->position[i], seen.position[i], expected.position[i]);
    for (size_t i = 0; i < SIZES; i++)
        drift_add(&permute->size[i], seen.size[i], expected.size[i]);
    for (size_t i = 0; i < RUNS; i++)
        drift_add(&permute->runs[i], seen.runs[i], expected.runs[i]);
    permute->selected += mask_selected(tokens, part->from, part->to);
}

/* All permutations are equally likely: special tokens and targets, and tokens of each quarter, have numbers of each
 * quarter alike; and a token has the number after that of the one before it as often as chance gives. */
void permute_laws_order(struct permute *permute, const int32_t *order, const uint8_t *special, size_t count)
{
    size_t numbered = 0, place = 0, follows = 0;
    double seen[2][ORDERS][ORDERS] = {0}, tokens[2][ORDERS] = {0}, numbers[ORDERS] = {0};
    int32_t last = -2;
    for (size_t i = 0; i < count; i++)
        numbered += order[i] >= 0;
    if (numbered < 2)
        return;
    for (size_t i = 0; i < count; i++) {
        if (order[i] < 0)
            continue;
        size_t where = place++ * ORDERS / numbered, which = (size_t)order[i] * ORDERS / numbered;
        seen[special[i] != 0][where][which]++;
        tokens[special[i] != 0][where]++;
        numbers[which]++;
        follows += order[i] == last + 1;
        last = order[i];
    }
    for (size_t k = 0; k < 2; k++)
        for (size_t a = 0; a < ORDERS; a++)
            for (size_t b = 0; b < ORDERS; b++)
                drift_add(&permute->order[k][a][b], seen[k][a][b], tokens[k][a] * numbers[b] / (double)numbered);
    drift_add(&permute->next, (double)follows, (double)(numbered - 1) / (double)numbered);
    permute->ordered += numbered;
}

static double overlap(const struct permute *permute, const uint8_t *selected, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count && i < permute->before.count; i++)
        n += selected[i] && permute->before.selected[i];
    return (double)n;
}

void permute_laws_overlap(struct permute *permute, const struct mask_tokens *tokens, const uint8_t *drawn,
                          struct identity identity)
{
    bool same = permute->before.identity.high == identity.high && permute->before.identity.low == identity.low;
    if (permute->before.is) {
        drift_add(same ? &permute->epochs : &permute->neighbours, overlap(permute, tokens->selected, tokens->count),
                  overlap(permute, drawn, tokens->count));
        permute->overlaps[same] += mask_selected(tokens, 0, tokens->count);
    }
    if (permute->before.room < tokens->count) {
        permute->before.room = 2 * tokens->count;
        permute->before.selected = mem_resize(permute->before.selected, permute->before.room, 1);
    }
    if (tokens->count > 0)
        memcpy(permute->before.selected, tokens->selected, tokens->count);
    permute->before.count = tokens->count;
    permute->before.identity = identity;
    permute->before.is = true;
}

void permute_laws_judge(const struct permute *permute, struct report *report)
{
    struct drift orders[2 * ORDERS * ORDERS + 1];
    memcpy(orders, permute->order, sizeof permute->order);
    orders[2 * ORDERS * ORDERS] = permute->next;
    report_law(report, PERMUTE_LAW_POSITION, drift_p(permute->position, PLACES), permute->selected, "tokens");
    report_law(report, PERMUTE_LAW_SIZE, drift_p(permute->size, SIZES), permute->selected, "tokens");
    report_law(report, PERMUTE_LAW_LENGTHS, drift_p(permute->runs, RUNS), permute->selected, "tokens");
    report_law(report, PERMUTE_LAW_ORDER, drift_p(orders, sizeof orders / sizeof *orders), permute->ordered, "tokens");
    report_law(report, PERMUTE_LAW_EPOCHS, drift_p(&permute->epochs, 1), permute->overlaps[1], "tokens");
    report_law(report, PERMUTE_LAW_NEIGHBOURS, drift_p(&permute->neighbours, 1), permute->overlaps[0], "tokens");
}
