/* The trainer against a plain one that cuts every word anew and recounts every pair at each step. */
#include "../../stages/train/trainer.h"
#include "base/arena.h"
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- the plain trainer ---- */

struct plain_merge {
    struct slice left, right, piece;
};

struct plain {
    struct arena *arena;
    enum trainer_type type;
    VEC(struct slice) pieces; /* by id */
    VEC(struct plain_merge) merges;
};

struct cut {
    struct slice pieces[64];
    size_t len;
};

static struct slice plain_join(struct plain *plain, struct slice left, struct slice right)
{
    size_t skip = plain->type == TRAINER_WORDPIECE && slice_starts(right, SLICE("##")) ? 2 : 0;
    return arena_print(plain->arena, "%.*s%.*s", (int)left.len, left.ptr, (int)(right.len - skip), right.ptr + skip);
}

/* Letters, then the merges: the lowest rank first, then the leftmost, one at a time. */
static struct cut plain_cut(struct plain *plain, struct slice word)
{
    struct cut cut = {.len = 0};
    for (size_t i = 0; i < word.len; i++) {
        struct slice letter = {word.ptr + i, 1};
        bool inner = plain->type == TRAINER_WORDPIECE && i > 0;
        cut.pieces[cut.len++] = inner ? plain_join(plain, SLICE("##"), letter) : letter;
    }
    for (;;) {
        size_t rank = plain->merges.len, at = 0;
        for (size_t r = 0; r < rank; r++)
            for (size_t i = 0; i + 1 < cut.len && r < rank; i++)
                if (slice_equal(cut.pieces[i], plain->merges.items[r].left) &&
                    slice_equal(cut.pieces[i + 1], plain->merges.items[r].right)) {
                    rank = r;
                    at = i;
                }
        if (rank == plain->merges.len)
            return cut;
        cut.pieces[at] = plain->merges.items[rank].piece;
        cut.len--;
        for (size_t i = at + 1; i < cut.len; i++)
            cut.pieces[i] = cut.pieces[i + 1];
    }
}

struct tally {
    struct slice left, right;
    uint64_t count;
};
struct tallies {
    struct tally *items;
    size_t len, cap;
};

static void tally_add(struct tallies *tallies, struct slice left, struct slice right, uint64_t count)
{
    for (size_t i = 0; i < tallies->len; i++)
        if (slice_equal(tallies->items[i].left, left) && slice_equal(tallies->items[i].right, right)) {
            tallies->items[i].count += count;
            return;
        }
    struct tally tally = {left, right, count};
    vec_push(tallies, tally);
}

static bool tally_better(const struct tally *a, const struct tally *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    int order = slice_compare(a->left, b->left);
    return order != 0 ? order < 0 : slice_compare(a->right, b->right) < 0;
}

static void plain_add_piece(struct plain *plain, struct slice piece)
{
    for (size_t i = 0; i < plain->pieces.len; i++)
        if (slice_equal(plain->pieces.items[i], piece))
            return;
    vec_push(&plain->pieces, piece);
}

static size_t plain_letters(struct slice piece)
{
    return piece.len - (slice_starts(piece, SLICE("##")) ? 2 : 0);
}

static bool plain_fits(const struct tally *pair, size_t most)
{
    return most == 0 || plain_letters(pair->left) + plain_letters(pair->right) <= most;
}

/* The pieces of `plain` are the specials and letters. */
static void plain_learn(struct plain *plain, const struct map *words, const struct trainer_options *options)
{
    struct tallies tallies = {0};
    while (plain->pieces.len < options->vocab_size) {
        tallies.len = 0;
        for (size_t w = 0; w < map_len(words); w++) {
            struct cut cut = plain_cut(plain, map_at(words, w)->key);
            for (size_t i = 0; i + 1 < cut.len; i++)
                tally_add(&tallies, cut.pieces[i], cut.pieces[i + 1], map_at(words, w)->value);
        }
        const struct tally *best = NULL;
        for (size_t i = 0; i < tallies.len; i++)
            if (tallies.items[i].count >= options->min_count && plain_fits(&tallies.items[i], options->max_piece) &&
                (best == NULL || tally_better(&tallies.items[i], best)))
                best = &tallies.items[i];
        if (best == NULL)
            break;
        struct plain_merge merge = {best->left, best->right, plain_join(plain, best->left, best->right)};
        vec_push(&plain->merges, merge);
        plain_add_piece(plain, merge.piece);
    }
    vec_free(&tallies);
}

