/* sniff.c - see sniff.h. */
#include "sniff.h"

#include "base/stream.h"
#include "text/json.h"
#include "text/text.h"

#include <stdint.h>
#include <strings.h>

/* ---- bytes ---- */

static const char WEIGHTS[] = "the weights of a model; the tokenizer is in other files of the model's folder";

static const struct {
    size_t at, len;
    const char *magic, *what;
} magics[] = {
    {0, 35, "version https://git-lfs.github.com/",
     "a pointer of Git LFS, not the file itself: get the file with \"git lfs pull\""},
    {0, 8, "PK\3\4\x14\0\6\0", "an Office document (a zip archive)"},
    {0, 4, "PK\3\4", "a zip archive: unpack it and name the tokenizer file in it"},
    {257, 5, "ustar", "a tar archive: unpack it and name the tokenizer file in it"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it and name the tokenizer file in it"},
    {0, 4, "Rar!", "a RAR archive: unpack it and name the tokenizer file in it"},
    {0, 4, "\x04\x22\x4d\x18", "compressed with lz4: decompress it with \"lz4 -d\""},
    {0, 4, "GGUF",
     "GGUF (llama.cpp), weights and tokenizer in one file, which is not read: get the model's tokenizer.json"},
    {0, 4, "lmgg",
     "ggml (llama.cpp), weights and tokenizer in one file, which is not read: get the model's tokenizer.json"},
    {0, 4, "tjgg",
     "ggml (llama.cpp), weights and tokenizer in one file, which is not read: get the model's tokenizer.json"},
    {0, 8, "\x89HDF\r\n\x1a\n", "HDF5 (Keras), most likely the weights of a model"},
    {4, 4, "TFL3", "a TensorFlow Lite model"},
    {0, 4, "\xba\x16\x4f\x2f", "a model of fastText"},
    {0, 4, "PAR1", "Parquet, a table of records"},
    {0, 6, "ARROW1", "Arrow, a table of records"},
    {0, 6, "\x93NUMPY", "an array of NumPy"},
    {0, 15, "SQLite format 3", "a database of SQLite"},
    {0, 5, "%PDF-", "a PDF document"},
    {0, 4, "\x89PNG", "a picture (PNG)"},
    {0, 3, "\xff\xd8\xff", "a picture (JPEG)"},
    {0, 4, "GIF8", "a picture (GIF)"},
    {0, 4,
     "\x7f"
     "ELF",
     "a program"},
};

static bool has_magic(struct slice file, size_t at, const char *magic, size_t len)
{
    return file.len >= at + len && memcmp(file.ptr + at, magic, len) == 0;
}

/* A pickle of protocol 2 or later, alone or as the first member of a PyTorch checkpoint. */
static bool is_pickle(struct slice file)
{
    return file.len > 2 && (unsigned char)file.ptr[0] == 0x80 && file.ptr[1] >= 2 && file.ptr[1] <= 5;
}

static bool is_torch_zip(struct slice file)
{
    enum { NAME_AT = 30, NAME_MOST = 100 };
    size_t len = file.len < NAME_AT + NAME_MOST ? file.len : NAME_AT + NAME_MOST;
    return has_magic(file, 0, "PK\3\4", 4) && memmem(file.ptr, len, "/data.pkl", 9) != NULL;
}

/* Eight bytes of length, then a JSON object. */
static bool is_safetensors(struct slice file)
{
    uint64_t len = 0;
    if (file.len < 10 || file.ptr[8] != '{' || file.ptr[9] != '"')
        return false;
    for (unsigned i = 0; i < 8; i++)
        len |= (uint64_t)(unsigned char)file.ptr[i] << 8 * i;
    return len <= file.len - 8;
}

/* A byte order mark, and no character NUL. */
static bool is_utf16(struct slice file)
{
    if (file.len < 4 || file.len % 2 != 0 ||
        (memcmp(file.ptr, "\xff\xfe", 2) != 0 && memcmp(file.ptr, "\xfe\xff", 2) != 0))
        return false;
    for (size_t i = 2; i < file.len; i += 2)
        if (file.ptr[i] == 0 && file.ptr[i + 1] == 0)
            return false;
    return true;
}

static bool is_page(struct slice file)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<?xml"};
    const char *at = json_space(file.ptr, file.ptr + file.len);
    struct slice text = slice_between(at, file.ptr + file.len);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t len = strlen(starts[i]);
        if (text.len >= len && strncasecmp(text.ptr, starts[i], len) == 0)
            return true;
    }
    return false;
}

