/* linear.c - see linear.h. */
#include "linear.h"

#include "../fitted/head.h"
#include "base/hex.h"
#include "base/stream.h"
#include "linear_row.h"

#include <inttypes.h>
#include <math.h>

static const double LARGEST_LOGIT = 1e300; /* that distribution.h reads */

/* ---- folds ---- */

enum { DRAW_FOLD };

struct linear_folds linear_folds_of(size_t count, const char *group, const struct random_options *random)
{
    return (struct linear_folds){.count = count,
                                 .group = group != NULL ? slice_of(group) : (struct slice){0},
                                 .key = rng_key(random, "fit linear")};
}

int linear_fold(const struct linear_folds *folds, const struct record *in, struct arena *arena, size_t *fold)
{
    struct identity identity;
    if (folds->group.len > 0 ? lineage_member(in, folds->group, arena, &identity) < 0
                             : lineage_root(in, SLICE("text"), arena, &identity) < 0)
        return -1;
    struct rng rng = rng_start(folds->key, identity, 0);
    *fold = (size_t)rng_below(&rng, DRAW_FOLD, folds->count);
    return 0;
}

/* ---- the table of the vectors ---- */

/* One for each term; dense vectors say themselves how many columns they have. */
static int count_columns(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct linear_table *table = state;
    if (slice_is(head->kind, "scale") || slice_is(head->kind, "whiten"))
        return 0;
    if (!slice_is(head->kind, "tfidf"))
        return fit_wrong_kind(head, "\"tfidf\", \"scale\" or \"whiten\"");
    const struct value *terms = rec_present(in, SLICE("terms"));
    if (terms == NULL || rec_kind(terms) != '[')
        return diag_error("terms: missing: the table is not whole");
    for (struct json_walk walk = json_walk(rec_json(terms, arena)); json_next(&walk);)
        table->columns++;
    return 0;
}

int linear_table_read(const char *path, struct linear_table *table)
{
    struct bytes text = {0};
    *table = (struct linear_table){.given = true};
    if (fit_load(path, count_columns, table) < 0 || stream_load(path, &text) < 0)
        return -1;
    table->hash = hash_bytes(bytes_slice(&text), 0);
    vec_free(&text);
    return 0;
}

int linear_table_check(const struct linear_table *table, enum vector_form form, const struct vector *vector)
{
    if (form == FORM_SPARSE && table->columns > 0 && vector->count > 0 &&
        (size_t)vector->indices[vector->count - 1] >= table->columns)
        return diag_error("sparse: index %" PRId32
                          " is beyond the %zu columns of the table (--table): the vector is of "
                          "another one",
                          vector->indices[vector->count - 1], table->columns);
    return 0;
}

/* ---- reading a model ---- */

struct reader {
    struct linear_model *model;
    const char *path;
    bool with_folds;
};

static int read_fold_rules(struct linear_model *model, struct slice options, struct arena *arena)
{
    struct slice value, salt = SLICE("");
    struct random_options random = {0};
    int64_t count;
    if (!json_member(options, "folds", &value))
        return 0;
    if (!json_int(value, &count) || count < 2 || count > UINT16_MAX)
        return diag_error("options: folds: expected a number of folds");
    if (json_member(options, "seed", &value) && !json_int(value, &random.seed))
        return diag_error("options: seed: expected an integer");
    if (json_member(options, "salt", &value) && json_kind(value) == '"')
        salt = json_string(value, arena);
    if (json_member(options, "group", &value) && json_kind(value) == '"') {
        struct slice group = json_string(value, arena);
        model->group = mem_string(group.ptr, group.len);
    }
    char *salted = mem_string(salt.ptr, salt.len);
    random.salt = salted;
    model->folds = linear_folds_of((size_t)count, model->group, &random);
    mem_free(salted);
    return 0;
}

static int read_table(struct linear_model *model, const struct record *in, struct arena *arena)
{
    const struct value *table = rec_present(in, SLICE("table"));
    struct slice checksum, columns;
    uint64_t words[2];
    int64_t count = 0;
    if (table == NULL)
        return 0;
    if (rec_kind(table) != '{')
        return rec_mismatch(SLICE("table"), "an object", table);
    struct slice json = rec_json(table, arena);
    if (!json_member(json, "checksum", &checksum) || json_kind(checksum) != '"' || checksum.len != 34 ||
        !hex_read(checksum.ptr + 1, words, 2))
        return diag_error("table: checksum: expected 32 hexadecimal digits");
    if (json_member(json, "columns", &columns) && (!json_int(columns, &count) || count < 0 || count > INT32_MAX))
        return diag_error("table: columns: expected an integer");
    model->table = (struct linear_table){true, {words[0], words[1]}, (size_t)count};
    return 0;
}

