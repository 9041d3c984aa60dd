/* resample.c - balances the classes of a data set: leaves records out, copies them, or makes new ones.
 *
 *     quern resample --method NAME [--label NAME] [targets] [FILE …]
 *     quern resample count … | quern resample plan FILE … | quern resample apply --plan FILE
 *
 *     $ printf '{"id":%d,"label":"%s"}\n' 1 a 2 a 3 b | quern resample --method over
 *     {"id":1,"label":"a"}
 *     {"id":2,"label":"a"}
 *     {"id":3,"label":"b"}
 *     {"id":"3#os1","label":"b","parent":3,"root":3,"parents":[3],"synthetic":true,"method":"over"}
 *
 * Each record draws a number by itself. Where n of a class are chosen, it is those with the lowest numbers: so the
 * choice depends on the set of records, not on their order, and its size is exact. That takes two passes: `record`
 * collects the draws, `apply` passes, drops and copies records. Methods that look at neighbours collect points
 * (resample/points.h); what they make comes after all records, in `part`. */
#include "resample/resample.h"

#include <inttypes.h>

const char *const method_names[] = {
    "under",     "over",    "random",      "easyensemble", "bootstrap", "mlros", "mlrus",     "tomek",
    "enn",       "renn",    "allknn",      "ncr",          "cnn",       "oss",   "nearmiss1", "nearmiss2",
    "nearmiss3", "smote",   "borderline1", "borderline2",  "adasyn",    "rose",  "smoteenn",  "smotetomek",
    "smoten",    "smotenc", "combine",     "mlsmote",      "recombine", NULL};
static const char *const draw_names[] = {"even", "iid", NULL};
static const char *const emit_names[] = {"both", "synthetic", "recipe", NULL};
static const char *const kind_names[] = {"all", "mode", NULL};
static const char *const metric_names[] = {"euclidean", "cosine", NULL};
static const char *const small_names[] = {"copy", "skip", "error", NULL};
static const char *const round_names[] = {"remainder", "rint", NULL};

#define BETWEEN "mlsmote|smote|borderline1|borderline2|adasyn|smoteenn|smotetomek"
#define TAKES "smoten|smotenc|combine"
#define MAKES BETWEEN "|rose|recombine|" TAKES
#define CLEANS "tomek|enn|renn|allknn|ncr"
#define POINTS CLEANS "|cnn|oss|nearmiss1|nearmiss2|nearmiss3|" MAKES
#define DRAWS "under|over|random|easyensemble|bootstrap|mlros|mlrus|cnn|oss|" MAKES

