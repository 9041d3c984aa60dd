/* Any text through small tokenizers; the first byte says which. Beside the laws of tokenizers.h, the tokens of the
 * byte-level one spell the text. */
#include "stages/tokenizer/decoder.h"
#include "tokenizers.h"

enum { BERT, GPT2, MIXED, UNIGRAM, TOKENIZERS };

struct loaded {
    struct tokenizer *tokenizer;
    struct tokenizer_thread *thread;
    bool byte_level;
};

/* ---- the tokenizers ---- */

static void put_bert(struct bytes *out)
{
    static const char *const words[] = {"[PAD]",      "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "un",  "##aff",
                                        "##able",     "##ing", "##s",   "na",    "##ive",  "中",  "文",  "é",
                                        "##é",        "ss",    "1",     "##1",   "12",     "##'", "'",   "fi",
                                        "##\xcc\x81", "क",     "##क",   "か",    "##か",   "한",  "##한"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        bytes_put(out, slice_of(words[i]));
        bytes_byte(out, '\n');
    }
    for (char c = '!'; c <= '~'; c++) {
        bytes_byte(out, c);
        bytes_put(out, SLICE("\n##"));
        bytes_byte(out, c);
        bytes_byte(out, '\n');
    }
}

/* The code point by which GPT-2 spells a byte. */
static uint32_t spelling(unsigned byte)
{
    uint32_t unprintable = 0;
    for (unsigned b = 0; b <= byte; b++) {
        bool printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
        if (b == byte && printable)
            return b;
        unprintable += !printable;
    }
    return 0xff + unprintable;
}

static void put_spelled(struct bytes *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char point[4];
        size_t len = text_encode(spelling((unsigned char)text.ptr[i]), point);
        if (len == 1 && (point[0] == '"' || point[0] == '\\'))
            bytes_byte(out, '\\');
        bytes_append(out, point, len);
    }
}

static void put_gpt2(struct bytes *out, struct arena *arena)
{
    static const char *const merges[][2] = {{"t", "h"},           {"th", "e"},  {" ", "the"},     {" ", "t"},
                                            {"a", "a"},           {"aa", "aa"}, {"aaaa", "aaaa"}, {" ", " "},
                                            {"  ", "  "},         {"\n", "\n"}, {"\xc3", "\xa9"}, {"\xe4", "\xb8"},
                                            {"i", "n"},           {"in", "g"},  {"'", "s"},       {"1", "2"},
                                            {"\xe4\xb8", "\xad"}, {"!", "!"},   {"\r", "\n"},     {"\xf0", "\x9f"}};
    enum { MERGES = sizeof merges / sizeof *merges };
    bytes_put(out, SLICE("{\"added_tokens\":[{\"id\":276,\"content\":\"<|endoftext|>\",\"special\":true},"
                         "{\"id\":277,\"content\":\"<mask>\",\"special\":true,\"lstrip\":true},"
                         "{\"id\":278,\"content\":\"word\",\"single_word\":true,\"normalized\":true},"
                         "{\"id\":279,\"content\":\"ab\",\"rstrip\":true,\"normalized\":false}],"
                         "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
                         "\"post_processor\":{\"type\":\"ByteLevel\",\"trim_offsets\":false},"
                         "\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"vocab\":{"));
    for (unsigned i = 0; i < 256 + MERGES; i++) {
        const char byte[] = {(char)i, '\0'};
        bytes_put(out, i > 0 ? SLICE(",\"") : SLICE("\""));
        if (i < 256) {
            put_spelled(out, (struct slice){byte, 1});
        } else {
            put_spelled(out, slice_of(merges[i - 256][0]));
            put_spelled(out, slice_of(merges[i - 256][1]));
        }
        bytes_put(out, arena_print(arena, "\":%u", i));
    }
    bytes_put(out, SLICE("},\"merges\":["));
    for (size_t i = 0; i < MERGES; i++) {
        bytes_put(out, i > 0 ? SLICE(",[\"") : SLICE("[\""));
        put_spelled(out, slice_of(merges[i][0]));
        bytes_put(out, SLICE("\",\""));
        put_spelled(out, slice_of(merges[i][1]));
        bytes_put(out, SLICE("\"]"));
    }
    bytes_put(out, SLICE("]}}"));
}

static const char mixed[] =
    "{\"added_tokens\":[{\"id\":8,\"content\":\"[CLS]\",\"special\":true},{\"id\":9,\"content\":\"\xc3\x89"
    "X\",\"normalized\":true}],"
    "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFKD\"},{\"type\":\"StripAccents\"},"
    "{\"type\":\"Lowercase\"},{\"type\":\"NFC\"}]},"
    "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},"
    "{\"type\":\"Digits\",\"individual_digits\":true},{\"type\":\"Punctuation\",\"behavior\":\"MergedWithPrevious\"},"
    "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[^\\\\r\\\\n\\\\p{L}]?\\\\p{L}{1,4}|\\\\w+(?!\\\\S)\"},"
    "\"behavior\":\"MergedWithNext\",\"invert\":false},"
    "{\"type\":\"Split\",\"pattern\":{\"String\":\"ab\"},\"behavior\":\"Isolated\",\"invert\":true}]},"
    "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",8],\"sep\":[\"[CLS]\",8]},"
    "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"#\","
    "\"max_input_chars_per_word\":40,\"vocab\":{\"u\":0,\"a\":1,\"#a\":2,\"b\":3,\"#b\":4,\"1\":5,\"e\":6,\"#e\":7}}}";

