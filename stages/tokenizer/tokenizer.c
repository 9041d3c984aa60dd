/* tokenizer.c - loading by what a file holds, and questions about the vocabulary: see tokenizer.h. */
#include "tokenizer.h"

#include "diag.h"
#include "files/tiktoken.h"
#include "json.h"
#include "parts.h"
#include "stream.h"
#include "text/classes.h"

#include <sys/stat.h>

/* ---- loading ---- */

static bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* The file of a folder that is the tokenizer; NULL, with the message. */
static const char *file_in_folder(const char *folder, struct arena *arena)
{
    static const char *const names[] = {
        "tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "tokenizer.model", "sentencepiece.bpe.model",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_print(arena, "%s/%s", folder, names[i]).ptr;
        if (file_exists(path))
            return path;
    }
    (void)diag_error("%s: no tokenizer.json, vocab.json, vocab.txt or SentencePiece model in this folder", folder);
    return NULL;
}

static const char *beside(const char *path, const char *name, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
    return arena_print(arena, "%.*s%s", folder, path, name).ptr;
}

/* A list of merges says so, or its first line is two words. */
static bool looks_like_merges(struct slice text)
{
    const char *newline = memchr(text.ptr, '\n', text.len);
    struct slice line = newline != NULL ? slice_between(text.ptr, newline) : text;
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    return slice_starts(text, SLICE("#version")) ||
           (blank != NULL && blank > line.ptr && blank + 1 < line.ptr + line.len);
}

static int load_other(const char *path, struct bytes *into)
{
    return file_exists(path) ? stream_load(path, into) : diag_error("%s: not there, and it is needed", path);
}

/* vocab.json is in `file`; the merges stand in a file beside it. */
static int load_with_merges(struct tokenizer *tokenizer, const char *path)
{
    struct bytes merges = {0};
    int status = load_other(beside(path, "merges.txt", tokenizer->arena), &merges);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "vocab.json" : NULL;
    return status;
}

/* The merges are in `file`; vocab.json stands beside them. */
static int load_with_vocab(struct tokenizer *tokenizer, const char *path)
{
    struct bytes merges = tokenizer->file;
    tokenizer->file = (struct bytes){0};
    int status = load_other(beside(path, "vocab.json", tokenizer->arena), &tokenizer->file);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "merges.txt" : NULL;
    return status;
}

/* Any text may be a vocabulary: it is one when it has loaded. */
static int load_vocab_txt(struct tokenizer *tokenizer, const char *path)
{
    int status = tokenizer_load_vocab_txt(tokenizer, path);
    tokenizer->format = status == 0 ? "vocab.txt" : NULL;
    return status;
}

static int load_file(struct tokenizer *tokenizer, const char *path)
{
    if (stream_load(path, &tokenizer->file) != 0)
        return -1;
    struct slice text = bytes_slice(&tokenizer->file);
    if (text.len == 0)
        return diag_error("the file is empty");
    const char *start = json_space(text.ptr, text.ptr + text.len);
    if (start < text.ptr + text.len && *start == '{') {
        struct slice root, model;
        if (tokenizer_json_root(text, &root) != 0)
            return -1;
        if (json_member(root, "model", &model) && json_kind(model) == '{') {
            tokenizer->format = "tokenizer.json";
            return tokenizer_load_json(tokenizer, root);
        }
        return load_with_merges(tokenizer, path);
    }
    if (sentencepiece_is_model(text)) {
        tokenizer->format = "sentencepiece";
        return tokenizer_load_sentencepiece(tokenizer);
    }
    if (tiktoken_looks_like(text)) {
        tokenizer->format = "tiktoken";
        return tokenizer_load_tiktoken(tokenizer);
    }
    return looks_like_merges(text) ? load_with_vocab(tokenizer, path) : load_vocab_txt(tokenizer, path);
}

struct tokenizer *tokenizer_new(void)
{
    struct tokenizer *tokenizer = mem_zalloc(1, sizeof *tokenizer);
    tokenizer->arena = arena_new();
    tokenizer->mask_id = tokenizer->unk_id = -1;
    vocab_init(&tokenizer->added_vocab, 0);
    return tokenizer;
}

