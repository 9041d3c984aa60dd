/* The table in memory: what is read of it, and the law by which words are drawn. */
#include "../stages/words/table.h"

#include "../stages/check/verdict.h"
#include "base/diag.h"
#include "base/real.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/quern-unit-table-XXXXXX";

static void write_table(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static struct table *load(const char *text)
{
    write_table(text);
    struct table *table = table_load(path);
    if (table == NULL)
        fail_msg("%s", diag_message());
    return table;
}

static void expect_refused(const char *text, const char *message)
{
    write_table(text);
    assert_null(table_load(path));
    if (strstr(diag_message(), message) == NULL)
        fail_msg("%s\nexpected %s", diag_message(), message);
}

#define HEAD "{\"format\":\"quern-tfidf-1\",\"records\":8,\"options\":{\"case\":\"fold\"},\"documents\":15}\n"

/* Words in 1, 2, 4 and 8 of 8 records. */
enum { WORDS = 4 };
static const char text[] = HEAD "{\"word\":\"a\",\"documents\":8,\"weight\":2199023255552}\n"
                                "{\"word\":\"b\",\"documents\":4,\"weight\":1099511627776}\n"
                                "{\"word\":\"c\\u0000\",\"documents\":2,\"weight\":549755813888}\n"
                                "{\"word\":\"d\",\"documents\":1,\"weight\":549755813888}\n";

/* S: 0, ln 2, ln 4 / 2, ln 8 / 2. */
static long double score(size_t number)
{
    static const long double weight[WORDS] = {2, 1, 0.5L, 0.5L};
    return weight[number] * (long double)number * logl(2);
}

static long double share(size_t number)
{
    long double sum = 0;
    for (size_t i = 0; i < WORDS; i++)
        sum += score(3) - score(i);
    return (score(3) - score(number)) / sum;
}

static void is_what_the_file_says(void **state)
{
    (void)state;
    struct table *table = load(text);
    size_t number = 99;
    assert_int_equal(table_records(table), 8);
    assert_int_equal(table_count(table), WORDS);
    assert_true(table_has_keys(table));
    assert_true(slice_is(table_word(table, 1), "b"));
    assert_true(table_find(table, SLICE("c\0"), &number));
    assert_int_equal(number, 2);
    assert_false(table_find(table, SLICE("c"), &number));
    assert_false(table_find(table, SLICE(""), &number));
    assert_int_equal(table_idf(table, SLICE("a")), 0);
    assert_int_equal(table_idf(table, SLICE("b")), real_log(8) - real_log(4));
    assert_int_equal(table_idf(table, SLICE("d")), real_log(8));
    assert_int_equal(table_idf(table, SLICE("unknown")), real_log(8));
    table_free(table);
    table = load("{\"format\":\"quern-tfidf-1\",\"records\":1,\"options\":{\"lang\":\"en\",\"case\":\"keep\"}}\n\n"
                 "{\"word\":\"A\",\"documents\":1,\"weight\":1}");
    assert_false(table_has_keys(table));
    table_free(table);
}

/* The first bits that draw a word. */
static long double first_bits(const struct table *table, size_t number)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (table_draw(table, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return table_draw(table, low) < number ? 0x1p64L : (long double)low;
}

static void is_drawn_by_the_law(void **state)
{
    (void)state;
    struct table *table = load(text);
    long double before = 0;
    for (size_t i = 0; i <= WORDS; i++) {
        assert_true(fabsl(first_bits(table, i) * 0x1p-64L - before) < 1e-15L);
        before += i < WORDS ? share(i) : 0;
    }
    /* The most informative word is never drawn. */
    assert_int_equal(table_draw(table, 0), 0);
    assert_int_equal(table_draw(table, UINT64_MAX), 2);
    table_free(table);
}

static void a_word_of_share_zero_is_never_drawn(void **state)
{
    (void)state;
    struct table *table = load("{\"format\":\"quern-tfidf-1\",\"records\":2,\"options\":{}}\n"
                               "{\"word\":\"a\",\"documents\":1,\"weight\":9}\n"
                               "{\"word\":\"b\",\"documents\":1,\"weight\":8}\n"
                               "{\"word\":\"c\",\"documents\":1,\"weight\":9}\n");
    assert_int_equal(table_draw(table, 0), 1);
    assert_int_equal(table_draw(table, (uint64_t)1 << 63), 1);
    assert_int_equal(table_draw(table, UINT64_MAX), 1);
    table_free(table);
}

static void equal_scores_are_drawn_alike(void **state)
{
    (void)state;
    struct table *table = load("{\"format\":\"quern-tfidf-1\",\"records\":1,\"options\":{}}\n"
                               "{\"word\":\"a\",\"documents\":1,\"weight\":3}\n"
                               "{\"word\":\"b\",\"documents\":1,\"weight\":9}\n");
    assert_int_equal(table_draw(table, 0), 0);
    assert_int_equal(table_draw(table, ((uint64_t)1 << 63) - 1), 0);
    assert_int_equal(table_draw(table, (uint64_t)1 << 63), 1);
    assert_int_equal(table_draw(table, UINT64_MAX), 1);
    table_free(table);
}

/* ---- a large table, by its frequencies ---- */

enum { MANY = 200, DRAWS = 1000000 };

static uint64_t random_bits(uint64_t *state) /* splitmix64 */
{
    uint64_t bits = *state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

static struct table *load_many(double *shares)
{
    static char lines[MANY * 64];
    double scores[MANY], most = 0, sum = 0;
    int len = sprintf(lines, "{\"format\":\"quern-tfidf-1\",\"records\":1000,\"options\":{}}\n");
    for (int i = 0; i < MANY; i++) {
        int documents = 1 + (i * 37) % 999;
        double weight = documents * (0.01 + (i * 11) % 7 * 0.02);
        len += sprintf(lines + len, "{\"word\":\"w%03d\",\"documents\":%d,\"weight\":%.0f}\n", i, documents,
                       weight * 0x1p40);
        scores[i] = weight * log(1000.0 / documents);
        most = fmax(most, scores[i]);
    }
    for (int i = 0; i < MANY; i++)
        sum += most - scores[i];
    for (int i = 0; i < MANY; i++)
        shares[i] = (most - scores[i]) / sum;
    return load(lines);
}

enum mutant { LAW, UNIFORM, NEXT, LOW_BITS };

static double p_of_draws(enum mutant mutant, uint64_t seed)
{
    static double shares[MANY], seen[MANY], expected[MANY];
    struct table *table = load_many(shares);
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t bits = random_bits(&seed);
        size_t number = table_draw(table, mutant == LOW_BITS ? bits << 59 : bits);
        if (mutant == UNIFORM)
            number = (size_t)(bits % MANY);
        if (mutant == NEXT)
            number = (number + 1) % MANY;
        seen[number]++;
    }
    for (int i = 0; i < MANY; i++)
        expected[i] = shares[i] * DRAWS;
    table_free(table);
    return verdict_counts_p(seen, expected, MANY);
}

static void is_drawn_as_often_as_it_should(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++)
        assert_true(p_of_draws(LAW, seed) >= VERDICT_REFUSED);
    for (enum mutant mutant = UNIFORM; mutant <= LOW_BITS; mutant++)
        assert_true(p_of_draws(mutant, 1) < VERDICT_REFUSED);
}

/* ---- what is no table ---- */

static void refuses_other_files(void **state)
{
    (void)state;
    expect_refused("", "no table: expected the output of \"quern tfidf count\"");
    expect_refused(HEAD, ": the table is not complete");
    expect_refused("{\"format\":\"quern-tfidf-1\",\"records\":0,\"options\":{}}\n", ": the table has no words");
    expect_refused("{\"word\":\"a\",\"documents\":1,\"weight\":1}\n", ":1: not a table");
    expect_refused(HEAD "\n{\"word\":\"a\",\"documents\":9,\"weight\":1}\n", ":3: documents: expected at most 8");
    expect_refused(HEAD HEAD, ":2: the table before this line: the table is not complete");
    expect_refused(HEAD "{\"word\":\"a\",\"documents\":7,\"weight\":1", ":2: not JSON");
    assert_null(table_load("/nowhere"));
}

static int make_path(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_the_file_says),
        cmocka_unit_test(is_drawn_by_the_law),
        cmocka_unit_test(a_word_of_share_zero_is_never_drawn),
        cmocka_unit_test(equal_scores_are_drawn_alike),
        cmocka_unit_test(is_drawn_as_often_as_it_should),
        cmocka_unit_test(refuses_other_files),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
