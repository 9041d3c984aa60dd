/* dense.c - see dense.h. */
#include "dense.h"

#include "record/members.h"

#include <assert.h>

/* A matrix of 0 and 1 as JSON: [[0,1],[1,0]]. The rows are written as they are asked for, each with `columns` numbers
 * that are 0 at first. */
struct matrix {
    char *bytes, *at;
    size_t rows, columns;
};

static size_t row_length(const struct matrix *matrix)
{
    return matrix->columns > 0 ? 2 * matrix->columns + 1 : 2;
}

static struct matrix matrix_new(size_t rows, size_t columns, struct arena *arena)
{
    struct matrix matrix = {.rows = rows, .columns = columns};
    matrix.bytes = arena_array(arena, rows + 1, row_length(&matrix) + 1);
    matrix.at = matrix.bytes;
    *matrix.at++ = '[';
    return matrix;
}

/* Digit number i of the row is at [1 + 2 * i]. */
static char *next_row(struct matrix *matrix)
{
    if (matrix->at > matrix->bytes + 1)
        *matrix->at++ = ',';
    char *row = matrix->at, *at = row;
    *at++ = '[';
    for (size_t i = 0; i < matrix->columns; i++) {
        *at++ = '0';
        *at++ = ',';
    }
    at -= matrix->columns > 0;
    *at++ = ']';
    matrix->at = at;
    return row;
}

static struct slice matrix_end(struct matrix *matrix)
{
    *matrix->at++ = ']';
    return slice_between(matrix->bytes, matrix->at);
}

struct slice dense_perm_mask(const struct dense *dense, struct arena *arena)
{
    struct matrix matrix = matrix_new(dense->count, dense->count, arena);
    for (size_t i = 0; i < dense->count; i++) {
        char *row = next_row(&matrix) + 1;
        bool second = i >= dense->split;
        int32_t least = dense->order[i] + (dense->labels[i] == IGNORE_INDEX);
        size_t start = second ? dense->split : 0, end = second ? dense->count : dense->split;
        for (size_t j = start; j < end; j++)
            row[2 * j] = (char)('0' + ((dense->order[j] >= 0) & (least <= dense->order[j])));
        for (size_t j = end; j < dense->count; j++)
            row[2 * j] = '1';
    }
    return matrix_end(&matrix);
}

struct slice dense_target_mapping(const struct dense *dense, struct arena *arena)
{
    struct matrix matrix = matrix_new(dense->num_predict, dense->count, arena);
    size_t rows = 0;
    for (size_t i = 0; i < dense->count; i++) {
        if (dense->labels[i] == IGNORE_INDEX)
            continue;
        next_row(&matrix)[1 + 2 * i] = '1';
        rows++;
    }
    assert(rows <= dense->num_predict);
    for (; rows < dense->num_predict; rows++)
        (void)next_row(&matrix);
    return matrix_end(&matrix);
}

const int32_t *dense_labels(const struct dense *dense, struct arena *arena)
{
    int32_t *labels = arena_array(arena, dense->num_predict, sizeof *labels);
    size_t n = 0;
    for (size_t i = 0; i < dense->count; i++)
        if (dense->labels[i] != IGNORE_INDEX)
            labels[n++] = dense->labels[i];
    while (n < dense->num_predict)
        labels[n++] = IGNORE_INDEX;
    return labels;
}
