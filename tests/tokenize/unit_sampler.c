/* unit_sampler.c - segmentations drawn from Unigram models: what a brute force finds in short texts is what the N best
 * are, and how often each is drawn. */
#include "small.h"
#include "stages/tokenizer/models/unigram_sampler.h"

#include <math.h>

/* A model of letters, pairs and more; `z` is unknown. */
static const struct {
    const char *token;
    double score;
} entries[] = {
    {"<unk>", 0}, {"a", -2},     {"b", -2.5}, {"c", -4.25}, {"ab", -3.5},
    {"bc", -5},   {"abc", -6.5}, {"ca", -3},  {"bca", -7},  {"bz", -9},
};
enum { ENTRIES = sizeof entries / sizeof *entries, UNK = 0, MOST_SPLITS = 4096 };
static const double unk_score = -7;

static struct unigram model;
static double scores[ENTRIES];

static int make_model(void **state)
{
    struct trie_key keys[ENTRIES];
    for (int32_t i = 0; i < ENTRIES; i++) {
        keys[i] = (struct trie_key){slice_of(entries[i].token), i};
        scores[i] = entries[i].score;
    }
    model = (struct unigram){.scores = scores, .unk_score = unk_score, .unk = UNK};
    return setup(state) != 0 ? -1 : trie_build(&model.trie, keys + 1, ENTRIES - 1);
}

static int free_model(void **state)
{
    trie_free(&model.trie);
    return teardown(state);
}

/* ---- every segmentation of a text, by brute force ---- */

struct split {
    double score;
    char shown[64]; /* the tokens with blanks between them */
};

static struct split splits[MOST_SPLITS];
static size_t split_count;

static void split_from(const char *text, size_t at, struct split so_far)
{
    if (text[at] == '\0') {
        assert_true(split_count < MOST_SPLITS);
        splits[split_count++] = so_far;
        return;
    }
    for (int32_t id = 1; id <= ENTRIES; id++) { /* the last is an unknown character */
        bool unknown = id == ENTRIES;
        const char *token = unknown ? "z" : entries[id].token;
        if (strncmp(text + at, token, strlen(token)) != 0)
            continue;
        struct split longer = so_far;
        longer.score += unknown ? unk_score : scores[id];
        (void)snprintf(longer.shown + strlen(longer.shown), sizeof longer.shown - strlen(longer.shown), "%s ", token);
        split_from(text, at + strlen(token), longer);
    }
}

static int by_score(const void *a, const void *b)
{
    double left = ((const struct split *)a)->score, right = ((const struct split *)b)->score;
    return (left < right) - (left > right);
}

static void split_all(const char *text)
{
    split_count = 0;
    split_from(text, 0, (struct split){0});
    qsort(splits, split_count, sizeof *splits, by_score);
}

static size_t split_of(const char *text, const struct subwords *tokens)
{
    char shown[64] = "";
    for (size_t i = 0; i < tokens->len; i++) {
        struct subword token = tokens->items[i];
        assert_int_equal(token.start, i > 0 ? tokens->items[i - 1].end : 0);
        (void)snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%.*s ", (int)(token.end - token.start),
                       text + token.start);
    }
    for (size_t i = 0; i < split_count; i++)
        if (strcmp(splits[i].shown, shown) == 0)
            return i;
    fail_msg("\"%s\" is no segmentation of \"%s\"", shown, text);
    return 0;
}

/* ---- the N best ---- */

static int64_t fixed(double score)
{
    return (int64_t)(score * (1 << SCORE_BITS)); /* the scores above are exact */
}

static void nbest_are_best(const char *text, size_t n)
{
    struct unigram_nbest nbest = {0};
    struct subwords path = {0};
    int64_t in_units[ENTRIES];
    bool seen[MOST_SPLITS] = {false};
    for (size_t i = 0; i < ENTRIES; i++)
        in_units[i] = fixed(scores[i]);
    split_all(text);
    unigram_nbest(&model, in_units, fixed(unk_score), slice_of(text), n, &nbest);
    assert_int_equal(nbest.taken.len, n < split_count ? n : split_count);
    for (size_t rank = 0; rank < nbest.taken.len; rank++) {
        path.len = 0;
        unigram_nbest_path(&nbest, rank, strlen(text), &path);
        size_t which = split_of(text, &path);
        assert_false(seen[which]);
        seen[which] = true;
        assert_true(splits[which].score == splits[rank].score);
        assert_true(nbest.taken.items[rank].loss == fixed(splits[0].score - splits[rank].score));
    }
    vec_free(&path);
    unigram_nbest_free(&nbest);
}

