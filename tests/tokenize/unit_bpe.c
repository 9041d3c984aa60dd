/* unit_bpe.c - byte pair encoding with small vocabularies, by hand and against its definition. */
#include "small.h"
#include "stages/tokenizer/models/bpe.h"
#include "stages/tokenizer/text/byte_spelling.h"

/* A byte-level vocabulary of every byte, then the results of these merges. */
static void use_byte_level(const char *prefix_space, const char *post_processor, const char *const *merges,
                           size_t count)
{
    struct bytes json = {0}, list = {0};
    struct slice head = arena_print(arena,
                                    "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":%s},"
                                    "\"post_processor\":%s,\"added_tokens\":[{\"id\":%zu,\"content\":\"<mask>\","
                                    "\"lstrip\":true,\"special\":true}],\"model\":{\"type\":\"BPE\",\"vocab\":{",
                                    prefix_space, post_processor, 256 + count);
    bytes_put(&json, head);
    for (unsigned byte = 0; byte < 256; byte++) {
        char spelled[4];
        size_t len = text_encode(byte_spelling((unsigned char)byte), spelled);
        bool quoted = spelled[0] == '"' || spelled[0] == '\\';
        bytes_put(&json, arena_print(arena, "\"%s%.*s\":%u,", quoted ? "\\" : "", (int)len, spelled, byte));
    }
    for (size_t i = 0; i < count; i++) {
        const char *blank = strchr(merges[i], ' ');
        bytes_put(&json,
                  arena_print(arena, "\"%.*s%s\":%zu,", (int)(blank - merges[i]), merges[i], blank + 1, 256 + i));
        bytes_put(&list, arena_print(arena, "%s\"%s\"", i > 0 ? "," : "", merges[i]));
    }
    json.len--;
    bytes_put(&json, SLICE("},\"merges\":["));
    bytes_put(&json, bytes_slice(&list));
    bytes_put(&json, SLICE("]}}"));
    bytes_byte(&json, '\0');
    write_file("tokenizer.json", json.items);
    vec_free(&json);
    vec_free(&list);
    use("tokenizer.json");
}

static void test_merges(void **state)
{
    (void)state;
    static const char *const merges[] = {"b c", "a b", "a a", "aa aa", "\xc4\xa0 a", "ab c"};
    use_byte_level("false", "null", merges, 6);
    tokens_are("abc", "a bc"); /* the lowest rank first, not the longest token */
    tokens_are("aaa", "aa a"); /* the leftmost on a tie */
    tokens_are("aaaaa", "aaaa a");
    offsets_are("a a  a", "a[0,1) \xc4\xa0"
                          "a[1,3) \xc4\xa0[3,4) \xc4\xa0"
                          "a[4,6)");
    offsets_are("\xf0\x9f\x98\x80",
                "\xc3\xb0[0,1) \xc5\x81[0,1) \xc4\xba[0,1) \xc4\xa2[0,1)"); /* parts of one character */
    offsets_are("a <mask>a", "a[0,1)  <mask>[1,8) a[8,9)");
    assert_string_equal(tokenizer_kind(tokenizer), "BPE");
    assert_int_equal(tokenizer_mask_id(tokenizer), 262);
    assert_int_equal(tokenizer_unk_id(tokenizer), -1);
    drop();
}

static void test_prefix_space_and_trimming(void **state)
{
    (void)state;
    static const char *const merges[] = {"\xc4\xa0 a", "\xc4\xa0 \xc4\xa0"};
    use_byte_level("true", "{\"type\":\"ByteLevel\",\"trim_offsets\":true,\"add_prefix_space\":true}", merges, 2);
    offsets_are("a a", "\xc4\xa0"
                       "a[0,1) \xc4\xa0"
                       "a[2,3)");
    offsets_are("  a", "\xc4\xa0[0,0) \xc4\xa0"
                       "a[2,3)");
    offsets_are(" a", "\xc4\xa0"
                      "a[0,2)");           /* the one blank could be the one that was put there */
    tokens_are("\n", "\xc4\xa0 \xc4\x8a"); /* other white space is no blank */
    offsets_are("a <mask>", "\xc4\xa0"
                            "a[0,1)  <mask>[2,8)");
    drop();
}

/* The definition, word for word. */
static size_t slow_bpe(int32_t *ids, size_t count, const int32_t (*merges)[2], size_t merge_count)
{
    for (size_t rank = 0; rank < merge_count;) {
        size_t i = 0;
        while (i + 1 < count && (ids[i] != merges[rank][0] || ids[i + 1] != merges[rank][1]))
            i++;
        if (i + 1 >= count) {
            rank++;
            continue;
        }
        ids[i] = 256 + (int32_t)rank;
        memmove(&ids[i + 1], &ids[i + 2], (count - i - 2) * sizeof *ids);
        count--;
        rank = 0;
    }
    return count;
}

static const char *random_merge(unsigned *seed, const char *const *spelled, size_t known, int32_t pair[2])
{
    for (size_t i = 0; i < 2; i++)
        pair[i] = rand_r(seed) % (int)known;
    return arena_print(arena, "%s %s", spelled[pair[0]], spelled[pair[1]]).ptr;
}

/* Random merges of two letters; words from 1 to 400 letters: the array and the heap both do what the definition
 * says, and twice the same. */
