/* law.h - random integers with given weights.
 *
 *     struct law law;
 *     if (law_read("geometric:0.2:10", &law) < 0)
 *         return diag_within("--lengths: %s", diag_message());
 *     words = law_draw(&law, &rng, draw_number);
 *     law_free(&law);
 *
 * A law is a table of integers: a draw below the sum of the weights falls on one of them. What a law without integer
 * weights (1/n, geometric) rounds is below 2^-47 of each weight, and written down here, so that anyone can draw the
 * same numbers:
 *
 *     inverse:N        n of 1 to N has the weight floor(2^55 / n)
 *     geometric:P:N    1 has the weight 2^55, and each n up to N the floor of (1 - P) times the weight before it
 *     4,3,2,1          1, 2, 3, 4 have these weights
 *     law_poisson      0 has the weight 2^48, and each n the floor of mean / n times the weight before it, until that
 *                      is 0
 */
#ifndef QUERN_LAW_H
#define QUERN_LAW_H

#include "record/rng.h"

#include <stddef.h>
#include <stdint.h>

enum { LAW_MOST = 256 /* values of a law that law_read reads */ };

struct law {
    uint64_t *sums; /* sums[i]: the weights of the values up to number i, together */
    size_t count;   /* values */
    uint64_t first; /* the value of number 0 */
};

/* Reads one of the forms above. 0, or -1 with the message. */
int law_read(const char *text, struct law *law);

/* The values first, first + 1, … with these weights. 0, or -1 with the message if their sum is 0 or 2^64 or more. */
int law_of_weights(const uint64_t *weights, size_t count, uint64_t first, struct law *law);

/* The law of Poisson, for a mean above 0 and up to 10. */
void law_poisson(struct decimal mean, struct law *law);

void law_free(struct law *law);

/* A value: draw number n, below the sum of the weights. */
uint64_t law_draw(const struct law *law, struct rng *rng, uint64_t n);

#endif
