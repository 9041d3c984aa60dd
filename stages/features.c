/* features - makes vectors of texts, scales and whitens vectors.
 *
 *     quern features --table TABLE [--double] [--field NAME] [FILE …]
 *     quern features --hash BITS [--signed] [--unit UNIT] [--ngrams A-B] [--tf TF] [--norm NORM] [FILE …]
 *     quern features --norm l2|l1 [FILE …]
 *
 *     $ printf '{"text":"%s"}\n' 'the mill' 'the stone' >in.jsonl
 *     $ quern fit tfidf --unit space in.jsonl >table
 *     $ quern features --table table in.jsonl
 *     {"text":"the mill","sparse":{"indices":[0,2],"values":[0.81480247,0.5797387]}}
 *     {"text":"the stone","sparse":{"indices":[1,2],"values":[0.81480247,0.5797387]}}
 *
 * Numbers are 64-bit floats while they are computed, each operation rounded once and sums added in the order of the
 * indices; what is written is rounded to 32 bits, unless --double is given. */
#include "features/murmur.h"
#include "features/sort.h"
#include "quern.h"
#include "vectors/table.h"

#include <inttypes.h>
#include <math.h>

struct features_options {
    const char *table, *ngrams, *field;
    int64_t bits;
    struct tfidf_rules rules;
    bool with_sign, wide;
};

static const struct option options[] = {
    {"table", 0, OPT_FILE, OPT_AT(struct features_options, table), .value = "FILE",
     .help = "what \"quern fit\" has written: of terms, to make sparse of texts; of columns or axes, to scale or "
             "whiten vectors"},
    {"hash", 0, OPT_INT, OPT_AT(struct features_options, bits), .value = "BITS", .min = 1, .max = 31, .when = "!table",
     .help = "number terms by a hash instead of a table, from 0 to 2^BITS - 1"},
    {"signed", 0, OPT_FLAG, OPT_AT(struct features_options, with_sign), .when = "hash",
     .help = "let the hash also decide whether a term adds or subtracts 1, so that terms with one number cancel out on "
             "average"},
    OPTIONS_TERMS(struct features_options, rules.terms.unit, ngrams, "hash"),
    OPTION_TF(struct features_options, rules.tf, "hash"),
    OPTION_NORM(struct features_options, rules.norm, "!table"),
    {"double", 0, OPT_FLAG, OPT_AT(struct features_options, wide),
     .help = "read and write 64-bit floats instead of 32-bit ones"},
    OPTION_FIELD(struct features_options, field),
    {0},
};

static const char *const reads[] = {"text", "words", "input_ids", "features", "sparse", NULL};
static const char *const writes[] = {"features", "sparse", NULL};

enum { COUNT_TERMS, COUNT_UNKNOWN, COUNT_UNKNOWN_COLUMNS, COUNT_EMPTY };
static const char *const counters[] = {"terms", "unknown_terms", "unknown_columns", "empty_vectors", NULL};

enum mode { MODE_TERMS, MODE_HASH, MODE_SCALE, MODE_WHITEN, MODE_NORM };
enum { TF_KEPT = 256 };

struct features {
    const struct features_options *given;
    enum mode mode;
    struct tfidf_rules rules;
    const struct vector_table *table;
    double tf[TF_KEPT]; /* of so many occurrences */
};

struct features_thread {
    const struct features *shared;
    struct terms terms;
    VEC(uint32_t) found; /* the terms of a record: their indices, times 2, plus 1 if they count -1 */
    VEC(uint32_t) spare;
};

/* ---- open ---- */

static int check_options(const struct stage_context *context, const struct features *features)
{
    const struct features_options *given = features->given;
    bool texts = features->mode == MODE_TERMS || features->mode == MODE_HASH;
    if (features->mode == MODE_NORM && !opt_given(context, "norm"))
        return diag_error("expected --table FILE, --hash BITS or --norm l2");
    if (features->mode == MODE_NORM && given->rules.norm == NORM_NONE)
        return diag_error("--norm none has no effect by itself");
    if (opt_given(context, "field") && !texts)
        return diag_error("--field has no effect: only vectors are read, no text");
    if (opt_given(context, "field") && features->rules.terms.unit == UNIT_IDS)
        return diag_error("--field has no effect with the unit ids, which is the member input_ids");
    if ((features->mode == MODE_SCALE && features->table->scaling.wide != given->wide) ||
        (features->mode == MODE_WHITEN && features->table->whitening.rules.wide != given->wide))
        return diag_error(given->wide ? "--double: %s was made without --double, so its numbers are not exact enough"
                                      : "%s was made with --double: apply it with --double, too",
                          given->table);
    return 0;
}

