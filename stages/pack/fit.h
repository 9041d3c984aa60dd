/* fit.h - which pieces share a record, so that little room is left: best fit decreasing.
 *
 * Johnson, "Near-optimal bin packing algorithms" (MIT, 1973); for training sets Ding et al., "Fewer Truncations Improve
 * Language Modeling" (ICML 2024). */
#ifndef PACK_FIT_H
#define PACK_FIT_H

#include <stddef.h>
#include <stdint.h>

/* Takes the pieces by length, longest first, equal ones in order; each goes to the open record with the least room left
 * that holds it, of equal ones to the one opened first; else it opens one. lengths[i]: from 1 to `room`. record_of[i]:
 * the record of piece i; records are numbered in the order of their first pieces. Returns the number of records. */
size_t fit_best(const uint32_t *lengths, size_t count, uint32_t room, uint32_t *record_of);

#endif
