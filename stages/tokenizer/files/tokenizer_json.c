/* tokenizer_json.c - reads a tokenizer.json: see tokenizer.h.
 *
 * Each component has its own function, which knows the reference's defaults for members that old files do not have. If
 * a component or one of its settings is not supported, the error names it. */
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"
#include "text/text.h"

/* ---- large members ---- */

/* A model is megabytes, and every look-up of a member walks over all of them: this takes the large members out, once.
 * `light` is the object without them; values[i] has ptr NULL if there is no names[i]. */
static struct slice take_members(struct tokenizer *tokenizer, struct slice object, const char *const *names,
                                 struct slice *values, size_t count)
{
    struct bytes light = {0};
    struct json_walk walk = json_walk(object);
    bytes_byte(&light, '{');
    while (json_next(&walk)) {
        size_t i = 0;
        while (i < count && !json_name_is(walk.name, slice_of(names[i])))
            i++;
        if (i < count) {
            values[i] = walk.value;
            continue;
        }
        if (light.len > 1)
            bytes_byte(&light, ',');
        bytes_append(&light, walk.name.ptr - 1, walk.name.len + 2);
        bytes_byte(&light, ':');
        bytes_put(&light, walk.value);
    }
    bytes_byte(&light, '}');
    struct slice kept = arena_copy(tokenizer->arena, bytes_slice(&light));
    vec_free(&light);
    return kept;
}

/* ---- normalizer ---- */

static int add_bert_normalizer(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "normalizer: BertNormalizer";
    const struct config *config = &tokenizer->config; /* has the last word, as in transformers */
    bool clean, cjk, lower, strip;
    if (component_bool(component, where, "clean_text", true, &clean) != 0 ||
        component_bool(component, where, "handle_chinese_chars", true, &cjk) != 0 ||
        component_bool(component, where, "lowercase", true, &lower) != 0)
        return -1;
    cjk = config->cjk >= 0 ? config->cjk != 0 : cjk;
    lower = config->lower >= 0 ? config->lower != 0 : lower;
    if (component_bool(component, where, "strip_accents", lower, &strip) != 0)
        return -1;
    strip = config->strip >= 0 ? config->strip != 0 : strip;
    return normalizer_add_bert(&tokenizer->normalizer, clean, cjk, strip, lower);
}

static int add_normalizer(struct tokenizer *tokenizer, struct slice component, unsigned depth)
{
    static const char where[] = "normalizer";
    static const struct {
        const char *type;
        enum normalizer_step step;
    } simple[] = {
        {"NFC", NORMALIZE_NFC},   {"NFD", NORMALIZE_NFD},   {"Lowercase", NORMALIZE_LOWERCASE},
        {"NFKC", NORMALIZE_NFKC}, {"NFKD", NORMALIZE_NFKD}, {"StripAccents", NORMALIZE_STRIP_ACCENTS},
        {"Nmt", NORMALIZE_NMT},
    };
    struct slice type, list;
    if (component_type(tokenizer->arena, component, where, &type) != 0)
        return -1;
    if (slice_is(type, "BertNormalizer"))
        return add_bert_normalizer(tokenizer, component);
    if (slice_is(type, "Sequence") && component_member(component, "normalizers", &list) && json_kind(list) == '[') {
        struct json_walk walk = json_walk(list);
        while (json_next(&walk))
            if (depth == 0 || add_normalizer(tokenizer, walk.value, depth - 1) != 0)
                return depth == 0 ? diag_error("normalizer: nested too deeply") : -1;
        return 0;
    }
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (slice_is(type, simple[i].type))
            return normalizer_add(&tokenizer->normalizer, simple[i].step);
    return tokenizer_load_rewriting(tokenizer, component, type);
}

/* ---- pre_tokenizer ---- */

static int get_behavior(struct tokenizer *tokenizer, struct slice component, const char *where, const char *fallback,
                        enum pretokenizer_behavior *behavior)
{
    static const char *const names[] = {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"};
    struct slice name;
    if (component_string(tokenizer->arena, component, where, "behavior", fallback, &name) != 0)
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_is(name, names[i])) {
            *behavior = (enum pretokenizer_behavior)i;
            return 0;
        }
    return component_unsupported(where, name);
}

