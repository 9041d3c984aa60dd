/* unit_models.c - BPE of characters, with affixes and byte fallback, BPE-dropout, WordLevel, and tiktoken's rank files,
 * with small vocabularies. What is expected of a tokenizer.json is what Hugging Face tokenizers 0.22 gives. */
#include "pipeline/base/memory.h"
#include "small.h"
#include "stages/tokenizer/decoder.h"
#include "stages/tokenizer/models/bpe.h"
#include "stages/tokenizer/text/byte_spelling.h"

static void use_json(const char *head, const char *model)
{
    write_file("tokenizer.json", arena_print(arena, "{%s\"model\":{%s}}", head, model).ptr);
    use("tokenizer.json");
}

static void refused(const char *head, const char *model, const char *message)
{
    write_file("tokenizer.json", arena_print(arena, "{%s\"model\":{%s}}", head, model).ptr);
    assert_null(tokenizer_load(path_of("tokenizer.json")));
    if (strstr(diag_message(), message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", diag_message(), message);
    remove_files();
}

/* ---- BPE of characters ---- */

static void test_unknown_characters(void **state)
{
    (void)state;
    static const char vocab[] =
        "\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2,\"<unk>\":3},\"merges\":[\"a b\"]";
    use_json("", vocab);
    offsets_are("abxb", "ab[0,2) b[2,3)"); /* left out, and not counted: the reference's offsets do the same */
    drop();
    use_json("", arena_print(arena, "%s,\"unk_token\":\"<unk>\"", vocab).ptr);
    offsets_are("ab\xe6\xbc\xa2xb", "ab[0,2) <unk>[2,3) <unk>[3,4) b[4,5)");
    drop();
    use_json("", arena_print(arena, "%s,\"unk_token\":\"<unk>\",\"fuse_unk\":true", vocab).ptr);
    offsets_are("ab\xe6\xbc\xa2xb", "ab[0,2) <unk>[2,4) b[4,5)");
    drop();
}

static void test_byte_fallback(void **state)
{
    (void)state;
    static const char vocab[] = "\"type\":\"BPE\",\"byte_fallback\":true,\"fuse_unk\":true,\"unk_token\":\"<unk>\","
                                "\"vocab\":{\"a\":0,\"<0xC3>\":1,\"<0xA9>\":2,\"<unk>\":3,\"<0xC3><0xA9>\":4}";
    use_json("", arena_print(arena, "%s,\"merges\":[]", vocab).ptr);
    offsets_are("a\xc3\xa9"
                "a",
                "a[0,1) <0xC3>[1,2) <0xA9>[1,2) a[2,3)");
    tokens_are("\xc3\xa8", "<unk>");                 /* A8 is not there */
    tokens_are("x\xc3\xa9x", "<0xC3> <0xA9> <unk>"); /* an unknown one waits for the next one that is known */
    drop();
    use_json("", arena_print(arena, "%s,\"merges\":[\"<0xC3> <0xA9>\"]", vocab).ptr);
    tokens_are("\xc3\xa9", "<0xC3><0xA9>"); /* bytes merge as other symbols do */
    drop();
}

static void test_affixes(void **state)
{
    (void)state;
    static const char words[] = "\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},";
    use_json(words,
             "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"unk_token\":\"<unk>\",\"vocab\":{\"a\":0,\"b\":1,"
             "\"a</w>\":2,\"b</w>\":3,\"ab</w>\":4,\"ab\":5,\"<unk>\":6},\"merges\":[\"a b</w>\",\"a b\"]");
    offsets_are("ab aba a b c", "ab</w>[0,2) ab[3,5) a</w>[5,6) a</w>[7,8) b</w>[9,10) <unk>[11,12)");
    drop();
    use_json(words,
             "\"type\":\"BPE\",\"continuing_subword_prefix\":\"##\",\"vocab\":{\"a\":0,\"b\":1,\"##a\":2,\"##b\":3,"
             "\"ab\":4,\"##ab\":5},\"merges\":[\"##a ##b\",\"a ##b\"]");
    offsets_are("ab aab bb", "ab[0,2) a[3,4) ##ab[4,6) b[7,8) ##b[8,9)");
    drop();
    use_json("\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},",
             "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"unk_token\":\"<u>\",\"vocab\":{\"a\":0,\"\xc4\xa0\":1,"
             "\"a</w>\":2,\"\xc4\xa0"
             "a</w>\":3,\"<u>\":4},\"merges\":[\"\xc4\xa0 a</w>\"]"); /* CLIP's */
    offsets_are("a aa b", "a</w>[0,1) \xc4\xa0[1,2) a[2,3) a</w>[3,4) \xc4\xa0[4,5) <u>[5,6)");
    drop();
}

/* Longer than what is merged in an array: the heap has to see the affixes, too. */
static void test_long_word_with_suffix(void **state)
{
    (void)state;
    use_json("",
             "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"vocab\":{\"a\":0,\"aa\":1,\"a</w>\":2,\"aa</w>\":3},"
             "\"merges\":[\"a a</w>\",\"a a\"]");
    char text[1002];
    memset(text, 'a', sizeof text);
    text[1001] = '\0';
    struct encoding encoding = encode(text, NULL);
    assert_int_equal(encoding.count, 501); /* 999 letters in pairs, one left, and the last two */
    assert_string_equal(shown(&(struct encoding){.count = 1,
                                                 .tokens = encoding.tokens + 500,
                                                 .ids = encoding.ids + 500,
                                                 .offsets = encoding.offsets + 500},
                              true),
                        "aa</w>[999,1001)");
    drop();
}

static void test_bpe_refused(void **state)
{
    (void)state;
    refused("", "\"type\":\"BPE\",\"dropout\":0.1,\"vocab\":{},\"merges\":[]", "dropout");
    refused("", "\"type\":\"BPE\",\"byte_fallback\":true,\"end_of_word_suffix\":\"</w>\",\"vocab\":{},\"merges\":[]",
            "byte_fallback with a subword prefix or suffix");
    refused("", "\"type\":\"BPE\",\"continuing_subword_prefix\":\"\xc3\xa9\",\"vocab\":{},\"merges\":[]", "only ASCII");
    refused("\"pre_tokenizer\":{\"type\":\"ByteLevel\"},",
            "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"vocab\":{},\"merges\":[]", "without unk_token");
    refused("\"pre_tokenizer\":{\"type\":\"ByteLevel\"},",
            "\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{},\"merges\":[]", "byte 0 is not in the vocabulary");
    refused("",
            "\"type\":\"BPE\",\"continuing_subword_prefix\":\"##\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[\"a b\"]",
            "does not start with");
    refused("", "\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"vocab\":{},\"merges\":[]", "not in the vocabulary");
}

/* ---- BPE-dropout ---- */

static struct dropout dropout_of(uint64_t record, struct decimal probability)
{
    struct random_options random = {.seed = 7, .salt = ""};
    return (struct dropout){.probability = probability,
                            .rng = rng_start(rng_key(&random, "test"), (struct identity){record, 1}, 0)};
}

static size_t tokens_with(const char *text, uint64_t record, struct decimal probability)
{
    struct dropout dropout = dropout_of(record, probability);
    options.dropout = &dropout;
    size_t count = encode(text, NULL).count;
    options.dropout = NULL;
    return count;
}

static void test_dropout(void **state)
{
    (void)state;
    static const struct decimal never = {0, 0}, half = {5, 1}, always = {1, 0};
    use_json("\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},",
             "\"type\":\"BPE\",\"ignore_merges\":true,\"vocab\":{\"a\":0,\"b\":1,\"ab\":2,\"abab\":3},"
             "\"merges\":[\"a b\",\"ab ab\"]");
    tokens_are("abab ab", "abab ab");
    assert_int_equal(tokens_with("abab ab", 0, never), 2);
    assert_int_equal(tokens_with("abab ab", 0, always), 6); /* letters, although both words are in the cache */
    size_t merged = 0;
    enum { RECORDS = 4000 };
    for (uint64_t record = 0; record < RECORDS; record++) {
        size_t count = tokens_with("ab", record, half);
        assert_int_equal(count, tokens_with("ab", record, half)); /* the record's, whatever came before */
        merged += count == 1;
    }
    /* Binomial: five standard deviations on each side, p < 1e-6. */
    assert_in_range(merged, RECORDS / 2 - 159, RECORDS / 2 + 159);
    tokens_are("abab ab", "abab ab"); /* nothing of it stays behind */
    drop();
    use_json("", "\"type\":\"WordLevel\",\"vocab\":{\"a\":0}");
    struct dropout dropout = dropout_of(0, half);
    struct encoding encoding;
    options.dropout = &dropout;
    assert_int_equal(tokenizer_encode(thread, SLICE("a"), NULL, &options, arena, &encoding), -1);
    assert_non_null(strstr(diag_message(), "WordLevel"));
    drop();
}

/* ---- WordLevel ---- */

static void test_wordlevel(void **state)
{
    (void)state;
    static const char words[] = "\"pre_tokenizer\":{\"type\":\"Whitespace\"},";
    use_json(words, "\"type\":\"WordLevel\",\"unk_token\":\"[U]\",\"vocab\":{\"the\":0,\"cat\":1,\"[U]\":2,\".\":3}");
    offsets_are("the dog the.", "the[0,3) [U][4,7) the[8,11) .[11,12)");
    assert_string_equal(tokenizer_kind(tokenizer), "WordLevel");
    assert_int_equal(tokenizer_unk_id(tokenizer), 2);
    drop();
    use_json(words, "\"type\":\"WordLevel\",\"vocab\":{\"the\":0,\"cat\":1}");
    struct encoding encoding;
    for (size_t i = 0; i < 2; i++) { /* a cache must not hide the error */
        assert_int_equal(tokenizer_encode(thread, SLICE("the dog"), NULL, &options, arena, &encoding), -1);
        assert_non_null(strstr(diag_message(), "\"dog\" is not in the vocabulary"));
    }
    tokens_are("the cat", "the cat");
    drop();
}

/* The empty pattern cuts between all characters. */
static void test_characters(void **state)
{
    (void)state;
    use_json("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"\"},\"behavior\":\"Removed\"},",
             "\"type\":\"WordLevel\",\"unk_token\":\"?\",\"vocab\":{\"a\":0,\"\xe6\xbc\xa2\":1,\" \":2,\"?\":3}");
    offsets_are("a \xe6\xbc\xa2\nab", "a[0,1)  [1,2) \xe6\xbc\xa2[2,3) ?[3,4) a[4,5) ?[5,6)");
    drop();
    use_json(
        "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\"},\"behavior\":\"Removed\",\"invert\":true},",
        "\"type\":\"WordLevel\",\"unk_token\":\"?\",\"vocab\":{\"a\":0,\"?\":1}");
    offsets_are("ab", ""); /* what is between the matches, and that is all of it, is the delimiter */
    drop();
}

/* ---- pieces ---- */

static const char words[] = "\"type\":\"WordLevel\",\"unk_token\":\"?\",\"vocab\":{\"?\":0,\"a\":1,\"\xc4\xa0"
                            "a\":2,\"\xc3\xa9\":3,\"\xc3\x83\xc2\xa9\":4,\"\xc4\xa0"
                            "12\":5,\"3\":6,\"\xe6\xbc\xa2\":7,\"123\":8}";

static const struct {
    const char *head, *text, *tokens;
} cuts[] = {
    {"\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},", "a \xc3\xa9 12",
     "a[0,1) ?[1,3) \xc4\xa0"
     "12[3,6)"},
    {"\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Punctuation\",\"behavior\":"
     "\"Contiguous\"},{\"type\":\"ByteLevel\",\"add_prefix_space\":false},{\"type\":\"Digits\",\"individual_"
     "digits\":false},{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[0-9][0-9][0-9]\"},\"behavior\":\"Isolated\","
     "\"invert\":false}]},",
     "a.. \xc3\xa9 12345!", "a[0,1) ?[1,3) ?[3,5) ?[5,6) 123[6,9) ?[9,11) ?[11,12)"},
    {"\"normalizer\":{\"type\":\"ByteLevel\"},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":"
     "\"\xc4\xa0\"},\"behavior\":\"MergedWithNext\",\"invert\":false},",
     "a\xc3\xa9 a",
     "?[0,2) \xc4\xa0"
     "a[2,4)"},
    {"\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"},",
     " a\xe6\xbc\xa2 \xe3\x81\x8b"
     "abc\xd0\xb6.",
     "a[1,2) ?[2,5) ?[5,8) ?[8,9) ?[9,10)"},
    {"\"pre_tokenizer\":{\"type\":\"FixedLength\",\"length\":2},",
     "a\xc3\xa9\xe6\xbc\xa2"
     "12",
     "?[0,2) ?[2,4) ?[4,5)"},
    {"\"pre_tokenizer\":{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"\xc3\xa9\"},",
     "a\xc3\xa9\xe6\xbc\xa2\xc3\xa9\xc3\xa9"
     "3",
     "a[0,1) \xe6\xbc\xa2[2,3) 3[5,6)"},
    {"\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"^\"},\"content\":\"a\"},\"pre_tokenizer\":{"
     "\"type\":\"FixedLength\",\"length\":1},",
     "\xe6\xbc\xa2"
     "3",
     "a[0,0) \xe6\xbc\xa2[0,1) 3[1,2)"},
    {"\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"x*\"},\"content\":\"a\"},\"pre_tokenizer\":{"
     "\"type\":\"FixedLength\",\"length\":1},",
     "\xe6\xbc\xa2x3", "a[0,0) \xe6\xbc\xa2[0,1) a[1,2) 3[2,3) a[2,3)"},
};

/* Falcon's cuts after ByteLevel among them: steps and models see the characters that spell the bytes. */
static void test_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        use_json(cuts[i].head, words);
        offsets_are(cuts[i].text, cuts[i].tokens);
        drop();
    }
    use_json("\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true},",
             "\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-1],[\"\xc3\x83\",-2],[\"\xc2\xa9\",-2]"
             ",[\"\xc4\xa0"
             "a\",-1]]");
    offsets_are("a\xc3\xa9 a", "\xc4\xa0"
                               "a[0,1) \xc3\x83[1,2) \xc2\xa9[1,2) \xc4\xa0"
                               "a[2,4)");
    drop();
    use_json("\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},",
             "\"type\":\"WordPiece\",\"unk_token\":\"?\",\"vocab\":{\"?\":0,\"\xc3\x83\":1,\"##\xc2\xa9\":2,\"a\":3,"
             "\"\xc4\xa0\":4,\"##a\":5}");
    offsets_are("\xc3\xa9 a\xe6\xbc\xa2", "\xc3\x83[0,1) ##\xc2\xa9[0,1) ?[1,4)");
    drop();
    refused("\"pre_tokenizer\":{\"type\":\"FixedLength\",\"length\":0},", words,
            "length: expected a number of 1 or more");
    refused("\"pre_tokenizer\":{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"ab\"},", words,
            "delimiter: expected one character");
}

