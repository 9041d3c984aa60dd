/* unit_words.c - the ways around the steps of a tokenizer end where the steps end: BERT's words, found in the text as
 * it was written, and the parts of words that no merge joins. */
#include "small.h"

#include "stages/tokenizer/parts.h"
#include "stages/tokenizer/short_words.h"
#include "stages/tokenizer/text/byte_spelling.h"

static uint64_t state_of_random = 1;

static uint32_t below(uint32_t limit)
{
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_random >> 33) % limit);
}

/* Characters of every kind that the two know, more often those that meet in texts. */
static uint32_t any_character(void)
{
    static const uint32_t odd[] = {0x0,    0x7f,   0x85,   0xa0,    0xad,    0x130,  0x300,  0x301,  0x327,
                                   0x345,  0x37e,  0x387,  0x5b0,   0x890,   0x1734, 0x1fef, 0x200b, 0x2028,
                                   0x2126, 0x3000, 0x302a, 0x2329,  0x232a,  0x3008, 0x3099, 0xac00, 0xd55c,
                                   0xf900, 0xfa10, 0xfffd, 0x10d69, 0x1e5ee, 0x2f800};
    static const uint32_t marks[] = {0x2d, 0x27, 0x2e, 0x40, 0x60, 0x5b, 0x7b, 0x20, 0x20, 0xa, 0x2019, 0x3002, 0xff0c};
    switch (below(8)) {
    case 0:
        return odd[below(sizeof odd / sizeof *odd)];
    case 1:
    case 2:
        return marks[below(sizeof marks / sizeof *marks)];
    case 3:
        return 0x4e00 + below(200);
    case 4:
        return below(0x250);
    default:
        return (below(4) == 0 ? 'A' : 'a') + below(8);
    }
}

/* Of all characters, or nearly only of those that make long words, or long runs. */
static void fill(struct bytes *text, size_t characters)
{
    uint32_t kind = below(4);
    text->len = 0;
    for (size_t i = 0; i < characters; i++) {
        char bytes[4];
        uint32_t point = any_character();
        if (kind == 1 && below(100) > 0)
            point = below(20) == 0 ? 0xdf : 'a' + below(8);
        else if (kind == 2 && below(50) > 0)
            point = below(10) == 0 ? 0x3002 : 0x4e00 + below(3);
        bytes_append(text, bytes, text_encode(point, bytes));
    }
}

static void same(const struct encoding *a, const struct encoding *b, struct slice text)
{
    if (a->count != b->count)
        fail_msg("%zu tokens, %zu by the steps: \"%.*s\"", a->count, b->count, (int)text.len, text.ptr);
    for (size_t i = 0; i < a->count; i++)
        if (a->ids[i] != b->ids[i] || a->offsets[i].start != b->offsets[i].start ||
            a->offsets[i].end != b->offsets[i].end || a->word_ids[i] != b->word_ids[i])
            fail_msg("token %zu differs: \"%.*s\"", i, (int)text.len, text.ptr);
}

/* The tokenizer in use against itself with `shortcut` taken away. Both keep their caches. */
static void compare(void **shortcut)
{
    void *kept = *shortcut;
    struct tokenizer_thread *plain = tokenizer_thread_new(tokenizer);
    struct bytes text = {0};
    assert_non_null(kept);
    for (size_t i = 0; i < 20000; i++) {
        fill(&text, 1 + below(i % 10 == 0 ? 300 : 12));
        struct slice slice = bytes_slice(&text);
        struct encoding fast, slow;
        if (below(2) == 0) { /* what is remembered without offsets serves those who want them */
            options.want = ENCODE_IDS;
            assert_int_equal(tokenizer_encode(thread, slice, NULL, &options, arena, &fast), 0);
        }
        options.want = ENCODE_IDS | ENCODE_OFFSETS | ENCODE_WORD_IDS;
        assert_int_equal(tokenizer_encode(thread, slice, NULL, &options, arena, &fast), 0);
        *shortcut = NULL;
        assert_int_equal(tokenizer_encode(plain, slice, NULL, &options, arena, &slow), 0);
        *shortcut = kept;
        same(&fast, &slow, slice);
    }
    vec_free(&text);
    tokenizer_thread_free(plain);
}

static void test_bert(void **state)
{
    (void)state;
    static const char vocabulary[] =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\nf\ng\nh\n##a\n##b\n##c\n##d\n"
        "##e\n##f\n##g\n##h\nab\n##cd\nbad\n-\n.\n'\n\xe4\xb8\x80\n\xe4\xb8\x81\n"
        "\xe3\x80\x82\n\xef\xbc\x8c\n;\n\xc3\x9f\n##\xc3\x9f\n`\n\xe1\xbf\xaf\n\xe2\x8c\xa9\n"
        "\xe3\x80\x88\n\xe8\xb1\x88\n@\n[\n{\n";
    static const char *const configurations[] = {"{}", "{\"do_lower_case\": false}", "{\"strip_accents\": false}"};
    for (size_t i = 0; i < 3; i++) {
        write_file("vocab.txt", vocabulary);
        write_file("tokenizer_config.json", configurations[i]);
        use("vocab.txt");
        for (unsigned level = 0; level < BYTE_MASKS_LEVELS; level++) {
            byte_masks_finder *find = byte_masks_at((enum byte_masks_level)level);
            if (find == NULL)
                continue;
            tokenizer->bert_words->find = find;
            compare((void **)&tokenizer->bert_words);
        }
        drop();
    }
}

