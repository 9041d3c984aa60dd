/* ballots.h - what the records of each group say, kept for the second pass: in memory up to a bound, and beyond it in
 * mapped files.
 *
 * A table of hashes finds the number of a group by its key. The ballots of all groups are in one region, each after the
 * place of the one before it of its group:
 *
 *     group   last ─────────────────────────────┐
 *                                               v
 *     region  │ 0 │ ballot │ … │ before │ ballot │ …
 *                   ^              └──────┐
 *                   └─────────────────────┘ */
#ifndef QUERN_VOTE_BALLOTS_H
#define QUERN_VOTE_BALLOTS_H

#include "base/hash.h"
#include "record/rng.h"
#include "run/hashes.h"
#include "run/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group {
    struct hash key;
    uint64_t last;  /* its last ballot; 0: none */
    uint32_t votes; /* ballots */
    bool own;       /* list: the record that the others belong to is there */
    bool done;      /* second pass: what the group says has been written */
};

struct ballots {
    struct hashes *numbers; /* of the groups, by key */
    struct region groups, region;
    size_t count; /* groups */
    uint64_t max_memory;
    const char *temp_dir;
};

/* max_memory: bytes; temp_dir is not copied. 0, or -1 with the message. */
int ballots_open(struct ballots *ballots, uint64_t max_memory, const char *temp_dir);
void ballots_close(struct ballots *ballots);

/* The group of a key, which is new if there is none: valid until the next call. NULL with the message. */
struct group *ballots_group(struct ballots *ballots, struct identity key);

/* The same, but it is there. */
struct group *ballots_find(const struct ballots *ballots, struct identity key);

struct group *ballots_group_at(const struct ballots *ballots, size_t number);

/* Adds a ballot. 0, or -1 with the message. */
int ballots_cast(struct ballots *ballots, struct group *group, const void *ballot, size_t len);

/* The ballot at a place, aligned for 8 bytes, and the place before it in its group; 0 after the first. */
const void *ballots_at(const struct ballots *ballots, uint64_t place, uint64_t *before);

#endif
