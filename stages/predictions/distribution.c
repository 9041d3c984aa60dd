/* distribution.c - see distribution.h. */
#include "distribution.h"

#include <math.h>

/* The most that a probability may be below 0, and a sum off 1. */
static const double MOST_BELOW = 1e-6, MOST_OFF = 1e-3;

/* Of a logit, so that differences and quotients of them are finite. */
static const double LARGEST_LOGIT = 1e300;

/* ---- functions ---- */

/* ln(1 + x) for x >= 0: (ln u) x / (u - 1) with u = 1 + x is good to a few units in the last place, since what u has
 * lost of x goes from both factors (Kahan). */
static double ln_one_plus(double x)
{
    double u = 1 + x;
    return u == 1 ? x : real_ln(u) * (x / (u - 1));
}

/* e^x for x <= 0; x may be minus infinity. */
static double exp_below(double x)
{
    return x < -800 ? 0 : real_exp(x);
}

static size_t largest(const double *numbers, size_t count)
{
    size_t best = 0;
    for (size_t c = 1; c < count; c++)
        if (numbers[c] > numbers[best])
            best = c;
    return best;
}

/* The sum of all but one. */
static double sum_without(const double *numbers, size_t count, size_t left_out)
{
    double sum = 0;
    for (size_t c = 0; c < count; c++)
        sum += c == left_out ? 0 : numbers[c];
    return sum;
}

/* ---- probabilities ---- */

static void softmax(struct distribution *made)
{
    size_t best = largest(made->given, made->count);
    for (size_t c = 0; c < made->count; c++)
        made->p[c] = c == best ? 1 : exp_below(made->given[c] - made->given[best]);
    for (size_t c = 0; c < made->count; c++)
        made->sum += made->p[c];
    for (size_t c = 0; c < made->count; c++)
        made->p[c] /= made->sum;
}

/* 1 / (1 + e^-z), without the difference from 1 that would lose digits. */
static double sigmoid(double z)
{
    double e = exp_below(z < 0 ? z : -z);
    return z < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double cut(double p)
{
    return p > 0 ? (p < 1 ? p : 1) : 0;
}

void distribution_make(const double *given, size_t count, bool logits, bool independent, struct arena *arena,
                       struct distribution *made)
{
    *made = (struct distribution){.count = count, .logits = logits, .independent = independent, .given = given};
    made->p = arena_array(arena, count, sizeof *made->p);
    if (logits && !independent) {
        softmax(made);
        return;
    }
    double sum = 0;
    for (size_t c = 0; c < count; c++) {
        made->p[c] = logits ? sigmoid(given[c]) : cut(given[c]);
        sum += made->p[c];
    }
    /* A sum that is 1 but for the rounding of its numbers is 1: 0.7, 0.2 and 0.1 stay what they are. */
    if (!independent && fabs(sum - 1) > (double)count * 0x1p-53)
        for (size_t c = 0; c < count; c++)
            made->p[c] /= sum;
}

void distribution_mean(const struct distribution *rows, size_t count, struct arena *arena, struct distribution *mean)
{
    size_t classes = rows[0].count;
    double *numbers = arena_array(arena, classes, sizeof *numbers);
    for (size_t c = 0; c < classes; c++) {
        numbers[c] = 0;
        for (size_t i = 0; i < count; i++)
            numbers[c] += rows[i].p[c];
        numbers[c] /= (double)count;
    }
    distribution_make(numbers, classes, false, rows[0].independent, arena, mean);
}

static int check_numbers(struct slice name, const double *numbers, size_t count, bool independent)
{
    double sum = 0;
    for (size_t c = 0; c < count; c++) {
        if (numbers[c] < -MOST_BELOW)
            return diag_error("%.*s[%zu]: expected a probability, found a number below 0", (int)name.len, name.ptr, c);
        if (independent && numbers[c] > 1 + MOST_OFF)
            return diag_error("%.*s[%zu]: expected a probability, found a number above 1", (int)name.len, name.ptr, c);
        sum += numbers[c];
    }
    if (independent || (sum >= 1 - MOST_OFF && sum <= 1 + MOST_OFF))
        return 0;
    char text[NUMBER_BYTES];
    if (isfinite(sum))
        *number_write(text, sum) = '\0';
    return diag_error("%.*s: expected probabilities whose sum is 1, found %s (\"logits\" is for other numbers)",
                      (int)name.len, name.ptr, isfinite(sum) ? text : "infinity");
}

static int check_logits(struct slice name, const double *numbers, size_t count)
{
    for (size_t c = 0; c < count; c++)
        if (!(fabs(numbers[c]) <= LARGEST_LOGIT))
            return diag_error("%.*s[%zu]: expected a logit from -1e300 to 1e300", (int)name.len, name.ptr, c);
    return 0;
}

/* ---- reading ---- */

/* {"spam":0.9,"ham":0.1}: each class once. */
static int read_map(const struct class_list *list, struct slice name, struct slice object, struct arena *arena,
                    const double **numbers)
{
    if (list->classes == NULL)
        return diag_error("%.*s: expected an array of numbers; an object needs --classes", (int)name.len, name.ptr);
    double *read = arena_array(arena, list->count, sizeof *read);
    for (size_t c = 0; c < list->count; c++)
        read[c] = NAN;
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        size_t class;
        struct slice key = json_string((struct slice){walk.name.ptr - 1, walk.name.len + 2}, arena);
        if (!class_list_named(list, key, &class))
            return diag_error("%.*s: %s has no class \"%.*s\"", (int)name.len, name.ptr, list->classes->path,
                              (int)key.len, key.ptr);
        if (!isnan(read[class]))
            return diag_error("%.*s: the class \"%.*s\" is given twice", (int)name.len, name.ptr, (int)key.len,
                              key.ptr);
        if (json_kind(walk.value) != '0' ||
            number_read(walk.value.ptr, walk.value.ptr + walk.value.len, &read[class]) == NULL)
            return diag_error("%.*s: \"%.*s\": expected a number", (int)name.len, name.ptr, (int)key.len, key.ptr);
    }
    for (size_t c = 0; c < list->count; c++) {
        struct bytes class = {0};
        if (!isnan(read[c]))
            continue;
        class_list_put(list, c, &class);
        (void)diag_error("%.*s: has no number for the class %.*s", (int)name.len, name.ptr, (int)class.len,
                         class.items);
        vec_free(&class);
        return -1;
    }
    *numbers = read;
    return 0;
}

