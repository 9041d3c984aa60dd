/* unit_unigram.c - SentencePiece models and Unigram models of a tokenizer.json, with a few pieces each. */
#include "small.h"

#include "stages/tokenizer/decoder.h"
#include "stages/tokenizer/models/unigram_trie.h"
#include "stages/tokenizer/text/charsmap.h"

enum { NORMAL = 1, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE };

struct piece {
    const char *text;
    float score;
    int type;
};

#define BLANK "\xe2\x96\x81"

/* ---- a .model file ---- */

static void put_message(struct bytes *out, unsigned field, const struct bytes *message)
{
    assert_true(message->len < 128 * 128);
    bytes_byte(out, (char)(field << 3 | 2));
    bytes_byte(out, (char)((message->len & 127) | 128));
    bytes_byte(out, (char)(message->len >> 7));
    bytes_put(out, bytes_slice(message));
}

static void put_number(struct bytes *out, unsigned field, unsigned number)
{
    if (field >= 16) {
        bytes_byte(out, (char)((field << 3 & 127) | 128));
        bytes_byte(out, (char)(field >> 4));
    } else {
        bytes_byte(out, (char)(field << 3));
    }
    bytes_byte(out, (char)number);
}

static void put_piece(struct bytes *out, const struct piece *piece)
{
    struct bytes message = {0}, text = {0};
    bytes_put(&text, slice_of(piece->text));
    put_message(&message, 1, &text);
    bytes_byte(&message, 2 << 3 | 5);
    uint32_t bits;
    memcpy(&bits, &piece->score, sizeof bits);
    for (unsigned shift = 0; shift < 32; shift += 8)
        bytes_byte(&message, (char)(bits >> shift & 255));
    put_number(&message, 3, (unsigned)piece->type);
    put_message(out, 1, &message);
    vec_free(&message);
    vec_free(&text);
}

struct settings {
    unsigned model; /* 1 Unigram, 2 BPE, 3 word, 4 character */
    bool suffix, byte_fallback, no_prefix, keeps_spaces;
    struct slice charsmap, denormalizer; /* denormalizer: its table */
};

static void write_bytes(const char *name, const struct bytes *bytes)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->items, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

static struct bytes model_bytes(struct settings settings, const struct piece *pieces, size_t count)
{
    struct bytes file = {0}, trainer = {0}, normalizer = {0}, charsmap = {0};
    for (size_t i = 0; i < count; i++)
        put_piece(&file, &pieces[i]);
    put_number(&trainer, 3, settings.model);
    put_number(&trainer, 24, settings.suffix);
    put_number(&trainer, 35, settings.byte_fallback);
    put_message(&file, 2, &trainer);
    bytes_put(&charsmap, settings.charsmap);
    put_message(&normalizer, 2, &charsmap);
    put_number(&normalizer, 3, !settings.no_prefix);
    put_number(&normalizer, 4, !settings.keeps_spaces);
    put_message(&file, 3, &normalizer);
    normalizer.len = charsmap.len = 0;
    bytes_put(&charsmap, settings.denormalizer);
    put_message(&normalizer, 2, &charsmap);
    put_number(&normalizer, 3, 0);
    if (settings.denormalizer.len > 0)
        put_message(&file, 5, &normalizer);
    vec_free(&trainer);
    vec_free(&normalizer);
    vec_free(&charsmap);
    return file;
}

static void use_model(struct settings settings, const struct piece *pieces, size_t count)
{
    struct bytes file = model_bytes(settings, pieces, count);
    write_bytes("spiece.model", &file);
    vec_free(&file);
    use(""); /* the folder */
    options.no_special = false;
}

static void drop_model(void)
{
    (void)unlink(path_of("spiece.model"));
    drop();
}

static const struct piece few[] = {
    {"<unk>", 0, UNKNOWN},      {"<s>", 0, CONTROL},  {BLANK, -3, NORMAL},
    {"a", -2, NORMAL},          {"b", -2.5f, NORMAL}, {"ab", -4.6f, NORMAL},
    {BLANK "a", -4.5f, NORMAL}, {"bb", -1, UNUSED},   {"<x>", 0, USER_DEFINED},
};
enum { FEW = sizeof few / sizeof *few };