static const struct option options[] = {
    {"method", 0, OPT_CHOICE, OPT_AT(struct resample_options, method), .value = "NAME", .required = true,
     .choices = method_names, .help = "what happens to classes that are too large or too small"},
    {"label", 0, OPT_TEXT, OPT_AT(struct resample_options, label), .value = "NAME", .fallback = "label",
     .when = "method=under|over|random|easyensemble|mlros|mlrus|" POINTS, .help = "the member with the class"},
    OPTIONS_TARGET(struct resample_options, targets),
    {"draw", 0, OPT_CHOICE, OPT_AT(struct resample_options, draw), .value = "HOW", .fallback = "even",
     .choices = draw_names, .when = "method=over|random|smote|borderline1|borderline2|rose|smoteenn|smotetomek|" TAKES,
     .help = "even: each record is copied, or a parent, as often as the others or once more; iid: they are drawn with "
             "replacement"},
    {"k", 'k', OPT_INT, OPT_AT(struct resample_options, k), .value = "K", .fallback = "0", .max = MOST_NEIGHBORS,
     .when = "method=enn|renn|allknn|ncr|nearmiss1|nearmiss2|nearmiss3|recombine|" BETWEEN "|" TAKES,
     .help = "how many neighbours; 0: 5 to make records, 3 to remove them"},
    {"m", 0, OPT_INT, OPT_AT(struct resample_options, m), .value = "M", .fallback = "10", .min = 1,
     .max = MOST_NEIGHBORS, .when = "method=borderline1|borderline2",
     .help = "how many neighbours say whether a record is in danger"},
    {"kind", 0, OPT_CHOICE, OPT_AT(struct resample_options, kind), .value = "WHICH", .fallback = "all",
     .choices = kind_names, .when = "method=enn|renn|allknn",
     .help = "a record stays if all of its neighbours are of its class, or if most are (mode)"},
    {"metric", 0, OPT_CHOICE, OPT_AT(struct resample_options, metric), .value = "NAME", .fallback = "euclidean",
     .choices = metric_names,
     .when = "method=" CLEANS "|cnn|oss|nearmiss1|nearmiss2|nearmiss3|combine|recombine|" BETWEEN,
     .help = "cosine: look for neighbours among vectors that were divided by their length"},
    {"group", 0, OPT_TEXT, OPT_AT(struct resample_options, group), .value = "NAME",
     .when = "method=" CLEANS "|" BETWEEN "|" TAKES,
     .help = "neighbours are records with the same value of this member"},
    {"double", 0, OPT_FLAG, OPT_AT(struct resample_options, wide), .when = "method=" POINTS,
     .help = "keep and write numbers of vectors as 64-bit floats; otherwise 32-bit ones"},
    {"small", 0, OPT_CHOICE, OPT_AT(struct resample_options, small), .value = "WHAT", .fallback = "copy",
     .choices = small_names, .when = "method=" BETWEEN "|" TAKES,
     .help = "a record that has no neighbour of its class: copy its vector, skip it, or end with an error"},
    {"round", 0, OPT_CHOICE, OPT_AT(struct resample_options, round), .value = "HOW", .fallback = "remainder",
     .choices = round_names, .when = "method=adasyn",
     .help = "remainder: exactly the target; rint: each share is rounded, as in imbalanced-learn"},
    {"shrinkage", 0, OPT_DECIMAL, OPT_AT(struct resample_options, shrinkage), .value = "S", .fallback = "1", .max = 10,
     .when = "method=rose", .help = "how wide the noise is, times what Menardi and Torelli give"},
    {"subsets", 0, OPT_INT, OPT_AT(struct resample_options, subsets), .value = "T", .fallback = "10", .min = 1,
     .max = MOST_SUBSETS, .when = "method=easyensemble", .help = "how many subsets to draw"},
    {"subset", 0, OPT_INT, OPT_AT(struct resample_options, subset), .value = "N", .fallback = "-1", .min = -1,
     .max = MOST_SUBSETS - 1, .when = "method=easyensemble",
     .help = "write this subset, from 0, and nothing else; -1: say of each record which subsets it is in"},
    {"bags", 0, OPT_INT, OPT_AT(struct resample_options, bags), .value = "T", .fallback = "10", .min = 1,
     .max = MOST_SUBSETS, .when = "method=bootstrap", .help = "how many bags to draw"},
    {"bag", 0, OPT_INT, OPT_AT(struct resample_options, bag), .value = "N", .fallback = "-1", .min = -1,
     .max = MOST_SUBSETS - 1, .when = "method=bootstrap",
     .help = "write this bag, from 0, and nothing else; -1: say of each record how often it is in each"},
    {"out-of-bag", 0, OPT_INT, OPT_AT(struct resample_options, out_of_bag), .value = "N", .fallback = "-1", .min = -1,
     .max = MOST_SUBSETS - 1, .when = "method=bootstrap", .help = "write the records that are not in this bag"},
    {"percent", 0, OPT_DECIMAL, OPT_AT(struct resample_options, percent), .value = "P", .fallback = "10", .max = 100,
     .when = "method=mlros|mlrus", .help = "copy or remove at most so many records, in percent of all"},
    {"within", 0, OPT_TEXT, OPT_AT(struct resample_options, within), .value = "NAME=VALUE",
     .help = "sample only the records with this value; the others pass as they are"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct resample_options, emit), .value = "WHAT", .fallback = "both",
     .choices = emit_names, .when = "method=over|random|mlros|" MAKES,
     .help = "both: records and those that are made; synthetic: the latter only; recipe: the latter without vectors"},
    OPTION_FIELD(struct resample_options, field),
    OPTIONS_SEED_WHEN(struct resample_options, random, "method=" DRAWS),
    {"epoch", 0, OPT_INT, OPT_AT(struct resample_options, epoch), .value = "E", .fallback = "-1", .min = -1,
     .max = UINT32_MAX, .when = "method=" DRAWS,
     .help = "make the choices of epoch E; -1: use the epoch of the record, 0 if missing"},
    {0},
};

static const char *const reads[] = {"id",     "text",     "root",     "epoch",     "label", "split",
                                    "weight", "features", "sparse",   "nominal",   "lang",  "sentences",
                                    "words",  "phrases",  "entities", "stopwords", NULL};
static const char *const writes[] = {
    "id",    "text",          "lang",     "sentences", "words",   "phrases", "entities", "stopwords", "label",
    "split", "epoch",         "weight",   "parent",    "root",    "parents", "from",     "synthetic", "method",
    "gap",   "parent_labels", "features", "sparse",    "nominal", "subsets", "bags",     NULL};

/* ---- open ---- */