int distribution_take(const struct distribution_rules *rules, struct slice name, const double *numbers, size_t count,
                      bool logits, struct arena *arena, struct distribution *made)
{
    if ((logits ? check_logits(name, numbers, count) < 0
                : count > 0 && check_numbers(name, numbers, count, rules->independent) < 0) ||
        class_list_expect(rules->classes, name, count) < 0)
        return -1;
    distribution_make(numbers, count, logits, rules->independent, arena, made);
    return 0;
}

int distribution_read(const struct distribution_rules *rules, struct slice name, struct slice value, bool logits,
                      struct arena *arena, struct distribution *made)
{
    const double *numbers = NULL;
    size_t count = rules->classes->count;
    if (json_kind(value) == '{' ? read_map(rules->classes, name, value, arena, &numbers) < 0
                                : rec_numbers(name, value, arena, &numbers, &count) < 0)
        return -1;
    return distribution_take(rules, name, numbers, count, logits, arena, made);
}

/* The arrays and objects that hold one distribution. */
static bool holds_one(char kind)
{
    return kind == '[' || kind == '{';
}

/* A member with one distribution; numbers that a filter before this one has set are taken as they are. */
static int read_member(const struct distribution_rules *rules, struct slice name, const struct value *value,
                       bool logits, struct arena *arena, struct distribution *made)
{
    if (!holds_one(rec_kind(value)))
        return rec_mismatch(name, "an array of numbers", value);
    int status = value->kind == VALUE_FLOATS
                     ? distribution_take(rules, name, value->numbers, value->count, logits, arena, made)
                     : distribution_read(rules, name, rec_json(value, arena), logits, arena, made);
    return status < 0 ? -1 : 1;
}

int distribution_find(const struct distribution_rules *rules, const struct record *record, struct arena *arena,
                      struct distribution *made)
{
    const struct value *probs = rec_present(record, SLICE("probs")), *logits = rec_present(record, SLICE("logits"));
    if (probs != NULL && logits != NULL)
        return diag_error("probs: the record also has logits: which of them counts? (fields --drop removes one)");
    if (probs != NULL)
        return read_member(rules, SLICE("probs"), probs, false, arena, made);
    return logits != NULL ? read_member(rules, SLICE("logits"), logits, true, arena, made) : 0;
}

int distribution_need(const struct distribution_rules *rules, const struct record *record, struct arena *arena,
                      struct distribution *made)
{
    int found = distribution_find(rules, record, arena, made);
    return found != 0 ? found : member_missing(record, SLICE("probs"), "");
}

static bool means_logits(struct slice name)
{
    static const char ending[] = "logits";
    size_t length = sizeof ending - 1;
    return name.len >= length && memcmp(name.ptr + name.len - length, ending, length) == 0;
}

