/* suspect.c - labels that are probably wrong: confident learning.
 *
 *     quern suspect [--classes LIST] [--method confident|predicted] [--multi-label] [--only suspects] [FILE …]
 *     quern suspect joint [--classes LIST] [--multi-label] [FILE …]
 *
 *     $ printf '{"label":%s,"probs":%s}\n' 0 '[0.9,0.1]' 1 '[0.2,0.8]' 1 '[1,0]' | quern suspect
 *     {"label":0,"probs":[0.9,0.1],"suspect":false,"label_score":0.9}
 *     {"label":1,"probs":[0.2,0.8],"suspect":false,"label_score":0.8}
 *     {"label":1,"probs":[1,0],"suspect":true,"label_score":0,"suggested":0}
 *
 * Two passes: the first finds the threshold of each class, the mean probability of the class over the records that are
 * labelled so (Northcutt et al. 2021, equation 2), from sums without any rounding, so that neither order nor threads
 * matter. The second compares. With several labels each class is a data set of its own, with the classes no and yes. */
#include "base/total.h"
#include "predictions/distribution.h"
#include "quern.h"

#include <inttypes.h>
#include <math.h>

struct suspect_options {
    const char *classes, *label;
    int method, only;
    bool multi_label;
};
enum { METHOD_CONFIDENT, METHOD_PREDICTED };
enum { ONLY_ALL, ONLY_SUSPECTS };

static const char *const method_names[] = {"confident", "predicted", NULL};
static const char *const only_names[] = {"all", "suspects", NULL};

#define OPTION_LABEL                                                                                                   \
    {                                                                                                                  \
        "label", 0, OPT_TEXT, OPT_AT(struct suspect_options, label),                                                   \
            .value = "NAME", .fallback = "label", .help = "the member with the class that may be wrong"                \
    }
#define OPTION_MULTI_LABEL                                                                                             \
    {                                                                                                                  \
        "multi-label", 0, OPT_FLAG, OPT_AT(struct suspect_options, multi_label),                                       \
            .help = "a record has any number of labels: judge each class by itself"                                    \
    }

static const struct option options[] = {
    OPTION_CLASSES(struct suspect_options, classes),
    OPTION_LABEL,
    {"method", 0, OPT_CHOICE, OPT_AT(struct suspect_options, method), .value = "NAME", .fallback = "confident",
     .choices = method_names,
     .help = "confident: another class is as probable as it is on average where it is the label; predicted: another "
             "class is the most probable, in one pass"},
    OPTION_MULTI_LABEL,
    {"only", 0, OPT_CHOICE, OPT_AT(struct suspect_options, only), .value = "WHICH", .fallback = "all",
     .choices = only_names, .help = "suspects: leave out all other records"},
    {0},
};

static const struct option joint_options[] = {
    OPTION_CLASSES(struct suspect_options, classes),
    OPTION_LABEL,
    OPTION_MULTI_LABEL,
    {0},
};

static const char *const reads[] = {"label", "probs", "logits", NULL};
static const char *const writes[] = {"suspect", "label_score", "suggested", NULL};

enum { COUNT_SUSPECTS, COUNT_UNDECIDED };
static const char *const counters[] = {"suspects", "undecided", NULL};

enum { MOST_CLASSES_JOINT = 4096 };

/* What a comparison of probabilities may be off, and the least threshold, which is more than that: those of cleanlab.
 */
static const double TOLERANCE = 1e-6, LEAST_THRESHOLD = 2e-6;

static const size_t NONE = SIZE_MAX;

/* The probabilities of each class over the records that have it; of several labels place 2c is for the records without
 * class c, 2c + 1 for those with it. */
struct sum {
    uint64_t records;
    int64_t *digits; /* of TOTAL_WIDE; NULL: no records */
};

struct sums {
    VEC(struct sum) places;
};

struct suspect {
    const struct suspect_options *given;
    struct class_list classes;
    struct distribution_rules rules;
    struct sums sums;
    double *thresholds; /* of each place; infinite if it has no records */
    size_t empty;       /* how many places have none */
    uint64_t *joint;    /* of the verb: records by what is given and by what is guessed */
};