static int check_options(struct stage_context *context, const struct resample *resample)
{
    const struct resample_options *given = resample->given;
    static const char *const target_names[] = {"strategy", "ratio", "target", "power", "total", NULL};
    bool has_classes = method_has_classes(given->method);
    bool has_targets = has_classes && !(given->method >= METHOD_TOMEK && given->method <= METHOD_OSS);
    if (given->subset >= given->subsets)
        return diag_error("--subset %" PRId64 ": there are subsets 0 to %" PRId64, given->subset, given->subsets - 1);
    if (given->bag >= given->bags || given->out_of_bag >= given->bags)
        return diag_error("there are bags 0 to %" PRId64 " (--bags)", given->bags - 1);
    if (given->bag >= 0 && given->out_of_bag >= 0)
        return diag_error("--bag does not go with --out-of-bag: take one of them at a time");
    for (size_t i = has_classes; !has_targets && target_names[i] != NULL; i++)
        if (opt_given(context, target_names[i]))
            return diag_error("--%s has no effect with --method %s, which has no targets", target_names[i],
                              method_names[given->method]);
    if (opt_given(context, "field") && (method_needs_ids(given->method) || method_has_points(given->method)))
        return diag_error("--field has no effect with --method %s, whose records need ids",
                          method_names[given->method]);
    if (given->emit == EMIT_RECIPE && !method_has_recipe(given->method))
        return diag_error("--emit recipe does not go with --method %s: a recipe says on the way between which two "
                          "vectors a record lies",
                          method_names[given->method]);
    return 0;
}

static enum direction direction_of(int method)
{
    return method == METHOD_RANDOM ? EITHER : method == METHOD_OVER || method_makes(method) ? GROWS : SHRINKS;
}

static int resample_open(struct stage_context *context, void **shared)
{
    const struct resample_options *given = context->options;
    struct resample *resample = resample_new(given);
    bool targets = method_has_classes(given->method);
    if (check_options(context, resample) < 0 || resample_open_within(resample) < 0 ||
        (targets && targets_open(context, &given->targets, direction_of(given->method), &resample->rules) < 0)) {
        resample_free(resample);
        return -1;
    }
    *shared = resample;
    return 0;
}

/* ---- both passes ---- */

static int resample_end(void *shared, struct sink *out)
{
    struct resample *resample = shared;
    if (splits_check(resample->splits, "sampled") < 0)
        return -1;
    return resample->points != NULL ? spatial_end(resample, out) : plans_make(resample);
}

static int resample_apply_record(void *shared, const struct record *in, struct sink *out)
{
    struct resample *resample = shared;
    if (resample->within != NULL && resample->in_order == NULL)
        resample->in_order = condition_thread_new(resample->within);
    return resample_pass(resample, resample->in_order, in, out);
}

/* With --on-error skip the second record of an id is left out, but it was chosen from. */
static int resample_finish(void *shared)
{
    const struct resample *resample = shared;
    return resample->twice ? diag_kind(STATUS_DATA, "records have the same id, so nothing was written") : 0;
}

static void resample_notes(const void *shared, const struct totals *totals)
{
    const struct resample *resample = shared;
    const uint64_t *counts = totals->counters;
    spatial_notes(resample);
    if (counts[COUNT_OTHERS] > 0 && counts[COUNT_KEPT] + counts[COUNT_REMOVED] == 0)
        diag_note("no record has %s (--within), so all have passed as they are", resample->given->within);
}

static const struct stage *const verbs[] = {&resample_count, &resample_plan, &resample_apply, &resample_rebuild, NULL};

const struct stage stage_resample = {
    .name = "resample",
    .summary = "balance classes: leave records out, copy them, or make new ones",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 a 3 b | quern resample --method over\n"
               "{\"id\":1,\"label\":\"a\"}\n"
               "{\"id\":2,\"label\":\"a\"}\n"
               "{\"id\":3,\"label\":\"b\"}\n"
               "{\"id\":\"3#os1\",\"label\":\"b\",\"parent\":3,…}",
    .class = STAGE_WHOLE,
    .verbs = verbs,
    .options = options,
    .options_size = sizeof(struct resample_options),
    .reads = reads,
    .writes = writes,
    .counters = resample_counters,
    .open = resample_open,
    .close = resample_free,
    .thread_open = rows_thread_open,
    .thread_close = rows_thread_close,
    .record = rows_record,
    .merge = rows_merge,
    .end = resample_end,
    .apply = resample_apply_record,
    .apply_in_order = true,
    .parts = spatial_parts,
    .part = spatial_part,
    .notes = resample_notes,
    .finish = resample_finish,
};