static int open_table(struct stage_context *context, struct features *features)
{
    features->table = chain_share(context, "fit table", features->given->table, vector_table_load, vector_table_free);
    if (features->table == NULL)
        return -1;
    static const enum mode modes[] = {
        [TABLE_TFIDF] = MODE_TERMS, [TABLE_SCALE] = MODE_SCALE, [TABLE_WHITEN] = MODE_WHITEN};
    features->mode = modes[features->table->kind];
    features->rules = features->table->rules;
    return 0;
}

static int features_open(struct stage_context *context, void **shared)
{
    const struct features_options *given = context->options;
    struct features *features = mem_zalloc(1, sizeof *features);
    *features =
        (struct features){.given = given, .mode = given->bits > 0 ? MODE_HASH : MODE_NORM, .rules = given->rules};
    if ((given->table != NULL && open_table(context, features) < 0) ||
        (given->table == NULL && term_rules_read(given->ngrams, &features->rules.terms) < 0) ||
        check_options(context, features) < 0) {
        mem_free(features);
        return -1;
    }
    for (int64_t n = 1; n < TF_KEPT; n++)
        features->tf[n] = tfidf_tf(features->rules.tf, n);
    *shared = features;
    return 0;
}

static void features_close(void *shared)
{
    mem_free(shared);
}

static int features_thread_open(void *shared, void **thread)
{
    struct features_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = shared;
    mine->terms.rules = mine->shared->rules.terms;
    *thread = mine;
    return 0;
}

static void features_thread_close(void *thread)
{
    struct features_thread *mine = thread;
    terms_release(&mine->terms);
    vec_free(&mine->found);
    vec_free(&mine->spare);
    mem_free(mine);
}

/* ---- a vector out ---- */

static bool is_empty(const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] != 0)
            return false;
    return true;
}

/* Emits the record with this vector in the place of its own; indices: NULL if it is dense. */
static int emit(const struct features *features, const struct record *in, const int32_t *indices, double *numbers,
                size_t count, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct vector *vector = arena_alloc(arena, sizeof *vector);
    *vector = (struct vector){.count = count, .indices = indices};
    for (size_t i = 0; i < count; i++)
        numbers[i] += 0.0; /* not -0 */
    if (features->given->wide) {
        vector->numbers = numbers;
    } else {
        float *floats = arena_array(arena, count + 1, sizeof *floats);
        for (size_t i = 0; i < count; i++)
            floats[i] = (float)numbers[i] + 0.0F;
        vector->floats = floats;
    }
    sink_count(out, COUNT_EMPTY, is_empty(numbers, count));
    struct record *made = rec_derive(arena, in);
    struct slice name = indices != NULL ? SLICE("sparse") : SLICE("features");
    return rec_set_vector(made, name, vector) < 0 ? -1 : sink_emit(out, made);
}

/* ---- of texts ---- */

static void find_known(struct features_thread *mine, struct sink *out)
{
    const struct term_map *terms = mine->shared->table->terms;
    struct slice batch[TERMS_AT_ONCE];
    struct term_key keys[TERMS_AT_ONCE];
    uint64_t count = 0, unknown = 0;
    for (size_t found; (found = terms_next(&mine->terms, batch)) > 0; count += found) {
        for (size_t i = 0; i < found; i++)
            keys[i] = term_map_key(terms, batch[i]);
        for (size_t i = 0; i < found; i++) {
            const struct term_slot *slot = term_map_get(terms, &keys[i]);
            if (slot != NULL)
                vec_push(&mine->found, slot->numbers[0] << 1);
            unknown += slot == NULL;
        }
    }
    sink_count(out, COUNT_TERMS, count);
    sink_count(out, COUNT_UNKNOWN, unknown);
}

