/* covariance.c - see covariance.h. */
#include "covariance.h"

#include "../vectors/eigen.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/real.h"
#include "base/wide.h"
#include "text/json.h"

#include <inttypes.h>
#include <math.h>

void covariance_open(struct covariance *covariance, const struct whiten_rules *rules)
{
    covariance->rules = *rules;
    moments_open(&covariance->moments, &(struct scale_rules){.to = TO_MEAN, .wide = rules->wide});
    products_open(&covariance->products, rules->wide, KERNEL_BEST);
}

void covariance_release(struct covariance *covariance)
{
    moments_release(&covariance->moments);
    products_release(&covariance->products);
}

/* ---- adding ---- */

int covariance_add(struct covariance *covariance, const struct record *in, struct arena *arena)
{
    enum vector_form form;
    struct vector vector;
    struct moments *moments = &covariance->moments;
    if (vector_read(in, true, arena, &form, &vector) < 0)
        return -1;
    if (form != FORM_FEATURES)
        return diag_error("sparse: whitening would fill the vectors up; it needs features");
    int added = moments_add_vector(moments, in, form, &vector, arena);
    if (added <= 0)
        return added;
    products_begin(&covariance->products, vector.count);
    double *room = products_room(&covariance->products);
    for (size_t i = 0; i < vector.count; i++)
        room[i] = moments_kept(moments, vector_number(&vector, i));
    products_took(&covariance->products);
    return 0;
}

void covariance_merge(struct covariance *covariance, struct covariance *others)
{
    moments_merge(&covariance->moments, &others->moments);
    products_flush(&others->products);
    if (covariance->moments.places.len == 1)
        products_merge(&covariance->products, &others->products);
}

/* ---- a table in ---- */

int covariance_read(struct covariance *covariance, const struct record *in, struct arena *arena)
{
    struct moments *moments = &covariance->moments;
    struct products *products = &covariance->products;
    struct total_form form = covariance->rules.wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
    const struct slice *texts;
    const double *least;
    size_t count, columns;
    int64_t records, digits[TOTAL_MOST_DIGITS];
    if (rec_int(in, SLICE("records"), &records) < 0)
        return -1;
    if (records == 0)
        return 0;
    if (rec_floats(in, SLICE("min"), arena, &least, &columns) < 0 ||
        rec_strings(in, SLICE("products"), arena, &texts, &count) < 0)
        return -1;
    if (count != columns * (columns + 1) / 2)
        return diag_error("products: expected one for each pair of the %zu columns, %zu, found %zu: the table is not "
                          "whole",
                          columns, columns * (columns + 1) / 2, count);
    for (size_t i = 0; i < count; i++)
        if (!total_read(form, texts[i], memset(digits, 0, sizeof digits)))
            return diag_error("products[%zu]: not a sum that \"quern fit\" has written", i);
    moments->rules.form = FORM_FEATURES;
    if (moments_read(moments, in, arena) < 0)
        return -1;
    products_begin(products, columns);
    for (size_t i = 0; i < count; i++) {
        (void)total_read(form, texts[i], memset(digits, 0, sizeof digits));
        products_add_digits(products, i, digits);
    }
    return 0;
}

/* ---- axes ---- */

struct axes {
    size_t columns, dims;
    double *directions; /* a row for each column; the first dims ones are wanted */
    double *variances;
    double *shift, *scale;
};

static void axes_release(struct axes *axes)
{
    mem_free(axes->directions);
    mem_free(axes->variances);
    mem_free(axes->shift);
    mem_free(axes->scale);
}

/* |numbers| are less than 2^result. */
static int size_of(const struct moments *moments)
{
    double most = 0;
    for (size_t i = 0; i < moments->columns.len; i++) {
        const struct column *column = &moments->columns.items[i];
        most = fabs(column->min) > most ? fabs(column->min) : most;
        most = fabs(column->max) > most ? fabs(column->max) : most;
    }
    return most == 0 ? 0 : wide_of_float(most).exponent + 129; /* they may have been rounded up to 32 bits */
}

/* In units of 4^size, so that neither squares nor what they are multiplied with are beyond the floats. 0, or -1 with
 * the message if no numbers of that size have such products: those of a table are not checked before. */
static int find_covariances(const struct covariance *covariance, int size, double *matrix)
{
    const struct moments *moments = &covariance->moments;
    size_t columns = moments->columns.len, pair = 0;
    int64_t digits[TOTAL_MOST_DIGITS];
    for (size_t i = 0; i < columns; i++) {
        for (size_t j = i; j < columns; j++, pair++) {
            products_digits(&covariance->products, pair, digits);
            double number = total_covariance(covariance->rules.wide, moments_sum(moments, i), moments_sum(moments, j),
                                             digits, moments->records, -2 * size);
            if (number > 1 || number < (i == j ? 0 : -1))
                return diag_kind(STATUS_DATA, "products of columns %zu and %zu: they do not fit min, max and sums", i,
                                 j);
            matrix[i * columns + j] = matrix[j * columns + i] = number;
        }
    }
    return 0;
}

