/* evaluate.c - how good predictions are: measures of the classes, of the probabilities, and what was taken for what.
 *
 *     quern evaluate [--classes LIST] [--label NAME] [--by MEMBER] [--floor P] [--json] [FILE …]
 *     quern evaluate merge [--json] [FILE …]
 *
 *     $ printf '{"label":%s,"probs":%s}\n' 0 '[0.8,0.2]' 1 '[0.6,0.4]' 1 '[0.1,0.9]' | quern evaluate | head -n 2
 *                 records  accuracy  balanced  macro F1  G-mean     MCC  log loss   Brier     ECE
 *     all               3    0.6667    0.7500    0.6667  0.7071  0.5000    0.4149  0.2733  0.3000
 *
 * Each thread counts integers (evaluate/tally.h), from which the measures follow. So the result is the same whether the
 * records were evaluated at once or in parts. */
#include "classes/group.h"
#include "evaluate/evaluation.h"
#include "quern.h"

#include <inttypes.h>

struct evaluate_options {
    const char *classes, *label, *by;
    double floor;
    bool json;
};

#define OPTION_JSON                                                                                                    \
    {                                                                                                                  \
        "json", 0, OPT_FLAG, OPT_AT(struct evaluate_options, json),                                                    \
            .help = "write one line of JSON that can be merged"                                                        \
    }

static const struct option options[] = {
    OPTION_CLASSES(struct evaluate_options, classes),
    {"label", 0, OPT_TEXT, OPT_AT(struct evaluate_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class that is right"},
    {"by", 0, OPT_TEXT, OPT_AT(struct evaluate_options, by), .value = "MEMBER",
     .help = "evaluate the records of each value of MEMBER by themselves, too"},
    {"floor", 0, OPT_FLOAT, OPT_AT(struct evaluate_options, floor), .value = "P", .fallback = "1e-12",
     .help = "for the log loss, take probabilities below P as P; logits need none"},
    OPTION_JSON,
    {0},
};

static const char *const reads[] = {"label", "probs", "logits", "predicted", NULL};

enum { COUNT_UNLABELLED, COUNT_UNSCORED, COUNT_FLOORED };
static const char *const counters[] = {"unlabelled", "unscored", "floored", NULL};

struct evaluate {
    const struct evaluate_options *given;
    bool color;
    struct evaluation sum; /* of all threads that have ended */
    struct distribution_rules rules;
    struct arena *arena; /* of the verb merge: names of the options */
    bool any;            /* has the verb merge read one? */
};

struct evaluate_thread {
    struct evaluate *shared;
    struct parts parts;
    uint64_t unlabelled;
};

/* ---- open ---- */

static void evaluate_close(void *shared)
{
    struct evaluate *evaluate = shared;
    evaluation_release(&evaluate->sum);
    arena_free(evaluate->arena);
    mem_free(evaluate);
}

static int evaluate_open(struct stage_context *context, void **shared)
{
    const struct evaluate_options *given = context->options;
    struct class_list classes;
    if (given->floor > 1)
        return diag_error("--floor: expected a probability, at most 1");
    if (class_list_open(&classes, context, given->classes) < 0)
        return -1;
    struct evaluate *evaluate = mem_zalloc(1, sizeof *evaluate);
    evaluate->given = given;
    evaluate->color = context->color;
    evaluate->arena = arena_new();
    evaluate->sum =
        (struct evaluation){.label = given->label, .by = given->by, .floor = given->floor, .classes = classes};
    parts_init(&evaluate->sum.parts);
    evaluate->rules.classes = &evaluate->sum.classes;
    *shared = evaluate;
    if (classes.count <= MOST_CLASSES_EVALUATED)
        return 0;
    evaluate_close(evaluate);
    return diag_error("--classes: expected at most %d classes, found %zu", MOST_CLASSES_EVALUATED, classes.count);
}

static int evaluate_thread_open(void *shared, void **thread)
{
    struct evaluate_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = shared;
    parts_init(&mine->parts);
    *thread = mine;
    return 0;
}

static void evaluate_thread_close(void *thread)
{
    struct evaluate_thread *mine = thread;
    parts_release(&mine->parts);
    mem_free(mine);
}

/* ---- record ---- */

/* 1 with probabilities, 0 with a prediction only, or -1 with the message. */
static int find_prediction(struct evaluate *evaluate, const struct record *in, struct arena *arena,
                           struct distribution *made, size_t *predicted)
{
    const struct class_list *classes = &evaluate->sum.classes;
    int found = distribution_find(&evaluate->rules, in, arena, made);
    if (found > 0 && made->count > MOST_CLASSES_EVALUATED)
        return diag_error("expected at most %d classes, found %zu", MOST_CLASSES_EVALUATED, made->count);
    if (found != 0)
        return found;
    if (rec_present(in, SLICE("predicted")) == NULL)
        return member_missing(in, SLICE("probs"), "");
    if (classes->count == 0)
        return diag_error("predicted: without --classes nothing says how many classes there are, since the record has "
                          "neither probs nor logits");
    return class_list_find(classes, in, SLICE("predicted"), "", arena, predicted);
}

static int evaluate_record(void *thread, const struct record *in, struct sink *out)
{
    struct evaluate_thread *mine = thread;
    struct evaluate *evaluate = mine->shared;
    struct arena *arena = sink_arena(out);
    struct slice name = slice_of(evaluate->given->label), value;
    struct distribution made;
    size_t label, predicted = 0;
    if (rec_present(in, name) == NULL) {
        mine->unlabelled++;
        sink_count(out, COUNT_UNLABELLED, 1);
        return 0;
    }
    int scored = find_prediction(evaluate, in, arena, &made, &predicted);
    if (scored < 0 || class_list_find(&evaluate->sum.classes, in, name, "", arena, &label) < 0 ||
        group_find(evaluate->given->by, in, arena, &value) < 0)
        return -1;
    struct tally *tally = parts_at(&mine->parts, value);
    uint64_t floored = tally->floored;
    if (scored > 0)
        tally_score(tally, label, &made, evaluate->given->floor, arena);
    else
        tally_guess(tally, label, predicted);
    sink_count(out, COUNT_UNSCORED, scored == 0);
    sink_count(out, COUNT_FLOORED, tally->floored - floored);
    return 0;
}

static int evaluate_merge(void *shared, void *thread)
{
    struct evaluate *evaluate = shared;
    const struct evaluate_thread *mine = thread;
    evaluate->sum.unlabelled += mine->unlabelled;
    parts_merge(&evaluate->sum.parts, &mine->parts);
    return 0;
}

/* ---- end ---- */

static int emit(const struct evaluate *evaluate, struct sink *out)
{
    struct bytes text = {0};
    if (evaluate->given->json) {
        evaluation_put(&evaluate->sum, &text);
    } else {
        evaluation_show(&evaluate->sum, evaluate->color, &text);
        text.len--; /* the runner adds the last newline */
    }
    int status = sink_emit(out, rec_show(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&text))));
    vec_free(&text);
    return status;
}

