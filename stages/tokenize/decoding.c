/* decoding.c - see decoding.h. */
#include "decoding.h"

#include "../tokenizer/decoder.h"
#include "../tokenizer/own_tokens.h"
#include "base/diag.h"
#include "record/members.h"
#include "text/json.h"

#include <inttypes.h>

/* Otherwise an id from another vocabulary would be lost silently. */
static int check_ids(const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tokenizer_token(tokenizer, ids[i]).ptr == NULL)
            return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %" PRId32 " ids", i, ids[i],
                              tokenizer_size(tokenizer));
    return 0;
}

/* Does the field already have a text, and a different one? */
static bool is_other_text(const struct record *in, struct slice field, struct slice text, struct arena *arena)
{
    const struct value *old = rec_get(in, field);
    struct slice before;
    return old != NULL && (json_kind(rec_json(old, arena)) != '"' || rec_text(in, field, arena, &before) != 0 ||
                           !slice_equal(before, text));
}

/* Confirms the members that describe the ids. Spans of another text are stale, and so are their token ranges. */
static void confirm_tokens(struct record *made, const struct record *in, struct slice field, bool other_text)
{
    bool spans_stay = !other_text || (!slice_is(field, "text") && rec_get(in, SLICE("text")) != NULL);
    for (const char *const *name = members_of_tokens; *name != NULL; name++) {
        const struct member_kind *kind = member_find(slice_of(*name));
        bool of_old_text = kind->of == MEMBER_OF_SPANS && !spans_stay && rec_get(in, slice_of(kind->spans)) != NULL;
        if (!of_old_text && !(other_text && slice_is(kind->name, "offset_mapping")))
            rec_confirm(made, kind->name);
    }
}

struct record *decoding_record(const struct tokenizer *tokenizer, const char *path, const struct record *in,
                               struct slice field, bool skip_special, struct arena *arena, size_t *count)
{
    const int32_t *ids;
    struct slice text;
    if (rec_ints(in, SLICE("input_ids"), arena, &ids, count) != 0 || check_ids(tokenizer, ids, *count) != 0 ||
        own_tokens_check(tokenizer, path, in, ids, *count, arena) != 0 ||
        tokenizer_decode(tokenizer, ids, *count, skip_special, arena, &text) != 0)
        return NULL;
    struct record *made = rec_derive(arena, in);
    confirm_tokens(made, in, field, is_other_text(in, field, text, arena));
    rec_set_text(made, field, text);
    return made;
}
