/* roll.h - a roll of names: strings and integers that records use as names, such as labels and annotators: numbered as
 * they come, and then put in order, integers before strings, integers by value and strings by their bytes. */
#ifndef QUERN_VOTE_ROLL_H
#define QUERN_VOTE_ROLL_H

#include "base/map.h"
#include "record/record.h"

#include <stdint.h>

struct roll {
    struct map *numbers; /* of each name, as JSON in one spelling */
    uint32_t *ranks;     /* by number; of roll_sort */
    uint32_t *order;     /* the numbers by rank */
};

void roll_init(struct roll *roll);
void roll_release(struct roll *roll);

/* The number of the name that a member has. option: what names the member, for messages. 0, or -1 with the message: it
 * is missing, or neither a string nor a 64-bit integer. */
int roll_number(struct roll *roll, const struct record *in, const char *member, const char *option, struct arena *arena,
                uint32_t *number);

size_t roll_count(const struct roll *roll);

/* Makes ranks and order; no name may be added afterwards. */
void roll_sort(struct roll *roll);

/* The name of this rank, as JSON. */
struct slice roll_at(const struct roll *roll, size_t rank);

#endif
