/* tiktoken.c - see tiktoken.h.
 *
 * Merging goes by the rank of what two neighbours make together. So each way to cut a token in two tokens is a merge
 * with the token's rank. A word that is a token as a whole is that token, whatever the merges say. Tokens are kept in
 * the spelling of byte-level vocabularies (bpe.h). */
#include "tiktoken.h"

#include "base64.h"
#include "diag.h"
#include "load.h"
#include "text.h"

/* ---- the encodings ---- */

struct encoding_special {
    const char *content;
    int32_t id;
};

/* Source: tiktoken_ext/openai_public.py of tiktoken. Its possessive repeats are written here without what PCRE2 works
 * out by itself, and its `$`, the end of the text, as \z. */
static const struct named_encoding {
    const char *name;
    size_t ranks;
    const char *expression; /* NULL: GPT-2's */
    struct encoding_special specials[5];
} encodings[] = {
    {"r50k_base", 50256, NULL, {{"<|endoftext|>", 50256}}},
    {"p50k_base", 50280, NULL, {{"<|endoftext|>", 50256}}},
    {"cl100k_base",
     100256,
     "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++\\z|"
     "\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
     {{"<|endoftext|>", 100257},
      {"<|fim_prefix|>", 100258},
      {"<|fim_middle|>", 100259},
      {"<|fim_suffix|>", 100260},
      {"<|endofprompt|>", 100276}}},
    {"o200k_base",
     199998,
     "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
     "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
     "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
     "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
     "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}}},
};

static const struct named_encoding *encoding_of(size_t ranks)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (encodings[i].ranks == ranks)
            return &encodings[i];
    (void)diag_error("%zu ranks are those of no encoding that is known: r50k_base has 50256, p50k_base 50280, "
                     "cl100k_base 100256, o200k_base 199998",
                     ranks);
    return NULL;
}

/* ---- the lines ---- */

/* Appends the bytes, each as a byte-level vocabulary spells it; false where it is no base 64, or nothing. */
static bool put_decoded(struct slice text, struct arena *scratch, struct bytes *out)
{
    struct slice bytes;
    if (!base64_decode(text, scratch, &bytes))
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        char spelled[4];
        size_t len = text_encode(bpe_spelling((unsigned char)bytes.ptr[i]), spelled);
        bytes_append(out, spelled, len);
    }
    return bytes.len > 0;
}

static bool get_rank(struct slice digits, int32_t *rank)
{
    *rank = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || *rank > VOCAB_MAX_ID / 10 - 1)
            return false;
        *rank = *rank * 10 + (digits.ptr[i] - '0');
    }
    return digits.len > 0;
}

/* "IQ== 0": the spelling is appended. */
static bool read_line(struct slice line, struct arena *scratch, struct bytes *spelled, int32_t *rank)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    return blank != NULL && get_rank(slice_between(blank + 1, line.ptr + line.len), rank) &&
           put_decoded(slice_between(line.ptr, blank), scratch, spelled);
}

static struct slice next_line(const char **at, const char *end)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    struct slice line = slice_between(*at, newline != NULL ? newline : end);
    *at = newline != NULL ? newline + 1 : end;
    return line;
}

bool tiktoken_looks_like(struct slice text)
{
    if (text.len == 0)
        return false;
    const char *at = text.ptr;
    struct bytes spelled = {0};
    struct arena *scratch = arena_new();
    int32_t rank;
    bool is = read_line(next_line(&at, text.ptr + text.len), scratch, &spelled, &rank);
    arena_free(scratch);
    vec_free(&spelled);
    return is;
}