static void test_nbest(void **state)
{
    (void)state;
    static const char *const texts[] = {"",       "a",      "ab",        "abc",         "zz",
                                        "abcabc", "aaaaaa", "cabcabzab", "abcabcabcab", "bcabcabcabca"};
    static const size_t sizes[] = {1, 2, 3, 7, 20, 512};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
            nbest_are_best(texts[i], sizes[j]);
}

/* ---- drawing ---- */

/* What chi-square stays below with probability 1 - 1e-6 (Wilson and Hilferty, 1931). */
static double most_chi_square(double freedom)
{
    const double z = 4.7534, part = 2 / (9 * freedom), root = 1 - part + z * sqrt(part);
    return freedom * root * root * root;
}

enum { RECORDS = 20000, LEAST_EXPECTED = 10 };

static void sample(const struct unigram_sampler *sampler, uint64_t seed, uint64_t record,
                   struct unigram_sampling_scratch *scratch, const char *text, struct subwords *out)
{
    struct random_options random = {.seed = (int64_t)seed, .salt = ""};
    struct sampling sampling = {.sampler = sampler,
                                .rng = rng_start(rng_key(&random, "test"), (struct identity){record, 1}, 0)};
    out->len = 0;
    assert_int_equal(unigram_sample(&sampling, scratch, slice_of(text), out), 0);
}

/* Among the n best of all, with probabilities in proportion to exp(alpha * score): those that are expected seldom are
 * counted together. */
static void frequencies_are_right(const char *text, size_t n, struct decimal alpha, double alpha_value, uint64_t seed)
{
    struct unigram_sampler *sampler = unigram_sampler_new(&model, ENTRIES, n, alpha);
    struct unigram_sampling_scratch scratch = {0};
    struct subwords out = {0};
    static size_t drawn[MOST_SPLITS];
    memset(drawn, 0, sizeof drawn);
    assert_non_null(sampler);
    split_all(text);
    for (uint64_t record = 0; record < RECORDS; record++) {
        sample(sampler, seed, record, &scratch, text, &out);
        drawn[split_of(text, &out)]++;
    }
    size_t count = n == SAMPLE_ALL || n > split_count ? split_count : n;
    double total = 0, square = 0, few_expected = 0, few_drawn = 0, freedom = -1;
    for (size_t i = 0; i < count; i++)
        total += exp(alpha_value * splits[i].score);
    for (size_t i = 0; i < split_count; i++) {
        double expected = i < count ? RECORDS * exp(alpha_value * splits[i].score) / total : 0;
        if (expected < LEAST_EXPECTED) {
            few_expected += expected;
            few_drawn += (double)drawn[i];
            continue;
        }
        square += ((double)drawn[i] - expected) * ((double)drawn[i] - expected) / expected;
        freedom++;
    }
    if (few_expected >= LEAST_EXPECTED) {
        square += (few_drawn - few_expected) * (few_drawn - few_expected) / few_expected;
        freedom++;
    } else {
        assert_true(few_drawn <= 6 * LEAST_EXPECTED && (few_expected > 0 || few_drawn == 0));
    }
    assert_true(square < most_chi_square(freedom));
    vec_free(&out);
    unigram_sampling_free(&scratch);
    unigram_sampler_free(sampler);
}

static void test_frequencies(void **state)
{
    (void)state;
    static const struct decimal zero = {0, 0}, fifth = {2, 1}, one = {1, 0}, three = {3, 0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        frequencies_are_right("abcab", SAMPLE_ALL, fifth, 0.2, seed);
        frequencies_are_right("abcab", SAMPLE_ALL, one, 1, seed);
        frequencies_are_right("abcab", SAMPLE_ALL, zero, 0, seed);
        frequencies_are_right("bzcab", SAMPLE_ALL, three, 3, seed);
        frequencies_are_right("abcab", 5, fifth, 0.2, seed);
        frequencies_are_right("abczab", 16, one, 1, seed);
    }
}

static void test_weights(void **state)
{
    (void)state;
    static const double alphas[] = {0, 0.001, 0.1, 1, 10};
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        uint64_t alpha = (uint64_t)(alphas[i] * (double)((uint64_t)1 << ALPHA_BITS));
        for (double score = -30; score < 30; score += 0.37) {
            struct weight weight = weight_exp(alpha, fixed(score));
            double x = (double)alpha / (double)((uint64_t)1 << ALPHA_BITS) * (double)fixed(score) / (1 << SCORE_BITS);
            double value = ldexp((double)weight.mantissa, (int)weight.exponent);
            assert_true(weight.mantissa >> 63 == 1);
            assert_true(fabs(value / exp(x) - 1) < 1e-12);
        }
    }
    /* In integers: the same everywhere, to the last bit. e^-1 and e^-2.5. */
    struct weight inverse = weight_exp((uint64_t)1 << ALPHA_BITS, fixed(-1));
    struct weight sum = weight_plus(inverse, weight_exp((uint64_t)1 << ALPHA_BITS, fixed(-2.5)));
    assert_true(fabs(ldexp((double)sum.mantissa, (int)sum.exponent) - exp(-1) - exp(-2.5)) < 1e-15);
    assert_true(weight_times(inverse, weight_one()).mantissa == inverse.mantissa);
    assert_true(weight_times(inverse, weight_one()).exponent == inverse.exponent);
    struct weight nothing = {0};
    assert_true(weight_plus(nothing, inverse).mantissa == inverse.mantissa);
}

