/* shape.h - members in the form that a model takes: padded to one length, or made of other members. */
#ifndef QUERN_FIELDS_SHAPE_H
#define QUERN_FIELDS_SHAPE_H

#include "quern.h"

/* What --pad does to the members of one name. */
enum pad_how {
    PAD_NOT,
    PAD_INTS,   /* more integers; in a list of lists, for each of these */
    PAD_SPANS,  /* more [0,0] */
    PAD_TOKENS, /* more of the padding token's spelling */
    PAD_ROWS,   /* each row of a matrix gets longer */
    PAD_SQUARE, /* the same, and there are more rows */
};

struct pad_rule {
    enum pad_how how;
    bool is_id;      /* the value is the id of the padding token */
    bool own_length; /* it need not be as long as input_ids */
    int32_t value;
};

/* What becomes of the members of this name. */
struct pad_rule pad_rule_of(struct slice name);

/* What padding needs to know. */
struct padder {
    size_t to;    /* --pad; 0: nothing is padded */
    size_t masks; /* --max-predictions; 0: they are not filled */
    int32_t id;   /* the padding token */
    struct slice token;
};

/* The lengths of the arrays of one record. */
struct pad_state {
    struct slice name; /* the first that was padded; NULL: none yet */
    size_t count;      /* its items */
    size_t added;      /* padding tokens in the longest of them */
    bool per_target;   /* labels are those of target_mapping's rows, not of tokens */
};

/* Pads the value of a member. 1 with *padded, 0 if it stays as it is, -1 with the message. */
int pad_value(const struct padder *padder, struct pad_rule rule, const struct record *in, const struct member *member,
              struct arena *arena, struct pad_state *state, struct value *padded);

/* Members that presets make of others. */
enum make_how {
    MAKE_NOT,
    MAKE_POSITIONS, /* 0, 1, 2 … for each token */
    MAKE_MASKED_POSITIONS,
    MAKE_MASKED_IDS,
    MAKE_MASKED_WEIGHTS,
    MAKE_FOLLOWS, /* 1 where next_sentence_label is 0 */
    MAKE_TARGET,  /* labels with the padding token in place of -100 */
};

/* Makes it. 1 with *made, 0 if the record has not what it is made of, -1 with the message. */
int make_value(const struct padder *padder, enum make_how how, const struct record *in, struct arena *arena,
               struct value *made);

#endif
