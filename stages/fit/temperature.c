/* temperature.c - fit temperature: what to divide logits by so that probabilities are right on average.
 *
 * With b = 1 / T the log loss is the sum over the records of ln sum_c exp(b z_c) - b z_label, a convex function of b.
 * Its derivative, the sum of the mean of z under the probabilities less z_label, never falls; where it is 0 is found by
 * Newton's method between two bounds, which a step that would leave them halves. */
#include "../classes/within.h"
#include "../fitted/head.h"
#include "../predictions/distribution.h"
#include "base/hash.h"
#include "verbs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct fit_temperature_options {
    const char *classes, *label, *within;
};

static const struct option options[] = {
    OPTION_CLASSES(struct fit_temperature_options, classes),
    {"label", 0, OPT_TEXT, OPT_AT(struct fit_temperature_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class; a record without it is passed over"},
    OPTION_FIT_WITHIN(struct fit_temperature_options, within),
    {0},
};

static const char *const reads[] = {"label", "probs", "logits", "split", NULL};

enum { COUNT_RECORDS, COUNT_UNLABELLED, COUNT_FLOORED, COUNT_OTHERS };
static const char *const counters[] = {"records", "unlabelled", "floored", "others", NULL};

/* A record: its logits less the largest of them, in the order of a hash of both; those of one hash are equal. */
struct logits {
    struct hash order;
    const double *below;
    uint32_t count, label;
};

struct store {
    VEC(struct logits) items;
    VEC(struct arena *) arenas;
};

struct temperature {
    const struct fit_temperature_options *given;
    struct class_list classes;
    struct conditions *within;
    struct map *splits;
    struct store store;
    bool at_border, any; /* a record has come, good or not */
    double found;
};

struct temperature_thread {
    struct temperature *shared;
    struct condition_thread *within;
    struct map *splits;
    struct store store;
    bool any;
};

/* ---- open ---- */

static void store_release(struct store *store)
{
    for (size_t i = 0; i < store->arenas.len; i++)
        arena_free(store->arenas.items[i]);
    vec_free(&store->arenas);
    vec_free(&store->items);
}

static void temperature_close(void *shared)
{
    struct temperature *temperature = shared;
    class_list_release(&temperature->classes);
    conditions_free(temperature->within);
    map_free(temperature->splits);
    store_release(&temperature->store);
    mem_free(temperature);
}

static int temperature_open(struct stage_context *context, void **shared)
{
    const struct fit_temperature_options *given = context->options;
    struct temperature *temperature = mem_zalloc(1, sizeof *temperature);
    temperature->given = given;
    temperature->splits = map_new();
    if ((given->classes != NULL && class_list_open(&temperature->classes, NULL, given->classes) < 0) ||
        within_open(given->within, &temperature->within) < 0) {
        temperature_close(temperature);
        return -1;
    }
    *shared = temperature;
    return 0;
}

static void temperature_thread_close(void *thread)
{
    struct temperature_thread *mine = thread;
    condition_thread_free(mine->within);
    map_free(mine->splits);
    store_release(&mine->store);
    mem_free(mine);
}

static int temperature_thread_open(void *shared, void **thread)
{
    struct temperature *temperature = shared;
    struct temperature_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = temperature;
    mine->within = temperature->within != NULL ? condition_thread_new(temperature->within) : NULL;
    mine->splits = map_new();
    vec_push(&mine->store.arenas, arena_new());
    *thread = mine;
    return 0;
}

/* ---- record ---- */

static void add_logits(struct store *store, const struct distribution *given, size_t label)
{
    static const double LEAST = -1e100; /* whose square is finite */
    double *below = arena_array(store->arenas.items[0], given->count, sizeof *below);
    const double *z = given->logits ? given->given : given->log;
    double largest = z[0];
    for (size_t c = 1; c < given->count; c++)
        largest = z[c] > largest ? z[c] : largest;
    for (size_t c = 0; c < given->count; c++)
        below[c] = z[c] - largest > LEAST ? z[c] - largest : LEAST;
    struct logits added = {.below = below, .count = (uint32_t)given->count, .label = (uint32_t)label};
    added.order = hash_bytes((struct slice){(const char *)below, given->count * sizeof *below}, label);
    vec_push(&store->items, added);
}

static int temperature_record(void *thread, const struct record *in, struct sink *out)
{
    static const double FLOOR = 1e-12; /* of probabilities that were given as such */
    struct temperature_thread *mine = thread;
    struct temperature *temperature = mine->shared;
    struct slice label = slice_of(temperature->given->label);
    struct arena *arena = sink_arena(out);
    struct class_list classes = temperature->classes; /* without a list: of any length; the end compares them */
    struct distribution_rules rules = {.classes = &classes};
    struct distribution given;
    size_t class;
    int within = within_holds(temperature->within, mine->within, in, arena);
    mine->any = true;
    if (within <= 0) {
        sink_count(out, COUNT_OTHERS, within == 0);
        return within;
    }
    if (rec_present(in, label) == NULL) {
        sink_count(out, COUNT_UNLABELLED, 1);
        return 0;
    }
    if (distribution_need(&rules, in, arena, &given) < 0 || class_list_find(&classes, in, label, "", arena, &class) < 0)
        return -1;
    sink_count(out, COUNT_FLOORED, distribution_log(&given, FLOOR, arena));
    splits_note(mine->splits, in, arena);
    add_logits(&mine->store, &given, class);
    sink_count(out, COUNT_RECORDS, 1);
    return 0;
}

static int temperature_merge(void *shared, void *thread)
{
    struct temperature *temperature = shared;
    struct temperature_thread *mine = thread;
    struct store *into = &temperature->store, *from = &mine->store;
    temperature->any = temperature->any || mine->any;
    splits_merge(temperature->splits, mine->splits);
    for (size_t i = 0; i < from->items.len; i++)
        vec_push(&into->items, from->items.items[i]);
    for (size_t i = 0; i < from->arenas.len; i++)
        vec_push(&into->arenas, from->arenas.items[i]);
    from->items.len = from->arenas.len = 0;
    return 0;
}

/* ---- the loss ---- */

enum { CHUNK = 1024 /* records, whose sum is one term of the whole sum */ };

struct loss {
    double value, slope, curvature; /* of b */
};

struct search {
    const struct store *store;
    struct crew *crew;
    double b;
    struct loss *parts;
};

static void add_loss(const struct logits *record, double b, double *p, struct loss *sum)
{
    double total = 0, mean = 0, square = 0;
    for (uint32_t c = 0; c < record->count; c++) {
        double z = b * record->below[c];
        p[c] = z < -745 ? 0 : real_exp(z);
        total += p[c];
    }
    for (uint32_t c = 0; c < record->count; c++) {
        mean += p[c] / total * record->below[c];
        square += p[c] / total * (record->below[c] * record->below[c]);
    }
    double curvature = square - mean * mean;
    sum->value += real_ln(total) - b * record->below[record->label];
    sum->slope += mean - record->below[record->label];
    sum->curvature += curvature > 0 ? curvature : 0;
}

static void add_chunk(void *state, size_t chunk, size_t thread)
{
    struct search *search = state;
    const struct store *store = search->store;
    size_t from = chunk * CHUNK, to = from + CHUNK < store->items.len ? from + CHUNK : store->items.len;
    struct loss sum = {0};
    double *p = mem_zalloc(store->items.items[from].count, sizeof *p);
    (void)thread;
    for (size_t i = from; i < to; i++)
        add_loss(&store->items.items[i], search->b, p, &sum);
    search->parts[chunk] = sum;
    mem_free(p);
}

static struct loss loss_at(struct search *search, double b)
{
    size_t chunks = (search->store->items.len + CHUNK - 1) / CHUNK;
    struct loss sum = {0};
    search->b = b;
    crew_each(search->crew, chunks, add_chunk, search);
    for (size_t i = 0; i < chunks; i++) {
        sum.value += search->parts[i].value;
        sum.slope += search->parts[i].slope;
        sum.curvature += search->parts[i].curvature;
    }
    return sum;
}

/* e^-3 and e^3 */
static const double LEAST_B = 0.049787068367863944, MOST_B = 20.085536923187668;

/* The b between the bounds where the slope is 0. Starts at 1, which stays if the logits say nothing. */
static double find_b(struct search *search, bool *at_border)
{
    enum { ROUNDS = 200 };
    const double ENOUGH = 1e-11;
    double low = LEAST_B, high = MOST_B, b = 1;
    *at_border = true;
    struct loss here = loss_at(search, b);
    if (here.slope > 0 && loss_at(search, low).slope >= 0)
        return low;
    if (here.slope < 0 && loss_at(search, high).slope <= 0)
        return high;
    *at_border = false;
    for (int round = 0; round < ROUNDS && here.slope != 0 && high - low > ENOUGH * b; round++) {
        double before = b;
        if (here.slope > 0)
            high = b;
        else
            low = b;
        b -= here.slope / here.curvature;
        if (!(b > low && b < high))
            b = sqrt(low * high);
        if (fabs(b - before) <= ENOUGH * b)
            break;
        here = loss_at(search, b);
    }
    return b;
}

/* ---- end ---- */

static int by_hash(const void *a, const void *b)
{
    const struct logits *left = a, *right = b;
    return hash_compare(left->order, right->order);
}

static int check_counts(struct temperature *temperature)
{
    const struct store *store = &temperature->store;
    size_t least = SIZE_MAX, most = 0;
    if (store->items.len == 0)
        return diag_kind(STATUS_DATA, "there is no good record with %s to learn from", temperature->given->label);
    for (size_t i = 0; i < store->items.len; i++) {
        least = store->items.items[i].count < least ? store->items.items[i].count : least;
        most = store->items.items[i].count > most ? store->items.items[i].count : most;
    }
    temperature->classes.count = most;
    return least == most ? 0
                         : diag_kind(STATUS_DATA,
                                     "expected a number for each class, but some records have %zu and some "
                                     "%zu",
                                     least, most);
}

static void put_number(struct bytes *json, const char *name, double number)
{
    bytes_put(json, slice_of(name));
    vec_reserve(json, NUMBER_BYTES);
    json->len = (size_t)(number_write(json->items + json->len, number) - json->items);
}

static int temperature_end(void *shared, struct sink *out)
{
    struct temperature *temperature = shared;
    struct store *store = &temperature->store;
    struct bytes json = {0};
    if (!temperature->any)
        return 0;
    if (splits_check(temperature->splits, "learned from") < 0 || check_counts(temperature) < 0)
        return -1;
    double count = (double)store->items.len;
    qsort(store->items.items, store->items.len, sizeof *store->items.items, by_hash);
    struct search search = {.store = store, .crew = sink_crew(out)};
    search.parts = mem_zalloc(store->items.len / CHUNK + 1, sizeof *search.parts);
    double b = find_b(&search, &temperature->at_border);
    temperature->found = 1 / b;
    fit_head_put("temperature", &json);
    bytes_put(&json, SLICE("{\"label\":"));
    json_put_string(&json, slice_of(temperature->given->label));
    bytes_put(&json, SLICE("},\"classes\":"));
    class_list_put_all(&temperature->classes, &json);
    struct slice split = splits_one(temperature->splits);
    if (split.len > 0) {
        bytes_put(&json, SLICE(",\"split\":"));
        bytes_put(&json, split);
    }
    bytes_put(&json, SLICE(",\"records\":"));
    json_put_int(&json, (int64_t)store->items.len);
    put_number(&json, ",\"log_loss\":", loss_at(&search, 1).value / count);
    put_number(&json, ",\"calibrated_log_loss\":", loss_at(&search, b).value / count);
    put_number(&json, ",\"temperature\":", temperature->found);
    bytes_byte(&json, '}');
    mem_free(search.parts);
    struct slice line = arena_copy(sink_arena(out), bytes_slice(&json));
    vec_free(&json);
    return sink_emit(out, rec_show(sink_arena(out), line));
}

static void temperature_notes(const void *shared, const struct totals *totals)
{
    const struct temperature *temperature = shared;
    uint64_t unlabelled = totals->counters[COUNT_UNLABELLED];
    if (!temperature->any)
        diag_note("there was no record, so no table was written");
    if (temperature->at_border)
        diag_note(
            "the temperature is at the border, e^%s: %s", temperature->found < 1 ? "-3" : "3",
            temperature->found < 1
                ? "nearly all labels are those of the largest logits, or the logits differ very little; were these "
                  "records among those of training (predict --out-of-fold)?"
                : "the logits say nothing about the labels, or the opposite, or they differ very much");
    if (unlabelled > 0)
        diag_note("%" PRIu64 " record%s without %s %s passed over", unlabelled, diag_s(unlabelled),
                  temperature->given->label, unlabelled == 1 ? "was" : "were");
}

const struct stage fit_temperature = {
    .name = "fit temperature",
    .summary = "find what to divide logits by to calibrate them",
    .example = "$ printf '{\"logits\":%s,\"label\":%d}\\n' '[2,0]' 0 '[2,0]' 0 '[2,0]' 1 |\n"
               "    quern fit temperature | jq .temperature\n"
               "2.88539008…",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct fit_temperature_options),
    .reads = reads,
    .counters = counters,
    .open = temperature_open,
    .close = temperature_close,
    .thread_open = temperature_thread_open,
    .thread_close = temperature_thread_close,
    .record = temperature_record,
    .merge = temperature_merge,
    .end = temperature_end,
    .notes = temperature_notes,
};
