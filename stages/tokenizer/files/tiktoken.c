/* tiktoken.c - see tiktoken.h. */
#include "tiktoken.h"

#include "base/base64.h"
#include "base/diag.h"
#include "base/stream.h"
#include "byte_ranks.h"
#include "load.h"

/* ---- the encodings ---- */

/* One special token; or `count` of them with consecutive ids: "<|extra_" then means <|extra_0|> … */
struct encoding_special {
    const char *content;
    int32_t id;
    uint32_t count, from;
};

enum { GPT2_FORM = -1, KIMI_FORM = -2 };

/* Sources: tiktoken_ext/openai_public.py of tiktoken; llama/tokenizer.py of meta-llama/llama3 (3.1 has the same ranks
 * and gives names to some of the reserved tokens); tokenization_qwen.py of Qwen/Qwen-7B; whisper/tokenizer.py of
 * openai/whisper; tokenization_kimi.py of moonshotai/Kimi-K2; tokenization_chatglm.py of THUDM/glm-4-9b;
 * tokenization_hy.py of tencent/Hunyuan-7B. */
static const struct named_encoding {
    const char *name;
    const char *class; /* of tokenizer_config.json; NULL: none */
    size_t ranks;      /* 0: the number of ranks does not tell */
    int form;          /* of gpt4.h, or one of the above */
    bool nfc;
    struct encoding_special specials[8];
} encodings[] = {
    {"r50k_base", NULL, 50256, GPT2_FORM, false, {{"<|endoftext|>", 50256, 0, 0}}},
    {"p50k_base", NULL, 50280, GPT2_FORM, false, {{"<|endoftext|>", 50256, 0, 0}}},
    {"cl100k_base",
     "Phi3SmallTokenizer",
     100256,
     GPT4_CL100K,
     false,
     {{"<|endoftext|>", 100257, 0, 0},
      {"<|fim_prefix|>", 100258, 0, 0},
      {"<|fim_middle|>", 100259, 0, 0},
      {"<|fim_suffix|>", 100260, 0, 0},
      {"<|endofprompt|>", 100276, 0, 0}}},
    {"o200k_base",
     NULL,
     199998,
     GPT4_O200K,
     false,
     {{"<|endoftext|>", 199999, 0, 0}, {"<|endofprompt|>", 200018, 0, 0}}},
    {"llama3",
     NULL,
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
    {"qwen",
     "QWenTokenizer",
     151643,
     GPT4_QWEN2,
     true,
     {{"<|endoftext|>", 151643, 0, 0},
      {"<|im_start|>", 151644, 0, 0},
      {"<|im_end|>", 151645, 0, 0},
      {"<|extra_", 151646, 205, 0}}},
    {"qwen3.5", NULL, 0, GPT4_QWEN3_5, true, {{NULL, 0, 0, 0}}},
    {"glm4", "ChatGLM4Tokenizer", 0, GPT4_LLAMA3, false, {{NULL, 0, 0, 0}}},
    {"hunyuan", "HYTokenizer", 0, GPT4_QWEN2, false, {{NULL, 0, 0, 0}}},
    {"kimi", "TikTokenTokenizer", 0, KIMI_FORM, false, {{NULL, 0, 0, 0}}},
    {"whisper", NULL, 50257, GPT2_FORM, false, {{NULL, 0, 0, 0}}},
};
enum { ENCODINGS = sizeof encodings / sizeof *encodings };

static struct slice expression_of(const struct named_encoding *encoding)
{
    static const char kimi[] = "[\\p{Han}]+|"
                               "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*"
                               "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
                               "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+"
                               "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
                               "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    if (encoding->form == GPT2_FORM)
        return slice_of(gpt2_expression);
    return slice_of(encoding->form == KIMI_FORM ? kimi : gpt4_forms[encoding->form].expression);
}

static const struct named_encoding *encoding_by_name(const char *name)
{
    for (size_t i = 0; i < ENCODINGS; i++)
        if (strcmp(encodings[i].name, name) == 0)
            return &encodings[i];
    return NULL;
}

static const struct named_encoding *encoding_by_class(struct slice class)
{
    for (size_t i = 0; i < ENCODINGS; i++)
        if (encodings[i].class != NULL && slice_is(class, encodings[i].class))
            return &encodings[i];
    return NULL;
}

static const struct named_encoding *encoding_by_ranks(size_t ranks)
{
    for (size_t i = 0; i < ENCODINGS; i++)
        if (encodings[i].ranks == ranks)
            return &encodings[i];
    return NULL;
}

/* ---- the lines ---- */

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

/* "IQ== 0" */
static bool read_line(struct slice line, struct slice *base64, int32_t *rank)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    *base64 = slice_between(line.ptr, blank != NULL ? blank : line.ptr);
    return base64->len > 0 && get_rank(slice_between(blank + 1, line.ptr + line.len), rank);
}

