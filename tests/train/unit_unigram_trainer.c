/* The pieces and places that unigram_corpus.h takes from sorted suffixes against those found by looking, and what is
 * learned from them. */
#include "../../stages/train/unigram_corpus.h"
#include "../../stages/train/unigram_trainer.h"

#include "../../stages/train/word_counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

enum { LONGEST = 40, LONGEST_PIECE = 16 };

/* Words of 1 to 40 letters, of an alphabet of 1 to 4. */
static struct map *random_words(uint64_t *state)
{
    struct map *words = map_new();
    size_t alphabet = 1 + next_random(state) % 4, count = next_random(state) % 12;
    for (size_t i = 0; i < count; i++) {
        char letters[LONGEST];
        size_t len = 1 + next_random(state) % (next_random(state) % 3 == 0 ? LONGEST : 9);
        for (size_t j = 0; j < len; j++)
            letters[j] = (char)('a' + next_random(state) % alphabet);
        *map_put(words, (struct slice){letters, len}) += 1 + next_random(state) % 3;
    }
    return words;
}

/* ---- the corpus ---- */

/* The words in parts of UNIGRAM_PART_SYMBOLS letters. */
struct plain {
    struct {
        struct slice text;
        uint64_t count;
    } parts[64];
    size_t count;
};

static struct plain plain_parts(const struct map *words)
{
    struct plain plain = {.count = 0};
    for (size_t i = 0; i < map_len(words); i++)
        for (struct slice rest = map_at(words, i)->key; rest.len > 0; plain.count++) {
            size_t len = rest.len < UNIGRAM_PART_SYMBOLS ? rest.len : UNIGRAM_PART_SYMBOLS;
            plain.parts[plain.count].text = (struct slice){rest.ptr, len};
            plain.parts[plain.count].count = map_at(words, i)->value;
            rest = (struct slice){rest.ptr + len, rest.len - len};
        }
    return plain;
}

static uint64_t plain_count(const struct plain *plain, struct slice text)
{
    uint64_t count = 0;
    for (size_t i = 0; i < plain->count; i++)
        for (size_t at = 0; at + text.len <= plain->parts[i].text.len; at++)
            if (memcmp(plain->parts[i].text.ptr + at, text.ptr, text.len) == 0)
                count += plain->parts[i].count;
    return count;
}

/* Is a text that occurs a piece? Yes, unless each occurrence can be made longer by the same letter. */
static bool plain_is_piece(const struct plain *plain, struct slice text)
{
    char longer[LONGEST_PIECE + 1];
    uint64_t count = plain_count(plain, text);
    if (text.len == 1)
        return true;
    memcpy(longer, text.ptr, text.len);
    for (char letter = 'a'; letter <= 'd' && text.len < LONGEST_PIECE; letter++) {
        longer[text.len] = letter;
        if (plain_count(plain, (struct slice){longer, text.len + 1}) == count)
            return false;
    }
    return count >= 2;
}

static struct unigram_corpus fill(const struct map *words, size_t alphabet, size_t seeds)
{
    struct unigram_corpus corpus;
    const struct map_entry **sorted = word_counts_sorted(words, WORDS_AS_TEXT);
    const struct alphabet_choice choice = {.coverage = {1, 0}, .limit = alphabet};
    assert_int_equal(unigram_corpus_fill(&corpus, sorted, map_len(words), &choice, LONGEST_PIECE, seeds), 0);
    mem_free(sorted);
    return corpus;
}

/* The number of the piece with this text, or SIZE_MAX. */
static size_t find_piece(const struct unigram_corpus *corpus, struct slice text)
{
    struct bytes piece = {0};
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < corpus->pieces.len; i++) {
        piece.len = 0;
        unigram_corpus_text(corpus, &corpus->pieces.items[i], &piece);
        if (slice_equal(bytes_slice(&piece), text)) {
            assert_int_equal(found, SIZE_MAX);
            found = i;
        }
    }
    vec_free(&piece);
    return found;
}

/* At each place exactly the pieces that are there, by length. Returns the number of edges. */
static size_t assert_edges(const struct unigram_corpus *corpus, const struct plain *plain)
{
    size_t edge = 0, symbol = 0, pieces = corpus->pieces.len;
    for (size_t part = 0; part < plain->count; part++)
        for (size_t at = 0; at < plain->parts[part].text.len; at++, symbol++) {
            assert_int_equal(corpus->first_edge[symbol], edge);
            for (size_t len = 1; len <= LONGEST_PIECE && at + len <= plain->parts[part].text.len; len++) {
                size_t piece = find_piece(corpus, (struct slice){plain->parts[part].text.ptr + at, len});
                if (piece == SIZE_MAX)
                    continue;
                assert_true(edge < corpus->first_edge[symbol + 1]);
                assert_true(piece < pieces);
                assert_int_equal(corpus->edges[edge++], piece);
            }
        }
    assert_int_equal(corpus->first_edge[symbol], edge);
    return edge;
}

