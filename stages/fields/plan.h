/* plan.h - what the options of fields ask for, by the names of members. */
#ifndef QUERN_FIELDS_PLAN_H
#define QUERN_FIELDS_PLAN_H

#include "preset.h"
#include "quern.h"

struct fields_options {
    struct words keep, drop, rename, order, fill;
    bool uniform;
    int64_t pad, max_predictions;
    const char *model;
    int preset;
};

enum { RULE_NONE = 0 };
#define RANK_REST UINT32_MAX

/* What becomes of members of one name. Names before the renaming and after it share the table. */
struct rule {
    struct slice name;
    bool keep, drop;
    uint32_t renamed; /* the rule of the new name; RULE_NONE: it keeps its name */
    const char *from; /* what is renamed to this; NULL: nothing */
    uint32_t rank;    /* its place among the members that have one; RANK_REST: after these, as it comes */
    bool filled;      /* there is a fill for it */
    struct pad_rule pad;
};

/* A member that a record gets if it has none of this name. */
enum fill_kind {
    FILL_VALUE, /* `json` */
    FILL_ID,    /* the record's own id: the root of a record that was made of no other is itself */
    FILL_NEVER, /* nothing: the record is bad */
};

struct fill {
    uint32_t rule;
    enum fill_kind kind;
    struct slice json;
};

/* A member that a preset makes, unless the record lacks what it is made of. */
struct make {
    uint32_t rule;
    enum make_how how;
};

struct plan {
    struct arena *arena; /* of names and values */
    struct map *names;   /* a name's rule */
    VEC(struct rule) rules;
    VEC(struct fill) fills;
    VEC(struct make) makes;
    struct padder padder;
    uint32_t ranks; /* how many there are */
    bool keeps;     /* only what has `keep` stays */
    bool removes;   /* there are members to drop, or to rename */
    bool marks;     /* a model is to tell padding by attention_mask */
};

/* padder: what --pad and --model say. NULL, with the message, if the options contradict each other. */
struct plan *plan_new(const struct fields_options *given, struct padder padder);
void plan_free(struct plan *plan);

/* The rule of a name, RULE_NONE if there is none. */
uint32_t plan_find(const struct plan *plan, struct slice name);

#endif
