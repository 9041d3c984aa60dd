/* confidence - from predictions to what a semi-supervised loss needs: targets, masks, weights.
 *
 *     quern confidence [--preset NAME] [--classes LIST] [--threshold B] [--temperature T | --hard] [--tsa …]
 *         [--emit NAME,…] [FILE …]
 *
 *     $ echo '{"id":1,"probs":[0.9,0.1]}' | quern confidence --threshold 0.8 --hard
 *     {"id":1,"probs":[0.9,0.1],"confidence":0.9,"target":[1,0],"loss_mask":1,"loss_weight":1}
 *
 * Everything is computed from the record alone, in 64-bit floats, sums in the order of the classes, with exp, ln and
 * pow of base/real.h: the same bytes on every machine. What depends on other records was learned by fit before. */
#include "confidence/confidence.h"

static const char *const as_names[] = {"auto", "labelled", "unlabelled", NULL};
static const char *const compare_names[] = {"gt", "ge", NULL};
static const char *const guess_names[] = {"given", "mean", NULL};
static const char *const tie_names[] = {"keep", "drop", NULL};
static const char *const invalid_names[] = {"bad", "mark", NULL};
static const char *const only_names[] = {"all", "kept", NULL};
static const char *const tsa_names[] = {"linear", "log", "exp", "none", NULL};
static const char *const threshold_names[] = {"none", NULL};
static const char *const align_names[] = {"none", "uniform", NULL};