struct suspect_thread {
    struct suspect *shared;
    struct sums sums;
};

/* ---- sums ---- */

static struct sum *sums_at(struct sums *sums, size_t place)
{
    while (sums->places.len <= place)
        vec_push(&sums->places, ((struct sum){0}));
    struct sum *sum = &sums->places.items[place];
    if (sum->digits == NULL)
        sum->digits = mem_zalloc(TOTAL_WIDE.digits, sizeof *sum->digits);
    return sum;
}

static void sums_add(struct sums *sums, size_t place, double p)
{
    struct sum *sum = sums_at(sums, place);
    total_add(TOTAL_WIDE, sum->digits, p);
    if (++sum->records % TOTAL_CARRY_AFTER == 0)
        total_carry(TOTAL_WIDE, sum->digits);
}

static void sums_merge(struct sums *into, const struct sums *from)
{
    for (size_t i = 0; i < from->places.len; i++) {
        const struct sum *other = &from->places.items[i];
        if (other->digits == NULL)
            continue;
        struct sum *sum = sums_at(into, i);
        total_carry(TOTAL_WIDE, other->digits);
        total_merge(TOTAL_WIDE, sum->digits, other->digits);
        sum->records += other->records;
    }
}

static void sums_release(struct sums *sums)
{
    for (size_t i = 0; i < sums->places.len; i++)
        mem_free(sums->places.items[i].digits);
    vec_free(&sums->places);
}

/* ---- open ---- */

static void suspect_close(void *shared)
{
    struct suspect *suspect = shared;
    class_list_release(&suspect->classes);
    sums_release(&suspect->sums);
    mem_free(suspect->thresholds);
    mem_free(suspect->joint);
    mem_free(suspect);
}

static int suspect_open(struct stage_context *context, void **shared)
{
    struct suspect *suspect = mem_zalloc(1, sizeof *suspect);
    suspect->given = context->options;
    suspect->rules = (struct distribution_rules){&suspect->classes, suspect->given->multi_label};
    if (class_list_open(&suspect->classes, context, suspect->given->classes) < 0) {
        suspect_close(suspect);
        return -1;
    }
    if (suspect->given->method == METHOD_PREDICTED)
        context->class = STAGE_MAP;
    *shared = suspect;
    return 0;
}

static void suspect_thread_close(void *thread)
{
    struct suspect_thread *mine = thread;
    sums_release(&mine->sums);
    mem_free(mine);
}

static int suspect_thread_open(void *shared, void **thread)
{
    struct suspect_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = shared;
    *thread = mine;
    return 0;
}

/* ---- the first pass ---- */

/* What a record says; of several labels `labels`, else `label`. */
struct case_read {
    struct distribution p;
    size_t label;
    const bool *labels;
};

static int read_case(const struct suspect *suspect, const struct record *in, struct arena *arena,
                     struct case_read *read)
{
    struct slice name = slice_of(suspect->given->label);
    *read = (struct case_read){0};
    if (distribution_need(&suspect->rules, in, arena, &read->p) < 0)
        return -1;
    return suspect->given->multi_label ? class_list_labels(&suspect->classes, in, name, arena, &read->labels)
                                       : class_list_find(&suspect->classes, in, name, "", arena, &read->label);
}

static int suspect_apply(void *shared, const struct record *in, struct sink *out);

static int suspect_record(void *thread, const struct record *in, struct sink *out)
{
    struct suspect_thread *mine = thread;
    struct case_read read;
    if (mine->shared->given->method == METHOD_PREDICTED)
        return suspect_apply(mine->shared, in, out);
    if (read_case(mine->shared, in, sink_arena(out), &read) < 0)
        return -1;
    if (read.labels == NULL)
        sums_add(&mine->sums, read.label, read.p.p[read.label]);
    for (size_t c = 0; read.labels != NULL && c < read.p.count; c++)
        sums_add(&mine->sums, 2 * c + read.labels[c], read.labels[c] ? read.p.p[c] : distribution_rest(&read.p, c));
    return 0;
}

static int suspect_merge(void *shared, void *thread)
{
    struct suspect *suspect = shared;
    struct suspect_thread *mine = thread;
    sums_merge(&suspect->sums, &mine->sums);
    return 0;
}

