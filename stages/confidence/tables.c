/* tables.c - what was learned from all predictions, or is said of the classes by options. */
#include "../fitted/head.h"
#include "../predictions/temperature.h"
#include "confidence.h"

/* Numbers of an option, one for each class. Without names of classes they say how many classes there are. */
static int read_numbers(struct confidence *confidence, const char *option, const struct words *words, double **numbers)
{
    struct class_list *classes = &confidence->classes;
    if (words->len == 0)
        return 0;
    if (classes->count == 0)
        classes->count = words->len;
    if (classes->count != words->len)
        return diag_error("--%s: expected %zu numbers, one for each class, found %zu", option, classes->count,
                          words->len);
    *numbers = mem_zalloc(words->len, sizeof **numbers);
    for (size_t c = 0; c < words->len; c++) {
        struct slice word = slice_of(words->items[c]);
        const char *end = word.ptr + word.len;
        if (word.len == 0 || json_skip(word.ptr, end, 1, NULL) != end || json_kind(word) != '0' ||
            number_read(word.ptr, end, &(*numbers)[c]) == NULL || (*numbers)[c] < 0)
            return diag_error("--%s: expected numbers that are 0 or more, found \"%s\"", option, word.ptr);
    }
    return 0;
}

/* ---- tables of fit ---- */

struct table {
    struct confidence *confidence;
    double *numbers;
    bool thresholds;
};

/* Are the classes of the table those of the filter? Then reads its array `name`. */
static int read_array(const struct table *table, const struct record *in, const char *name, struct arena *arena,
                      const double **numbers)
{
    const struct class_list *classes = &table->confidence->classes;
    const struct value *value = rec_present(in, SLICE("classes"));
    struct bytes own = {0};
    size_t count;
    class_list_put_all(classes, &own);
    bool same = value != NULL && slice_equal(rec_json(value, arena), bytes_slice(&own));
    if (!same)
        (void)diag_error("classes: not those of --classes, %.*s", own.len > 200 ? 200 : (int)own.len, own.items);
    vec_free(&own);
    if (!same || rec_floats(in, slice_of(name), arena, numbers, &count) < 0)
        return -1;
    return count == classes->count ? 0 : diag_error("%s: expected %zu numbers, found %zu", name, classes->count, count);
}

/* FreeMatch (Wang et al. 2023), equations 5 to 8: the mean confidence, scaled by how much of the mean prediction is of
 * the class. */
static void adapt_thresholds(struct confidence *confidence, const double *mean, double confidence_mean)
{
    double most = 0;
    for (size_t c = 0; c < confidence->classes.count; c++)
        most = mean[c] > most ? mean[c] : most;
    confidence->thresholds = mem_zalloc(confidence->classes.count, sizeof *confidence->thresholds);
    for (size_t c = 0; c < confidence->classes.count; c++)
        confidence->thresholds[c] = confidence_mean * (mean[c] / most);
}

/* What the probability of class c is multiplied by also gets this factor. */
static void put_ratio(struct confidence *confidence, size_t c, double ratio)
{
    if (confidence->ratios == NULL) {
        confidence->ratios = mem_zalloc(confidence->classes.count, sizeof *confidence->ratios);
        for (size_t i = 0; i < confidence->classes.count; i++)
            confidence->ratios[i] = 1;
    }
    confidence->ratios[c] *= ratio;
}

/* ReMixMatch (Berthelot et al. 2020), section 3.1, and AdaMatch: p x target / mean. */
static int align(struct confidence *confidence, const double *mean, const double *target)
{
    size_t count = confidence->classes.count;
    for (size_t c = 0; c < count; c++) {
        if (mean[c] <= 0)
            return diag_error("mean[%zu]: 0: no record is of this class, so nothing can be aligned with it", c);
        put_ratio(confidence, c, (target != NULL ? target[c] : 1 / (double)count) / mean[c]);
    }
    return 0;
}

static int read_shares(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    const struct table *table = state;
    struct confidence *confidence = table->confidence;
    const struct confidence_options *given = confidence->given;
    const double *mean;
    double confidence_mean;
    if (!slice_is(head->kind, "shares"))
        return fit_wrong_kind(head, "\"shares\"");
    if (rec_present(in, SLICE("mean")) == NULL)
        return diag_error("mean: missing: the table is of no records");
    if (read_array(table, in, "mean", arena, &mean) < 0 ||
        rec_float(in, SLICE("confidence_mean"), &confidence_mean) < 0)
        return -1;
    if (given->soft_weight) {
        confidence->soft_mean = confidence_mean;
        if (rec_float(in, SLICE("confidence_variance"), &confidence->soft_variance) < 0)
            return -1;
    }
    if (given->class_thresholds)
        adapt_thresholds(confidence, mean, confidence_mean);
    return given->align == ALIGN_UNIFORM || table->numbers != NULL ? align(confidence, mean, table->numbers) : 0;
}

static int read_thresholds(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    const struct table *table = state;
    struct confidence *confidence = table->confidence;
    const double *numbers;
    if (!slice_is(head->kind, "thresholds"))
        return fit_wrong_kind(head, "\"thresholds\"");
    if (read_array(table, in, "thresholds", arena, &numbers) < 0)
        return -1;
    confidence->thresholds = mem_zalloc(confidence->classes.count, sizeof *numbers);
    memcpy(confidence->thresholds, numbers, confidence->classes.count * sizeof *numbers);
    return 0;
}