static void pieces_equal_plain(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 150; seed++) {
        uint64_t random = seed;
        struct map *words = random_words(&random);
        struct unigram_corpus corpus = fill(words, 4, 1000000);
        const struct map_entry **sorted = word_counts_sorted(words, WORDS_AS_TEXT);
        struct map *by_bytes = map_new();
        for (size_t i = 0; i < map_len(words); i++)
            *map_put(by_bytes, sorted[i]->key) = sorted[i]->value;
        struct plain plain = plain_parts(by_bytes);
        for (size_t part = 0; part < plain.count; part++)
            for (size_t at = 0; at < plain.parts[part].text.len; at++)
                for (size_t len = 1; len <= LONGEST_PIECE && at + len <= plain.parts[part].text.len; len++) {
                    struct slice text = {plain.parts[part].text.ptr + at, len};
                    size_t piece = find_piece(&corpus, text);
                    assert_int_equal(piece != SIZE_MAX, plain_is_piece(&plain, text));
                    if (piece != SIZE_MAX)
                        assert_true(corpus.pieces.items[piece].expects == (double)(plain_count(&plain, text) * len));
                }
        (void)assert_edges(&corpus, &plain);

        bool *keep = mem_zalloc(corpus.pieces.len + 1, sizeof *keep);
        for (size_t i = 0; i < corpus.pieces.len; i++)
            keep[i] = i < corpus.alphabet.characters.len || next_random(&random) % 2 == 0;
        unigram_corpus_keep(&corpus, keep);
        (void)assert_edges(&corpus, &plain);
        mem_free(keep);
        mem_free(sorted);
        map_free(by_bytes);
        map_free(words);
        unigram_corpus_free(&corpus);
    }
}

static void seeds_are_those_that_save_most(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("abc")) = 5; /* 15 */
    *map_put(words, SLICE("de")) = 7;  /* 14 */
    *map_put(words, SLICE("xyz")) = 1; /* occurs once */
    struct unigram_corpus corpus = fill(words, 8, 1);
    assert_int_equal(corpus.pieces.len, 9);
    assert_int_equal(find_piece(&corpus, SLICE("abc")), 8);
    unigram_corpus_free(&corpus);
    corpus = fill(words, 8, 3);
    assert_int_equal(find_piece(&corpus, SLICE("de")), 9); /* by length, then by bytes: bc de abc */
    assert_int_equal(find_piece(&corpus, SLICE("xyz")), SIZE_MAX);
    unigram_corpus_free(&corpus);
    map_free(words);
}

static void a_rare_character_parts_a_word(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("ab\xc3\xa9yab")) = 5;
    *map_put(words, SLICE("bay")) = 2;
    struct unigram_corpus corpus = fill(words, 3, 100);
    assert_int_equal(corpus.alphabet.characters.len, 3); /* e acute has a smaller count than y */
    assert_int_equal(corpus.ends.len, 3);
    assert_int_equal(corpus.ends.items[0], 2);
    assert_int_equal(find_piece(&corpus, SLICE("aby")), SIZE_MAX);
    assert_true(find_piece(&corpus, SLICE("yab")) != SIZE_MAX);
    unigram_corpus_free(&corpus);
    map_free(words);
}

/* ---- learning ---- */

static struct trained learn(const struct map *words, size_t vocab_size)
{
    const struct slice special[] = {SLICE("<unk>"), SLICE("ab")};
    struct trainer_options options = {.type = TRAINER_UNIGRAM,
                                      .vocab_size = vocab_size,
                                      .alphabet = {.coverage = {1, 0}},
                                      .reserved = special,
                                      .reserved_count = 2};
    struct trained trained;
    trainer_start(&trained, &options);
    assert_int_equal(unigram_trainer_learn(words, &options, &trained), 0);
    return trained;
}