/* The message for row n of a member, which is no distribution: it is read again, under its own name. Returns -1. */
static int wrong_row(const struct distribution_rules *rules, struct slice name, size_t n, struct slice value,
                     struct arena *arena)
{
    struct slice row = arena_print(arena, "%.*s[%zu]", (int)name.len, name.ptr, n);
    struct distribution unused;
    if (holds_one(json_kind(value)))
        return distribution_read(rules, row, value, means_logits(name), arena, &unused);
    return diag_error("%.*s: expected an array of numbers, found %s", (int)row.len, row.ptr,
                      json_kind_name(json_kind(value)));
}

int distribution_rows(const struct distribution_rules *rules, const struct record *record, struct slice name,
                      struct arena *arena, struct distribution **made, size_t *count)
{
    const struct value *value = rec_present(record, name);
    if (value == NULL)
        return 0;
    if (!holds_one(rec_kind(value)))
        return rec_mismatch(name, "an array of numbers, or an array of such arrays", value);
    struct slice json = rec_json(value, arena);
    size_t rows = 0, n = 0;
    bool several = json_kind(json) == '[' && holds_one(*json_space(json.ptr + 1, json.ptr + json.len));
    if (several) /* by the first item; others of another kind are errors */
        for (struct json_walk walk = json_walk(json); json_next(&walk);)
            rows++;
    *count = several ? rows : 1;
    *made = arena_array(arena, *count, sizeof **made);
    if (!several)
        return distribution_read(rules, name, json, means_logits(name), arena, *made) < 0 ? -1 : 1;
    for (struct json_walk walk = json_walk(json); json_next(&walk); n++)
        if (!holds_one(json_kind(walk.value)) ||
            distribution_read(rules, name, walk.value, means_logits(name), arena, &(*made)[n]) < 0)
            return wrong_row(rules, name, n, walk.value, arena);
    return 1;
}

/* ---- logarithms ---- */

static uint64_t log_of_given(const struct distribution *of, double floor, double *log)
{
    uint64_t floored = 0;
    for (size_t c = 0; c < of->count; c++) {
        floored += of->p[c] < floor;
        log[c] = real_ln(of->p[c] < floor ? floor : of->p[c]);
    }
    return floored;
}

static void log_of_softmax(const struct distribution *of, double *log)
{
    size_t best = largest(of->given, of->count);
    double sum = real_ln(of->sum);
    for (size_t c = 0; c < of->count; c++)
        log[c] = of->given[c] - of->given[best] - sum;
}

static double log_of_sigmoid(double z)
{
    return z < 0 ? z - ln_one_plus(exp_below(z)) : -ln_one_plus(exp_below(-z));
}

static void log_of_sigmoids(struct distribution *of)
{
    for (size_t c = 0; c < of->count; c++) {
        of->log[c] = log_of_sigmoid(of->given[c]);
        of->rest_log[c] = log_of_sigmoid(-of->given[c]);
    }
}

uint64_t distribution_log(struct distribution *of, double floor, struct arena *arena)
{
    if (of->log != NULL)
        return 0;
    of->log = arena_array(arena, of->count, sizeof *of->log);
    if (of->independent)
        of->rest_log = arena_array(arena, of->count, sizeof *of->rest_log);
    if (of->logits && !of->independent) {
        log_of_softmax(of, of->log);
        return 0;
    }
    if (of->logits) {
        log_of_sigmoids(of);
        return 0;
    }
    uint64_t floored = log_of_given(of, floor, of->log);
    for (size_t c = 0; of->independent && c < of->count; c++) {
        double rest = 1 - of->p[c];
        floored += rest < floor;
        of->rest_log[c] = real_ln(rest < floor ? floor : rest);
    }
    return floored;
}

/* ---- what a distribution says ---- */

size_t distribution_best(const struct distribution *of, bool *tie)
{
    size_t best = largest(of->given, of->count), equal = 0;
    for (size_t c = 0; c < of->count; c++)
        equal += of->given[c] == of->given[best];
    if (tie != NULL)
        *tie = equal > 1;
    return best;
}

double distribution_rest(const struct distribution *of, size_t class)
{
    if (!of->independent)
        return sum_without(of->p, of->count, class);
    return of->logits ? sigmoid(-of->given[class]) : 1 - of->p[class];
}

double distribution_entropy(const struct distribution *of)
{
    double sum = 0;
    for (size_t c = 0; c < of->count; c++)
        sum += of->p[c] > 0 ? of->p[c] * of->log[c] : 0;
    return 0 - sum;
}