static int suspect_end(void *shared, struct sink *out)
{
    struct suspect *suspect = shared;
    size_t count = suspect->classes.count * (suspect->given->multi_label ? 2 : 1);
    (void)out;
    suspect->thresholds = mem_zalloc(count > 0 ? count : 1, sizeof *suspect->thresholds);
    for (size_t i = 0; i < count; i++) {
        const struct sum *sum = i < suspect->sums.places.len ? &suspect->sums.places.items[i] : NULL;
        bool empty = sum == NULL || sum->records == 0;
        double mean = empty ? INFINITY : total_mean(TOTAL_WIDE, sum->digits, sum->records);
        suspect->thresholds[i] = mean > LEAST_THRESHOLD ? mean : LEAST_THRESHOLD;
        suspect->empty += empty;
    }
    return 0;
}

/* ---- the second pass ---- */

/* The class that a record counts for: the only one that reaches its threshold; if several do, the most probable of all
 * classes. */
static size_t guess(const double *p, const double *thresholds, size_t count, size_t best)
{
    size_t found = NONE;
    for (size_t c = 0; c < count; c++) {
        if (!(p[c] >= thresholds[c] - TOLERANCE))
            continue;
        if (found != NONE)
            return best;
        found = c;
    }
    return found;
}

/* Is the label the most probable class, or nearly so? */
static bool is_best(const double *p, size_t count, size_t label)
{
    double raised = p[label] + TOLERANCE;
    for (size_t c = 0; c < count; c++)
        if (c < label ? p[c] >= raised : c > label && p[c] > raised)
            return false;
    return true;
}

/* What is found out about one label. */
struct verdict {
    size_t guess; /* NONE: the record counts for no class */
    bool suspect;
};

/* thresholds: NULL: the guess is the most probable class. */
static struct verdict judge(const double *p, const double *thresholds, size_t count, size_t best, size_t label)
{
    size_t guessed = thresholds != NULL ? guess(p, thresholds, count, best) : best;
    return (struct verdict){guessed, guessed != NONE && guessed != label && !is_best(p, count, label)};
}

/* The same of class c alone, whose answers are 0, no, and 1, yes. */
static struct verdict judge_one(const struct suspect *suspect, const struct case_read *read, size_t c)
{
    double p[] = {distribution_rest(&read->p, c), read->p.p[c]};
    const double *thresholds = suspect->thresholds != NULL ? suspect->thresholds + 2 * c : NULL;
    return judge(p, thresholds, 2, p[1] > p[0], read->labels[c]);
}

static struct verdict judge_all(const struct suspect *suspect, const struct case_read *read)
{
    size_t best = distribution_best(&read->p, NULL);
    return judge(read->p.p, suspect->thresholds, read->p.count, best, read->label);
}

static int apply_single(const struct suspect *suspect, const struct case_read *read, struct record *made,
                        struct sink *out)
{
    struct verdict verdict = judge_all(suspect, read);
    rec_set_bool(made, SLICE("suspect"), verdict.suspect);
    if (rec_set_float(made, SLICE("label_score"), read->p.p[read->label]) < 0)
        return -1;
    if (verdict.suspect)
        class_list_set(&suspect->classes, made, SLICE("suggested"), verdict.guess);
    else
        rec_remove(made, SLICE("suggested"));
    sink_count(out, COUNT_SUSPECTS, verdict.suspect);
    sink_count(out, COUNT_UNDECIDED, verdict.guess == NONE);
    return verdict.suspect || suspect->given->only == ONLY_ALL ? sink_emit(out, made) : 0;
}

/* Appends an item to an array; more: it is not the first. */
static void put_item(struct bytes *json, bool more, struct slice item)
{
    if (more)
        bytes_byte(json, ',');
    bytes_put(json, item);
}

