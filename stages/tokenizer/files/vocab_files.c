/* vocab_files.c - reads the formats from before tokenizer.json: vocab.txt, and vocab.json with merges.txt. */
#include "../text/classes.h"
#include "base/diag.h"
#include "base/stream.h"
#include "component.h"
#include "load.h"
#include "text/json.h"
#include "text/text.h"

#include <sys/stat.h>

/* ---- special tokens ---- */

/* Adds a special token if the vocabulary has it. */
static int add_special(struct tokenizer *tokenizer, const char *content, bool lstrip)
{
    struct added_token token = {.content = slice_of(content), .lstrip = lstrip, .special = true};
    return vocab_id(&tokenizer->vocab, token.content) < 0 ? 0 : tokenizer_add_token(tokenizer, token, -1);
}

/* Adds special tokens in order; the last one, RoBERTa's mask, takes the blank before it. */
static int add_specials(struct tokenizer *tokenizer, const char *const *contents, size_t count, bool mask_lstrip)
{
    for (size_t i = 0; i < count; i++)
        if (add_special(tokenizer, contents[i], mask_lstrip && i + 1 == count) != 0)
            return -1;
    return 0;
}

/* Sets the template from both tokens if the vocabulary has them. */
static void use_specials(struct tokenizer *tokenizer, const char *cls, const char *sep, bool bert)
{
    struct template_part start = {.token = slice_of(cls)}, end = {.token = slice_of(sep)};
    start.id = vocab_id(&tokenizer->vocab, start.token);
    end.id = vocab_id(&tokenizer->vocab, end.token);
    if (start.id >= 0 && end.id >= 0)
        tokenizer_use_pair_template(tokenizer, &start, &end, bert);
}

/* ---- vocab.txt ---- */

/* 1 or 0; -1 if not specified. */
struct bert_case {
    int lower, strip, cjk;
};

/* Does it contain a letter that lower-casing would change? U+211D, in a lower-cased vocabulary, is upper case but has
 * no lower case. */
static bool has_upper(struct slice token)
{
    uint32_t lower[2];
    for (size_t at = 0, len; at < token.len; at += len) {
        uint32_t point = text_decode(token.ptr + at, &len);
        if (len == 1 && (point < 'A' || point > 'Z'))
            continue;
        if (classes_lower(point, lower) != 1 || lower[0] != point)
            return true;
    }
    return false;
}

static bool is_bracketed(struct slice token)
{
    return token.len >= 2 && token.ptr[0] == '[' && token.ptr[token.len - 1] == ']';
}

/* A vocabulary without upper case was made from lower-cased text. */
static bool all_lower(const struct vocab *vocab)
{
    for (size_t id = 0; id < vocab->size; id++)
        if (!is_bracketed(vocab->tokens[id]) && has_upper(vocab->tokens[id]))
            return false;
    return true;
}

static int read_flag(struct slice config, const char *name, int *flag)
{
    struct slice value;
    if (!json_member(config, name, &value) || json_kind(value) == 'n')
        return 0;
    if (json_kind(value) != 't' && json_kind(value) != 'f')
        return diag_error("%s: expected true or false", name);
    *flag = json_kind(value) == 't';
    return 0;
}

static int read_case(struct slice file, struct bert_case *bert)
{
    struct slice config;
    if (component_root(file, &config) != 0)
        return -1;
    if (json_kind(config) != '{')
        return diag_error("expected an object");
    return read_flag(config, "do_lower_case", &bert->lower) != 0 ||
                   read_flag(config, "strip_accents", &bert->strip) != 0 ||
                   read_flag(config, "tokenize_chinese_chars", &bert->cjk) != 0
               ? -1
               : 0;
}

/* Reads tokenizer_config.json in the vocabulary's folder, if there is one. */
static int load_case(struct tokenizer *tokenizer, const char *vocab_path, struct bert_case *bert)
{
    const char *slash = strrchr(vocab_path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - vocab_path) : 0;
    const char *path = arena_print(tokenizer->arena, "%.*stokenizer_config.json", folder, vocab_path).ptr;
    struct stat info;
    if (stat(path, &info) != 0)
        return 0;
    struct bytes file = {0};
    int status = stream_load(path, &file);
    if (status == 0 && read_case(bytes_slice(&file), bert) != 0)
        status = diag_error("%s: %s", path, arena_print(tokenizer->arena, "%s", diag_message()).ptr);
    vec_free(&file);
    return status;
}

/* What the configuration does not say about case is found from the vocabulary; accents follow case. */
static int find_case(struct tokenizer *tokenizer, const char *vocab_path, struct bert_case *bert)
{
    *bert = (struct bert_case){-1, -1, -1};
    if (load_case(tokenizer, vocab_path, bert) != 0)
        return -1;
    if (bert->lower < 0)
        bert->lower = all_lower(&tokenizer->vocab);
    if (bert->strip < 0)
        bert->strip = bert->lower;
    if (bert->cjk < 0)
        bert->cjk = 1;
    return 0;
}

