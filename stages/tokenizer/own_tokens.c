/* own_tokens.c - see own_tokens.h. */
#include "own_tokens.h"

#include "base/diag.h"
#include "record/members.h"
#include "text/json.h"

#include <inttypes.h>
#include <string.h>

/* The length of the token as a JSON string without its quotes, if that is what stands here, else 0. A token with other
 * escapes than these is not recognised. */
static size_t printed_length(struct slice token, const char *at, size_t room)
{
    size_t n = 0;
    if (room >= token.len && memcmp(at, token.ptr, token.len) == 0)
        return token.len;
    for (size_t i = 0; i < token.len; i++) {
        bool escaped = token.ptr[i] == '"' || token.ptr[i] == '\\';
        if (room - n < (escaped ? 2 : 1) || (escaped && at[n++] != '\\') || at[n++] != token.ptr[i])
            return 0;
    }
    return n;
}

/* Do the spellings of the ids stand here, in a JSON array as quern writes it? Only "yes" is certain. */
static bool is_printed(const struct tokenizer *tokenizer, struct slice json, const int32_t *ids, size_t count)
{
    const char *at = json.ptr, *end = json.ptr + json.len;
    for (size_t i = 0; i < count; i++) {
        if (end - at < 4 || at[0] != (i == 0 ? '[' : ',') || at[1] != '"')
            return false;
        at += 2;
        size_t length = printed_length(tokenizer_token(tokenizer, ids[i]), at, (size_t)(end - at));
        at += length;
        if (length == 0 || at == end || *at++ != '"')
            return false;
    }
    return true;
}

/* Is its spelling always the vocabulary's? */
static bool is_ordinary(const struct tokenizer *tokenizer, int32_t id)
{
    return !tokenizer_is_special(tokenizer, id) && !tokenizer_is_reserved(tokenizer, id) &&
           id != tokenizer_unk_id(tokenizer);
}

static int check_token(const struct tokenizer *tokenizer, const char *path, size_t index, struct slice token,
                       int32_t id)
{
    struct slice own = tokenizer_token(tokenizer, id);
    if (slice_equal(own, token) || !is_ordinary(tokenizer, id))
        return 0;
    return diag_error("tokens[%zu]: \"%.*s\", but id %" PRId32 " is \"%.*s\" in %s: another tokenizer made these ids",
                      index, (int)token.len, token.ptr, id, (int)own.len, own.ptr, path);
}

/* The ids before any was masked; labels of another number are a decoder's. */
static int unmask(const struct record *in, const int32_t *ids, size_t count, struct arena *arena,
                  int32_t first[OWN_TOKENS_CHECKED])
{
    const int32_t *labels = NULL;
    size_t found = 0;
    if (rec_present(in, SLICE("labels")) != NULL && rec_ints(in, SLICE("labels"), arena, &labels, &found) < 0)
        return -1;
    for (size_t i = 0; i < count && i < OWN_TOKENS_CHECKED; i++)
        first[i] = found == count && labels[i] != IGNORE_INDEX ? labels[i] : ids[i];
    return 0;
}

int own_tokens_check(const struct tokenizer *tokenizer, const char *path, const struct record *in,
                     const int32_t *input_ids, size_t count, struct arena *arena)
{
    const struct value *value = rec_present(in, SLICE("tokens"));
    int32_t ids[OWN_TOKENS_CHECKED];
    if (value == NULL)
        return 0;
    if (unmask(in, input_ids, count, arena, ids) < 0)
        return -1;
    if (count > OWN_TOKENS_CHECKED)
        count = OWN_TOKENS_CHECKED;
    if (value->kind == VALUE_RAW && is_printed(tokenizer, (struct slice){value->bytes, value->count}, ids, count))
        return 0;
    size_t i = 0;
    if (value->kind == VALUE_NAMES) {
        for (; i < count && i < value->count; i++)
            if (check_token(tokenizer, path, i, names_string(value->names->names, value->names->numbers[i]), ids[i]) <
                0)
                return -1;
    } else if (value->kind == VALUE_STRINGS) {
        for (; i < count && i < value->count; i++)
            if (check_token(tokenizer, path, i, value->strings[i], ids[i]) < 0)
                return -1;
    } else if (json_kind(rec_json(value, arena)) != '[') {
        return rec_mismatch(SLICE("tokens"), "an array of strings", value);
    } else {
        for (struct json_walk walk = json_walk(rec_json(value, arena)); i < count && json_next(&walk); i++)
            if (check_token(tokenizer, path, i,
                            json_kind(walk.value) == '"' ? json_string(walk.value, arena) : walk.value, ids[i]) < 0)
                return -1;
    }
    return i == count ? 0 : diag_error("tokens: fewer items than input_ids");
}