const char *sniff_bytes(struct slice file)
{
    if (is_torch_zip(file) || is_pickle(file))
        return "a checkpoint of PyTorch or another pickle of Python, which quern never loads: name the tokenizer file "
               "of "
               "the model";
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (has_magic(file, magics[i].at, magics[i].magic, magics[i].len))
            return magics[i].what;
    if (is_utf16(file))
        return "text in UTF-16: convert it with \"iconv -f UTF-16 -t UTF-8\"";
    if (is_safetensors(file))
        return WEIGHTS;
    return is_page(file) ? "an HTML page, most likely what a web site answered instead of the file: download it again"
                         : NULL;
}

/* ---- lines ---- */

static bool is_number(struct slice word)
{
    size_t digits = 0;
    for (size_t i = 0; i < word.len; i++) {
        bool digit = word.ptr[i] >= '0' && word.ptr[i] <= '9';
        if (!digit && strchr("+-.eE", word.ptr[i]) == NULL)
            return false;
        digits += digit;
    }
    return digits > 0;
}

/* What the line is made of. */
struct shape {
    size_t words;   /* parted by one blank each */
    bool counted;   /* the second one is a number */
    size_t numbers; /* of the words after the first */
    bool tab_score; /* "word<TAB>-1.5" */
};

static struct shape shape_of(struct slice line)
{
    struct shape shape = {.words = 1};
    const char *end = line.ptr + line.len, *at = line.ptr, *blank;
    const char *tab = line.len > 0 ? memchr(line.ptr, '\t', line.len) : NULL;
    shape.tab_score = tab != NULL && is_number(slice_between(tab + 1, end));
    while (at < end && (blank = memchr(at, ' ', (size_t)(end - at))) != NULL) {
        const char *next = memchr(blank + 1, ' ', (size_t)(end - blank - 1));
        shape.words++;
        bool number = is_number(slice_between(blank + 1, next != NULL ? next : end));
        shape.counted |= number && shape.words == 2;
        shape.numbers += number;
        at = blank + 1;
    }
    return shape;
}

enum { LINES = 16 }; /* the first of them decide */

const char *sniff_text(struct slice text)
{
    size_t lines = 0, counts = 0, codes = 0, vectors = 0, scores = 0, jieba = 0;
    struct slice left = text, line;
    while (lines < LINES && stream_next_line(&left, &line)) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0)
            continue;
        struct shape shape = shape_of(line);
        lines++;
        counts += shape.words == 2 && shape.numbers == 1;
        codes += shape.words == 3 && !shape.counted && shape.numbers == 1;
        jieba += shape.words == 3 && shape.counted && shape.numbers == 1;
        vectors += shape.words > 10 && shape.numbers == shape.words - 1;
        scores += shape.tab_score;
    }
    if (lines == 0)
        return "only blank lines";
    if (scores == lines)
        return "only tokens and their scores, without what else a tokenizer needs: name the .model that it was made "
               "with";
    if (counts == lines)
        return "a dictionary of fairseq (a word and its count on each line): it numbers tokens but cannot cut a text";
    if (jieba == lines)
        return "a dictionary of jieba (a word, its count and its kind on each line): a lexicon, not a tokenizer";
    if (codes == lines)
        return "codes of fastBPE (two symbols and a count on each line), which are not supported";
    return vectors > lines / 2 ? "word vectors (a word and its numbers on each line)" : NULL;
}

/* ---- JSON ---- */

static bool member_is(struct slice object, const char *name, const char *kinds)
{
    struct slice value;
    return json_member(object, name, &value) && strchr(kinds, json_kind(value)) != NULL;
}

const char *sniff_json(struct slice root)
{
    if (json_kind(root) == '"')
        return memmem(root.ptr, root.len, "word_index", 10) != NULL
                   ? "a tokenizer of Keras, which has words and no way to cut them: not supported"
                   : "one JSON string";
    if (json_kind(root) != '{')
        return json_kind(root) == '[' ? "a JSON array" : "one JSON value";
    if (member_is(root, "class_name", "\"") && member_is(root, "config", "{"))
        return "a tokenizer of Keras, which has words and no way to cut them: not supported";
    if (member_is(root, "weight_map", "{"))
        return "the index of a model's weights";
    if (member_is(root, "bpe_ranks", "\"") && member_is(root, "pat_str", "\""))
        return "an encoding of js-tiktoken, which is not supported: get the .tiktoken file or a tokenizer.json";
    if (member_is(root, "tokenizer_class", "\"") || member_is(root, "model_max_length", "0"))
        return "a tokenizer_config.json: name the folder that it is in, or the tokenizer.json beside it";
    if (member_is(root, "model_type", "\"") || member_is(root, "architectures", "["))
        return "the config.json of a model: name the folder that it is in, or the tokenizer.json beside it";
    if (member_is(root, "unk_token", "\"{") || member_is(root, "eos_token", "\"{"))
        return "a special_tokens_map.json: name the folder that it is in, or the tokenizer.json beside it";
    if (member_is(root, "text", "\"") || member_is(root, "input_ids", "["))
        return "a record";
    return NULL;
}
