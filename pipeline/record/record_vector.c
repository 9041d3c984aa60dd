/* record_vector.c - arrays of floats, and vectors, as members of a record: see record.h. */
#include "record/record.h"

#include "base/diag.h"
#include "record/members.h"
#include "text/json.h"
#include "text/number.h"

#include <math.h>

/* ---- reading ---- */

/* Room for the values of an array, and where they go. */
struct values {
    float *floats;
    double *numbers; /* if `wide` */
};

static struct values values_for(size_t most, bool wide, struct arena *arena)
{
    struct values values = {0};
    if (wide)
        values.numbers = arena_array(arena, most, sizeof *values.numbers);
    else
        values.floats = arena_array(arena, most, sizeof *values.floats);
    return values;
}

static int wrong_value(struct slice name, const char *part, size_t item, const char *at, bool wide)
{
    char kind = *at == '-' || (*at >= '0' && *at <= '9') ? '0' : *at;
    if (kind == '0')
        return diag_error("%.*s%s[%zu]: too large for a %s-bit float", (int)name.len, name.ptr, part, item,
                          wide ? "64" : "32");
    return diag_error("%.*s%s[%zu]: expected a number, found %s", (int)name.len, name.ptr, part, item,
                      json_kind_name(kind));
}

static size_t items_at_most(struct slice array)
{
    return json_count_commas(array.ptr, array.ptr + array.len) + 1;
}

/* The numbers of an array; part: what the array is of the member. 0, or -1 with the message. */
static int read_values(struct slice name, const char *part, struct slice array, bool wide, struct values *values,
                       size_t *count)
{
    const char *end = array.ptr + array.len - 1, *at = json_space(array.ptr + 1, end);
    size_t n = 0;
    for (; at < end; n++) {
        bool number = *at == '-' || (*at >= '0' && *at <= '9');
        const char *after = !number ? NULL
                            : wide  ? number_read(at, end, &values->numbers[n])
                                    : number_read_float(at, end, &values->floats[n]);
        if (after == NULL)
            return wrong_value(name, part, n, at, wide);
        at = after < end && *after == ',' ? after + 1 : json_space(after, end);
        if (at < end && *at == ',')
            at++;
        if (at < end && (unsigned char)*at <= ' ')
            at = json_space(at, end);
    }
    *count = n;
    return 0;
}

int rec_numbers(struct slice name, struct slice array, struct arena *arena, const double **numbers, size_t *count)
{
    struct values values = values_for(items_at_most(array), true, arena);
    *numbers = values.numbers;
    return read_values(name, "", array, true, &values, count);
}

int rec_floats(const struct record *record, struct slice name, struct arena *arena, const double **numbers,
               size_t *count)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_FLOATS) {
        *numbers = value->numbers;
        *count = value->count;
        return 0;
    }
    if (rec_kind(value) != '[')
        return rec_mismatch(name, "an array of numbers", value);
    return rec_numbers(name, rec_json(value, arena), arena, numbers, count);
}

static int check_index(struct slice name, size_t item, int64_t index, int64_t before)
{
    return index > before ? 0
                          : diag_error("%.*s.indices[%zu]: %d comes after %d: indices must ascend", (int)name.len,
                                       name.ptr, item, (int)index, (int)before);
}

static int read_index(struct slice name, size_t item, struct slice value, int64_t *index)
{
    return json_int(value, index) && *index >= 0 && *index <= INT32_MAX
               ? 0
               : diag_error("%.*s.indices[%zu]: expected an integer from 0 to %d, found %.*s", (int)name.len, name.ptr,
                            item, INT32_MAX, value.len > 40 ? 40 : (int)value.len, value.ptr);
}

static int read_indices(struct slice name, struct slice array, int32_t *indices, size_t *count)
{
    struct json_walk walk = json_walk(array);
    size_t n = 0;
    int64_t index, before = -1;
    const char *at = json_read_ints(walk.at, walk.end, indices, &n); /* nearly all of them */
    size_t good = 0;
    for (; good < n && indices[good] > before; good++)
        before = indices[good];
    if (good == n)
        walk.at = at;
    n = good == n ? n : 0; /* the walk says what is wrong */
    before = n > 0 ? before : -1;
    for (; json_next(&walk); n++) {
        if (read_index(name, n, walk.value, &index) < 0 || check_index(name, n, index, before) < 0)
            return -1;
        indices[n] = (int32_t)index;
        before = index;
    }
    *count = n;
    return 0;
}

/* The two arrays of an object; of equal names the last. */
static bool find_parts(struct slice object, struct slice *indices, struct slice *values)
{
    *indices = *values = (struct slice){0};
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        if (json_name_is(walk.name, SLICE("indices")))
            *indices = walk.value;
        else if (json_name_is(walk.name, SLICE("values")))
            *values = walk.value;
    }
    return indices->ptr != NULL && values->ptr != NULL;
}

static int read_sparse(struct slice name, struct slice object, bool wide, struct arena *arena, struct vector *vector)
{
    struct slice indices, values;
    size_t count = 0;
    if (!find_parts(object, &indices, &values) || json_kind(indices) != '[' || json_kind(values) != '[')
        return diag_error("%.*s: expected {\"indices\":[...],\"values\":[...]}", (int)name.len, name.ptr);
    int32_t *read = arena_array(arena, items_at_most(indices), sizeof *read);
    struct values made = values_for(items_at_most(values), wide, arena);
    if (read_indices(name, indices, read, &vector->count) < 0 ||
        read_values(name, ".values", values, wide, &made, &count) < 0)
        return -1;
    if (count != vector->count)
        return diag_error("%.*s: %zu indices and %zu values", (int)name.len, name.ptr, vector->count, count);
    vector->indices = read;
    vector->floats = made.floats;
    vector->numbers = made.numbers;
    return 0;
}

int rec_vector(const struct record *record, struct slice name, bool wide, struct arena *arena, struct vector *vector)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_VECTOR && (value->vector->numbers != NULL) == wide) {
        *vector = *value->vector;
        return 0;
    }
    char kind = rec_kind(value);
    if (kind != '[' && kind != '{')
        return rec_mismatch(name, "an array of numbers or an object with indices and values", value);
    struct slice json = rec_json(value, arena);
    *vector = (struct vector){0};
    if (kind == '{')
        return read_sparse(name, json, wide, arena, vector);
    struct values made = values_for(items_at_most(json), wide, arena);
    if (read_values(name, "", json, wide, &made, &vector->count) < 0)
        return -1;
    vector->floats = made.floats;
    vector->numbers = made.numbers;
    return 0;
}

/* ---- setting ---- */

int rec_set_vector(struct record *record, struct slice name, const struct vector *vector)
{
    for (size_t i = 0; i < vector->count; i++)
        if (!isfinite(vector->numbers != NULL ? vector->numbers[i] : (double)vector->floats[i]))
            return diag_error("%.*s[%zu]: not a finite number", (int)name.len, name.ptr, i);
    rec_set(record, name, (struct value){.kind = VALUE_VECTOR, .count = vector->count, .vector = vector});
    return 0;
}