static void what_is_learned_does_not_depend_on_the_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        uint64_t random = seed;
        struct map *words = random_words(&random), *reversed = map_new();
        for (size_t i = map_len(words); i-- > 0;)
            *map_put(reversed, map_at(words, i)->key) = map_at(words, i)->value;
        struct trained one = learn(words, 12), other = learn(reversed, 12);
        assert_true(map_len(one.vocabulary) <= 12);
        assert_int_equal(map_len(one.vocabulary), map_len(other.vocabulary));
        assert_int_equal(map_len(one.vocabulary), one.scores.len);
        for (size_t i = 0; i < one.scores.len; i++) {
            struct slice a = map_at(one.vocabulary, i)->key, b = map_at(other.vocabulary, i)->key;
            assert_true(slice_equal(a, b));
            assert_int_equal(one.scores.items[i], other.scores.items[i]);
            assert_true(i < 3 || one.scores.items[i] <= one.scores.items[i - 1]);
        }
        trainer_release(&one);
        trainer_release(&other);
        map_free(words);
        map_free(reversed);
    }
}

/* Of "hug" x 10, "pug" x 5, "hugs" x 5 the stems are worth more than what they are made of. */
static void frequent_words_are_pieces(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("hug")) = 100;
    *map_put(words, SLICE("pug")) = 50;
    *map_put(words, SLICE("hugs")) = 50;
    struct trained trained = learn(words, 9); /* <unk> ab g h p s u and two more */
    assert_int_equal(map_len(trained.vocabulary), 9);
    assert_non_null(map_get(trained.vocabulary, SLICE("hug")));
    assert_non_null(map_get(trained.vocabulary, SLICE("pug")));
    /* hug 150 of 250 pieces, pug and s 50 each, all less the half that is taken off: ln 0.6, ln 0.2 */
    int64_t hug = trained.scores.items[*map_get(trained.vocabulary, SLICE("hug"))];
    int64_t pug = trained.scores.items[*map_get(trained.vocabulary, SLICE("pug"))];
    assert_true(hug > -530000 && hug < -500000);
    assert_true(pug > -1650000 && pug < -1600000);
    trainer_release(&trained);
    map_free(words);
}

static void too_small_a_vocabulary_fails(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("abc")) = 1;
    struct trainer_options options = {.type = TRAINER_UNIGRAM, .vocab_size = 2, .alphabet = {.coverage = {1, 0}}};
    struct trained trained;
    trainer_start(&trained, &options);
    assert_int_equal(unigram_trainer_learn(words, &options, &trained), -1);
    trainer_release(&trained);
    map_free(words);
}

static void pieces_are_as_long_as_asked_for(void **state)
{
    (void)state;
    for (size_t longest = 1; longest <= UNIGRAM_LONGEST_PIECE; longest++) {
        struct map *words = map_new();
        *map_put(words, SLICE("abcdefghijklmnopqrstuvwxyzabcdef")) = 100; /* in parts of 24 */
        struct trainer_options options = {
            .type = TRAINER_UNIGRAM, .vocab_size = 60, .max_piece = longest, .alphabet = {.coverage = {1, 0}}};
        struct trained trained;
        size_t found = 0;
        trainer_start(&trained, &options);
        assert_int_equal(unigram_trainer_learn(words, &options, &trained), 0);
        for (size_t i = 0; i < map_len(trained.vocabulary); i++) {
            size_t len = map_at(trained.vocabulary, i)->key.len;
            found = len > found ? len : found;
        }
        assert_int_equal(found, longest);
        trainer_release(&trained);
        map_free(words);
    }
}

/* Characters that are required are pieces, whether they occur or not; the others that are dropped are not. */
static void required_characters_are_pieces(void **state)
{
    (void)state;
    struct map *words = map_new();
    *map_put(words, SLICE("abab")) = 100;
    *map_put(words, SLICE("xy")) = 1;
    struct trainer_options options = {
        .type = TRAINER_UNIGRAM, .vocab_size = 60, .alphabet = {.coverage = {9, 1}, .required = SLICE("yz")}};
    struct trained trained;
    trainer_start(&trained, &options);
    assert_int_equal(unigram_trainer_learn(words, &options, &trained), 0);
    assert_non_null(map_get(trained.vocabulary, SLICE("y")));
    assert_non_null(map_get(trained.vocabulary, SLICE("z")));
    assert_null(map_get(trained.vocabulary, SLICE("x")));
    assert_int_equal(trained.scores.len, map_len(trained.vocabulary));
    trainer_release(&trained);
    map_free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_equal_plain),
        cmocka_unit_test(seeds_are_those_that_save_most),
        cmocka_unit_test(a_rare_character_parts_a_word),
        cmocka_unit_test(what_is_learned_does_not_depend_on_the_order),
        cmocka_unit_test(frequent_words_are_pieces),
        cmocka_unit_test(too_small_a_vocabulary_fails),
        cmocka_unit_test(pieces_are_as_long_as_asked_for),
        cmocka_unit_test(required_characters_are_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