bool tiktoken_looks_like(struct slice text)
{
    enum { LINES = 16 };
    struct arena *scratch = arena_new();
    struct slice left = text, line, base64, bytes;
    size_t lines = 0, good = 0, first = 0;
    int32_t rank;
    while (lines < LINES && stream_next_line(&left, &line)) {
        good += read_line(line, &base64, &rank) && base64_decode(base64, scratch, &bytes);
        first = lines == 0 ? good : first;
        lines++;
    }
    arena_free(scratch);
    return first > 0 && 2 * good >= lines; /* short words, with a number, are base64 too */
}

static int read_ranks(struct tokenizer *tokenizer)
{
    enum { BYTES_PER_LINE = 16 };
    struct slice left = bytes_slice(&tokenizer->file), line, base64;
    vocab_init(&tokenizer->vocab, left.len / BYTES_PER_LINE);
    for (size_t number = 1; stream_next_line(&left, &line); number++) {
        int32_t rank;
        if (line.len == 0)
            continue;
        if (!read_line(line, &base64, &rank))
            return diag_error("line %zu: expected a token in base64 and its rank", number);
        if (byte_ranks_add(tokenizer, base64, rank) != 0)
            return diag_error("line %zu: %s", number, arena_print(tokenizer->arena, "%s", diag_message()).ptr);
    }
    return 0;
}

/* ---- special tokens ---- */

static int add_special(struct tokenizer *tokenizer, struct added_token token, int32_t id)
{
    struct slice other = vocab_token(&tokenizer->vocab, id);
    if (other.ptr != NULL)
        return diag_error("the special token \"%.*s\" has the id of the token \"%.*s\", %d", (int)token.content.len,
                          token.content.ptr, (int)other.len, other.ptr, id);
    if (vocab_id(&tokenizer->vocab, token.content) < 0)
        vocab_add(&tokenizer->vocab, token.content, id);
    return tokenizer_add_token(tokenizer, token, id);
}

static int add_named(struct tokenizer *tokenizer, struct slice content, int32_t id)
{
    return add_special(tokenizer, (struct added_token){.content = content, .special = true}, id);
}

/* The ids leave gaps, so the tokens are added to the ranks first. No word can become one of them: they are cut out of
 * texts before. */
static int add_known(struct tokenizer *tokenizer, const struct named_encoding *encoding)
{
    enum { MOST = sizeof encoding->specials / sizeof *encoding->specials };
    for (size_t i = 0; i < MOST && encoding->specials[i].content != NULL; i++) {
        const struct encoding_special *special = &encoding->specials[i];
        if (special->count == 0 && add_named(tokenizer, slice_of(special->content), special->id) != 0)
            return -1;
        for (uint32_t k = 0; k < special->count; k++)
            if (add_named(tokenizer, arena_print(tokenizer->arena, "%s%u|>", special->content, special->from + k),
                          special->id + (int32_t)k) != 0)
                return -1;
    }
    return 0;
}

