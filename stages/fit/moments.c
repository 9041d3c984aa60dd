/* moments.c - see moments.h. */
#include "moments.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"
#include "text/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { ID_SHOWN = 60 };

void moments_open(struct moments *moments, const struct scale_rules *rules)
{
    *moments = (struct moments){.rules = *rules, .numbers = map_new()};
}

void moments_release(struct moments *moments)
{
    for (size_t i = 0; i < moments->places.len; i++)
        mem_free(moments->places.items[i].text);
    vec_free(&moments->places);
    vec_free(&moments->columns);
    vec_free(&moments->sums);
    vec_free(&moments->squares);
    map_free(moments->numbers);
    moments->numbers = NULL;
}

struct total_form moments_form(const struct moments *moments)
{
    return moments->rules.wide ? TOTAL_WIDE : TOTAL_FLOATS;
}

static struct total_form form_of_squares(const struct moments *moments)
{
    return moments->rules.wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
}

static int64_t *sum_at(const struct moments *moments, size_t column)
{
    return moments->sums.items + column * moments_form(moments).digits;
}

const int64_t *moments_sum(const struct moments *moments, size_t column)
{
    return sum_at(moments, column);
}

static int64_t *squares_at(const struct moments *moments, size_t column)
{
    return moments->squares.items + column * form_of_squares(moments).digits;
}

/* ---- columns ---- */

/* Makes room for zeroed digits at the end. */
#define vec_zeros(v, more)                                                                                             \
    do {                                                                                                               \
        vec_reserve(v, more);                                                                                          \
        memset((v)->items + (v)->len, 0, (more) * sizeof *(v)->items);                                                 \
        (v)->len += (more);                                                                                            \
    } while (0)

static size_t new_column(struct moments *moments, int32_t index)
{
    vec_push(&moments->columns, ((struct column){.min = INFINITY, .max = -INFINITY, .index = index}));
    if (scale_has_sums(&moments->rules))
        vec_zeros(&moments->sums, moments_form(moments).digits);
    if (scale_has_squares(&moments->rules))
        vec_zeros(&moments->squares, form_of_squares(moments).digits);
    return moments->columns.len - 1;
}

/* The number of the column with this index, which is made if it is new. */
static size_t sparse_column(struct moments *moments, int32_t index)
{
    uint64_t *number = map_put(moments->numbers, (struct slice){(const char *)&index, sizeof index});
    if (*number == 0)
        *number = new_column(moments, index) + 1;
    return (size_t)(*number - 1);
}

static void add_number(struct moments *moments, size_t at, double number)
{
    struct column *column = &moments->columns.items[at];
    double kept = moments_kept(moments, number);
    column->min = number < column->min ? number + 0.0 : column->min;
    column->max = number > column->max ? number + 0.0 : column->max;
    column->entries++;
    if (scale_has_sums(&moments->rules))
        total_add(moments_form(moments), sum_at(moments, at), kept);
    if (scale_has_squares(&moments->rules))
        total_add_square(form_of_squares(moments), squares_at(moments, at), kept);
}

void moments_carry(struct moments *moments)
{
    for (size_t i = 0; i < moments->columns.len; i++) {
        if (scale_has_sums(&moments->rules))
            total_carry(moments_form(moments), sum_at(moments, i));
        if (scale_has_squares(&moments->rules))
            total_carry(form_of_squares(moments), squares_at(moments, i));
    }
    moments->carried = moments->records;
}

/* ---- forms and lengths ---- */

static bool is_place(const struct vector_place *place, enum vector_form form, size_t length)
{
    return place->form == form && place->length == length;
}

/* A vector of this form and length was seen there; of two places the one is kept that comes first: by line, then by
 * name. text is the callee's from now on. */
static void note_place(struct moments *moments, struct vector_place place)
{
    for (size_t i = 0; i < moments->places.len; i++) {
        struct vector_place *known = &moments->places.items[i];
        if (!is_place(known, place.form, place.length))
            continue;
        bool first = place.line != known->line ? place.line < known->line : strcmp(place.text, known->text) < 0;
        mem_free(first ? known->text : place.text);
        if (first)
            *known = place;
        return;
    }
    vec_push(&moments->places, place);
}

