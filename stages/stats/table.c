/* table.c - see table.h.
 *
 * A table is a grid of cells. The first column is left-aligned, the others are right-aligned, and a column is as wide
 * as its widest cell. */
#include "table.h"

#include "base/arena.h"
#include "base/memory.h"
#include "lengths.h"
#include "text/screen.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    NAME_COLUMNS = 48, /* longer names are cut */
    GAP_COLUMNS = 2,
    NAME_COLUMNS_MIN = 10, /* of the first column, so that tables with short names line up */
};

struct grid {
    struct slice *items;
    size_t len, cap;
    size_t columns;
    struct arena *arena;
};

/* Without overflow, since a file that only looks like a summary may contain any number. */
static int64_t difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t total(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* ---- cells ---- */

static void cell(struct grid *grid, struct slice text)
{
    vec_push(grid, text);
}

static void heading(struct grid *grid, const char *const *names)
{
    for (grid->columns = 0; names[grid->columns] != NULL; grid->columns++)
        cell(grid, slice_of(names[grid->columns]));
}

/* 1234567 as 1,234,567. */
static void cell_number(struct grid *grid, int64_t number)
{
    struct slice digits = arena_print(grid->arena, "%" PRId64, number);
    char *at = arena_alloc(grid->arena, digits.len * 2);
    size_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        at[n++] = digits.ptr[i];
        if ((digits.len - i) % 3 == 1 && i + 1 < digits.len && digits.ptr[i] != '-')
            at[n++] = ',';
    }
    cell(grid, (struct slice){at, n});
}

/* Tenths of (a / b) * scale, rounded half up, in integers; b > 0, a >= 0. */
static int64_t tenths(int64_t a, int64_t b, int64_t scale)
{
    while (b > INT64_MAX / 2 / (10 * scale)) { /* many more digits remain than are shown */
        a /= 2;
        b /= 2;
    }
    int64_t rest = a % b;
    if (a / b > INT64_MAX / (10 * scale) - 1)
        return INT64_MAX;
    return a / b * 10 * scale + (rest * 10 * scale + b / 2) / b;
}

static void cell_ratio(struct grid *grid, int64_t a, int64_t b, int64_t scale, const char *unit)
{
    if (a < 0 || b <= 0) {
        cell(grid, SLICE("-"));
        return;
    }
    int64_t n = tenths(a, b, scale);
    cell(grid, arena_print(grid->arena, "%" PRId64 ".%" PRId64 "%s", n / 10, n % 10, unit));
}

static void cell_percent(struct grid *grid, int64_t part, int64_t whole)
{
    cell_ratio(grid, part, whole, 100, "%");
}

/* A name from a record: safe for a terminal, and of bounded width. */
static void cell_name(struct grid *grid, struct slice name, bool quoted)
{
    struct bytes text = {0};
    struct slice shown = screen_columns(name) > NAME_COLUMNS ? screen_cut(name, NAME_COLUMNS - 3) : name;
    if (quoted)
        bytes_byte(&text, '"');
    screen_escape(&text, shown);
    if (shown.len < name.len)
        bytes_put(&text, SLICE("..."));
    if (quoted)
        bytes_byte(&text, '"');
    cell(grid, arena_copy(grid->arena, bytes_slice(&text)));
    vec_free(&text);
}

/* ---- lines ---- */

static void put_spaces(struct bytes *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes_byte(out, ' ');
}

static size_t column_width(const struct grid *grid, size_t column)
{
    size_t width = column == 0 ? NAME_COLUMNS_MIN : 0;
    for (size_t i = column; i < grid->len; i += grid->columns) {
        size_t columns = screen_columns(grid->items[i]);
        width = columns > width ? columns : width;
    }
    return width;
}

static void put_row(const struct grid *grid, const size_t *widths, size_t row, struct bytes *out)
{
    for (size_t column = 0; column < grid->columns; column++) {
        struct slice text = grid->items[row * grid->columns + column];
        size_t pad = widths[column] - screen_columns(text);
        if (column > 0) {
            put_spaces(out, GAP_COLUMNS + pad);
            bytes_put(out, text);
        } else {
            bytes_put(out, text);
            put_spaces(out, pad);
        }
    }
    while (out->len > 0 && out->items[out->len - 1] == ' ')
        out->len--;
}