/* The hash is a signed number h: the index is |h| mod 2^BITS, and the sign is that of h, as in scikit-learn. */
static void find_hashes(struct features_thread *mine, struct sink *out)
{
    uint32_t mask = ((uint32_t)1 << mine->shared->given->bits) - 1;
    struct slice batch[TERMS_AT_ONCE];
    uint64_t count = 0;
    for (size_t found; (found = terms_next(&mine->terms, batch)) > 0; count += found)
        for (size_t i = 0; i < found; i++) {
            uint32_t hash = murmur_hash(batch[i], 0);
            uint32_t negative = hash >> 31;
            vec_push(&mine->found,
                     ((negative ? -hash : hash) & mask) << 1 | (mine->shared->given->with_sign ? negative : 0));
        }
    sink_count(out, COUNT_TERMS, count);
}

static double tf_of(const struct features *features, int64_t sum)
{
    int64_t n = sum < 0 ? -sum : sum;
    double tf = n < TF_KEPT ? features->tf[n] : tfidf_tf(features->rules.tf, n);
    return sum < 0 ? -tf : tf;
}

/* The indices that were found, and what they count; returns how many there are. Those that cancel out are left out. */
static size_t count_found(struct features_thread *mine, int32_t *indices, double *numbers)
{
    const struct features *features = mine->shared;
    const uint32_t *found = mine->found.items, *end = found + mine->found.len;
    size_t count = 0;
    while (found < end) {
        uint32_t index = *found >> 1;
        int64_t sum = 0;
        for (; found < end && *found >> 1 == index; found++)
            sum += (*found & 1) != 0 ? -1 : 1;
        if (sum == 0)
            continue;
        indices[count] = (int32_t)index;
        numbers[count] = tf_of(features, sum);
        if (features->mode == MODE_TERMS)
            numbers[count] *= features->table->idf[index];
        count++;
    }
    return count;
}

static int text_record(struct features_thread *mine, const struct record *in, struct sink *out)
{
    const struct features *features = mine->shared;
    struct arena *arena = sink_arena(out);
    if (features->mode == MODE_TERMS && features->table->count == 0)
        return diag_kind(STATUS_DATA, "%s has no terms, so all vectors would be empty", features->given->table);
    if (terms_read(&mine->terms, in, slice_of(features->given->field), arena) < 0)
        return -1;
    mine->found.len = mine->spare.len = 0;
    if (features->mode == MODE_TERMS)
        find_known(mine, out);
    else
        find_hashes(mine, out);
    size_t most = mine->found.len;
    vec_reserve(&mine->spare, most);
    sort_numbers(mine->found.items, mine->spare.items, most);
    int32_t *indices = arena_array(arena, most + 1, sizeof *indices);
    double *numbers = arena_array(arena, most + 1, sizeof *numbers);
    size_t count = count_found(mine, indices, numbers);
    tfidf_norm(features->rules.norm, numbers, count);
    return emit(features, in, indices, numbers, count, out);
}

/* ---- of vectors ---- */

static int vector_of(const struct features *features, const struct record *in, struct arena *arena,
                     enum vector_form *form, struct vector *vector, double **numbers)
{
    if (vector_read(in, features->given->wide, arena, form, vector) < 0)
        return -1;
    *numbers = arena_array(arena, vector->count + 1, sizeof **numbers);
    for (size_t i = 0; i < vector->count; i++)
        (*numbers)[i] = vector_number(vector, i);
    return 0;
}

static int norm_record(const struct features *features, const struct record *in, struct sink *out)
{
    enum vector_form form;
    struct vector vector;
    double *numbers;
    if (vector_of(features, in, sink_arena(out), &form, &vector, &numbers) < 0)
        return -1;
    tfidf_norm(features->rules.norm, numbers, vector.count);
    return emit(features, in, vector.indices, numbers, vector.count, out);
}

static double scaled(const struct vector_table *table, size_t column, double number)
{
    return table->scale[column] == 0 ? 0 : (number - table->shift[column]) / table->scale[column];
}

/* Entries whose column the table lacks, or that become 0, are left out. */
static int scale_sparse(const struct features *features, const struct record *in, const struct vector *vector,
                        double *numbers, struct sink *out)
{
    int32_t *indices = arena_array(sink_arena(out), vector->count + 1, sizeof *indices);
    size_t count = 0;
    for (size_t i = 0; i < vector->count; i++) {
        const int32_t *index = &vector->indices[i];
        const uint64_t *column = map_get(features->table->columns, (struct slice){(const char *)index, sizeof *index});
        sink_count(out, COUNT_UNKNOWN_COLUMNS, column == NULL);
        double number = column != NULL ? scaled(features->table, (size_t)*column, numbers[i]) : 0;
        if (number == 0)
            continue;
        indices[count] = *index;
        numbers[count++] = number;
    }
    return emit(features, in, indices, numbers, count, out);
}

