/* agreement.c - vote agreement: how far annotators agree, beyond what chance explains.
 *
 * All that is counted are integers, and fractions are added by their denominators, so no order of the records changes
 * a figure. */
#include "vote.h"

#include "../grid/grid.h"
#include "quern.h"

#include <stdlib.h>

__extension__ typedef __int128 i128;

struct agreement_options {
    const char *by, *annotator, *label;
    bool json;
    int64_t max_memory;
};

static const struct option options[] = {
    {"by", 0, OPT_TEXT, OPT_AT(struct agreement_options, by), .value = "NAME", .fallback = "id",
     .help = "the member whose value the records of one item share"},
    {"annotator", 0, OPT_TEXT, OPT_AT(struct agreement_options, annotator), .value = "NAME", .fallback = "annotator",
     .help = "the member that says who gave the label"},
    {"label", 0, OPT_TEXT, OPT_AT(struct agreement_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the label"},
    {"json", 0, OPT_FLAG, OPT_AT(struct agreement_options, json), .help = "write one line of JSON"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct agreement_options, max_memory), .value = "SIZE", .fallback = "1G",
     .min = 0, .max = INT64_MAX, .help = "what the labels may take in memory before they go to temporary files"},
    {0},
};

static const char *const reads[] = {"id", "label", "annotator", NULL};

struct agreement {
    const struct agreement_options *given;
    bool color;
    struct ballots ballots;
    struct roll labels, annotators;
};

/* ---- the records ---- */

static void agreement_close(void *shared)
{
    struct agreement *agreement = shared;
    ballots_close(&agreement->ballots);
    roll_release(&agreement->labels);
    roll_release(&agreement->annotators);
    mem_free(agreement);
}

static int agreement_open(struct stage_context *context, void **shared)
{
    struct agreement *agreement = mem_zalloc(1, sizeof *agreement);
    agreement->given = context->options;
    agreement->color = context->color;
    roll_init(&agreement->labels);
    roll_init(&agreement->annotators);
    if (ballots_open(&agreement->ballots, (uint64_t)agreement->given->max_memory, context->temp_dir) < 0) {
        agreement_close(agreement);
        return -1;
    }
    *shared = agreement;
    return 0;
}

/* An annotator has one label for an item. */
static int check_twice(const struct agreement *agreement, const struct group *group, uint32_t annotator)
{
    for (uint64_t at = group->last; at != 0;) {
        const struct label_ballot *ballot = ballots_at(&agreement->ballots, at, &at);
        if (ballot->annotator == annotator)
            return diag_error("%s: labels the same %s a second time", agreement->given->annotator,
                              agreement->given->by);
    }
    return 0;
}

static int agreement_record(void *shared, const struct record *in, struct sink *out)
{
    struct agreement *agreement = shared;
    const struct agreement_options *given = agreement->given;
    struct arena *arena = sink_arena(out);
    struct label_ballot ballot;
    struct identity key;
    if (lineage_member(in, slice_of(given->by), arena, &key) < 0 ||
        roll_number(&agreement->labels, in, given->label, "label", arena, &ballot.label) < 0 ||
        roll_number(&agreement->annotators, in, given->annotator, "annotator", arena, &ballot.annotator) < 0)
        return -1;
    struct group *group = ballots_group(&agreement->ballots, key);
    if (group == NULL || check_twice(agreement, group, ballot.annotator) < 0)
        return -1;
    return ballots_cast(&agreement->ballots, group, &ballot, sizeof ballot);
}

/* ---- counting ---- */

struct annotator {
    uint64_t labels;
    uint64_t pairs, agreed; /* with another label of the same item */
};

/* Two annotators, the first of the lower rank: the items that both have labelled. */
struct couple {
    uint32_t first, second;
    uint64_t items, agreed;
};

struct counts {
    struct arena *arena;
    uint64_t items, labels;             /* all */
    uint64_t paired_items, paired;      /* items with two labels or more, and their labels */
    uint64_t *of_label;                 /* by rank: of the latter */
    uint64_t *by_size, *agreed_of_size; /* by how many labels an item has: items; ordered pairs that agree */
    size_t sizes;
    struct annotator *annotators; /* by rank */
    struct map *numbers;          /* of two ranks, the place in couples */
    VEC(struct couple) couples;
    struct map *margins; /* of a couple, a side and a label: labels */
    bool quoted;         /* names of annotators that are strings are in quotes: see check_names */
};

static uint64_t *margin(struct counts *counts, size_t couple, uint32_t side, uint32_t label)
{
    const uint32_t key[3] = {(uint32_t)couple, side, label};
    return map_put(counts->margins, (struct slice){(const char *)key, sizeof key});
}

static void count_couple(struct counts *counts, const struct label_ballot *a, const struct label_ballot *b)
{
    const uint32_t key[2] = {a->annotator, b->annotator};
    size_t known = map_len(counts->numbers);
    uint64_t *number = map_put(counts->numbers, (struct slice){(const char *)key, sizeof key});
    if (map_len(counts->numbers) > known) {
        struct couple made = {key[0], key[1], 0, 0};
        *number = counts->couples.len;
        vec_push(&counts->couples, made);
    }
    struct couple *couple = &counts->couples.items[*number];
    couple->items++;
    couple->agreed += a->label == b->label;
    ++*margin(counts, *number, 0, a->label);
    ++*margin(counts, *number, 1, b->label);
}

static int compare_ballots(const void *a, const void *b)
{
    const struct label_ballot *x = a, *y = b;
    return (x->annotator > y->annotator) - (x->annotator < y->annotator);
}

static void count_item(struct counts *counts, const struct label_ballot *ballots, size_t n)
{
    uint64_t agreed = 0;
    for (size_t i = 0; i < n; i++) {
        struct annotator *annotator = &counts->annotators[ballots[i].annotator];
        uint64_t same = 0;
        for (size_t j = 0; j < n; j++)
            same += j != i && ballots[j].label == ballots[i].label;
        for (size_t j = i + 1; j < n; j++)
            count_couple(counts, &ballots[i], &ballots[j]);
        annotator->labels++;
        annotator->pairs += n - 1;
        annotator->agreed += same;
        agreed += same;
    }
    counts->items++;
    counts->labels += n;
    if (n < 2)
        return;
    counts->paired_items++;
    counts->paired += n;
    counts->by_size[n]++;
    counts->agreed_of_size[n] += agreed;
    for (size_t i = 0; i < n; i++)
        counts->of_label[ballots[i].label]++;
}

static void count_all(struct agreement *agreement, struct counts *counts)
{
    VEC(struct label_ballot) item = {0};
    roll_sort(&agreement->labels);
    roll_sort(&agreement->annotators);
    for (size_t i = 0; i < agreement->ballots.count; i++) {
        size_t votes = ballots_group_at(&agreement->ballots, i)->votes;
        counts->sizes = votes >= counts->sizes ? votes + 1 : counts->sizes;
    }
    counts->by_size = mem_zalloc(counts->sizes + 1, sizeof *counts->by_size);
    counts->agreed_of_size = mem_zalloc(counts->sizes + 1, sizeof *counts->agreed_of_size);
    counts->of_label = mem_zalloc(roll_count(&agreement->labels) + 1, sizeof *counts->of_label);
    counts->annotators = mem_zalloc(roll_count(&agreement->annotators) + 1, sizeof *counts->annotators);
    counts->numbers = map_new();
    counts->margins = map_new();
    for (size_t i = 0; i < agreement->ballots.count; i++) {
        item.len = 0;
        for (uint64_t at = ballots_group_at(&agreement->ballots, i)->last; at != 0;) {
            struct label_ballot ballot = *(const struct label_ballot *)ballots_at(&agreement->ballots, at, &at);
            ballot.label = agreement->labels.ranks[ballot.label];
            ballot.annotator = agreement->annotators.ranks[ballot.annotator];
            vec_push(&item, ballot);
        }
        if (item.len > 1)
            qsort(item.items, item.len, sizeof *item.items, compare_ballots);
        if (item.len > 0)
            count_item(counts, item.items, item.len);
    }
    vec_free(&item);
}

static void release_counts(struct counts *counts)
{
    mem_free(counts->by_size);
    mem_free(counts->agreed_of_size);
    mem_free(counts->of_label);
    mem_free(counts->annotators);
    map_free(counts->numbers);
    map_free(counts->margins);
    vec_free(&counts->couples);
}

/* ---- coefficients: false where chance agreement is 1, or there is nothing to compare ---- */

static i128 square(uint64_t n)
{
    return (i128)n * (i128)n;
}

static i128 sum_of_squares(const struct counts *counts, size_t labels)
{
    i128 sum = 0;
    for (size_t l = 0; l < labels; l++)
        sum += square(counts->of_label[l]);
    return sum;
}

/* Fleiss 1971: of items with different numbers of labels the mean over the items. */
static bool fleiss_kappa(const struct counts *counts, size_t labels, double *kappa)
{
    i128 chance = sum_of_squares(counts, labels), all = square(counts->paired);
    double agreed = 0;
    if (chance == all)
        return false;
    for (size_t n = 2; n < counts->sizes; n++)
        agreed += (double)counts->agreed_of_size[n] / (double)(n * (n - 1));
    agreed /= (double)counts->paired_items;
    *kappa = (agreed - (double)chance / (double)all) / ((double)(all - chance) / (double)all);
    return true;
}

/* Krippendorff 2011, for nominal data: 1 - (n - 1) * Σ o_ck / Σ n_c n_k over the pairs of different labels. */
static bool krippendorff_alpha(const struct counts *counts, size_t labels, double *alpha)
{
    i128 expected = square(counts->paired) - sum_of_squares(counts, labels);
    double observed = 0;
    if (expected == 0)
        return false;
    for (size_t n = 2; n < counts->sizes; n++)
        observed += (double)(counts->by_size[n] * n * (n - 1) - counts->agreed_of_size[n]) / (double)(n - 1);
    *alpha = 1 - (double)(counts->paired - 1) * observed / (double)expected;
    return true;
}

/* Cohen 1960. */
static bool cohen_kappa(struct counts *counts, size_t number, size_t labels, double *kappa)
{
    const struct couple *couple = &counts->couples.items[number];
    i128 chance = 0, all = square(couple->items);
    for (uint32_t l = 0; l < labels; l++) {
        const uint32_t sides[2][3] = {{(uint32_t)number, 0, l}, {(uint32_t)number, 1, l}};
        const uint64_t *first = map_get(counts->margins, (struct slice){(const char *)sides[0], sizeof sides[0]});
        const uint64_t *second = map_get(counts->margins, (struct slice){(const char *)sides[1], sizeof sides[1]});
        chance += first != NULL && second != NULL ? (i128)*first * (i128)*second : 0;
    }
    if (chance == all)
        return false;
    *kappa = (double)((i128)couple->items * (i128)couple->agreed - chance) / (double)(all - chance);
    return true;
}

static int compare_couples(const void *a, const void *b)
{
    const struct couple *const *x = a, *const *y = b;
    if ((*x)->first != (*y)->first)
        return (*x)->first < (*y)->first ? -1 : 1;
    return ((*x)->second > (*y)->second) - ((*x)->second < (*y)->second);
}

static const struct couple **sorted_couples(const struct counts *counts)
{
    const struct couple **sorted = arena_array(counts->arena, counts->couples.len, sizeof *sorted);
    for (size_t i = 0; i < counts->couples.len; i++)
        sorted[i] = &counts->couples.items[i];
    if (counts->couples.len > 1)
        qsort(sorted, counts->couples.len, sizeof *sorted, compare_couples);
    return sorted;
}

/* ---- output ---- */

/* The name of an annotator, without the quotes of JSON unless they tell it from others. */
static struct slice name_of(const struct agreement *agreement, const struct counts *counts, size_t rank)
{
    struct slice json = roll_at(&agreement->annotators, rank);
    return json_kind(json) == '"' && !counts->quoted ? json_string(json, counts->arena) : json;
}

static void put_float(struct bytes *out, const char *name, double number)
{
    json_put_string(out, slice_of(name));
    bytes_byte(out, ':');
    json_put_float(out, number);
}

static void put_count(struct bytes *out, const char *name, uint64_t count)
{
    json_put_string(out, slice_of(name));
    bytes_byte(out, ':');
    json_put_int(out, (int64_t)count);
}

static struct slice couple_name(const struct agreement *agreement, const struct counts *counts,
                                const struct couple *couple)
{
    struct bytes name = {0};
    bytes_put(&name, name_of(agreement, counts, couple->first));
    bytes_byte(&name, ' ');
    bytes_put(&name, name_of(agreement, counts, couple->second));
    struct slice made = arena_copy(counts->arena, bytes_slice(&name));
    vec_free(&name);
    return made;
}

/* Two annotators may have one name, as 1 and "1", and two pairs, as "a b" with "c" and "a" with "b c". */
static void check_names(const struct agreement *agreement, struct counts *counts)
{
    struct map *annotators = map_new(), *couples = map_new();
    for (size_t a = 0; a < roll_count(&agreement->annotators); a++)
        (void)map_put(annotators, name_of(agreement, counts, a));
    for (size_t i = 0; i < counts->couples.len; i++)
        (void)map_put(couples, couple_name(agreement, counts, &counts->couples.items[i]));
    counts->quoted = map_len(annotators) < roll_count(&agreement->annotators) || map_len(couples) < counts->couples.len;
    map_free(annotators);
    map_free(couples);
}

static void put_pairs(const struct agreement *agreement, struct counts *counts, struct bytes *out)
{
    const struct couple **couples = sorted_couples(counts);
    double kappa;
    bytes_put(out, SLICE(",\"pairs\":{"));
    for (size_t i = 0; i < counts->couples.len; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        json_put_string(out, couple_name(agreement, counts, couples[i]));
        bytes_put(out, SLICE(":{"));
        put_count(out, "items", couples[i]->items);
        if (cohen_kappa(counts, (size_t)(couples[i] - counts->couples.items), roll_count(&agreement->labels), &kappa)) {
            bytes_byte(out, ',');
            put_float(out, "kappa", kappa);
        }
        bytes_byte(out, '}');
    }
    bytes_byte(out, '}');
}

static void put_annotators(const struct agreement *agreement, const struct counts *counts, struct bytes *out)
{
    bytes_put(out, SLICE(",\"annotators\":{"));
    for (size_t a = 0; a < roll_count(&agreement->annotators); a++) {
        const struct annotator *annotator = &counts->annotators[a];
        if (a > 0)
            bytes_byte(out, ',');
        json_put_string(out, name_of(agreement, counts, a));
        bytes_put(out, SLICE(":{"));
        put_count(out, "labels", annotator->labels);
        if (annotator->pairs > 0) {
            bytes_byte(out, ',');
            put_float(out, "agreement", (double)annotator->agreed / (double)annotator->pairs);
        }
        bytes_byte(out, '}');
    }
    bytes_byte(out, '}');
}

static void put_json(const struct agreement *agreement, struct counts *counts, struct bytes *out)
{
    size_t labels = roll_count(&agreement->labels);
    double number;
    bytes_byte(out, '{');
    put_count(out, "items", counts->items);
    bytes_byte(out, ',');
    put_count(out, "labels", counts->labels);
    if (fleiss_kappa(counts, labels, &number)) {
        bytes_byte(out, ',');
        put_float(out, "fleiss_kappa", number);
    }
    if (krippendorff_alpha(counts, labels, &number)) {
        bytes_byte(out, ',');
        put_float(out, "krippendorff_alpha", number);
    }
    put_pairs(agreement, counts, out);
    put_annotators(agreement, counts, out);
    bytes_byte(out, '}');
}

static void add_float(struct grid *grid, bool known, double number)
{
    if (known)
        grid_float(grid, number);
    else
        grid_cell(grid, SLICE("-"));
}

static void show(const struct agreement *agreement, struct counts *counts, struct bytes *out)
{
    struct grid grid = {.arena = counts->arena};
    size_t labels = roll_count(&agreement->labels);
    const struct couple **couples = sorted_couples(counts);
    double number = 0;
    grid_heading(&grid, (const char *const[]){"", "items", "labels", "Fleiss' kappa", "Krippendorff's alpha", NULL});
    grid_cell(&grid, SLICE("all"));
    grid_number(&grid, (int64_t)counts->items);
    grid_number(&grid, (int64_t)counts->labels);
    bool known = fleiss_kappa(counts, labels, &number);
    add_float(&grid, known, number);
    known = krippendorff_alpha(counts, labels, &number);
    add_float(&grid, known, number);
    grid_put(&grid, agreement->color, out);
    grid_heading(&grid, (const char *const[]){"annotator", "labels", "agreement", NULL});
    for (size_t a = 0; a < roll_count(&agreement->annotators); a++) {
        const struct annotator *annotator = &counts->annotators[a];
        grid_name(&grid, name_of(agreement, counts, a), false);
        grid_number(&grid, (int64_t)annotator->labels);
        add_float(&grid, annotator->pairs > 0, (double)annotator->agreed / (double)annotator->pairs);
    }
    if (counts->items > 0)
        grid_put(&grid, agreement->color, out);
    grid.len = 0;
    grid_heading(&grid, (const char *const[]){"pair", "items", "Cohen's kappa", NULL});
    for (size_t i = 0; i < counts->couples.len; i++) {
        grid_name(&grid, couple_name(agreement, counts, couples[i]), false);
        grid_number(&grid, (int64_t)couples[i]->items);
        known = cohen_kappa(counts, (size_t)(couples[i] - counts->couples.items), labels, &number);
        add_float(&grid, known, number);
    }
    if (counts->couples.len > 0)
        grid_put(&grid, agreement->color, out);
    vec_free(&grid);
    out->len--; /* the runner adds the last newline */
}

static int agreement_end(void *shared, struct sink *out)
{
    struct agreement *agreement = shared;
    struct counts counts = {.arena = sink_arena(out)};
    struct bytes text = {0};
    count_all(agreement, &counts);
    check_names(agreement, &counts);
    if (agreement->given->json)
        put_json(agreement, &counts, &text);
    else
        show(agreement, &counts, &text);
    int status = sink_emit(out, rec_show(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&text))));
    release_counts(&counts);
    vec_free(&text);
    return status;
}

const struct stage vote_agreement = {
    .name = "vote agreement",
    .summary = "measure how far annotators agree",
    .example = "$ printf '{\"id\":%s,\"annotator\":\"%s\",\"label\":\"%s\"}\\n' 1 ann x 1 bob x 2 ann x \\\n"
               "    2 bob y 3 ann y 3 bob y | quern vote agreement --json | jq -c .pairs\n"
               "{\"ann bob\":{\"items\":3,\"kappa\":0.4}}",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct agreement_options),
    .reads = reads,
    .open = agreement_open,
    .close = agreement_close,
    .record = agreement_record,
    .end = agreement_end,
};