/* Without any label the member is probably called otherwise; but a shard may have none. */
static int evaluate_end(void *shared, struct sink *out)
{
    const struct evaluate *evaluate = shared;
    if (!evaluate->given->json && evaluate->sum.parts.tallies.len == 0 && evaluate->sum.unlabelled > 0)
        return diag_kind(STATUS_DATA, "no record has the member %s (--label names another)", evaluate->given->label);
    return emit(evaluate, out);
}

static void evaluate_notes(const void *shared, const struct totals *totals)
{
    const struct evaluate *evaluate = shared;
    const uint64_t *counts = totals->counters;
    uint64_t labelled = totals->in - counts[COUNT_UNLABELLED];
    if (counts[COUNT_UNLABELLED] > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " records have no %s and were passed over", counts[COUNT_UNLABELLED],
                  totals->in, evaluate->given->label);
    if (counts[COUNT_UNSCORED] > 0 && counts[COUNT_UNSCORED] < labelled)
        diag_note("%" PRIu64 " of %" PRIu64 " records have no probabilities: log loss, Brier and ECE are of the others",
                  counts[COUNT_UNSCORED], labelled);
    if (counts[COUNT_FLOORED] > 0)
        diag_note("%" PRIu64 " label%s had a probability below the floor (--floor), which bounds the log loss",
                  counts[COUNT_FLOORED], diag_s(counts[COUNT_FLOORED]));
}

/* ---- the verb merge ---- */

static const struct option merge_options[] = {
    OPTION_JSON,
    {0},
};

static int merge_open(struct stage_context *context, void **shared)
{
    struct evaluate *evaluate = mem_zalloc(1, sizeof *evaluate);
    evaluate->given = context->options;
    evaluate->color = context->color;
    evaluate->arena = arena_new();
    parts_init(&evaluate->sum.parts);
    *shared = evaluate;
    return 0;
}

/* The first one says what the others must fit. What is not an evaluation is a bad record; evaluations that do not fit
 * together end the run instead: the result would depend on their order if one of them was skipped. Runs in one thread,
 * so that the message always names the first one that does not fit. */
static int merge_record(void *shared, const struct record *in, struct sink *out)
{
    struct evaluate *evaluate = shared;
    struct evaluation read = {0};
    (void)out;
    if (evaluation_read(in, evaluate->arena, &read) < 0) {
        evaluation_release(&read);
        return -1;
    }
    if (!evaluate->any) {
        evaluation_release(&evaluate->sum);
        evaluate->sum = read;
        evaluate->any = true;
        return 0;
    }
    int status = evaluation_merge(&evaluate->sum, &read);
    evaluation_release(&read);
    return status < 0 ? diag_kind(STATUS_DATA, "%s", diag_message()) : 0;
}

static int merge_end(void *shared, struct sink *out)
{
    const struct evaluate *evaluate = shared;
    return evaluate->any ? emit(evaluate, out) : 0;
}

static const struct stage evaluate_merge_verb = {
    .name = "evaluate merge",
    .summary = "add up evaluations that were written with --json",
    .example = "$ echo '{\"label\":0,\"probs\":[0.8,0.2]}' | quern evaluate --json >one\n"
               "$ quern evaluate merge one one | head -n 2 | cut -c 1-39\n"
               "            records  accuracy  balanced\n"
               "all               2    1.0000    1.0000",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = merge_options,
    .options_size = sizeof(struct evaluate_options),
    .open = merge_open,
    .close = evaluate_close,
    .record = merge_record,
    .end = merge_end,
};

static const struct stage *const verbs[] = {&evaluate_merge_verb, NULL};

const struct stage stage_evaluate = {
    .name = "evaluate",
    .summary = "measure how good predictions are",
    .example = "$ printf '{\"label\":%s,\"probs\":%s}\\n' 0 '[0.8,0.2]' 1 '[0.6,0.4]' |\n"
               "    quern evaluate | head -n 2 | cut -c 1-39\n"
               "            records  accuracy  balanced\n"
               "all               2    0.5000    0.5000",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct evaluate_options),
    .verbs = verbs,
    .reads = reads,
    .counters = counters,
    .open = evaluate_open,
    .close = evaluate_close,
    .thread_open = evaluate_thread_open,
    .thread_close = evaluate_thread_close,
    .record = evaluate_record,
    .merge = evaluate_merge,
    .end = evaluate_end,
    .notes = evaluate_notes,
};
