/* share_sums.c - see share_sums.h. */
#include "share_sums.h"

#include "../fitted/head.h"

#include <inttypes.h>

static const struct total_form *const FORM = &TOTAL_WIDE, *const SQUARES = &TOTAL_WIDE_SQUARES;

void share_sums_release(struct share_sums *sums)
{
    mem_free(sums->counts);
    mem_free(sums->sums);
    mem_free(sums->confidence);
    mem_free(sums->squares);
    *sums = (struct share_sums){0};
}

static int64_t *sum_at(const struct share_sums *sums, size_t c)
{
    return sums->sums + c * FORM->digits;
}

static void start(struct share_sums *sums, size_t classes)
{
    if (sums->classes > 0)
        return;
    sums->classes = classes;
    sums->counts = mem_zalloc(classes, sizeof *sums->counts);
    sums->sums = mem_zalloc(classes * FORM->digits, sizeof *sums->sums);
    sums->confidence = mem_zalloc(FORM->digits, sizeof *sums->confidence);
    sums->squares = mem_zalloc(SQUARES->digits, sizeof *sums->squares);
}

static void carry(struct share_sums *sums)
{
    for (size_t c = 0; c < sums->classes; c++)
        total_carry(*FORM, sum_at(sums, c));
    if (sums->classes > 0) {
        total_carry(*FORM, sums->confidence);
        total_carry(*SQUARES, sums->squares);
    }
}

void share_sums_add(struct share_sums *sums, const struct distribution *p)
{
    size_t best = distribution_best(p, NULL);
    start(sums, p->count);
    for (size_t c = 0; c < p->count; c++)
        total_add(*FORM, sum_at(sums, c), p->p[c]);
    total_add(*FORM, sums->confidence, p->p[best]);
    total_add_square(*SQUARES, sums->squares, p->p[best]);
    sums->counts[best]++;
    if (++sums->records % TOTAL_CARRY_AFTER == 0)
        carry(sums);
}

void share_sums_merge(struct share_sums *sums, struct share_sums *others)
{
    if (others->classes == 0)
        return;
    start(sums, others->classes);
    carry(sums);
    carry(others);
    for (size_t c = 0; c < sums->classes; c++) {
        total_merge(*FORM, sum_at(sums, c), sum_at(others, c));
        sums->counts[c] += others->counts[c];
    }
    total_merge(*FORM, sums->confidence, others->confidence);
    total_merge(*SQUARES, sums->squares, others->squares);
    sums->records += others->records;
}

/* ---- reading ---- */

static int read_total(const struct record *in, const char *name, const struct total_form *form, struct arena *arena,
                      int64_t *digits)
{
    struct slice text;
    if (rec_text(in, slice_of(name), arena, &text) < 0)
        return -1;
    return total_read(*form, text, digits) ? 0 : diag_error("%s: not a sum as \"quern fit\" writes it", name);
}

static int read_counts(struct share_sums *read, const struct record *in, struct arena *arena)
{
    const struct value *value = rec_present(in, SLICE("counts"));
    size_t c = 0;
    uint64_t sum = 0;
    if (value == NULL || rec_kind(value) != '[')
        return diag_error("counts: expected an array of integers");
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk); c++) {
        int64_t count;
        if (c >= read->classes || !json_int(walk.value, &count) || count < 0 || count > (int64_t)read->records)
            return diag_error("counts: expected the records of each class");
        read->counts[c] = (uint64_t)count;
        sum += (uint64_t)count;
    }
    return c == read->classes && sum == read->records ? 0
                                                      : diag_error("counts: their sum is not the number of records");
}