/* Notes the first vector of each form and length. Returns whether it is of those that are added. */
static bool note_vector(struct moments *moments, const struct record *in, enum vector_form form, size_t length,
                        struct arena *arena)
{
    for (size_t i = 0; i < moments->places.len; i++)
        if (is_place(&moments->places.items[i], form, length))
            return i == 0;
    const struct value *id = rec_present(in, SLICE("id"));
    struct slice shown = id != NULL ? rec_json(id, arena) : SLICE("");
    struct slice text =
        id != NULL && shown.len <= ID_SHOWN
            ? arena_print(arena, "%s:%" PRIu64 ": id %.*s", in->file != NULL ? in->file : "a filter", in->line_number,
                          (int)shown.len, shown.ptr)
            : arena_print(arena, "%s:%" PRIu64, in->file != NULL ? in->file : "a filter", in->line_number);
    note_place(moments, (struct vector_place){form, length, mem_string(text.ptr, text.len), in->line_number});
    return moments->places.len == 1;
}

static int compare_places(const void *a, const void *b)
{
    const struct vector_place *first = a, *second = b;
    if (first->form != second->form)
        return first->form < second->form ? -1 : 1;
    return (first->length > second->length) - (first->length < second->length);
}

int moments_check(const struct moments *moments)
{
    if (moments->places.len < 2)
        return 0;
    qsort(moments->places.items, moments->places.len, sizeof *moments->places.items, compare_places);
    const struct vector_place *a = &moments->places.items[0], *b = &moments->places.items[1];
    if (b->form == FORM_SPARSE)
        return diag_kind(STATUS_DATA, "%s: sparse: expected features, as at %s: all vectors must have one form",
                         b->text, a->text);
    return diag_kind(STATUS_DATA, "%s: features: %zu number%s, but %zu at %s: all vectors must have one length",
                     b->text, b->length, diag_s(b->length), a->length, a->text);
}

/* ---- adding ---- */

static int check_form(const struct scale_rules *rules, enum vector_form form)
{
    if (form == FORM_SPARSE && rules->to != TO_MAXABS && !(rules->to == TO_STANDARD && rules->no_center))
        return diag_error("sparse: --to %s would fill the vectors up; they can be scaled by --to maxabs, or --to "
                          "standard --no-center",
                          scale_to_names[rules->to]);
    return 0;
}

static int check_range(enum vector_form form, const struct vector *vector)
{
    for (size_t i = 0; i < vector->count; i++)
        if (isinf((float)vector_number(vector, i)))
            return diag_error("%s%s[%zu]: too large for a 32-bit float (--double keeps it)", vector_form_names[form],
                              form == FORM_SPARSE ? ".values" : "", i);
    return 0;
}

int moments_add_vector(struct moments *moments, const struct record *in, enum vector_form form,
                       const struct vector *vector, struct arena *arena)
{
    if (!moments->rules.wide && check_range(form, vector) < 0)
        return -1;
    if (!note_vector(moments, in, form, form == FORM_SPARSE ? 0 : vector->count, arena))
        return 0;
    moments->rules.form = form;
    while (form == FORM_FEATURES && moments->columns.len < vector->count)
        (void)new_column(moments, (int32_t)moments->columns.len);
    for (size_t i = 0; i < vector->count; i++)
        add_number(moments, vector->indices != NULL ? sparse_column(moments, vector->indices[i]) : i,
                   vector_number(vector, i));
    if (++moments->records - moments->carried >= TOTAL_CARRY_AFTER)
        moments_carry(moments);
    return 1;
}

int moments_add(struct moments *moments, const struct record *in, struct arena *arena)
{
    enum vector_form form;
    struct vector vector;
    if (vector_read(in, true, arena, &form, &vector) < 0 || check_form(&moments->rules, form) < 0)
        return -1;
    return moments_add_vector(moments, in, form, &vector, arena) < 0 ? -1 : 0;
}

