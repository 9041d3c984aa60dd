/* unit_decoder.c - ids back to text: each decoder of a tokenizer.json, the files that have one of their own, and the
 * law of byte-level vocabularies. What is expected here is what Hugging Face tokenizers 0.22 gives. */
#include "small.h"
#include "stages/tokenizer/decoder.h"
#include "stages/tokenizer/models/bpe.h"
#include "stages/tokenizer/text/byte_spelling.h"

static void decodes_to(const int32_t *ids, size_t count, bool skip_special, const char *expected)
{
    struct slice text;
    if (tokenizer_decode(tokenizer, ids, count, skip_special, arena, &text) != 0)
        fail_msg("%s", diag_message());
    assert_string_equal(arena_print(arena, "%.*s", (int)text.len, text.ptr).ptr, expected);
}

/* A vocabulary of these tokens, with ids in this order, and <S>, which is special. */
static void use_decoder(const char *decoder, const char *const *tokens, size_t count)
{
    struct bytes json = {0};
    bytes_put(&json, arena_print(arena,
                                 "{\"added_tokens\":[{\"id\":%zu,\"content\":\"<S>\",\"special\":true}],"
                                 "\"decoder\":%s,\"model\":{\"type\":\"BPE\",\"merges\":[],\"vocab\":{",
                                 count, decoder));
    for (size_t i = 0; i < count; i++)
        bytes_put(&json, arena_print(arena, "%s\"%s\":%zu", i > 0 ? "," : "", tokens[i], i));
    bytes_put(&json, SLICE("}}}"));
    bytes_byte(&json, '\0');
    write_file("tokenizer.json", json.items);
    vec_free(&json);
    use("tokenizer.json");
}