/* Those of the models with 99 languages; of the model with 100 (large-v3) all after the languages are one higher. */
static int add_whisper(struct tokenizer *tokenizer, int32_t id)
{
    static const char before[] =
        "endoftext startoftranscript en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi "
        "he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et "
        "mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo "
        "uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su translate transcribe "
        "startoflm startofprev nospeech notimestamps";
    enum { TIMESTAMPS = 1501, HUNDREDTHS = 2 };
    for (const char *at = before; *at != '\0'; id++) {
        size_t len = strcspn(at, " ");
        if (add_named(tokenizer, arena_print(tokenizer->arena, "<|%.*s|>", (int)len, at), id) != 0)
            return -1;
        at += len + (at[len] == ' ');
    }
    for (int i = 0; i < TIMESTAMPS; i++, id++)
        if (add_named(tokenizer,
                      arena_print(tokenizer->arena, "<|%d.%02d|>", i * HUNDREDTHS / 100, i * HUNDREDTHS % 100),
                      id) != 0)
            return -1;
    return 0;
}

/* Kimi's: 258 ids after the ranks are tokens, also those that the config does not name. */
static int add_reserved(struct tokenizer *tokenizer, int32_t first)
{
    enum { RESERVED = 258 };
    for (int32_t id = first; id < first + RESERVED; id++)
        if (vocab_token(&tokenizer->vocab, id).ptr == NULL &&
            add_named(tokenizer, arena_print(tokenizer->arena, "<|reserved_token_%d|>", id), id) != 0)
            return -1;
    return 0;
}

/* Those that the config lists with their ids. */
static int add_listed(struct tokenizer *tokenizer)
{
    const struct listed_tokens *listed = &tokenizer->config.added;
    for (size_t i = 0; i < listed->len; i++) {
        struct slice content = listed->items[i].token.content;
        int32_t id = listed->items[i].id;
        if (id < 0)
            return diag_error("tokenizer_config.json names \"%.*s\", but no id for it", (int)content.len, content.ptr);
        if (add_special(tokenizer, listed->items[i].token, id) != 0)
            return -1;
    }
    return 0;
}

static bool lists_ids(const struct config *config)
{
    return config->added.len > 0 && config->added.items[0].id >= 0;
}

/* ---- the whole ---- */

static const char *unknown_encoding(struct arena *arena, size_t ranks)
{
    struct slice names = {"", 0};
    for (size_t i = 0; i < ENCODINGS; i++)
        names = arena_print(arena, "%.*s%s%s", (int)names.len, names.ptr, i > 0 ? ", " : "", encodings[i].name);
    return arena_print(
               arena,
               "%zu ranks are of no known encoding, and the file does not say how texts are cut: give --pattern, "
               "an expression or one of %.*s",
               ranks, (int)names.len, names.ptr)
        .ptr;
}

int tokenizer_load_tiktoken(struct tokenizer *tokenizer, const char *pattern)
{
    const struct config *config = &tokenizer->config;
    const struct named_encoding *given = pattern != NULL ? encoding_by_name(pattern) : NULL;
    if (read_ranks(tokenizer) != 0)
        return -1;
    size_t ranks = tokenizer->vocab.used;
    int32_t first = (int32_t)tokenizer->vocab.size;
    const struct named_encoding *by_class = encoding_by_class(config->class), *by_ranks = encoding_by_ranks(ranks);
    const struct named_encoding *encoding = given != NULL ? given : by_class != NULL ? by_class : by_ranks;
    struct slice expression = {NULL, 0};
    if (pattern != NULL && given == NULL)
        expression = slice_of(pattern);
    else if (pattern == NULL && config->pattern.len > 0)
        expression = config->pattern;
    else if (encoding != NULL)
        expression = expression_of(encoding);
    if (expression.ptr == NULL)
        tokenizer->unready = unknown_encoding(tokenizer->arena, ranks);
    else if (byte_ranks_cut(tokenizer, expression) != 0)
        return -1;
    if (encoding != NULL && encoding->nfc && normalizer_add(&tokenizer->normalizer, NORMALIZE_NFC) != 0)
        return -1;
    if (byte_ranks_ready(tokenizer) != 0)
        return -1;
    if (lists_ids(config) && add_listed(tokenizer) != 0)
        return -1;
    if (encoding != NULL && encoding->form == KIMI_FORM)
        return add_reserved(tokenizer, first);
    if (lists_ids(config) || by_ranks == NULL)
        return 0;
    return strcmp(by_ranks->name, "whisper") == 0 ? add_whisper(tokenizer, first) : add_known(tokenizer, by_ranks);
}