/* ---- tiktoken ---- */

static void put_rank(struct bytes *out, struct slice token, size_t rank)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < token.len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < token.len ? (unsigned char)token.ptr[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            bytes_byte(out, i + k > token.len ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
    char number[24];
    bytes_append(out, number, (size_t)snprintf(number, sizeof number, " %zu\n", rank));
}

static void write_ranks(const struct bytes *ranks)
{
    FILE *file = fopen(path_of("small.tiktoken"), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(ranks->items, 1, ranks->len, file), ranks->len);
    assert_int_equal(fclose(file), 0);
}

/* Every byte, then every pair of bytes, then triples that start with 0, until there are so many. */
static void use_ranks(size_t count)
{
    struct bytes ranks = {0};
    for (size_t rank = 0; rank < count; rank++) {
        size_t pair = rank - 256, triple = pair - 65536;
        char bytes[3] = {(char)rank, 0, 0};
        size_t len = rank < 256 ? 1 : pair < 65536 ? 2 : 3;
        if (len == 2)
            memcpy(bytes, (char[]){(char)(pair >> 8), (char)pair}, 2);
        if (len == 3)
            memcpy(bytes, (char[]){(char)(triple >> 16), (char)(triple >> 8), (char)triple}, 3);
        put_rank(&ranks, (struct slice){bytes, len}, rank);
    }
    write_ranks(&ranks);
    vec_free(&ranks);
    use("small.tiktoken");
    assert_int_equal(unlink(path_of("small.tiktoken")), 0);
}

static void test_ranks(void **state)
{
    (void)state;
    use_ranks(50256); /* r50k_base: pairs up to one that starts with C3 */
    tokens_are("cab", "c ab");
    tokens_are("ab", "ab");
    tokens_are("abcd's", "ab cd 's");
    tokens_are("12345", "12 34 5");
    offsets_are("\xc3\xa9 x", "\xc3\x83[0,1) \xc2\xa9[0,1) \xc4\xa0x[1,3)");
    struct encoding encoding = encode("<|endoftext|>a", NULL);
    ints_are(encoding.ids, encoding.count, "50256 97");
    assert_true(tokenizer_is_special(tokenizer, 50256));
    drop();
    use_ranks(100256); /* cl100k_base: three digits at most, the rest of a line's white space in one */
    tokens_are("12345", "12 3 45");
    tokens_are("a\n\nb", "a \xc4\x8a\xc4\x8a b");
    tokens_are("I'LL", "I 'L L"); /* 'LL is a word of three bytes */
    encoding = encode("<|endofprompt|><|fim_prefix|>", NULL);
    ints_are(encoding.ids, encoding.count, "100276 100258");
    encoding = encode("a \xe6\xbc\xa2<|endoftext|> ", NULL);
    struct slice text;
    assert_int_equal(tokenizer_decode(tokenizer, encoding.ids, encoding.count, true, arena, &text), 0);
    assert_true(slice_is(text, "a \xe6\xbc\xa2 "));
    drop();
}

/* The rank files of Llama 3 and of Qwen: how many digits are a word, what the reserved tokens are called. */
static void test_reserved_ranks(void **state)
{
    (void)state;
    use_ranks(128000);
    tokens_are("12345", "12 3 45");
    struct encoding encoding = encode("<|begin_of_text|><|eot_id|><|reserved_special_token_4|>", NULL);
    ints_are(encoding.ids, encoding.count, "128000 128009 128008");
    encoding = encode("<|reserved_special_token_3|><|reserved_special_token_5|><|reserved_special_token_250|>", NULL);
    ints_are(encoding.ids, encoding.count, "128005 128010 128255");
    assert_int_equal(tokenizer_size(tokenizer), 128256);
    drop();
    use_ranks(151643);
    tokens_are("12345", "1 2 3 4 5");
    tokens_are("e\u0301", "\u00c3\u00a9"); /* NFC: the two bytes of one character */
    encoding = encode("<|im_end|><|extra_0|><|extra_204|><|extra_205|>", NULL);
    assert_int_equal(encoding.ids[2], 151850);
    ints_are(encoding.ids, 3, "151645 151646 151850");
    assert_in_range(encoding.count, 4, 100);
    assert_int_equal(tokenizer_size(tokenizer), 151851);
    drop();
}

/* A folder is its rank file, where that is the only one and nothing else is there. */
static void test_folder_with_ranks(void **state)
{
    (void)state;
    write_file("a.tiktoken", "IQ== 0\n");
    assert_null(tokenizer_load(folder));
    assert_non_null(strstr(diag_message(), "a.tiktoken: byte 0 has no rank"));
    write_file("b.tiktoken", "IQ== 0\n");
    assert_null(tokenizer_load(folder));
    assert_non_null(strstr(diag_message(), "this folder has 2 .tiktoken files"));
    write_file("vocab.txt", "[UNK]\n");
    use("");
    assert_string_equal(tokenizer_kind(tokenizer), "WordPiece");
    drop();
    assert_int_equal(unlink(path_of("a.tiktoken")) | unlink(path_of("b.tiktoken")), 0);
    assert_null(tokenizer_load(folder));
    assert_non_null(strstr(diag_message(), "or rank file in this folder"));
}

static void ranks_refused(const char *text, const char *message)
{
    write_file("small.tiktoken", text);
    assert_null(tokenizer_load(path_of("small.tiktoken")));
    if (strstr(diag_message(), message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", diag_message(), message);
    assert_int_equal(unlink(path_of("small.tiktoken")), 0);
}

static void test_ranks_refused(void **state)
{
    (void)state;
    ranks_refused("IQ== 0\nIg== 1\n", "byte 0 has no rank");
    ranks_refused("IQ== 0\nIg= 1\n", "line 2");
    ranks_refused("IQ== 0\n1\n", "line 2");
    ranks_refused("IQ== 0\nIg== 99999999999999999999\n", "line 2");
    ranks_refused("IQ== 0\nIQ== 1\n", "line 2: the token \"!\" appears twice");
    ranks_refused("IQ== 0\nIg== 0\n", "line 2: the tokens \"!\" and \"\"\" have the same rank");
}

/* GPT-2's ranks are its vocabulary: the rank file gives the ids of the tokenizer.json. */
static void test_gpt2_ranks(void **state)
{
    (void)state;
    static const char path[] = "../shared/data/tokenizers/vocabs/gpt2/tokenizer.json";
    if (access(path, R_OK) != 0)
        skip();
    struct tokenizer *json = tokenizer_load(path);
    assert_non_null(json);
    uint8_t bytes[0x144] = {0};
    for (unsigned byte = 0; byte < 256; byte++)
        bytes[byte_spelling((unsigned char)byte)] = (uint8_t)byte;
    struct bytes ranks = {0}, token = {0};
    for (int32_t id = 0; id < 50256; id++) {
        struct slice spelled = tokenizer_token(json, id);
        token.len = 0;
        for (size_t at = 0, len; at < spelled.len; at += len)
            bytes_byte(&token, (char)bytes[text_decode(spelled.ptr + at, &len)]);
        put_rank(&ranks, bytes_slice(&token), (size_t)id);
    }
    write_ranks(&ranks);
    use("small.tiktoken");
    assert_int_equal(unlink(path_of("small.tiktoken")), 0);
    struct tokenizer_thread *json_thread = tokenizer_thread_new(json);
    static const char *const texts[] = {
        "The quick brown fox can't jump over 12345 lazy dogs.\n\n  Really?\t\r\n ",
        "Gr\xc3\xb6sse \xe6\xbc\xa2\xe5\xad\x97\xe3\x81\x8b\xe3\x81\xaa \xf0\x9f\x98\x80 na\xc3\xafve <|endoftext|> x",
        "for (i = 0; i < n; i++) { /* ... */ printf(\"%d\\n\", i); }",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct encoding expected, encoding = encode(texts[i], NULL);
        assert_int_equal(tokenizer_encode(json_thread, slice_of(texts[i]), NULL, &options, arena, &expected), 0);
        assert_int_equal(encoding.count, expected.count);
        assert_memory_equal(encoding.ids, expected.ids, expected.count * sizeof *expected.ids);
    }
    tokenizer_thread_free(json_thread);
    tokenizer_free(json);
    vec_free(&ranks);
    vec_free(&token);
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_characters),
        cmocka_unit_test(test_byte_fallback),
        cmocka_unit_test(test_affixes),
        cmocka_unit_test(test_long_word_with_suffix),
        cmocka_unit_test(test_bpe_refused),
        cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_wordlevel),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_reserved_ranks),
        cmocka_unit_test(test_folder_with_ranks),
        cmocka_unit_test(test_ranks_refused),
        cmocka_unit_test(test_gpt2_ranks),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