int tokenizer_read(struct tokenizer *tokenizer, const char *path)
{
    struct stat info;
    const char *file = path;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        file = file_in_folder(path, tokenizer->arena);
    if (file == NULL)
        return -1;
    if (load_file(tokenizer, file) != 0) {
        const char *message = arena_print(tokenizer->arena, "%s", diag_message()).ptr;
        struct slice name = slice_of(file);
        if (slice_starts(slice_of(message), name)) /* it names the file already */
            return diag_error("%s", message);
        return diag_error("%s: %s", file, message);
    }
    tokenizer_ready(tokenizer);
    return 0;
}

struct tokenizer *tokenizer_load(const char *path)
{
    struct tokenizer *tokenizer = tokenizer_new();
    if (tokenizer_read(tokenizer, path) == 0)
        return tokenizer;
    tokenizer_free(tokenizer);
    return NULL;
}

void tokenizer_free(struct tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    normalizer_free(&tokenizer->normalizer);
    pretokenizer_free(&tokenizer->pretokenizer);
    bpe_free(&tokenizer->bpe);
    bert_words_free(tokenizer->bert_words);
    trie_free(&tokenizer->unigram.trie);
    mem_free(tokenizer->unigram_scores);
    sentencepiece_free(&tokenizer->sentencepiece);
    decoder_free(&tokenizer->decoder);
    vocab_free(&tokenizer->vocab);
    vocab_free(&tokenizer->added_vocab);
    vec_free(&tokenizer->specials);
    added_free(&tokenizer->added);
    added_free(&tokenizer->normalized);
    mem_free(tokenizer->tokens);
    mem_free(tokenizer->flags);
    vec_free(&tokenizer->file);
    arena_free(tokenizer->arena);
    mem_free(tokenizer);
}

/* ---- added tokens ---- */

static int32_t next_free_id(const struct tokenizer *tokenizer)
{
    size_t size = tokenizer->vocab.used, added = tokenizer->added_vocab.size;
    return (int32_t)(added > size ? added : size);
}

/* As the normalizer leaves it. */
static struct slice normalized_content(struct tokenizer *tokenizer, struct slice content)
{
    struct draft draft = {0};
    struct normalizer_thread thread = {0};
    draft_start(&draft, content, false);
    struct slice made = content;
    if (normalizer_apply(&tokenizer->normalizer, &thread, &draft) == 0)
        made = arena_copy(tokenizer->arena, (struct slice){draft.text, draft.len});
    draft_free(&draft);
    normalizer_thread_free(&thread);
    return made;
}

int tokenizer_add_token(struct tokenizer *tokenizer, struct added_token token, int32_t id)
{
    if (token.content.len == 0)
        return 0;
    if (vocab_id(&tokenizer->added_vocab, token.content) >= 0)
        return diag_error("added_tokens: \"%.*s\" is there twice", (int)token.content.len, token.content.ptr);
    token.id = vocab_id(&tokenizer->vocab, token.content);
    if (token.id < 0)
        token.id = next_free_id(tokenizer);
    if (id >= 0 && token.id != id)
        return diag_error("added_tokens: \"%.*s\" says id %d, but by its place it has %d", (int)token.content.len,
                          token.content.ptr, id, token.id);
    vocab_add(&tokenizer->added_vocab, token.content, token.id);
    if (token.special)
        vec_push(&tokenizer->specials, token.id);
    if (token.normalized)
        token.content = normalized_content(tokenizer, token.content);
    if (token.content.len > 0)
        added_put(token.normalized ? &tokenizer->normalized : &tokenizer->added, token);
    return 0;
}

/* [unused12] */
static bool is_placeholder(struct slice token)
{
    const struct slice start = SLICE("[unused");
    if (!slice_starts(token, start) || token.len < start.len + 2 || token.ptr[token.len - 1] != ']')
        return false;
    for (size_t i = start.len; i + 1 < token.len; i++)
        if (token.ptr[i] < '0' || token.ptr[i] > '9')
            return false;
    return true;
}

