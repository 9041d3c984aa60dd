/* grid.h - tables for people: a grid of cells. The first column is left-aligned, the others are right-aligned, and a
 * column is as wide as its widest cell.
 *
 *     struct grid grid = {.arena = arena};
 *     grid_heading(&grid, (const char *const[]){"label", "records", NULL});
 *     grid_name(&grid, label, false);
 *     grid_number(&grid, count);
 *     …
 *     grid_put(&grid, color, &out);
 *     vec_free(&grid);
 *
 * Cells are text that is safe for a terminal; they must live until grid_put. */
#ifndef QUERN_GRID_GRID_H
#define QUERN_GRID_GRID_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct grid {
    struct slice *items;
    size_t len, cap;
    size_t columns;
    struct arena *arena;
};

/* The first row, which says how many columns there are; names ends in NULL. A heading that is not known beforehand is
 * written cell by cell, after `columns` has been set. */
void grid_heading(struct grid *grid, const char *const *names);

/* The next cell of the current row, or the first one of the next row. */
void grid_cell(struct grid *grid, struct slice text);

/* 1234567 as 1,234,567. */
void grid_number(struct grid *grid, int64_t number);

/* (a / b) * scale with one decimal, rounded half up, and the unit; "-" if a < 0 or b <= 0. */
void grid_ratio(struct grid *grid, int64_t a, int64_t b, int64_t scale, const char *unit);
void grid_percent(struct grid *grid, int64_t part, int64_t whole);

/* With four decimals. */
void grid_float(struct grid *grid, double number);

/* A name from a record: made safe for a terminal, and of bounded width. */
void grid_name(struct grid *grid, struct slice name, bool quoted);

/* Appends the grid, after an empty line unless it is the first, and empties it. color: the heading in bold. */
void grid_put(struct grid *grid, bool color, struct bytes *out);

#endif
