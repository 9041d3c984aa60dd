/* writer.c - a learned vocabulary in the formats of Hugging Face's tokenizers: see writer.h.
 *
 * The members are in the order in which that library writes them, so that our file can be compared with the same file
 * rewritten by the library. */
#include "writer.h"

#include "../tokenizer/text/gpt4.h"
#include "base/diag.h"
#include "text/json.h"

#include <assert.h>

#define BLANK "\xe2\x96\x81" /* U+2581 */

static struct slice piece_text(const struct trained *trained, size_t id)
{
    return map_at(trained->vocabulary, id)->key;
}

static void put(struct bytes *out, const char *text)
{
    bytes_put(out, slice_of(text));
}

static void put_bool(struct bytes *out, bool value)
{
    put(out, value ? "true" : "false");
}

static void put_token(struct bytes *out, const struct recipe *recipe, enum role role)
{
    json_put_string(out, recipe_token(recipe, role));
}

/* ---- lists of components ---- */

/* Normalizers, pre-tokenizers or decoders: null, one, or a Sequence. */
struct list {
    struct bytes json;
    size_t count;
};

/* To be called before a component is written to list->json. */
static struct bytes *next_of(struct list *list)
{
    if (list->count++ > 0)
        bytes_byte(&list->json, ',');
    return &list->json;
}

static void add(struct list *list, const char *component)
{
    put(next_of(list), component);
}

static void put_list(struct bytes *out, const char *name, struct list *list)
{
    if (list->count > 1) {
        put(out, "{\"type\":\"Sequence\",\"");
        put(out, name);
        put(out, "\":[");
    }
    bytes_put(out, list->count > 0 ? bytes_slice(&list->json) : SLICE("null"));
    if (list->count > 1)
        put(out, "]}");
    vec_free(&list->json);
}

/* ---- added_tokens ---- */

static bool takes_blank(const struct recipe *recipe, struct slice token)
{
    if (recipe->chosen[ROLE_MASK] && recipe->type != TRAINER_WORDPIECE)
        return slice_equal(token, recipe_token(recipe, ROLE_MASK));
    return (recipe->type == TRAINER_BPE && slice_is(token, "<mask>")) ||
           (recipe->type == TRAINER_UNIGRAM && slice_is(token, "[MASK]"));
}

static void put_added_token(const struct recipe *recipe, size_t id, struct bytes *out)
{
    bool special = id < recipe->special_count;
    put(out, "{\"id\":");
    json_put_int(out, (int64_t)id);
    put(out, ",\"content\":");
    json_put_string(out, recipe->reserved.items[id]);
    put(out, ",\"single_word\":false,\"lstrip\":");
    put_bool(out, special && takes_blank(recipe, recipe->reserved.items[id]));
    put(out, ",\"rstrip\":false,\"normalized\":false,\"special\":");
    put_bool(out, special);
    put(out, "}");
}

/* ---- normalizer ---- */

static void add_replace(struct list *list, const char *kind, const char *pattern, const char *content)
{
    struct bytes *out = next_of(list);
    put(out, "{\"type\":\"Replace\",\"pattern\":{\"");
    put(out, kind);
    put(out, "\":");
    json_put_string(out, slice_of(pattern));
    put(out, "},\"content\":");
    json_put_string(out, slice_of(content));
    put(out, "}");
}

/* SentencePiece's nmt_nfkc: controls removed; characters like a blank become one; NFKC, but for U+FF5E, which waits as
 * one of the controls that no text has any more; runs of blanks become one. U+200C is a blank there, though in Persian
 * it is part of words; U+200D is not. */
