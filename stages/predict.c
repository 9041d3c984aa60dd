/* predict - writes the probability of each class on each record.
 *
 *     quern predict --model FILE [--table FILE] [--out-of-fold] [--calibrate FILE] [--emit probs|logits] [FILE …]
 *
 *     $ printf '{"features":[%s],"label":"%s"}\n' 0 no 1 no 2 yes 3 yes >in.jsonl
 *     $ quern fit linear --C 1 in.jsonl >model && quern predict --model model in.jsonl | head -n 1
 *     {"features":[0],"label":"no","probs":[0.8851418375160065,0.11485816248399337],"predicted":"no"}
 *
 * Where the numbers come from is one thing, here the model of predictions/linear.h; what is written another,
 * predict/answer.h. */
#include "predict/answer.h"
#include "predictions/linear.h"
#include "predictions/temperature.h"
#include "quern.h"

struct predict_options {
    const char *model, *table, *calibrate;
    bool out_of_fold;
    int emit;
};

static const struct option options[] = {
    {"model", 0, OPT_FILE, OPT_AT(struct predict_options, model), .value = "FILE", .required = true,
     .help = "the model: what \"quern fit linear\" has written"},
    {"table", 0, OPT_FILE, OPT_AT(struct predict_options, table), .value = "FILE",
     .help = "the table that made the vectors; required if the model was made with one, and must be the same"},
    {"out-of-fold", 0, OPT_FLAG, OPT_AT(struct predict_options, out_of_fold),
     .help = "predict each record by the model that was trained without its fold (fit linear --folds)"},
    {"calibrate", 0, OPT_FILE, OPT_AT(struct predict_options, calibrate), .value = "FILE",
     .help = "divide logits by the temperature that \"quern fit temperature\" has found"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct predict_options, emit), .value = "WHAT", .fallback = "probs",
     .choices = emit_names, .help = "probs, probabilities; logits, the numbers whose softmax they are"},
    {0},
};

static const char *const reads[] = {"id", "text", "root", "features", "sparse", NULL};
static const char *const writes[] = {"probs", "logits", "predicted", NULL};

struct predict {
    const struct predict_options *given;
    const struct linear_model *model;
    struct answer_rules rules;
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

static int predict_open(struct stage_context *context, void **shared)
{
    const struct predict_options *given = context->options;
    struct predict *predict = mem_zalloc(1, sizeof *predict);
    *predict = (struct predict){.given = given, .rules = {.emit = given->emit, .temperature = 1}};
    predict->model = given->out_of_fold
                         ? chain_share(context, "linear model with folds", given->model, linear_load_folds, linear_free)
                         : chain_share(context, "linear model", given->model, linear_load, linear_free);
    if (predict->model == NULL || check_table(predict) < 0 ||
        (given->calibrate != NULL && temperature_load(given->calibrate, &predict->rules.temperature) < 0)) {
        mem_free(predict);
        return -1;
    }
    predict->rules.classes = &predict->model->classes;
    *shared = predict;
    return 0;
}

static void predict_close(void *shared)
{
    mem_free(shared);
}

/* ---- record ---- */

static int predict_record(void *shared, const struct record *in, struct sink *out)
{
    const struct predict *predict = shared;
    struct arena *arena = sink_arena(out);
    double *logits = arena_array(arena, predict->model->classes.count, sizeof *logits);
    size_t fold = SIZE_MAX;
    if ((predict->given->out_of_fold && linear_fold(&predict->model->folds, in, arena, &fold) < 0) ||
        linear_logits(predict->model, fold, in, arena, logits) < 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    return answer_set(&predict->rules, made, logits, true, arena) < 0 ? -1 : sink_emit(out, made);
}

const struct stage stage_predict = {
    .name = "predict",
    .summary = "write the probability of each class on each record",
    .example = "$ printf '{\"features\":[%s],\"label\":\"%s\"}\\n' 0 no 1 no 2 yes 3 yes >in.jsonl\n"
               "$ quern fit linear --C 1 in.jsonl >model\n"
               "$ quern predict --model model in.jsonl | head -n 1\n"
               "{\"features\":[0],\"label\":\"no\",\"probs\":[0.…],\"predicted\":\"no\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct predict_options),
    .reads = reads,
    .writes = writes,
    .open = predict_open,
    .close = predict_close,
    .record = predict_record,
};
