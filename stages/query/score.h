/* score.h - how much there is to learn from the label of a record. */
#ifndef QUERN_QUERY_SCORE_H
#define QUERN_QUERY_SCORE_H

#include "../predictions/distribution.h"

enum score_kind {
    SCORE_LEAST_CONFIDENCE,
    SCORE_MARGIN,
    SCORE_ENTROPY,
    SCORE_VOTE_ENTROPY,
    SCORE_DISAGREEMENT,
    SCORE_RANDOM,
    SCORE_MEMBER,
};

/* Their names; the last one, NULL, is for SCORE_MEMBER. */
extern const char *const score_names[];

struct score_rules {
    enum score_kind kind;
    struct slice member; /* of SCORE_MEMBER */
    struct rng_key key;  /* of SCORE_RANDOM */
    struct class_list *classes;
};

/* 0, or -1 with the message. */
int score_find(const struct score_rules *rules, const struct record *in, struct arena *arena, double *score);

/* The class that is predicted: `predicted` or, without it, the most probable one. 0, or -1 with the message. */
int score_predicted(struct class_list *classes, const struct record *in, struct arena *arena, size_t *class);

#endif