void tokenizer_ready(struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab, *added = &tokenizer->added_vocab;
    added_ready(&tokenizer->added);
    added_ready(&tokenizer->normalized);
    (void)classes_table();
    if (tokenizer->model == MODEL_BPE)
        bpe_ready(&tokenizer->bpe);
    if (tokenizer->model == MODEL_WORDPIECE && tokenizer->normalized.len == 0)
        tokenizer->bert_words = bert_words_new(&tokenizer->normalizer, &tokenizer->pretokenizer, &tokenizer->wordpiece);
    tokenizer->size = vocab->size > added->size ? vocab->size : added->size;
    tokenizer->tokens = mem_zalloc(tokenizer->size, sizeof *tokenizer->tokens);
    tokenizer->flags = mem_zalloc(tokenizer->size, 1);
    for (size_t id = 0; id < tokenizer->size; id++) {
        bool is_added = vocab_token(added, (int32_t)id).ptr != NULL;
        tokenizer->tokens[id] = vocab_token(is_added ? added : vocab, (int32_t)id);
        if (is_added || is_placeholder(tokenizer->tokens[id]))
            tokenizer->flags[id] |= TOKEN_RESERVED;
    }
    for (size_t i = 0; i < tokenizer->specials.len; i++)
        tokenizer->flags[tokenizer->specials.items[i]] |= TOKEN_SPECIAL;
    tokenizer->mask_id = tokenizer_id(tokenizer, SLICE("[MASK]"));
    if (tokenizer->mask_id < 0)
        tokenizer->mask_id = tokenizer_id(tokenizer, SLICE("<mask>"));
}

/* ---- questions ---- */

const char *tokenizer_kind(const struct tokenizer *tokenizer)
{
    static const char *const names[] = {
        [MODEL_WORDPIECE] = "WordPiece",
        [MODEL_BPE] = "BPE",
        [MODEL_WORDLEVEL] = "WordLevel",
        [MODEL_UNIGRAM] = "Unigram",
    };
    if (tokenizer->model == MODEL_SENTENCEPIECE)
        return sentencepiece_kind(&tokenizer->sentencepiece);
    return names[tokenizer->model];
}

bool tokenizer_has_merges(const struct tokenizer *tokenizer)
{
    return tokenizer->model == MODEL_BPE;
}

int32_t tokenizer_size(const struct tokenizer *tokenizer)
{
    return (int32_t)tokenizer->size;
}

struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id)
{
    return id >= 0 && (size_t)id < tokenizer->size ? tokenizer->tokens[id] : (struct slice){NULL, 0};
}

int32_t tokenizer_id(const struct tokenizer *tokenizer, struct slice token)
{
    int32_t id = vocab_id(&tokenizer->added_vocab, token);
    return id >= 0 ? id : vocab_id(&tokenizer->vocab, token);
}

int tokenizer_pad_token(const struct tokenizer *tokenizer, const char *named, struct padding *padding)
{
    static const char *const usual[] = {"[PAD]", "<pad>"};
    padding->token = named != NULL ? slice_of(named) : tokenizer->pad_token;
    for (size_t i = 0; padding->token.ptr == NULL && i < sizeof usual / sizeof *usual; i++)
        if (tokenizer_id(tokenizer, slice_of(usual[i])) >= 0)
            padding->token = slice_of(usual[i]);
    if (padding->token.ptr == NULL)
        return diag_error("the vocabulary has no token to pad with: no [PAD], no <pad>");
    padding->id = tokenizer_id(tokenizer, padding->token);
    padding->type_id = tokenizer->pad_type_id;
    return padding->id >= 0 ? 0
                            : diag_error("the vocabulary has no token \"%.*s\" to pad with", (int)padding->token.len,
                                         padding->token.ptr);
}

int32_t tokenizer_mask_id(const struct tokenizer *tokenizer)
{
    return tokenizer->mask_id;
}

int32_t tokenizer_unk_id(const struct tokenizer *tokenizer)
{
    return tokenizer->unk_id;
}

static bool has_flag(const struct tokenizer *tokenizer, int32_t id, uint8_t flag)
{
    return id >= 0 && (size_t)id < tokenizer->size && (tokenizer->flags[id] & flag) != 0;
}

bool tokenizer_is_special(const struct tokenizer *tokenizer, int32_t id)
{
    return has_flag(tokenizer, id, TOKEN_SPECIAL);
}

bool tokenizer_is_reserved(const struct tokenizer *tokenizer, int32_t id)
{
    return has_flag(tokenizer, id, TOKEN_RESERVED);
}
