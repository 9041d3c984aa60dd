/* linear.c - fit linear: softmax regression on vectors. */
#include "../classes/within.h"
#include "../fitted/head.h"
#include "../predictions/distribution.h"
#include "base/hex.h"
#include "linear_rows.h"
#include "verbs.h"

#include <inttypes.h>
#include <math.h>

struct fit_linear_options {
    double c, tolerance;
    const char *classes, *table, *weight, *target, *label, *group, *within;
    int64_t folds, iterations;
    struct random_options random;
};

static const struct option options[] = {
    {"C", 0, OPT_FLOAT, OPT_AT(struct fit_linear_options, c), .value = "X", .required = true,
     .help = "how much the loss counts beside the size of the weights, above 0: 1 is usual; less for a smoother model"},
    OPTION_CLASSES(struct fit_linear_options, classes),
    {"table", 0, OPT_FILE, OPT_AT(struct fit_linear_options, table), .value = "FILE",
     .help = "the table that made the vectors: predict then refuses to go on without it, or with another one"},
    {"weight", 0, OPT_TEXT, OPT_AT(struct fit_linear_options, weight), .value = "NAME",
     .help = "the member with the weight of a record, such as loss_weight; records of weight 0 are passed over"},
    {"target", 0, OPT_TEXT, OPT_AT(struct fit_linear_options, target), .value = "NAME", .fallback = "target",
     .help = "the member with the distribution to learn; a record without it has a label"},
    {"label", 0, OPT_TEXT, OPT_AT(struct fit_linear_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class, a string or an integer"},
    {"folds", 0, OPT_INT, OPT_AT(struct fit_linear_options, folds), .value = "F", .min = 2, .max = UINT16_MAX,
     .help = "fit F models more, each without the records of one fold, for predict --out-of-fold"},
    {"group", 0, OPT_TEXT, OPT_AT(struct fit_linear_options, group), .value = "NAME", .when = "folds",
     .help = "records with the same value of NAME are in one fold; without it those of one root"},
    OPTION_FIT_WITHIN(struct fit_linear_options, within),
    {"tolerance", 0, OPT_FLOAT, OPT_AT(struct fit_linear_options, tolerance), .value = "X", .fallback = "1e-6",
     .help = "stop when the gradient is X times as long as with all weights 0"},
    {"max-iterations", 0, OPT_INT, OPT_AT(struct fit_linear_options, iterations), .value = "N", .fallback = "100",
     .min = 1, .max = INT32_MAX, .help = "or after N steps of Newton's method"},
    OPTIONS_SEED_WHEN(struct fit_linear_options, random, "folds"),
    {0},
};

static const char *const reads[] = {"id", "text", "root", "features", "sparse", "label", "target", "split", NULL};

enum { COUNT_VECTORS, COUNT_WEIGHTLESS, COUNT_OTHERS };
static const char *const counters[] = {"vectors", "weightless", "others", NULL};

struct linear {
    const struct fit_linear_options *given;
    struct linear_limits limits;
    struct linear_table table;
    struct class_list classes;
    struct linear_folds folds;
    struct conditions *within;
    struct map *splits;
    struct linear_store store;
    size_t unconverged; /* models */
    double worst;       /* gradient */
    bool any;           /* a record has come, good or not */
    bool one_fold;      /* it has all records, so that nothing is learned without it */
};

struct linear_thread {
    struct linear *shared;
    struct condition_thread *within;
    struct map *splits;
    struct linear_store store;
    bool any; /* a record has come, good or not */
};

/* ---- open ---- */

static void linear_close(void *shared)
{
    struct linear *linear = shared;
    class_list_release(&linear->classes);
    linear_store_release(&linear->store);
    conditions_free(linear->within);
    map_free(linear->splits);
    mem_free(linear);
}

static int linear_open(struct stage_context *context, void **shared)
{
    const struct fit_linear_options *given = context->options;
    struct linear *linear = mem_zalloc(1, sizeof *linear);
    linear->given = given;
    linear->splits = map_new();
    linear->limits = (struct linear_limits){given->tolerance, given->iterations};
    linear->folds = linear_folds_of((size_t)given->folds, given->group, &given->random);
    linear_store_open(&linear->store);
    if ((given->classes != NULL && class_list_open(&linear->classes, NULL, given->classes) < 0) ||
        (given->table != NULL && linear_table_read(given->table, &linear->table) < 0) ||
        within_open(given->within, &linear->within) < 0) {
        linear_close(linear);
        return -1;
    }
    *shared = linear;
    return 0;
}

static void linear_thread_close(void *thread)
{
    struct linear_thread *mine = thread;
    linear_store_release(&mine->store);
    condition_thread_free(mine->within);
    map_free(mine->splits);
    mem_free(mine);
}

static int linear_thread_open(void *shared, void **thread)
{
    struct linear *linear = shared;
    struct linear_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = linear;
    mine->within = linear->within != NULL ? condition_thread_new(linear->within) : NULL;
    mine->splits = map_new();
    linear_store_open(&mine->store);
    *thread = mine;
    return 0;
}

/* ---- record ---- */

static int read_weight(const char *name, const struct record *in, double *weight)
{
    *weight = 1;
    if (name == NULL)
        return 0;
    if (rec_present(in, slice_of(name)) == NULL)
        return member_missing_named(in, slice_of(name), "(--weight names it)");
    if (rec_float(in, slice_of(name), weight) < 0)
        return -1;
    return *weight >= 0 ? 0 : diag_error("%s: expected a weight of 0 or more", name);
}

static int read_target(struct linear_thread *mine, const struct record *in, struct arena *arena, struct linear_row *row)
{
    struct linear *linear = mine->shared;
    struct slice name = slice_of(linear->given->target), label = slice_of(linear->given->label);
    const struct value *value = rec_present(in, name);
    size_t class;
    if (value != NULL) {
        struct class_list any = linear->classes; /* without a list: of any length; the end compares them */
        struct distribution target;
        if (rec_kind(value) != '[' && rec_kind(value) != '{')
            return rec_mismatch(name, "an array of numbers", value);
        if (distribution_read(&(struct distribution_rules){.classes = &any}, name, rec_json(value, arena), false, arena,
                              &target) < 0)
            return -1;
        row->target = target.p;
        row->classes = target.count;
        return 0;
    }
    if (linear->classes.count == 0)
        return linear_store_label(&mine->store, in, label, arena, &row->label);
    if (class_list_find(&linear->classes, in, label, "", arena, &class) < 0)
        return -1;
    row->label = (uint32_t) class;
    return 0;
}

static int linear_record(void *thread, const struct record *in, struct sink *out)
{
    struct linear_thread *mine = thread;
    struct linear *linear = mine->shared;
    struct arena *arena = sink_arena(out);
    struct linear_row row = {0};
    enum vector_form form;
    struct vector vector;
    size_t fold = 0;
    int within = within_holds(linear->within, mine->within, in, arena);
    mine->any = true;
    if (within <= 0) {
        sink_count(out, COUNT_OTHERS, within == 0);
        return within;
    }
    if (read_weight(linear->given->weight, in, &row.weight) < 0)
        return -1;
    if (row.weight == 0) {
        sink_count(out, COUNT_WEIGHTLESS, 1);
        return 0;
    }
    if ((linear->folds.count > 0 && linear_fold(&linear->folds, in, arena, &fold) < 0) ||
        vector_read(in, true, arena, &form, &vector) < 0 || linear_table_check(&linear->table, form, &vector) < 0 ||
        read_target(mine, in, arena, &row) < 0)
        return -1;
    row.fold = (uint32_t)fold;
    row.count = vector.count;
    row.indices = vector.indices;
    row.values = vector.numbers;
    splits_note(mine->splits, in, arena);
    linear_store_add(&mine->store, row, form);
    sink_count(out, COUNT_VECTORS, 1);
    return 0;
}

static int linear_merge(void *shared, void *thread)
{
    struct linear *linear = shared;
    struct linear_thread *mine = thread;
    linear->any = linear->any || mine->any;
    splits_merge(linear->splits, mine->splits);
    linear_store_merge(&linear->store, &mine->store);
    return 0;
}

/* ---- the classes ---- */

/* Those of the labels, in their order. */
static void name_classes(struct linear *linear)
{
    struct linear_store *store = &linear->store;
    struct class_list *list = &linear->classes;
    uint32_t *numbers = mem_zalloc(store->classes.len + 1, sizeof *numbers);
    list->classes = classes_of(store->classes.items, store->classes.len, "the data");
    list->count = list->classes->count;
    list->places = mem_zalloc(list->count + 1, sizeof *list->places);
    for (size_t i = 0; i < list->count; i++) {
        numbers[list->classes->items[i].number] = (uint32_t)i;
        list->classes->items[i].number = i;
        list->places[i] = i;
    }
    for (size_t i = 0; i < store->items.len; i++)
        store->items.items[i].label = numbers[store->items.items[i].label];
    mem_free(numbers);
}

/* There are targets, and only they say how many classes there are: a label is a position. */
static int number_classes(struct linear *linear, size_t least, size_t most)
{
    struct linear_store *store = &linear->store;
    if (least != most)
        return diag_kind(STATUS_DATA, "%s: expected a number for each class, but some records have %zu and some %zu",
                         linear->given->target, least, most);
    for (size_t i = 0; i < store->classes.len; i++)
        if (store->classes.items[i].is_text || store->classes.items[i].integer < 0 ||
            store->classes.items[i].integer >= (int64_t)most) {
            struct bytes name = {0};
            classes_put(&store->classes.items[i], &name);
            (void)diag_kind(
                STATUS_DATA,
                "%s: which of the %zu numbers of %s is that of the class %.*s? Give --classes, in their order",
                linear->given->label, most, linear->given->target, (int)name.len, name.items);
            vec_free(&name);
            return -1;
        }
    linear->classes.count = most;
    for (size_t i = 0; i < store->items.len; i++)
        if (store->items.items[i].target == NULL)
            store->items.items[i].label = (uint32_t)store->classes.items[store->items.items[i].label].integer;
    return 0;
}

static int find_classes(struct linear *linear)
{
    const struct linear_store *store = &linear->store;
    size_t least = SIZE_MAX, most = 0;
    for (size_t i = 0; i < store->items.len; i++) {
        const struct linear_row *row = &store->items.items[i];
        if (row->target == NULL)
            continue;
        least = row->classes < least ? row->classes : least;
        most = row->classes > most ? row->classes : most;
    }
    if (store->items.len == 0)
        return diag_kind(STATUS_DATA, "there is no record to learn from");
    if (linear->classes.count == 0 && most == 0)
        name_classes(linear);
    else if (linear->classes.count == 0 && number_classes(linear, least, most) < 0)
        return -1;
    if (linear->classes.count > 1)
        return 0;
    struct bytes name = {0};
    class_list_put(&linear->classes, 0, &name);
    (void)diag_kind(STATUS_DATA, "there is one class only, %.*s: nothing to tell apart", (int)name.len, name.items);
    vec_free(&name);
    return -1;
}

/* ---- the model ---- */

static void put_number(struct bytes *json, double number)
{
    vec_reserve(json, NUMBER_BYTES);
    json->len = (size_t)(number_write(json->items + json->len, number + 0.0) - json->items);
}

static void put_array(struct bytes *json, const double *numbers, size_t count, size_t stride)
{
    bytes_byte(json, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(json, ',');
        put_number(json, numbers[i * stride]);
    }
    bytes_byte(json, ']');
}

static void put_text(struct bytes *json, const char *name, const char *text)
{
    bytes_put(json, slice_of(name));
    json_put_string(json, slice_of(text));
}

static void put_options(const struct linear *linear, struct bytes *json)
{
    const struct fit_linear_options *given = linear->given;
    bytes_put(json, SLICE("{\"C\":"));
    put_number(json, given->c);
    bytes_put(json, SLICE(",\"tolerance\":"));
    put_number(json, linear->limits.tolerance);
    put_text(json, ",\"label\":", given->label);
    put_text(json, ",\"target\":", given->target);
    if (given->weight != NULL)
        put_text(json, ",\"weight\":", given->weight);
    if (given->folds > 0) {
        bytes_put(json, SLICE(",\"folds\":"));
        json_put_int(json, given->folds);
        if (given->group != NULL)
            put_text(json, ",\"group\":", given->group);
        bytes_put(json, SLICE(",\"seed\":"));
        json_put_int(json, given->random.seed);
        put_text(json, ",\"salt\":", given->random.salt);
    }
    bytes_byte(json, '}');
}

static void put_table(const struct linear_table *table, struct bytes *json)
{
    char digits[2 * HEX_DIGITS];
    const uint64_t words[2] = {table->hash.high, table->hash.low};
    if (!table->given)
        return;
    hex_put(words, 2, digits);
    bytes_put(json, SLICE(",\"table\":{\"checksum\":\""));
    bytes_append(json, digits, sizeof digits);
    bytes_byte(json, '"');
    if (table->columns > 0) {
        bytes_put(json, SLICE(",\"columns\":"));
        json_put_int(json, (int64_t)table->columns);
    }
    bytes_byte(json, '}');
}

static void put_head(const struct linear *linear, const struct linear_data *data, struct bytes *json)
{
    struct slice split = splits_one(linear->splits);
    fit_head_put("linear", json);
    put_options(linear, json);
    bytes_put(json, SLICE(",\"classes\":"));
    class_list_put_all(&linear->classes, json);
    if (split.len > 0) {
        bytes_put(json, SLICE(",\"split\":"));
        bytes_put(json, split);
    }
    put_table(&linear->table, json);
    put_text(json, ",\"form\":", vector_form_names[data->form]);
    bytes_put(json, SLICE(",\"columns\":"));
    json_put_int(json, (int64_t)data->rows.columns);
    if (data->indices == NULL)
        return;
    bytes_put(json, SLICE(",\"indices\":"));
    vec_reserve(json, data->rows.columns * JSON_INT32_BYTES + JSON_INT_BYTES);
    json->len = (size_t)(json_write_ints(json->items + json->len, data->indices, data->rows.columns) - json->items);
}

/* The members of one model, without braces. */
static void put_fitted(const struct linear_data *data, const struct linear_fitted *fitted, size_t records,
                       struct bytes *json)
{
    bytes_put(json, SLICE("\"records\":"));
    json_put_int(json, (int64_t)records);
    bytes_put(json, SLICE(",\"iterations\":"));
    json_put_int(json, fitted->iterations);
    bytes_put(json, SLICE(",\"gradient\":"));
    put_number(json, fitted->gradient);
    bytes_put(json, SLICE(",\"objective\":"));
    put_number(json, fitted->objective);
    bytes_put(json, fitted->converged ? SLICE(",\"converged\":true") : SLICE(",\"converged\":false"));
    bytes_put(json, SLICE(",\"bias\":"));
    put_array(json, fitted->bias, data->rows.classes, 1);
    bytes_put(json, SLICE(",\"weights\":["));
    for (size_t c = 0; c < data->rows.classes; c++) {
        if (c > 0)
            bytes_byte(json, ',');
        put_array(json, fitted->weights + c, data->rows.columns, fitted->width);
    }
    bytes_byte(json, ']');
}

/* Fits the model without the rows of one fold, SIZE_MAX: of all rows, and appends it. */
static int fit_one(struct linear *linear, const struct linear_data *data, size_t fold, struct crew *crew,
                   struct bytes *json)
{
    uint32_t *used = mem_zalloc(data->rows.count + 1, sizeof *used);
    size_t count = 0;
    for (size_t i = 0; i < data->rows.count; i++)
        if (data->folds[i] != fold)
            used[count++] = (uint32_t)i;
    struct linear_fitted fitted = linear_solve(&data->rows, used, count, &linear->limits, crew);
    bool finite = isfinite(fitted.gradient) && isfinite(fitted.objective);
    if (finite)
        put_fitted(data, &fitted, count, json);
    linear->one_fold = linear->one_fold || count == 0;
    linear->unconverged += !fitted.converged;
    linear->worst = fitted.gradient > linear->worst ? fitted.gradient : linear->worst;
    mem_free(fitted.weights);
    mem_free(used);
    if (!finite)
        linear->unconverged = 0; /* the error says more */
    return finite ? 0
                  : diag_kind(STATUS_DATA, "the numbers are too large to add up: a smaller --C, smaller weights, or "
                                           "scaled vectors (quern fit scale) help");
}

static int linear_end(void *shared, struct sink *out)
{
    struct linear *linear = shared;
    struct linear_data data;
    struct bytes json = {0};
    if (!linear->any)
        return 0;
    if (splits_check(linear->splits, "learned from") < 0 || find_classes(linear) < 0 ||
        linear_data_make(&linear->store, linear->classes.count, linear->given->c, &data) < 0)
        return -1;
    put_head(linear, &data, &json);
    bytes_byte(&json, ',');
    int status = fit_one(linear, &data, SIZE_MAX, sink_crew(out), &json);
    for (size_t fold = 0; fold < linear->folds.count && status == 0; fold++) {
        bytes_put(&json, fold == 0 ? SLICE(",\"folds\":[{") : SLICE(",{"));
        status = fit_one(linear, &data, fold, sink_crew(out), &json);
        bytes_byte(&json, '}');
    }
    bytes_put(&json, linear->folds.count > 0 ? SLICE("]}") : SLICE("}"));
    linear_data_release(&data);
    struct slice line = arena_copy(sink_arena(out), bytes_slice(&json));
    vec_free(&json);
    return status < 0 ? status : sink_emit(out, rec_show(sink_arena(out), line));
}

static void linear_notes(const void *shared, const struct totals *totals)
{
    const struct linear *linear = shared;
    char gradient[NUMBER_BYTES] = {0};
    (void)totals;
    if (!linear->any)
        diag_note("there was no record, so no model was written");
    if (linear->one_fold)
        diag_note("all records are in one fold, so its model has learned nothing: with --out-of-fold all classes are "
                  "equally probable");
    if (linear->unconverged == 0)
        return;
    *number_write(gradient, linear->worst) = '\0';
    diag_note("%zu model%s did not converge: the gradient is still %s times as long as at the start; more "
              "--max-iterations, a smaller --C, or scaled vectors (quern fit scale) help",
              linear->unconverged, diag_s(linear->unconverged), gradient);
}

const struct stage fit_linear = {
    .name = "fit linear",
    .summary = "learn the classes of vectors: softmax regression",
    .example = "$ printf '{\"features\":[%s],\"label\":\"%s\"}\\n' 0 no 1 no 2 yes 3 yes |\n"
               "    quern fit linear --C 1 | jq -c '[.classes, .converged]'\n"
               "[[\"no\",\"yes\"],true]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct fit_linear_options),
    .reads = reads,
    .counters = counters,
    .open = linear_open,
    .close = linear_close,
    .thread_open = linear_thread_open,
    .thread_close = linear_thread_close,
    .record = linear_record,
    .merge = linear_merge,
    .end = linear_end,
    .notes = linear_notes,
};
