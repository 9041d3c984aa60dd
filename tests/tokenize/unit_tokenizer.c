/* unit_tokenizer.c - what comes out of small vocabularies, by hand: BERT and the parts of a tokenizer.json. */
#include "small.h"

static void use_bert(const char *tokens)
{
    write_file("vocab.txt", arena_print(arena, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n%s", tokens).ptr);
    use("vocab.txt");
}

static void refused(const char *json, const char *message)
{
    write_file("tokenizer.json", json);
    struct tokenizer *loaded = tokenizer_load(path_of("tokenizer.json"));
    assert_null(loaded);
    if (strstr(diag_message(), message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", diag_message(), message);
    remove_files();
}

/* ---- BERT ---- */

static void test_wordpiece(void **state)
{
    (void)state;
    use_bert("un\n##aff\n##able\naffable\na\n##a\nb\n!\n");
    offsets_are("unaffable", "un[0,2) ##aff[2,5) ##able[5,9)");
    offsets_are(" Affable  UN!!", "affable[1,8) un[10,12) ![12,13) ![13,14)");
    tokens_are("unb", "[UNK]"); /* one piece that is not there: all of the word is unknown */
    tokens_are("", "");
    tokens_are(" \t\n ", "");
    char word[102];
    memset(word, 'a', sizeof word);
    word[100] = '\0';
    assert_int_equal(encode(word, NULL).count, 100);
    word[100] = 'a';
    word[101] = '\0';
    tokens_are(word, "[UNK]"); /* more than 100 characters */
    drop();
}

static void test_word_length_is_in_code_points(void **state)
{
    (void)state;
    use_bert("\xce\xb1\n##\xce\xb1\nX\n"); /* Greek alpha; X: the vocabulary keeps the case */
    char word[2 * 101 + 1] = "";
    for (size_t i = 0; i < 101; i++)
        memcpy(word + 2 * i, "\xce\xb1", 3);
    tokens_are(word, "[UNK]");
    word[2 * 100] = '\0';
    assert_int_equal(encode(word, NULL).count, 100);
    drop();
}

static void test_bert_clean(void **state)
{
    (void)state;
    use_bert("j\n##k\nk\n\xef\xbf\xbf\n");
    offsets_are("j\xc2\x85k", "j[0,1) ##k[2,3)");               /* NEL is a control before it is white space */
    tokens_are("j\vk j\fk", "j ##k j ##k");                     /* as are VT and FF */
    tokens_are("j\xe2\x80\x8bk j\xef\xbb\xbfk", "j ##k j ##k"); /* ZWSP, BOM */
    tokens_are("j\xc2\xadk j\xef\xbf\xbdk", "j ##k j ##k");     /* soft hyphen, U+FFFD */
    tokens_are("j\xc2\xa0k j\xe2\x80\xa8k j\xe3\x80\x80k", "j k j k j k"); /* NBSP, U+2028, U+3000 */
    tokens_are("\xef\xbf\xbf", "\xef\xbf\xbf");                            /* noncharacters stay */
    tokens_are("j\xe0\xa2\x90k", "[UNK]");                                 /* U+0890 is a control of Unicode 14 */
    struct encoding encoding;
    assert_int_equal(tokenizer_encode(thread, SLICE("j\0k"), NULL, &options, arena, &encoding), 0);
    assert_string_equal(shown(&encoding, true), "j[0,1) ##k[2,3)");
    drop();
}

static void test_bert_case_and_accents(void **state)
{
    (void)state;
    use_bert("naive\ni\nstra\xc3\x9f"
             "e\n\xe1\x84\x92\n##\xe1\x85\xa1\n##\xe1\x86\xab\n=\n");
    offsets_are("NA\xc3\x8fVE nai\xcc\x88ve", "naive[0,5) naive[6,12)");
    tokens_are("\xc4\xb0", "i"); /* U+0130: i and a dot, which is a mark */
    tokens_are("STRA\xe1\xba\x9e"
               "E",
               "stra\xc3\x9f"
               "e");
    /* A syllable of Hangul comes apart; its parts are where it was. */
    offsets_are("\xed\x95\x9c", "\xe1\x84\x92[0,1) ##\xe1\x85\xa1[0,1) ##\xe1\x86\xab[0,1)");
    tokens_are("\xe2\x89\xa0", "="); /* NFD of U+2260 is a = with a mark */
    drop();
}

static void test_bert_cased(void **state)
{
    (void)state;
    use_bert("Na\xc3\xafve\nnaive\n");
    tokens_are("Na\xc3\xafve naive NAIVE", "Na\xc3\xafve naive [UNK]");
    write_file("tokenizer_config.json", "{\"do_lower_case\": true, \"strip_accents\": false}\n");
    use("vocab.txt");
    tokens_are("Na\xc3\xafve NAIVE", "[UNK] naive");
    write_file("tokenizer_config.json", "{\"do_lower_case\": 1}");
    assert_null(tokenizer_load(path_of("vocab.txt")));
    assert_non_null(strstr(diag_message(), "do_lower_case: expected true or false"));
    drop();
}

static void test_bert_cjk(void **state)
{
    (void)state;
    use_bert("\xe4\xba\xba\n\xe3\x81\x82\n##\xe3\x81\x82\nx\n##x\n");
    offsets_are("x\xe4\xba\xba\xe4\xba\xbax", "x[0,1) \xe4\xba\xba[1,2) \xe4\xba\xba[2,3) x[3,4)");
    tokens_are("\xe3\x81\x82\xe3\x81\x82x", "\xe3\x81\x82 ##\xe3\x81\x82 ##x"); /* kana are not */
    write_file("tokenizer_config.json", "{\"do_lower_case\":true,\"tokenize_chinese_chars\":false}");
    use("vocab.txt");
    tokens_are("x\xe4\xba\xbax", "[UNK]");
    drop();
}

static void test_bert_punctuation(void **state)
{
    (void)state;
    use_bert("a\n.\n$\n\xc2\xa1\n\xc2\xa9\n##\xc2\xa9\n\xe2\xb9\x83\n##\xe2\xb9\x83\n");
    offsets_are("a.a$", "a[0,1) .[1,2) a[2,3) $[3,4)");
    tokens_are("a\xc2\xa1", "a \xc2\xa1");
    tokens_are("a\xc2\xa9", "a ##\xc2\xa9");         /* a symbol is part of a word */
    tokens_are("a\xe2\xb9\x83", "a ##\xe2\xb9\x83"); /* U+2E43 is punctuation since Unicode 9 */
    drop();
}

static void test_vocab_lines(void **state)
{
    (void)state;
    use_bert("a \t\nb\na\n"); /* white space at the end is not the token's; of a line said twice the last counts */
    assert_int_equal(tokenizer_size(tokenizer), 8);
    struct encoding encoding = encode("a b", NULL);
    ints_are(encoding.ids, encoding.count, "7 6");
    drop();
    write_file("vocab.txt", "[UNK]\r\na\r\n##b");
    use("vocab.txt");
    tokens_are("ab", "a ##b");
    options.no_special = false;
    tokens_are("ab", "a ##b"); /* no [CLS], no [SEP] */
    drop();
    write_file("vocab.txt", "a\nb\n");
    assert_null(tokenizer_load(path_of("vocab.txt")));
    assert_non_null(strstr(diag_message(), "no line is \"[UNK]\""));
    drop();
}

static void test_special_tokens(void **state)
{
    (void)state;
    use_bert("a\nb\n[\n]\nmask\n[unused7]\n[unusedx]\n");
    offsets_are("a[MASK]b [mask]", "a[0,1) [MASK][1,7) b[7,8) [[9,10) mask[10,14) ][14,15)");
    assert_int_equal(tokenizer_mask_id(tokenizer), 4);
    assert_int_equal(tokenizer_unk_id(tokenizer), 1);
    assert_true(tokenizer_is_special(tokenizer, 0));
    assert_false(tokenizer_is_special(tokenizer, 5));
    assert_false(tokenizer_is_special(tokenizer, 10));
    assert_true(tokenizer_is_reserved(tokenizer, 4));
    assert_true(tokenizer_is_reserved(tokenizer, 10));
    assert_false(tokenizer_is_reserved(tokenizer, 11));
    assert_false(tokenizer_is_reserved(tokenizer, 99));
    assert_int_equal(tokenizer_id(tokenizer, SLICE("mask")), 9);
    assert_int_equal(tokenizer_id(tokenizer, SLICE("nothing")), -1);
    assert_string_equal(tokenizer_kind(tokenizer), "WordPiece");
    drop();
}

static void test_template(void **state)
{
    (void)state;
    use_bert("a\nb\n##b\n");
    options.no_special = false;
    struct encoding encoding = encode("ab a", "b");
    assert_string_equal(shown(&encoding, true), "[CLS][0,0) a[0,1) ##b[1,2) a[3,4) [SEP][0,0) b[0,1) [SEP][0,0)");
    ints_are(encoding.word_ids, encoding.count, "-1 0 0 1 -1 0 -1");
    ints_are(encoding.special_tokens_mask, encoding.count, "1 0 0 0 1 0 1");
    ints_are(encoding.attention_mask, encoding.count, "1 1 1 1 1 1 1");
    ints_are(encoding.token_type_ids, encoding.count, "0 0 0 0 0 1 1");
    options.want = ENCODE_IDS;
    encoding = encode("", NULL);
    assert_int_equal(encoding.count, 2);
    assert_null(encoding.tokens);
    assert_null(encoding.offsets);
    assert_null(encoding.token_type_ids);
    drop();
}

static void kept(size_t first, size_t second, enum truncation truncation, size_t max_length, const char *expected)
{
    static const char as[] = "a a a a a a a a a a", bs[] = "b b b b b b b b b b";
    options.truncation = truncation;
    options.max_length = max_length;
    const char *text = arena_print(arena, "%.*s", (int)(2 * first), as).ptr;
    const char *pair = arena_print(arena, "%.*s", (int)(2 * second), bs).ptr;
    struct encoding encoding = encode(text, pair);
    assert_string_equal(shown(&encoding, false), expected);
}

static void test_truncation(void **state)
{
    (void)state;
    use_bert("a\nb\nc\n");
    kept(2, 6, TRUNCATE_LONGEST_FIRST, 6, "a a b b b b"); /* what the shorter one leaves */
    kept(6, 2, TRUNCATE_LONGEST_FIRST, 6, "a a a a b b");
    kept(5, 6, TRUNCATE_LONGEST_FIRST, 5, "a a b b b"); /* half and half, the longer one gets the odd one */
    kept(6, 5, TRUNCATE_LONGEST_FIRST, 5, "a a a b b");
    kept(3, 3, TRUNCATE_LONGEST_FIRST, 5, "a a b b b");
    kept(3, 6, TRUNCATE_ONLY_SECOND, 5, "a a a b b");
    kept(6, 3, TRUNCATE_ONLY_FIRST, 5, "a a b b b");
    kept(2, 2, TRUNCATE_ONLY_FIRST, 4, "a a b b");
    options = (struct tokenizer_options){.want = 127, .max_length = 4};
    tokens_are("a b c", "[CLS] a b [SEP]");
    options.truncate_left = true;
    offsets_are("a b c", "[CLS][0,0) b[2,3) c[4,5) [SEP][0,0)");
    options.max_length = 2;
    tokens_are("a b c", "[CLS] [SEP]");
    struct encoding encoding;
    options.max_length = 1;
    assert_int_equal(tokenizer_encode(thread, SLICE("a"), NULL, &options, arena, &encoding), -1);
    options.max_length = 4;
    options.truncation = TRUNCATE_ONLY_SECOND;
    assert_int_equal(tokenizer_encode(thread, SLICE("a b c"), NULL, &options, arena, &encoding), -1);
    assert_non_null(strstr(diag_message(), "the record has no second text"));
    drop();
}

/* ---- tokenizer.json ---- */

static void test_pretokenizers(void **state)
{
    (void)state;
    static const struct {
        const char *pre_tokenizer, *text, *expected;
    } cases[] = {
        {"{\"type\":\"Whitespace\"}", "ab.. a", "ab[0,2) .[2,3) ##.[3,4) a[5,6)"},
        {"{\"type\":\"WhitespaceSplit\"}", "ab. a", "ab[0,2) ##.[2,3) a[4,5)"},
        {"{\"type\":\"Split\",\"pattern\":{\"String\":\"b\"},\"behavior\":\"Isolated\"}", "abba",
         "a[0,1) b[1,2) b[2,3) a[3,4)"},
        {"{\"type\":\"Split\",\"pattern\":{\"String\":\"b\"},\"behavior\":\"Removed\"}", "abba", "a[0,1) a[3,4)"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"b\"},\"behavior\":\"MergedWithPrevious\"}", "abba",
         "ab[0,2) b[2,3) a[3,4)"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"b\"},\"behavior\":\"MergedWithNext\"}", "abba",
         "a[0,1) b[1,2) b[2,3) ##a[3,4)"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"b\"},\"behavior\":\"Contiguous\"}", "abba",
         "a[0,1) b[1,2) ##b[2,3) a[3,4)"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\w+\"},\"behavior\":\"Removed\",\"invert\":true}", "ab .a",
         "ab[0,2) a[4,5)"},
        {"{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},{\"type\":\"Punctuation\"}]}",
         "a.. b", "a[0,1) .[1,2) .[2,3) b[4,5)"},
        {"{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},{\"type\":\"Digits\",\"individual_"
         "digits\":"
         "true}]}",
         "a11 1", "a[0,1) 1[1,2) 1[2,3) 1[4,5)"},
        {"{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},{\"type\":\"Digits\"}]}", "a11 1",
         "a[0,1) 1[1,2) ##1[2,3) 1[4,5)"},
        {"{\"type\":\"Digits\"}", "a\xf0\x91\xb7\xa5", "a[0,1) [UNK][1,2)"}, /* a digit of Unicode 17 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("tokenizer.json",
                   arena_print(arena,
                               "{\"pre_tokenizer\":%s,\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"[UNK]\":0,\"a\":1,"
                               "\"##a\":2,\"b\":3,\"##b\":4,\".\":5,\"##.\":6,\"1\":7,\"##1\":8,\"ab\":9}}}",
                               cases[i].pre_tokenizer)
                       .ptr);
        use("tokenizer.json");
        offsets_are(cases[i].text, cases[i].expected);
    }
    drop();
}

static void test_added_tokens(void **state)
{
    (void)state;
    write_file("tokenizer.json",
               "{\"normalizer\":{\"type\":\"Lowercase\"},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},"
               "\"added_tokens\":[{\"id\":1,\"content\":\"Ab\",\"normalized\":true},"
               "{\"id\":2,\"content\":\"x\",\"single_word\":true,\"normalized\":false},"
               "{\"id\":3,\"content\":\"<r>\",\"rstrip\":true,\"special\":true},"
               "{\"id\":4,\"content\":\"<l>\",\"lstrip\":true,\"special\":true},"
               "{\"id\":5,\"content\":\"<l>>\",\"special\":true}],"
               "\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"?\":0},\"unk_token\":\"?\"}}");
    use("tokenizer.json");
    struct encoding encoding = encode("AB aB q x xx .x. <r>  <l> <l>> <L>", NULL);
    ints_are(encoding.ids, encoding.count, "1 1 0 2 0 0 2 0 3 4 5 0");
    assert_true(slice_is(encoding.tokens[8], "<r>  "));
    assert_true(slice_is(encoding.tokens[9], "<l>")); /* the blanks were taken already */
    options.want = ENCODE_IDS | ENCODE_OTHER_TOKENS;
    assert_true(slice_is(encode("x <r> ", NULL).tokens[1], "<r> "));
    assert_null(encode("x <r>", NULL).tokens);
    options.max_length = 1; /* what is not kept has no say */
    assert_null(encode("x <r> ", NULL).tokens);
    assert_true(tokenizer_is_reserved(tokenizer, 2));
    assert_false(tokenizer_is_special(tokenizer, 2));
    assert_true(tokenizer_is_special(tokenizer, 5));
    assert_int_equal(tokenizer_size(tokenizer), 6);
    drop();
}

/* A mark that was reordered has the place that the count gives it. */
static void test_normal_forms(void **state)
{
    (void)state;
    static const char vocab[] =
        "\"model\":{\"vocab\":{\"[UNK]\":0,\"\xc3\xa9\":1,\"e\":2,\"##\xcc\x81\":3,\"##\xcc\xa7\":4,"
        "\"fi\":5},\"type\":\"WordPiece\"}}";
    static const struct {
        const char *form, *text, *expected;
    } cases[] = {
        {"NFC", "e\xcc\x81", "\xc3\xa9[0,1)"},
        {"NFC", "\xc3\xa9", "\xc3\xa9[0,1)"},
        {"NFD", "\xc3\xa9", "e[0,1) ##\xcc\x81[0,1)"},
        {"NFD", "e\xcc\x81\xcc\xa7", "e[0,1) ##\xcc\xa7[1,2) ##\xcc\x81[2,3)"},
        {"NFD", "\xc3\xa9\xcc\xa7", "e[0,1) ##\xcc\xa7[1,2) ##\xcc\x81[1,2)"},
        {"NFKC", "\xef\xac\x81", "fi[0,1)"},
        {"NFKD", "\xef\xac\x81", "fi[0,1)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("tokenizer.json",
                   arena_print(arena, "{\"normalizer\":{\"type\":\"%s\"},%s", cases[i].form, vocab).ptr);
        use("tokenizer.json");
        offsets_are(cases[i].text, cases[i].expected);
    }
    drop();
}

static void test_refusals(void **state)
{
    (void)state;
    refused("{\"model\":{\"type\":\"Other\"}}", "model: \"Other\" is not supported");
    refused("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}", "\"[UNK]\" is not in the vocabulary");
    refused("{\"normalizer\":{\"type\":\"Other\"},\"model\":{}}", "normalizer: \"Other\" is not supported");
    refused("{\"pre_tokenizer\":{\"type\":\"Other\"},\"model\":{}}", "pre_tokenizer: \"Other\" is not supported");
    refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a\"]}}", "merge 1: \"aa\" is not in");
    refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"aa\"]}}", "merge 1: expected two tokens");
    refused("{\"model\":{\"type\":\"BPE\",\"dropout\":0.1}}", "dropout in the file is not supported");
    refused("{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\X\"},\"behavior\":\"Isolated\"},"
            "\"model\":{}}",
            "the expression \"\\X\" uses \\X, which is not supported");
    refused(
        "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"},\"model\":{}}",
        "is not valid at byte");
    refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"added_tokens\":[{\"id\":7,\"content\":"
            "\"b\"}]}",
            "\"b\" has id 7, expected 1");
    refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"post_processor\":{\"type\":\"Other\"}}",
            "post_processor: \"Other\" is not supported");
    refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}", "vocab: \"a\": expected an id");
    refused("{\"model\":", "tokenizer.json: ");
    refused("{\"a\":0}", "whose merges are missing: expected merges.txt in the same folder");
    assert_null(tokenizer_load(folder));
    assert_non_null(strstr(diag_message(), "in this folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wordpiece),        cmocka_unit_test(test_word_length_is_in_code_points),
        cmocka_unit_test(test_bert_clean),       cmocka_unit_test(test_bert_case_and_accents),
        cmocka_unit_test(test_bert_cased),       cmocka_unit_test(test_bert_cjk),
        cmocka_unit_test(test_bert_punctuation), cmocka_unit_test(test_vocab_lines),
        cmocka_unit_test(test_special_tokens),   cmocka_unit_test(test_template),
        cmocka_unit_test(test_truncation),       cmocka_unit_test(test_pretokenizers),
        cmocka_unit_test(test_added_tokens),     cmocka_unit_test(test_normal_forms),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
