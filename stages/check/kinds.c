/* kinds.c - see kinds.h. */
#include "kinds.h"

#include "../tokenizer/shared.h"
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <inttypes.h>
#include <string.h>

static struct kinds *kinds_new(int32_t size, int32_t mask_id)
{
    struct kinds *kinds = mem_zalloc(1, sizeof *kinds);
    kinds->size = size;
    kinds->mask_id = mask_id;
    kinds->kinds = mem_zalloc((size_t)size, sizeof *kinds->kinds);
    return kinds;
}

void kinds_free(struct kinds *kinds)
{
    if (kinds == NULL)
        return;
    mem_free(kinds->kinds);
    mem_free(kinds);
}

/* "before", digits, "after" */
static bool is_numbered(struct slice token, const char *before, const char *after)
{
    struct slice head = slice_of(before), tail = slice_of(after);
    if (token.len <= head.len + tail.len || !slice_starts(token, head))
        return false;
    for (size_t i = head.len; i < token.len - tail.len; i++)
        if (token.ptr[i] < '0' || token.ptr[i] > '9')
            return false;
    return slice_is((struct slice){token.ptr + token.len - tail.len, tail.len}, after);
}

static bool is_placeholder(struct slice token)
{
    return is_numbered(token, "[unused", "]") || is_numbered(token, "<unused", ">") ||
           is_numbered(token, "<extra_id_", ">") || is_numbered(token, "madeupword", "");
}

static enum id_kind kind_of(const struct tokenizer *tokenizer, int32_t id)
{
    struct slice token = tokenizer_token(tokenizer, id);
    if (token.len == 0)
        return ID_NONE;
    if (id == tokenizer_unk_id(tokenizer))
        return ID_UNKNOWN;
    if (tokenizer_is_special(tokenizer, id) || id == tokenizer_mask_id(tokenizer))
        return ID_SPECIAL;
    return tokenizer_is_reserved(tokenizer, id) || is_placeholder(token) ? ID_RESERVED : ID_ORDINARY;
}

struct kinds *kinds_of_model(struct stage_context *context, const char *path)
{
    const struct tokenizer *tokenizer = shared_tokenizer(context, path);
    if (tokenizer == NULL)
        return NULL;
    struct kinds *kinds = kinds_new(tokenizer_size(tokenizer), tokenizer_mask_id(tokenizer));
    kinds->tokenizer = tokenizer;
    kinds->path = path;
    for (int32_t id = 0; id < kinds->size; id++)
        kinds->kinds[id] = (uint8_t)kind_of(tokenizer, id);
    return kinds;
}

struct kinds *kinds_of_numbers(int64_t mask_id, int64_t size, const struct ints *special)
{
    struct kinds *kinds = kinds_new((int32_t)size, (int32_t)mask_id);
    memset(kinds->kinds, ID_ORDINARY, (size_t)size);
    for (size_t i = 0; i <= special->len; i++) {
        int64_t id = i < special->len ? special->items[i] : mask_id;
        if (id < 0 || id >= size) {
            kinds_free(kinds);
            (void)diag_error("--%s: %" PRId64 " is not an id below --vocab-size %" PRId64,
                             i < special->len ? "special-ids" : "mask-id", id, size);
            return NULL;
        }
        kinds->kinds[id] = ID_SPECIAL;
    }
    return kinds;
}

enum id_kind kinds_of(const struct kinds *kinds, int32_t id)
{
    return id >= 0 && id < kinds->size ? (enum id_kind)kinds->kinds[id] : ID_NONE;
}

int kinds_find(const struct kinds *kinds, const char *option, struct slice name, int32_t *id)
{
    int64_t number;
    if (name.len > 1 && name.ptr[0] == '#' && json_int((struct slice){name.ptr + 1, name.len - 1}, &number) &&
        number >= 0 && number <= INT32_MAX) {
        *id = (int32_t)number;
        return 0;
    }
    if (kinds == NULL || kinds->tokenizer == NULL)
        return diag_error("--%s %.*s: a token is named, so expected --model (or #N for the id N)", option,
                          (int)name.len, name.ptr);
    *id = tokenizer_id(kinds->tokenizer, name);
    if (*id < 0)
        return diag_error("--%s: %s has no token \"%.*s\"", option, kinds->path, (int)name.len, name.ptr);
    return 0;
}
