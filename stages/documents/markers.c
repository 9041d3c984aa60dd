/* markers.c - see markers.h. */
#include "markers.h"

#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>

static int check_id(const struct tokenizer *tokenizer, const char *model, const char *option, int64_t id,
                    struct marker *marker)
{
    if (tokenizer != NULL && id < tokenizer_size(tokenizer))
        marker->token = tokenizer_token(tokenizer, (int32_t)id);
    if (id > INT32_MAX || (tokenizer != NULL && marker->token.len == 0))
        return diag_error("--%s: there is no token with id %" PRId64 "%s%s", option, id, model != NULL ? " in " : "",
                          model != NULL ? model : "");
    marker->id = (int32_t)id;
    return 0;
}

int marker_find(const struct tokenizer *tokenizer, const char *model, const char *option, const char *name,
                struct marker *marker)
{
    int64_t id;
    *marker = (struct marker){.given = name != NULL};
    if (name == NULL)
        return 0;
    if (name[0] == '#' && json_int(slice_of(name + 1), &id) && id >= 0)
        return check_id(tokenizer, model, option, id, marker);
    if (tokenizer == NULL)
        return diag_error("--%s: \"%s\" is looked up in a vocabulary; give --model, or the id as #N", option, name);
    marker->id = tokenizer_id(tokenizer, slice_of(name));
    marker->token = slice_of(name);
    if (marker->id < 0)
        return diag_error("--%s: \"%s\" is not a token of %s (an id is written as #N)", option, name, model);
    return 0;
}

int markers_spelled(const struct marker *markers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (markers[i].given && markers[i].token.len == 0)
            return diag_error("tokens: the spelling of token #%" PRId32 " is not known; give --model, or leave tokens "
                              "out (--emit)",
                              markers[i].id);
    return 0;
}