static int add_byte_level(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "pre_tokenizer: ByteLevel";
    bool prefix, regex;
    if (component_bool(component, where, "add_prefix_space", true, &prefix) != 0 ||
        component_bool(component, where, "use_regex", true, &regex) != 0)
        return -1;
    struct pretokenizer *pretokenizer = &tokenizer->pretokenizer;
    pretokenizer->byte_level = true;
    if (prefix && pretokenizer_add(pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_PREFIX_SPACE}) != 0)
        return -1;
    return regex ? pretokenizer_add(pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_GPT2}) : 0;
}

static int add_split(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "pre_tokenizer: Split";
    struct pretokenizer_step step = {.kind = PRETOKENIZE_PATTERN};
    struct slice pattern, value;
    if (get_behavior(tokenizer, component, where, NULL, &step.behavior) != 0 ||
        component_bool(component, where, "invert", false, &step.invert) != 0)
        return -1;
    if (!component_member(component, "pattern", &pattern) || json_kind(pattern) != '{')
        return component_wrong(where, "pattern", "an object");
    if (component_member(pattern, "String", &value) && json_kind(value) == '"') {
        step.literal = json_string(value, tokenizer->arena);
        if (step.literal.len > 0) {
            step.kind = PRETOKENIZE_LITERAL;
            return pretokenizer_add(&tokenizer->pretokenizer, step);
        }
        value = SLICE("\"\""); /* an empty string matches as an empty expression does */
    } else if (!component_member(pattern, "Regex", &value) || json_kind(value) != '"') {
        return component_wrong(where, "pattern", "Regex or String");
    }
    struct slice expression = json_string(value, tokenizer->arena);
    if (!pretokenizer_by_hand(&step, expression) && (step.pattern = pattern_new(expression)) == NULL)
        return -1;
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int add_metaspace(struct tokenizer *tokenizer, struct slice component)
{
    static const char where[] = "pre_tokenizer: Metaspace";
    static const char *const names[] = {"never", "first", "always"};
    struct metaspace metaspace = {.prepend = METASPACE_ALWAYS};
    struct slice scheme;
    bool prefix;
    if (component_string(tokenizer->arena, component, where, "replacement", NULL, &metaspace.mark) != 0 ||
        component_string(tokenizer->arena, component, where, "prepend_scheme", "always", &scheme) != 0 ||
        component_bool(component, where, "split", true, &metaspace.split) != 0 ||
        component_bool(component, where, "add_prefix_space", true, &prefix) != 0)
        return -1;
    if (text_length(metaspace.mark) != 1)
        return component_wrong(where, "replacement", "one character");
    size_t i = 0;
    while (i < sizeof names / sizeof *names && !slice_is(scheme, names[i]))
        i++;
    if (i == sizeof names / sizeof *names)
        return component_unsupported(where, scheme);
    metaspace.prepend = (enum metaspace_prepend)i;
    if (!prefix && metaspace.prepend != METASPACE_NEVER)
        return diag_error("%s: add_prefix_space contradicts prepend_scheme", where);
    tokenizer->pretokenizer.needs_origins |= metaspace.prepend == METASPACE_FIRST;
    struct pretokenizer_step step = {.kind = PRETOKENIZE_METASPACE, .metaspace = metaspace};
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int add_simple(struct tokenizer *tokenizer, struct slice component, struct slice type)
{
    struct pretokenizer_step step = {.behavior = DELIMITER_REMOVED};
    if (slice_is(type, "BertPreTokenizer")) {
        step.kind = PRETOKENIZE_BERT;
    } else if (slice_is(type, "Whitespace")) {
        step.kind = PRETOKENIZE_WORDS;
    } else if (slice_is(type, "WhitespaceSplit")) {
        step.kind = PRETOKENIZE_WHITESPACE;
    } else if (slice_is(type, "Punctuation")) {
        step.kind = PRETOKENIZE_PUNCTUATION;
        if (get_behavior(tokenizer, component, "pre_tokenizer: Punctuation", "Isolated", &step.behavior) != 0)
            return -1;
    } else if (slice_is(type, "UnicodeScripts")) {
        step.kind = PRETOKENIZE_SCRIPTS;
    } else if (slice_is(type, "FixedLength")) {
        int64_t length;
        step.kind = PRETOKENIZE_FIXED;
        if (component_count(component, "pre_tokenizer: FixedLength", "length", 5, INT32_MAX, &length) != 0)
            return -1;
        step.length = (size_t)length;
        if (length == 0)
            return component_wrong("pre_tokenizer: FixedLength", "length", "a number of 1 or more");
    } else if (slice_is(type, "CharDelimiterSplit")) {
        static const char where[] = "pre_tokenizer: CharDelimiterSplit";
        step.kind = PRETOKENIZE_LITERAL;
        if (component_string(tokenizer->arena, component, where, "delimiter", NULL, &step.literal) != 0)
            return -1;
        if (text_length(step.literal) != 1)
            return component_wrong(where, "delimiter", "one character");
    } else if (slice_is(type, "Digits")) {
        bool individual;
        step.kind = PRETOKENIZE_NUMBERS;
        if (component_bool(component, "pre_tokenizer: Digits", "individual_digits", false, &individual) != 0)
            return -1;
        step.behavior = individual ? DELIMITER_ISOLATED : DELIMITER_CONTIGUOUS;
    } else {
        return component_unsupported("pre_tokenizer", type);
    }
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int add_pretokenizer(struct tokenizer *tokenizer, struct slice component, unsigned depth)
{
    static const char where[] = "pre_tokenizer";
    struct slice type, list;
    if (component_type(tokenizer->arena, component, where, &type) != 0)
        return -1;
    if (slice_is(type, "Sequence") && component_member(component, "pretokenizers", &list) && json_kind(list) == '[') {
        struct json_walk walk = json_walk(list);
        while (json_next(&walk))
            if (depth == 0 || add_pretokenizer(tokenizer, walk.value, depth - 1) != 0)
                return depth == 0 ? diag_error("pre_tokenizer: nested too deeply") : -1;
        return 0;
    }
    if (pretokenizer_spell(&tokenizer->pretokenizer) != 0)
        return -1;
    if (slice_is(type, "ByteLevel"))
        return add_byte_level(tokenizer, component);
    if (slice_is(type, "Metaspace"))
        return add_metaspace(tokenizer, component);
    return slice_is(type, "Split") ? add_split(tokenizer, component) : add_simple(tokenizer, component, type);
}

/* ---- model ---- */

static int load_vocab(struct tokenizer *tokenizer, const struct model_json *model)
{
    if (model->vocab.ptr == NULL || json_kind(model->vocab) != '{')
        return component_wrong("model", "vocab", "an object");
    return tokenizer_load_vocab(tokenizer, model->vocab);
}

static int load_wordpiece(struct tokenizer *tokenizer, const struct model_json *model)
{
    static const char where[] = "model: WordPiece";
    struct wordpiece *wordpiece = &tokenizer->wordpiece;
    struct slice settings = model->settings, unk, value;
    int64_t most = 100;
    if (pretokenizer_spell(&tokenizer->pretokenizer) != 0 || load_vocab(tokenizer, model) != 0 ||
        component_string(tokenizer->arena, settings, where, "unk_token", "[UNK]", &unk) != 0 ||
        component_string(tokenizer->arena, settings, where, "continuing_subword_prefix", "##", &wordpiece->prefix) != 0)
        return -1;
    if (component_member(settings, "max_input_chars_per_word", &value) && (!json_int(value, &most) || most < 0))
        return component_wrong(where, "max_input_chars_per_word", "a number");
    wordpiece->max_chars = (size_t)most;
    return tokenizer_use_wordpiece(tokenizer, unk);
}

/* The type of a model that does not say it, as old files: the first of these that has what it needs. */
static struct slice model_type(const struct model_json *model)
{
    struct slice value, settings = model->settings;
    bool map = model->vocab.ptr != NULL && json_kind(model->vocab) == '{';
    bool list = model->vocab.ptr != NULL && json_kind(model->vocab) == '[';
    bool unk = json_member(settings, "unk_token", &value);
    if (map && model->merges.ptr != NULL && json_kind(model->merges) == '[')
        return SLICE("BPE");
    if (map && unk && json_member(settings, "continuing_subword_prefix", &value) &&
        json_member(settings, "max_input_chars_per_word", &value))
        return SLICE("WordPiece");
    if (map && unk)
        return SLICE("WordLevel");
    return list ? SLICE("Unigram") : SLICE("");
}

static int load_model(struct tokenizer *tokenizer, struct slice component)
{
    static const char *const large[] = {"vocab", "merges"};
    struct slice type, values[2] = {{NULL, 0}, {NULL, 0}};
    if (json_kind(component) != '{')
        return diag_error("model: expected an object");
    struct slice settings = take_members(tokenizer, component, large, values, 2);
    struct model_json model = {settings, values[0], values[1]};
    if (component_string(tokenizer->arena, settings, "model", "type", "", &type) != 0)
        return -1;
    if (type.len == 0 && (type = model_type(&model)).len == 0)
        return diag_error("model: it has no \"type\", and its members do not tell what it is");
    if (slice_is(type, "WordPiece"))
        return load_wordpiece(tokenizer, &model);
    if (slice_is(type, "Unigram"))
        return tokenizer_load_unigram(tokenizer, &model);
    if (slice_is(type, "WordLevel"))
        return tokenizer_load_wordlevel(tokenizer, &model);
    return slice_is(type, "BPE") ? tokenizer_load_bpe(tokenizer, &model) : component_unsupported("model", type);
}

/* ---- post_processor ---- */

/* [CLS] of a template: adds the tokens that it stands for. */
static int add_template_special(struct tokenizer *tokenizer, struct template *template, struct slice specials,
                                struct slice name, int32_t type_id)
{
    static const char where[] = "post_processor: TemplateProcessing";
    struct json_walk walk = json_walk(specials);
    struct slice ids = {0}, tokens = {0};
    while (json_next(&walk))
        if (json_name_is(walk.name, name) &&
            (!component_member(walk.value, "ids", &ids) || !component_member(walk.value, "tokens", &tokens) ||
             json_kind(ids) != '[' || json_kind(tokens) != '['))
            return component_wrong(where, "special_tokens", "ids and tokens");
    if (ids.ptr == NULL)
        return diag_error("%s: special_tokens has no \"%.*s\"", where, (int)name.len, name.ptr);
    struct json_walk id_walk = json_walk(ids), token_walk = json_walk(tokens);
    while (json_next(&id_walk)) {
        int32_t id;
        if (component_id(id_walk.value, where, "ids", &id) != 0)
            return -1;
        if (!json_next(&token_walk) || json_kind(token_walk.value) != '"')
            return component_wrong(where, "tokens", "as many strings as ids");
        struct slice token = json_string(token_walk.value, tokenizer->arena);
        if (template_add(template, TEMPLATE_SPECIAL, type_id, id, token) != 0)
            return -1;
    }
    return 0;
}

static int read_template(struct tokenizer *tokenizer, struct slice component, const char *name, bool pair,
                         struct template *template)
{
    static const char where[] = "post_processor: TemplateProcessing";
    struct slice parts, specials = SLICE("{}"), part, id;
    template_plain(template, pair);
    if (!component_member(component, name, &parts))
        return 0;
    (void)component_member(component, "special_tokens", &specials);
    if (json_kind(parts) != '[' || json_kind(specials) != '{')
        return component_wrong(where, name, "an array");
    template->count = 0;
    struct json_walk walk = json_walk(parts);
    while (json_next(&walk)) {
        int32_t type_id = 0;
        bool special = component_member(walk.value, "SpecialToken", &part);
        if (!special && !component_member(walk.value, "Sequence", &part))
            return component_wrong(where, name, "SpecialToken or Sequence");
        struct slice type_value;
        if (component_string(tokenizer->arena, part, where, "id", NULL, &id) != 0 ||
            (component_member(part, "type_id", &type_value) &&
             component_id(type_value, where, "type_id", &type_id) != 0))
            return -1;
        int kind = slice_is(id, "A") ? TEMPLATE_FIRST : TEMPLATE_SECOND;
        if (!special && kind == TEMPLATE_SECOND && (!pair || !slice_is(id, "B")))
            return component_wrong(where, name, "the sequences A and, for a pair, B");
        if (special ? add_template_special(tokenizer, template, specials, id, type_id) != 0
                    : template_add(template, kind, type_id, 0, (struct slice){NULL, 0}) != 0)
            return -1;
    }
    return 0;
}

/* ["[SEP]", 102] */
static int get_token_pair(struct tokenizer *tokenizer, struct slice component, const char *where, const char *name,
                          struct template_part *part)
{
    struct slice pair;
    if (!component_member(component, name, &pair) || json_kind(pair) != '[')
        return component_wrong(where, name, "[token, id]");
    struct json_walk walk = json_walk(pair);
    if (!json_next(&walk) || json_kind(walk.value) != '"')
        return component_wrong(where, name, "[token, id]");
    part->token = json_string(walk.value, tokenizer->arena);
    return json_next(&walk) ? component_id(walk.value, where, name, &part->id)
                            : component_wrong(where, name, "[token, id]");
}

static int add_trimming(struct tokenizer *tokenizer, struct slice component, const char *where)
{
    bool trims;
    if (component_bool(component, where, "trim_offsets", true, &trims) != 0)
        return -1;
    if (trims && tokenizer->trim_offsets)
        return diag_error("%s: a second trim_offsets is not supported", where);
    if (!trims)
        return 0;
    tokenizer->trim_offsets = true;
    return component_bool(component, where, "add_prefix_space", true, &tokenizer->trim_prefix);
}

static int add_processor(struct tokenizer *tokenizer, struct slice component, unsigned depth)
{
    struct slice type, list;
    if (component_type(tokenizer->arena, component, "post_processor", &type) != 0)
        return -1;
    if (slice_is(type, "Sequence") && component_member(component, "processors", &list) && json_kind(list) == '[') {
        struct json_walk walk = json_walk(list);
        while (json_next(&walk))
            if (depth == 0 || add_processor(tokenizer, walk.value, depth - 1) != 0)
                return depth == 0 ? diag_error("post_processor: nested too deeply") : -1;
        return 0;
    }
    if (slice_is(type, "ByteLevel"))
        return add_trimming(tokenizer, component, "post_processor: ByteLevel");
    if (tokenizer->has_template)
        return diag_error("post_processor: \"%.*s\" after another post-processor is not supported", (int)type.len,
                          type.ptr);
    tokenizer->has_template = true;
    if (slice_is(type, "TemplateProcessing")) {
        if (read_template(tokenizer, component, "single", false, &tokenizer->single) != 0 ||
            read_template(tokenizer, component, "pair", true, &tokenizer->pair) != 0)
            return -1;
        tokenizer_plain_from_template(tokenizer);
        return 0;
    }
    bool bert = slice_is(type, "BertProcessing");
    if (!bert && !slice_is(type, "RobertaProcessing"))
        return component_unsupported("post_processor", type);
    struct template_part cls, sep;
    if (get_token_pair(tokenizer, component, "post_processor", "cls", &cls) != 0 ||
        get_token_pair(tokenizer, component, "post_processor", "sep", &sep) != 0)
        return -1;
    tokenizer_use_pair_template(tokenizer, &cls, &sep, bert);
    return bert ? 0 : add_trimming(tokenizer, component, "post_processor: RobertaProcessing");
}

/* ---- added_tokens ---- */

static int list_token(struct tokenizer *tokenizer, struct slice value, struct listed_token *listed)
{
    static const char where[] = "added_tokens";
    struct added_token *token = &listed->token;
    struct slice id;
    *listed = (struct listed_token){.id = -1, .decides = true};
    return component_string(tokenizer->arena, value, where, "content", NULL, &token->content) != 0 ||
                   component_bool(value, where, "single_word", false, &token->single_word) != 0 ||
                   component_bool(value, where, "lstrip", false, &token->lstrip) != 0 ||
                   component_bool(value, where, "rstrip", false, &token->rstrip) != 0 ||
                   component_bool(value, where, "special", false, &token->special) != 0 ||
                   component_bool(value, where, "normalized", !token->special, &token->normalized) != 0 ||
                   (component_member(value, "id", &id) && component_id(id, where, "id", &listed->id) != 0)
               ? -1
               : 0;
}

static int add_tokens(struct tokenizer *tokenizer, struct slice list)
{
    struct listed_tokens listed = {0};
    struct json_walk walk = json_walk(list);
    int status = json_kind(list) == '[' ? 0 : diag_error("added_tokens: expected an array");
    while (status == 0 && json_next(&walk)) {
        struct listed_token token;
        status = list_token(tokenizer, walk.value, &token);
        vec_push(&listed, token);
    }
    if (status == 0)
        status = tokenizer_add_listed(tokenizer, &listed);
    vec_free(&listed);
    return status;
}

/* The padding token; the caller chooses whether, and to what length, to pad. */
static int read_padding(struct tokenizer *tokenizer, struct slice component)
{
    struct slice id, type_id;
    if (component_string(tokenizer->arena, component, "padding", "pad_token", NULL, &tokenizer->pad_token) != 0 ||
        (component_member(component, "pad_id", &id) && component_id(id, "padding", "pad_id", &tokenizer->pad_id) != 0))
        return -1;
    return component_member(component, "pad_type_id", &type_id)
               ? component_id(type_id, "padding", "pad_type_id", &tokenizer->pad_type_id)
               : 0;
}

struct slice tokenizer_json_members(struct tokenizer *tokenizer, struct slice root, struct slice *model)
{
    static const char *const large[] = {"model"};
    *model = (struct slice){NULL, 0};
    return take_members(tokenizer, root, large, model, 1);
}

/* The reference accepts no other members, and only this version. */
static int check_members(struct tokenizer *tokenizer, struct slice root)
{
    static const char *const known[] = {"version",        "truncation", "padding",
                                        "added_tokens",   "normalizer", "pre_tokenizer",
                                        "post_processor", "decoder",    NULL};
    struct slice version;
    if (component_only(root, known, "a tokenizer.json of version 1.0") != 0)
        return -1;
    if (component_string(tokenizer->arena, root, "tokenizer.json", "version", "1.0", &version) != 0)
        return -1;
    return slice_is(version, "1.0")
               ? 0
               : diag_error("version \"%.*s\" is not supported; expected \"1.0\"", (int)version.len, version.ptr);
}

int tokenizer_load_json(struct tokenizer *tokenizer, struct slice root, struct slice model)
{
    struct slice value;
    if (check_members(tokenizer, root) != 0)
        return -1;
    tokenizer_plain_templates(tokenizer);
    if (component_member(root, "normalizer", &value) && add_normalizer(tokenizer, value, COMPONENT_NESTING) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    if (component_member(root, "pre_tokenizer", &value) && add_pretokenizer(tokenizer, value, COMPONENT_NESTING) != 0)
        return -1;
    if (load_model(tokenizer, model) != 0)
        return -1;
    if (component_member(root, "post_processor", &value) && add_processor(tokenizer, value, COMPONENT_NESTING) != 0)
        return -1;
    if (component_member(root, "decoder", &value) && tokenizer_load_decoder(tokenizer, value) != 0)
        return -1;
    if (component_member(root, "padding", &value) && read_padding(tokenizer, value) != 0)
        return -1;
    return add_tokens(tokenizer, component_member(root, "added_tokens", &value) ? value : SLICE("[]"));
}
