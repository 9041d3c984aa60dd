/* tfidf.c - see tfidf.h. */
#include "tfidf.h"

#include "base/diag.h"
#include "base/real.h"
#include "base/visible.h"
#include "record/members.h"

#include <inttypes.h>
#include <math.h>

const char *const tf_names[] = {"raw", "log", "binary", NULL};
const char *const idf_names[] = {"smooth", "plain", "none", NULL};
const char *const norm_names[] = {"l2", "l1", "none", NULL};

/* ---- writing ---- */

static void put_choice(struct bytes *json, const char *name, const char *choice)
{
    bytes_byte(json, ',');
    json_put_string(json, slice_of(name));
    bytes_byte(json, ':');
    json_put_string(json, slice_of(choice));
}

void tfidf_rules_put(const struct tfidf_rules *rules, struct bytes *json)
{
    bytes_put(json, SLICE("{\"unit\":"));
    json_put_string(json, slice_of(term_unit_names[rules->terms.unit]));
    bytes_put(json, SLICE(",\"ngrams\":["));
    json_put_int(json, (int64_t)rules->terms.least);
    bytes_byte(json, ',');
    json_put_int(json, (int64_t)rules->terms.most);
    bytes_byte(json, ']');
    put_choice(json, "tf", tf_names[rules->tf]);
    put_choice(json, "idf", idf_names[rules->idf]);
    put_choice(json, "norm", norm_names[rules->norm]);
}

/* ---- reading ---- */

static int read_object(const struct record *in, struct slice name, struct arena *arena, struct slice *object, char kind,
                       const char *expected)
{
    const struct value *value = rec_present(in, name);
    if (value == NULL)
        return member_missing(in, name, ": the table is not whole");
    if (rec_kind(value) != kind)
        return rec_mismatch(name, expected, value);
    *object = rec_json(value, arena);
    return 0;
}

/* The index of a string in `choices`, or -1 with the message. */
static int read_choice(struct slice options, const char *name, const char *const *choices, struct arena *arena)
{
    struct slice value;
    if (json_member(options, name, &value) && json_kind(value) == '"') {
        struct slice text = json_string(value, arena);
        for (int i = 0; choices[i] != NULL; i++)
            if (slice_is(text, choices[i]))
                return i;
        return diag_error("options: %s: \"%.*s\" is not known to this version", name, (int)visible_cut(text, 80).len,
                          text.ptr);
    }
    return diag_error("options: %s: expected a string", name);
}

static int read_ngrams(struct slice options, struct term_rules *rules)
{
    struct slice value;
    int64_t numbers[2] = {0};
    size_t count = 0;
    if (json_member(options, "ngrams", &value) && json_kind(value) == '[')
        for (struct json_walk walk = json_walk(value); json_next(&walk); count++)
            if (count >= 2 || !json_int(walk.value, &numbers[count]))
                numbers[0] = 0;
    if (count != 2 || numbers[0] < 1 || numbers[1] < numbers[0] || numbers[1] > TERM_MOST_UNITS)
        return diag_error("options: ngrams: expected two lengths from 1 to %d", TERM_MOST_UNITS);
    rules->least = (size_t)numbers[0];
    rules->most = (size_t)numbers[1];
    return 0;
}

static int read_rules(struct slice options, struct arena *arena, struct tfidf_rules *rules)
{
    rules->terms.unit = read_choice(options, "unit", term_unit_names, arena);
    if (rules->terms.unit < 0 || read_ngrams(options, &rules->terms) < 0)
        return -1;
    rules->tf = read_choice(options, "tf", tf_names, arena);
    rules->idf = rules->tf < 0 ? -1 : read_choice(options, "idf", idf_names, arena);
    rules->norm = rules->idf < 0 ? -1 : read_choice(options, "norm", norm_names, arena);
    return rules->norm < 0 ? -1 : 0;
}

int tfidf_table_read(const struct record *in, const struct fit_head *head, struct arena *arena,
                     struct tfidf_table *table)
{
    struct slice value;
    if (read_rules(head->options, arena, &table->rules) < 0 || rec_int(in, SLICE("documents"), &table->documents) < 0 ||
        read_object(in, SLICE("terms"), arena, &table->terms, '[', "an array") < 0 ||
        read_object(in, SLICE("df"), arena, &table->df, '[', "an array") < 0)
        return -1;
    table->pruned = json_member(head->options, "min_df", &value) || json_member(head->options, "max_df", &value) ||
                    json_member(head->options, "max_features", &value);
    return table->documents >= 0 ? 0 : diag_error("documents: expected 0 or more");
}

void tfidf_walk_release(struct tfidf_walk *walk)
{
    vec_free(&walk->last);
}

int tfidf_walk_next(struct tfidf_walk *walk, struct slice *term, int64_t *df)
{
    if (!walk->begun) {
        walk->terms = json_walk(walk->table->terms);
        walk->df = json_walk(walk->table->df);
        walk->begun = true;
    }
    bool more = json_next(&walk->terms);
    if (json_next(&walk->df) != more)
        return diag_error("there are not as many terms as df: the table is not whole");
    if (!more)
        return 0;
    if (json_kind(walk->terms.value) != '"')
        return diag_error("terms[%zu]: expected a string", walk->count);
    *term = json_string(walk->terms.value, walk->arena);
    if (term->len == 0)
        return diag_error("terms[%zu]: empty", walk->count);
    if (walk->count > 0 && slice_compare(bytes_slice(&walk->last), *term) >= 0)
        return diag_error("terms[%zu]: not in the order of their bytes", walk->count);
    if (!json_int(walk->df.value, df) || *df < 1 || *df > walk->table->documents)
        return diag_error("df[%zu]: expected an integer from 1 to %" PRId64 ", the number of documents", walk->count,
                          walk->table->documents);
    walk->last.len = 0;
    bytes_put(&walk->last, *term);
    walk->count++;
    return 1;
}

/* ---- numbers ---- */

double tfidf_idf(int idf, int64_t documents, int64_t df)
{
    switch (idf) {
    case IDF_SMOOTH:
        return real_ln(((double)documents + 1) / ((double)df + 1)) + 1;
    case IDF_PLAIN:
        return real_ln((double)documents / (double)df) + 1;
    default:
        return 1;
    }
}

double tfidf_tf(int tf, int64_t n)
{
    switch (tf) {
    case TF_RAW:
        return (double)n;
    case TF_LOG:
        return n == 1 ? 1 : 1 + real_ln((double)n);
    default:
        return 1;
    }
}

/* A power of two that keeps squares and sums within the range of floats: multiplying by it is exact, unless the product
 * is too small to matter beside the others. */
static double scale_of(const double *numbers, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fabs(numbers[i]) > largest ? fabs(numbers[i]) : largest;
    return largest > 0x1p+400 ? 0x1p-600 : largest < 0x1p-400 ? 0x1p+600 : 1;
}

void tfidf_norm(int norm, double *numbers, size_t count)
{
    double scale = norm == NORM_NONE ? 1 : scale_of(numbers, count), length = 0;
    for (size_t i = 0; norm == NORM_L2 && i < count; i++)
        length += numbers[i] * scale * (numbers[i] * scale);
    if (norm == NORM_L2)
        length = sqrt(length);
    for (size_t i = 0; norm == NORM_L1 && i < count; i++)
        length += fabs(numbers[i]) * scale;
    if (length == 0)
        return;
    for (size_t i = 0; i < count; i++)
        numbers[i] = numbers[i] * scale / length;
}
