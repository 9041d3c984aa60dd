/* windows.h - cuts texts that are too long for a model into overlapping windows: the reference's `overflowing`.
 *
 *     struct windows windows;
 *     windows_of(10, 4, 1, false, &windows);      tokens [0,4) [3,7) [6,10)
 *     windows_of(10, 4, 1, true, &windows);       tokens [6,10) [3,7) [0,4)
 *
 * Each token is in some window. All windows except the last are full; the last one ends with the text, or, if windows
 * are cut from the end, starts with it. */
#ifndef QUERN_TOKENIZER_WINDOWS_H
#define QUERN_TOKENIZER_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

/* The most windows of two texts together: each window of one is combined with each of the other. */
enum { WINDOWS_MOST_PAIRS = 65536 };

struct window {
    size_t from, count; /* tokens of the text */
};

struct windows {
    size_t total, size, step;
    size_t count; /* of the windows, at least 1 */
    bool left;
};

/* Cuts a text of `total` tokens into windows of `size`, each of which repeats `stride` tokens of the previous one;
 * left: from the end. 0, or -1 with the message if the text does not fit and the windows would not advance. */
int windows_of(size_t total, size_t size, size_t stride, bool left, struct windows *windows);

struct window windows_at(const struct windows *windows, size_t number);

/* The number of pairs of windows of two texts: 0, or -1 with the message if there are too many. */
int windows_pairs(const struct windows texts[2], size_t *count);

/* Which windows of the two texts make pair `number`. Pair 0 has the first of both. The order is the reference's: the
 * windows after the first of the `lead` text, each with all windows of the other; then the first one with the remaining
 * ones. */
void windows_pair(const struct windows texts[2], size_t lead, size_t number, size_t which[2]);

#endif
