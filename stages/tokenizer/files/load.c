/* load.c - finds the tokenizer file of a path and recognises its kind: see tokenizer.h. */
#include "load.h"
#include "base/diag.h"
#include "base/stream.h"
#include "component.h"
#include "sniff.h"
#include "tekken.h"
#include "text/json.h"
#include "text/text.h"
#include "tiktoken.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* ---- finding the file ---- */

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
               : diag_error("%s: no tokenizer.json, tekken.json, vocab.json, vocab.txt, SentencePiece model or rank "
                            "file in this folder",
                            folder));
    return NULL;
}

/* The tokenizer file of a folder; NULL, with the message. */
static const char *file_in_folder(const char *folder, struct arena *arena)
{
    static const char *const names[] = {
        "tokenizer.json",  "tekken.json",    "vocab.json",
        "encoder.json",    "vocab.txt",      "spiece.model",
        "tokenizer.model", "tiktoken.model", "sentencepiece.bpe.model",
        "spm.model",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_print(arena, "%s/%s", folder, names[i]).ptr;
        if (file_exists(path))
            return path;
    }
    return ranks_in_folder(folder, arena);
}

/* "bert-base-uncased", "google/t5-small": what a hub calls a model. */
static bool looks_like_hub_name(const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    static const char *const endings[] = {".json", ".txt", ".model", ".tiktoken"};
    size_t owner = strspn(path, letters);
    const char *last = path[owner] == '/' ? path + owner + 1 : path;
    size_t len = strlen(last);
    if (*path == '.' || *path == '-' || owner == 0 || len == 0 || strspn(last, letters) < len)
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t end = strlen(endings[i]);
        if (len >= end && strcmp(last + len - end, endings[i]) == 0)
            return false;
    }
    return true;
}

static int no_such_model(const char *path)
{
    return diag_kind(
        STATUS_FAILED,
        "%s: No such file or directory; quern does not download: if this is a model of the Hugging Face hub, "
        "get its files with \"hf download %s tokenizer.json tokenizer_config.json --local-dir DIR\" and "
        "name DIR",
        path, path);
}

/* Reads what transformers keeps in the file's folder. */
static int read_beside(struct tokenizer *tokenizer, const char *file)
{
    const char *slash = strrchr(file, '/');
    int len = slash != NULL ? (int)(slash + 1 - file) : 0;
    return config_read(&tokenizer->config, arena_print(tokenizer->arena, "%.*s", len, file).ptr, tokenizer->arena);
}

/* ---- vocab.json and merges.txt ---- */

/* Without a byte order mark, which Windows puts before text. */
static int load_bytes(const char *path, struct bytes *into)
{
    if (stream_load(path, into) != 0)
        return -1;
    struct slice text = text_without_bom(bytes_slice(into));
    if (text.len < into->len)
        memmove(into->items, text.ptr, text.len);
    into->len = text.len;
    return 0;
}

/* The other file of a pair. */
static int load_partner(const char *path, struct bytes *into)
{
    if (load_bytes(path, into) != 0)
        return -1;
    const char *known = sniff_bytes(bytes_slice(into));
    return known == NULL ? 0 : diag_error("%s: %s", path, known);
}

/* The file beside the path whose name is `path` with `name` instead of `ending`; NULL if there is none. */
static const char *partner(const char *path, const char *ending, const char *name, struct arena *arena)
{
    size_t len = strlen(path), end = strlen(ending);
    if (len < end || strcmp(path + len - end, ending) != 0)
        return NULL;
    const char *other = arena_print(arena, "%.*s%s", (int)(len - end), path, name).ptr;
    return file_exists(other) ? other : NULL;
}

