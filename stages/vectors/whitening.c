/* whitening.c - see whitening.h. */
#include "whitening.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"
#include "text/number.h"
#include "vector.h"

/* ---- options ---- */

static void put_number(const char *name, double number, struct bytes *json)
{
    json_put_string(json, slice_of(name));
    bytes_byte(json, ':');
    json_put_float(json, number);
}

void whiten_rules_put(const struct whiten_rules *rules, struct bytes *json)
{
    bytes_byte(json, '{');
    if (rules->dims > 0) {
        bytes_put(json, SLICE("\"dims\":"));
        json_put_int(json, rules->dims);
        bytes_byte(json, ',');
    }
    put_number("center", rules->center, json);
    bytes_byte(json, ',');
    put_number("strength", rules->strength, json);
    if (rules->wide)
        bytes_put(json, SLICE(",\"double\":true"));
    bytes_byte(json, '}');
}

static int read_share(struct slice options, const char *name, double *share)
{
    struct slice value;
    if (!json_member(options, name, &value) || json_kind(value) != '0' ||
        number_read(value.ptr, value.ptr + value.len, share) == NULL || !(*share >= 0 && *share <= 1))
        return diag_error("options: %s: expected a number from 0 to 1", name);
    return 0;
}

int whiten_rules_read(struct slice options, struct whiten_rules *rules)
{
    struct slice value;
    *rules = (struct whiten_rules){0};
    if (json_member(options, "dims", &value) &&
        (!json_int(value, &rules->dims) || rules->dims < 1 || rules->dims > INT32_MAX))
        return diag_error("options: dims: expected an integer of 1 or more");
    rules->wide = json_member(options, "double", &value) && json_kind(value) == 't';
    return read_share(options, "center", &rules->center) < 0 ? -1 : read_share(options, "strength", &rules->strength);
}

/* ---- a table ---- */

void whitening_release(struct whitening *whitening)
{
    mem_free(whitening->shift);
    mem_free(whitening->scale);
    mem_free(whitening->panels);
}

static int read_direction(struct slice array, size_t at, struct whitening *whitening)
{
    size_t count = 0, columns = whitening->columns;
    double *panel = whitening->panels + at / KERNEL_WIDE * KERNEL_WIDE * columns + at % KERNEL_WIDE;
    if (json_kind(array) != '[')
        return diag_error("directions[%zu]: expected an array of numbers", at);
    for (struct json_walk walk = json_walk(array); json_next(&walk); count++) {
        struct slice item = walk.value;
        if (json_kind(item) != '0' || count >= columns ||
            number_read(item.ptr, item.ptr + item.len, panel + count * KERNEL_WIDE) == NULL)
            return diag_error("directions[%zu]: expected %zu number%s, as shift has", at, columns, diag_s(columns));
    }
    if (count != columns)
        return diag_error("directions[%zu]: expected %zu number%s, as shift has, found %zu", at, columns,
                          diag_s(columns), count);
    return 0;
}

static int read_directions(const struct record *in, struct arena *arena, struct whitening *whitening)
{
    const struct value *value = rec_present(in, SLICE("directions"));
    size_t count = 0, panels = (whitening->dims + KERNEL_WIDE - 1) / KERNEL_WIDE;
    if (value == NULL || rec_kind(value) != '[')
        return diag_error("directions: expected an array: the table is not whole");
    whitening->panels = mem_zalloc(panels * KERNEL_WIDE * whitening->columns + 1, sizeof *whitening->panels);
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk); count++)
        if (count < whitening->dims && read_direction(walk.value, count, whitening) < 0)
            return -1;
    if (count != whitening->dims)
        return diag_error("directions: expected as many as scale has numbers, %zu, found %zu", whitening->dims, count);
    return 0;
}

int whitening_read(const struct record *in, struct slice options, struct arena *arena, struct whitening *whitening)
{
    int64_t records;
    *whitening = (struct whitening){.project = kernel_project_of(KERNEL_BEST)};
    if (whiten_rules_read(options, &whitening->rules) < 0 || rec_int(in, SLICE("records"), &records) < 0)
        return -1;
    whitening->empty = records == 0;
    if (whitening->empty)
        return 0;
    if (vector_numbers(in, "shift", arena, &whitening->shift, &whitening->columns) < 0 ||
        vector_numbers(in, "scale", arena, &whitening->scale, &whitening->dims) < 0)
        return -1;
    for (size_t i = 0; i < whitening->dims; i++)
        if (!(whitening->scale[i] > 0))
            return diag_error("scale[%zu]: expected a number above 0", i);
    return read_directions(in, arena, whitening);
}

void whitening_apply(const struct whitening *whitening, double *vector, double *made)
{
    size_t columns = whitening->columns, dims = whitening->dims;
    for (size_t i = 0; i < columns; i++)
        vector[i] -= whitening->shift[i];
    for (size_t i = 0; i < dims; i += KERNEL_WIDE)
        whitening->project(whitening->panels + i * columns, vector, columns, made + i);
    for (size_t i = 0; i < dims; i++)
        made[i] /= whitening->scale[i];
}
