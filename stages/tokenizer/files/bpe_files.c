/* bpe_files.c - reads a vocab.json with its merges.txt, the format of BPE before tokenizer.json.
 *
 * The files do not say how a text is cut. That depends on the class of the tokenizer, which the config names. */
#include "base/diag.h"
#include "component.h"
#include "load.h"
#include "text/json.h"

/* ---- merges.txt ---- */

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

/* The next merge: 1, 0 at the end, or -1 with the message. */
static int next_merge(const char **at, const char *end, uint32_t rank, struct bpe_halves *merge)
{
    while (*at < end) {
        const char *newline = memchr(*at, '\n', (size_t)(end - *at));
        struct slice line = slice_between(*at, newline != NULL ? newline : end);
        *at = newline != NULL ? newline + 1 : end;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        bool blank_end = line.len == 0 && json_is_blank(slice_between(*at, end));
        if (blank_end || slice_starts(line, SLICE("#version")))
            continue;
        return read_merge(line, rank, merge) == 0 ? 1 : -1;
    }
    return 0;
}

static int read_merges(struct tokenizer *tokenizer, struct slice text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    struct bpe_batch batch;
    batch.count = batch.rank = 0;
    int more;
    while ((more = next_merge(&at, end, batch.rank + batch.count, &batch.merges[batch.count])) > 0)
        if (bpe_batch_put(&tokenizer->bpe, &batch) != 0)
            return -1;
    return more < 0 ? -1 : bpe_batch_end(&tokenizer->bpe, &batch);
}

/* ---- the families ---- */

/* How texts are cut; the expressions are of gpt4.h or, for CLIP, of pattern.h. */
static int cut_by_gpt2(struct tokenizer *tokenizer)
{
    struct pretokenizer *pretokenizer = &tokenizer->pretokenizer;
    if (tokenizer->config.add_prefix_space > 0 &&
        pretokenizer_add(pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_PREFIX_SPACE}) != 0)
        return -1;
    return pretokenizer_add(pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_GPT2});
}