static void test_sentences(void **state)
{
    (void)state;
    use_model((struct settings){.model = 1}, few, FEW);
    offsets_are("ab", BLANK "a[0,1) b[1,2)");               /* -7.0; _ + ab is -7.6, _ + a + b is -7.5 */
    offsets_are("bab", BLANK "[0,0) b[0,1) a[1,2) b[2,3)"); /* -4.5; ab is -4.6 */
    offsets_are("  a \t a  ", BLANK "a[2,3) " BLANK "[3,4) \t[4,5) " BLANK "a[5,7)");
    offsets_are("", "");
    offsets_are("   ", "");
    offsets_are("bb", BLANK "[0,0) b[0,1) b[1,2)"); /* an unused piece is none */
    offsets_are("a \xc3\xa9 a", BLANK "a[0,1) " BLANK "[1,2) \xc3\xa9[2,3) " BLANK "a[3,5)");
    offsets_are("<s>", BLANK "[0,0) <s>[0,3)"); /* the name of a control piece is text, unknown here */
    offsets_are("\xc3\xa9\xe4\xb8\xad"
                "a",
                BLANK "[0,0) \xc3\xa9\xe4\xb8\xad[0,2) a[2,3)");
    offsets_are("a<x>b", BLANK "a[0,1) <x>[1,4) b[4,5)");
    assert_string_equal(tokenizer_kind(tokenizer), "Unigram");
    assert_int_equal(tokenizer_unk_id(tokenizer), 0);
    assert_int_equal(tokenizer_size(tokenizer), FEW);
    assert_true(tokenizer_is_special(tokenizer, 1) && tokenizer_is_special(tokenizer, 0));
    struct encoding encoding = encode("ab a", NULL);
    ints_are(encoding.ids, encoding.count, "6 4 6");
    ints_are(encoding.word_ids, encoding.count, "0 0 1");
    drop_model();
}

/* User-defined pieces in brackets are special, and no words; other user-defined ones are ordinary. */
static void test_marks(void **state)
{
    (void)state;
    static const struct piece marked[] = {
        {"<unk>", 0, UNKNOWN},    {BLANK, -3, NORMAL},      {"a", -2, NORMAL},         {"<eop>", 0, USER_DEFINED},
        {"[x]", 0, USER_DEFINED}, {"=>", 0, USER_DEFINED},  {"<>", 0, USER_DEFINED},   {"<y]", 0, USER_DEFINED},
        {"<n>", -9, NORMAL},      {"(z)", 0, USER_DEFINED}, {"<b>c", 0, USER_DEFINED},
    };
    use_model((struct settings){.model = 1}, marked, sizeof marked / sizeof *marked);
    for (int32_t id = 1; id < tokenizer_size(tokenizer); id++)
        assert_int_equal(tokenizer_is_special(tokenizer, id), id == 3 || id == 4);
    struct encoding encoding = encode("a<eop>a=>[x]", NULL);
    ints_are(encoding.ids, encoding.count, "1 2 3 2 5 4");
    ints_are(encoding.special_tokens_mask, encoding.count, "0 0 1 0 0 1");
    assert_int_equal(encoding.word_ids[2], -1);
    assert_int_equal(encoding.word_ids[5], -1);
    assert_true(encoding.word_ids[3] >= 0 && encoding.word_ids[4] >= 0);
    drop_model();
}

static void test_settings(void **state)
{
    (void)state;
    use_model((struct settings){.model = 1, .no_prefix = true, .keeps_spaces = true}, few, FEW);
    offsets_are(" a  ", BLANK "a[0,2) " BLANK "[2,3) " BLANK "[3,4)");
    offsets_are("a", "a[0,1)");
    drop_model();
    use_model((struct settings){.model = 1, .suffix = true}, few, FEW);
    offsets_are("b a", "b[0,1) " BLANK "a[1,3) " BLANK "[3,3)");
    drop_model();
    use_model((struct settings){.model = 4}, few, FEW);
    offsets_are("ab<x>\xc3\xa9", BLANK "[0,0) a[0,1) b[1,2) <x>[2,5) \xc3\xa9[5,6)");
    assert_string_equal(tokenizer_kind(tokenizer), "Character");
    drop_model();
    use_model((struct settings){.model = 3}, few, FEW);
    offsets_are("a ab", BLANK "a[0,1) " BLANK "ab[1,4)"); /* the second one is unknown */
    drop_model();
}

