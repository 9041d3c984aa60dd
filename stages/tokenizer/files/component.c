/* component.c - see component.h. */
#include "component.h"

#include "../models/vocab.h"
#include "base/diag.h"
#include "text/json.h"

bool component_member(struct slice object, const char *name, struct slice *value)
{
    return json_kind(object) == '{' && json_member(object, name, value) && json_kind(*value) != 'n';
}

int component_wrong(const char *where, const char *name, const char *expected)
{
    return diag_error("%s: %s: expected %s", where, name, expected);
}

int component_unsupported(const char *where, struct slice what)
{
    return diag_error("%s: \"%.*s\" is not supported", where, (int)what.len, what.ptr);
}

int component_bool(struct slice object, const char *where, const char *name, bool fallback, bool *out)
{
    struct slice value;
    *out = fallback;
    if (!component_member(object, name, &value))
        return 0;
    if (json_kind(value) != 't' && json_kind(value) != 'f')
        return component_wrong(where, name, "true or false");
    *out = json_kind(value) == 't';
    return 0;
}

int component_string(struct arena *arena, struct slice object, const char *where, const char *name,
                     const char *fallback, struct slice *out)
{
    struct slice value;
    *out = slice_of(fallback != NULL ? fallback : "");
    if (!component_member(object, name, &value))
        return fallback != NULL ? 0 : component_wrong(where, name, "a string");
    if (json_kind(value) != '"')
        return component_wrong(where, name, "a string");
    *out = json_string(value, arena);
    return 0;
}

int component_count(struct slice object, const char *where, const char *name, int64_t fallback, int64_t most,
                    int64_t *out)
{
    struct slice value;
    *out = fallback;
    if (component_member(object, name, &value) && (!json_int(value, out) || *out < 0 || *out > most))
        return component_wrong(where, name, "a number");
    return 0;
}

int component_id(struct slice value, const char *where, const char *name, int32_t *out)
{
    int64_t number;
    *out = 0;
    if (!json_int(value, &number) || number < 0 || number > VOCAB_MAX_ID)
        return component_wrong(where, name, "an id");
    *out = (int32_t)number;
    return 0;
}

int component_type(struct arena *arena, struct slice component, const char *where, struct slice *type)
{
    *type = SLICE("");
    if (json_kind(component) != '{')
        return diag_error("%s: expected an object", where);
    return component_string(arena, component, where, "type", "", type);
}

int component_root(struct slice file, struct slice *root)
{
    const char *end = file.ptr + file.len, *start = json_space(file.ptr, end), *bad;
    const char *stop = json_skip(start, end, JSON_DEPTH, &bad);
    if (stop == NULL)
        return diag_error("not JSON: byte %zu: %s", (size_t)(bad - file.ptr) + 1, diag_message());
    *root = slice_between(start, stop);
    return json_space(stop, end) == end ? 0 : diag_error("unexpected text after the JSON value");
}