/* ---- corpora ---- */

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Up to 20 words of up to 14 letters, of an alphabet of 1 to 4: full of ties, repeats and pieces made twice. */
static struct map *random_words(uint64_t *state)
{
    struct map *words = map_new();
    size_t alphabet = 1 + next_random(state) % 4, count = 1 + next_random(state) % 20;
    for (size_t i = 0; i < count; i++) {
        char letters[14];
        size_t len = 1 + next_random(state) % sizeof letters;
        for (size_t j = 0; j < len; j++)
            letters[j] = (char)('a' + next_random(state) % alphabet);
        *map_put(words, (struct slice){letters, len}) += 1 + next_random(state) % 5;
    }
    return words;
}

static struct slice piece_of(const struct trained *trained, uint32_t id)
{
    return map_at(trained->vocabulary, id)->key;
}

static void assert_slice(struct slice found, struct slice expected)
{
    assert_int_equal(found.len, expected.len);
    assert_memory_equal(found.ptr, expected.ptr, expected.len);
}

static void assert_same(const struct trained *trained, const struct plain *plain)
{
    assert_int_equal(trained->merges.len, plain->merges.len);
    for (size_t i = 0; i < plain->merges.len; i++) {
        assert_slice(piece_of(trained, trained->merges.items[i].left), plain->merges.items[i].left);
        assert_slice(piece_of(trained, trained->merges.items[i].right), plain->merges.items[i].right);
    }
    assert_int_equal(map_len(trained->vocabulary), plain->pieces.len);
    for (size_t i = 0; i < plain->pieces.len; i++) {
        assert_slice(piece_of(trained, (uint32_t)i), plain->pieces.items[i]);
        assert_int_equal(map_at(trained->vocabulary, i)->value, i);
    }
}

/* Learning starts from the reserved pieces. */
static int start_and_learn(const struct map *words, const struct trainer_options *options, struct trained *trained)
{
    trainer_start(trained, options);
    return trainer_learn(words, options, trained);
}

static const struct alphabet_choice all_characters = {.coverage = {1, 0}};

static void compare_once(enum trainer_type type, bool bytes, uint64_t seed)
{
    uint64_t state = seed;
    struct map *words = random_words(&state);
    struct slice special = SLICE("<s>");
    struct trainer_options options = {.type = type,
                                      .bytes = bytes,
                                      .min_count = 1 + next_random(&state) % 3,
                                      .max_piece = next_random(&state) % 2 * (next_random(&state) % 9),
                                      .alphabet = all_characters,
                                      .reserved = &special,
                                      .reserved_count = 1};
    struct trained letters, trained;
    options.vocab_size = SIZE_MAX; /* no pair occurs so often: letters alone */
    uint64_t min_count = options.min_count;
    options.min_count = UINT64_MAX;
    assert_int_equal(start_and_learn(words, &options, &letters), 0);
    options.min_count = min_count;
    options.vocab_size = map_len(letters.vocabulary) + next_random(&state) % 60;
    assert_int_equal(start_and_learn(words, &options, &trained), 0);

    struct plain plain = {.arena = arena_new(), .type = type};
    for (size_t i = 0; i < map_len(letters.vocabulary); i++)
        vec_push(&plain.pieces, map_at(letters.vocabulary, i)->key);
    plain_learn(&plain, words, &options);
    assert_same(&trained, &plain);

    vec_free(&plain.pieces);
    vec_free(&plain.merges);
    arena_free(plain.arena);
    trainer_release(&letters);
    trainer_release(&trained);
    map_free(words);
}

static void bpe_equals_plain(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++)
        compare_once(TRAINER_BPE, true, seed);
}

static void characters_equal_plain(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++)
        compare_once(TRAINER_BPE, false, seed);
}

static void wordpiece_equals_plain(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++)
        compare_once(TRAINER_WORDPIECE, false, seed);
}

/* ---- single properties ---- */

static struct trained learn(struct map *words, const struct trainer_options *options)
{
    struct trained trained;
    assert_int_equal(start_and_learn(words, options, &trained), 0);
    return trained;
}

