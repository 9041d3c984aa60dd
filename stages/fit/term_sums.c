/* term_sums.c - see term_sums.h.
 *
 * Terms come out of the sort in the order of their bytes, each with its df. The table has all terms before all df, so
 * the df go to a second sort, by the number of their term. With --max-features the terms are read before that, to find
 * the smallest df that is kept: those that may be kept go to a third sort. */
#include "term_sums.h"

#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>
#include <stdlib.h>

static const uint64_t TOO_LARGE = (uint64_t)INT64_MAX + 1;
enum { PIECE_BYTES = 1 << 16 };

uint64_t term_sums_add(uint64_t a, uint64_t b)
{
    return b > TOO_LARGE - a ? TOO_LARGE : a + b;
}

void term_sums_open(struct term_sums *sums, int64_t memory, const char *temp_dir)
{
    sums->bounds = (struct sort_bounds){.max_memory = (uint64_t)memory, .temp_dir = temp_dir, .combine = term_sums_add};
    sums->plain = (struct sort_bounds){.max_memory = (uint64_t)memory / 2, .temp_dir = temp_dir, .threads = 1};
}

static void free_counts(struct term_sums *sums)
{
    sorted_free(sums->all);
    sums->all = NULL;
    for (size_t i = 0; i < sums->sorts.len; i++)
        sort_free(sums->sorts.items[i]);
    sums->sorts.len = 0;
}

void term_sums_release(struct term_sums *sums)
{
    free_counts(sums);
    sorted_free(sums->kept);
    sorted_free(sums->df);
    sort_free(sums->kept_sort);
    sort_free(sums->df_sort);
    vec_free(&sums->sorts);
    vec_free(&sums->split);
}

/* ---- what is left out ---- */

static bool is_kept(const struct term_sums *sums, uint64_t df)
{
    const struct pruning *pruning = &sums->pruning;
    return df >= (uint64_t)pruning->min_df &&
           (decimal_is_whole(pruning->max_df) || df <= decimal_floor(pruning->max_df, sums->documents));
}

/* The next term that --min-df and --max-df keep: 1, 0, -1. */
static int next_counted(struct term_sums *sums, struct slice *term, uint64_t *df)
{
    struct slice value;
    int more;
    while ((more = sorted_next(sums->all, term, &value)) == 1) {
        memcpy(df, value.ptr, sizeof *df);
        if (*df > sums->documents)
            return diag_kind(STATUS_DATA, "the term \"%.*s\" is in more documents than there are",
                             (int)(term->len < 80 ? term->len : 80), term->ptr);
        if (is_kept(sums, *df))
            return 1;
        sums->pruned++;
    }
    return more;
}

/* A key in the order of the numbers. */
static struct slice number_key(uint64_t number, char key[8])
{
    for (int i = 7; i >= 0; i--, number >>= 8)
        key[i] = (char)(number & 0xff);
    return (struct slice){key, 8};
}

static int compare_df(const void *a, const void *b)
{
    uint64_t first, second;
    memcpy(&first, (*(const struct map_entry *const *)a)->key.ptr, sizeof first);
    memcpy(&second, (*(const struct map_entry *const *)b)->key.ptr, sizeof second);
    return (first < second) - (first > second);
}

/* The df at which `most` terms are reached from above, and how many of the terms with just this one are kept.
 * numbers: of each df, how many terms have it. */
static void find_threshold(struct term_sums *sums, const struct map *numbers, uint64_t most)
{
    size_t count = map_len(numbers);
    const struct map_entry **sorted = mem_zalloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = map_at(numbers, i);
    qsort(sorted, count, sizeof *sorted, compare_df);
    sums->threshold = sums->left = 0;
    for (size_t i = 0; i < count && most > 0; i++) {
        sums->left = sorted[i]->value < most ? sorted[i]->value : most;
        memcpy(&sums->threshold, sorted[i]->key.ptr, sizeof sums->threshold);
        most -= sums->left;
    }
    mem_free(sorted);
}

/* 0, or -1 with the message. */
static int choose_terms(struct term_sums *sums)
{
    struct map *numbers = map_new();
    struct bytes value = {0};
    struct slice term;
    uint64_t df, number = 0;
    int more;
    sums->kept_sort = sort_new(&sums->plain);
    while ((more = next_counted(sums, &term, &df)) == 1) {
        char key[8];
        ++*map_put(numbers, (struct slice){(const char *)&df, sizeof df});
        value.len = 0;
        bytes_append(&value, (const char *)&df, sizeof df);
        bytes_put(&value, term);
        if (sort_put(sums->kept_sort, number_key(number++, key), bytes_slice(&value)) < 0) {
            more = -1;
            break;
        }
    }
    if (more == 0) {
        find_threshold(sums, numbers, (uint64_t)sums->pruning.max_features);
        free_counts(sums);
        sums->kept = sort_all(&sums->kept_sort, 1);
    }
    map_free(numbers);
    vec_free(&value);
    return more;
}

