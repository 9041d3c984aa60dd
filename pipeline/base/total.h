/* total.h - sums of floats, of their squares and of products of two, without any rounding, so that the order of adding
 * does not matter.
 *
 * A sum is an integer in units of 2^lowest, as digits of 32 bits in words of 64:
 *
 *     digits[0]      digits[1]           …   digits[count - 1]
 *     2^lowest       2^(lowest + 32)         the sign is in this one
 *
 * Between carries the words hold more than 32 bits each; adding then touches three to five neighbouring words. (Neal
 * 2015, Fast exact summation using small and large superaccumulators, describes the idea.) */
#ifndef QUERN_TOTAL_H
#define QUERN_TOTAL_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct total_form {
    int lowest;
    unsigned digits;
};

/* Sums of 2^62 numbers, or squares of them, that are 64-bit floats (wide), or such that are 32-bit floats too. */
extern const struct total_form TOTAL_FLOATS, TOTAL_FLOAT_SQUARES, TOTAL_WIDE, TOTAL_WIDE_SQUARES;

enum { TOTAL_MOST_DIGITS = 136, TOTAL_CARRY_AFTER = 1 << 28 };

/* Add a finite number, or its square. Call total_carry at least after every TOTAL_CARRY_AFTER of them. */
void total_add(struct total_form form, int64_t *digits, double number);
void total_add_square(struct total_form form, int64_t *digits, double number);

/* Makes each digit one of 32 bits; after it equal sums have equal digits. */
void total_carry(struct total_form form, int64_t *digits);

/* Adds another sum of the same form; both have been carried, and the result is. */
void total_merge(struct total_form form, int64_t *digits, const int64_t *other);

/* Appends a carried sum as -0x1fp-3, the shortest way to write it so: C and Python read it as a float. */
void total_put(struct total_form form, const int64_t *digits, struct bytes *out);

/* Reads what total_put writes, into zeroed digits. False if it is none of these, or does not fit. */
bool total_read(struct total_form form, struct slice text, int64_t *digits);

/* The sum divided by n > 0, rounded once, to the nearest float. Carried. */
double total_mean(struct total_form form, const int64_t *digits, uint64_t n);

/* The population deviation of n numbers, sqrt(squares / n - (sum / n)^2), rounded once, to the nearest float. Their sum
 * and the sum of their squares are carried, and of TOTAL_FLOATS and TOTAL_FLOAT_SQUARES, or of the wide ones. 0 < n <
 * 2^63. */
double total_deviation(bool wide, const int64_t *sum, const int64_t *squares, uint64_t n);

/* The population covariance of two columns of n numbers, products / n - (a / n) * (b / n), times 2^exponent, rounded
 * once, to the nearest float; infinite if it is too large for one. The sums of both columns and the sum of their
 * products, of the same forms as above, are carried. 0 < n < 2^63. */
double total_covariance(bool wide, const int64_t *a, const int64_t *b, const int64_t *products, uint64_t n,
                        int exponent);

#endif