static void order_of_words_is_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        uint64_t random = seed;
        struct map *words = random_words(&random), *reversed = map_new();
        for (size_t i = map_len(words); i-- > 0;)
            *map_put(reversed, map_at(words, i)->key) = map_at(words, i)->value;
        struct trainer_options options = {
            .type = TRAINER_WORDPIECE, .min_count = 1, .alphabet = {.coverage = {1, 0}, .limit = 3}, .vocab_size = 40};
        struct trained one = learn(words, &options), other = learn(reversed, &options);
        assert_int_equal(map_len(one.vocabulary), map_len(other.vocabulary));
        for (size_t i = 0; i < map_len(one.vocabulary); i++)
            assert_slice(piece_of(&one, (uint32_t)i), piece_of(&other, (uint32_t)i));
        trainer_release(&one);
        trainer_release(&other);
        map_free(words);
        map_free(reversed);
    }
}

/* By the bytes of the left piece, then of the right one. */
static void ties_go_by_bytes(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("zy")) = 7;
    *map_put(words, SLICE("ba")) = 7;
    *map_put(words, SLICE("bA")) = 7;
    struct trainer_options options = {.type = TRAINER_BPE, .bytes = true, .min_count = 1, .vocab_size = 259};
    struct trained trained = learn(words, &options);
    assert_int_equal(map_len(trained.vocabulary), 259);
    assert_slice(piece_of(&trained, 256), SLICE("bA"));
    assert_slice(piece_of(&trained, 257), SLICE("ba"));
    assert_slice(piece_of(&trained, 258), SLICE("zy"));
    trainer_release(&trained);
    map_free(words);
}

static void overlapping_pairs(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("aaaaa")) = 3; /* aa aa a, then aaaa a */
    struct trainer_options options = {.type = TRAINER_BPE, .bytes = true, .min_count = 3, .vocab_size = 300};
    struct trained trained = learn(words, &options);
    assert_int_equal(trained.merges.len, 3);
    assert_slice(piece_of(&trained, 256), SLICE("aa"));
    assert_slice(piece_of(&trained, 257), SLICE("aaa")); /* "aa" "a" ties with "aa" "aa", and is smaller */
    assert_slice(piece_of(&trained, 258), SLICE("aaaaa"));
    trainer_release(&trained);
    map_free(words);
}

static void counts_have_64_bits(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("ab")) = (uint64_t)1 << 40;
    *map_put(words, SLICE("cd")) = ((uint64_t)1 << 40) + ((uint64_t)1 << 32) + 1; /* the same in 32 bits, but for one */
    struct trainer_options options = {
        .type = TRAINER_BPE, .bytes = true, .min_count = (uint64_t)1 << 33, .vocab_size = 300};
    struct trained trained = learn(words, &options);
    assert_int_equal(trained.merges.len, 2);
    assert_slice(piece_of(&trained, 256), SLICE("cd"));
    trainer_release(&trained);
    map_free(words);
}

static void bytes_have_printable_letters(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, (struct slice){" \0\xff", 3}) = 9;
    struct trainer_options options = {.type = TRAINER_BPE, .bytes = true, .min_count = 1, .vocab_size = 258};
    struct trained trained = learn(words, &options);
    assert_slice(piece_of(&trained, 0), SLICE("!"));
    assert_slice(piece_of(&trained, 255), SLICE("\xc5\x83")); /* U+0143 for the soft hyphen, 0xad */
    for (uint32_t i = 1; i < 256; i++)
        assert_true(slice_compare(piece_of(&trained, i - 1), piece_of(&trained, i)) < 0);
    assert_slice(piece_of(&trained, 256), SLICE("\xc4\x80\xc3\xbf")); /* the left "\0" is smaller than the left " " */
    assert_slice(piece_of(&trained, 257), SLICE("\xc4\xa0\xc4\x80\xc3\xbf"));
    trainer_release(&trained);
    map_free(words);
}

static void alphabet_is_limited(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("ab")) = 5;
    *map_put(words, SLICE("\xc3\xa9z")) = 4; /* e acute and z tie: z is kept, and this word teaches nothing */
    *map_put(words, SLICE("az")) = 1;
    *map_put(words, SLICE("\xc3\xa9")) = 1;
    struct trainer_options options = {
        .type = TRAINER_WORDPIECE, .min_count = 1, .vocab_size = 50, .alphabet = {.coverage = {1, 0}, .limit = 3}};
    struct trained trained = learn(words, &options);
    const struct slice expected[] = {SLICE("##b"), SLICE("##z"), SLICE("a"), SLICE("b"),
                                     SLICE("z"),   SLICE("ab"),  SLICE("az")};
    assert_int_equal(map_len(trained.vocabulary), sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_slice(piece_of(&trained, i), expected[i]);
    trainer_release(&trained);
    map_free(words);
}

