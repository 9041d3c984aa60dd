/* table.c - see table.h. */
#include "table.h"

#include "base/arena.h"
#include "base/diag.h"
#include "text/json.h"

void vector_table_free(void *loaded)
{
    struct vector_table *table = loaded;
    if (table == NULL)
        return;
    term_map_free(table->terms);
    map_free(table->columns);
    mem_free(table->idf);
    mem_free(table->shift);
    mem_free(table->scale);
    whitening_release(&table->whitening);
    mem_free(table);
}

/* ---- terms ---- */

static int load_terms(struct vector_table *table, const struct record *in, const struct fit_head *head,
                      struct arena *arena)
{
    struct tfidf_table read;
    if (tfidf_table_read(in, head, arena, &read) < 0)
        return -1;
    VEC(double) idf = {0};
    struct tfidf_walk walk = {.table = &read, .arena = arena};
    struct slice term;
    int64_t df, last = 0;
    double factor = 1;
    int more;
    table->rules = read.rules;
    table->terms = term_map_new();
    while ((more = tfidf_walk_next(&walk, &term, &df)) == 1) {
        char padded[TERM_MAP_SHORT] = {0};
        if (term.len < sizeof padded)
            term.ptr = memcpy(padded, term.ptr, term.len);
        struct term_key key = term_map_key(table->terms, term);
        term_map_put(table->terms, &key)->numbers[0] = (uint32_t)idf.len;
        if (df != last) /* many are as rare as the one before */
            factor = tfidf_idf(read.rules.idf, read.documents, df);
        vec_push(&idf, factor);
        last = df;
    }
    tfidf_walk_release(&walk);
    table->idf = idf.items;
    table->count = idf.len;
    return more;
}

/* ---- columns ---- */

static int load_indices(struct vector_table *table, const struct record *in, struct arena *arena)
{
    const int32_t *indices;
    size_t count;
    if (rec_ints(in, SLICE("indices"), arena, &indices, &count) < 0)
        return -1;
    if (count != table->count)
        return diag_error("indices: expected as many as shift has, %zu, found %zu", table->count, count);
    table->columns = map_new();
    for (size_t i = 0; i < count; i++)
        *map_put(table->columns, (struct slice){(const char *)&indices[i], sizeof indices[i]}) = i;
    return map_len(table->columns) == count ? 0 : diag_error("indices: one stands twice");
}

static int load_columns(struct vector_table *table, const struct record *in, const struct fit_head *head,
                        struct arena *arena)
{
    size_t count;
    table->kind = TABLE_SCALE;
    if (scale_rules_read(head->options, arena, &table->scaling) < 0 ||
        vector_numbers(in, "shift", arena, &table->shift, &table->count) < 0 ||
        vector_numbers(in, "scale", arena, &table->scale, &count) < 0)
        return -1;
    if (count != table->count)
        return diag_error("scale: expected as many numbers as shift has, %zu, found %zu", table->count, count);
    for (size_t i = 0; i < count; i++)
        if (table->scale[i] < 0)
            return diag_error("scale[%zu]: less than 0", i);
    return table->scaling.form == FORM_SPARSE ? load_indices(table, in, arena) : 0;
}

/* ---- the file ---- */

static int load(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct vector_table *table = state;
    if (slice_is(head->kind, "tfidf"))
        return load_terms(table, in, head, arena);
    if (slice_is(head->kind, "scale"))
        return load_columns(table, in, head, arena);
    if (slice_is(head->kind, "whiten")) {
        table->kind = TABLE_WHITEN;
        return whitening_read(in, head->options, arena, &table->whitening);
    }
    return fit_wrong_kind(head, "\"tfidf\", \"scale\" or \"whiten\"");
}

void *vector_table_load(const char *path)
{
    struct vector_table *table = mem_zalloc(1, sizeof *table);
    if (fit_load(path, load, table) == 0)
        return table;
    vector_table_free(table);
    return NULL;
}