/* An eigenvalue is 0 if it is not above what rounding makes of 0. */
static size_t rank_of(const struct axes *axes)
{
    size_t rank = 0;
    double least = axes->columns > 0 ? (double)axes->columns * 0x1p-52 * axes->variances[0] : 0;
    while (rank < axes->columns && axes->variances[rank] > least)
        rank++;
    return rank;
}

static int check_rank(const struct axes *axes)
{
    size_t rank = rank_of(axes);
    if (rank < axes->dims)
        return diag_kind(STATUS_DATA,
                         "the vectors vary in %zu direction%s only (the rank of their covariance), but %zu are wanted: "
                         "%s",
                         rank, diag_s(rank), axes->dims, rank > 0 ? "give --dims" : "there is nothing to whiten");
    return 0;
}

/* number * 4^size */
static double times_power(double number, int size)
{
    struct wide wide = wide_of_float(number);
    wide.exponent += 2 * size;
    return wide_round(wide);
}

static int find_scales(const struct covariance *covariance, int size, struct axes *axes)
{
    const struct moments *moments = &covariance->moments;
    for (size_t i = 0; i < axes->columns; i++)
        axes->shift[i] =
            covariance->rules.center * total_mean(moments_form(moments), moments_sum(moments, i), moments->records) +
            0.0;
    for (size_t k = 0; k < axes->dims; k++) {
        double variance = times_power(axes->variances[k], size);
        if (isinf(variance) || variance < 0x1p-1022)
            return diag_kind(STATUS_DATA,
                             "variance %zu is too %s for a 64-bit float: scale the vectors (quern fit "
                             "scale)",
                             k, isinf(variance) ? "large" : "small");
        axes->variances[k] = variance;
        axes->scale[k] = real_pow(variance, covariance->rules.strength / 2);
        eigen_orient(axes->directions + k * axes->columns, axes->columns);
    }
    return 0;
}

static int find_axes(const struct covariance *covariance, struct axes *axes)
{
    size_t columns = covariance->moments.columns.len, dims = (size_t)covariance->rules.dims;
    if (dims > columns)
        return diag_kind(STATUS_DATA, "dims: %zu directions are wanted, but the vectors have %zu number%s only", dims,
                         columns, diag_s(columns));
    axes->columns = columns;
    axes->dims = dims > 0 ? dims : columns;
    axes->directions = mem_zalloc(columns * columns + 1, sizeof *axes->directions);
    axes->variances = mem_zalloc(columns + 1, sizeof *axes->variances);
    axes->shift = mem_zalloc(columns + 1, sizeof *axes->shift);
    axes->scale = mem_zalloc(columns + 1, sizeof *axes->scale);
    int size = size_of(&covariance->moments);
    if (find_covariances(covariance, size, axes->directions) < 0 ||
        eigen_symmetric(axes->directions, columns, axes->variances) < 0 || check_rank(axes) < 0)
        return -1;
    return find_scales(covariance, size, axes);
}

/* ---- the table ---- */

static void put_products(const struct covariance *covariance, struct bytes *json)
{
    const struct products *products = &covariance->products;
    int64_t digits[TOTAL_MOST_DIGITS];
    bytes_put(json, SLICE(",\"products\":["));
    for (size_t pair = 0; pair < products_pairs(products); pair++) {
        bytes_put(json, pair > 0 ? SLICE(",\"") : SLICE("\""));
        products_digits(products, pair, digits);
        total_put(covariance->rules.wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES, digits, json);
        bytes_byte(json, '"');
    }
    bytes_byte(json, ']');
}

static void put_axes(const struct axes *axes, struct bytes *json)
{
    bytes_put(json, SLICE(",\"shift\":"));
    json_put_floats(json, axes->shift, axes->columns);
    bytes_put(json, SLICE(",\"variances\":"));
    json_put_floats(json, axes->variances, axes->dims);
    bytes_put(json, SLICE(",\"scale\":"));
    json_put_floats(json, axes->scale, axes->dims);
    bytes_put(json, SLICE(",\"directions\":["));
    for (size_t k = 0; k < axes->dims; k++) {
        if (k > 0)
            bytes_byte(json, ',');
        json_put_floats(json, axes->directions + k * axes->columns, axes->columns);
    }
    bytes_byte(json, ']');
}

static int put_table(struct covariance *covariance, struct slice split, bool partial, struct bytes *json)
{
    struct axes axes = {0};
    products_flush(&covariance->products);
    moments_carry(&covariance->moments);
    bool whole = !partial && covariance->moments.records > 0;
    if (whole && (moments_check_columns(&covariance->moments) < 0 || find_axes(covariance, &axes) < 0)) {
        axes_release(&axes);
        return -1;
    }
    fit_head_put("whiten", json);
    whiten_rules_put(&covariance->rules, json);
    moments_put(&covariance->moments, split, partial, json);
    put_products(covariance, json);
    if (whole)
        put_axes(&axes, json);
    bytes_put(json, SLICE("}\n"));
    axes_release(&axes);
    return 0;
}

int covariance_write(struct covariance *covariance, struct slice split, bool partial, struct sink *out)
{
    struct bytes json = {0};
    int status = put_table(covariance, split, partial, &json);
    if (status == 0)
        status = sink_emit(out, rec_bytes(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status;
}