/* Adds a column, whose sums have been carried. */
static void add_column(struct moments *moments, const struct column *column, const int64_t *sum, const int64_t *squares)
{
    size_t at = (size_t)column->index;
    if (moments->rules.form == FORM_SPARSE)
        at = sparse_column(moments, column->index);
    else if (at == moments->columns.len)
        (void)new_column(moments, column->index);
    struct column *mine = &moments->columns.items[at];
    mine->min = column->min < mine->min ? column->min : mine->min;
    mine->max = column->max > mine->max ? column->max : mine->max;
    mine->entries += column->entries;
    if (scale_has_sums(&moments->rules))
        total_merge(moments_form(moments), sum_at(moments, at), sum);
    if (scale_has_squares(&moments->rules))
        total_merge(form_of_squares(moments), squares_at(moments, at), squares);
}

void moments_merge(struct moments *moments, struct moments *others)
{
    for (size_t i = 0; i < others->places.len; i++) {
        note_place(moments, others->places.items[i]);
        others->places.items[i].text = NULL;
    }
    others->places.len = 0;
    if (others->records == 0 || moments->places.len > 1)
        return;
    moments_carry(moments);
    moments_carry(others);
    moments->rules.form = others->rules.form;
    for (size_t i = 0; i < others->columns.len; i++)
        add_column(moments, &others->columns.items[i], sum_at(others, i), squares_at(others, i));
    moments->records += others->records;
}

/* ---- tables in ---- */

/* The members of a table. */
struct columns_read {
    const double *min, *max;
    const int32_t *indices;
    int64_t *entries;
    const struct slice *sums, *squares;
    size_t count;
    int64_t records;
};

static int check_count(const char *name, size_t count, size_t expected)
{
    return count == expected
               ? 0
               : diag_error("%s: expected as many items as min has, %zu, found %zu: the table is not whole", name,
                            expected, count);
}

static int read_entries(const struct record *in, struct arena *arena, struct columns_read *read)
{
    const struct value *value = rec_present(in, SLICE("entries"));
    size_t count = 0;
    if (value == NULL || rec_kind(value) != '[')
        return diag_error("entries: expected an array: the table is not whole");
    read->entries = arena_array(arena, read->count + 1, sizeof *read->entries);
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk); count++)
        if (count >= read->count || !json_int(walk.value, &read->entries[count]) || read->entries[count] < 1 ||
            read->entries[count] > read->records)
            return diag_error("entries[%zu]: expected an integer from 1 to %" PRId64, count, read->records);
    return check_count("entries", count, read->count);
}

static int read_indices(const struct record *in, struct arena *arena, struct columns_read *read)
{
    size_t count;
    if (rec_ints(in, SLICE("indices"), arena, &read->indices, &count) < 0 || check_count("indices", count, read->count))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (read->indices[i] < 0 || (i > 0 && read->indices[i] <= read->indices[i - 1]))
            return diag_error("indices[%zu]: expected integers that ascend from 0 or more", i);
    return 0;
}

static int read_members(const struct record *in, const struct scale_rules *rules, struct arena *arena,
                        struct columns_read *read)
{
    size_t count;
    if (rec_int(in, SLICE("records"), &read->records) < 0 ||
        rec_floats(in, SLICE("min"), arena, &read->min, &read->count) < 0 ||
        rec_floats(in, SLICE("max"), arena, &read->max, &count) < 0 || check_count("max", count, read->count) < 0)
        return -1;
    if (read->records < 0 || (rules->form == FORM_NONE) != (read->records == 0) ||
        (rules->form == FORM_NONE && read->count > 0))
        return diag_error("records: %" PRId64 " does not fit the rest of the table", read->records);
    if (rules->form == FORM_SPARSE && (read_indices(in, arena, read) < 0 || read_entries(in, arena, read) < 0))
        return -1;
    if (scale_has_sums(rules) &&
        (rec_strings(in, SLICE("sums"), arena, &read->sums, &count) < 0 || check_count("sums", count, read->count) < 0))
        return -1;
    if (scale_has_squares(rules) && (rec_strings(in, SLICE("squares"), arena, &read->squares, &count) < 0 ||
                                     check_count("squares", count, read->count) < 0))
        return -1;
    return 0;
}