/* A vocabulary of all bytes, with merges inside of characters, across them, and between whole ones; and of some tokens
 * that no merges make, some of them long. */
static void use_bytes(bool ignore_merges)
{
    static const char *const pairs[][2] = {{"a", "b"},
                                           {"\xc3\xa4", "\xc2\xb8"},
                                           {"\xc4\xa2", "\xc3\xa4"},
                                           {"c", "d"},
                                           {"ab", "cd"},
                                           {"\xc3\xa4\xc2\xb8", "\xc4\xa2"},
                                           {"\xc3\xa4\xc2\xb8\xc4\xa2", "\xc3\xa4\xc2\xb8\xc4\xa2"},
                                           {"d", "\xc3\xa4"},
                                           {"\xc4\xa0", "a"}};
    static const char *const whole[] = {"abc",
                                        "bcd",
                                        "cab",
                                        "\xc4\xa0"
                                        "abcd",
                                        "abababababababab",
                                        "\xc4\xa0"
                                        "cdcdcdcdcdcdcdcd"};
    struct bytes json = {0}, merges = {0};
    bytes_put(&json, arena_print(arena,
                                 "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},\"model\":{"
                                 "\"type\":\"BPE\",\"ignore_merges\":%s,\"vocab\":{",
                                 ignore_merges ? "true" : "false"));
    int id = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        char bytes[4];
        size_t len = text_encode(byte_spelling((unsigned char)byte), bytes);
        bool escaped = byte == '"' || byte == '\\';
        bytes_put(&json, arena_print(arena, "\"%s%.*s\":%d,", escaped ? "\\" : "", (int)len, bytes, id++));
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        bytes_put(&json, arena_print(arena, "\"%s\":%d,", whole[i], id++));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        bytes_put(&json, arena_print(arena, "%s\"%s%s\":%d", i > 0 ? "," : "", pairs[i][0], pairs[i][1], id++));
        bytes_put(&merges, arena_print(arena, "%s\"%s %s\"", i > 0 ? "," : "", pairs[i][0], pairs[i][1]));
    }
    bytes_put(&json, arena_print(arena, "},\"merges\":[%.*s]}}", (int)merges.len, merges.items));
    write_file("tokenizer.json", arena_print(arena, "%.*s", (int)json.len, json.items).ptr);
    vec_free(&json);
    vec_free(&merges);
    use("tokenizer.json");
}

static void test_parts(void **state)
{
    (void)state;
    use_bytes(false);
    compare((void **)&tokenizer->bpe.cuts);
    drop();
    use_bytes(true);
    compare((void **)&tokenizer->bpe.cuts);
    drop();
}

/* A word that is a token as a whole, and a part of a word with the same bytes that is not. */
static void test_whole_words(void **state)
{
    (void)state;
    use_bytes(true);
    for (size_t i = 0; i < 3; i++) {
        tokens_are("abc", "abc");
        tokens_are("abcx", "ab c x");
        tokens_are("abababababababab", "abababababababab");
        tokens_are("abababababababac", "ab ab ab ab ab ab ab a c");
        tokens_are("\u4e00 cdcdcdcdcdcdcdcd", "\u00e4\u00b8\u0122 \u0120cdcdcdcdcdcdcdcd");
    }
    compare((void **)&tokenizer->bpe.long_tokens);
    drop();
}

/* Keys as the machine makes them are what they are elsewhere. */
static void test_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        char bytes[16];
        for (size_t at = 0; at < sizeof bytes; at++)
            bytes[at] = (char)below(i % 2 == 0 ? 256 : 128);
        size_t len = 1 + below(SHORT_WORD_BYTES), readable = len + below((uint32_t)(sizeof bytes - len + 1));
        bool lower = below(2) == 0;
        struct short_key key = short_key_of(bytes, len, readable, lower);
        struct short_key wanted = short_key_portable(bytes, len, lower);
        assert_true(key.low == wanted.low && key.high == wanted.high && key.high >> 56 == len);
        char first = (char)key.low; /* of a little-endian machine, as those with vectors are */
        bool letter = *bytes >= 'A' && *bytes <= 'Z';
        assert_true(__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || first == (lower && letter ? *bytes + 32 : *bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys), cmocka_unit_test(test_bert),
                                       cmocka_unit_test(test_parts), cmocka_unit_test(test_whole_words)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