static void test_bpe(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN}, {"a", -9, NORMAL},  {"b", -9, NORMAL},       {BLANK, -9, NORMAL},    {"ab", -2, NORMAL},
        {"ba", -1, NORMAL},    {"aa", -2, NORMAL}, {BLANK "a", -3, UNUSED}, {"c", 0, USER_DEFINED}, {"bc", 0, NORMAL},
    };
    use_model((struct settings){.model = 2}, pieces, sizeof pieces / sizeof *pieces);
    offsets_are("bab", BLANK "[0,0) ba[0,2) b[2,3)");
    offsets_are("baaab", BLANK "[0,0) ba[0,2) aa[2,4) b[4,5)"); /* equal scores: the leftmost */
    offsets_are("a", BLANK "[0,0) a[0,1)");                     /* merged, but not used: cut up again */
    offsets_are("bc", BLANK "[0,0) b[0,1) c[1,2)");             /* nothing merges with a user-defined symbol */
    offsets_are("xya", BLANK "[0,0) xy[0,2) a[2,3)");
    assert_string_equal(tokenizer_kind(tokenizer), "BPE");
    drop_model();
}

static void test_byte_fallback(void **state)
{
    (void)state;
    static const char digits[] = "0123456789ABCDEF";
    static char names[256][7];
    struct piece pieces[258] = {{"<unk>", 0, UNKNOWN}, {BLANK, -1, NORMAL}};
    for (unsigned byte = 0; byte < 256; byte++) {
        memcpy(names[byte], "<0x00>", 7);
        names[byte][3] = digits[byte >> 4];
        names[byte][4] = digits[byte & 15];
        pieces[2 + byte] = (struct piece){names[byte], 0, BYTE};
    }
    use_model((struct settings){.model = 1, .byte_fallback = true}, pieces, 258);
    offsets_are("\xc3\xa9z", BLANK "[0,0) <0xC3>[0,0) <0xA9>[0,1) <0x7A>[1,2)");
    drop_model();
    struct bytes file = model_bytes((struct settings){.model = 1, .byte_fallback = true}, pieces, 200);
    write_bytes("spiece.model", &file);
    vec_free(&file);
    assert_null(tokenizer_load(path_of("spiece.model")));
    assert_non_null(strstr(diag_message(), "byte_fallback, but no piece for byte 198"));
    drop_model();
}

/* Darts' array for the keys "x" -> "yz", "xx" -> "", and "b" with an acute accent -> "yz". */
static struct slice small_charsmap(void)
{
    static uint32_t units[512];
    struct bytes blob = {0};
    units[0] = 256u << 10;                                     /* children of the root are at 256 ^ byte */
    units[256 ^ 'x'] = 'x' | 1u << 8 | (256u ^ 'x' ^ 8) << 10; /* of "x": at 8 ^ byte; a leaf */
    units[8] = 1u << 31 | 0;                                   /* its replacement is at 0 */
    units[8 ^ 'x'] = 'x' | 1u << 8 | (8u ^ 'x' ^ 9) << 10;
    units[9] = 1u << 31 | 3;
    units[256 ^ 'b'] = 'b' | (256u ^ 'b' ^ 64) << 10;
    units[64 ^ 0xcc] = 0xcc | (64u ^ 0xcc ^ 32) << 10;
    units[32 ^ 0x81] = 0x81 | 1u << 8 | (32u ^ 0x81 ^ 16) << 10;
    units[16] = 1u << 31 | 0;
    uint32_t size = sizeof units;
    for (unsigned shift = 0; shift < 32; shift += 8)
        bytes_byte(&blob, (char)(size >> shift & 255));
    for (size_t i = 0; i < 512; i++)
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes_byte(&blob, (char)(units[i] >> shift & 255));
    bytes_append(&blob, "yz\0\0", 4);
    struct slice copy = arena_copy(arena, bytes_slice(&blob));
    vec_free(&blob);
    return copy;
}