static void long_words_are_unknown(void **state)
{
    (void)state;
    struct map *words = map_new();
    char letters[202];
    for (size_t i = 0; i < sizeof letters; i += 2)
        memcpy(letters + i, "\xc3\xa9", 2);
    *map_put(words, (struct slice){letters, 202}) = 5; /* 101 characters */
    *map_put(words, (struct slice){letters, 2}) = 1;
    struct trainer_options options = {
        .type = TRAINER_WORDPIECE, .min_count = 1, .vocab_size = 50, .alphabet = {.coverage = {1, 0}, .limit = 9}};
    struct trained trained = learn(words, &options);
    assert_int_equal(map_len(trained.vocabulary), 1);
    assert_slice(piece_of(&trained, 0), SLICE("\xc3\xa9"));
    trainer_release(&trained);
    *map_put(words, (struct slice){letters, 200}) = 5; /* 100 */
    trained = learn(words, &options);
    assert_slice(piece_of(&trained, 0), SLICE("##\xc3\xa9"));
    assert_true(trained.merges.len > 0);
    trainer_release(&trained);
    map_free(words);
}

static void special_tokens_come_first(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("ab")) = 5;
    const struct slice special[] = {SLICE("<s>"), SLICE("ab")};
    struct trainer_options options = {.type = TRAINER_BPE,
                                      .bytes = true,
                                      .min_count = 1,
                                      .vocab_size = 300,
                                      .reserved = special,
                                      .reserved_count = 2};
    struct trained trained = learn(words, &options);
    assert_int_equal(map_len(trained.vocabulary), 258); /* "ab" is a merge, and no new id */
    assert_int_equal(trained.merges.len, 1);
    trainer_release(&trained);
    map_free(words);
}

static void too_small_a_vocabulary_fails(void **state)
{
    (void)state;
    struct map *words = map_new();
    struct slice special = SLICE("<s>");
    struct trainer_options options = {.type = TRAINER_BPE,
                                      .bytes = true,
                                      .min_count = 1,
                                      .vocab_size = 256,
                                      .reserved = &special,
                                      .reserved_count = 1};
    struct trained trained;
    assert_int_equal(start_and_learn(words, &options, &trained), -1);
    assert_string_equal(diag_message(),
                        "the alphabet (256 pieces) and the special tokens (1) do not fit into a vocabulary of 256: "
                        "raise --vocab-size, or keep fewer characters (--limit-alphabet)");
    trainer_release(&trained);
    map_free(words);
}

/* A character that is not kept ends a word of BPE; it does not make neighbours of those around it. */
static void dropped_characters_end_words(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("abxab")) = 5;
    *map_put(words, SLICE("xa")) = 1;
    struct trainer_options options = {
        .type = TRAINER_BPE, .min_count = 1, .vocab_size = 50, .alphabet = {.coverage = {1, 0}, .limit = 2}};
    struct trained trained = learn(words, &options);
    const struct slice expected[] = {SLICE("a"), SLICE("b"), SLICE("ab")};
    assert_int_equal(map_len(trained.vocabulary), sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_slice(piece_of(&trained, i), expected[i]);
    trainer_release(&trained);
    map_free(words);
}

/* ---- alphabets ---- */

struct counted {
    const char *character;
    uint64_t count;
};

static struct alphabet choose(const struct counted *counted, size_t count, struct alphabet_choice choice)
{
    struct alphabet alphabet;
    alphabet_init(&alphabet);
    for (size_t i = 0; i < count; i++)
        alphabet_count(&alphabet, slice_of(counted[i].character), counted[i].count);
    alphabet_choose(&alphabet, &choice);
    return alphabet;
}

static void assert_kept(const struct counted *counted, size_t count, struct alphabet_choice choice, const char *kept)
{
    struct alphabet alphabet = choose(counted, count, choice);
    struct slice rest = slice_of(kept);
    for (size_t i = 0; i < alphabet.characters.len; i++)
        assert_slice(alphabet.characters.items[i], alphabet_next(&rest));
    assert_int_equal(rest.len, 0);
    assert_int_equal(alphabet.coverage.kept, alphabet.characters.len);
    alphabet_free(&alphabet);
}