static int cut_by_qwen2(struct tokenizer *tokenizer)
{
    struct pretokenizer_step step = {.kind = PRETOKENIZE_GPT4, .behavior = DELIMITER_ISOLATED};
    step.form = &gpt4_forms[GPT4_QWEN2];
    return normalizer_add(&tokenizer->normalizer, NORMALIZE_NFC) != 0
               ? -1
               : pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int cut_by_clip(struct tokenizer *tokenizer)
{
    struct normalizer *normalizer = &tokenizer->normalizer;
    struct rewriting blanks = {.kind = REWRITE_REPLACE, .content = SLICE(" ")};
    struct pretokenizer_step step = {.kind = PRETOKENIZE_PATTERN, .behavior = DELIMITER_REMOVED, .invert = true};
    tokenizer->bpe.suffix = SLICE("</w>");
    if (normalizer_add(normalizer, NORMALIZE_NFC) != 0 || (blanks.pattern = pattern_new(SLICE("\\s+"))) == NULL ||
        normalizer_add_rewriting(normalizer, blanks) != 0 || normalizer_add(normalizer, NORMALIZE_LOWERCASE) != 0)
        return -1;
    step.pattern = pattern_new(SLICE("'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"));
    return step.pattern == NULL ? -1 : pretokenizer_add(&tokenizer->pretokenizer, step);
}

/* What is put around a text, and the special tokens. */
static int end_gpt2(struct tokenizer *tokenizer)
{
    static const struct usual_token usual[] = {{NAMED_EOS, "<|endoftext|>", false}};
    return tokenizer_add_usual(tokenizer, usual, sizeof usual / sizeof *usual);
}

static int end_roberta(struct tokenizer *tokenizer)
{
    static const struct usual_token usual[] = {{NAMED_BOS, "<s>", false},
                                               {NAMED_PAD, "<pad>", false},
                                               {NAMED_EOS, "</s>", false},
                                               {NAMED_UNK, "<unk>", false},
                                               {NAMED_MASK, "<mask>", true}};
    tokenizer->trim_offsets = true;
    tokenizer->trim_prefix = tokenizer->config.add_prefix_space > 0;
    tokenizer_use_usual(tokenizer, "<s>", "</s>", false);
    return tokenizer_add_usual(tokenizer, usual, sizeof usual / sizeof *usual);
}

static int end_clip(struct tokenizer *tokenizer)
{
    static const struct usual_token usual[] = {{NAMED_BOS, "<|startoftext|>", false},
                                               {NAMED_EOS, "<|endoftext|>", false}};
    tokenizer->config.named[NAMED_CLS] = tokenizer_named(tokenizer, NAMED_BOS, "<|startoftext|>");
    tokenizer->config.named[NAMED_SEP] = tokenizer_named(tokenizer, NAMED_EOS, "<|endoftext|>");
    tokenizer_use_usual(tokenizer, "<|startoftext|>", "<|endoftext|>", false);
    return tokenizer_add_usual(tokenizer, usual, sizeof usual / sizeof *usual);
}

struct family {
    int (*cut)(struct tokenizer *), (*end)(struct tokenizer *);
    const char *unk; /* the model's unknown token, or "" */
};
static const struct family gpt2 = {cut_by_gpt2, end_gpt2, ""}, roberta = {cut_by_gpt2, end_roberta, ""},
                           qwen2 = {cut_by_qwen2, end_gpt2, ""}, clip = {cut_by_clip, end_clip, "<|endoftext|>"};

/* By the class that the config names. Source: the tokenization_*.py of transformers 4 and 5. */
static const struct {
    const char *class;
    const struct family *family;
} classes[] = {
    {"GPT2Tokenizer", &gpt2},          {"CodeGenTokenizer", &gpt2}, {"PreTrainedTokenizer", &gpt2},
    {"RobertaTokenizer", &roberta},    {"BartTokenizer", &roberta}, {"LEDTokenizer", &roberta},
    {"LongformerTokenizer", &roberta}, {"Qwen2Tokenizer", &qwen2},  {"CLIPTokenizer", &clip},
};

static bool ends_words(const struct vocab *vocab)
{
    const struct slice suffix = SLICE("</w>");
    for (size_t id = 0; id < vocab->size; id++) {
        struct slice token = vocab->tokens[id];
        if (token.len > suffix.len && memcmp(token.ptr + token.len - suffix.len, suffix.ptr, suffix.len) == 0)
            return true;
    }
    return false;
}

/* NULL, with the message, if it is none of the above. */
static const struct family *family_of(const struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab;
    struct slice class = tokenizer->config.class;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (slice_is(class, classes[i].class))
            return classes[i].family;
    if (class.len == 0 && ends_words(vocab) && vocab_id(vocab, SLICE("<|startoftext|>")) >= 0)
        return &clip;
    if (class.len == 0 && !ends_words(vocab))
        return vocab_id(vocab, SLICE("<s>")) >= 0 && vocab_id(vocab, SLICE("</s>")) >= 0 ? &roberta : &gpt2;
    (void)(class.len > 0
               ? diag_error(
                     "the vocab.json and merges.txt of a %.*s (tokenizer_config.json) are not supported: name its "
                     "tokenizer.json",
                     (int)class.len, class.ptr)
               : diag_error(
                     "vocab.json has tokens that end in </w>, and no tokenizer_config.json in the same folder says "
                     "of which tokenizer they are: name its tokenizer.json"));
    return NULL;
}

int tokenizer_load_bpe_files(struct tokenizer *tokenizer, struct slice vocab, struct slice merges)
{
    const struct family *family;
    tokenizer->pretokenizer.byte_level = true;
    if (json_kind(vocab) != '{')
        return diag_error("vocab.json: expected an object");
    if (tokenizer_load_vocab(tokenizer, vocab) != 0 || (family = family_of(tokenizer)) == NULL ||
        family->cut(tokenizer) != 0 ||
        decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_BYTE_LEVEL}) != 0 ||
        tokenizer_use_bpe(tokenizer, slice_of(family->unk), tokenizer->vocab.used) != 0 ||
        read_merges(tokenizer, merges) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    tokenizer_plain_templates(tokenizer);
    return family->end(tokenizer);
}