static bool read_sums(const struct moments *moments, const struct columns_read *read, size_t i, int64_t *sum,
                      int64_t *squares)
{
    memset(sum, 0, TOTAL_MOST_DIGITS * sizeof *sum);
    memset(squares, 0, TOTAL_MOST_DIGITS * sizeof *squares);
    return (!scale_has_sums(&moments->rules) || total_read(moments_form(moments), read->sums[i], sum)) &&
           (!scale_has_squares(&moments->rules) || total_read(form_of_squares(moments), read->squares[i], squares));
}

int moments_read(struct moments *moments, const struct record *in, struct arena *arena)
{
    struct columns_read read = {0};
    int64_t sum[TOTAL_MOST_DIGITS], squares[TOTAL_MOST_DIGITS];
    if (read_members(in, &moments->rules, arena, &read) < 0)
        return -1;
    bool dense = moments->rules.form == FORM_FEATURES;
    if (dense && moments->records > 0 && moments->columns.len != read.count)
        return diag_error("min: expected %zu columns, as the tables before have, found %zu", moments->columns.len,
                          read.count);
    for (size_t i = 0; i < read.count; i++)
        if (read.min[i] > read.max[i] || !read_sums(moments, &read, i, sum, squares))
            return diag_error("column %zu: its numbers are not those of a table that \"quern fit\" has written", i);
    for (size_t i = 0; i < read.count; i++) {
        struct column column = {read.min[i], read.max[i], dense ? (uint64_t)read.records : (uint64_t)read.entries[i],
                                dense ? (int32_t)i : read.indices[i]};
        (void)read_sums(moments, &read, i, sum, squares);
        add_column(moments, &column, sum, squares);
    }
    moments->records += (uint64_t)read.records;
    return 0;
}

/* ---- the table ---- */

/* The column with the zeros of the vectors that have no entry. */
static struct column whole(const struct moments *moments, size_t at)
{
    struct column column = moments->columns.items[at];
    if (column.entries < moments->records) {
        column.min = column.min > 0 ? 0 : column.min;
        column.max = column.max < 0 ? 0 : column.max;
    }
    return column;
}

static double magnitude_of(const struct column *column)
{
    return fabs(column->min) > fabs(column->max) ? fabs(column->min) : fabs(column->max);
}

static int check_column(const struct moments *moments, const struct column *column)
{
    double spread = column->max - column->min, magnitude = magnitude_of(column);
    if (isinf(spread) && moments->rules.to != TO_MAXABS)
        return diag_kind(STATUS_DATA, "column %" PRId32 ": the difference of its numbers is too large for a float",
                         column->index);
    if (!moments->rules.wide && spread > 0 && spread < magnitude * 0x1p-12) {
        char least[NUMBER_BYTES + 1] = {0}, most[NUMBER_BYTES + 1] = {0};
        *number_write(least, column->min) = '\0';
        *number_write(most, column->max) = '\0';
        return diag_kind(STATUS_DATA,
                         "column %" PRId32
                         ": its numbers, from %s to %s, differ by less than 2^-12 of their size, which "
                         "32-bit floats do not keep: scale it, or --double",
                         column->index, least, most);
    }
    return 0;
}

/* What is subtracted, and by what is divided. */
static void find_scale(const struct moments *moments, size_t at, double *shift, double *scale)
{
    const struct scale_rules *rules = &moments->rules;
    struct column column = whole(moments, at);
    if (!rules->wide) {
        column.min = (double)(float)column.min;
        column.max = (double)(float)column.max;
    }
    double mean = 0;
    if (scale_has_sums(rules) && !rules->no_center)
        mean = total_mean(moments_form(moments), sum_at(moments, at), moments->records);
    *shift = rules->to == TO_MINMAX ? column.min : mean;
    if (rules->to == TO_STANDARD)
        *scale = total_deviation(rules->wide, sum_at(moments, at), squares_at(moments, at), moments->records);
    else
        *scale = rules->to == TO_MAXABS ? magnitude_of(&column) : column.max - column.min;
}

enum part { PART_INDICES, PART_ENTRIES, PART_MIN, PART_MAX, PART_SUMS, PART_SQUARES, PART_SHIFT, PART_SCALE };

