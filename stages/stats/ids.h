/* ids.h - how many ids occur more than once, in bounded memory, and so that parts add up.
 *
 * Up to IDS_MOST different ids are counted by a hash of 64 bits each. If there are more, only those are whose hash
 * begins with a zero bit; then with two, and so on: half, a quarter … of all ids, whatever the order, and all copies of
 * each. The number of duplicates is then an estimate, the number in the sample times 2^level. Which ids are in the
 * sample depends on the set of ids only, so parts that are merged give what all records at once would. */
#ifndef STATS_IDS_H
#define STATS_IDS_H

#include "summary.h"

#include <stddef.h>
#include <stdint.h>

enum { IDS_MOST = 1 << 20 };

/* Zero it before the first use. */
struct ids {
    uint64_t records; /* that have an id */
    unsigned level;   /* zero bits at the start of the hashes that count */
    struct id_count {
        uint64_t hash, count; /* count 0: a free slot */
    } * slots;
    size_t used, room;
};

void ids_add(struct ids *ids, uint64_t hash);
void ids_merge(struct ids *into, const struct ids *from);
void ids_release(struct ids *ids);

/* The number of records whose id another record before them has: exact if level is 0. */
uint64_t ids_duplicates(const struct ids *ids);

/* {"level":…,"records":…,"sample":{"HASH":count,…}}, the hash in 16 hexadecimal digits. The object is empty. */
void ids_put(const struct ids *ids, struct summary *object);

/* Adds those of such an object: 0, or -1 with the message. */
int ids_read(struct ids *into, const struct summary *object);

#endif
