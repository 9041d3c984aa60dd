/* config.c - see config.h.
 *
 * Since version 4.34 of transformers tokenizer_config.json alone has all of it, with added_tokens_decoder; what older
 * versions wrote is in three files. The first that says something about a token is believed. */
#include "config.h"

#include "base/diag.h"
#include "base/stream.h"
#include "component.h"
#include "sniff.h"
#include "text/json.h"
#include "text/text.h"

#include <stdlib.h>
#include <sys/stat.h>

static const char *const names[NAMED_TOKENS] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                "pad_token", "cls_token", "mask_token"};

/* ---- tokens ---- */

static bool is_listed(const struct config *config, struct slice content)
{
    for (size_t i = 0; i < config->added.len; i++)
        if (slice_equal(config->added.items[i].token.content, content))
            return true;
    return false;
}

/* "<mask>", or {"content": "<mask>", "lstrip": true, …} */
static int read_token(struct arena *arena, struct slice value, const char *where, bool special,
                      struct listed_token *listed)
{
    *listed = (struct listed_token){.id = -1};
    struct added_token *token = &listed->token;
    token->special = special;
    token->normalized = !special;
    if (json_kind(value) == '"') {
        token->content = json_string(value, arena);
        return 0;
    }
    if (json_kind(value) != '{')
        return diag_error("%s: expected a token", where);
    return component_string(arena, value, where, "content", NULL, &token->content) != 0 ||
                   component_bool(value, where, "single_word", false, &token->single_word) != 0 ||
                   component_bool(value, where, "lstrip", false, &token->lstrip) != 0 ||
                   component_bool(value, where, "rstrip", false, &token->rstrip) != 0 ||
                   component_bool(value, where, "special", special, &token->special) != 0 ||
                   component_bool(value, where, "normalized", !token->special, &token->normalized) != 0
               ? -1
               : 0;
}

static int by_id(const void *a, const void *b)
{
    int32_t left = ((const struct listed_token *)a)->id, right = ((const struct listed_token *)b)->id;
    return (left > right) - (left < right);
}

/* {"50264": {"content": "<mask>", …}} */
static int read_decoder(struct config *config, struct slice object, struct arena *arena)
{
    static const char where[] = "added_tokens_decoder";
    if (json_kind(object) != '{')
        return diag_error("%s: expected an object", where);
    struct json_walk walk = json_walk(object);
    while (json_next(&walk)) {
        struct listed_token listed;
        int32_t id;
        if (component_id(walk.name, where, "a name", &id) != 0 ||
            read_token(arena, walk.value, where, false, &listed) != 0)
            return -1;
        listed.id = id;
        listed.decides = true;
        vec_push(&config->added, listed);
    }
    if (config->added.len > 0)
        qsort(config->added.items, config->added.len, sizeof *config->added.items, by_id);
    return 0;
}

/* {"<mask>": 50264} */
static int read_added(struct config *config, struct slice object, struct arena *arena)
{
    static const char where[] = "added_tokens.json";
    size_t before = config->added.len;
    struct json_walk walk = json_walk(object);
    while (json_next(&walk)) {
        struct listed_token listed = {.token = {.normalized = true}};
        struct slice quoted = {walk.name.ptr - 1, walk.name.len + 2};
        listed.token.content = json_string(quoted, arena);
        if (component_id(walk.value, where, "a value", &listed.id) != 0)
            return -1;
        if (before == 0 || !is_listed(config, listed.token.content))
            vec_push(&config->added, listed);
    }
    if (before == 0 && config->added.len > 0)
        qsort(config->added.items, config->added.len, sizeof *config->added.items, by_id);
    return 0;
}

/* Names a token; lists it unless it is listed already. A token that is named is special. */
static int add_named(struct config *config, struct slice value, const char *where, struct slice *named,
                     struct arena *arena)
{
    struct listed_token listed;
    if (read_token(arena, value, where, true, &listed) != 0)
        return -1;
    if (listed.token.content.len == 0) /* some files name no token in this way */
        return 0;
    if (named != NULL)
        *named = listed.token.content;
    for (size_t i = 0; i < config->added.len; i++) {
        struct listed_token *known = &config->added.items[i];
        if (slice_compare(known->token.content, listed.token.content) != 0)
            continue;
        if (!known->decides && known->id >= 0) /* of added_tokens.json, which has nothing but the id */
            known->token = listed.token;
        return 0;
    }
    vec_push(&config->added, listed);
    return 0;
}

/* A list of tokens; newer files also have an object of them, by names of their own. */
static int read_others(struct config *config, struct slice object, const char *name, struct arena *arena)
{
    struct slice list;
    if (!component_member(object, name, &list) || (json_kind(list) != '[' && json_kind(list) != '{'))
        return 0;
    struct json_walk walk = json_walk(list);
    while (json_next(&walk))
        if (add_named(config, walk.value, name, NULL, arena) != 0)
            return -1;
    return 0;
}

