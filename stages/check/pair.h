/* pair.h - the rules of pair.
 *
 * The sources of a record say which tokens it has; they are laid out by the template and compared. Then the parts that
 * are of the document itself must follow one another without a gap, and each must be a chunk that the rules allow:
 * pair_rules.c. */
#ifndef CHECK_PAIR_H
#define CHECK_PAIR_H

#include "document.h"
#include "layout.h"

#include "base/map.h"

enum { TASK_NSP, TASK_SOP, TASK_ELECTRA, TASK_SINGLE };
enum { SINGLE_SPLIT, SINGLE_DROP };
enum { CLASSES = 4, PLACES = 20, SMALL_ROOM = 8 };

struct pair_options {
    struct check_options common;
    int64_t length, max_memory;
    int task, single;
    const char *pool, *short_prob, *single_prob;
    struct words template, emit, also;
    struct random_options random;
};

enum {
    RULE_ID = RULES_COMMON,
    RULE_LENGTH,
    RULE_LABEL,
    RULE_TOKENS,
    RULE_CARRIED,
    RULE_WORDS,
    RULE_RANGES,
    RULE_SOURCES,
    RULE_COVER,
    RULE_CHUNK,
    RULE_CUT,
    RULE_FOREIGN,
    LAW_LABELS,
    LAW_SHORT,
    LAW_TARGETS,
    LAW_CUTS,
    LAW_SINGLE,
    LAW_POOL,
    LAW_BEGINNINGS,
};
struct pair {
    const struct pair_options *given;
    struct layout layouts[2]; /* of one text, of two */
    size_t specials;          /* that the room is less than the target */
    double short_prob, single_prob;
    VEC(struct document *) pool;
    struct map *places; /* in the pool, by the JSON of the id */

    struct document *document;
    int64_t copy;
    size_t at, number; /* where the next chunk begins, and the number of the next record */
    bool done;         /* --against is at its end */

    struct drift labels[CLASSES], cuts[2], single, beginnings, shorts;
    double targets[PLACES], targets_expected[PLACES], drawn[PLACES], drawn_expected[PLACES];
    uint64_t target_count, drawn_count, label_count, cut_count, single_count, short_count;
};

/* The two texts of a record, A and B, and what is known of them. */
struct texts {
    size_t count;
    struct document *documents[2];
    struct span tokens[2];
    bool foreign;
    int64_t label; /* -1: none */
    size_t room;   /* of the chunk, if it is known, else the most that it can be */
    bool exact;    /* it is known */
};

extern const char *const pair_label_names[]; /* by task */

/* [from, to) of the document is in no pair: are these chunks that are left out? */
void pair_check_gap(struct check *check, struct pair *pair, size_t from, size_t to);

/* Reads the sources; false if the rest can't be checked. */
bool pair_read_texts(struct check *check, struct pair *pair, const struct record *in, struct arena *arena,
                     struct texts *texts);
void pair_check_texts(struct check *check, struct pair *pair, const struct record *in, struct texts *texts,
                      struct arena *arena);

#endif