/* The weights of such a text are far below what a double can hold. Each pair of letters is one token with probability
 * 1 / (1 + e^-1), and two else. */
static void test_long_text(void **state)
{
    (void)state;
    enum { PAIRS = 100000 };
    static const struct decimal one = {1, 0};
    static const size_t sizes[] = {SAMPLE_ALL, 64};
    struct unigram_sampling_scratch scratch = {0};
    struct subwords out = {0};
    char *text = mem_alloc(2 * PAIRS + 1);
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(text + 2 * i, "ab", 2);
    text[2 * PAIRS] = '\0';
    for (size_t i = 0; i < 2; i++) {
        struct unigram_sampler *sampler = unigram_sampler_new(&model, ENTRIES, sizes[i], one);
        sample(sampler, 1, 1, &scratch, text, &out);
        assert_int_equal(out.items[out.len - 1].end, 2 * PAIRS);
        size_t whole = 2 * PAIRS - out.len;
        if (sizes[i] == SAMPLE_ALL) /* five standard deviations */
            assert_in_range(whole, 73106 - 702, 73106 + 702);
        else
            assert_in_range(whole, PAIRS - 1, PAIRS);
        unigram_sampler_free(sampler);
    }
    mem_free(text);
    vec_free(&out);
    unigram_sampling_free(&scratch);
}

/* ---- through a tokenizer ---- */

static const char vocabulary[] = "\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-2],[\"b\",-2.5],"
                                 "[\"ab\",-3.5],[\"zz\",-20]]";

static void use_json(const char *more, const char *json)
{
    write_file("tokenizer.json", arena_print(arena, "{%s\"model\":{%s}}", more, json).ptr);
    use("tokenizer.json");
}

static void test_tokenizer(void **state)
{
    (void)state;
    static const struct decimal none = {0, 0}, half = {5, 1};
    use_json("\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},", vocabulary);
    struct unigram_sampler *sampler = tokenizer_sampler_new(tokenizer, SAMPLE_ALL, none);
    assert_non_null(sampler);
    struct random_options random = {.seed = 1, .salt = ""};
    size_t splits_found = 0;
    tokens_are("ab ab", "ab ab");
    for (uint64_t record = 0; record < 100; record++) {
        struct sampling sampling = {.sampler = sampler,
                                    .rng = rng_start(rng_key(&random, "test"), (struct identity){record, 1}, 0)};
        struct sampling again = sampling;
        options.sampling = &sampling;
        struct encoding first = encode("ab abxy ab", NULL);
        splits_found += first.count;
        options.sampling = &again;
        struct encoding second = encode("ab abxy ab", NULL);
        assert_int_equal(first.count, second.count);
        assert_memory_equal(first.ids, second.ids, first.count * sizeof *first.ids);
        size_t unknown = 0;
        for (size_t i = 0; i < first.count; i++) {
            if (first.ids[i] != 0)
                continue;
            unknown++;
            assert_true(slice_is(first.tokens[i], "xy")); /* one token, shown as the text it stands for */
            assert_int_equal(first.offsets[i].end - first.offsets[i].start, 2);
        }
        assert_int_equal(unknown, 1);
    }
    /* 4 to 7 tokens; each of the three words is cut with probability 1/2: 5.5 on average, and 5 deviations. */
    assert_in_range(splits_found, 550 - 45, 550 + 45);
    options.sampling = NULL;
    tokens_are("ab ab", "ab ab"); /* nothing of it stays behind */
    unigram_sampler_free(sampler);
    drop();
    use_json("", "\"type\":\"WordLevel\",\"vocab\":{\"a\":0}");
    assert_null(tokenizer_sampler_new(tokenizer, SAMPLE_ALL, half));
    assert_non_null(strstr(diag_message(), "this is a WordLevel model"));
    drop();
    use_json("", "\"type\":\"Unigram\",\"vocab\":[[\"a\",-1e9]]");
    assert_null(tokenizer_sampler_new(tokenizer, 5, half));
    assert_non_null(strstr(diag_message(), "too large"));
    drop();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),   cmocka_unit_test(test_nbest),     cmocka_unit_test(test_frequencies),
        cmocka_unit_test(test_long_text), cmocka_unit_test(test_tokenizer),
    };
    return cmocka_run_group_tests_name("sampler", tests, make_model, free_model);
}
