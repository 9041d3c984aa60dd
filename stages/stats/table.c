/* table.c - see table.h. */
#include "table.h"

#include "../grid/grid.h"
#include "lengths.h"

#include <stdlib.h>

/* Without overflow, since a file that only looks like a summary may contain any number. */
static int64_t difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t total(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* ---- the tables ---- */

static void add_total(struct grid *grid, const char *name, int64_t count)
{
    grid_cell(grid, slice_of(name));
    grid_number(grid, count);
}

/* "~" marks an estimate. */
static void add_duplicates(struct grid *grid, const struct ids *ids)
{
    grid_cell(grid, SLICE("duplicate ids"));
    grid_number(grid, (int64_t)ids_duplicates(ids));
    struct slice *number = &grid->items[grid->len - 1];
    if (ids->level > 0)
        *number = arena_print(grid->arena, "~%.*s", (int)number->len, number->ptr);
}

static void put_totals(struct grid *grid, const struct summary *summary, const struct ids *ids, bool color,
                       struct bytes *out)
{
    const struct summary *text = summary_object(summary, SLICE("text"));
    const struct summary *tokens = summary_object(summary, SLICE("tokens"));
    const struct summary *truncated = summary_object(summary, SLICE("truncated"));
    bool unknown = summary_fixed(summary_object(summary, SLICE("options")), SLICE("unk_id")).len > 2; /* not "" */
    grid_heading(grid, (const char *const[]){"total", "count", NULL});
    add_total(grid, "records", summary_number(summary, SLICE("records")));
    if (ids != NULL)
        add_duplicates(grid, ids);
    if (text != NULL)
        add_total(grid, "text bytes", summary_number(text, SLICE("bytes")));
    if (truncated != NULL)
        add_total(grid, "truncated texts", summary_number(truncated, SLICE("cut")));
    if (tokens != NULL && unknown)
        add_total(grid, "unknown tokens", summary_number(tokens, SLICE("unknown")));
    grid_put(grid, color, out);
}

static const unsigned quantiles[] = {5, 25, 50, 75, 95, 99};
enum { QUANTILES = sizeof quantiles / sizeof *quantiles };

static int add_lengths(struct grid *grid, struct slice name, const struct summary *member)
{
    int64_t values[QUANTILES];
    if (member == NULL)
        return 0;
    if (lengths_quantiles(member, quantiles, QUANTILES, values) != 0)
        return -1;
    const struct summary *range = summary_object(member, SLICE("range"));
    int64_t count = summary_number(member, SLICE("count")), sum = summary_number(member, SLICE("sum"));
    grid_cell(grid, name);
    grid_number(grid, count);
    grid_number(grid, sum);
    grid_ratio(grid, sum, count, 1, "");
    grid_number(grid, summary_number(range, SLICE("min")));
    for (size_t i = 0; i < QUANTILES; i++)
        grid_number(grid, values[i]);
    grid_number(grid, summary_number(range, SLICE("max")));
    return 0;
}

static int put_lengths(struct grid *grid, const struct summary *summary, bool color, struct bytes *out)
{
    grid_heading(grid, (const char *const[]){"length", "records", "sum", "mean", "min", "5%", "25%", "50%", "75%",
                                             "95%", "99%", "max", NULL});
    size_t empty = grid->len;
    if (add_lengths(grid, SLICE("code points"), summary_object(summary, SLICE("text"))) != 0 ||
        add_lengths(grid, SLICE("words"), summary_object(summary, SLICE("words"))) != 0 ||
        add_lengths(grid, SLICE("tokens"), summary_object(summary, SLICE("tokens"))) != 0)
        return -1;
    if (grid->len > empty)
        grid_put(grid, color, out);
    grid->len = 0;
    return 0;
}

static void add_share(struct grid *grid, const char *name, int64_t part, int64_t whole)
{
    grid_cell(grid, slice_of(name));
    grid_number(grid, part);
    grid_percent(grid, part, whole);
}

static void put_masked(struct grid *grid, const struct summary *summary, bool color, struct bytes *out)
{
    const struct summary *masked = summary_object(summary, SLICE("masked"));
    if (masked == NULL)
        return;
    int64_t maskable = summary_number(masked, SLICE("maskable")), selected = summary_number(masked, SLICE("selected"));
    int64_t kept = summary_number(masked, SLICE("kept"));
    struct slice mask_id = summary_fixed(summary_object(summary, SLICE("options")), SLICE("mask_id"));
    bool mask_known = mask_id.len > 0 && !slice_is(mask_id, "\"\"");
    grid_heading(grid, (const char *const[]){"masking", "tokens", "share", NULL});
    grid_cell(grid, SLICE("maskable"));
    grid_number(grid, maskable);
    grid_cell(grid, SLICE(""));
    add_share(grid, "selected", selected, maskable);
    if (mask_known) {
        add_share(grid, "  mask", summary_number(masked, SLICE("mask")), selected);
        add_share(grid, "  random", summary_number(masked, SLICE("random")), selected);
    } else {
        add_share(grid, "  changed", difference(selected, kept), selected);
    }
    add_share(grid, "  kept", kept, selected);
    int64_t unaligned = summary_number(masked, SLICE("unaligned"));
    if (unaligned > 0) {
        grid_cell(grid, SLICE("(records with other labels)"));
        grid_number(grid, unaligned);
        grid_cell(grid, SLICE(""));
    }
    grid_put(grid, color, out);
}

/* ---- histograms ---- */

struct row {
    struct slice name;
    int64_t count;
    bool text; /* a string, not an integer */
};

struct rows {
    struct row *items;
    size_t len, cap;
};

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int order = slice_compare(x->name, y->name);
    return order != 0 ? order : (int)x->text - (int)y->text;
}

