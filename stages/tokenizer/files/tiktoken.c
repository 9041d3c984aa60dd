/* tiktoken.c - see tiktoken.h.
 *
 * The merge order is given by the rank of the token that two neighbours make together. So each way to cut a token into
 * two tokens is a merge with the token's rank. A word that is a token as a whole becomes that token, whatever the
 * merges say. Tokens are kept in the spelling of byte-level vocabularies (byte_spelling.h). */
#include "tiktoken.h"

#include "../text/byte_spelling.h"
#include "base/base64.h"
#include "base/diag.h"
#include "load.h"
#include "text/text.h"

/* ---- the encodings ---- */

/* One special token; or `count` of them with consecutive ids: "<|extra_" then means <|extra_0|> … */
struct encoding_special {
    const char *content;
    int32_t id;
    uint32_t count, from;
};

enum { GPT2_FORM = -1 };

/* Sources: tiktoken_ext/openai_public.py of tiktoken; llama/tokenizer.py of meta-llama/llama3 (3.1 has the same ranks
 * and gives names to some of the reserved tokens); tokenization_qwen.py of Qwen/Qwen-7B. */
static const struct named_encoding {
    const char *name;
    size_t ranks;
    int form; /* of gpt4.h, or GPT2_FORM */
    bool nfc;
    struct encoding_special specials[8];
} encodings[] = {
    {"r50k_base", 50256, GPT2_FORM, false, {{"<|endoftext|>", 50256, 0, 0}}},
    {"p50k_base", 50280, GPT2_FORM, false, {{"<|endoftext|>", 50256, 0, 0}}},
    {"cl100k_base",
     100256,
     GPT4_CL100K,
     false,
     {{"<|endoftext|>", 100257, 0, 0},
      {"<|fim_prefix|>", 100258, 0, 0},
      {"<|fim_middle|>", 100259, 0, 0},
      {"<|fim_suffix|>", 100260, 0, 0},
      {"<|endofprompt|>", 100276, 0, 0}}},
    {"o200k_base", 199998, GPT4_O200K, false, {{"<|endoftext|>", 199999, 0, 0}, {"<|endofprompt|>", 200018, 0, 0}}},
    {"Llama 3",
     128000,
     GPT4_LLAMA3,
     false,
     {{"<|begin_of_text|>", 128000, 0, 0},
      {"<|end_of_text|>", 128001, 0, 0},
      {"<|reserved_special_token_", 128002, 4, 0},
      {"<|start_header_id|>", 128006, 0, 0},
      {"<|end_header_id|>", 128007, 0, 0},
      {"<|reserved_special_token_", 128008, 1, 4},
      {"<|eot_id|>", 128009, 0, 0},
      {"<|reserved_special_token_", 128010, 246, 5}}},
    {"Qwen",
     151643,
     GPT4_QWEN2,
     true,
     {{"<|endoftext|>", 151643, 0, 0},
      {"<|im_start|>", 151644, 0, 0},
      {"<|im_end|>", 151645, 0, 0},
      {"<|extra_", 151646, 205, 0}}},
};
enum { ENCODINGS = sizeof encodings / sizeof *encodings };

static const struct named_encoding *encoding_of(size_t ranks, struct arena *arena)
{
    struct slice known = {NULL, 0};
    for (size_t i = 0; i < ENCODINGS; i++) {
        const struct named_encoding *encoding = &encodings[i];
        if (encoding->ranks == ranks)
            return encoding;
        known = arena_print(arena, "%.*s%s%s has %zu", (int)known.len, known.len > 0 ? known.ptr : "",
                            i > 0 ? ", " : "", encoding->name, encoding->ranks);
    }
    (void)diag_error("%zu ranks match no known encoding: %s", ranks, known.ptr);
    return NULL;
}

/* ---- the lines ---- */

/* Appends the bytes, each as a byte-level vocabulary spells it; false if the text is not valid base64, or is empty. */
static bool put_decoded(struct slice text, struct arena *scratch, struct bytes *out)
{
    struct slice bytes;
    if (!base64_decode(text, scratch, &bytes))
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        char spelled[4];
        size_t len = text_encode(byte_spelling((unsigned char)bytes.ptr[i]), spelled);
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

/* "IQ== 0": appends the spelling. */
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
            status = diag_error("line %zu: expected a token in base64 and its rank", number);
        else if (vocab_token(&tokenizer->vocab, rank).ptr != NULL ||
                 vocab_id(&tokenizer->vocab, bytes_slice(&spelled)) >= 0)
            status = diag_error("line %zu: the token or its rank has appeared before", number);
        else
            vocab_add(&tokenizer->vocab, arena_copy(tokenizer->arena, bytes_slice(&spelled)), rank);
    }
    arena_free(scratch);
    vec_free(&spelled);
    return status;
}

/* ---- the whole ---- */

static int add_merges(struct tokenizer *tokenizer)
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
            if (right >= 0 && bpe_add_pair(&tokenizer->bpe, left, right, (uint32_t)id, (int32_t)id) != 0)
                return -1;
        }
    }
    return 0;
}

static int add_pattern(struct tokenizer *tokenizer, const struct named_encoding *encoding)
{
    struct pretokenizer_step step = {.kind = PRETOKENIZE_GPT2, .behavior = DELIMITER_ISOLATED};
    tokenizer->pretokenizer.byte_level = true;
    if (encoding->form != GPT2_FORM) {
        step.kind = PRETOKENIZE_GPT4;
        step.form = &gpt4_forms[encoding->form];
    }
    if (encoding->nfc && normalizer_add(&tokenizer->normalizer, NORMALIZE_NFC) != 0)
        return -1;
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int add_special(struct tokenizer *tokenizer, struct slice content, int32_t id)
{
    struct added_token token = {.content = content, .special = true};
    vocab_add(&tokenizer->vocab, content, id);
    return tokenizer_add_token(tokenizer, token, id);
}

/* Their ids leave gaps, so they are added to the ranks first. No word can become one of them: no word contains both
 * letters and bars. */
static int add_specials(struct tokenizer *tokenizer, const struct named_encoding *encoding)
{
    enum { MOST = sizeof encoding->specials / sizeof *encoding->specials };
    for (size_t i = 0; i < MOST && encoding->specials[i].content != NULL; i++) {
        const struct encoding_special *special = &encoding->specials[i];
        if (special->count == 0 && add_special(tokenizer, slice_of(special->content), special->id) != 0)
            return -1;
        for (uint32_t k = 0; k < special->count; k++)
            if (add_special(tokenizer, arena_print(tokenizer->arena, "%s%u|>", special->content, special->from + k),
                            special->id + (int32_t)k) != 0)
                return -1;
    }
    return 0;
}

int tokenizer_load_tiktoken(struct tokenizer *tokenizer)
{
    if (read_ranks(tokenizer) != 0)
        return -1;
    const struct named_encoding *encoding = encoding_of(tokenizer->vocab.used, tokenizer->arena);
    if (encoding == NULL || add_pattern(tokenizer, encoding) != 0 ||
        decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_BYTE_LEVEL}) != 0 ||
        tokenizer_use_bpe(tokenizer, SLICE(""), 2 * tokenizer->vocab.used) != 0)
        return -1;
    tokenizer->bpe.ignore_merges = true;
    for (unsigned byte = 0; byte < 256; byte++)
        if (tokenizer->bpe.byte_ids[byte] < 0)
            return diag_error("byte %u has no rank", byte);
    if (add_merges(tokenizer) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    tokenizer_plain_templates(tokenizer);
    return add_specials(tokenizer, encoding);
}
