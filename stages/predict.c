/* predict - writes the probability of each class on each record.
 *
 *     quern predict --model FILE [--table FILE] [--out-of-fold] [--calibrate FILE] [--emit probs|logits] [FILE …]
 *     quern predict --command CMD --classes LIST [--protocol line|jsonl|fasttext|batch] [--field NAME] [FILE …]
 *
 *     $ printf '{"features":[%s],"label":"%s"}\n' 0 no 1 no 2 yes 3 yes >in.jsonl
 *     $ quern fit linear --C 1 in.jsonl >model && quern predict --model model in.jsonl | head -n 1
 *     {"features":[0],"label":"no","probs":[0.8851418375160065,0.11485816248399337],"predicted":"no"}
 *
 * Where the numbers come from is one thing: the model of predictions/linear.h, or an engine that is asked
 * (engines/asker.h, predict/reply.h). What is written is another, predict/answer.h. */
#include "engines/asker.h"
#include "predict/answer.h"
#include "predict/reply.h"
#include "predictions/linear.h"
#include "predictions/temperature.h"
#include "quern.h"

#include <stdatomic.h>

struct predict_options {
    const char *model, *table, *calibrate;
    struct asker_options asker;
    const char *classes, *field;
    bool out_of_fold;
    int emit;
};

static const struct option options[] = {
    {"model", 0, OPT_FILE, OPT_AT(struct predict_options, model), .value = "FILE",
     .help = "the model: what \"quern fit linear\" has written"},
    {"table", 0, OPT_FILE, OPT_AT(struct predict_options, table), .value = "FILE", .when = "model",
     .help = "the table that made the vectors; required if the model was made with one, and must be the same"},
    {"out-of-fold", 0, OPT_FLAG, OPT_AT(struct predict_options, out_of_fold), .when = "model",
     .help = "predict each record by the model that was trained without its fold (fit linear --folds)"},
    OPTIONS_ASKER(struct predict_options, asker, "command", false),
    {"classes", 0, OPT_TEXT, OPT_AT(struct predict_options, classes), .value = "LIST", .when = "command",
     .help = "the classes, in the order of the probabilities: a,b,c or a file with a line for each; required"},
    {"field", 'f', OPT_TEXT, OPT_AT(struct predict_options, field), .value = "NAME", .fallback = "text",
     .when = "command", .help = "the member to send"},
    {"calibrate", 0, OPT_FILE, OPT_AT(struct predict_options, calibrate), .value = "FILE",
     .help = "divide logits by the temperature that \"quern fit temperature\" has found"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct predict_options, emit), .value = "WHAT", .fallback = "probs",
     .choices = emit_names, .help = "probs, probabilities; logits, the numbers whose softmax they are"},
    OPTIONS_ASKER_PROCESS(struct predict_options, asker, "command"),
    {0},
};

static const char *const reads[] = {"id", "text", "root", "features", "sparse", NULL};
static const char *const writes[] = {"probs", "logits", "pass_probs", "predicted", NULL};
static const char *const counters[] = {ASKER_COUNTER_NAMES, NULL};

enum passes { PASSES_UNKNOWN, PASSES_NONE, PASSES_SOME };

struct predict {
    const struct predict_options *given;
    const struct linear_model *model; /* NULL: an engine is asked */
    struct asker *asker;              /* NULL: a model predicts */
    struct class_list classes;        /* of the engine */
    struct reply_rules reply_rules;
    struct answer_rules rules;
    _Atomic int passes; /* does the engine answer pass_probs? */
};

/* ---- open ---- */

/* Is the table that makes the vectors the one that made those of training? */
static int check_table(const struct predict *predict)
{
    const struct predict_options *given = predict->given;
    struct linear_table table;
    if (!predict->model->table.given && given->table != NULL)
        return diag_error("--table: %s was made without one, so there is nothing to compare it with (quern fit linear "
                          "--table)",
                          given->model);
    if (!predict->model->table.given)
        return 0;
    if (given->table == NULL)
        return diag_error("--table FILE is missing: %s is a model of the vectors of one table, and only these mean the "
                          "same to it",
                          given->model);
    if (linear_table_read(given->table, &table) < 0)
        return -1;
    return hash_compare(table.hash, predict->model->table.hash) == 0
               ? 0
               : diag_error(
                     "--table: %s is another table than the one whose vectors %s was trained on: its numbers mean "
                     "other things",
                     given->table, given->model);
}

static int open_model(struct predict *predict, struct stage_context *context)
{
    const struct predict_options *given = predict->given;
    context->class = STAGE_MAP;
    predict->model = given->out_of_fold
                         ? chain_share(context, "linear model with folds", given->model, linear_load_folds, linear_free)
                         : chain_share(context, "linear model", given->model, linear_load, linear_free);
    if (predict->model == NULL || check_table(predict) < 0)
        return -1;
    predict->rules.classes = &predict->model->classes;
    return 0;
}

static int accept_reply(const void *filter, struct slice request, struct slice reply);

static int open_engine(struct predict *predict, struct stage_context *context)
{
    const struct predict_options *given = predict->given;
    if (given->classes == NULL)
        return diag_error("--classes LIST is missing: what are the classes of the numbers that come back?");
    if (class_list_open(&predict->classes, context, given->classes) < 0)
        return -1;
    predict->rules.classes = &predict->classes;
    predict->reply_rules = (struct reply_rules){&predict->classes, given->asker.protocol};
    predict->asker = asker_open(context, &given->asker, given->field, accept_reply, predict);
    return predict->asker != NULL ? 0 : -1;
}