/* The next term of the table: 1, 0, -1. */
static int next_term(struct term_sums *sums, struct slice *term, uint64_t *df)
{
    struct slice key, value;
    int more;
    if (sums->kept == NULL)
        return next_counted(sums, term, df);
    while ((more = sorted_next(sums->kept, &key, &value)) == 1) {
        memcpy(df, value.ptr, sizeof *df);
        *term = (struct slice){value.ptr + sizeof *df, value.len - sizeof *df};
        if (*df > sums->threshold)
            return 1;
        if (*df == sums->threshold && sums->left > 0) {
            sums->left--;
            return 1;
        }
        sums->pruned++;
    }
    return more;
}

/* ---- the table ---- */

static void put_pruning(const struct pruning *pruning, struct bytes *json)
{
    if (pruning->min_df > 1) {
        bytes_put(json, SLICE(",\"min_df\":"));
        json_put_int(json, pruning->min_df);
    }
    if (!decimal_is_whole(pruning->max_df)) {
        bytes_put(json, SLICE(",\"max_df\":"));
        json_put_float(json, decimal_float(pruning->max_df));
    }
    if (pruning->max_features > 0) {
        bytes_put(json, SLICE(",\"max_features\":"));
        json_put_int(json, pruning->max_features);
    }
}

static void put_head(const struct term_sums *sums, struct bytes *json)
{
    fit_head_put("tfidf", json);
    tfidf_rules_put(&sums->rules, json);
    put_pruning(&sums->pruning, json);
    bytes_byte(json, '}');
    if (sums->split.len > 0) {
        bytes_put(json, SLICE(",\"split\":"));
        bytes_put(json, bytes_slice(&sums->split));
    }
    if (sums->partial)
        bytes_put(json, SLICE(",\"partial\":true"));
    bytes_put(json, SLICE(",\"documents\":"));
    json_put_int(json, (int64_t)sums->documents);
    bytes_put(json, SLICE(",\"terms\":["));
}

static int put_terms(struct term_sums *sums, struct bytes *json)
{
    struct slice term = {0};
    uint64_t df = 0;
    char key[8];
    while (json->len < PIECE_BYTES) {
        int more = next_term(sums, &term, &df);
        if (more < 0)
            return -1;
        if (more == 0) {
            bytes_put(json, SLICE("],\"df\":["));
            free_counts(sums);
            sums->df = sort_all(&sums->df_sort, 1);
            sums->step = SUMS_DF;
            return 0;
        }
        if (sums->terms > 0)
            bytes_byte(json, ',');
        json_put_string(json, term);
        if (sums->terms == INT32_MAX)
            return diag_kind(STATUS_DATA, "more than %d terms: leave some out (--min-df, --max-features)", INT32_MAX);
        if (sort_put(sums->df_sort, number_key(sums->terms++, key), (struct slice){(const char *)&df, sizeof df}) < 0)
            return -1;
    }
    return 0;
}

static int put_df(struct term_sums *sums, struct bytes *json)
{
    struct slice key, value;
    while (json->len < PIECE_BYTES) {
        uint64_t df;
        int more = sorted_next(sums->df, &key, &value);
        if (more < 0)
            return -1;
        if (more == 0) {
            bytes_put(json, SLICE("]}\n"));
            sums->step = SUMS_WRITTEN;
            return 0;
        }
        memcpy(&df, value.ptr, sizeof df);
        if (sums->written++ > 0)
            bytes_byte(json, ',');
        json_put_int(json, (int64_t)df);
    }
    return 0;
}

static int start(struct term_sums *sums, struct bytes *json)
{
    if (sums->documents >= TOO_LARGE)
        return diag_kind(STATUS_DATA, "more than %" PRId64 " documents", INT64_MAX);
    sums->all = sort_all(sums->sorts.items, sums->sorts.len);
    if (sums->pruning.max_features > 0 && choose_terms(sums) < 0)
        return -1;
    sums->df_sort = sort_new(&sums->plain);
    put_head(sums, json);
    sums->step = SUMS_TERMS;
    return 0;
}

int term_sums_write(struct term_sums *sums, struct sink *out)
{
    struct bytes json = {0};
    int status = 0;
    switch (sums->step) {
    case SUMS_START:
        status = start(sums, &json);
        break;
    case SUMS_TERMS:
        status = put_terms(sums, &json);
        break;
    case SUMS_DF:
        status = put_df(sums, &json);
        break;
    default:
        break;
    }
    if (status == 0 && json.len > 0)
        status = sink_emit(out, rec_bytes(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&json))));
    vec_free(&json);
    return status < 0 ? -1 : sums->step != SUMS_WRITTEN;
}