static void test_charsmap(void **state)
{
    (void)state;
    struct charsmap map;
    struct slice becomes, blob = small_charsmap();
    size_t len;
    assert_int_equal(charsmap_read(&map, blob), 0);
    assert_true(charsmap_longest(&map, SLICE("xxx"), &becomes, &len));
    assert_int_equal(len, 2);
    assert_int_equal(becomes.len, 0);
    assert_true(charsmap_shortest(&map, SLICE("xxx"), &becomes, &len));
    assert_int_equal(len, 1);
    assert_true(slice_is(becomes, "yz"));
    assert_false(charsmap_longest(&map, SLICE("y"), &becomes, &len));
    assert_true(charsmap_untouched(&map, 'y') && !charsmap_untouched(&map, 'x'));
    assert_true(map.plain['y'] && !map.plain['x']);
    charsmap_free(&map);
    for (size_t cut = 1; cut < 2000; cut += 7) { /* whatever is left of it, nothing outside is read */
        if (charsmap_read(&map, (struct slice){arena_copy(arena, (struct slice){blob.ptr, blob.len - cut}).ptr,
                                               blob.len - cut}) == 0)
            (void)charsmap_longest(&map, SLICE("xx"), &becomes, &len);
        charsmap_free(&map);
    }
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN}, {BLANK, -1, NORMAL}, {"yz", -1, NORMAL}, {"q", -1, NORMAL}, {"<x>", 0, USER_DEFINED}};
    use_model((struct settings){.model = 1, .charsmap = blob}, pieces, 5);
    offsets_are("q<x>q", BLANK "[0,0) q[0,1) <x>[1,4) q[4,5)"); /* the table has no say in a symbol */
    offsets_are("qxxq xq", BLANK "[0,0) q[0,3) q[3,4) " BLANK "[4,5) yz[5,6) q[6,7)");
    drop_model();
}

/* What a decoder makes of ids is rewritten, as SentencePiece does. */
static void test_denormalizer(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN}, {BLANK, -1, NORMAL}, {"x", -1, NORMAL}, {"q", -1, NORMAL}};
    static const int32_t ids[] = {1, 3, 2, 1, 1, 3, 2, 2};
    struct slice text;
    use_model((struct settings){.model = 1, .denormalizer = small_charsmap()}, pieces, 4);
    assert_int_equal(tokenizer_decode(tokenizer, ids, sizeof ids / sizeof *ids, false, arena, &text), 0);
    assert_string_equal(arena_print(arena, "%.*s", (int)text.len, text.ptr).ptr,
                        "qyz" BLANK "q"); /* escaped, unless it says not */
    drop_model();
    struct bytes file =
        model_bytes((struct settings){.model = 1, .denormalizer = SLICE("\xff\xff\xff\x7f")}, pieces, 4);
    write_bytes("spiece.model", &file);
    vec_free(&file);
    assert_null(tokenizer_load(path_of("spiece.model")));
    drop_model();
}

static void test_damaged(void **state)
{
    (void)state;
    struct bytes whole = model_bytes((struct settings){.model = 1}, few, FEW);
    for (size_t len = 1; len < whole.len; len++) {
        struct bytes part = {0};
        bytes_append(&part, whole.items, len);
        write_bytes("spiece.model", &part);
        struct tokenizer *loaded = tokenizer_load(path_of("spiece.model"));
        tokenizer_free(loaded); /* the end of a message may be missing, or all of one */
        vec_free(&part);
    }
    bytes_byte(&whole, 2 << 3 | 2);
    bytes_byte(&whole, 100);
    write_bytes("spiece.model", &whole);
    assert_null(tokenizer_load(path_of("spiece.model")));
    assert_non_null(strstr(diag_message(), "truncated or damaged"));
    vec_free(&whole);
    struct bytes file = model_bytes((struct settings){.model = 5}, few, FEW);
    write_bytes("spiece.model", &file);
    assert_null(tokenizer_load(path_of("spiece.model")));
    assert_non_null(strstr(diag_message(), "model_type 5 is not supported"));
    vec_free(&file);
    file = model_bytes((struct settings){.model = 1}, few + 1, FEW - 1);
    write_bytes("spiece.model", &file);
    assert_null(tokenizer_load(path_of("spiece.model")));
    assert_non_null(strstr(diag_message(), "the model has no unknown piece"));
    vec_free(&file);
    drop_model();
}

/* ---- words that are remembered ---- */