/* Arrays of all classes, and the labels as they would be if each suspect one was changed. */
static int apply_several(const struct suspect *suspect, const struct case_read *read, struct record *made,
                         struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct bytes flags = {0}, suggested = {0};
    double *scores = arena_array(arena, read->p.count, sizeof *scores);
    bool any = false;
    bytes_byte(&flags, '[');
    bytes_byte(&suggested, '[');
    for (size_t c = 0; c < read->p.count; c++) {
        struct verdict verdict = judge_one(suspect, read, c);
        put_item(&flags, c > 0, verdict.suspect ? SLICE("true") : SLICE("false"));
        scores[c] = read->labels[c] ? read->p.p[c] : distribution_rest(&read->p, c);
        if (read->labels[c] != verdict.suspect) {
            put_item(&suggested, suggested.len > 1, SLICE(""));
            class_list_put(&suspect->classes, c, &suggested);
        }
        any = any || verdict.suspect;
        sink_count(out, COUNT_SUSPECTS, verdict.suspect);
        sink_count(out, COUNT_UNDECIDED, verdict.guess == NONE);
    }
    bytes_byte(&flags, ']');
    bytes_byte(&suggested, ']');
    rec_set_json(made, SLICE("suspect"), arena_copy(arena, bytes_slice(&flags)));
    int status = rec_set_floats(made, SLICE("label_score"), scores, read->p.count);
    rec_set_json(made, SLICE("suggested"), arena_copy(arena, bytes_slice(&suggested)));
    vec_free(&flags);
    vec_free(&suggested);
    return status == 0 && (any || suspect->given->only == ONLY_ALL) ? sink_emit(out, made) : status;
}

static int suspect_apply(void *shared, const struct record *in, struct sink *out)
{
    const struct suspect *suspect = shared;
    struct case_read read;
    if (read_case(suspect, in, sink_arena(out), &read) < 0)
        return -1;
    struct record *made = rec_derive(sink_arena(out), in);
    return read.labels != NULL ? apply_several(suspect, &read, made, out) : apply_single(suspect, &read, made, out);
}

static void suspect_notes(const void *shared, const struct totals *totals)
{
    const struct suspect *suspect = shared;
    size_t empty = suspect->empty;
    if (totals->in == 0 || empty == 0)
        return;
    if (suspect->given->multi_label)
        diag_note("%zu class%s a label of all records or of none, so nothing counts as the contrary", empty,
                  empty == 1 ? " is" : "es are");
    else
        diag_note("%zu of the classes %s the label of no record, so no record counts for %s", empty,
                  empty == 1 ? "is" : "are", empty == 1 ? "it" : "them");
}

/* ---- the verb joint ---- */

static int joint_open(struct stage_context *context, void **shared)
{
    struct suspect *suspect;
    if (suspect_open(context, shared) < 0)
        return -1;
    suspect = *shared;
    size_t count = suspect->classes.count;
    if (count <= MOST_CLASSES_JOINT)
        return 0;
    suspect_close(suspect);
    return diag_error("--classes: expected at most %d classes, found %zu", MOST_CLASSES_JOINT, count);
}

static int joint_end(void *shared, struct sink *out)
{
    struct suspect *suspect = shared;
    size_t count = suspect->classes.count;
    if (count > MOST_CLASSES_JOINT)
        return diag_kind(STATUS_DATA, "expected at most %d classes, found %zu", MOST_CLASSES_JOINT, count);
    suspect->joint =
        mem_zalloc(count > 0 ? count * (suspect->given->multi_label ? 4 : count) : 1, sizeof *suspect->joint);
    return suspect_end(suspect, out);
}

static int joint_apply(void *shared, const struct record *in, struct sink *out)
{
    struct suspect *suspect = shared;
    struct case_read read;
    if (read_case(suspect, in, sink_arena(out), &read) < 0)
        return -1;
    for (size_t c = 0; read.labels != NULL && c < read.p.count; c++) {
        size_t guessed = judge_one(suspect, &read, c).guess;
        sink_count(out, COUNT_UNDECIDED, guessed == NONE);
        if (guessed != NONE)
            suspect->joint[4 * c + 2 * read.labels[c] + guessed]++;
    }
    if (read.labels != NULL)
        return 0;
    size_t guessed = judge_all(suspect, &read).guess;
    sink_count(out, COUNT_UNDECIDED, guessed == NONE);
    if (guessed != NONE)
        suspect->joint[read.label * read.p.count + guessed]++;
    return 0;
}