static void collect(struct rows *rows, const struct summary *histogram, bool text)
{
    for (size_t i = 0; i < summary_count(histogram); i++) {
        struct row row = {summary_name(histogram, i), summary_number_at(histogram, i), text};
        vec_push(rows, row);
    }
}

/* Rows by count: the first `top` separately, then the number of the others, with their sum if a record counts in at
 * most one row (`exclusive`); otherwise the sum is meaningless. Returns the sum of the counts. */
static int64_t add_rows(struct grid *grid, struct rows *rows, int64_t top, bool quoted, bool exclusive, int64_t records)
{
    int64_t sum = 0, rest = 0;
    qsort(rows->items, rows->len, sizeof *rows->items, compare_rows);
    for (size_t i = 0; i < rows->len; i++) {
        const struct row *row = &rows->items[i];
        sum = total(sum, row->count);
        if ((int64_t)i >= top) {
            rest = total(rest, row->count);
            continue;
        }
        grid_name(grid, row->name, row->text && (quoted || row->name.len == 0));
        grid_number(grid, row->count);
        grid_percent(grid, row->count, records);
    }
    if ((int64_t)rows->len > top) {
        grid_cell(grid, arena_print(grid->arena, "(%zu more)", rows->len - (size_t)top));
        if (exclusive) {
            grid_number(grid, rest);
            grid_percent(grid, rest, records);
        } else {
            grid_cell(grid, SLICE(""));
            grid_cell(grid, SLICE(""));
        }
    }
    return sum;
}

static void put_labels(struct grid *grid, const struct summary *summary, const struct table_options *options,
                       struct bytes *out)
{
    const struct summary *labels = summary_object(summary, SLICE("labels"));
    const struct summary *texts = summary_object(labels, SLICE("strings"));
    const struct summary *integers = summary_object(labels, SLICE("integers"));
    int64_t records = summary_number(summary, SLICE("records"));
    struct rows rows = {0};
    collect(&rows, integers, false);
    collect(&rows, texts, true);
    if (rows.len > 0) {
        grid_heading(grid, (const char *const[]){"label", "records", "share", NULL});
        bool quoted = summary_count(integers) > 0; /* "17" is not 17 */
        int64_t labelled = add_rows(grid, &rows, options->top, quoted, true, records);
        if (labelled < records)
            add_share(grid, "(none)", difference(records, labelled), records);
        grid_put(grid, options->color, out);
    }
    vec_free(&rows);
}

static void put_members(struct grid *grid, const struct summary *summary, const struct table_options *options,
                        struct bytes *out)
{
    struct rows rows = {0};
    collect(&rows, summary_object(summary, SLICE("members")), true);
    if (rows.len > 0) {
        grid_heading(grid, (const char *const[]){"member", "records", "share", NULL});
        (void)add_rows(grid, &rows, options->top, false, false, summary_number(summary, SLICE("records")));
        grid_put(grid, options->color, out);
    }
    vec_free(&rows);
}

int table_print(const struct summary *summary, const struct ids *ids, const struct table_options *options,
                struct bytes *out)
{
    struct grid grid = {.arena = arena_new()};
    put_totals(&grid, summary, ids, options->color, out);
    int status = put_lengths(&grid, summary, options->color, out);
    if (status == 0) {
        put_masked(&grid, summary, options->color, out);
        put_labels(&grid, summary, options, out);
        put_members(&grid, summary, options, out);
    }
    vec_free(&grid);
    arena_free(grid.arena);
    return status;
}