/* The vocabulary of the merges or the merges of the vocabulary, by their usual names; or in the same folder. */
static const char *find_partner(const char *path, bool wants_merges, struct arena *arena)
{
    static const char *const pairs[][2] = {
        {"vocab.json", "merges.txt"}, {"encoder.json", "vocab.bpe"}, {"vocab.json", "vocab.bpe"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *other = partner(path, pairs[i][wants_merges ? 0 : 1], pairs[i][wants_merges ? 1 : 0], arena);
        if (other != NULL)
            return other;
    }
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
    const char *usual = wants_merges ? "merges.txt" : "vocab.json";
    const char *other = arena_print(arena, "%.*s%s", folder, path, usual).ptr;
    return file_exists(other) ? other : NULL;
}

/* `file` holds vocab.json, whose root this is; the merges are in the file next to it. */
static int load_with_merges(struct tokenizer *tokenizer, struct slice root, const char *path)
{
    struct bytes merges = {0};
    const char *other = find_partner(path, true, tokenizer->arena);
    if (other == NULL)
        return diag_error(
            "the vocabulary of a BPE tokenizer, whose merges are missing: expected merges.txt in the same "
            "folder (vocabularies without merges, as those of Wav2Vec2, Marian and M2M100, are not "
            "supported)");
    int status = load_partner(other, &merges);
    if (status == 0)
        status = read_beside(tokenizer, path);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, root, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "vocab.json" : NULL;
    return status;
}

/* `file` holds the merges; the vocabulary is next to them. */
static int load_with_vocab(struct tokenizer *tokenizer, const char *path)
{
    const char *other = find_partner(path, false, tokenizer->arena);
    if (other == NULL)
        return diag_error(
            "merges of a BPE tokenizer, whose vocabulary is missing: expected vocab.json in the same folder");
    struct bytes merges = tokenizer->file;
    tokenizer->file = (struct bytes){0};
    struct slice root;
    int status = load_partner(other, &tokenizer->file);
    if (status == 0)
        status = component_root(bytes_slice(&tokenizer->file), &root);
    if (status == 0)
        status = read_beside(tokenizer, path);
    if (status == 0)
        status = tokenizer_load_bpe_files(tokenizer, root, bytes_slice(&merges));
    vec_free(&merges);
    tokenizer->format = status == 0 ? "merges.txt" : NULL;
    return status;
}

/* ---- kinds of files ---- */

/* What the file is instead. */
static int no_tokenizer(const char *what)
{
    return diag_error("not a tokenizer: %s", what);
}

static int no_known_kind(const char *what)
{
    return diag_error(
        "not a tokenizer: %s; expected tokenizer.json, tekken.json, vocab.txt, vocab.json with merges.txt, "
        "a SentencePiece .model or a tiktoken rank file",
        what);
}

/* A list of merges says so in its first line, or has two words there and its vocabulary beside it. */
static bool are_merges(const struct tokenizer *tokenizer, struct slice text, const char *path)
{
    struct slice left = text, line;
    if (slice_starts(text, SLICE("#version")))
        return true;
    (void)stream_next_line(&left, &line);
    const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    return blank != NULL && blank > line.ptr && blank + 1 < line.ptr + line.len &&
           find_partner(path, false, tokenizer->arena) != NULL;
}

static int load_text(struct tokenizer *tokenizer, const char *path)
{
    struct slice text = bytes_slice(&tokenizer->file);
    if (memchr(text.ptr, '\0', text.len) != NULL)
        return no_known_kind("bytes of an unknown format");
    if (!text_is_utf8(text))
        return no_known_kind("bytes of an unknown format, or text that is not UTF-8");
    if (are_merges(tokenizer, text, path))
        return load_with_vocab(tokenizer, path);
    const char *known = sniff_text(text);
    if (known != NULL)
        return no_tokenizer(known);
    if (read_beside(tokenizer, path) != 0 || tokenizer_load_vocab_txt(tokenizer) != 0)
        return -1;
    if (tokenizer->format == NULL) { /* any text would be a vocabulary: this is what makes it one of BERT */
        struct slice unk = tokenizer_named(tokenizer, NAMED_UNK, "[UNK]");
        return no_known_kind(arena_print(tokenizer->arena,
                                         "text, and no line is \"%.*s\", the unknown token of a vocab.txt",
                                         (int)unk.len, unk.ptr)
                                 .ptr);
    }
    return 0;
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

/* Lines of JSON are no document. */
static bool are_records(struct slice text)
{
    struct slice line, left = text;
    return stream_next_line(&left, &line) && left.len > 0 && json_check(line, JSON_DEPTH) == 0;
}

/* `beside`: what is beside a file that is complete by itself counts, because its folder was named. */
static int load_json(struct tokenizer *tokenizer, const char *path, bool beside)
{
    struct slice root, model = {NULL, 0}, text = bytes_slice(&tokenizer->file);
    if (component_root(text, &root) != 0) {
        const char *message = arena_print(tokenizer->arena, "%s", diag_message()).ptr;
        return are_records(text) ? no_tokenizer("lines of JSON, one value on each") : diag_error("%s", message);
    }
    if (json_kind(root) == '{' && is_vocabulary(root))
        return load_with_merges(tokenizer, root, path);
    if (json_kind(root) == '{') {
        struct slice members = tokenizer_json_members(tokenizer, root, &model);
        if (model.ptr != NULL && json_kind(model) == '{') {
            tokenizer->format = "tokenizer.json";
            return beside && read_beside(tokenizer, path) != 0 ? -1 : tokenizer_load_json(tokenizer, members, model);
        }
        if (tekken_is(root)) {
            tokenizer->format = "tekken.json";
            return tokenizer_load_tekken(tokenizer, root);
        }
    }
    const char *known = sniff_json(root);
    return known != NULL ? no_tokenizer(known) : no_known_kind("JSON with neither a model nor token ids");
}

/* A vocab.txt may start with [PAD] or with a quotation mark. */
static bool is_json(struct slice text)
{
    const char *start = json_space(text.ptr, text.ptr + text.len);
    if (start == text.ptr + text.len || strchr("{[\"", *start) == NULL)
        return false;
    return *start == '{' || json_check(text, JSON_DEPTH) == 0;
}

static int load_file(struct tokenizer *tokenizer, const char *path, bool beside, const char *pattern)
{
    if (load_bytes(path, &tokenizer->file) != 0)
        return -1;
    struct slice text = bytes_slice(&tokenizer->file);
    if (text.len == 0)
        return diag_error("the file is empty");
    const char *known = sniff_bytes(text);
    if (known != NULL)
        return no_tokenizer(known);
    if (is_json(text))
        return load_json(tokenizer, path, beside);
    if (sentencepiece_is_model(text)) {
        tokenizer->format = "sentencepiece";
        return beside && read_beside(tokenizer, path) != 0 ? -1 : tokenizer_load_sentencepiece(tokenizer);
    }
    if (tiktoken_looks_like(text)) {
        tokenizer->format = "tiktoken";
        return read_beside(tokenizer, path) != 0 ? -1 : tokenizer_load_tiktoken(tokenizer, pattern);
    }
    return load_text(tokenizer, path);
}

int tokenizer_read(struct tokenizer *tokenizer, const char *path, const char *pattern)
{
    struct stat info;
    const char *file = path;
    bool exists = stat(path, &info) == 0, folder = exists && S_ISDIR(info.st_mode);
    if (!exists && errno == ENOENT && looks_like_hub_name(path))
        return no_such_model(path);
    if (folder)
        file = file_in_folder(path, tokenizer->arena);
    if (file == NULL)
        return -1;
    if (load_file(tokenizer, file, folder, pattern) != 0) {
        const char *message = arena_print(tokenizer->arena, "%s", diag_message()).ptr;
        struct slice name = slice_of(file);
        if (slice_starts(slice_of(message), name)) /* it already names the file */
            return diag_within("%s", message);
        return diag_within("%s: %s", file, message);
    }
    if (pattern != NULL && !slice_is(slice_of(tokenizer->format), "tiktoken"))
        return diag_error("%s: --pattern goes only with a rank file of tiktoken; this is a %s file", file,
                          tokenizer->format);
    tokenizer_ready(tokenizer);
    return 0;
}

struct tokenizer *tokenizer_load_cut(const char *path, const char *pattern)
{
    struct tokenizer *tokenizer = tokenizer_new();
    if (tokenizer_read(tokenizer, path, pattern) == 0)
        return tokenizer;
    tokenizer_free(tokenizer);
    return NULL;
}

struct tokenizer *tokenizer_load(const char *path)
{
    return tokenizer_load_cut(path, NULL);
}