static int read_named(struct config *config, struct slice object, struct arena *arena)
{
    for (size_t i = 0; i < NAMED_TOKENS; i++) {
        struct slice value;
        if (config->named[i].ptr == NULL && component_member(object, names[i], &value) &&
            json_kind(value) != 'f' && /* some files say false for none */
            add_named(config, value, names[i], &config->named[i], arena) != 0)
            return -1;
    }
    return read_others(config, object, "additional_special_tokens", arena) != 0 ||
                   read_others(config, object, "extra_special_tokens", arena) != 0
               ? -1
               : 0;
}

/* ---- the files ---- */

static int read_flag(struct slice object, const char *name, int *flag)
{
    struct slice value;
    if (!component_member(object, name, &value))
        return 0;
    if (json_kind(value) != 't' && json_kind(value) != 'f')
        return diag_error("%s: expected true or false", name);
    *flag = json_kind(value) == 't';
    return 0;
}

static int read_settings(struct config *config, struct slice object, struct arena *arena)
{
    static const char where[] = "tokenizer_config.json";
    const struct slice fast = SLICE("Fast");
    struct slice *class = &config->class;
    if (component_string(arena, object, where, "tokenizer_class", "", class) != 0 ||
        component_string(arena, object, where, "pattern", "", &config->pattern) != 0 ||
        component_string(arena, object, where, "pretokenize_regex", config->pattern.ptr, &config->pattern) != 0 ||
        component_string(arena, object, where, "pat_str", config->pattern.ptr, &config->pattern) != 0)
        return -1;
    if (class->len > fast.len && memcmp(class->ptr + class->len - fast.len, fast.ptr, fast.len) == 0)
        class->len -= fast.len;
    return read_flag(object, "do_lower_case", &config->lower) != 0 ||
                   read_flag(object, "strip_accents", &config->strip) != 0 ||
                   read_flag(object, "tokenize_chinese_chars", &config->cjk) != 0 ||
                   read_flag(object, "add_prefix_space", &config->add_prefix_space) != 0
               ? -1
               : 0;
}

/* The root of a file of the folder; it stays as it is if there is no such file. 0, or -1 with the message. */
static int read_object(const struct config *config, const char *name, struct arena *arena, struct slice *root)
{
    const char *path = arena_print(arena, "%s%s", config->folder, name).ptr;
    struct stat info;
    if (stat(path, &info) != 0)
        return 0;
    struct bytes file = {0};
    int status = stream_load(path, &file);
    if (status == 0) {
        struct slice text = text_without_bom(arena_copy(arena, bytes_slice(&file)));
        const char *known = sniff_bytes(text);
        status = known != NULL ? diag_error("not JSON: %s", known) : component_root(text, root);
        if (status == 0 && json_kind(*root) != '{')
            status = diag_error("expected an object");
        if (status != 0)
            status = diag_within("%s: %s", path, arena_print(arena, "%s", diag_message()).ptr);
    }
    vec_free(&file);
    return status;
}

/* status, with the name of the file before the message. */
static int of_file(const struct config *config, const char *name, int status, struct arena *arena)
{
    if (status == 0)
        return 0;
    return diag_within("%s%s: %s", config->folder, name, arena_print(arena, "%s", diag_message()).ptr);
}

int config_read(struct config *config, const char *folder, struct arena *arena)
{
    static const char *const files[] = {"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};
    struct slice settings = SLICE("{}"), map = SLICE("{}"), added = SLICE("{}"), decoder;
    config_free(config);
    config->folder = folder;
    config->lower = config->strip = config->cjk = -1;
    config->add_prefix_space = -1;
    if (read_object(config, files[0], arena, &settings) != 0 || read_object(config, files[1], arena, &map) != 0 ||
        read_object(config, files[2], arena, &added) != 0 ||
        of_file(config, files[0], read_settings(config, settings, arena), arena) != 0)
        return -1;
    /* Names come last: they are tokens whose ids are known by then. */
    if (component_member(settings, "added_tokens_decoder", &decoder) &&
        of_file(config, files[0], read_decoder(config, decoder, arena), arena) != 0)
        return -1;
    return of_file(config, files[2], read_added(config, added, arena), arena) != 0 ||
                   of_file(config, files[0], read_named(config, settings, arena), arena) != 0 ||
                   of_file(config, files[1], read_named(config, map, arena), arena) != 0
               ? -1
               : 0;
}

void config_free(struct config *config)
{
    vec_free(&config->added);
    memset(config, 0, sizeof *config);
}
