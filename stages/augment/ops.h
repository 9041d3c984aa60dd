/* ops.h - the operations of augment: each changes a draft, by draws that belong to it alone. */
#ifndef QUERN_AUGMENT_OPS_H
#define QUERN_AUGMENT_OPS_H

#include "draft.h"
#include "rates.h"

struct augment; /* the options and what was opened for them: augment.h */

/* The numbers of the operations are a part of the frozen contract of quern-record(5); 0 is augment itself. */
enum op_number {
    OP_SR = 1,
    OP_RI,
    OP_RS,
    OP_RD,
    OP_AEDA,
    OP_TFIDF,
    OP_UNIFORM,
    OP_ENTITY,
    OP_CHARS,
    OP_TYPO,
    OP_SHUFFLE,
    OP_DROP,
    OP_WINDOW,
    OP_LAST = OP_WINDOW,
};

/* Where an operation gets its random numbers. A draw is op << 58 | purpose << 54 | attempt << 50 | field << 46 |
 * K << 32 | item: the operation, what is decided, the attempt from 0, the number of the field, the number of the
 * variant from 1, and for which item. */
struct draws {
    struct rng *rng;
    uint64_t base; /* without purpose and item */
};
enum { MOST_VARIANTS = (1 << 14) - 1, MOST_ATTEMPTS = 1 << 4, MOST_FIELDS = 1 << 4 };

static inline struct draws draws_of(struct rng *rng, unsigned op, unsigned attempt, size_t field, size_t variant)
{
    uint64_t base = (uint64_t)op << 58 | (uint64_t)attempt << 50 | (uint64_t)field << 46 | (uint64_t)variant << 32;
    return (struct draws){rng, base};
}

/* An integer in [0, below), uniform. */
static inline uint64_t draw_below(const struct draws *draws, unsigned purpose, uint64_t item, uint64_t below)
{
    return rng_below(draws->rng, draws->base | (uint64_t)purpose << 54 | item, below);
}

static inline uint64_t draw_bits(const struct draws *draws, unsigned purpose, uint64_t item)
{
    return rng_bits(draws->rng, draws->base | (uint64_t)purpose << 54 | item);
}

static inline bool draw_chance(const struct draws *draws, unsigned purpose, uint64_t item, struct decimal p)
{
    return rng_chance(draws->rng, draws->base | (uint64_t)purpose << 54 | item, p);
}

/* What an operation works with. */
struct op_job {
    const struct augment *augment;
    const struct draft *drafts; /* of all fields */
    size_t field_count, field;  /* the field to change */
    const struct draft *draft;  /* its draft */
    struct decimal alpha;       /* of the operation */
    struct draws draws;
    struct arena *arena;
    struct changes *changes; /* empty; the operation puts its changes, or none if it finds nothing to do */
    struct op_scratch {
        VEC(uint32_t) numbers;
        VEC(struct part) parts;
        struct rates rates; /* of tfidf */
        struct bytes name;  /* of entity */
        struct map *keys;   /* of sr; NULL until it is needed */
    } * scratch;
};

/* How many words to change: max(1, floor(alpha * count)). */
uint64_t op_amount(struct decimal alpha, size_t count);

/* The first `chosen` items become a uniform choice of that many out of `count`, in random order. Uses the draws
 * (purpose, first item …). */
void op_choose(const struct draws *draws, unsigned purpose, uint32_t *items, size_t count, size_t chosen);

/* The numbers, as scratch that an operation may reorder. */
uint32_t *op_copy(struct op_job *job, struct numbers numbers);

/* Deletes a word, or another part, with its white space (part_to_delete), but not with that of something protected. */
void op_delete(struct op_job *job, struct part word, uint32_t *taken);

/* ---- insertions ---- */

/* The places where a word may come in, in scratch->parts: before each word that counts and behind the last one, but not
 * inside of what is protected. Returns their number. */
size_t op_places(struct op_job *job);

/* Puts a word in at an empty part of the text, parted by spaces from letters and digits, but not from those of scripts
 * without spaces. */
void op_insert(struct op_job *job, struct part place, struct slice word);

/* ---- the operations ---- */

void op_sr(struct op_job *job);
void op_ri(struct op_job *job);
void op_rs(struct op_job *job);
void op_rd(struct op_job *job);
void op_aeda(struct op_job *job);
void op_tfidf(struct op_job *job);
void op_uniform(struct op_job *job);
void op_entity(struct op_job *job);
void op_chars(struct op_job *job);
void op_typo(struct op_job *job);
void op_shuffle(struct op_job *job);
void op_drop(struct op_job *job);
void op_window(struct op_job *job);

#endif
