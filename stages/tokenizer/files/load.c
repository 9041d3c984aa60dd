/* load.c - finds the tokenizer file of a path and recognises its kind: see tokenizer.h. */
#include "load.h"
#include "base/diag.h"
#include "base/stream.h"
#include "component.h"
#include "text/json.h"
#include "text/text.h"
#include "tiktoken.h"

#include <dirent.h>
#include <sys/stat.h>

static bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* The only rank file of the folder; NULL, with the message, if there is none or more than one. */
static const char *ranks_in_folder(const char *folder, struct arena *arena)
{
    static const char ending[] = ".tiktoken";
    DIR *entries = opendir(folder);
    const char *found = NULL;
    size_t count = 0;
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        struct slice name = slice_of(entry->d_name);
        if (name.len >= sizeof ending && memcmp(name.ptr + name.len + 1 - sizeof ending, ending, sizeof ending) == 0) {
            found = arena_print(arena, "%s/%s", folder, entry->d_name).ptr;
            count++;
        }
    }
    if (entries != NULL)
        (void)closedir(entries);
    if (count == 1)
        return found;
    (void)(count > 1
               ? diag_error("%s: this folder has %zu .tiktoken files; name one of them", folder, count)
               : diag_error("%s: no tokenizer.json, vocab.json, vocab.txt, SentencePiece model or rank file in this "
                            "folder",
                            folder));
    return NULL;
}

/* The tokenizer file of a folder; NULL, with the message. */
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
    return ranks_in_folder(folder, arena);
}

static const char *beside(const char *path, const char *name, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
    return arena_print(arena, "%.*s%s", folder, path, name).ptr;
}

/* A list of merges says so in its first line, or has two words there. */
static bool looks_like_merges(struct slice text)
{
    const char *newline = memchr(text.ptr, '\n', text.len);
    struct slice line = newline != NULL ? slice_between(text.ptr, newline) : text;
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    return slice_starts(text, SLICE("#version")) ||
           (blank != NULL && blank > line.ptr && blank + 1 < line.ptr + line.len && text_is_utf8(line));
}

static int load_other(const char *path, struct bytes *into)
{
    return file_exists(path) ? stream_load(path, into) : diag_error("%s: missing, and this tokenizer needs it", path);
}

/* `file` holds vocab.json, whose root this is; the merges are in the file next to it. */
static int load_with_merges(struct tokenizer *tokenizer, struct slice root, const char *path)
{
    struct bytes merges = {0};
    int status = load_other(beside(path, "merges.txt", tokenizer->arena), &merges);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, root, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "vocab.json" : NULL;
    return status;
}

/* `file` holds the merges; vocab.json is next to them. */
static int load_with_vocab(struct tokenizer *tokenizer, const char *path)
{
    struct bytes merges = tokenizer->file;
    tokenizer->file = (struct bytes){0};
    struct slice root;
    int status = load_other(beside(path, "vocab.json", tokenizer->arena), &tokenizer->file);
    if (status == 0)
        status = component_root(bytes_slice(&tokenizer->file), &root);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, root, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "merges.txt" : NULL;
    return status;
}

static int no_tokenizer(const char *what)
{
    return diag_error(
        "not a tokenizer: %s; expected tokenizer.json, vocab.txt, vocab.json with merges.txt, a SentencePiece "
        ".model or a tiktoken rank file",
        what);
}

/* Any text may be a vocabulary: it is one if it loads. */
static int load_vocab_txt(struct tokenizer *tokenizer, const char *path)
{
    struct slice left = bytes_slice(&tokenizer->file), line;
    if (tokenizer_load_vocab_txt(tokenizer, path) == 0) {
        tokenizer->format = "vocab.txt";
        return 0;
    }
    tokenizer->format = NULL;
    if (!text_is_utf8(left))
        return no_tokenizer("neither text nor a known model format");
    if (stream_next_line(&left, &line) && line.len > 0 && memchr(line.ptr, '\t', line.len) != NULL)
        return no_tokenizer("only tokens and their scores");
    return diag_error("read as a vocab.txt, one token a line: %s", diag_message());
}

/* {"token": 0, …: the first members distinguish it from any other object. */
static bool looks_like_vocab(struct slice root)
{
    enum { MEMBERS = 8 };
    struct json_walk walk = json_walk(root);
    size_t numbers = 0;
    while (numbers < MEMBERS && json_next(&walk)) {
        if (json_kind(walk.value) != '0')
            return false;
        numbers++;
    }
    return numbers > 0;
}

/* Distinguished from a tokenizer.json without reading the names: a vocabulary has only numbers. */
static bool is_vocabulary(struct slice root)
{
    struct json_walk walk = json_walk(root);
    bool numbers = false;
    while (json_next(&walk)) {
        if (json_kind(walk.value) != '0')
            return false;
        numbers = true;
    }
    return numbers;
}

static int load_object(struct tokenizer *tokenizer, const char *path)
{
    struct slice root, model = {NULL, 0};
    if (component_root(bytes_slice(&tokenizer->file), &root) != 0)
        return -1;
    if (!is_vocabulary(root)) {
        struct slice members = tokenizer_json_members(tokenizer, root, &model);
        if (model.ptr != NULL && json_kind(model) == '{') {
            tokenizer->format = "tokenizer.json";
            return tokenizer_load_json(tokenizer, members, model);
        }
        if (!looks_like_vocab(root))
            return no_tokenizer("JSON with neither a model nor token ids");
    }
    return load_with_merges(tokenizer, root, path);
}

static int load_file(struct tokenizer *tokenizer, const char *path)
{
    if (stream_load(path, &tokenizer->file) != 0)
        return -1;
    struct slice text = bytes_slice(&tokenizer->file);
    if (text.len == 0)
        return diag_error("the file is empty");
    const char *start = json_space(text.ptr, text.ptr + text.len);
    if (start < text.ptr + text.len && *start == '{')
        return load_object(tokenizer, path);
    if (sentencepiece_is_model(text)) {
        tokenizer->format = "sentencepiece";
        return tokenizer_load_sentencepiece(tokenizer);
    }
    if (tiktoken_looks_like(text)) {
        tokenizer->format = "tiktoken";
        return tokenizer_load_tiktoken(tokenizer);
    }
    if (memchr(text.ptr, '\0', text.len) != NULL)
        return no_tokenizer("neither text nor a known model format");
    return looks_like_merges(text) ? load_with_vocab(tokenizer, path) : load_vocab_txt(tokenizer, path);
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
        if (slice_starts(slice_of(message), name)) /* it already names the file */
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