/* Where the weights of an index are: in an array, unless that would be mostly empty. */
static void place_indices(struct linear_model *model)
{
    enum { SPARSEST = 64, SMALL = 1 << 16 };
    model->known = model->columns > 0 ? (size_t)model->indices[model->columns - 1] + 1 : 0;
    if (model->known > model->columns * SPARSEST + SMALL)
        return;
    model->places = mem_zalloc(model->known + 1, sizeof *model->places);
    for (size_t j = 0; j < model->columns; j++)
        model->places[model->indices[j]] = (uint32_t)j + 1;
}

static int read_form(struct linear_model *model, const struct record *in, struct arena *arena)
{
    struct slice form;
    int64_t columns;
    const int32_t *indices;
    size_t count;
    if (rec_text(in, SLICE("form"), arena, &form) < 0 || rec_int(in, SLICE("columns"), &columns) < 0)
        return -1;
    model->form = slice_is(form, "sparse") ? FORM_SPARSE : FORM_FEATURES;
    if ((model->form == FORM_FEATURES && !slice_is(form, "features")) || columns < 0 || columns > INT32_MAX)
        return diag_error("form or columns: not what \"quern fit linear\" writes");
    model->columns = (size_t)columns;
    if (model->form == FORM_FEATURES)
        return 0;
    if (rec_ints(in, SLICE("indices"), arena, &indices, &count) < 0)
        return -1;
    for (size_t j = 0; j < count; j++)
        if (indices[j] < 0 || (j > 0 && indices[j] <= indices[j - 1]))
            return diag_error("indices[%zu]: expected them to be 0 or more, and to ascend", j);
    model->columns = count;
    model->indices = mem_zalloc(count + 1, sizeof *model->indices);
    if (count > 0)
        memcpy(model->indices, indices, count * sizeof *indices);
    place_indices(model);
    return 0;
}

/* Reads `bias` and `weights` of one model, which are JSON, into room for one. */
static int read_part(const struct linear_model *model, struct slice bias_json, struct slice weights_json, double *bias,
                     double *weights)
{
    size_t classes = model->classes.count, count, class = 0;
    const double *numbers;
    struct arena *arena = arena_new();
    int status = rec_numbers(SLICE("bias"), bias_json, arena, &numbers, &count);
    if (status == 0 && count != classes)
        status = diag_error("bias: expected %zu numbers, one for each class, found %zu", classes, count);
    if (status == 0)
        memcpy(bias, numbers, classes * sizeof *bias);
    for (struct json_walk walk = json_walk(weights_json); status == 0 && json_next(&walk); class ++) {
        arena_reset(arena);
        if (class == classes || json_kind(walk.value) != '[')
            status = diag_error("weights: expected an array for each of the %zu classes", classes);
        else if ((status = rec_numbers(SLICE("weights"), walk.value, arena, &numbers, &count)) == 0 &&
                 count != model->columns)
            status = diag_error("weights[%zu]: expected %zu numbers, found %zu", class, model->columns, count);
        for (size_t j = 0; status == 0 && j < count; j++)
            weights[j * model->width + class] = numbers[j];
    }
    if (status == 0 && class != classes)
        status = diag_error("weights: expected an array for each of the %zu classes, found %zu", classes, class);
    arena_free(arena);
    return status;
}

static int read_whole(struct linear_model *model, const struct record *in, struct arena *arena)
{
    const struct value *bias = rec_present(in, SLICE("bias")), *weights = rec_present(in, SLICE("weights"));
    if (bias == NULL || rec_kind(bias) != '[' || weights == NULL || rec_kind(weights) != '[')
        return diag_error("bias or weights: not the arrays that \"quern fit linear\" writes");
    model->bias = mem_zalloc(model->width, sizeof *model->bias);
    model->weights = mem_zalloc(model->columns * model->width + 1, sizeof *model->weights);
    return read_part(model, rec_json(bias, arena), rec_json(weights, arena), model->bias, model->weights);
}

static int read_folds(struct linear_model *model, const struct record *in, struct arena *arena)
{
    const struct value *folds = rec_present(in, SLICE("folds"));
    size_t width = model->width, size = model->columns * width, fold = 0, count = model->folds.count;
    if (count == 0 || folds == NULL || rec_kind(folds) != '[')
        return diag_error("folds: the model has none (quern fit linear --folds F)");
    model->fold_bias = mem_zalloc(count * width, sizeof *model->fold_bias);
    model->fold_weights = mem_zalloc(count * size + 1, sizeof *model->fold_weights);
    for (struct json_walk walk = json_walk(rec_json(folds, arena)); json_next(&walk); fold++) {
        struct slice bias, weights;
        if (fold == count || json_kind(walk.value) != '{' || !json_member(walk.value, "bias", &bias) ||
            json_kind(bias) != '[' || !json_member(walk.value, "weights", &weights) || json_kind(weights) != '[')
            return diag_error("folds[%zu]: not what \"quern fit linear\" writes", fold);
        if (read_part(model, bias, weights, model->fold_bias + fold * width, model->fold_weights + fold * size) < 0)
            return diag_within("folds[%zu]: %s", fold, diag_message());
    }
    return fold == count ? 0 : diag_error("folds: expected %zu models, found %zu", count, fold);
}

