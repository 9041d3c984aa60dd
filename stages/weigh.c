/* weigh - writes a weight on each record, by how many records its class has.
 *
 *     quern weigh --counts FILE [--scheme balanced|power|effective|given] [--power A] [--beta B]
 *         [--weights LABEL=W,…] [--label NAME] [--multiply] [FILE …]
 *
 *     $ printf '{"id":%s,"label":"%s"}\n' 1 ham 2 ham 3 ham 4 spam >in.jsonl
 *     $ quern stats --json in.jsonl >counts.json && quern weigh --counts counts.json in.jsonl | tail -n 2
 *     {"id":3,"label":"ham","weight":0.6666666666666666}
 *     {"id":4,"label":"spam","weight":2}
 *
 * The weights are computed once, class by class in their order (classes/classes.h), in 64-bit floats and the functions
 * of base/real.h, so they are the same on every machine. */
#include "classes/classes.h"
#include "quern.h"

#include <math.h>

enum { SCHEME_BALANCED, SCHEME_POWER, SCHEME_EFFECTIVE, SCHEME_GIVEN };
static const char *const schemes[] = {"balanced", "power", "effective", "given", NULL};

struct weigh_options {
    const char *counts, *label;
    int scheme;
    struct decimal power, beta;
    struct words weights;
    bool multiply;
};

