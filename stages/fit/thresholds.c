/* thresholds.c - fit thresholds: a threshold for each class by how well it has been learned (FlexMatch), from a history
 * of predictions.
 *
 * A history is a sequence: of several predictions for one id the last one counts. So it is read in one thread. */
#include "../fitted/head.h"
#include "../predictions/distribution.h"
#include "record/lineage.h"
#include "run/hashes.h"
#include "verbs.h"

#include <inttypes.h>

enum { METHOD_FLEXMATCH };
enum { MAP_CONVEX, MAP_LINEAR, MAP_CONCAVE, MAP_FLOOR };
enum { COUNT_BY_FIXED, COUNT_BY_OWN };
static const char *const method_names[] = {"flexmatch", NULL};
static const char *const map_names[] = {"convex", "linear", "concave", "floor", NULL};
static const char *const count_by_names[] = {"fixed", "own", NULL};

struct thresholds_options {
    int method, map, count_by;
    const char *classes;
    struct decimal tau;
    int64_t pool, memory;
    bool no_warm_up;
};

static const struct option options[] = {
    {"method", 0, OPT_CHOICE, OPT_AT(struct thresholds_options, method), .value = "METHOD", .fallback = "flexmatch",
     .choices = method_names, .help = "how thresholds follow from predictions"},
    OPTION_CLASSES(struct thresholds_options, classes),
    {"tau", 0, OPT_DECIMAL, OPT_AT(struct thresholds_options, tau), .value = "P", .fallback = "0.95",
     .help = "the threshold of a class that is learned best, and from which a prediction is confident"},
    {"pool", 0, OPT_INT, OPT_AT(struct thresholds_options, pool), .value = "N", .min = 1, .max = INT64_MAX,
     .help = "the number of unlabelled records, if the history does not have all of them"},
    {"map", 0, OPT_CHOICE, OPT_AT(struct thresholds_options, map), .value = "MAP", .fallback = "convex",
     .choices = map_names,
     .help = "of a class that is learned to the share b: convex, tau b / (2 - b); linear, tau (b + 1) / 2; concave, "
             "tau (ln(b + 1) + 1/2) / (ln 2 + 1/2); floor, tau / (2 - b)"},
    {"no-warm-up", 0, OPT_FLAG, OPT_AT(struct thresholds_options, no_warm_up),
     .help = "compare classes with each other only, not with the records of which nothing is known yet"},
    {"count-by", 0, OPT_CHOICE, OPT_AT(struct thresholds_options, count_by), .value = "WHAT", .fallback = "fixed",
     .choices = count_by_names, .help = "what makes a prediction confident: tau, or the threshold of its own class"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct thresholds_options, memory), .value = "SIZE", .fallback = "1G",
     .min = 1 << 20, .max = INT64_MAX, .help = "memory for ids before they go to a temporary file"},
    {0},
};

static const char *const reads[] = {"id", "text", "probs", "logits", NULL};

enum { COUNT_CONFIDENT };
static const char *const counters[] = {"confident", NULL};

struct thresholds {
    const struct thresholds_options *given;
    double tau;
    struct class_list classes;
    struct distribution_rules rules;
    struct hashes *seen; /* of each id its class, plus one; 0: never confident */
    uint64_t *counts;    /* ids of each class; NULL until their number is known */
    uint64_t confident;  /* ids of all classes */
    uint64_t most;       /* the largest count, or one that was: see find_most */
    bool most_known;
};

static void thresholds_close(void *shared)
{
    struct thresholds *thresholds = shared;
    class_list_release(&thresholds->classes);
    hashes_free(thresholds->seen);
    mem_free(thresholds->counts);
    mem_free(thresholds);
}

static int thresholds_open(struct stage_context *context, void **shared)
{
    const struct thresholds_options *given = context->options;
    struct thresholds *thresholds = mem_zalloc(1, sizeof *thresholds);
    thresholds->given = given;
    thresholds->tau = decimal_float(given->tau);
    thresholds->rules.classes = &thresholds->classes;
    thresholds->seen = hashes_new(sizeof(uint64_t), (uint64_t)given->memory, context->temp_dir);
    *shared = thresholds;
    if (class_list_open(&thresholds->classes, context, given->classes) == 0)
        return 0;
    thresholds_close(thresholds);
    return -1;
}

/* ---- thresholds ---- */

static uint64_t find_most(struct thresholds *thresholds)
{
    if (thresholds->most_known)
        return thresholds->most;
    thresholds->most = 0;
    for (size_t c = 0; c < thresholds->classes.count; c++)
        if (thresholds->counts[c] > thresholds->most)
            thresholds->most = thresholds->counts[c];
    thresholds->most_known = true;
    return thresholds->most;
}

/* How well the class has been learned, from 0 to 1 (Zhang et al. 2021, equations 6 and 11). */
static double find_share(struct thresholds *thresholds, size_t class)
{
    const struct thresholds_options *given = thresholds->given;
    uint64_t pool = given->pool > 0 ? (uint64_t)given->pool : hashes_len(thresholds->seen);
    uint64_t most = find_most(thresholds), never = pool > thresholds->confident ? pool - thresholds->confident : 0;
    if (!given->no_warm_up && never > most)
        most = never;
    return thresholds->confident == 0 ? 0 : (double)thresholds->counts[class] / (double)most;
}