static const char unigram[] =
    "{\"added_tokens\":[{\"id\":2,\"content\":\"<mask>\",\"lstrip\":true,\"special\":true}],"
    "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Nmt\"},{\"type\":\"NFKC\"},"
    "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}]},"
    "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"always\",\"split\":true}"
    ","
    "\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"always\",\"split\":true},"
    "\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"\u2581\",-2],[\"<mask>\",-9],"
    "[\"a\",-3],[\"aa\",-5.5],[\"aaa\",-9],[\"\u2581the\",-1],[\"t\",-4],[\"h\",-4],[\"e\",-4],[\"é\",-6],"
    "[\"中\",-6],[\"文\",-6],[\"中文\",-11],[\"fi\",-7]]}}";

static struct loaded load_one(unsigned which)
{
    struct arena *arena = arena_new();
    struct bytes text = {0};
    if (which == BERT)
        put_bert(&text);
    else if (which == GPT2)
        put_gpt2(&text, arena);
    else
        bytes_put(&text, slice_of(which == MIXED ? mixed : unigram));
    const char *path = fuzz_file("tokenizer", bytes_slice(&text), arena);
    struct loaded loaded = {.tokenizer = tokenizer_load(path), .byte_level = which == GPT2};
    if (loaded.tokenizer == NULL)
        diag_die(STATUS_FAILED, "%s", diag_message());
    loaded.thread = tokenizer_thread_new(loaded.tokenizer);
    (void)unlink(path);
    vec_free(&text);
    arena_free(arena);
    return loaded;
}

/* ---- the byte-level law ---- */

/* Undoes the spelling; a byte that no token spells is 0 bytes long. */
static void put_unspelled(struct bytes *out, struct slice token)
{
    static uint8_t bytes[0x200];
    static bool ready;
    for (unsigned b = 0; !ready && b < 256; b++)
        bytes[spelling(b)] = (uint8_t)b;
    ready = true;
    for (size_t at = 0, len; at < token.len; at += len) {
        uint32_t point = text_decode(token.ptr + at, &len);
        LAW(point < 0x200);
        bytes_byte(out, (char)bytes[point]);
    }
}

/* The tokens, one behind the other, are the text; added ones may have taken white space. */
static void check_spelling(const struct loaded *loaded, const struct encoding *encoding, struct slice text)
{
    struct bytes spelled = {0};
    size_t at = 0;
    for (size_t i = 0; i < encoding->count; i++) {
        spelled.len = 0;
        bool added = tokenizer_is_reserved(loaded->tokenizer, encoding->ids[i]);
        struct slice token = tokenizer_token(loaded->tokenizer, encoding->ids[i]);
        if (added)
            bytes_put(&spelled, token);
        else
            put_unspelled(&spelled, token);
        struct slice rest = {text.ptr + at, text.len - at};
        size_t len;
        while (added && rest.len > 0 && !slice_starts(rest, token) && text_is_space(text_decode(rest.ptr, &len)))
            rest = (struct slice){rest.ptr + len, rest.len - len};
        LAW(slice_starts(rest, bytes_slice(&spelled)));
        at = (size_t)(rest.ptr - text.ptr) + spelled.len;
        while (added && slice_is(token, "ab") && at < text.len && text_is_space(text_decode(text.ptr + at, &len)))
            at += len;
    }
    LAW(at == text.len);
    vec_free(&spelled);
}

/* Where no token was added, what the decoder makes is the text, too. */
static void check_decoding(const struct loaded *loaded, const struct encoding *encoding, struct slice text,
                           struct arena *arena)
{
    struct slice decoded;
    bool added = false;
    LAW(tokenizer_decode(loaded->tokenizer, encoding->ids, encoding->count, false, arena, &decoded) == 0);
    LAW(text_is_utf8(decoded));
    for (size_t i = 0; i < encoding->count; i++)
        added |= tokenizer_is_reserved(loaded->tokenizer, encoding->ids[i]);
    LAW(loaded->byte_level && !added ? slice_equal(decoded, text) : true);
}

/* ---- the target ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct loaded all[TOKENIZERS];
    if (size == 0)
        return -1;
    struct arena *arena = fuzz_arena();
    struct loaded *loaded = &all[(data[0] & 0x7f) % TOKENIZERS];
    if (loaded->tokenizer == NULL)
        *loaded = load_one((data[0] & 0x7f) % TOKENIZERS);
    struct slice text = fuzz_text(data + 1, size - 1, arena);
    const struct encoding *encoding = check_text(loaded->tokenizer, loaded->thread, text, (data[0] & 0x80) != 0, arena);
    if (encoding == NULL)
        return 0;
    check_decoding(loaded, encoding, text, arena);
    if (loaded->byte_level)
        check_spelling(loaded, encoding, text);
    return 0;
}