/* Appends the grid, an empty line before it unless it is the first, and empties it. */
static void put_grid(struct grid *grid, bool color, struct bytes *out)
{
    if (out->len > 0)
        bytes_byte(out, '\n');
    size_t *widths = arena_array(grid->arena, grid->columns, sizeof *widths);
    for (size_t column = 0; column < grid->columns; column++)
        widths[column] = column_width(grid, column);
    for (size_t row = 0; row * grid->columns < grid->len; row++) {
        if (color && row == 0)
            screen_switch(out, SCREEN_BOLD);
        put_row(grid, widths, row, out);
        if (color && row == 0)
            screen_switch(out, SCREEN_PLAIN);
        bytes_byte(out, '\n');
    }
    grid->len = 0;
}

/* ---- the tables ---- */

static void add_total(struct grid *grid, const char *name, int64_t count)
{
    cell(grid, slice_of(name));
    cell_number(grid, count);
}

/* "~" marks an estimate. */
static void add_duplicates(struct grid *grid, const struct ids *ids)
{
    cell(grid, SLICE("duplicate ids"));
    cell_number(grid, (int64_t)ids_duplicates(ids));
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
    heading(grid, (const char *const[]){"total", "count", NULL});
    add_total(grid, "records", summary_number(summary, SLICE("records")));
    if (ids != NULL)
        add_duplicates(grid, ids);
    if (text != NULL)
        add_total(grid, "text bytes", summary_number(text, SLICE("bytes")));
    if (truncated != NULL)
        add_total(grid, "truncated texts", summary_number(truncated, SLICE("cut")));
    if (tokens != NULL && unknown)
        add_total(grid, "unknown tokens", summary_number(tokens, SLICE("unknown")));
    put_grid(grid, color, out);
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
    cell(grid, name);
    cell_number(grid, count);
    cell_number(grid, sum);
    cell_ratio(grid, sum, count, 1, "");
    cell_number(grid, summary_number(range, SLICE("min")));
    for (size_t i = 0; i < QUANTILES; i++)
        cell_number(grid, values[i]);
    cell_number(grid, summary_number(range, SLICE("max")));
    return 0;
}

static int put_lengths(struct grid *grid, const struct summary *summary, bool color, struct bytes *out)
{
    heading(grid, (const char *const[]){"length", "records", "sum", "mean", "min", "5%", "25%", "50%", "75%", "95%",
                                        "99%", "max", NULL});
    size_t empty = grid->len;
    if (add_lengths(grid, SLICE("code points"), summary_object(summary, SLICE("text"))) != 0 ||
        add_lengths(grid, SLICE("words"), summary_object(summary, SLICE("words"))) != 0 ||
        add_lengths(grid, SLICE("tokens"), summary_object(summary, SLICE("tokens"))) != 0)
        return -1;
    if (grid->len > empty)
        put_grid(grid, color, out);
    grid->len = 0;
    return 0;
}

static void add_share(struct grid *grid, const char *name, int64_t part, int64_t whole)
{
    cell(grid, slice_of(name));
    cell_number(grid, part);
    cell_percent(grid, part, whole);
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
    heading(grid, (const char *const[]){"masking", "tokens", "share", NULL});
    cell(grid, SLICE("maskable"));
    cell_number(grid, maskable);
    cell(grid, SLICE(""));
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
        cell(grid, SLICE("(records with other labels)"));
        cell_number(grid, unaligned);
        cell(grid, SLICE(""));
    }
    put_grid(grid, color, out);
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
        cell_name(grid, row->name, row->text && (quoted || row->name.len == 0));
        cell_number(grid, row->count);
        cell_percent(grid, row->count, records);
    }
    if ((int64_t)rows->len > top) {
        cell(grid, arena_print(grid->arena, "(%zu more)", rows->len - (size_t)top));
        if (exclusive) {
            cell_number(grid, rest);
            cell_percent(grid, rest, records);
        } else {
            cell(grid, SLICE(""));
            cell(grid, SLICE(""));
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
        heading(grid, (const char *const[]){"label", "records", "share", NULL});
        bool quoted = summary_count(integers) > 0; /* "17" is not 17 */
        int64_t labelled = add_rows(grid, &rows, options->top, quoted, true, records);
        if (labelled < records)
            add_share(grid, "(none)", difference(records, labelled), records);
        put_grid(grid, options->color, out);
    }
    vec_free(&rows);
}

static void put_members(struct grid *grid, const struct summary *summary, const struct table_options *options,
                        struct bytes *out)
{
    struct rows rows = {0};
    collect(&rows, summary_object(summary, SLICE("members")), true);
    if (rows.len > 0) {
        heading(grid, (const char *const[]){"member", "records", "share", NULL});
        (void)add_rows(grid, &rows, options->top, false, false, summary_number(summary, SLICE("records")));
        put_grid(grid, options->color, out);
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
