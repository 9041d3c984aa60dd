/* dense.h - an order of prediction as matrices, in the shapes of XLNet in transformers. */
#ifndef QUERN_PERMUTE_DENSE_H
#define QUERN_PERMUTE_DENSE_H

#include "base/arena.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { DENSE_MOST = 16384 /* tokens; their square is 512 MiB of JSON */ };

struct dense {
    const int32_t *labels, *order; /* labels and perm_order, for each token */
    size_t count;
    size_t split; /* where the second part begins; count: there is one part */
    size_t num_predict;
};

/* perm_mask[i][j] is 1 where token i must not see token j (Yang et al. 2019, and their data_utils.py):
 *
 *     i, j in one part    order[j] >= 0 and s <= order[j], where s is order[i] of a target, order[i] + 1 of another
 * token: a target does not see itself, tokens without a number see none of those that have one i in the first part, j
 * in the second    1 i in the second part, j in the first    0 */
struct slice dense_perm_mask(const struct dense *dense, struct arena *arena);

/* A row for each target in the order of position, with a 1 at it; then rows of 0, num_predict rows in all. */
struct slice dense_target_mapping(const struct dense *dense, struct arena *arena);

/* The ids of the targets in the order of position, then -100: num_predict items. */
const int32_t *dense_labels(const struct dense *dense, struct arena *arena);

#endif