/* --target-shares: numbers whose sum is 1. */
static int open_target(struct confidence *confidence, double **target)
{
    double sum = 0;
    if (read_numbers(confidence, "target-shares", &confidence->given->target_shares, target) < 0)
        return -1;
    for (size_t c = 0; *target != NULL && c < confidence->classes.count; c++)
        sum += (*target)[c];
    if (*target != NULL && !(sum > 0.999 && sum < 1.001))
        return diag_error("--target-shares: expected shares whose sum is 1");
    for (size_t c = 0; *target != NULL && c < confidence->classes.count; c++) {
        (*target)[c] /= sum;
        if ((*target)[c] == 0)
            return diag_error("--target-shares: expected shares above 0: class %zu has none", c);
    }
    return 0;
}

static int open_shares(struct confidence *confidence)
{
    const struct confidence_options *given = confidence->given;
    double *target = NULL;
    int status = open_target(confidence, &target);
    struct table table = {.confidence = confidence, .numbers = target};
    if (status == 0 && given->shares != NULL)
        status = fit_load(given->shares, read_shares, &table);
    mem_free(target);
    return status;
}

/* ---- priors ---- */

/* The share of each class in a summary of stats. 0, or -1 with the message. */
static int read_prior(const struct confidence *confidence, struct stage_context *context, const char *option,
                      const char *path, double *shares)
{
    struct classes *counted = classes_open(context, path, confidence->given->label);
    int status = counted != NULL ? 0 : -1;
    for (size_t i = 0; status == 0 && i < counted->count; i++) {
        const struct class *class = &counted->items[i];
        struct arena *arena = arena_new();
        struct record *one = rec_new(arena);
        struct slice label = slice_of(confidence->given->label);
        size_t at;
        if (class->is_text)
            rec_set_text(one, label, class->text);
        else
            rec_set_int(one, label, class->integer);
        status = class_list_find(&confidence->classes, one, label, "", arena, &at);
        if (status == 0)
            shares[at] = (double)class->count / (double)counted->records;
        arena_free(arena);
    }
    for (size_t c = 0; status == 0 && c < confidence->classes.count; c++) {
        struct bytes name = {0};
        class_list_put(&confidence->classes, c, &name);
        if (shares[c] == 0)
            status = diag_error("no record is of the class %.*s", (int)name.len, name.items);
        vec_free(&name);
    }
    classes_free(counted);
    if (counted == NULL) /* the message names the file */
        return diag_within("--%s: %s", option, diag_message());
    return status == 0 ? 0 : diag_within("--%s: %s: %s", option, path, diag_message());
}

/* Saerens, Latinne and Decaestecker 2002, equation 2.4: p x true share / training share. */
static int open_priors(struct confidence *confidence, struct stage_context *context)
{
    const struct confidence_options *given = confidence->given;
    size_t count = confidence->classes.count;
    if (given->prior == NULL)
        return 0;
    if (given->true_prior == NULL)
        return diag_error("--prior needs --true-prior FILE: the summary of records as they really are");
    if (confidence->classes.classes == NULL)
        return diag_error("--prior needs --classes");
    double *shares = mem_zalloc(2 * count, sizeof *shares);
    int status = read_prior(confidence, context, "prior", given->prior, shares);
    if (status == 0)
        status = read_prior(confidence, context, "true-prior", given->true_prior, shares + count);
    for (size_t c = 0; status == 0 && c < count; c++)
        put_ratio(confidence, c, shares[count + c] / shares[c]);
    mem_free(shares);
    return status;
}

int tables_open(struct confidence *confidence, struct stage_context *context)
{
    const struct confidence_options *given = confidence->given;
    struct table table = {.confidence = confidence};
    if (read_numbers(confidence, "alpha", &given->alpha, &confidence->alpha) < 0 || open_shares(confidence) < 0 ||
        (given->thresholds != NULL && fit_load(given->thresholds, read_thresholds, &table) < 0) ||
        (given->calibrate != NULL &&
         temperature_load(given->calibrate, confidence->classes.count, &confidence->calibration) < 0) ||
        open_priors(confidence, context) < 0)
        return -1;
    for (size_t c = 0; given->multi_label && confidence->alpha != NULL && c < confidence->classes.count; c++)
        if (confidence->alpha[c] > 1)
            return diag_error(
                "--alpha: with --multi-label expected shares from 0 to 1, since records without the label "
                "get the rest");
    if (confidence->ratios == NULL)
        return 0;
    confidence->log_ratios = mem_zalloc(confidence->classes.count, sizeof *confidence->log_ratios);
    for (size_t c = 0; c < confidence->classes.count; c++)
        confidence->log_ratios[c] = real_ln(confidence->ratios[c]);
    return 0;
}

void tables_release(struct confidence *confidence)
{
    mem_free(confidence->ratios);
    mem_free(confidence->log_ratios);
    mem_free(confidence->thresholds);
    mem_free(confidence->alpha);
}