/* White space at the end of a line does not belong to the token. */
static const char *trimmed(const char *start, const char *end)
{
    while (end > start) {
        const char *last = end - 1;
        size_t len;
        if (*last > ' ' && *last < 0x7f)
            break;
        while (last > start && ((unsigned char)*last & 0xc0) == 0x80)
            last--;
        if (!(classes_of(classes_table(), text_decode(last, &len)) & CLASS_SPACE))
            break;
        end = last;
    }
    return end;
}

static void read_lines(struct tokenizer *tokenizer)
{
    struct slice file = bytes_slice(&tokenizer->file), tokens[VOCAB_BATCH];
    const char *at = file.ptr, *end = file.ptr + file.len;
    int32_t ids[VOCAB_BATCH], id = 0;
    size_t lines = 1, count = 0;
    for (size_t i = 0; i < file.len; i++)
        lines += file.ptr[i] == '\n';
    vocab_init(&tokenizer->vocab, lines);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline != NULL ? newline : end;
        tokens[count] = slice_between(at, trimmed(at, stop));
        ids[count++] = id++;
        at = stop + 1;
        if (count == VOCAB_BATCH || at >= end) {
            vocab_add_many(&tokenizer->vocab, tokens, ids, count);
            count = 0;
        }
    }
}

int tokenizer_load_vocab_txt(struct tokenizer *tokenizer, const char *path)
{
    static const char *const specials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    struct bert_case bert;
    if (!text_is_utf8(bytes_slice(&tokenizer->file)))
        return diag_error("neither JSON nor UTF-8 text");
    read_lines(tokenizer);
    if (find_case(tokenizer, path, &bert) != 0)
        return -1;
    if (normalizer_add_bert(&tokenizer->normalizer, true, bert.cjk != 0, bert.strip != 0, bert.lower != 0) != 0 ||
        pretokenizer_add(&tokenizer->pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_BERT}) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    if (decoder_add(&tokenizer->decoder,
                    (struct decoder_step){.kind = DECODE_WORDPIECE, .affix = SLICE("##"), .clean = true}) != 0)
        return -1;
    tokenizer->wordpiece.prefix = SLICE("##");
    tokenizer->wordpiece.max_chars = 100;
    if (tokenizer_use_wordpiece(tokenizer, SLICE("[UNK]")) != 0)
        return -1;
    tokenizer_plain_templates(tokenizer);
    use_specials(tokenizer, "[CLS]", "[SEP]", true);
    return add_specials(tokenizer, specials, sizeof specials / sizeof *specials, false);
}

/* ---- vocab.json and merges.txt ---- */

static int read_merge(struct slice line, uint32_t rank, struct bpe_halves *merge)
{
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    if (blank == NULL)
        return diag_error("merges.txt: merge %u: expected two tokens", rank + 1);
    *merge = (struct bpe_halves){slice_between(line.ptr, blank), slice_between(blank + 1, line.ptr + line.len)};
    if (merge->right.len > 0 && memchr(merge->right.ptr, ' ', merge->right.len) != NULL)
        return diag_error("merges.txt: merge %u: expected two tokens", rank + 1);
    return 0;
}

static int read_merges(struct tokenizer *tokenizer, struct slice text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    struct bpe_halves merges[BPE_BATCH];
    size_t count = 0;
    uint32_t rank = 0;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct slice line = slice_between(at, newline != NULL ? newline : end);
        at = line.ptr + line.len + 1;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (slice_starts(line, SLICE("#version")))
            continue;
        if (read_merge(line, rank + (uint32_t)count, &merges[count]) != 0)
            return -1;
        if (++count < BPE_BATCH)
            continue;
        if (bpe_add_merges(&tokenizer->bpe, merges, count, rank) != 0)
            return -1;
        rank += (uint32_t)count;
        count = 0;
    }
    return bpe_add_merges(&tokenizer->bpe, merges, count, rank);
}

int tokenizer_load_bpe_files(struct tokenizer *tokenizer, struct slice vocab, struct slice merges)
{
    static const char *const roberta_specials[] = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"};
    static const char *const gpt2_specials[] = {"<|endoftext|>"};
    if (json_kind(vocab) != '{')
        return diag_error("vocab.json: expected an object");
    if (tokenizer_load_vocab(tokenizer, vocab) != 0)
        return -1;
    tokenizer->pretokenizer.byte_level = true;
    if (pretokenizer_add(&tokenizer->pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_GPT2}) != 0 ||
        decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_BYTE_LEVEL}) != 0 ||
        tokenizer_use_bpe(tokenizer, SLICE(""), tokenizer->vocab.used) != 0 || read_merges(tokenizer, merges) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    tokenizer_plain_templates(tokenizer);
    bool roberta = vocab_id(&tokenizer->vocab, SLICE("<s>")) >= 0 && vocab_id(&tokenizer->vocab, SLICE("</s>")) >= 0;
    if (!roberta)
        return add_specials(tokenizer, gpt2_specials, sizeof gpt2_specials / sizeof *gpt2_specials, false);
    tokenizer->trim_offsets = true;
    use_specials(tokenizer, "<s>", "</s>", false);
    return add_specials(tokenizer, roberta_specials, sizeof roberta_specials / sizeof *roberta_specials, true);
}