/* [[1,2],[3,4]] */
static void put_counts(const uint64_t *counts, size_t rows, size_t columns, struct bytes *json)
{
    for (size_t i = 0; i < rows * columns; i++) {
        put_item(json, i > 0, i % columns == 0 ? SLICE("[") : SLICE(""));
        json_put_int(json, (int64_t)counts[i]);
        if (i % columns == columns - 1)
            bytes_byte(json, ']');
    }
}

static void put_threshold(double threshold, struct bytes *json)
{
    if (isfinite(threshold))
        json_put_float(json, threshold);
    else
        bytes_put(json, SLICE("null"));
}

static uint64_t joint_parts(const void *shared)
{
    (void)shared;
    return 1;
}

static int joint_part(void *shared, uint64_t number, struct sink *out)
{
    const struct suspect *suspect = shared;
    size_t count = suspect->classes.count;
    bool pairs = suspect->given->multi_label;
    struct bytes json = {0};
    (void)number;
    bytes_put(&json, SLICE("{\"classes\":"));
    class_list_put_all(&suspect->classes, &json);
    bytes_put(&json, SLICE(",\"thresholds\":["));
    for (size_t i = 0; i < count * (pairs ? 2 : 1); i++) {
        put_item(&json, i > 0, pairs && i % 2 == 0 ? SLICE("[") : SLICE(""));
        put_threshold(suspect->thresholds[i], &json);
        if (pairs && i % 2 == 1)
            bytes_byte(&json, ']');
    }
    bytes_put(&json, SLICE("],\"joint\":["));
    for (size_t c = 0; pairs && c < count; c++) {
        put_item(&json, c > 0, SLICE("["));
        put_counts(suspect->joint + 4 * c, 2, 2, &json);
        bytes_byte(&json, ']');
    }
    if (!pairs && count > 0)
        put_counts(suspect->joint, count, count, &json);
    bytes_put(&json, SLICE("]}"));
    int status = sink_emit(out, rec_show(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status;
}

static const struct stage suspect_joint = {
    .name = "suspect joint",
    .summary = "count labels by what they should probably be",
    .example = "$ printf '{\"label\":%s,\"probs\":%s}\\n' 0 '[0.9,0.1]' 1 '[0.2,0.8]' 1 '[1,0]' |\n"
               "    quern suspect joint\n"
               "{\"classes\":[0,1],\"thresholds\":[0.9,0.4],\"joint\":[[1,0],[1,1]]}",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = joint_options,
    .options_size = sizeof(struct suspect_options),
    .reads = reads,
    .counters = counters,
    .open = joint_open,
    .close = suspect_close,
    .thread_open = suspect_thread_open,
    .thread_close = suspect_thread_close,
    .record = suspect_record,
    .merge = suspect_merge,
    .end = joint_end,
    .apply = joint_apply,
    .apply_in_order = true,
    .parts = joint_parts,
    .part = joint_part,
    .notes = suspect_notes,
};

static const struct stage *const verbs[] = {&suspect_joint, NULL};

const struct stage stage_suspect = {
    .name = "suspect",
    .summary = "find labels that are probably wrong",
    .example = "$ printf '{\"label\":%s,\"probs\":%s}\\n' 0 '[0.9,0.1]' 1 '[0.2,0.8]' 1 '[1,0]' |\n"
               "    quern suspect\n"
               "{\"label\":0,\"probs\":[0.9,0.1],\"suspect\":false,\"label_score\":0.9}\n"
               "{\"label\":1,\"probs\":[0.2,0.8],\"suspect\":false,\"label_score\":0.8}\n"
               "{\"label\":1,\"probs\":[1,0],\"suspect\":true,\"label_score\":0,\"suggested\":0}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct suspect_options),
    .verbs = verbs,
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = suspect_open,
    .close = suspect_close,
    .thread_open = suspect_thread_open,
    .thread_close = suspect_thread_close,
    .record = suspect_record,
    .merge = suspect_merge,
    .end = suspect_end,
    .apply = suspect_apply,
    .notes = suspect_notes,
};
