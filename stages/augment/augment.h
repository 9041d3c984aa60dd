/* augment.h - what the user asks of augment, and what is opened for it. */
#ifndef QUERN_AUGMENT_AUGMENT_H
#define QUERN_AUGMENT_AUGMENT_H

#include "../words/stop_list.h"
#include "class_counts.h"
#include "gazetteer.h"
#include "ops.h"

enum { EMIT_BOTH, EMIT_SYNTHETIC };
enum { KEYBOARD_QWERTY, KEYBOARD_QWERTZ, KEYBOARD_AZERTY };
enum policy { POLICY_EACH, POLICY_RANDOM, POLICY_ALL };

struct augment_options {
    struct words ops, alpha_for, protect, protect_pattern, only, fields;
    struct decimal alpha, prob;
    struct word_options words;
    const char *synonyms, *stopwords, *protect_words, *focus_words, *table, *entities, *chars, *per_class, *counts,
        *label;
    int64_t num, senses, window;
    int emit, policy, keyboard;
    bool multiword, all_occurrences, explain, same_script, strict;
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
    bool own_alpha; /* it is from --alpha-for */
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
    const struct table *table;         /* of tfidf and uniform, or NULL */
    struct gazetteer *gazetteer;       /* of entity, or NULL */
    struct conditions *only;           /* or NULL */
    struct class_counts *class_counts; /* or NULL */
    struct rng_key key;
};

/* All kinds; ends in {0}. */
extern const struct op all_ops[];

#endif
