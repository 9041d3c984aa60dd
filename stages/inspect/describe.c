/* describe.c - see describe.h.
 *
 * The components of a tokenizer.json are shown one by one, as the file describes them, so that an unsupported component
 * can be shown too. The older formats have no components; they are shown as the loader interprets them, in the same
 * words. */
#include "describe.h"

#include "../tokenizer/files/component.h"
#include "../tokenizer/files/load.h"
#include "base/diag.h"
#include "text/json.h"
#include "text/text.h"

enum { NESTING = 16, SHOWN_BYTES = 200 /* of a setting; of a longer one only the length is shown */ };

/* ---- setting ---- */

/* For bytes that may not be UTF-8: a file name, a token of bytes. */
static void set_lossy(struct record *record, struct slice name, struct slice bytes, struct arena *arena)
{
    struct bytes json = {0};
    json_put_lossy(&json, bytes);
    rec_set_json(record, name, arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
}

struct names {
    struct slice *items;
    size_t len, cap;
};

static void set_names(struct record *record, struct slice name, struct names *names, struct arena *arena)
{
    struct slice *copy = arena_array(arena, names->len, sizeof *copy);
    if (names->len > 0)
        memcpy(copy, names->items, names->len * sizeof *copy);
    rec_set_strings(record, name, copy, names->len);
    vec_free(names);
}

/* ---- the components of a tokenizer.json ---- */

static bool member(struct slice object, const char *name, struct slice *value)
{
    return json_kind(object) == '{' && json_member(object, name, value) && json_kind(*value) != 'n';
}

static void put_scalar(struct bytes *out, struct slice value)
{
    if (value.len <= SHOWN_BYTES)
        bytes_put(out, value);
    else
        bytes_put(out, SLICE("…"));
}

/* A setting, or the only one inside it: {"Regex":"\\s+"}. Returns false for lists and tables, which are omitted. */
static bool put_setting(struct bytes *out, struct slice name, struct slice value)
{
    struct json_walk walk = json_walk(json_kind(value) == '{' ? value : SLICE("{}"));
    bool nested = json_next(&walk);
    char kind = json_kind(nested ? walk.value : value);
    if (kind == '{' || kind == '[')
        return false;
    bytes_put(out, name);
    bytes_byte(out, '=');
    if (nested) {
        bytes_put(out, walk.name);
        bytes_byte(out, ' ');
    }
    put_scalar(out, nested ? walk.value : value);
    return true;
}

/* Split(pattern=Regex "\\s+", behavior="Removed", invert=false) */
static struct slice component_text(struct slice component, struct arena *arena)
{
    struct bytes out = {0};
    struct slice type;
    if (json_kind(component) != '{')
        put_scalar(&out, component);
    else if (member(component, "type", &type) && json_kind(type) == '"')
        bytes_put(&out, json_string(type, arena));
    struct bytes settings = {0};
    struct json_walk walk = json_walk(json_kind(component) == '{' ? component : SLICE("{}"));
    while (json_next(&walk)) {
        size_t before = settings.len;
        if (json_name_is(walk.name, SLICE("type")))
            continue;
        bytes_put(&settings, before > 0 ? SLICE(", ") : SLICE("("));
        if (!put_setting(&settings, walk.name, walk.value))
            settings.len = before;
    }
    bytes_put(&out, bytes_slice(&settings));
    if (settings.len > 0)
        bytes_byte(&out, ')');
    vec_free(&settings);
    struct slice text = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return text;
}

/* Adds the components of a Sequence in order. list: the member in which this kind of Sequence has them. */
static void add_chain(struct slice component, const char *list, unsigned depth, struct arena *arena,
                      struct names *names)
{
    struct slice type, items;
    if (depth > 0 && member(component, "type", &type) && json_kind(type) == '"' &&
        slice_is(json_string(type, arena), "Sequence") && member(component, list, &items) && json_kind(items) == '[') {
        struct json_walk walk = json_walk(items);
        while (json_next(&walk))
            add_chain(walk.value, list, depth - 1, arena, names);
        return;
    }
    struct slice text = component_text(component, arena);
    vec_push(names, text);
}

static const struct {
    const char *name, *list;
} chains[] = {{"normalizer", "normalizers"},
              {"pre_tokenizer", "pretokenizers"},
              {"post_processor", "processors"},
              {"decoder", "decoders"}};

enum { CHAINS = sizeof chains / sizeof *chains };

static void set_json_chains(struct record *record, struct slice root, struct arena *arena)
{
    for (size_t i = 0; i < CHAINS; i++) {
        struct names names = {0};
        struct slice component;
        if (member(root, chains[i].name, &component))
            add_chain(component, chains[i].list, NESTING, arena, &names);
        set_names(record, slice_of(chains[i].name), &names, arena);
    }
}

static size_t count_items(struct slice object, const char *name)
{
    struct slice container;
    size_t count = 0;
    if (!member(object, name, &container) || (json_kind(container) != '{' && json_kind(container) != '['))
        return 0;
    struct json_walk walk = json_walk(container);
    while (json_next(&walk))
        count++;
    return count;
}

/* ---- a tokenizer that is not supported ---- */

/* The loader's message without the name of the file, which may be a file in the folder that was asked for. */
static struct slice reason_of(const char *path, struct arena *arena)
{
    struct slice message = arena_print(arena, "%s", diag_message()), name = slice_of(path);
    const char *colon = slice_starts(message, name) ? strstr(message.ptr + name.len, ": ") : NULL;
    return colon != NULL ? slice_between(colon + 2, message.ptr + message.len) : message;
}

static int set_unsupported(struct record *record, const struct tokenizer *tokenizer, struct slice reason,
                           struct arena *arena)
{
    struct slice root, model, type;
    set_lossy(record, SLICE("reason"), reason, arena);
    if (!slice_is(slice_of(tokenizer->format), "tokenizer.json"))
        return 0;
    if (component_root(bytes_slice(&tokenizer->file), &root) != 0 || !member(root, "model", &model))
        return -1;
    if (member(model, "type", &type) && json_kind(type) == '"')
        rec_set_text(record, SLICE("model"), arena_copy(arena, json_string(type, arena)));
    rec_set_int(record, SLICE("vocab_size"), (int64_t)count_items(model, "vocab"));
    rec_set_int(record, SLICE("merges"), (int64_t)count_items(model, "merges"));
    rec_set_int(record, SLICE("added_tokens"), (int64_t)count_items(root, "added_tokens"));
    set_json_chains(record, root, arena);
    return 0;
}

/* ---- a tokenizer that is supported ---- */

/* [{"id":0,"token":"[PAD]"}], by id */
static void set_specials(struct record *record, const struct tokenizer *tokenizer, struct arena *arena)
{
    struct bytes json = {0};
    bytes_byte(&json, '[');
    for (int32_t id = 0; id < tokenizer_size(tokenizer); id++) {
        if (!tokenizer_is_special(tokenizer, id))
            continue;
        bytes_put(&json, json.len > 1 ? SLICE(",{\"id\":") : SLICE("{\"id\":"));
        json_put_int(&json, id);
        bytes_put(&json, SLICE(",\"token\":"));
        json_put_lossy(&json, tokenizer_token(tokenizer, id));
        bytes_byte(&json, '}');
    }
    bytes_byte(&json, ']');
    rec_set_json(record, SLICE("special_tokens"), arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
}

/* The id of the token that the config names, else of the first spelling that is an added token, or -1. A large
 * vocabulary may have <s> as a piece of ordinary text. */
static int32_t first_id(const struct tokenizer *tokenizer, enum named_token which, const char *const spellings[])
{
    struct slice named = tokenizer->config.named[which];
    int32_t id = named.ptr != NULL ? tokenizer_id(tokenizer, named) : -1;
    for (; *spellings != NULL && id < 0; spellings++)
        id = vocab_id(&tokenizer->added_vocab, slice_of(*spellings));
    return id;
}

static void set_ids(struct record *record, const struct tokenizer *tokenizer)
{
    rec_set_int(record, SLICE("unk_id"), tokenizer_unk_id(tokenizer));
    rec_set_int(record, SLICE("mask_id"), tokenizer_mask_id(tokenizer));
    rec_set_int(record, SLICE("pad_id"), first_id(tokenizer, NAMED_PAD, (const char *const[]){"[PAD]", "<pad>", NULL}));
    rec_set_int(record, SLICE("cls_id"),
                first_id(tokenizer, NAMED_CLS, (const char *const[]){"[CLS]", "<cls>", "<s>", NULL}));
    rec_set_int(record, SLICE("sep_id"),
                first_id(tokenizer, NAMED_SEP, (const char *const[]){"[SEP]", "<sep>", "</s>", NULL}));
}

/* Only among tokens that texts are made of; the first of several. */
static struct slice longest_token(const struct tokenizer *tokenizer)
{
    struct slice longest = SLICE("");
    size_t most = 0;
    for (int32_t id = 0; id < tokenizer_size(tokenizer); id++) {
        struct slice token = tokenizer_token(tokenizer, id);
        if (token.len <= most || tokenizer_is_special(tokenizer, id) || tokenizer_is_reserved(tokenizer, id))
            continue;
        size_t points = text_length(token);
        if (points > most) {
            most = points;
            longest = token;
        }
    }
    return longest;
}

static bool has_lower(struct slice text)
{
    return text.len > 0 && memchr(text.ptr, 'a', text.len) != NULL;
}

/* Tests what becomes of an A, so that it does not matter which step lowers it. */
static bool lowers_case(const struct tokenizer *tokenizer)
{
    bool lowers;
    if (tokenizer->model == MODEL_SENTENCEPIECE) {
        struct sentencepiece_thread *thread = sentencepiece_thread_new(&tokenizer->sentencepiece);
        struct sentencepiece_text text;
        lowers = sentencepiece_encode(&tokenizer->sentencepiece, thread, SLICE("A"), false, &text) == 0 &&
                 has_lower(text.normalized);
        sentencepiece_thread_free(thread);
    } else {
        struct draft draft = {0};
        struct normalizer_thread thread = {0};
        draft_start(&draft, SLICE("A"), false);
        lowers = normalizer_apply(&tokenizer->normalizer, &thread, &draft) == 0 &&
                 has_lower((struct slice){draft.text, draft.len});
        draft_free(&draft);
        normalizer_thread_free(&thread);
    }
    return lowers;
}

/* "[CLS] $A [SEP] $B:1 [SEP]:1": shows the type if it is not 0. */
static void set_template(struct record *record, struct slice name, const struct template *template, struct arena *arena)
{
    struct bytes out = {0};
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (i > 0)
            bytes_byte(&out, ' ');
        if (part->kind == TEMPLATE_SPECIAL)
            bytes_put(&out, part->token);
        else
            bytes_put(&out, part->kind == TEMPLATE_FIRST ? SLICE("$A") : SLICE("$B"));
        if (part->type_id != 0)
            bytes_put(&out, arena_print(arena, ":%d", part->type_id));
    }
    set_lossy(record, name, bytes_slice(&out), arena);
    vec_free(&out);
}

static void set_facts(struct record *record, const struct tokenizer *tokenizer, size_t merges, struct arena *arena)
{
    rec_set_text(record, SLICE("model"), slice_of(tokenizer_kind(tokenizer)));
    rec_set_int(record, SLICE("vocab_size"), (int64_t)tokenizer->vocab.used);
    rec_set_int(record, SLICE("merges"), (int64_t)merges);
    rec_set_int(record, SLICE("added_tokens"), (int64_t)tokenizer->added_vocab.used);
    rec_set_int(record, SLICE("ids"), tokenizer_size(tokenizer));
    set_specials(record, tokenizer, arena);
    set_ids(record, tokenizer);
    set_lossy(record, SLICE("longest_token"), longest_token(tokenizer), arena);
    rec_set_bool(record, SLICE("lowercase"), lowers_case(tokenizer));
    set_template(record, SLICE("single"), &tokenizer->single, arena);
    set_template(record, SLICE("pair"), &tokenizer->pair, arena);
}

static bool has_step(const struct normalizer *normalizer, enum normalizer_step step)
{
    for (size_t i = 0; i < normalizer->count; i++)
        if (normalizer->steps[i] == step)
            return true;
    return false;
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

static void add_bert_chains(const struct tokenizer *tokenizer, struct names of[CHAINS], struct arena *arena)
{
    const struct normalizer *normalizer = &tokenizer->normalizer;
    struct slice text = arena_print(
        arena, "BertNormalizer(clean_text=true, handle_chinese_chars=%s, strip_accents=%s, lowercase=%s)",
        truth(has_step(normalizer, NORMALIZE_BERT_CJK)), truth(has_step(normalizer, NORMALIZE_BERT_ACCENTS)),
        truth(has_step(normalizer, NORMALIZE_LOWERCASE)));
    vec_push(&of[0], text);
    vec_push(&of[1], SLICE("BertPreTokenizer"));
    if (tokenizer->single.count > 1)
        vec_push(&of[2], SLICE("BertProcessing"));
    vec_push(&of[3], SLICE("WordPiece"));
}

static void add_byte_level_chains(const struct tokenizer *tokenizer, struct names of[CHAINS])
{
    const struct pretokenizer *pretokenizer = &tokenizer->pretokenizer;
    if (has_step(&tokenizer->normalizer, NORMALIZE_NFC))
        vec_push(&of[0], SLICE("NFC"));
    if (has_step(&tokenizer->normalizer, NORMALIZE_LOWERCASE)) { /* CLIP's */
        vec_push(&of[0], SLICE("Replace(pattern=Regex \"\\\\s+\", content=\" \")"));
        vec_push(&of[0], SLICE("Lowercase"));
    }
    if (pretokenizer->count > 0 && pretokenizer->steps[0].kind == PRETOKENIZE_GPT2) {
        vec_push(&of[1], SLICE("ByteLevel(add_prefix_space=false)"));
    } else if (pretokenizer->count > 1) {
        vec_push(&of[1], SLICE("ByteLevel(add_prefix_space=true)"));
    } else { /* the expression is not in the file, or is too long to show */
        vec_push(&of[1], SLICE("Split(pattern=…)"));
        vec_push(&of[1], SLICE("ByteLevel(add_prefix_space=false, use_regex=false)"));
    }
    if (tokenizer->single.count > 1)
        vec_push(&of[2], tokenizer->trim_prefix ? SLICE("RobertaProcessing(add_prefix_space=true)")
                                                : SLICE("RobertaProcessing(add_prefix_space=false)"));
    vec_push(&of[3], SLICE("ByteLevel"));
}

static void add_sentencepiece_chains(const struct tokenizer *tokenizer, struct names of[CHAINS], struct arena *arena)
{
    const struct sentencepiece *model = &tokenizer->sentencepiece;
    struct slice text =
        arena_print(arena,
                    "SentencePiece(precompiled_charsmap=%s, add_dummy_prefix=%s, remove_extra_whitespaces=%s, "
                    "escape_whitespaces=%s)",
                    truth(model->charsmap_blob.len > 0), truth(model->dummy_prefix),
                    truth(model->remove_extra_whitespaces), truth(model->escape_whitespaces));
    vec_push(&of[0], text);
    vec_push(&of[3], SLICE("SentencePiece"));
}

/* The equivalent of the formats that have no components. */
static void set_implied_chains(struct record *record, const struct tokenizer *tokenizer, struct arena *arena)
{
    struct names of[CHAINS] = {{NULL, 0, 0}};
    if (tokenizer->model == MODEL_WORDPIECE)
        add_bert_chains(tokenizer, of, arena);
    else if (tokenizer->model == MODEL_SENTENCEPIECE)
        add_sentencepiece_chains(tokenizer, of, arena);
    else
        add_byte_level_chains(tokenizer, of);
    for (size_t i = 0; i < CHAINS; i++)
        set_names(record, slice_of(chains[i].name), &of[i], arena);
}

static int set_supported(struct record *record, const struct tokenizer *tokenizer, struct arena *arena)
{
    struct slice root, model;
    if (!slice_is(slice_of(tokenizer->format), "tokenizer.json")) {
        set_facts(record, tokenizer, tokenizer->bpe.merges.used, arena);
        set_implied_chains(record, tokenizer, arena);
        return 0;
    }
    if (component_root(bytes_slice(&tokenizer->file), &root) != 0 || !member(root, "model", &model))
        return -1;
    set_facts(record, tokenizer, count_items(model, "merges"), arena);
    set_json_chains(record, root, arena);
    return 0;
}

int describe_file(const char *path, struct record *record, struct arena *arena)
{
    struct tokenizer *tokenizer = tokenizer_new();
    bool supported = tokenizer_read(tokenizer, path, NULL) == 0 && tokenizer_can_cut(tokenizer) == 0;
    int status = -1;
    if (tokenizer->format != NULL) {
        struct slice reason = supported ? SLICE("") : reason_of(path, arena);
        set_lossy(record, SLICE("file"), slice_of(path), arena);
        rec_set_text(record, SLICE("format"), slice_of(tokenizer->format));
        rec_set_bool(record, SLICE("supported"), supported);
        status =
            supported ? set_supported(record, tokenizer, arena) : set_unsupported(record, tokenizer, reason, arena);
    }
    tokenizer_free(tokenizer);
    return status;
}
