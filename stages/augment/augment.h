/* augment.h - what the user asks of augment, and what is opened for it. */
#ifndef QUERN_AUGMENT_AUGMENT_H
#define QUERN_AUGMENT_AUGMENT_H

#include "../words/stop_list.h"
#include "ops.h"

enum { EMIT_BOTH, EMIT_SYNTHETIC };
enum policy { POLICY_EACH, POLICY_RANDOM, POLICY_ALL };

struct augment_options {
    struct words ops, alpha_for, protect, protect_pattern, only, fields;
    struct decimal alpha;
    struct word_options words;
    const char *synonyms, *stopwords, *protect_words, *focus_words;
    int64_t num, senses;
    int emit, policy;
    bool multiword, all_occurrences, strict;
    struct random_options random;
};

/* One kind of operation, and one that the user has asked for. */
struct op {
    const char *name;
    enum op_number number;
    void (*apply)(struct op_job *job);
    bool uses_alpha, brings_words;
};
struct op_use {
    const struct op *op;
    struct decimal alpha;
};

struct augment {
    const struct augment_options *given;
    struct op_use ops[OP_LAST];
    size_t op_count;
    struct slice *fields;
    size_t field_count;
    bool names_fields; /* --fields was given: `edits` say which one */
    struct stop_lists stops;
    struct draft_rules rules;
    struct conditions *only; /* or NULL */
    struct rng_key key;
};

/* All kinds; ends in {0}. */
extern const struct op all_ops[];

#endif
