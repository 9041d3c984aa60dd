/* decoding.c - see decoding.h. */
#include "decoding.h"

#include "../tokenizer/decoder.h"
#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>

/* Has another text taken the place of the one that spans of the record are of? */
static int check_spans_stay(const struct record *in)
{
    static const char *const of_text[] = {"sentences", "words", "phrases", "entities", "stopwords"};
    for (size_t i = 0; i < sizeof of_text / sizeof *of_text; i++)
        if (rec_get(in, slice_of(of_text[i])) != NULL)
            return diag_error("%s: they are of the text that --decode replaces (--field names another member)",
                              of_text[i]);
    return 0;
}

/* An id of another vocabulary would go without a trace. */
static int check_ids(const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tokenizer_token(tokenizer, ids[i]).ptr == NULL)
            return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %" PRId32 " ids", i, ids[i],
                              tokenizer_size(tokenizer));
    return 0;
}

struct record *decoding_record(const struct tokenizer *tokenizer, const struct record *in, struct slice field,
                               bool skip_special, const char *const *of_ids, struct arena *arena, size_t *count)
{
    const int32_t *ids;
    struct slice text, before;
    if (rec_ints(in, SLICE("input_ids"), arena, &ids, count) != 0 || check_ids(tokenizer, ids, *count) != 0 ||
        tokenizer_decode(tokenizer, ids, *count, skip_special, arena, &text) != 0)
        return NULL;
    const struct value *old = rec_get(in, field);
    bool same = old == NULL || (json_kind(rec_json(old, arena)) == '"' && rec_text(in, field, arena, &before) == 0 &&
                                slice_equal(before, text));
    if (!same && check_spans_stay(in) != 0)
        return NULL;
    struct record *made = rec_derive(arena, in);
    for (const char *const *name = of_ids; *name != NULL; name++) {
        const struct value *value = rec_get(in, slice_of(*name));
        if (value != NULL && (same || strcmp(*name, "offset_mapping") != 0))
            rec_set(made, slice_of(*name), *value);
    }
    rec_set_text(made, field, text);
    return made;
}
