/* weights.h - where random tokens come from. */
#ifndef CHECK_WEIGHTS_H
#define CHECK_WEIGHTS_H

#include "kinds.h"

enum { BUCKETS = 64 };

struct weights {
    double *shares;   /* of each id */
    uint8_t *buckets; /* of each id, so that all buckets have about the same weight */
    double bucket_shares[BUCKETS];
};

/* from: "vocabulary", the ordinary ids; "all"; or a file with lines ID<TAB>COUNT, of ids that are not special. 0, or -1
 * with the message. */
int weights_open(struct weights *weights, const struct kinds *kinds, const char *from);
void weights_close(struct weights *weights);

#endif