/* Many words with near ties in a long sentence: as when each sentence is the first one that a thread sees. */
static void test_memory_changes_nothing(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN},       {BLANK, -1.0000001f, NORMAL}, {"a", -2.1f, NORMAL},       {"b", -2.7f, NORMAL},
        {"ab", -4.8000002f, NORMAL}, {"ba", -4.7999997f, NORMAL},  {BLANK "a", -3.1f, NORMAL},
    };
    use_model((struct settings){.model = 1}, pieces, sizeof pieces / sizeof *pieces);
    struct bytes text = {0};
    uint32_t random = 1;
    for (size_t i = 0; i < 3000; i++) {
        random = random * 1664525 + 1013904223;
        unsigned kind = random >> 28;
        bytes_byte(&text, kind < 6 ? 'a' : kind < 12 ? 'b' : ' ');
    }
    bytes_byte(&text, '\0');
    struct encoding first = encode(text.items, NULL), again = encode(text.items, NULL);
    assert_int_equal(first.count, again.count);
    assert_memory_equal(first.ids, again.ids, first.count * sizeof *first.ids);
    tokenizer_thread_free(thread);
    thread = tokenizer_thread_new(tokenizer);
    (void)encode("ab ba aab bba abab", NULL);
    struct encoding later = encode(text.items, NULL);
    assert_int_equal(first.count, later.count);
    assert_memory_equal(first.ids, later.ids, first.count * sizeof *first.ids);
    vec_free(&text);
    drop_model();
}

/* Texts of random words: one short, one so long that rounding decides nearly everything at its end, the short one
 * again; hashed. */
static void encode_twice(const struct settings settings, const struct piece *pieces, size_t count, int32_t *ids,
                         size_t *id_count)
{
    enum { LONG = 150000, SHORT = 3000 };
    uint32_t random = 1;
    char *text = mem_alloc(LONG + 1);
    for (size_t i = 0; i < LONG; i++) {
        random = random * 1664525 + 1013904223;
        text[i] = "aaabbbabab  .<x>c"[(random >> 16) % 17];
    }
    use_model(settings, pieces, count);
    options.want = ENCODE_IDS;
    *id_count = 0;
    for (size_t pass = 0; pass < 3; pass++) {
        text[LONG] = '\0';
        struct slice some = {text, pass == 1 ? LONG : SHORT};
        struct encoding encoding;
        assert_int_equal(tokenizer_encode(thread, some, NULL, &options, arena, &encoding), 0);
        memcpy(ids + *id_count, encoding.ids, encoding.count * sizeof *ids);
        *id_count += encoding.count;
    }
    mem_free(text);
    drop_model();
}

/* What is remembered of words against the search through the whole text, which a piece with a blank inside asks for. */
static void test_words_are_the_text(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN},       {BLANK, -1, NORMAL},      {"a", -2.1f, NORMAL},   {"b", -2.7f, NORMAL},
        {"ab", -4.77f, NORMAL},      {"ba", -4.79f, NORMAL},   {"bb", -5.4f, NORMAL},  {BLANK "a", -3.07f, NORMAL},
        {"aab", -6.91f, NORMAL},     {"<x>", 0, USER_DEFINED}, {".", 0, USER_DEFINED}, {BLANK BLANK, -1.2f, NORMAL},
        {"q" BLANK "q", -1, NORMAL},
    };
    enum { COUNT = sizeof pieces / sizeof *pieces, MOST_IDS = 400000 };
    int32_t *words = mem_zalloc(MOST_IDS, sizeof *words), *whole = mem_zalloc(MOST_IDS, sizeof *whole);
    for (unsigned i = 0; i < 4; i++) {
        const struct settings settings = {.model = 1, .keeps_spaces = i & 1, .no_prefix = i >> 1};
        size_t word_count, whole_count;
        encode_twice(settings, pieces, COUNT - 1, words, &word_count);
        encode_twice(settings, pieces, COUNT, whole, &whole_count);
        assert_int_equal(word_count, whole_count);
        assert_memory_equal(words, whole, word_count * sizeof *words);
    }
    mem_free(words);
    mem_free(whole);
}

/* Two tokens are better than one by 2^-25 or so, but not where their sum was rounded: not even in the first word. */
static void test_near_tie(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {"<unk>", 0, UNKNOWN},      {BLANK, -1.2687285f, NORMAL}, {"a", -2.6948674f, NORMAL},
        {"b", -2.5275493f, NORMAL}, {"ab", -5.222417f, NORMAL},
    };
    use_model((struct settings){.model = 1}, pieces, sizeof pieces / sizeof *pieces);
    tokens_are("ab", BLANK " ab");
    tokens_are("ab", BLANK " ab");
    tokens_are("aa ab", BLANK " a a " BLANK " a b"); /* at another total they are */
    drop_model();
}

