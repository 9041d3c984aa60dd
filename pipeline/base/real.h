/* real.h - logarithms that are the same everywhere: integers inside, no libm, no floating point.
 *
 * A real number is an integer in units of 2^-53. So adding and comparing logarithms is exact, and a decision that rests
 * on one is the same on every machine. */
#ifndef QUERN_REAL_H
#define QUERN_REAL_H

#include <stdint.h>

enum { REAL_BITS = 53 };

/* ln x in units of 2^-53, less than 2^-52 off; 0 for 1. x must be finite and above 0. */
int64_t real_log(double x);

#endif
