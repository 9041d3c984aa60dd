/* decoder_json.c - the `decoder` of a tokenizer.json. */
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"
#include "text/text.h"

static int get_affix(struct tokenizer *tokenizer, struct slice component, const char *where, const char *name,
                     const char *fallback, struct slice *affix)
{
    if (component_string(tokenizer->arena, component, where, name, fallback, affix) != 0)
        return -1;
    return affix->len > 0 ? 0 : component_wrong(where, name, "a string that is not empty");
}

static int get_character(struct tokenizer *tokenizer, struct slice component, const char *where, const char *name,
                         struct slice *affix)
{
    if (component_string(tokenizer->arena, component, where, name, NULL, affix) != 0)
        return -1;
    return text_length(*affix) == 1 ? 0 : component_wrong(where, name, "one character");
}

static int add_wordpiece(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "decoder: WordPiece";
    struct decoder_step step = {.kind = DECODE_WORDPIECE};
    return component_string(tokenizer->arena, component, where, "prefix", "##", &step.affix) != 0 ||
                   component_bool(component, where, "cleanup", true, &step.clean) != 0
               ? -1
               : decoder_add(&tokenizer->decoder, step);
}

static int add_metaspace(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "decoder: Metaspace";
    struct decoder_step step = {.kind = DECODE_METASPACE};
    struct slice scheme;
    bool prefix;
    if (get_character(tokenizer, component, where, "replacement", &step.affix) != 0 ||
        component_bool(component, where, "add_prefix_space", true, &prefix) != 0 ||
        component_string(tokenizer->arena, component, where, "prepend_scheme", prefix ? "always" : "never", &scheme) !=
            0)
        return -1;
    step.prepended = !slice_is(scheme, "never");
    if (step.prepended && !slice_is(scheme, "always") && !slice_is(scheme, "first"))
        return component_unsupported("decoder: Metaspace: prepend_scheme", scheme);
    if (step.prepended && !prefix)
        return diag_error("%s: add_prefix_space contradicts prepend_scheme", where);
    return decoder_add(&tokenizer->decoder, step);
}

static int add_strip(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "decoder: Strip";
    static const char *const names[] = {"start", "stop"};
    struct decoder_step step = {.kind = DECODE_STRIP};
    if (get_character(tokenizer, component, where, "content", &step.affix) != 0)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        int64_t count;
        if (component_count(component, where, names[i], 0, UINT32_MAX, &count) != 0)
            return -1;
        step.counts[i] = (uint32_t)count;
    }
    return decoder_add(&tokenizer->decoder, step);
}

static int add_replace(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "decoder: Replace";
    struct decoder_step step = {.kind = DECODE_REPLACE};
    struct slice pattern, value;
    if (component_string(tokenizer->arena, component, where, "content", NULL, &step.content) != 0)
        return -1;
    if (!component_member(component, "pattern", &pattern))
        return component_wrong(where, "pattern", "Regex or String");
    if (component_member(pattern, "String", &value))
        return get_affix(tokenizer, pattern, where, "String", NULL, &step.affix) != 0
                   ? -1
                   : decoder_add(&tokenizer->decoder, step);
    if (!component_member(pattern, "Regex", &value) || json_kind(value) != '"')
        return component_wrong(where, "pattern", "Regex or String");
    step.pattern = pattern_new(json_string(value, tokenizer->arena));
    return step.pattern == NULL ? -1 : decoder_add(&tokenizer->decoder, step);
}

static int add_ctc(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "decoder: CTC";
    struct decoder_step step = {.kind = DECODE_CTC};
    return get_affix(tokenizer, component, where, "pad_token", "<pad>", &step.affix) != 0 ||
                   get_affix(tokenizer, component, where, "word_delimiter_token", "|", &step.content) != 0 ||
                   component_bool(component, where, "cleanup", true, &step.clean) != 0
               ? -1
               : decoder_add(&tokenizer->decoder, step);
}

static int add_suffix(struct tokenizer *tokenizer, struct slice component)
{
    struct decoder_step step = {.kind = DECODE_SUFFIX};
    return get_affix(tokenizer, component, "decoder: BPEDecoder", "suffix", "</w>", &step.affix) != 0
               ? -1
               : decoder_add(&tokenizer->decoder, step);
}

static int add_decoder(struct tokenizer *tokenizer, struct slice component, unsigned depth)
{
    static const struct {
        const char *type;
        enum decoder_kind kind;
    } plain[] = {
        {"ByteLevel", DECODE_BYTE_LEVEL},
        {"ByteFallback", DECODE_BYTE_FALLBACK},
        {"Fuse", DECODE_FUSE},
    };
    static const struct {
        const char *type;
        int (*add)(struct tokenizer *, struct slice);
    } others[] = {
        {"WordPiece", add_wordpiece}, {"Metaspace", add_metaspace}, {"BPEDecoder", add_suffix},
        {"Strip", add_strip},         {"Replace", add_replace},     {"CTC", add_ctc},
    };
    struct slice type, list;
    if (component_type(tokenizer->arena, component, "decoder", &type) != 0)
        return -1;
    if (slice_is(type, "Sequence") && component_member(component, "decoders", &list) && json_kind(list) == '[') {
        struct json_walk walk = json_walk(list);
        while (json_next(&walk))
            if (depth == 0 || add_decoder(tokenizer, walk.value, depth - 1) != 0)
                return depth == 0 ? diag_error("decoder: nested too deeply") : -1;
        return 0;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (slice_is(type, plain[i].type))
            return decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = plain[i].kind});
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (slice_is(type, others[i].type))
            return others[i].add(tokenizer, component);
    return component_unsupported("decoder", type);
}

int tokenizer_load_decoder(struct tokenizer *tokenizer, struct slice component)
{
    if (add_decoder(tokenizer, component, COMPONENT_NESTING) != 0)
        return -1;
    /* An empty sequence still joins the tokens. */
    return tokenizer->decoder.count > 0 ? 0
                                        : decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_FUSE});
}
