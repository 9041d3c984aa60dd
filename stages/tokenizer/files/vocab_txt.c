/* vocab_txt.c - reads a vocab.txt, the format of BERT before tokenizer.json. */
#include "../text/classes.h"
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"
#include "text/text.h"

/* ---- vocab.txt ---- */

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

/* What the configuration does not say about case is found from the vocabulary; accents follow case. */
static struct bert_case find_case(const struct tokenizer *tokenizer)
{
    const struct config *config = &tokenizer->config;
    struct bert_case bert = {config->lower, config->strip, config->cjk};
    if (bert.lower < 0)
        bert.lower = all_lower(&tokenizer->vocab);
    if (bert.strip < 0)
        bert.strip = bert.lower;
    if (bert.cjk < 0)
        bert.cjk = 1;
    return bert;
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

int tokenizer_load_vocab_txt(struct tokenizer *tokenizer)
{
    static const struct usual_token usual[] = {{NAMED_PAD, "[PAD]", false},
                                               {NAMED_UNK, "[UNK]", false},
                                               {NAMED_CLS, "[CLS]", false},
                                               {NAMED_SEP, "[SEP]", false},
                                               {NAMED_MASK, "[MASK]", false}};
    read_lines(tokenizer);
    if (vocab_id(&tokenizer->vocab, tokenizer_named(tokenizer, NAMED_UNK, "[UNK]")) < 0)
        return 0;
    tokenizer->format = "vocab.txt";
    struct bert_case bert = find_case(tokenizer);
    if (normalizer_add_bert(&tokenizer->normalizer, true, bert.cjk != 0, bert.strip != 0, bert.lower != 0) != 0 ||
        pretokenizer_add(&tokenizer->pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_BERT}) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    if (decoder_add(&tokenizer->decoder,
                    (struct decoder_step){.kind = DECODE_WORDPIECE, .affix = SLICE("##"), .clean = true}) != 0)
        return -1;
    tokenizer->wordpiece.prefix = SLICE("##");
    tokenizer->wordpiece.max_chars = 100;
    if (tokenizer_use_wordpiece(tokenizer, tokenizer_named(tokenizer, NAMED_UNK, "[UNK]")) != 0)
        return -1;
    tokenizer_plain_templates(tokenizer);
    tokenizer_use_usual(tokenizer, "[CLS]", "[SEP]", true);
    return tokenizer_add_usual(tokenizer, usual, sizeof usual / sizeof *usual);
}