/* Equation 7 with the maps that TorchSSL offers (convex, concave), and the equations 7 and 12 of the paper. */
static double find_threshold(struct thresholds *thresholds, size_t class)
{
    double share = find_share(thresholds, class), tau = thresholds->tau;
    switch (thresholds->given->map) {
    case MAP_CONVEX:
        return tau * (share / (2 - share));
    case MAP_LINEAR:
        return tau * (share + 1) / 2;
    case MAP_CONCAVE:
        return tau * (real_ln(share + 1) + 0.5) / (real_ln(2) + 0.5);
    default:
        return tau / (2 - share);
    }
}

/* ---- the history ---- */

static void count_class(struct thresholds *thresholds, uint64_t *value, size_t class)
{
    if (*value == class + 1)
        return;
    if (*value > 0) {
        thresholds->most_known = thresholds->most_known && thresholds->counts[*value - 1] < thresholds->most;
        thresholds->counts[*value - 1]--;
    } else {
        thresholds->confident++;
    }
    if (++thresholds->counts[class] > thresholds->most)
        thresholds->most = thresholds->counts[class];
    *value = class + 1;
}

static int thresholds_record(void *shared, const struct record *in, struct sink *out)
{
    struct thresholds *thresholds = shared;
    struct arena *arena = sink_arena(out);
    struct distribution p;
    struct identity identity;
    void *value;
    if (distribution_need(&thresholds->rules, in, arena, &p) < 0 ||
        lineage_identity(in, SLICE("text"), arena, &identity) < 0)
        return -1;
    if (thresholds->counts == NULL)
        thresholds->counts = mem_zalloc(p.count, sizeof *thresholds->counts);
    if (hashes_add(thresholds->seen, (struct hash){identity.high, identity.low}, &value) < 0)
        return diag_kind(STATUS_FAILED, "%s", diag_message());
    size_t best = distribution_best(&p, NULL);
    double bound = thresholds->given->count_by == COUNT_BY_OWN ? find_threshold(thresholds, best) : thresholds->tau;
    if (p.p[best] < bound)
        return 0;
    sink_count(out, COUNT_CONFIDENT, 1);
    count_class(thresholds, value, best);
    return 0;
}

/* ---- the table ---- */

static void put_options(const struct thresholds *thresholds, struct bytes *json)
{
    const struct thresholds_options *given = thresholds->given;
    bytes_put(json, SLICE("{\"method\":\"flexmatch\",\"tau\":"));
    json_put_float(json, thresholds->tau);
    bytes_put(json, SLICE(",\"map\":"));
    json_put_string(json, slice_of(map_names[given->map]));
    if (given->pool > 0) {
        bytes_put(json, SLICE(",\"pool\":"));
        json_put_int(json, given->pool);
    }
    bytes_put(json, given->no_warm_up ? SLICE(",\"warm_up\":false") : SLICE(",\"warm_up\":true"));
    bytes_put(json, SLICE(",\"count_by\":"));
    json_put_string(json, slice_of(count_by_names[given->count_by]));
    bytes_put(json, SLICE("},\"classes\":"));
    class_list_put_all(&thresholds->classes, json);
}

static int thresholds_end(void *shared, struct sink *out)
{
    struct thresholds *thresholds = shared;
    const struct thresholds_options *given = thresholds->given;
    struct bytes json = {0};
    size_t count = thresholds->classes.count, ids = hashes_len(thresholds->seen);
    if (given->pool > 0 && (uint64_t)given->pool < ids)
        return diag_kind(STATUS_DATA, "--pool: %" PRId64 ", but the history has %zu ids", given->pool, ids);
    if (thresholds->counts == NULL && count > 0)
        thresholds->counts = mem_zalloc(count, sizeof *thresholds->counts);
    fit_head_put("thresholds", &json);
    put_options(thresholds, &json);
    bytes_put(&json, SLICE(",\"ids\":"));
    json_put_int(&json, (int64_t)ids);
    bytes_put(&json, SLICE(",\"counts\":["));
    for (size_t c = 0; c < count; c++) {
        if (c > 0)
            bytes_byte(&json, ',');
        json_put_int(&json, (int64_t)thresholds->counts[c]);
    }
    bytes_put(&json, SLICE("],\"thresholds\":["));
    for (size_t c = 0; c < count; c++) {
        if (c > 0)
            bytes_byte(&json, ',');
        json_put_float(&json, find_threshold(thresholds, c));
    }
    bytes_put(&json, SLICE("]}\n"));
    int status = sink_emit(out, rec_bytes(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status;
}

const struct stage fit_thresholds = {
    .name = "fit thresholds",
    .summary = "find a threshold for each class from a history of predictions",
    .example = "$ printf '{\"id\":%s,\"probs\":%s}\\n' 1 '[0.99,0.01]' 2 '[0.4,0.6]' |\n"
               "    quern fit thresholds --map linear | jq -c '[.counts, .thresholds]'\n"
               "[[1,0],[0.95,0.475]]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct thresholds_options),
    .reads = reads,
    .counters = counters,
    .open = thresholds_open,
    .close = thresholds_close,
    .record = thresholds_record,
    .end = thresholds_end,
};