static void add_nmt_nfkc(struct list *list, bool joiners)
{
    static const char wide_tilde[] = "\xef\xbd\x9e", hidden[] = "\x01";
    add_replace(list, "Regex", "[\\x{1}-\\x{8}\\x{B}\\x{E}-\\x{1F}\\x{7F}\\x{8F}\\x{9F}]", "");
    add_replace(list, "Regex",
                joiners
                    ? "[\\t\\n\\f\\r\\x{1680}\\x{200B}\\x{200E}\\x{200F}\\x{2028}\\x{2029}\\x{2581}\\x{FEFF}\\x{FFFD}]"
                    : "[\\t\\n\\f\\r\\x{1680}\\x{200B}\\x{200C}\\x{200E}\\x{200F}\\x{2028}\\x{2029}\\x{2581}\\x{FEFF}"
                      "\\x{FFFD}]",
                " ");
    add_replace(list, "String", wide_tilde, hidden);
    add(list, "{\"type\":\"NFKC\"}");
    add_replace(list, "String", hidden, wide_tilde);
    add_replace(list, "Regex", " {2,}", " ");
}

static void add_bert_normalizer(const struct recipe *recipe, struct list *list)
{
    struct bytes *out = next_of(list);
    put(out, "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":");
    put(out, recipe->accents == ACCENTS_TYPE ? "null" : recipe->accents == ACCENTS_STRIP ? "true" : "false");
    put(out, ",\"lowercase\":");
    put_bool(out, recipe->lower);
    put(out, "}");
}

static void put_normalizer(const struct recipe *recipe, struct bytes *out)
{
    static const char *const forms[] = {[FORM_NFC] = "{\"type\":\"NFC\"}",
                                        [FORM_NFD] = "{\"type\":\"NFD\"}",
                                        [FORM_NFKC] = "{\"type\":\"NFKC\"}",
                                        [FORM_NFKD] = "{\"type\":\"NFKD\"}"};
    struct list list = {0};
    if (recipe->bert) {
        add_bert_normalizer(recipe, &list);
    } else {
        if (recipe->form == FORM_NMT_NFKC)
            add_nmt_nfkc(&list, recipe->joiners);
        else if (recipe->form != FORM_NONE)
            add(&list, forms[recipe->form]);
        if (recipe->accents == ACCENTS_STRIP) { /* composed again, so that Hangul stays in syllables */
            add(&list, "{\"type\":\"NFD\"}");
            add(&list, "{\"type\":\"StripAccents\"}");
            if (recipe->form != FORM_NFD && recipe->form != FORM_NFKD)
                add(&list, "{\"type\":\"NFC\"}");
        }
        if (recipe->lower)
            add(&list, "{\"type\":\"Lowercase\"}");
    }
    put_list(out, "normalizers", &list);
}

/* ---- pre_tokenizer ---- */

static void put_metaspace(const struct recipe *recipe, struct bytes *out)
{
    static const char *const schemes[] = {
        [PREFIX_ALWAYS] = "always", [PREFIX_FIRST] = "first", [PREFIX_NEVER] = "never"};
    put(out, "{\"type\":\"Metaspace\",\"replacement\":\"" BLANK "\",\"prepend_scheme\":\"");
    put(out, schemes[recipe->prefix]);
    put(out, "\",\"split\":");
    put_bool(out, recipe->cut != CUT_NONE);
    put(out, "}");
}

static void put_byte_level(const struct recipe *recipe, bool trim, bool regex, struct bytes *out)
{
    put(out, "{\"type\":\"ByteLevel\",\"add_prefix_space\":");
    put_bool(out, recipe->prefix == PREFIX_ALWAYS);
    put(out, ",\"trim_offsets\":");
    put_bool(out, trim);
    put(out, ",\"use_regex\":");
    put_bool(out, regex);
    put(out, "}");
}

static void put_split(const char *expression, struct bytes *out)
{
    put(out, "{\"type\":\"Split\",\"pattern\":{\"Regex\":");
    json_put_string(out, slice_of(expression));
    put(out, "},\"behavior\":\"Isolated\",\"invert\":false}");
}

static void put_pretokenizer(const struct recipe *recipe, struct bytes *out)
{
    struct list list = {0};
    if (recipe->marks) /* before the digits: else it would put a blank before each of them */
        put_metaspace(recipe, next_of(&list));
    if (recipe->split_digits)
        add(&list, "{\"type\":\"Digits\",\"individual_digits\":true}");
    if (recipe->cut == CUT_BERT)
        add(&list, "{\"type\":\"BertPreTokenizer\"}");
    if (recipe->cut == CUT_WHITESPACE)
        add(&list, "{\"type\":\"WhitespaceSplit\"}");
    if (recipe->cut == CUT_GPT4)
        put_split(gpt4_forms[GPT4_LLAMA3].expression, next_of(&list));
    if (recipe->cut == CUT_PATTERN)
        put_split(recipe->pattern, next_of(&list));
    if (recipe->bytes)
        put_byte_level(recipe, true, recipe->cut == CUT_GPT2, next_of(&list));
    put_list(out, "pretokenizers", &list);
}

/* ---- post_processor ---- */

static void put_template_token(const struct recipe *recipe, enum role role, int type, struct bytes *out)
{
    put(out, "{\"SpecialToken\":{\"id\":");
    put_token(out, recipe, role);
    put(out, type == 0 ? ",\"type_id\":0}}" : ",\"type_id\":1}}");
}

static void put_template_entry(const struct recipe *recipe, enum role role, struct bytes *out)
{
    put_token(out, recipe, role);
    put(out, ":{\"id\":");
    put_token(out, recipe, role);
    put(out, ",\"ids\":[");
    json_put_int(out, recipe->role[role]);
    put(out, "],\"tokens\":[");
    put_token(out, recipe, role);
    put(out, "]}");
}

/* BERT's, or, for BPE, RoBERTa's: no types, and two </s> between the texts of a pair. */
static void put_template(const struct recipe *recipe, struct bytes *out)
{
    static const char first[] = ",{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},";
    bool types = recipe->type != TRAINER_BPE;
    put(out, "{\"type\":\"TemplateProcessing\",\"single\":[");
    put_template_token(recipe, ROLE_CLS, 0, out);
    put(out, first);
    put_template_token(recipe, ROLE_SEP, 0, out);
    put(out, "],\"pair\":[");
    put_template_token(recipe, ROLE_CLS, 0, out);
    put(out, first);
    put_template_token(recipe, ROLE_SEP, 0, out);
    if (!types) {
        put(out, ",");
        put_template_token(recipe, ROLE_SEP, 0, out);
    }
    put(out, types ? ",{\"Sequence\":{\"id\":\"B\",\"type_id\":1}}," : ",{\"Sequence\":{\"id\":\"B\",\"type_id\":0}},");
    put_template_token(recipe, ROLE_SEP, types ? 1 : 0, out);
    put(out, "],\"special_tokens\":{");
    put_template_entry(recipe, ROLE_CLS, out);
    if (recipe->role[ROLE_SEP] != recipe->role[ROLE_CLS]) {
        put(out, ",");
        put_template_entry(recipe, ROLE_SEP, out);
    }
    put(out, "}}");
}

static void put_roberta(const struct recipe *recipe, struct bytes *out)
{
    put(out, "{\"type\":\"RobertaProcessing\",\"sep\":[");
    put_token(out, recipe, ROLE_SEP);
    put(out, ",");
    json_put_int(out, recipe->role[ROLE_SEP]);
    put(out, "],\"cls\":[");
    put_token(out, recipe, ROLE_CLS);
    put(out, ",");
    json_put_int(out, recipe->role[ROLE_CLS]);
    put(out, "],\"trim_offsets\":true,\"add_prefix_space\":");
    put_bool(out, recipe->prefix == PREFIX_ALWAYS);
    put(out, "}");
}

static void put_processor(const struct recipe *recipe, struct bytes *out)
{
    bool surrounds = recipe_surrounds(recipe);
    if (surrounds && recipe->bytes)
        put_roberta(recipe, out);
    else if (surrounds)
        put_template(recipe, out);
    else if (recipe->bytes)
        put_byte_level(recipe, false, true, out);
    else
        put(out, "null");
}

/* ---- decoder ---- */

static void put_decoder(const struct recipe *recipe, struct bytes *out)
{
    struct list list = {0};
    if (recipe->byte_fallback)
        add(&list, "{\"type\":\"ByteFallback\"}");
    if (recipe->marks)
        put_metaspace(recipe, next_of(&list));
    else if (recipe->bytes)
        add(&list, "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}");
    else
        add(&list, "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}");
    put_list(out, "decoders", &list);
}

/* ---- model ---- */

static void put_vocab(const struct trained *trained, struct bytes *out)
{
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        bytes_byte(out, id > 0 ? ',' : '{');
        json_put_string(out, piece_text(trained, id));
        bytes_byte(out, ':');
        json_put_int(out, (int64_t)id);
    }
    put(out, map_len(trained->vocabulary) > 0 ? "}" : "{}");
}

