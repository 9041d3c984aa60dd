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

/* What a component without a `type` is: the first, in the reference's order, of those whose members it has. No
 * pre-tokenizer is recognised in this way. Source: the wrappers in normalizers, decoders and processors of Hugging Face
 * tokenizers 0.22. */
static const struct {
    const char *where, *type, *members[4];
} untagged[] = {
    {"normalizer", "BertNormalizer", {"clean_text", "handle_chinese_chars", "lowercase"}},
    {"normalizer", "Strip", {"strip_left", "strip_right"}},
    {"normalizer", "Sequence", {"normalizers"}},
    {"normalizer", "Precompiled", {"precompiled_charsmap"}},
    {"normalizer", "Replace", {"pattern", "content"}},
    {"normalizer", "Prepend", {"prepend"}},
    {"decoder", "BPEDecoder", {"suffix"}},
    {"decoder", "WordPiece", {"prefix", "cleanup"}},
    {"decoder", "CTC", {"pad_token", "word_delimiter_token", "cleanup"}},
    {"decoder", "Replace", {"pattern", "content"}},
    {"decoder", "Strip", {"content", "start", "stop"}},
    {"post_processor", "RobertaProcessing", {"sep", "cls", "trim_offsets", "add_prefix_space"}},
    {"post_processor", "BertProcessing", {"sep", "cls"}},
    {"post_processor", "TemplateProcessing", {"single", "pair", "special_tokens"}},
};

static bool has_members(struct slice component, const char *const members[4])
{
    struct slice value;
    for (size_t i = 0; i < 4 && members[i] != NULL; i++)
        if (!json_member(component, members[i], &value))
            return false;
    return true;
}

/* Or missing settings: only a RobertaProcessing without its own is taken for something else, a BertProcessing. */
static bool is_untagged(struct slice component, struct slice type)
{
    static const char *const own[4] = {"trim_offsets", "add_prefix_space"};
    return type.len == 0 || (slice_is(type, "RobertaProcessing") && !has_members(component, own));
}

int component_type(struct arena *arena, struct slice component, const char *where, struct slice *type)
{
    *type = SLICE("");
    if (json_kind(component) != '{')
        return diag_error("%s: expected an object", where);
    if (component_string(arena, component, where, "type", "", type) != 0)
        return -1;
    if (!is_untagged(component, *type))
        return 0;
    for (size_t i = 0; i < sizeof untagged / sizeof *untagged; i++)
        if (strcmp(untagged[i].where, where) == 0 && has_members(component, untagged[i].members)) {
            *type = slice_of(untagged[i].type);
            return 0;
        }
    return type->len > 0 ? 0 : diag_error("%s: it has no \"type\", and its members do not tell what it is", where);
}

int component_only(struct slice object, const char *const *known, const char *of)
{
    struct json_walk walk = json_walk(object);
    while (json_next(&walk)) {
        const char *const *name = known;
        while (*name != NULL && !json_name_is(walk.name, slice_of(*name)))
            name++;
        if (*name == NULL)
            return diag_error("\"%.*s\" is no member of %s", (int)walk.name.len, walk.name.ptr, of);
    }
    return 0;
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