/* Characters are kept until what they cover is enough: exactly enough is enough, and integers decide. */
static void coverage_is_exact(void **state)
{
    (void)state;
    const struct counted counted[] = {{"c", 1}, {"a", 6}, {"b", 2}, {"d", 1}};
    const struct alphabet_choice shares[] = {{.coverage = {0, 0}},  {.coverage = {6, 1}},  {.coverage = {600001, 6}},
                                             {.coverage = {8, 1}},  {.coverage = {81, 2}}, {.coverage = {9, 1}},
                                             {.coverage = {91, 2}}, {.coverage = {1, 0}}};
    const char *const kept[] = {"", "a", "ab", "ab", "abc", "abc", "abcd", "abcd"};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        assert_kept(counted, 4, shares[i], kept[i]);
    /* In doubles what a covers would be all. */
    const struct counted large[] = {{"a", (uint64_t)1 << 53}, {"b", 1}};
    assert_kept(large, 2, (struct alphabet_choice){.coverage = {1, 0}}, "ab");
    const struct counted larger[] = {{"a", INT64_MAX - 2}, {"b", 1}, {"c", 1}};
    assert_kept(larger, 3, (struct alphabet_choice){.coverage = {1, 0}}, "abc");
    assert_kept(larger, 3, (struct alphabet_choice){.coverage = {999999999999999999, 18}}, "a");
}

static void coverage_has_bounds(void **state)
{
    (void)state;
    const struct counted counted[] = {{"c", 1}, {"a", 6}, {"b", 2}, {"\xc3\xa9", 1}};
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {5, 1}, .least = 3}, "abc");
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {5, 1}, .least = 9}, "abc\xc3\xa9");
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {1, 0}, .limit = 2}, "ab");
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {5, 1}, .least = 3, .limit = 2}, "ab");
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {5, 1}, .required = SLICE("c\xc3\xa9")}, "ac\xc3\xa9");
    assert_kept(counted, 4, (struct alphabet_choice){.coverage = {0, 0}, .limit = 1, .required = SLICE("bc")}, "bc");
    assert_kept(counted, 0, (struct alphabet_choice){.coverage = {5, 1}, .least = 3}, "");
}

static void coverage_is_told(void **state)
{
    (void)state;
    const struct counted counted[] = {{"a", 60}, {"e", 1}, {"b", 20}, {"c", 2}, {"d", 2}, {"f", 1}};
    struct alphabet alphabet =
        choose(counted, 6, (struct alphabet_choice){.coverage = {9, 1}, .required = SLICE("xy\xc3\xa9x")});
    assert_int_equal(alphabet.coverage.different, 6);
    assert_int_equal(alphabet.coverage.kept, 2);
    assert_int_equal(alphabet.coverage.occurrences, 86);
    assert_int_equal(alphabet.coverage.covered, 80);
    assert_int_equal(alphabet.coverage.dropped[0].point, 'c');
    assert_int_equal(alphabet.coverage.dropped[1].point, 'd');
    assert_int_equal(alphabet.coverage.dropped[2].point, 'e');
    assert_int_equal(alphabet.coverage.dropped[2].count, 1);
    assert_int_equal(alphabet.absent.len, 3);
    assert_slice(alphabet.absent.items[2], SLICE("\xc3\xa9"));
    assert_int_equal(alphabet_symbol(&alphabet, SLICE("b")), 2);
    assert_int_equal(alphabet_symbol(&alphabet, SLICE("c")), 0);
    assert_int_equal(alphabet_symbol(&alphabet, SLICE("x")), 0);
    alphabet_free(&alphabet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bpe_equals_plain),
        cmocka_unit_test(characters_equal_plain),
        cmocka_unit_test(wordpiece_equals_plain),
        cmocka_unit_test(order_of_words_is_nothing),
        cmocka_unit_test(ties_go_by_bytes),
        cmocka_unit_test(overlapping_pairs),
        cmocka_unit_test(counts_have_64_bits),
        cmocka_unit_test(bytes_have_printable_letters),
        cmocka_unit_test(alphabet_is_limited),
        cmocka_unit_test(long_words_are_unknown),
        cmocka_unit_test(special_tokens_come_first),
        cmocka_unit_test(too_small_a_vocabulary_fails),
        cmocka_unit_test(dropped_characters_end_words),
        cmocka_unit_test(coverage_is_exact),
        cmocka_unit_test(coverage_has_bounds),
        cmocka_unit_test(coverage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
