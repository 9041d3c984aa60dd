/* grid.c - see grid.h. */
#include "grid.h"

#include "text/screen.h"

#include <inttypes.h>

enum {
    NAME_COLUMNS = 48, /* longer names are cut */
    GAP_COLUMNS = 2,
    NAME_COLUMNS_MIN = 10, /* of the first column, so that tables with short names line up */
};

/* ---- cells ---- */

void grid_cell(struct grid *grid, struct slice text)
{
    vec_push(grid, text);
}

void grid_heading(struct grid *grid, const char *const *names)
{
    for (grid->columns = 0; names[grid->columns] != NULL; grid->columns++)
        grid_cell(grid, slice_of(names[grid->columns]));
}

void grid_number(struct grid *grid, int64_t number)
{
    struct slice digits = arena_print(grid->arena, "%" PRId64, number);
    char *at = arena_alloc(grid->arena, digits.len * 2);
    size_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        at[n++] = digits.ptr[i];
        if ((digits.len - i) % 3 == 1 && i + 1 < digits.len && digits.ptr[i] != '-')
            at[n++] = ',';
    }
    grid_cell(grid, (struct slice){at, n});
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

void grid_ratio(struct grid *grid, int64_t a, int64_t b, int64_t scale, const char *unit)
{
    if (a < 0 || b <= 0) {
        grid_cell(grid, SLICE("-"));
        return;
    }
    int64_t n = tenths(a, b, scale);
    grid_cell(grid, arena_print(grid->arena, "%" PRId64 ".%" PRId64 "%s", n / 10, n % 10, unit));
}

void grid_percent(struct grid *grid, int64_t part, int64_t whole)
{
    grid_ratio(grid, part, whole, 100, "%");
}

void grid_float(struct grid *grid, double number)
{
    grid_cell(grid, arena_print(grid->arena, "%.4f", number));
}

void grid_name(struct grid *grid, struct slice name, bool quoted)
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
    grid_cell(grid, arena_copy(grid->arena, bytes_slice(&text)));
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

void grid_put(struct grid *grid, bool color, struct bytes *out)
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