static int read_ranks(struct tokenizer *tokenizer)
{
    enum { BYTES_PER_LINE = 16 };
    struct slice file = bytes_slice(&tokenizer->file);
    struct bytes spelled = {0};
    struct arena *scratch = arena_new();
    int status = 0;
    vocab_init(&tokenizer->vocab, file.len / BYTES_PER_LINE);
    const char *at = file.ptr, *end = file.ptr + file.len;
    for (size_t number = 1; at < end && status == 0; number++) {
        struct slice line = next_line(&at, end);
        int32_t rank;
        if (line.len == 0)
            continue;
        spelled.len = 0;
        arena_reset(scratch);
        if (!read_line(line, scratch, &spelled, &rank))
            status = diag_error("line %zu: expected a token in base 64 and its rank", number);
        else if (vocab_token(&tokenizer->vocab, rank).ptr != NULL ||
                 vocab_id(&tokenizer->vocab, bytes_slice(&spelled)) >= 0)
            status = diag_error("line %zu: the token or its rank was there before", number);
        else
            vocab_add(&tokenizer->vocab, arena_copy(tokenizer->arena, bytes_slice(&spelled)), rank);
    }
    arena_free(scratch);
    vec_free(&spelled);
    return status;
}

/* ---- the whole ---- */

static void add_merges(struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab;
    for (size_t id = 0; id < vocab->size; id++) {
        struct slice token = vocab->tokens[id];
        uint64_t hash = vocab_hash_start();
        for (size_t cut = 1; cut < token.len; cut++) {
            hash = vocab_hash_byte(hash, token.ptr[cut - 1]);
            if (((unsigned char)token.ptr[cut] & 0xc0) == 0x80)
                continue;
            int32_t left = vocab_find(vocab, (struct slice){NULL, 0}, (struct slice){token.ptr, cut}, hash);
            int32_t right = left < 0 ? -1 : vocab_id(vocab, (struct slice){token.ptr + cut, token.len - cut});
            if (right >= 0)
                bpe_add_pair(&tokenizer->bpe, left, right, (uint32_t)id, (int32_t)id);
        }
    }
}

static int add_pattern(struct tokenizer *tokenizer, const struct named_encoding *encoding)
{
    struct pretokenizer_step step = {.kind = PRETOKENIZE_GPT2, .behavior = DELIMITER_ISOLATED};
    tokenizer->pretokenizer.byte_level = true;
    if (encoding->expression != NULL) {
        step.kind = PRETOKENIZE_PATTERN;
        step.pattern = pattern_new(slice_of(encoding->expression));
        if (step.pattern == NULL)
            return -1;
    }
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

/* Their ids leave gaps, so they are put among the ranks first. No word can become one of them: a word has not both
 * letters and bars. */
static int add_specials(struct tokenizer *tokenizer, const struct named_encoding *encoding)
{
    for (const struct encoding_special *special = encoding->specials;
         special < encoding->specials + sizeof encoding->specials / sizeof *encoding->specials && special->content;
         special++) {
        struct added_token token = {.content = slice_of(special->content), .special = true};
        vocab_add(&tokenizer->vocab, token.content, special->id);
        if (tokenizer_add_token(tokenizer, token, special->id) != 0)
            return -1;
    }
    return 0;
}

int tokenizer_load_tiktoken(struct tokenizer *tokenizer)
{
    if (read_ranks(tokenizer) != 0)
        return -1;
    const struct named_encoding *encoding = encoding_of(tokenizer->vocab.used);
    if (encoding == NULL || add_pattern(tokenizer, encoding) != 0 ||
        decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_BYTE_LEVEL}) != 0 ||
        tokenizer_use_bpe(tokenizer, SLICE(""), 2 * tokenizer->vocab.used) != 0)
        return -1;
    tokenizer->bpe.ignore_merges = true;
    for (unsigned byte = 0; byte < 256; byte++)
        if (tokenizer->bpe.byte_ids[byte] < 0)
            return diag_error("byte %u has no rank", byte);
    add_merges(tokenizer);
    normalizer_ready(&tokenizer->normalizer);
    tokenizer_plain_templates(tokenizer);
    return add_specials(tokenizer, encoding);
}
