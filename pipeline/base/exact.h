/* exact.h - sums of floats and of their squares without any rounding, so that the order of adding does not matter.
 *
 * A sum is an integer in units of 2^lowest, as digits of 32 bits in words of 64:
 *
 *     digits[0]      digits[1]           …   digits[count - 1]
 *     2^lowest       2^(lowest + 32)         the sign is in this one
 *
 * Between carries the words hold more than 32 bits each; adding then touches three to five neighbouring words. (Neal
 * 2015, Fast exact summation using small and large superaccumulators, describes the idea.) */
#ifndef QUERN_EXACT_H
#define QUERN_EXACT_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct exact_form {
    int lowest;
    unsigned digits;
};

/* Sums of 2^62 numbers, or squares of them, that are 64-bit floats (wide), or such that are 32-bit floats too. */
extern const struct exact_form EXACT_FLOATS, EXACT_FLOAT_SQUARES, EXACT_WIDE, EXACT_WIDE_SQUARES;

enum { EXACT_MOST_DIGITS = 136, EXACT_CARRY_AFTER = 1 << 28 };

/* Add a finite number, or its square. Call exact_carry at least after every EXACT_CARRY_AFTER of them. */
void exact_add(struct exact_form form, int64_t *digits, double number);
void exact_add_square(struct exact_form form, int64_t *digits, double number);

/* Makes each digit one of 32 bits; after it equal sums have equal digits. */
void exact_carry(struct exact_form form, int64_t *digits);

/* Adds another sum of the same form; both have been carried, and the result is. */
void exact_merge(struct exact_form form, int64_t *digits, const int64_t *other);

/* Appends a carried sum as -0x1fp-3, the shortest way to write it so: C and Python read it as a float. */
void exact_put(struct exact_form form, const int64_t *digits, struct bytes *out);

/* Reads what exact_put writes, into zeroed digits. False if it is none of these, or does not fit. */
bool exact_read(struct exact_form form, struct slice text, int64_t *digits);

/* The sum divided by n > 0, rounded once, to the nearest float. Carried. */
double exact_mean(struct exact_form form, const int64_t *digits, uint64_t n);

/* The population deviation of n numbers, sqrt(squares / n - (sum / n)^2), rounded once, to the nearest float. Their sum
 * and the sum of their squares are carried, and of EXACT_FLOATS and EXACT_FLOAT_SQUARES, or of the wide ones. 0 < n <
 * 2^63. */
double exact_deviation(bool wide, const int64_t *sum, const int64_t *squares, uint64_t n);

#endif