static void test_merges_by_definition(void **state)
{
    (void)state;
    enum { MERGES = 24, WORDS = 400 };
    for (unsigned seed = 1, round = 0; round < 8; round++) {
        const char *spelled[2 + MERGES] = {"a", "b"}, *merges[MERGES];
        int32_t pairs[MERGES][2];
        for (size_t i = 0, known = 2; i < MERGES; known = 2 + i) {
            int32_t pair[2];
            const char *merge = random_merge(&seed, spelled, known, pair);
            struct slice made = arena_print(arena, "%s%s", spelled[pair[0]], spelled[pair[1]]);
            bool again = made.len > 40;
            spelled[2 + i] = made.ptr;
            for (size_t k = 0; k < 2 + i; k++)
                again |= strcmp(spelled[k], spelled[2 + i]) == 0;
            if (again)
                continue;
            merges[i] = merge;
            for (size_t k = 0; k < 2; k++)
                pairs[i][k] = pair[k] < 2 ? 'a' + pair[k] : 256 + pair[k] - 2;
            i++;
        }
        use_byte_level("false", "null", merges, MERGES);
        for (size_t len = 1; len <= WORDS; len++) {
            char word[WORDS + 1];
            int32_t expected[WORDS];
            for (size_t i = 0; i < len; i++)
                expected[i] = word[i] = (char)('a' + (rand_r(&seed) >> 8) % 2);
            word[len] = '\0';
            size_t count = slow_bpe(expected, len, (const int32_t(*)[2])pairs, MERGES);
            for (unsigned again = 0; again < 2; again++) {
                struct encoding encoding = encode(word, NULL);
                assert_int_equal(encoding.count, count);
                assert_memory_equal(encoding.ids, expected, count * sizeof *expected);
            }
        }
        drop();
    }
}

/* A megabyte of one letter is one word. */
static void test_long_word(void **state)
{
    (void)state;
    static const char *const merges[] = {"a a", "aa aa", "aaaa aaaa"};
    use_byte_level("false", "null", merges, 3);
    enum { LONG = 1 << 20 };
    char *word = mem_alloc(LONG);
    memset(word, 'a', LONG);
    struct encoding encoding;
    assert_int_equal(tokenizer_encode(thread, (struct slice){word, LONG}, NULL, &options, arena, &encoding), 0);
    assert_int_equal(encoding.count, LONG / 8);
    assert_int_equal(encoding.ids[LONG / 8 - 1], 258);
    assert_int_equal(encoding.offsets[LONG / 8 - 1].end, LONG);
    mem_free(word);
    drop();
}

static void test_bpe_files(void **state)
{
    (void)state;
    write_file("vocab.json", "{\"a\":0,\"b\":1,\"ab\":2,\"\\u0120\":3,\"\\u0120ab\":4,\"<|endoftext|>\":5}");
    write_file("merges.txt", "#version: 0.2\na b\n\xc4\xa0 ab\n");
    static const char *const names[] = {"vocab.json", "merges.txt", ""};
    for (size_t i = 0; i < 3; i++) {
        use(names[i]);
        offsets_are("ab ab<|endoftext|>b", "ab[0,2) \xc4\xa0"
                                           "ab[2,5) <|endoftext|>[5,18) b[18,19)");
        offsets_are("bca", "b[0,1) a[1,2)"); /* a byte that is not there is left out, and not counted */
        offsets_are("acb", "ab[0,2)");
    }
    write_file("vocab.json", "{\"<s>\":0,\"<pad>\":1,\"</s>\":2,\"<unk>\":3,\"a\":4,\"\\u0120\":5,\"<mask>\":6}");
    write_file("merges.txt", "");
    use("");
    options.no_special = false;
    struct encoding encoding = encode("a <mask>", "a");
    assert_string_equal(shown(&encoding, true), "<s>[0,0) a[0,1)  <mask>[2,8) </s>[0,0) </s>[0,0) a[0,1) </s>[0,0)");
    ints_are(encoding.token_type_ids, encoding.count, "0 0 0 0 0 0 0");
    drop();
}

/* A token that is there twice has the last id, also where it stands behind the one that the merge before made. */
static void test_token_twice(void **state)
{
    (void)state;
    write_file("vocab.json", "{\"ab\":0,\"bc\":1,\"a\":2,\"b\":3,\"c\":4,\"bc\":5}");
    write_file("merges.txt", "a b\nb c\n");
    use("vocab.json");
    struct encoding encoding = encode("bcab", NULL);
    ints_are(encoding.ids, encoding.count, "5 0");
    drop();
}

static void test_ignore_merges_and_unknown(void **state)
{
    (void)state;
    write_file("tokenizer.json", "{\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"model\":{\"type\":\"BPE\","
                                 "\"ignore_merges\":true,\"unk_token\":\"?\",\"fuse_unk\":true,"
                                 "\"vocab\":{\"a\":0,\"b\":1,\"?\":2,\"ab\":3,\"abb\":4},\"merges\":[[\"a\",\"b\"]]}}");
    use("tokenizer.json");
    tokens_are("abb abba", "abb ab b a");
    offsets_are("a\xc3\xa9\xc3\xa9"
                "b",
                "a[0,1) ?[1,3) b[3,4)");
    assert_int_equal(tokenizer_unk_id(tokenizer), 2);
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merges),
        cmocka_unit_test(test_prefix_space_and_trimming),
        cmocka_unit_test(test_merges_by_definition),
        cmocka_unit_test(test_long_word),
        cmocka_unit_test(test_bpe_files),
        cmocka_unit_test(test_token_twice),
        cmocka_unit_test(test_ignore_merges_and_unknown),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
