/* group.c - see group.h. */
#include "group.h"

#include "record/members.h"
#include "text/json.h"

int group_find(const char *name, const struct record *in, struct arena *arena, struct slice *group)
{
    *group = (struct slice){"", 0};
    if (name == NULL)
        return 0;
    const struct value *value = rec_get(in, slice_of(name));
    if (value == NULL)
        return member_missing(in, slice_of(name), "");
    *group = rec_json(value, arena);
    char kind = json_kind(*group);
    if (kind != '"' && kind != '0' && kind != 't' && kind != 'f')
        return rec_mismatch(slice_of(name), "a string, a number or a boolean", value);
    if (kind != '"')
        return 0;
    struct bytes text = {0};
    json_put_string(&text, json_string(*group, arena));
    *group = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return 0;
}
