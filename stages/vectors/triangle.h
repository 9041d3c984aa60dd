/* triangle.h - hands out the pairs of blocks (i, j), i <= j, to threads, so that no two threads ever have the same
 * block: what belongs to a block needs no lock. */
#ifndef QUERN_VECTORS_TRIANGLE_H
#define QUERN_VECTORS_TRIANGLE_H

#include <stdbool.h>
#include <stddef.h>

struct triangle;

struct triangle *triangle_new(size_t blocks);
void triangle_free(struct triangle *triangle);

/* Waits for a pair of blocks that no thread has, if possible one with i = `last`, and takes it. False at the end. */
bool triangle_take(struct triangle *triangle, size_t last, size_t *i, size_t *j);

/* Gives the blocks of a pair back. */
void triangle_give(struct triangle *triangle, size_t i, size_t j);

#endif
