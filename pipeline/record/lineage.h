/* lineage.h - where a record comes from: its identity, its round, and the record it was made from.
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
 * Functions that return int return 0, or -1 with the message. */
#ifndef QUERN_LINEAGE_H
#define QUERN_LINEAGE_H

#include "record/record.h"
#include "record/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct lineage {
    struct identity identity;
    uint32_t round;  /* of the input record */
    int64_t copies;  /* how many to make of it: at least 1 */
    bool says_epoch; /* the copies get a member epoch: --epoch or --copies was given */
};

/* The identity of a record: a hash of its decoded `id` and the type of the id or, without an id, of the text in
 * `field`.
 */
int lineage_identity(const struct record *record, struct slice field, struct arena *arena, struct identity *identity);

/* The identity of the record's oldest ancestor: that of `root` or, without one, of the record itself. Filters that
 * choose records use it, so that a record and all records made from it stay together. The round does not matter. */
int lineage_root(const struct record *record, struct slice field, struct arena *arena, struct identity *root);

/* The identity of a member's value, a string or a number, computed like that of an id: for choices that are the same
 * for all records with this value. */
int lineage_member(const struct record *record, struct slice name, struct arena *arena, struct identity *identity);

/* A hash of the record's bytes, as they were read or would be printed: what tells records of one identity apart. */
uint64_t lineage_content(const struct record *record, struct arena *arena);

/* The round of a record: its `epoch`, or 0 if missing. */
int lineage_round(const struct record *record, uint32_t *round);

/* For `open`: do --epoch and --copies stay within the possible rounds? */
int lineage_check(const struct random_options *options);

/* Identity, round and copies of an input record. The record is bad if its `epoch` is not that of --epoch, or if its
 * copies would go beyond round 2^32 - 1. */
int lineage_read(const struct record *in, struct slice field, const struct random_options *options, struct arena *arena,
                 struct lineage *lineage);

/* The round of one copy, 0 to lineage->copies - 1, and its draws. */
uint32_t lineage_copy_round(const struct lineage *lineage, int64_t copy);
struct rng lineage_rng(const struct lineage *lineage, struct rng_key key, int64_t copy);

/* Sets `epoch` of this copy if the options ask for it. */
void lineage_set(struct record *made, const struct lineage *lineage, int64_t copy);

/* Makes `made` record number n of those that a filter derives from `of`: sets `id` to the id of `of` with "#", the
 * filter's mark and n appended ("X#w0"), `parent` to the id of `of`, and `root` to its root or, without one, its id. */
int lineage_child(struct record *made, const struct record *of, const char *mark, uint64_t n, struct arena *arena);

/* The id of a record, of which other ids are made: '"' or '0', and its spelling, decoded. Lives as long as the record
 * and the arena. It is an error if there is none. */
struct record_id {
    char kind;
    struct slice spelling;
};
int record_id_read(const struct record *record, struct arena *arena, struct record_id *id);

/* The order of ids: numbers before strings, numbers by value, strings by their bytes. Call record_id_check first for
 * each: an error if it is a number too large to compare. */
int record_id_check(const struct record_id *id);
int record_id_compare(const struct record_id *a, const struct record_id *b);

/* Sets what a record that is made of several has: `id` "FIRST@s-LAST@e", of the first and the last source, and
 * `sources`: the id of each, and which of its tokens are used. There must be a source. */
struct lineage_source {
    struct record_id id;
    struct span tokens; /* in the arrays of that record, end exclusive */
};
void lineage_set_id(struct record *made, const struct lineage_source *sources, size_t count, struct arena *arena);
void lineage_set_sources(struct record *made, const struct lineage_source *sources, size_t count, struct arena *arena);

#endif