static void put_wordpiece(const struct recipe *recipe, const struct trained *trained, struct bytes *out)
{
    put(out, "{\"type\":\"WordPiece\",\"unk_token\":");
    put_token(out, recipe, ROLE_UNK);
    put(out, ",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":");
    json_put_int(out, TRAINER_WORD_CHARACTERS);
    put(out, ",\"vocab\":");
    put_vocab(trained, out);
    put(out, "}");
}

static void put_merges(const struct trained *trained, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < trained->merges.len; i++) {
        put(out, i > 0 ? ",[" : "[");
        json_put_string(out, piece_text(trained, trained->merges.items[i].left));
        bytes_byte(out, ',');
        json_put_string(out, piece_text(trained, trained->merges.items[i].right));
        bytes_byte(out, ']');
    }
    bytes_byte(out, ']');
}

/* Of characters, several unknown ones in a row are one unknown token, as in SentencePiece. */
static void put_bpe(const struct recipe *recipe, const struct trained *trained, struct bytes *out)
{
    bool knows_all = recipe->bytes || recipe->role[ROLE_UNK] < 0;
    put(out, "{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":");
    if (knows_all)
        put(out, "null");
    else
        put_token(out, recipe, ROLE_UNK);
    put(out, ",\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":");
    put_bool(out, !knows_all);
    put(out, ",\"byte_fallback\":");
    put_bool(out, recipe->byte_fallback);
    put(out, ",\"ignore_merges\":false,\"vocab\":");
    put_vocab(trained, out);
    put(out, ",\"merges\":");
    put_merges(trained, out);
    put(out, "}");
}

static void put_score(int64_t score, struct bytes *out)
{
    const int64_t unit = 1000000;
    assert(score <= 0);
    if (score < 0)
        bytes_byte(out, '-');
    json_put_int(out, -score / unit);
    bytes_byte(out, '.');
    int64_t rest = -score % unit;
    for (int64_t place = unit / 10; place > 0 && (rest > 0 || place == unit / 10); place /= 10) {
        bytes_byte(out, (char)('0' + rest / place));
        rest %= place;
    }
}

static void put_unigram(const struct recipe *recipe, const struct trained *trained, struct bytes *out)
{
    put(out, "{\"type\":\"Unigram\",\"unk_id\":");
    json_put_int(out, recipe->role[ROLE_UNK]);
    put(out, ",\"vocab\":");
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        put(out, id > 0 ? ",[" : "[[");
        json_put_string(out, piece_text(trained, id));
        bytes_byte(out, ',');
        put_score(trained->scores.items[id], out);
        bytes_byte(out, ']');
    }
    put(out, "],\"byte_fallback\":");
    put_bool(out, recipe->byte_fallback);
    put(out, "}");
}

/* ---- the files ---- */

void writer_tokenizer(const struct recipe *recipe, const struct trained *trained, struct bytes *out)
{
    put(out, "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
    for (size_t id = 0; id < recipe->token_count; id++) {
        if (id > 0)
            put(out, ",");
        put_added_token(recipe, id, out);
    }
    put(out, "],\"normalizer\":");
    put_normalizer(recipe, out);
    put(out, ",\"pre_tokenizer\":");
    put_pretokenizer(recipe, out);
    put(out, ",\"post_processor\":");
    put_processor(recipe, out);
    put(out, ",\"decoder\":");
    put_decoder(recipe, out);
    put(out, ",\"model\":");
    if (recipe->type == TRAINER_WORDPIECE)
        put_wordpiece(recipe, trained, out);
    else if (recipe->type == TRAINER_UNIGRAM)
        put_unigram(recipe, trained, out);
    else
        put_bpe(recipe, trained, out);
    put(out, "}");
}

void writer_config(const struct recipe *recipe, struct bytes *out)
{
    bool first = true, types = recipe->type != TRAINER_BPE && recipe_surrounds(recipe);
    put(out, "{\"tokenizer_class\":\"PreTrainedTokenizerFast\",\"clean_up_tokenization_spaces\":false,"
             "\"model_input_names\":[\"input_ids\",");
    put(out, types ? "\"token_type_ids\",\"attention_mask\"]" : "\"attention_mask\"]");
    for (int role = 0; role < ROLES; role++) {
        if (recipe->role[role] < 0)
            continue;
        put(out, ",\"");
        put(out, role_names[role]);
        put(out, "_token\":");
        put_token(out, recipe, (enum role)role);
    }
    put(out, ",\"additional_special_tokens\":[");
    for (size_t id = 0; id < recipe->special_count; id++) {
        int role = 0;
        while (role < ROLES && recipe->role[role] != (int32_t)id)
            role++;
        if (role < ROLES)
            continue;
        if (!first)
            put(out, ",");
        first = false;
        json_put_string(out, recipe->reserved.items[id]);
    }
    put(out, "]}");
}

static int check_piece(struct slice piece, const char *separators)
{
    for (const char *c = separators; *c != '\0'; c++)
        if (memchr(piece.ptr, *c, piece.len) != NULL)
            return diag_kind(STATUS_FAILED,
                             "the piece \"%.*s\" contains U+%04X, which separates pieces in such a file: write a "
                             "tokenizer.json (--format tokenizer)",
                             (int)piece.len, piece.ptr, (unsigned)*c);
    return 0;
}

int writer_check_lines(const struct trained *trained, enum train_format format)
{
    const char *separators = trained->type == TRAINER_UNIGRAM ? "\n\r\t" : "\n\r";
    bool lines = format == FORMAT_VOCAB && trained->type != TRAINER_BPE;
    for (size_t id = 0; lines && id < map_len(trained->vocabulary); id++)
        if (check_piece(piece_text(trained, id), separators) != 0)
            return -1;
    for (size_t i = 0; format == FORMAT_MERGES && i < trained->merges.len; i++) {
        struct trainer_merge merge = trained->merges.items[i];
        if (check_piece(piece_text(trained, merge.left), "\n\r ") != 0 ||
            check_piece(piece_text(trained, merge.right), "\n\r ") != 0)
            return -1;
    }
    return 0;
}

void writer_vocab(const struct trained *trained, struct bytes *out)
{
    if (trained->type == TRAINER_BPE) {
        put_vocab(trained, out);
        return;
    }
    for (size_t id = 0; id < map_len(trained->vocabulary); id++) {
        if (id > 0)
            bytes_byte(out, '\n');
        bytes_put(out, piece_text(trained, id));
        if (trained->type == TRAINER_UNIGRAM) {
            bytes_byte(out, '\t');
            put_score(trained->scores.items[id], out);
        }
    }
}

void writer_merges(const struct trained *trained, struct bytes *out)
{
    put(out, "#version: 0.2");
    for (size_t i = 0; i < trained->merges.len; i++) {
        bytes_byte(out, '\n');
        bytes_put(out, piece_text(trained, trained->merges.items[i].left));
        bytes_byte(out, ' ');
        bytes_put(out, piece_text(trained, trained->merges.items[i].right));
    }
}