/* All tokens, one behind the other. */
static void all_decode_to(const char *decoder, const char *const *tokens, size_t count, const char *expected)
{
    int32_t ids[16];
    assert_true(count <= sizeof ids / sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = (int32_t)i;
    use_decoder(decoder, tokens, count);
    decodes_to(ids, count, false, expected);
    drop();
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_none(void **state)
{
    (void)state;
    static const char *const tokens[] = {"a", "##b"};
    use_decoder("null", tokens, COUNT(tokens));
    static const int32_t ids[] = {0, 2, 1, 7, -1};
    decodes_to(ids, COUNT(ids), false, "a <S> ##b"); /* ids that are none stand for nothing */
    decodes_to(ids, COUNT(ids), true, "a ##b");
    decodes_to(ids, 0, false, "");
    drop();
    all_decode_to("{\"type\":\"Sequence\",\"decoders\":[]}", tokens, COUNT(tokens), "a##b");
}

static void test_wordpiece(void **state)
{
    (void)state;
    static const char *const tokens[] = {"##un", "##able", "do", "not", ".", "n't", "'", "s"};
    static const char keeps[] = "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":false}";
    static const char cleans[] = "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}";
    all_decode_to(keeps, tokens, COUNT(tokens), "##unable do not . n't ' s"); /* the first one keeps its prefix */
    all_decode_to(cleans, tokens, COUNT(tokens), "##unable do not.n't ' s");  /* token by token: " ' " is none */
    static const char *const inside[] = {"a ' b", " do not ?", "x"};
    all_decode_to(cleans, inside, COUNT(inside), "a'b  don't? x");
}

static void test_byte_level(void **state)
{
    (void)state;
    static const char decoder[] = "{\"type\":\"ByteLevel\"}";
    static const char *const whole[] = {"\xc4\xa0\x61", "\xc3\x83", "\xc2\xa9", "\xc4\x8a"};
    all_decode_to(decoder, whole, COUNT(whole), " a\xc3\xa9\n");
    /* As much of a sequence as is well-formed is one U+FFFD: F0 9F | F0 | ED | A0 | E2 82 */
    static const char *const broken[] = {"\xc3\xb0\xc5\x81", "\xc3\xb0", "\xc3\xad", "\xc5\x82", "\xc3\xa2\xc4\xa4"};
    all_decode_to(decoder, broken, COUNT(broken), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    static const char *const foreign[] = {"\xc4\xa0\xe6\xbc\xa2", "\xc4\xa0"}; /* a Han character spells no byte */
    all_decode_to(decoder, foreign, COUNT(foreign), "\xc4\xa0\xe6\xbc\xa2 ");
}

static void test_metaspace(void **state)
{
    (void)state;
    static const char *const tokens[] = {"\xe2\x96\x81\xe2\x96\x81\x61\xe2\x96\x81", "b", "\xe2\x96\x81",
                                         "\xe2\x96\x81\x63"};
    all_decode_to("{\"type\":\"Metaspace\",\"replacement\":\"\xe2\x96\x81\",\"prepend_scheme\":\"always\"}", tokens,
                  COUNT(tokens), "ab  c"); /* all of the first token's go */
    all_decode_to("{\"type\":\"Metaspace\",\"replacement\":\"\xe2\x96\x81\",\"prepend_scheme\":\"never\"}", tokens,
                  COUNT(tokens), "  a b  c");
    all_decode_to("{\"type\":\"Metaspace\",\"replacement\":\"\xe2\x96\x81\",\"add_prefix_space\":true}", tokens,
                  COUNT(tokens), "ab  c");
}

static void test_small_steps(void **state)
{
    (void)state;
    static const char *const words[] = {"a</w>", "b", "c</w>", "d</w>"};
    all_decode_to("{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}", words, COUNT(words), "a bc d");
    static const char *const bytes[] = {"<0xC3>", "<0xa9>", "x", "<0xE3>", "<0x+A>", "<0xZZ>", "<0x41>"};
    all_decode_to("{\"type\":\"ByteFallback\"}", bytes, COUNT(bytes), "\xc3\xa9x\xef\xbf\xbd\xef\xbf\xbd<0xZZ>A");
    static const char *const padded[] = {"  a ", "b", " ", "", "   "};
    all_decode_to("{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}", padded, COUNT(padded), " a b  ");
    all_decode_to("{\"type\":\"Strip\",\"content\":\" \",\"start\":0,\"stop\":2}", padded, COUNT(padded), "  ab ");
    static const char *const runs[] = {"aab", "a", "ba"};
    all_decode_to("{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"xy\"}", runs, COUNT(runs),
                  "xyxybxybxy");
    all_decode_to("{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a+\"},\"content\":\"-\"}", runs, COUNT(runs),
                  "-b-b-");
    all_decode_to("{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a*\"},\"content\":\"-\"}", runs, COUNT(runs),
                  "-b---b-"); /* an empty match right behind another is none */
}

static void test_ctc(void **state)
{
    (void)state;
    static const char *const tokens[] = {"<pad>", "h", "|", ".", "x<pad>"};
    static const int32_t frames[] = {0, 1, 1, 0, 1, 2, 2, 3, 0, 4};
    use_decoder("{\"type\":\"CTC\",\"pad_token\":\"<pad>\",\"word_delimiter_token\":\"|\",\"cleanup\":true}", tokens,
                COUNT(tokens));
    decodes_to(frames, COUNT(frames), false, "hh .x"); /* neighbours that are equal are one, but for a pad between */
    drop();
    use_decoder("{\"type\":\"CTC\",\"pad_token\":\"<pad>\",\"word_delimiter_token\":\"|\",\"cleanup\":false}", tokens,
                COUNT(tokens));
    decodes_to(frames, COUNT(frames), false, "hh|.x");
    drop();
}

static void test_sequence(void **state)
{
    (void)state;
    static const char *const tokens[] = {"\xe2\x96\x81", "<0xE6>", "<0xBC>", "<0xA2>", "\xe2\x96\x81x", "<0xFF>"};
    all_decode_to("{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":"
                  "\"\xe2\x96\x81\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
                  "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}",
                  tokens, COUNT(tokens), "\xe6\xbc\xa2 x\xef\xbf\xbd"); /* Llama 2's */
}

static void refused(const char *decoder, const char *message)
{
    write_file(
        "tokenizer.json",
        arena_print(arena, "{\"decoder\":%s,\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}", decoder).ptr);
    assert_null(tokenizer_load(path_of("tokenizer.json")));
    if (strstr(diag_message(), message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", diag_message(), message);
    remove_files();
}

static void test_refused(void **state)
{
    (void)state;
    refused("{\"type\":\"Other\"}", "decoder: \"Other\" is not supported");
    refused("[]", "decoder: expected an object");
    refused("{\"type\":\"Metaspace\"}", "decoder: Metaspace: replacement");
    refused("{\"type\":\"Metaspace\",\"replacement\":\"ab\"}", "one character");
    refused("{\"type\":\"Metaspace\",\"replacement\":\"a\",\"prepend_scheme\":\"x\"}", "prepend_scheme");
    refused("{\"type\":\"Strip\",\"content\":\"a\",\"start\":-1}", "start: expected a number");
    refused("{\"type\":\"Replace\",\"content\":\"a\",\"pattern\":{\"String\":\"\"}}", "not empty");
    refused("{\"type\":\"Replace\",\"content\":\"a\",\"pattern\":{\"Regex\":\"\\\\X\"}}", "\\X");
    struct bytes deep = {0};
    for (size_t i = 0; i < 20; i++)
        bytes_put(&deep, SLICE("{\"type\":\"Sequence\",\"decoders\":["));
    for (size_t i = 0; i < 20; i++)
        bytes_put(&deep, SLICE("]}"));
    refused(arena_print(arena, "%.*s", (int)deep.len, deep.items).ptr, "nested too deeply");
    vec_free(&deep);
}

static void test_vocab_txt(void **state)
{
    (void)state;
    write_file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##able\n.\nit\n'\ns\n");
    use("vocab.txt");
    struct encoding encoding = encode("Unable, it's.", NULL);
    decodes_to(encoding.ids, encoding.count, true, "unable it ' s.");
    options.no_special = false;
    encoding = encode("unable", NULL);
    decodes_to(encoding.ids, encoding.count, false, "[CLS] unable [SEP]");
    decodes_to(encoding.ids, encoding.count, true, "unable");
    drop();
}

/* decode(encode(x)) is x, whatever the text. */
static void test_byte_level_law(void **state)
{
    (void)state;
    struct bytes vocab = {0};
    bytes_byte(&vocab, '{');
    for (unsigned byte = 0; byte < 256; byte++) {
        char spelled[4];
        size_t len = text_encode(byte_spelling((unsigned char)byte), spelled);
        bool quoted = spelled[0] == '"' || spelled[0] == '\\';
        bytes_put(&vocab, arena_print(arena, "\"%s%.*s\":%u,", quoted ? "\\" : "", (int)len, spelled, byte));
    }
    bytes_put(&vocab, SLICE("\"th\":256,\"the\":257}"));
    bytes_byte(&vocab, '\0');
    write_file("vocab.json", vocab.items);
    vec_free(&vocab);
    write_file("merges.txt", "#version: 0.2\nt h\nth e\n");
    use("");
    uint64_t draw = 1;
    for (size_t round = 0; round < 2000; round++) {
        struct bytes text = {0};
        for (size_t i = 0; i < round % 40; i++) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            uint32_t point = (uint32_t)(draw >> 40) % (draw >> 33 & 1 ? 0x110000 : 0x100);
            char bytes[4];
            if (point >= 0xd800 && point < 0xe000)
                bytes_put(&text, SLICE("the"));
            else
                bytes_append(&text, bytes, text_encode(point, bytes));
        }
        struct encoding encoding;
        struct slice decoded, original = bytes_slice(&text);
        assert_int_equal(tokenizer_encode(thread, original, NULL, &options, arena, &encoding), 0);
        assert_int_equal(tokenizer_decode(tokenizer, encoding.ids, encoding.count, false, arena, &decoded), 0);
        assert_true(slice_equal(decoded, original));
        vec_free(&text);
    }
    drop();
}

/* A .model of these pieces: U+2581 before the text, blanks collapsed, or not. */
static void use_model(bool keeps_blanks)
{
    static const struct {
        const char *text;
        char type;
    } pieces[] = {{"<unk>", 2}, {"<s>", 3},    {"\xe2\x96\x81", 1}, {"\xe2\x96\x81\x61", 1},
                  {"b", 1},     {"<0xC3>", 6}, {"<0xA9>", 6}};
    struct bytes file = {0};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        char len = (char)strlen(pieces[i].text);
        bytes_append(&file, (char[]){0x0a, (char)(len + 9), 0x0a, len}, 4);
        bytes_append(&file, pieces[i].text, (size_t)len);
        bytes_append(&file, "\x15\0\0\x80\xbf\x18", 6); /* score -1 */
        bytes_byte(&file, pieces[i].type);
    }
    bytes_append(&file, (char[]){0x1a, 4, 0x18, 1, 0x20, (char)!keeps_blanks}, 6); /* normalizer_spec */
    FILE *out = fopen(path_of("small.model"), "w");
    assert_non_null(out);
    assert_int_equal(fwrite(file.items, 1, file.len, out), file.len);
    assert_int_equal(fclose(out), 0);
    vec_free(&file);
    use("small.model");
    assert_int_equal(unlink(path_of("small.model")), 0);
}

static void test_sentencepiece(void **state)
{
    (void)state;
    static const int32_t ids[] = {2, 1, 3, 4, 0, 5, 6, 5, 2, 4}; /* _ <s> _a b <unk> C3 A9 C3 _ b */
    use_model(false);
    decodes_to(ids, COUNT(ids), false, "ab \xe2\x81\x87 \xc3\xa9\xef\xbf\xbd b"); /* no blank before the first letter */
    drop();
    use_model(true);
    decodes_to(ids, COUNT(ids), false, " ab \xe2\x81\x87 \xc3\xa9\xef\xbf\xbd b"); /* only the first one goes */
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),          cmocka_unit_test(test_wordpiece),
        cmocka_unit_test(test_byte_level),    cmocka_unit_test(test_metaspace),
        cmocka_unit_test(test_small_steps),   cmocka_unit_test(test_sequence),
        cmocka_unit_test(test_ctc),           cmocka_unit_test(test_refused),
        cmocka_unit_test(test_vocab_txt),     cmocka_unit_test(test_byte_level_law),
        cmocka_unit_test(test_sentencepiece),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
