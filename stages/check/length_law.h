/* length_law.h - a law of lengths, as the option --lengths writes it. */
#ifndef CHECK_LENGTH_LAW_H
#define CHECK_LENGTH_LAW_H

#include <stddef.h>

enum { LENGTH_LAW_MOST = 1000 };

struct length_law {
    size_t most;                       /* the longest */
    double share[LENGTH_LAW_MOST + 1]; /* of each length from 1 */
};

/* inverse:N, geometric:P:N, or weights of 1, 2, 3 …. 0, or -1 with the message. */
int length_law_read(const char *text, struct length_law *law);

#endif