static int check_length(const struct vector *vector, size_t columns)
{
    if (vector->count == columns)
        return 0;
    return diag_error("features: expected %zu number%s, as the table has columns, found %zu", columns, diag_s(columns),
                      vector->count);
}

static int scale_record(const struct features *features, const struct record *in, struct sink *out)
{
    const struct vector_table *table = features->table;
    enum vector_form form;
    struct vector vector;
    double *numbers;
    if (table->scaling.form == FORM_NONE)
        return diag_kind(STATUS_DATA, "%s is of no vectors, so it can't scale any", features->given->table);
    if (vector_of(features, in, sink_arena(out), &form, &vector, &numbers) < 0)
        return -1;
    if (form != table->scaling.form)
        return diag_error("%s: expected %s, which the table is of", vector_form_names[form],
                          vector_form_names[table->scaling.form]);
    if (form == FORM_SPARSE)
        return scale_sparse(features, in, &vector, numbers, out);
    if (check_length(&vector, table->count) < 0)
        return -1;
    for (size_t i = 0; i < vector.count; i++)
        numbers[i] = scaled(table, i, numbers[i]);
    return emit(features, in, NULL, numbers, vector.count, out);
}

static int whiten_record(const struct features *features, const struct record *in, struct sink *out)
{
    const struct whitening *whitening = &features->table->whitening;
    enum vector_form form;
    struct vector vector;
    double *numbers;
    if (whitening->empty)
        return diag_kind(STATUS_DATA, "%s is of no vectors, so it can't whiten any", features->given->table);
    if (vector_of(features, in, sink_arena(out), &form, &vector, &numbers) < 0)
        return -1;
    if (form != FORM_FEATURES)
        return diag_error("sparse: expected features, which the table is of");
    if (check_length(&vector, whitening->columns) < 0)
        return -1;
    double *made = arena_array(sink_arena(out), whitening->dims + KERNEL_WIDE, sizeof *made);
    whitening_apply(whitening, numbers, made);
    return emit(features, in, NULL, made, whitening->dims, out);
}

static int features_record(void *thread, const struct record *in, struct sink *out)
{
    struct features_thread *mine = thread;
    switch (mine->shared->mode) {
    case MODE_SCALE:
        return scale_record(mine->shared, in, out);
    case MODE_WHITEN:
        return whiten_record(mine->shared, in, out);
    case MODE_NORM:
        return norm_record(mine->shared, in, out);
    default:
        return text_record(mine, in, out);
    }
}

/* ---- notes ---- */

static void features_notes(const void *shared, const struct totals *totals)
{
    const uint64_t *counts = totals->counters;
    (void)shared;
    if (counts[COUNT_UNKNOWN] > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " terms %s not in the table", counts[COUNT_UNKNOWN], counts[COUNT_TERMS],
                  counts[COUNT_UNKNOWN] == 1 ? "is" : "are");
    if (counts[COUNT_UNKNOWN_COLUMNS] > 0)
        diag_note("%" PRIu64 " number%s left out: the table lacks the columns", counts[COUNT_UNKNOWN_COLUMNS],
                  counts[COUNT_UNKNOWN_COLUMNS] == 1 ? " was" : "s were");
    if (counts[COUNT_EMPTY] > 0)
        diag_note("%" PRIu64 " vector%s no number other than 0", counts[COUNT_EMPTY],
                  counts[COUNT_EMPTY] == 1 ? " has" : "s have");
}

const struct stage stage_features = {
    .name = "features",
    .summary = "make vectors of texts, scale or whiten vectors",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'the mill' 'the stone' >in.jsonl\n"
               "$ quern fit tfidf --unit space in.jsonl >table\n"
               "$ quern features --table table in.jsonl | jq -c .sparse\n"
               "{\"indices\":[0,2],\"values\":[0.81480247,0.5797387]}\n"
               "{\"indices\":[1,2],\"values\":[0.81480247,0.5797387]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct features_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = features_open,
    .close = features_close,
    .thread_open = features_thread_open,
    .thread_close = features_thread_close,
    .record = features_record,
    .notes = features_notes,
};