static const struct option options[] = {
    {"preset", 0, OPT_CHOICE, OPT_AT(struct confidence_options, preset), .value = "NAME", .fallback = "none",
     .choices = confidence_presets,
     .help = "the options of a method; --dry-run shows them, and those given beside it win"},
    OPTION_CLASSES(struct confidence_options, classes),
    {"label", 0, OPT_TEXT, OPT_AT(struct confidence_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class of a labelled record"},
    {"as", 0, OPT_CHOICE, OPT_AT(struct confidence_options, as), .value = "WHAT", .fallback = "auto",
     .choices = as_names, .help = "what records are; auto: labelled if they have a label"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct confidence_options, emit), .value = "NAME,...",
     .fallback = "confidence,target,kl,loss_mask,loss_weight", .choices = confidence_emits,
     .help = "the members to write"},
    {"threshold", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, threshold), .value = "B", .fallback = "none",
     .choices = threshold_names, .help = "keep unlabelled records whose largest probability is above B"},
    {"compare", 0, OPT_CHOICE, OPT_AT(struct confidence_options, compare), .value = "HOW", .fallback = "gt",
     .choices = compare_names, .help = "gt: strictly above the threshold; ge: or equal to it"},
    {"temperature", 0, OPT_FLOAT, OPT_AT(struct confidence_options, temperature), .value = "T", .fallback = "1",
     .help = "the target is p^(1/T), scaled to sum 1: below 1 it is sharper, above 1 softer"},
    {"hard", 0, OPT_FLAG, OPT_AT(struct confidence_options, hard),
     .help = "the target is 1 for the class of the largest probability, else 0"},
    {"guess", 0, OPT_CHOICE, OPT_AT(struct confidence_options, guess), .value = "FROM", .fallback = "given",
     .choices = guess_names,
     .help = "given: predict from the probabilities of the record; mean: from the mean of aug_probs"},
    {"tie", 0, OPT_CHOICE, OPT_AT(struct confidence_options, tie), .value = "WHAT", .fallback = "keep",
     .choices = tie_names, .help = "drop: mask out an unlabelled record in which two classes are the most likely"},
    {"pseudo", 0, OPT_FLAG, OPT_AT(struct confidence_options, pseudo),
     .help = "unlabelled records that are kept get the predicted class as label"},
    {"tsa", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, tsa), .value = "HOW", .fallback = "none",
     .choices = tsa_names,
     .help = "training signal annealing: mask out labelled records whose label has a probability above a bound that "
             "grows with the training step; or above this number"},
    {"step", 0, OPT_INT, OPT_AT(struct confidence_options, step), .value = "S", .fallback = "0", .min = 0,
     .max = INT64_MAX, .when = "tsa preset=uda-text", .help = "the training step"},
    {"step-field", 0, OPT_TEXT, OPT_AT(struct confidence_options, step_field), .value = "NAME",
     .when = "tsa preset=uda-text", .help = "the member with the training step"},
    {"total", 0, OPT_INT, OPT_AT(struct confidence_options, total), .value = "N", .fallback = "1", .min = 1,
     .max = INT64_MAX, .when = "tsa preset=uda-text", .help = "the number of training steps"},
    {"focal", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, focal), .value = "G", .fallback = "0", .max = 10,
     .help = "weigh labelled records by (1 - p)^G, p being the probability of the label"},
    {"alpha", 0, OPT_WORDS, OPT_AT(struct confidence_options, alpha), .value = "W,...",
     .help = "weigh labelled records by their class"},
    {"multi-label", 0, OPT_FLAG, OPT_AT(struct confidence_options, multi_label),
     .help = "a record has any number of labels: probabilities are independent, and each class has a mask"},
    {"passes", 0, OPT_FLAG, OPT_AT(struct confidence_options, passes),
     .help = "predict from the mean and the deviation over pass_probs"},
    {"least-mean", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, least_mean), .value = "P", .fallback = "0.7",
     .when = "passes preset=ups", .help = "keep records whose largest mean is at least this"},
    {"most-std", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, most_std), .value = "P", .fallback = "0.05",
     .when = "passes preset=ups", .help = "and its deviation below this"},
    {"negative-mean", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, negative_mean), .value = "P",
     .fallback = "0.05", .when = "passes preset=ups", .help = "a record is not of a class whose mean is below this"},
    {"negative-std", 0, OPT_DECIMAL, OPT_AT(struct confidence_options, negative_std), .value = "P", .fallback = "0.005",
     .when = "passes preset=ups", .help = "and its deviation below this"},
    {"calibrate", 0, OPT_FILE, OPT_AT(struct confidence_options, calibrate), .value = "FILE",
     .help = "divide logits by the temperature that \"quern fit temperature\" found"},
    {"shares", 0, OPT_FILE, OPT_AT(struct confidence_options, shares), .value = "FILE",
     .help = "what \"quern fit shares\" found: for --align, --target-shares, --class-thresholds and --soft-weight"},
    {"align", 0, OPT_CHOICE, OPT_AT(struct confidence_options, align), .value = "TO", .fallback = "none",
     .choices = align_names, .when = "shares",
     .help = "multiply probabilities so that all classes are equally frequent"},
    {"target-shares", 0, OPT_WORDS, OPT_AT(struct confidence_options, target_shares), .value = "P,...",
     .when = "shares", .help = "the same for these shares of the classes"},
    {"class-thresholds", 0, OPT_FLAG, OPT_AT(struct confidence_options, class_thresholds), .when = "shares",
     .help = "a threshold for each class: mean confidence x mean probability / largest mean"},
    {"soft-weight", 0, OPT_FLAG, OPT_AT(struct confidence_options, soft_weight), .when = "shares",
     .help = "weigh unlabelled records by how far their confidence is below the mean"},
    {"thresholds", 0, OPT_FILE, OPT_AT(struct confidence_options, thresholds), .value = "FILE",
     .help = "the thresholds of the classes that \"quern fit thresholds\" found"},
    {"prior", 0, OPT_FILE, OPT_AT(struct confidence_options, prior), .value = "FILE",
     .help = "undo what resampling did to a model: \"quern stats --json\" of what it was trained on"},
    {"true-prior", 0, OPT_FILE, OPT_AT(struct confidence_options, true_prior), .value = "FILE", .when = "prior",
     .help = "and of records as they really are"},
    {"invalid", 0, OPT_CHOICE, OPT_AT(struct confidence_options, invalid), .value = "WHAT", .fallback = "bad",
     .choices = invalid_names, .help = "what a record without probabilities is: bad, or passed on with mask 0"},
    {"floor", 0, OPT_FLOAT, OPT_AT(struct confidence_options, floor), .value = "P", .fallback = "1e-12",
     .help = "the least probability to take the logarithm of, if it was given as one"},
    {"only", 0, OPT_CHOICE, OPT_AT(struct confidence_options, only), .value = "WHICH", .fallback = "all",
     .choices = only_names, .help = "kept: leave out records with mask 0"},
    {0},
};

