/* empty.c - see empty.h. */
#include "empty.h"

#include "record/members.h"

/* Where the shape alone does not tell. */
static const struct {
    const char *name;
    enum fill_kind kind;
    const char *json; /* of FILL_VALUE; NULL: there is none */
} special[] = {
    {"id", FILL_NEVER, NULL}, /* records of one made-up id would share every random decision */
    {"root", FILL_ID, NULL},
    {"parent", FILL_VALUE, "\"\""},
    {"sources", FILL_VALUE, "[]"},
    {"edits", FILL_VALUE, "[]"},
    {"entities", FILL_VALUE, "[]"},
    {"epoch", FILL_VALUE, "0"}, /* which a record without it means */
    {"label", FILL_VALUE, NULL},
    {"pair_targets", FILL_VALUE, "[]"},
    {"perm_mask", FILL_VALUE, "[]"},
    {"target_mapping", FILL_VALUE, "[]"},
    {"parents", FILL_VALUE, "[]"},
    {"synthetic", FILL_VALUE, "false"},
    {"parent_labels", FILL_VALUE, "[]"},
    {"features", FILL_VALUE, "[]"},
    {"probs", FILL_VALUE, "[]"},
    {"logits", FILL_VALUE, "[]"},
    {"aug_probs", FILL_VALUE, "[]"},
    {"aug_logits", FILL_VALUE, "[]"},
    {"pass_probs", FILL_VALUE, "[]"},
    {"tie", FILL_VALUE, "false"},
    {"pseudo", FILL_VALUE, "false"},
    {"suspect", FILL_VALUE, "false"},
    {"sparse", FILL_VALUE, "{\"indices\":[],\"values\":[]}"},
};

/* The empty value of a shape; NULL if there is none: 0 tokens would be a count. */
static const char *empty_of(const struct member_kind *kind)
{
    switch (kind->shape) {
    case VALUE_TEXT:
        return "\"\"";
    case VALUE_INTS:
    case VALUE_SPANS:
    case VALUE_STRINGS:
    case VALUE_FLOATS:
        return "[]";
    default:
        return NULL;
    }
}

bool empty_value(struct slice name, enum fill_kind *kind, struct slice *json)
{
    const struct member_kind *member = member_find(name);
    const char *value = member != NULL ? empty_of(member) : NULL;
    *kind = FILL_VALUE;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (slice_is(name, special[i].name)) {
            *kind = special[i].kind;
            value = special[i].json;
        }
    }
    if (value != NULL)
        *json = slice_of(value);
    return value != NULL || *kind != FILL_VALUE;
}
