/* rewriting_json.c - the normalizers Replace, Strip, Prepend, Precompiled and ByteLevel of a tokenizer.json. */
#include "base/base64.h"
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"

/* ---- Replace ---- */

static int read_replace(struct tokenizer *tokenizer, struct slice component, struct rewriting *rewriting)
{
    static const char where[] = "normalizer: Replace";
    struct slice pattern, value;
    rewriting->kind = REWRITE_REPLACE;
    if (component_string(tokenizer->arena, component, where, "content", NULL, &rewriting->content) != 0)
        return -1;
    if (!component_member(component, "pattern", &pattern) || json_kind(pattern) != '{')
        return component_wrong(where, "pattern", "an object");
    if (component_member(pattern, "String", &value) && json_kind(value) == '"') {
        rewriting->needle = json_string(value, tokenizer->arena);
        return rewriting->needle.len > 0 ? 0 : component_wrong(where, "pattern", "a string that is not empty");
    }
    if (!component_member(pattern, "Regex", &value) || json_kind(value) != '"')
        return component_wrong(where, "pattern", "Regex or String");
    struct slice expression = json_string(value, tokenizer->arena);
    if (slice_is(expression, " {2,}")) /* as in converted SentencePiece models: it rarely matches */
        rewriting->needle = SLICE("  ");
    rewriting->pattern = pattern_new(expression);
    return rewriting->pattern != NULL ? 0 : -1;
}

/* ---- Precompiled ---- */

static int read_precompiled(struct tokenizer *tokenizer, struct slice component, struct rewriting *rewriting)
{
    static const char where[] = "normalizer: Precompiled";
    struct slice text, blob;
    rewriting->kind = REWRITE_CHARSMAP;
    if (component_string(tokenizer->arena, component, where, "precompiled_charsmap", NULL, &text) != 0)
        return -1;
    if (!base64_decode(text, tokenizer->arena, &blob))
        return component_wrong(where, "precompiled_charsmap", "base64");
    rewriting->charsmap = mem_zalloc(1, sizeof *rewriting->charsmap);
    return charsmap_read(rewriting->charsmap, blob);
}

int tokenizer_load_rewriting(struct tokenizer *tokenizer, struct slice component, struct slice type)
{
    struct rewriting rewriting = {0};
    int status;
    if (slice_is(type, "Replace")) {
        status = read_replace(tokenizer, component, &rewriting);
    } else if (slice_is(type, "Precompiled")) {
        status = read_precompiled(tokenizer, component, &rewriting);
    } else if (slice_is(type, "ByteLevel")) {
        rewriting.kind = REWRITE_SPELL;
        status = 0;
    } else if (slice_is(type, "Prepend")) {
        rewriting.kind = REWRITE_PREPEND;
        status =
            component_string(tokenizer->arena, component, "normalizer: Prepend", "prepend", NULL, &rewriting.content);
    } else if (slice_is(type, "Strip")) {
        static const char where[] = "normalizer: Strip";
        rewriting.kind = REWRITE_STRIP;
        status = component_bool(component, where, "strip_left", true, &rewriting.left);
        if (status == 0)
            status = component_bool(component, where, "strip_right", true, &rewriting.right);
    } else {
        return component_unsupported("normalizer", type);
    }
    if (status == 0)
        return normalizer_add_rewriting(&tokenizer->normalizer, rewriting);
    rewriting_free(&rewriting);
    return -1;
}