static const char *const reads[] = {"label",     "probs",      "logits",     "weight",
                                    "aug_probs", "aug_logits", "pass_probs", NULL};
static const char *const writes[] = {
    "probs", "aug_probs", "confidence", "predicted",   "tie",        "margin",        "entropy", "target",
    "kl",    "threshold", "loss_mask",  "loss_weight", "label_prob", "cross_entropy", "std",     "negative_mask",
    "label", "pseudo",    "invalid",    NULL};

static const char *const counters[] = {"labelled", "unlabelled", "invalid",         "kept", "masked",
                                       "ties",     "floored",    "unlabelled_kept", NULL};

/* ---- open ---- */

static void confidence_close(void *shared)
{
    struct confidence *confidence = shared;
    tables_release(confidence);
    class_list_release(&confidence->classes);
    mem_free(confidence);
}

static void set_numbers(struct confidence *confidence)
{
    const struct confidence_options *given = confidence->given;
    confidence->rules = (struct distribution_rules){&confidence->classes, given->multi_label};
    confidence->has_threshold = given->threshold.scale != OPTION_WORD;
    confidence->threshold = confidence->has_threshold ? decimal_float(given->threshold) : 0;
    confidence->temperature = given->temperature;
    confidence->calibration = 1;
    confidence->least_mean = decimal_float(given->least_mean);
    confidence->most_std = decimal_float(given->most_std);
    confidence->negative_mean = decimal_float(given->negative_mean);
    confidence->negative_std = decimal_float(given->negative_std);
    confidence->focal = decimal_float(given->focal);
}

static void set_emits(struct confidence *confidence, const struct stage_context *context)
{
    const struct confidence_options *given = confidence->given;
    for (int what = 0; confidence_emits[what] != NULL; what++)
        confidence->emits[what] = words_has(&given->emit, slice_of(confidence_emits[what]));
    if (given->passes && !opt_given(context, "emit"))
        confidence->emits[EMIT_PROBS] = confidence->emits[EMIT_STD] = confidence->emits[EMIT_NEGATIVE_MASK] = true;
}

/* Without --classes those of a table that has them. */
static int open_classes(struct confidence *confidence, struct stage_context *context)
{
    const struct confidence_options *given = confidence->given;
    const char *table = given->shares != NULL ? given->shares : given->thresholds;
    return given->classes == NULL && table != NULL ? class_list_load(&confidence->classes, table)
                                                   : class_list_open(&confidence->classes, context, given->classes);
}

static int confidence_open(struct stage_context *context, void **shared)
{
    /* The struct is the filter's own, and --dry-run shows what a preset has set in it. */
    struct confidence_options *given = (struct confidence_options *)(uintptr_t)context->options;
    if (preset_apply(context, given) < 0)
        return -1;
    if (given->temperature < 1e-6 || given->temperature > 1e6)
        return diag_error("--temperature: expected a number from 1e-6 to 1e6 (--hard is the limit at 0)");
    if (given->floor > 1)
        return diag_error("--floor: expected a probability, at most 1");
    struct confidence *confidence = mem_zalloc(1, sizeof *confidence);
    confidence->given = given;
    set_numbers(confidence);
    set_emits(confidence, context);
    if (open_classes(confidence, context) < 0 || tables_open(confidence, context) < 0) {
        confidence_close(confidence);
        return -1;
    }
    if (confidence->classes.count > 0)
        context->in_order = false;
    *shared = confidence;
    return 0;
}

