/* lineage.h - who a record is: its identity, its round, and the record that it was made of.
 *
 * The rules are in quern-record(5), and frozen: every random choice depends on them.
 *
 *     struct lineage lineage;
 *     if (lineage_read(in, SLICE("text"), &options->random, arena, &lineage) < 0)
 *         return -1;
 *     for (int64_t copy = 0; copy < lineage.copies; copy++) {
 *         struct rng rng = lineage_rng(&lineage, key, copy);
 *         struct record *made = rec_derive(arena, in);
 *         …
 *         lineage_set(made, &lineage, copy);
 *     }
 *
 * All that can fail returns 0, or -1 with the message. */
#ifndef QUERN_LINEAGE_H
#define QUERN_LINEAGE_H

#include "record/record.h"
#include "record/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct lineage {
    struct identity identity;
    uint32_t round;  /* of the record that came in */
    int64_t copies;  /* to be made of it: at least 1 */
    bool says_epoch; /* of what is made: --epoch or --copies was given */
};

/* The identity of a record: a hash of its decoded `id` and the type of that; without an id, of the text in `field`. */
int lineage_identity(const struct record *record, struct slice field, struct arena *arena, struct identity *identity);

/* The identity of the first record of its line, for what chooses records, so that a record and all that was made of it
 * stay together: that of `root`; without one, of the record itself. The round does not matter. */
int lineage_root(const struct record *record, struct slice field, struct arena *arena, struct identity *root);

/* The identity of what a member says, a string or a number, as that of an id: for choices that records with the same
 * value share. */
int lineage_member(const struct record *record, struct slice name, struct arena *arena, struct identity *identity);

/* The round of a record: its `epoch`, else 0. */
int lineage_round(const struct record *record, uint32_t *round);

/* For `open`: are there so many rounds? */
int lineage_check(const struct random_options *options);

/* Identity, round and copies of a record that came in. It is bad if its `epoch` is not that of --epoch, or if its
 * copies would be beyond round 2^32 - 1. */
int lineage_read(const struct record *in, struct slice field, const struct random_options *options, struct arena *arena,
                 struct lineage *lineage);

/* The draws of one copy, 0 to lineage->copies - 1. */
struct rng lineage_rng(const struct lineage *lineage, struct rng_key key, int64_t copy);

/* Sets `epoch` of that copy if the options ask for it. */
void lineage_set(struct record *made, const struct lineage *lineage, int64_t copy);

/* Makes `made` a new record, number n of those that a filter makes of `of`: sets `id` to that of `of` with "#", the
 * filter's mark and n ("X#w0"), `parent` to the id of `of`, and `root` to its root, else its id. */
int lineage_child(struct record *made, const struct record *of, const char *mark, uint64_t n, struct arena *arena);

/* Sets `sources` of a record that is put together from several: the id of each, and which of its tokens there are. All
 * must be of one round, which is that of `made`: `epoch` is set if one of them has it. */
struct lineage_source {
    const struct record *record;
    struct span tokens; /* in the arrays of that record, end exclusive */
};
int lineage_sources(struct record *made, const struct lineage_source *sources, size_t count, struct arena *arena);

#endif