static int read_model(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    const struct reader *reader = state;
    struct linear_model *model = reader->model;
    const struct value *classes = rec_present(in, SLICE("classes"));
    if (!slice_is(head->kind, "linear"))
        return fit_wrong_kind(head, "\"linear\"");
    if (classes == NULL || rec_kind(classes) != '[')
        return diag_error("classes: missing: the model is not whole");
    if (class_list_read(&model->classes, rec_json(classes, arena), reader->path) < 0 ||
        (model->width = linear_width(model->classes.count)) == 0 || read_fold_rules(model, head->options, arena) < 0 ||
        read_table(model, in, arena) < 0 || read_form(model, in, arena) < 0 || read_whole(model, in, arena) < 0)
        return -1;
    return reader->with_folds ? read_folds(model, in, arena) : 0;
}

static void *load(const char *path, bool with_folds)
{
    struct linear_model *model = mem_zalloc(1, sizeof *model);
    struct reader reader = {model, path, with_folds};
    if (fit_load(path, read_model, &reader) == 0)
        return model;
    linear_free(model);
    return NULL;
}

void *linear_load(const char *path)
{
    return load(path, false);
}

void *linear_load_folds(const char *path)
{
    return load(path, true);
}

void linear_free(void *loaded)
{
    struct linear_model *model = loaded;
    if (model == NULL)
        return;
    class_list_release(&model->classes);
    mem_free(model->places);
    mem_free(model->indices);
    mem_free(model->bias);
    mem_free(model->weights);
    mem_free(model->fold_bias);
    mem_free(model->fold_weights);
    mem_free(model->group);
    mem_free(model);
}

/* ---- logits ---- */

/* The column of an index, or SIZE_MAX: none of the vectors of training had it. */
static size_t column_of(const struct linear_model *model, int32_t index)
{
    if ((size_t)index >= model->known)
        return SIZE_MAX;
    if (model->places != NULL)
        return (size_t)model->places[index] - 1;
    size_t found;
    search_first(found, model->columns, model->indices[found] < index);
    return model->indices[found] == index ? found : SIZE_MAX;
}

/* The numbers of a sparse vector that have weights, with their columns. */
static struct linear_numbers known_numbers(const struct linear_model *model, const struct vector *vector,
                                           struct arena *arena)
{
    uint32_t *places = arena_array(arena, vector->count, sizeof *places);
    double *values = arena_array(arena, vector->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < vector->count; i++) {
        size_t column = column_of(model, vector->indices[i]);
        if (column == SIZE_MAX)
            continue;
        places[count] = (uint32_t)column;
        values[count++] = vector->numbers[i];
    }
    return (struct linear_numbers){count, values, places};
}

static void multiply(const struct linear_numbers *row, const double *weights, const double *bias, size_t width,
                     double *logits)
{
    switch (width) {
#define MULTIPLY_CASE(W)                                                                                               \
    case W:                                                                                                            \
        linear_fetch(row, weights, W);                                                                                 \
        linear_multiply(row, weights, bias, W, logits);                                                                \
        return;
        LINEAR_WIDTHS(MULTIPLY_CASE)
    default:
        linear_multiply(row, weights, bias, width, logits);
    }
}

static int check_vector(const struct linear_model *model, enum vector_form form, const struct vector *vector)
{
    if (form != model->form)
        return diag_error("%s: the model is one of %s vectors", vector_form_names[form],
                          model->form == FORM_SPARSE ? "sparse" : "dense (features)");
    if (form == FORM_FEATURES && vector->count != model->columns)
        return diag_error("features: expected %zu numbers, as many as the model has weights, found %zu", model->columns,
                          vector->count);
    return linear_table_check(&model->table, form, vector);
}

int linear_logits(const struct linear_model *model, size_t fold, const struct record *in, struct arena *arena,
                  double *logits)
{
    enum vector_form form;
    struct vector vector;
    size_t classes = model->classes.count;
    bool whole = fold == SIZE_MAX;
    if (vector_read(in, true, arena, &form, &vector) < 0 || check_vector(model, form, &vector) < 0)
        return -1;
    struct linear_numbers row = {vector.count, vector.numbers, NULL};
    if (form == FORM_SPARSE)
        row = known_numbers(model, &vector, arena);
    multiply(&row, whole ? model->weights : model->fold_weights + fold * model->columns * model->width,
             whole ? model->bias : model->fold_bias + fold * model->width, model->width, logits);
    for (size_t c = 0; c < classes; c++)
        if (!(fabs(logits[c]) <= LARGEST_LOGIT))
            return diag_error("%s: its numbers are too large for the weights of the model: a logit is beyond 1e300",
                              vector_form_names[form]);
    return 0;
}