static const struct option options[] = {
    {"counts", 0, OPT_FILE, OPT_AT(struct weigh_options, counts), .value = "FILE", .required = true,
     .help = "the sizes of the classes: what \"quern stats --json\" writes of the whole data set"},
    {"scheme", 0, OPT_CHOICE, OPT_AT(struct weigh_options, scheme), .value = "SCHEME", .fallback = "balanced",
     .choices = schemes,
     .help = "for n records in K classes, n_c of them in class c: balanced, n / (K n_c); power, n_c^-A, scaled to mean "
             "1 over the records; effective, (1 - B) / (1 - B^n_c), scaled to sum K over the classes; given, by "
             "--weights"},
    {"power", 0, OPT_DECIMAL, OPT_AT(struct weigh_options, power), .value = "A", .max = 10, .when = "scheme=power",
     .help = "the exponent: 0.5 is the inverse square root, 1 the same as balanced, 0 leaves the classes as they are"},
    {"beta", 0, OPT_DECIMAL, OPT_AT(struct weigh_options, beta), .value = "B", .when = "scheme=effective",
     .help = "how much a record overlaps with those before it, below 1: 0.9, 0.99, 0.999 or 0.9999 are usual"},
    {"weights", 0, OPT_TEXTS, OPT_AT(struct weigh_options, weights), .value = "LABEL=W,...", .when = "scheme=given",
     .help = "the weight of each class, 0 or more; a label in double quotes is a JSON string"},
    {"label", 0, OPT_TEXT, OPT_AT(struct weigh_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class, a string or an integer"},
    {"multiply", 0, OPT_FLAG, OPT_AT(struct weigh_options, multiply),
     .help = "multiply the weight that a record already has; without it, such a record is bad"},
    {0},
};

static const char *const reads[] = {"label", "weight", NULL};
static const char *const writes[] = {"weight", NULL};

enum { MULTIPLIED };
static const char *const counters[] = {"multiplied", NULL};

struct weigh {
    const struct weigh_options *given;
    struct classes *classes;
    double *weights; /* of the classes, in their order */
};

/* ---- the weights ---- */

static void make_balanced(const struct classes *classes, double *weights)
{
    for (size_t c = 0; c < classes->count; c++)
        weights[c] = (double)classes->records / ((double)classes->count * (double)classes->items[c].count);
}

/* 1 - A, rounded once. */
static double one_less(struct decimal a)
{
    uint64_t one = 1;
    for (unsigned i = 0; i < a.scale; i++)
        one *= 10;
    return a.digits <= one ? decimal_float((struct decimal){one - a.digits, a.scale})
                           : -decimal_float((struct decimal){a.digits - one, a.scale});
}

/* n_c^-A = n_c^(1-A) / n_c, and the sum of n_c^(1-A) over the classes is that of n_c^-A over the records. With A = 1
 * the weights are those of make_balanced, bit by bit. */
static void make_power(const struct classes *classes, struct decimal power, double *weights)
{
    double exponent = one_less(power), sum = 0;
    for (size_t c = 0; c < classes->count; c++) {
        weights[c] = real_pow((double)classes->items[c].count, exponent);
        sum += weights[c];
    }
    for (size_t c = 0; c < classes->count; c++)
        weights[c] = (double)classes->records * weights[c] / (sum * (double)classes->items[c].count);
}

/* Cui et al. 2019, equation 7. The numerator 1 - B is the same for all classes, so scaling removes it. */
static void make_effective(const struct classes *classes, struct decimal beta, double *weights)
{
    double b = decimal_float(beta), sum = 0;
    for (size_t c = 0; c < classes->count; c++) {
        weights[c] = b == 0 ? 1 : 1 / real_pow_rest(b, (double)classes->items[c].count);
        sum += weights[c];
    }
    for (size_t c = 0; c < classes->count; c++)
        weights[c] = (double)classes->count * weights[c] / sum;
}

/* ---- weights of the user ---- */

static bool read_weight(struct slice text, double *weight)
{
    const char *end = text.ptr + text.len;
    return text.len > 0 && json_skip(text.ptr, end, 1, NULL) == end && json_kind(text) == '0' &&
           number_read(text.ptr, end, weight) != NULL && *weight >= 0;
}

static int put_weight(const struct classes *classes, struct slice label, struct slice text, double *weights)
{
    size_t class;
    double weight;
    if (text.ptr == NULL)
        return diag_error("--weights: expected LABEL=W, found \"%.*s\"", (int)label.len, label.ptr);
    if (!read_weight(text, &weight))
        return diag_error("--weights: %.*s: expected a number that is 0 or more, found \"%.*s\"", (int)label.len,
                          label.ptr, (int)text.len, text.ptr);
    if (classes_named(classes, label, &class) < 0)
        return diag_within("--weights: %s", diag_message());
    if (!isnan(weights[class]))
        return diag_error("--weights: %.*s is given twice", (int)label.len, label.ptr);
    weights[class] = weight;
    return 0;
}

static int read_weights(const struct classes *classes, const struct words *lists, double *weights)
{
    for (size_t c = 0; c < classes->count; c++)
        weights[c] = NAN;
    for (size_t i = 0; i < lists->len; i++) {
        struct slice list = slice_of(lists->items[i]), label, text;
        while (classes_item(&list, &label, &text))
            if (put_weight(classes, label, text, weights) < 0)
                return -1;
    }
    for (size_t c = 0; c < classes->count; c++) {
        if (!isnan(weights[c]))
            continue;
        struct bytes name = {0};
        classes_put(&classes->items[c], &name);
        (void)diag_error("--weights: the class %.*s has no weight; each class of %s needs one", (int)name.len,
                         name.items, classes->path);
        vec_free(&name);
        return -1;
    }
    return 0;
}

/* ---- open, record, close ---- */

static int check_options(const struct stage_context *context, const struct weigh_options *given)
{
    static const struct {
        const char *option, *value;
        int scheme;
    } needs[] = {
        {"power", "A", SCHEME_POWER}, {"beta", "B", SCHEME_EFFECTIVE}, {"weights", "LABEL=W,...", SCHEME_GIVEN}};
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (given->scheme == needs[i].scheme && !opt_given(context, needs[i].option))
            return diag_error("--%s %s is missing: --scheme %s needs it", needs[i].option, needs[i].value,
                              schemes[given->scheme]);
    if (given->scheme == SCHEME_EFFECTIVE && decimal_float(given->beta) >= 1)
        return diag_error("--beta: expected a number below 1 (towards 1 the weights become those of --scheme balanced, "
                          "up to a factor)");
    return 0;
}

static int make_weights(struct weigh *weigh)
{
    const struct weigh_options *given = weigh->given;
    const struct classes *classes = weigh->classes;
    weigh->weights = mem_zalloc(classes->count, sizeof *weigh->weights);
    if (classes->count == 1)
        return diag_error("%s: has one class only: there is nothing to balance", classes->path);
    switch (given->scheme) {
    case SCHEME_BALANCED:
        make_balanced(classes, weigh->weights);
        return 0;
    case SCHEME_POWER:
        make_power(classes, given->power, weigh->weights);
        return 0;
    case SCHEME_EFFECTIVE:
        make_effective(classes, given->beta, weigh->weights);
        return 0;
    default:
        return read_weights(classes, &given->weights, weigh->weights);
    }
}

static void weigh_close(void *shared)
{
    struct weigh *weigh = shared;
    classes_free(weigh->classes);
    mem_free(weigh->weights);
    mem_free(weigh);
}

static int weigh_open(struct stage_context *context, void **shared)
{
    const struct weigh_options *given = context->options;
    if (check_options(context, given) < 0)
        return -1;
    struct classes *classes = classes_open(context, given->counts, given->label);
    if (classes == NULL)
        return -1;
    struct weigh *weigh = mem_zalloc(1, sizeof *weigh);
    *weigh = (struct weigh){.given = given, .classes = classes};
    *shared = weigh;
    if (make_weights(weigh) == 0)
        return 0;
    weigh_close(weigh);
    return -1;
}

static int weigh_record(void *thread, const struct record *in, struct sink *out)
{
    const struct weigh *weigh = thread;
    struct arena *arena = sink_arena(out);
    size_t class;
    if (classes_find(weigh->classes, in, slice_of(weigh->given->label), "", arena, &class) < 0)
        return -1;
    double weight = weigh->weights[class];
    if (rec_get(in, SLICE("weight")) != NULL) {
        double old;
        if (!weigh->given->multiply)
            return diag_error("weight: the record already has one (--multiply multiplies it)");
        if (rec_float(in, SLICE("weight"), &old) < 0)
            return -1;
        weight *= old;
        sink_count(out, MULTIPLIED, 1);
    }
    struct record *made = rec_derive(arena, in);
    return rec_set_float(made, SLICE("weight"), weight) < 0 ? -1 : sink_emit(out, made);
}

const struct stage stage_weigh = {
    .name = "weigh",
    .summary = "write a weight on each record, by the size of its class",
    .example = "$ printf '{\"id\":%s,\"label\":\"%s\"}\\n' 1 ham 2 ham 3 ham 4 spam >in.jsonl\n"
               "$ quern stats --json in.jsonl >counts.json\n"
               "$ quern weigh --counts counts.json in.jsonl | tail -n 2\n"
               "{\"id\":3,\"label\":\"ham\",\"weight\":0.6666666666666666}\n"
               "{\"id\":4,\"label\":\"spam\",\"weight\":2}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct weigh_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = weigh_open,
    .close = weigh_close,
    .record = weigh_record,
};
