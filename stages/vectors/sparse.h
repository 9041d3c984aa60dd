/* sparse.h - the neighbours of sparse rows: the same lists, to the bit, as those of the rows written out. */
#ifndef QUERN_VECTORS_SPARSE_H
#define QUERN_VECTORS_SPARSE_H

#include "exact.h"

/* Finds the neighbours of all queries of a search whose rows are sparse. Time is that of the queries times all entries
 * of the base, some at once; memory beside the result: 16 bytes for each row, and for each thread 4 bytes for each
 * dimension, up to SPARSE_DIMS, and what the entries of SPARSE_PANEL queries need. */
enum { SPARSE_PANEL = 32, SPARSE_DIMS = 1 << 22 };
void sparse_search(const struct exact *exact, struct crew *crew);

#endif
