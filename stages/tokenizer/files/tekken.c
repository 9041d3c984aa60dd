/* tekken.c - see tekken.h. Source: tokens/tokenizers/tekken.py of mistralai/mistral-common 1.13. */
#include "tekken.h"

#include "base/diag.h"
#include "byte_ranks.h"
#include "component.h"
#include "load.h"
#include "text/json.h"

bool tekken_is(struct slice root)
{
    struct slice config, pattern, vocab;
    return component_member(root, "config", &config) && component_member(config, "pattern", &pattern) &&
           component_member(root, "vocab", &vocab) && json_kind(vocab) == '[';
}

/* What a file up to v7 does not list. */
static const char *const first_specials[] = {
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
};
enum { FIRST_SPECIALS = sizeof first_specials / sizeof *first_specials };

/* Not one of the tokens that are looked for in texts. */
static int add_special(struct tokenizer *tokenizer, struct slice content, int32_t id)
{
    struct slice other = vocab_token(&tokenizer->added_vocab, id);
    if (other.ptr != NULL)
        return diag_error("special_tokens: \"%.*s\" and \"%.*s\" have the same rank, %d", (int)other.len, other.ptr,
                          (int)content.len, content.ptr, id);
    if (vocab_id(&tokenizer->added_vocab, content) >= 0)
        return diag_error("special_tokens: \"%.*s\" appears twice", (int)content.len, content.ptr);
    vocab_add(&tokenizer->added_vocab, content, id);
    vec_push(&tokenizer->specials, id);
    return 0;
}

/* {"rank": 1, "token_str": "<s>", "is_control": true} */
static int add_listed(struct tokenizer *tokenizer, struct slice list, int64_t count)
{
    static const char where[] = "special_tokens";
    struct json_walk walk = json_walk(list);
    while (json_next(&walk)) {
        struct slice content, rank;
        int32_t id;
        if (json_kind(walk.value) != '{' || !component_member(walk.value, "rank", &rank))
            return component_wrong(where, "rank", "a number");
        if (component_id(rank, where, "rank", &id) != 0 ||
            component_string(tokenizer->arena, walk.value, where, "token_str", NULL, &content) != 0)
            return -1;
        if (id >= count)
            return diag_error("%s: \"%.*s\" has rank %d, but there are only %lld special tokens", where,
                              (int)content.len, content.ptr, id, (long long)count);
        if (add_special(tokenizer, content, id) != 0)
            return -1;
    }
    return 0;
}

static int add_specials(struct tokenizer *tokenizer, struct slice root, int64_t count)
{
    struct slice list;
    bool listed = component_member(root, "special_tokens", &list);
    if (listed && (json_kind(list) != '[' || add_listed(tokenizer, list, count) != 0))
        return json_kind(list) != '[' ? component_wrong("tekken.json", "special_tokens", "an array") : -1;
    for (int32_t i = 0; !listed && i < FIRST_SPECIALS && i < count; i++)
        if (add_special(tokenizer, slice_of(first_specials[i]), i) != 0)
            return -1;
    for (int32_t id = 0; id < count; id++) /* the reference fills up with these */
        if (vocab_token(&tokenizer->added_vocab, id).ptr == NULL &&
            add_special(tokenizer, arena_print(tokenizer->arena, "<SPECIAL_%d>", id), id) != 0)
            return -1;
    return 0;
}

/* {"rank": 300, "token_bytes": "INA=", "token_str": null}; the first `most` of them. */
static int add_ranks(struct tokenizer *tokenizer, struct slice list, int64_t most, int64_t shift)
{
    struct json_walk walk = json_walk(list);
    int64_t place = 0;
    vocab_init(&tokenizer->vocab, (size_t)(most + shift));
    for (; place < most && json_next(&walk); place++) {
        struct slice base64;
        int64_t rank = -1;
        if (component_count(walk.value, "vocab", "rank", -1, VOCAB_MAX_ID, &rank) != 0 ||
            component_string(tokenizer->arena, walk.value, "vocab", "token_bytes", NULL, &base64) != 0)
            return -1;
        if (rank != place)
            return diag_error("vocab: entry %lld has rank %lld; expected its place in the list", (long long)place,
                              (long long)rank);
        if (byte_ranks_add(tokenizer, base64, (int32_t)(rank + shift)) != 0)
            return diag_error("vocab: entry %lld: %s", (long long)place,
                              arena_print(tokenizer->arena, "%s", diag_message()).ptr);
    }
    return place == most ? 0
                         : diag_error("vocab: %lld entries, but default_vocab_size wants %lld", (long long)place,
                                      (long long)most);
}

static int check_members(struct slice root)
{
    static const char *const known[] = {"config", "vocab",      "special_tokens",         "version", "type",
                                        "image",  "multimodal", "model_settings_builder", "audio",   NULL};
    return component_only(root, known, "a tekken.json that quern knows");
}

int tokenizer_load_tekken(struct tokenizer *tokenizer, struct slice root)
{
    static const char where[] = "config";
    struct slice config, vocab, pattern;
    int64_t size, specials;
    (void)component_member(root, "config", &config);
    (void)component_member(root, "vocab", &vocab);
    if (check_members(root) != 0 || component_string(tokenizer->arena, config, where, "pattern", NULL, &pattern) != 0 ||
        component_count(config, where, "default_vocab_size", -1, VOCAB_MAX_ID, &size) != 0 ||
        component_count(config, where, "default_num_special_tokens", -1, VOCAB_MAX_ID, &specials) != 0)
        return -1;
    if (specials < 0 || size < specials)
        return diag_error("%s: expected default_vocab_size, and in it default_num_special_tokens", where);
    if (add_ranks(tokenizer, vocab, size - specials, specials) != 0 || byte_ranks_cut(tokenizer, pattern) != 0 ||
        byte_ranks_ready(tokenizer) != 0 || add_specials(tokenizer, root, specials) != 0)
        return -1;
    tokenizer->unk_id = vocab_id(&tokenizer->added_vocab, SLICE("<unk>"));
    return 0;
}
