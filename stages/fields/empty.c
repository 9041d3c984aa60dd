/* empty.c - see empty.h. */
#include "empty.h"

static const struct {
    const char *name;
    enum fill_kind kind;
    const char *json;
} empty[] = {
    {"id", FILL_NEVER, NULL}, /* records of one made-up id would share every random decision */
    {"root", FILL_ID, NULL},
    {"parent", FILL_VALUE, "\"\""},
    {"epoch", FILL_VALUE, "0"},
    {"text", FILL_VALUE, "\"\""},
    {"lang", FILL_VALUE, "\"\""},
    {"entities", FILL_VALUE, "[]"},
    {"sentences", FILL_VALUE, "[]"},
    {"words", FILL_VALUE, "[]"},
    {"phrases", FILL_VALUE, "[]"},
    {"stopwords", FILL_VALUE, "[]"},
    {"tokens", FILL_VALUE, "[]"},
    {"input_ids", FILL_VALUE, "[]"},
    {"offset_mapping", FILL_VALUE, "[]"},
    {"word_ids", FILL_VALUE, "[]"},
    {"special_tokens_mask", FILL_VALUE, "[]"},
    {"attention_mask", FILL_VALUE, "[]"},
    {"token_type_ids", FILL_VALUE, "[]"},
    {"labels", FILL_VALUE, "[]"},
    {"sentence_tokens", FILL_VALUE, "[]"},
    {"word_tokens", FILL_VALUE, "[]"},
    {"phrase_tokens", FILL_VALUE, "[]"},
    {"entity_tokens", FILL_VALUE, "[]"},
    {"window", FILL_VALUE, "[]"},
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
    return false;
}