static int read_all(struct share_sums *read, const struct record *in, struct arena *arena, size_t classes)
{
    const struct slice *sums;
    size_t count;
    int64_t records;
    if (rec_int(in, SLICE("records"), &records) < 0 || rec_strings(in, SLICE("sums"), arena, &sums, &count) < 0)
        return -1;
    if (records < 0 || count != (records > 0 ? classes : 0))
        return diag_error("sums: expected one for each class, found %zu", count);
    if (records == 0)
        return 0;
    start(read, classes);
    read->records = (uint64_t)records;
    for (size_t c = 0; c < classes; c++)
        if (!total_read(*FORM, sums[c], sum_at(read, c)))
            return diag_error("sums[%zu]: not a sum as \"quern fit\" writes it", c);
    if (read_counts(read, in, arena) < 0 || read_total(in, "confidence_sum", FORM, arena, read->confidence) < 0)
        return -1;
    return read_total(in, "confidence_squares", SQUARES, arena, read->squares);
}

int share_sums_read(struct share_sums *sums, const struct record *in, struct arena *arena)
{
    const struct value *value = rec_present(in, SLICE("classes"));
    struct share_sums read = {0};
    size_t classes = 0;
    if (value == NULL || rec_kind(value) != '[')
        return diag_error("classes: missing");
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk);)
        classes++;
    int status = read_all(&read, in, arena, classes);
    if (status == 0)
        share_sums_merge(sums, &read);
    share_sums_release(&read);
    return status;
}

/* ---- writing ---- */

static void put_total(const struct total_form *form, const int64_t *digits, struct bytes *json)
{
    bytes_byte(json, '"');
    total_put(*form, digits, json);
    bytes_byte(json, '"');
}

/* With n - 1; of one record 0. */
static double variance(const struct share_sums *sums)
{
    double n = (double)sums->records;
    if (sums->records < 2)
        return 0;
    return total_covariance(true, sums->confidence, sums->confidence, sums->squares, sums->records, 0) * (n / (n - 1));
}

static void put_means(const struct share_sums *sums, struct bytes *json)
{
    bytes_put(json, SLICE(",\"mean\":["));
    for (size_t c = 0; c < sums->classes; c++) {
        if (c > 0)
            bytes_byte(json, ',');
        json_put_float(json, total_mean(*FORM, sum_at(sums, c), sums->records));
    }
    bytes_put(json, SLICE("],\"confidence_mean\":"));
    json_put_float(json, total_mean(*FORM, sums->confidence, sums->records));
    bytes_put(json, SLICE(",\"confidence_variance\":"));
    json_put_float(json, variance(sums));
}

static void put_sums(const struct share_sums *sums, struct bytes *json)
{
    bytes_put(json, SLICE(",\"counts\":["));
    for (size_t c = 0; c < sums->classes; c++) {
        if (c > 0)
            bytes_byte(json, ',');
        json_put_int(json, (int64_t)sums->counts[c]);
    }
    bytes_put(json, SLICE("],\"sums\":["));
    for (size_t c = 0; c < sums->classes; c++) {
        if (c > 0)
            bytes_byte(json, ',');
        put_total(FORM, sum_at(sums, c), json);
    }
    bytes_byte(json, ']');
    if (sums->classes == 0)
        return;
    bytes_put(json, SLICE(",\"confidence_sum\":"));
    put_total(FORM, sums->confidence, json);
    bytes_put(json, SLICE(",\"confidence_squares\":"));
    put_total(SQUARES, sums->squares, json);
}

int share_sums_write(struct share_sums *sums, struct slice classes, struct sink *out)
{
    struct bytes json = {0};
    carry(sums);
    fit_head_put("shares", &json);
    bytes_put(&json, SLICE("{},\"classes\":"));
    bytes_put(&json, classes.len > 0 ? classes : SLICE("[]"));
    bytes_put(&json, SLICE(",\"records\":"));
    json_put_int(&json, (int64_t)sums->records);
    if (sums->records > 0)
        put_means(sums, &json);
    put_sums(sums, &json);
    bytes_put(&json, SLICE("}\n"));
    int status = sink_emit(out, rec_bytes(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status;
}
