/* choice.h - the units of a record, its budgets, and what is selected. */
#ifndef QUERN_MASKER_CHOICE_H
#define QUERN_MASKER_CHOICE_H

#include "masker.h"
#include "select.h"

/* What a record offers; the same for all of its copies. */
struct offer {
    struct sequence sequence;
    size_t group_count;
    struct group {
        uint32_t start, end; /* the tokens that share a budget */
        size_t maskable;
    } * groups;
    /* For each level that may be asked for: its units, then those of the levels below that may follow. */
    struct stack {
        size_t depth;
        bool ends_in_tokens; /* is the lowest of them the level of tokens? */
        struct units *units; /* of level d, group g: units[d * group_count + g] */
    } stacks[MASK_LEVELS];
};

/* 0, or -1 with the message. */
int offer_read(const struct masker *masker, const struct record *in, struct arena *arena, struct offer *offer);

/* The level of a copy. */
enum mask_level offer_level(const struct masker *masker, struct rng *rng);

/* Selects units of a copy; adds to `counts`. */
struct chosen choose_units(const struct masker *masker, const struct offer *offer, enum mask_level level,
                           struct rng *rng, struct arena *arena, size_t counts[COUNTERS]);

#endif