/* ---- record ---- */

static void count_all(const struct finding *found, struct sink *out)
{
    sink_count(out, found->labelled ? COUNT_LABELLED : COUNT_UNLABELLED, 1);
    sink_count(out, found->kept ? COUNT_KEPT : COUNT_MASKED, 1);
    sink_count(out, COUNT_TIES, found->tie);
    sink_count(out, COUNT_FLOORED, found->floored);
    sink_count(out, COUNT_SURE, !found->labelled && found->kept);
}

/* A record whose probabilities are none. */
static int pass_invalid(const struct confidence *confidence, const struct record *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_derive(arena, in);
    write_invalid(confidence, arena_print(arena, "%s", diag_message()), made, arena);
    sink_count(out, COUNT_INVALID, 1);
    sink_count(out, COUNT_MASKED, 1);
    return confidence->given->only == ONLY_KEPT ? 0 : sink_emit(out, made);
}

/* The weight that the record already has. */
static int read_weight(const struct record *in, double *weight)
{
    *weight = 1;
    if (rec_present(in, SLICE("weight")) == NULL)
        return 0;
    if (rec_float(in, SLICE("weight"), weight) < 0)
        return -1;
    return *weight >= 0 ? 0 : diag_error("weight: less than 0");
}

static int confidence_record(void *thread, const struct record *in, struct sink *out)
{
    const struct confidence *confidence = thread;
    const struct confidence_options *given = confidence->given;
    struct arena *arena = sink_arena(out);
    struct finding found = {.kept = true};
    if (read_distributions(confidence, in, arena, &found) < 0)
        return given->invalid == INVALID_MARK ? pass_invalid(confidence, in, out) : -1;
    found.labelled =
        given->as == AS_LABELLED || (given->as == AS_AUTO && rec_present(in, slice_of(given->label)) != NULL);
    if (read_weight(in, &found.weight) < 0 || (given->multi_label ? find_multi(confidence, in, arena, &found)
                                                                  : find_single(confidence, in, arena, &found)) < 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    if (write_finding(confidence, &found, made, arena) < 0)
        return -1;
    count_all(&found, out);
    return given->only == ONLY_KEPT && !found.kept ? 0 : sink_emit(out, made);
}

/* ---- notes ---- */

static void confidence_notes(const void *shared, const struct totals *totals)
{
    enum { FEW = 10 };
    const struct confidence *confidence = shared;
    uint64_t all = totals->counters[COUNT_UNLABELLED], kept = totals->counters[COUNT_SURE];
    uint64_t floored = totals->counters[COUNT_FLOORED];
    bool masks = confidence->has_threshold || confidence->thresholds != NULL || confidence->given->passes;
    if (masks && all >= FEW && (kept * 100 < all || (all - kept) * 100 < all))
        diag_note("%llu of %llu unlabelled records are kept; the threshold is %s", (unsigned long long)kept,
                  (unsigned long long)all,
                  kept * 100 < all ? "too high to learn anything from them" : "so low that it masks hardly any");
    if (floored > 0)
        diag_note("%llu probabilit%s below --floor: the logarithm of that was taken", (unsigned long long)floored,
                  floored == 1 ? "y was" : "ies were");
}

const struct stage stage_confidence = {
    .name = "confidence",
    .summary = "targets, masks and weights from predictions: UDA, FixMatch, MixMatch, focal",
    .example = "$ echo '{\"id\":1,\"probs\":[0.9,0.1]}' |\n"
               "    quern confidence --threshold 0.8 --hard --emit target,loss_mask\n"
               "{\"id\":1,\"probs\":[0.9,0.1],\"target\":[1,0],\"loss_mask\":1}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct confidence_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = confidence_open,
    .close = confidence_close,
    .record = confidence_record,
    .notes = confidence_notes,
};