/* Ids alone are made faster than with offsets; and every position in a block of bytes has its turn. */
static void test_ids_alone(void **state)
{
    (void)state;
    static const char *const parts[] = {" ",        "  ",  "a",  "ab",    ".",  "<x>",      "<",
                                        "\xc3\xa9", BLANK, "\t", "b a b", "xq", "b\xcc\x81"};
    for (unsigned i = 0; i < 8; i++) {
        const struct settings settings = {.model = 1,
                                          .keeps_spaces = i & 1,
                                          .no_prefix = i >> 1 & 1,
                                          .charsmap = i >> 2 ? small_charsmap() : SLICE("")};
        use_model(settings, few, FEW);
        uint32_t random = i;
        struct bytes text = {0};
        for (size_t round = 0; round < 400; round++) {
            text.len = 0;
            for (size_t j = 0; j < round % 60; j++) {
                random = random * 1664525 + 1013904223;
                bytes_put(&text, slice_of(parts[(random >> 16) % (sizeof parts / sizeof *parts)]));
            }
            struct encoding alone, all;
            options.want = ENCODE_IDS;
            assert_int_equal(tokenizer_encode(thread, bytes_slice(&text), NULL, &options, arena, &alone), 0);
            options.want = ENCODE_IDS | ENCODE_OFFSETS;
            assert_int_equal(tokenizer_encode(thread, bytes_slice(&text), NULL, &options, arena, &all), 0);
            assert_int_equal(alone.count, all.count);
            if (all.count > 0)
                assert_memory_equal(alone.ids, all.ids, all.count * sizeof *all.ids);
        }
        vec_free(&text);
        drop_model();
    }
}

/* ---- tokenizer.json ---- */

static void use_json(const char *normalizer, const char *pretokenizer, const char *model)
{
    write_file("tokenizer.json", arena_print(arena, "{\"normalizer\":%s,\"pre_tokenizer\":%s,\"model\":%s}", normalizer,
                                             pretokenizer, model)
                                     .ptr);
    use("tokenizer.json");
}

#define METASPACE "{\"type\":\"Metaspace\",\"replacement\":\"" BLANK "\",\"prepend_scheme\":\"%s\"}"
static const char unigram[] = "{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"" BLANK
                              "\",-3],[\"a\",-2.0],[\"b\",-2.5e0],[\"ab\",-4.6],[\"" BLANK "a\",-4.5],[\"z\",-1]]}";

static void test_words(void **state)
{
    (void)state;
    const char *always = arena_print(arena, METASPACE, "always").ptr;
    use_json("null", always, unigram);
    offsets_are("ab b", BLANK "a[0,1) b[1,2) " BLANK "[2,3) b[3,4)");
    offsets_are("a  ", BLANK "a[0,1) " BLANK "[1,2) " BLANK "[2,3)");
    assert_int_equal(tokenizer_unk_id(tokenizer), 0);
    struct encoding encoding = encode("\xc3\xa9\xc3\xa8"
                                      "a",
                                      NULL); /* unknown text is one token, shown as it is */
    ints_are(encoding.ids, encoding.count, "1 0 2");
    assert_true(slice_is(encoding.tokens[1], "\xc3\xa9\xc3\xa8"));
    assert_int_equal(encoding.offsets[1].end, 2);
    drop();
    use_json("null", arena_print(arena, METASPACE, "never").ptr, unigram);
    offsets_are("a a", "a[0,1) " BLANK "a[1,3)");
    drop();
    write_file(
        "tokenizer.json",
        arena_print(arena,
                    "{\"added_tokens\":[{\"id\":7,\"content\":\"<m>\",\"special\":true}],\"pre_tokenizer\":" METASPACE
                    ",\"model\":%s}",
                    "first", unigram)
            .ptr);
    use("tokenizer.json");
    offsets_are("a<m>a", BLANK "a[0,1) <m>[1,4) a[4,5)");
    options.want = ENCODE_IDS; /* what is the first piece is known also without offsets */
    encoding = encode("<m>a", NULL);
    ints_are(encoding.ids, encoding.count, "7 2");
    drop();
}

