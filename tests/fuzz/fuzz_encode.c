/* Any text through small tokenizers; the first byte says which. Beside the laws of tokenizers.h, the tokens of the
 * byte-level one spell the text. */
#include "small.h"
#include "stages/tokenizer/decoder.h"
#include "tokenizers.h"

enum { BERT, GPT2, MIXED, UNIGRAM, TOKENIZERS };

struct loaded {
    struct tokenizer *tokenizer;
    struct tokenizer_thread *thread;
    bool byte_level;
};

/* ---- the tokenizers ---- */

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
        small_put_bert(&text);
    else if (which == GPT2)
        small_put_gpt2(SLICE(SMALL_GPT2), &text, arena);
    else
        bytes_put(&text, slice_of(which == MIXED ? mixed : unigram));
    struct loaded loaded = {.tokenizer = small_load(bytes_slice(&text), arena), .byte_level = which == GPT2};
    loaded.thread = tokenizer_thread_new(loaded.tokenizer);
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
        bytes[small_spelling(b)] = (uint8_t)b;
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
