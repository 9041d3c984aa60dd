/* empty.c - see empty.h. */
#include "empty.h"

/* Members of the record as such; one that describes the text or the tokens is empty if it describes none of them. */
static const struct {
    const char *name;
    enum fill_kind kind;
    const char *json;
} empty[] = {
    {"id", FILL_NEVER, NULL}, /* records of one made-up id would share every random decision */
    {"root", FILL_ID, NULL},      {"parent", FILL_VALUE, "\"\""}, {"epoch", FILL_VALUE, "0"},
    {"text", FILL_VALUE, "\"\""}, {"lang", FILL_VALUE, "\"\""},   {"window", FILL_VALUE, "[]"},
};

bool empty_value(struct slice name, enum fill_kind *kind, struct slice *json)
{
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        if (!slice_is(name, empty[i].name))
            continue;
        *kind = empty[i].kind;
        if (*kind == FILL_VALUE)
            *json = slice_of(empty[i].json);
        return true;
    }
    const struct member_kind *member = member_find(name);
    if (member == NULL || member->of == MEMBER_OF_RECORD || member->of == MEMBER_OF_TOKENS)
        return false;
    *kind = FILL_VALUE;
    *json = SLICE("[]");
    return true;
}
