/* propose.h - neighbours by products of tiles in float32: proposed by a bound that cannot miss one, ranked in float64.
 */
#ifndef QUERN_VECTORS_PROPOSE_H
#define QUERN_VECTORS_PROPOSE_H

#include "exact.h"

/* Finds the neighbours of all queries, as exact_search does; of float32 rows with at least one dimension. symmetric:
 * the queries are the rows of the base, and each pair of rows is multiplied once. Sets way->redone. */
void propose_search(const struct exact *exact, struct search_way *way, bool symmetric, struct crew *crew);

/* Candidates of a row for which there is room unless a search_way says otherwise. */
size_t propose_room(size_t k);

#endif
