/* windows.h - texts that are longer than a model takes, as windows that overlap: the reference's `overflowing`.
 *
 *     struct windows windows;
 *     windows_of(10, 4, 1, false, &windows);      tokens [0,4) [3,7) [6,10)
 *     windows_of(10, 4, 1, true, &windows);       tokens [6,10) [3,7) [0,4)
 *
 * Each token is in a window. All windows but the last are full; the last ends where the text does: at its end, or at
 * its start where the windows are cut from the end. */
#ifndef QUERN_TOKENIZER_WINDOWS_H
#define QUERN_TOKENIZER_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

/* What two texts may have of windows together: each window of one is combined with each of the other. */
enum { WINDOWS_MOST_PAIRS = 65536 };

struct window {
    size_t from, count; /* tokens of the text */
};

struct windows {
    size_t total, size, step;
    size_t count; /* of the windows, at least 1 */
    bool left;
};

/* A text of `total` tokens in windows of `size`, each of which has `stride` tokens of the one before again; left: cut
 * from the end. 0, or -1 with the message where the text does not fit and the windows would not move on. */
int windows_of(size_t total, size_t size, size_t stride, bool left, struct windows *windows);

struct window windows_at(const struct windows *windows, size_t number);

/* The windows of two texts: 0, or -1 with the message where they are too many. */
int windows_pairs(const struct windows texts[2], size_t *count);

/* Which windows of the two texts pair `number` has. Pair 0 has the first of both. The order is the reference's: the
 * windows behind the first of the `lead` text, each with all of the other; then its first one with those that are
 * left. */
void windows_pair(const struct windows texts[2], size_t lead, size_t number, size_t which[2]);

#endif
