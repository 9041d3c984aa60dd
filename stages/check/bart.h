/* bart.h - the rules of corrupt --task bart: bart.c reads records and judges the order and the spans, bart_source.c
 * what has become of the text. */
#ifndef CHECK_BART_H
#define CHECK_BART_H

#include "check.h"

struct bart_options {
    struct check_options common;
    const char *shares[6];
    struct words also;
    int64_t replace_length;
    struct random_options random;
};
enum { RATIO, RANDOM, PERMUTE, DELETE, INSERT, ROTATE, SHARES };

enum {
    RULE_LABELS = RULES_COMMON,
    RULE_MEMBERS,
    RULE_ORDER,
    RULE_SPANS,
    RULE_SOURCE,
    RULE_TOKENS,
    LAW_MOVED,
    LAW_INSERTIONS,
    LAW_ENDS,
    LAW_RANDOM,
    LAW_DROPPED,
    LAW_INSERTED,
    LAW_ROTATED,
};
struct bart {
    const struct bart_options *given;
    struct decimal shares[SHARES];
    double values[SHARES]; /* the same as numbers */
    double poisson;
    struct drift moved, insertions, ends[2], random, dropped, inserted, rotated;
    uint64_t moved_count, span_count, mask_count, dropped_count, inserted_count;
};

/* The tokens between the special ones at both ends, their sentences, and the words of the permuted text. */
struct body {
    const int32_t *ids, *words;
    size_t from, count;     /* in the record */
    struct span *sentences; /* in the body */
    size_t sentence_count;
    size_t *places; /* of the permuted text: which token of the body */
};

/* The rule `source`: the text in its new order, with masks for the spans, and as --delete and --insert say, is
 * input_ids. spans: in the body. */
void bart_check_source(struct check *check, struct bart *bart, const struct record *source, const struct record *in,
                       const struct body *body, const struct span *spans, size_t count, struct arena *arena);

/* The rule `tokens`, which needs no members that only --also writes. */
void bart_check_tokens(struct check *check, const struct bart *bart, const struct record *source,
                       const struct record *in, struct arena *arena);

#endif