static void test_rewriting(void **state)
{
    (void)state;
    const char *never = arena_print(arena, METASPACE, "never").ptr;
    use_json(
        "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"xy\"},\"content\":"
        "\"ab\"},{\"type\":\"Lowercase\"},{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" "
        "\"},{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},{\"type\":\"Prepend\",\"prepend\":\"z\"}]}",
        never, unigram);
    offsets_are(" Axy   a ", "z[1,2) a[1,2) a[3,4) b[3,4) " BLANK "a[6,8)");
    offsets_are("   ", "");
    drop();
    use_json("{\"type\":\"Nmt\"}", never, unigram);
    offsets_are("a\001b\ta\xe2\x80\x8b"
                "a",
                "a[0,1) b[2,3) " BLANK "a[3,5) " BLANK "a[5,7)");
    drop();
}

static void refuses(const char *normalizer, const char *pretokenizer, const char *model, const char *message)
{
    write_file("tokenizer.json", arena_print(arena, "{\"normalizer\":%s,\"pre_tokenizer\":%s,\"model\":%s}", normalizer,
                                             pretokenizer, model)
                                     .ptr);
    assert_null(tokenizer_load(path_of("tokenizer.json")));
    if (strstr(diag_message(), message) == NULL)
        fail_msg("%s", diag_message());
    drop();
}

static void test_refusals(void **state)
{
    (void)state;
    refuses("{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"A*==\"}", "null", unigram, "base64");
    refuses("{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"/////w==\"}", "null", unigram, "truncated");
    refuses("{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"}", "null", unigram, "not empty");
    refuses("{\"type\":\"Fold\"}", "null", unigram, "normalizer: \"Fold\" is not supported");
    refuses("null", "{\"type\":\"Metaspace\",\"replacement\":\"ab\"}", unigram, "one character");
    refuses("null", "null", "{\"type\":\"Unigram\",\"unk_id\":9,\"vocab\":[[\"a\",0]]}", "unk_id 9");
    refuses("null", "null", "{\"type\":\"Unigram\",\"vocab\":[[\"a\"]]}", "entry 0");
    use_json("null", "null", "{\"type\":\"Unigram\",\"unk_id\":null,\"vocab\":[[\"a\",0]]}");
    struct encoding encoding;
    assert_int_equal(tokenizer_encode(thread, SLICE("b"), NULL, &options, arena, &encoding), -1);
    assert_non_null(strstr(diag_message(), "no unk_id"));
    drop();
}

/* ---- the trie ---- */

static void test_trie(void **state)
{
    (void)state;
    enum { KEYS = 3000 };
    static struct trie_key keys[KEYS];
    static char texts[KEYS][4];
    for (int i = 0; i < KEYS; i++) {
        texts[i][0] = (char)(i % 251);
        texts[i][1] = (char)(i / 251);
        texts[i][2] = (char)(i * 7);
        keys[i] = (struct trie_key){{texts[i], 1 + (size_t)i % 3}, i};
    }
    struct trie trie;
    assert_int_equal(trie_build(&trie, keys, KEYS), 0);
    for (int i = 0; i < KEYS; i++) {
        uint32_t node = 0;
        int32_t last = -1;
        for (size_t j = 0; j < keys[i].bytes.len; j++)
            assert_true(trie_step(&trie, &node, keys[i].bytes.ptr[j]));
        for (int j = 0; j < KEYS; j++)
            if (slice_equal(keys[j].bytes, keys[i].bytes) && keys[j].value > last)
                last = keys[j].value;
        assert_int_equal(trie.nodes[node].value, last);
        assert_false(trie_step(&trie, &node, '\xff') && trie_step(&trie, &node, '\xff'));
    }
    trie_free(&trie);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_bpe),
        cmocka_unit_test(test_byte_fallback),
        cmocka_unit_test(test_charsmap),
        cmocka_unit_test(test_denormalizer),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_memory_changes_nothing),
        cmocka_unit_test(test_words_are_the_text),
        cmocka_unit_test(test_near_tie),
        cmocka_unit_test(test_ids_alone),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_rewriting),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_trie),
    };
    return cmocka_run_group_tests_name("unigram", tests, setup, teardown);
}