static void predict_close(void *shared)
{
    struct predict *predict = shared;
    asker_free(predict->asker);
    class_list_release(&predict->classes);
    mem_free(predict);
}

/* --calibrate */
static int load_temperature(struct predict *predict)
{
    const char *path = predict->given->calibrate;
    size_t classes = predict->model != NULL ? predict->model->classes.count : predict->classes.count;
    return path != NULL ? temperature_load(path, classes, &predict->rules.temperature) : 0;
}

static int predict_open(struct stage_context *context, void **shared)
{
    const struct predict_options *given = context->options;
    bool asks = given->asker.command != NULL;
    if (asks == (given->model != NULL))
        return asks ? diag_error("--command does not go with --model: predict with one after the other")
                    : diag_error("what predicts? Expected --model FILE or --command CMD");
    if (!asks && opt_given(context, "sentinel")) /* which the default of --protocol allows */
        return diag_error("--sentinel goes only with --command");
    struct predict *predict = mem_zalloc(1, sizeof *predict);
    *predict = (struct predict){.given = given, .rules = {.emit = given->emit, .temperature = 1}};
    if ((asks ? open_engine(predict, context) : open_model(predict, context)) < 0 || load_temperature(predict) < 0) {
        predict_close(predict);
        return -1;
    }
    *shared = predict;
    return 0;
}

/* ---- by a model ---- */

static int predict_by_model(void *shared, const struct record *in, struct sink *out)
{
    const struct predict *predict = shared;
    struct arena *arena = sink_arena(out);
    double *logits = arena_array(arena, predict->model->width, sizeof *logits);
    size_t fold = SIZE_MAX;
    struct distribution answer;
    if ((predict->given->out_of_fold && linear_fold(&predict->model->folds, in, arena, &fold) < 0) ||
        linear_logits(predict->model, fold, in, arena, logits) < 0)
        return -1;
    distribution_make(logits, predict->model->classes.count, true, false, arena, &answer);
    struct record *made = rec_derive(arena, in);
    return answer_set(&predict->rules, made, &answer, arena) < 0 ? -1 : sink_emit(out, made);
}

/* ---- by an engine ---- */

static int read_reply(const struct predict *predict, struct slice text, struct arena *arena, struct reply *reply)
{
    return reply_read(&predict->reply_rules, text, arena, reply);
}

static int accept_reply(const void *filter, struct slice request, struct slice reply)
{
    struct arena *arena = arena_new();
    struct reply read;
    (void)request;
    int status = read_reply(filter, reply, arena, &read);
    arena_free(arena);
    return status;
}

/* All records have an array, or none has: or a table of them would have holes. */
static int check_passes(struct predict *predict, const struct reply *reply)
{
    int before = PASSES_UNKNOWN, now = reply->passes != NULL ? PASSES_SOME : PASSES_NONE;
    if (atomic_compare_exchange_strong(&predict->passes, &before, now) || before == now)
        return 0;
    return diag_kind(STATUS_FAILED, "\"%s\" answered \"pass_probs\" for some records but not for all",
                     predict->given->asker.command);
}

static int write_reply(void *state, const struct record *in, struct slice text, struct sink *out)
{
    struct predict *predict = state;
    struct arena *arena = sink_arena(out);
    struct reply reply;
    if (read_reply(predict, text, arena, &reply) < 0 || check_passes(predict, &reply) < 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    if (reply.passes != NULL)
        reply_set_passes(&reply, made, arena);
    return answer_set(&predict->rules, made, &reply.answer, arena) < 0 ? -1 : sink_emit(out, made);
}

/* ---- the stage ---- */

struct predictor {
    struct predict *predict;
    struct asker_thread *asker; /* NULL: a model predicts */
};

static int predict_thread_open(void *shared, void **thread)
{
    struct predict *predict = shared;
    struct predictor *predictor = mem_zalloc(1, sizeof *predictor);
    *predictor = (struct predictor){predict, predict->asker != NULL ? asker_thread_open(predict->asker) : NULL};
    *thread = predictor;
    return 0;
}

static void predict_thread_close(void *thread)
{
    struct predictor *predictor = thread;
    if (predictor->asker != NULL)
        asker_thread_close(predictor->asker);
    mem_free(predictor);
}

static int predict_records(void *thread, const struct batch *in, struct sink *out)
{
    struct predictor *predictor = thread;
    return predictor->asker != NULL ? asker_records(predictor->asker, in, out, write_reply, predictor->predict)
                                    : sink_each(out, in, predict_by_model, predictor->predict);
}

static int predict_finish(void *shared)
{
    const struct predict *predict = shared;
    return predict->asker != NULL ? asker_finish(predict->asker) : 0;
}

static void predict_notes(const void *shared, const struct totals *totals)
{
    const struct predict *predict = shared;
    if (predict->asker != NULL)
        asker_notes(predict->asker, totals);
}

const struct stage stage_predict = {
    .name = "predict",
    .summary = "write the probability of each class on each record",
    .example = "$ printf '{\"features\":[%s],\"label\":\"%s\"}\\n' 0 no 1 no 2 yes 3 yes >in.jsonl\n"
               "$ quern fit linear --C 1 in.jsonl >model\n"
               "$ quern predict --model model in.jsonl | head -n 1\n"
               "{\"features\":[0],\"label\":\"no\",\"probs\":[0.…],\"predicted\":\"no\"}",
    .class = STAGE_ASYNC,
    .options = options,
    .options_size = sizeof(struct predict_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = predict_open,
    .close = predict_close,
    .thread_open = predict_thread_open,
    .thread_close = predict_thread_close,
    .records = predict_records,
    .finish = predict_finish,
    .notes = predict_notes,
};