static void put_item(const struct moments *moments, enum part part, size_t at, struct bytes *json)
{
    const struct column *column = &moments->columns.items[at];
    double shift, scale;
    switch (part) {
    case PART_INDICES:
        json_put_int(json, column->index);
        break;
    case PART_ENTRIES:
        json_put_int(json, (int64_t)column->entries);
        break;
    case PART_MIN:
    case PART_MAX:
        json_put_float(json, part == PART_MIN ? column->min : column->max);
        break;
    case PART_SUMS:
    case PART_SQUARES:
        bytes_byte(json, '"');
        if (part == PART_SUMS)
            total_put(moments_form(moments), sum_at(moments, at), json);
        else
            total_put(form_of_squares(moments), squares_at(moments, at), json);
        bytes_byte(json, '"');
        break;
    default:
        find_scale(moments, at, &shift, &scale);
        json_put_float(json, part == PART_SHIFT ? shift : scale);
    }
}

struct ordered {
    int32_t index;
    size_t at;
};

static int compare_indices(const void *a, const void *b)
{
    const struct ordered *first = a, *second = b;
    return (first->index > second->index) - (first->index < second->index);
}

static void put_columns(const struct moments *moments, const struct ordered *order, bool partial, struct bytes *json)
{
    static const char *const names[] = {"indices", "entries", "min", "max", "sums", "squares", "shift", "scale"};
    const bool present[] = {moments->rules.form == FORM_SPARSE, moments->rules.form == FORM_SPARSE, true,     true,
                            scale_has_sums(&moments->rules),    scale_has_squares(&moments->rules), !partial, !partial};
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        if (!present[m])
            continue;
        bytes_byte(json, ',');
        json_put_string(json, slice_of(names[m]));
        bytes_put(json, SLICE(":["));
        for (size_t i = 0; i < moments->columns.len; i++) {
            if (i > 0)
                bytes_byte(json, ',');
            put_item(moments, (enum part)m, order[i].at, json);
        }
        bytes_byte(json, ']');
    }
}

/* The columns in the order of their indices. */
static struct ordered *in_order(const struct moments *moments)
{
    size_t count = moments->columns.len;
    struct ordered *order = mem_zalloc(count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct ordered){moments->columns.items[i].index, i};
    qsort(order, count, sizeof *order, compare_indices);
    return order;
}

int moments_check_columns(const struct moments *moments)
{
    struct ordered *order = in_order(moments);
    int status = 0;
    for (size_t i = 0; status == 0 && i < moments->columns.len; i++) {
        struct column column = whole(moments, order[i].at);
        status = check_column(moments, &column);
    }
    mem_free(order);
    return status;
}

static void put_records(const struct moments *moments, struct slice split, bool partial, struct bytes *json)
{
    if (split.len > 0) {
        bytes_put(json, SLICE(",\"split\":"));
        bytes_put(json, split);
    }
    if (partial)
        bytes_put(json, SLICE(",\"partial\":true"));
    bytes_put(json, SLICE(",\"records\":"));
    json_put_int(json, (int64_t)moments->records);
}

void moments_put(const struct moments *moments, struct slice split, bool partial, struct bytes *json)
{
    struct ordered *order = in_order(moments);
    put_records(moments, split, partial, json);
    put_columns(moments, order, true, json);
    mem_free(order);
}

static int put_table(struct moments *moments, struct slice split, bool partial, struct bytes *json)
{
    moments_carry(moments);
    if (!partial && moments_check_columns(moments) < 0)
        return -1;
    fit_head_put("scale", json);
    scale_rules_put(&moments->rules, json);
    struct ordered *order = in_order(moments);
    put_records(moments, split, partial, json);
    put_columns(moments, order, partial, json);
    bytes_put(json, SLICE("}\n"));
    mem_free(order);
    return 0;
}

int moments_write(struct moments *moments, struct slice split, bool partial, struct sink *out)
{
    struct bytes json = {0};
    int status = put_table(moments, split, partial, &json);
    if (status == 0)
        status = sink_emit(out, rec_bytes(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status;
}
