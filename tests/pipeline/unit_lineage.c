/* Who a record is: its identity, its round, and what it was made of. */
#include "base/diag.h"
#include "base/memory.h"
#include "record/lineage.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct record *parse(const char *line)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    if (rec_parse(record, slice_of(line), JSON_DEPTH, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    return record;
}

static void check_print(const struct record *record, const char *expected)
{
    struct bytes out = {0};
    rec_print(record, &out);
    if (!slice_is(bytes_slice(&out), expected))
        fail_msg("printed  %.*s\nexpected %s", (int)out.len, out.items, expected);
    vec_free(&out);
}

/* ---- identity ---- */

static struct identity identity_of(const char *line)
{
    struct identity identity;
    if (lineage_identity(parse(line), SLICE("text"), arena, &identity) < 0)
        fail_msg("%s: %s", line, diag_message());
    return identity;
}

static bool same_identity(const char *a, const char *b)
{
    struct identity left = identity_of(a), right = identity_of(b);
    return left.high == right.high && left.low == right.low;
}

static void test_identity(void **state)
{
    (void)state;
    assert_true(same_identity("{\"id\":\"a\",\"text\":\"x\"}", "{ \"text\" : 1, \"id\" : \"\\u0061\" }"));
    assert_true(same_identity("{\"id\":17}", "{\"x\":[],\"id\" : 17}"));
    assert_true(same_identity("{\"id\":1,\"id\":2}", "{\"id\":2}"));
    assert_true(same_identity("{\"text\":\"a\\/\"}", "{\"text\":\"a/\",\"x\":1}"));
    assert_false(same_identity("{\"id\":\"a\"}", "{\"id\":\"b\"}"));
    assert_false(same_identity("{\"id\":17}", "{\"id\":\"17\"}"));
    assert_false(same_identity("{\"id\":\"a\"}", "{\"text\":\"a\"}"));
    assert_false(same_identity("{\"id\":\"\"}", "{\"text\":\"\"}"));
    struct record *set = rec_new(arena);
    struct identity identity, parsed = identity_of("{\"id\":17}");
    rec_set_int(set, SLICE("id"), 17);
    assert_int_equal(lineage_identity(set, SLICE("text"), arena, &identity), 0);
    assert_true(identity.high == parsed.high && identity.low == parsed.low);
    rec_set_text(set, SLICE("id"), SLICE("a"));
    parsed = identity_of("{\"id\":\"a\"}");
    assert_int_equal(lineage_identity(set, SLICE("text"), arena, &identity), 0);
    assert_true(identity.high == parsed.high && identity.low == parsed.low);
    assert_int_equal(lineage_identity(parse("{}"), SLICE("text"), arena, &identity), -1);
    assert_string_equal(diag_message(), "id: missing, and there is no text to stand in for it (\"quern import\" "
                                        "writes it); the record has no members");
    assert_int_equal(lineage_identity(parse("{\"id\":null}"), SLICE("text"), arena, &identity), -1);
    assert_string_equal(diag_message(),
                        "id: null, and there is no text to stand in for it (\"quern import\" writes it); "
                        "the record has id");
    assert_int_equal(lineage_identity(parse("{\"text\":[]}"), SLICE("text"), arena, &identity), -1);
    assert_string_equal(diag_message(), "text: expected a string, found an array");
}

/* The frozen contract: other bits would move every random choice. */
static void test_identity_is_frozen(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint64_t high, low;
    } frozen[] = {
        {"{\"id\":\"a\"}", 0xfdd9b77fdcaf3221, 0xd2f6d0996f37a720},
        {"{\"id\":17}", 0x95a509c983370daa, 0x845303af446c9010},
        {"{\"text\":\"\"}", 0xea4dc78b2c6f4269, 0xd3433e0549a42266},
    };
    for (size_t i = 0; i < COUNT(frozen); i++) {
        struct identity identity = identity_of(frozen[i].line);
        assert_true(identity.high == frozen[i].high && identity.low == frozen[i].low);
    }
}

/* ---- the root ---- */

static struct identity root_of(const char *line)
{
    struct identity root;
    if (lineage_root(parse(line), SLICE("text"), arena, &root) < 0)
        fail_msg("%s: %s", line, diag_message());
    return root;
}

static bool same(struct identity a, struct identity b)
{
    return a.high == b.high && a.low == b.low;
}

static void test_root(void **state)
{
    (void)state;
    struct identity root;
    assert_true(same(root_of("{\"id\":\"X\"}"), identity_of("{\"id\":\"X\"}")));
    assert_true(same(root_of("{\"text\":\"X\"}"), identity_of("{\"text\":\"X\"}")));
    /* what was made of X, in any round, stands with X */
    assert_true(same(root_of("{\"id\":\"X#sr1#w0\",\"parent\":\"X#sr1\",\"root\":\"\\u0058\",\"epoch\":3}"),
                     root_of("{\"id\":\"X\",\"epoch\":1}")));
    assert_true(same(root_of("{\"id\":\"7#w0\",\"root\":7}"), root_of("{\"id\":7}")));
    assert_false(same(root_of("{\"id\":\"7#w0\",\"root\":7}"), root_of("{\"id\":\"7\"}")));
    assert_int_equal(lineage_root(parse("{\"id\":1,\"root\":[]}"), SLICE("text"), arena, &root), -1);
    assert_string_equal(diag_message(), "root: expected a string or a number, found an array");
}

/* ---- rounds ---- */

static struct lineage read(const char *line, int64_t epoch, int64_t copies)
{
    struct random_options options = {.salt = "", .epoch = epoch, .copies = copies};
    struct lineage lineage;
    if (lineage_read(parse(line), SLICE("text"), &options, arena, &lineage) < 0)
        fail_msg("%s: %s", line, diag_message());
    return lineage;
}

static void test_rounds(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t epoch, copies;
        uint32_t first; /* round of copy 0 */
        int64_t made;
        bool says_epoch;
    } cases[] = {
        {"{\"id\":1}", -1, 0, 0, 1, false},
        {"{\"id\":1}", 0, 0, 0, 1, true},
        {"{\"id\":1}", 5, 0, 5, 1, true},
        {"{\"id\":1}", -1, 1, 0, 1, true},
        {"{\"id\":1}", -1, 3, 0, 3, true},
        {"{\"id\":1}", 2, 3, 6, 3, true},
        {"{\"id\":1,\"epoch\":5}", -1, 0, 5, 1, false},
        {"{\"id\":1,\"epoch\":5}", 5, 0, 5, 1, true},
        {"{\"id\":1,\"epoch\":5}", -1, 3, 15, 3, true},
        {"{\"id\":1,\"epoch\":4294967295}", -1, 0, UINT32_MAX, 1, false},
        {"{\"id\":1,\"epoch\":4294967295}", 4294967295, 1, UINT32_MAX, 1, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct lineage lineage = read(cases[i].line, cases[i].epoch, cases[i].copies);
        assert_int_equal(lineage.copies, cases[i].made);
        for (int64_t copy = 0; copy < lineage.copies; copy++) {
            int64_t round = -1;
            struct record *made = rec_new(arena);
            assert_int_equal(lineage_rng(&lineage, (struct rng_key){0, 0}, copy).round, cases[i].first + copy);
            lineage_set(made, &lineage, copy);
            assert_int_equal(rec_int(made, SLICE("epoch"), &round), cases[i].says_epoch ? 0 : -1);
            assert_int_equal(round, cases[i].says_epoch ? cases[i].first + copy : -1);
        }
    }
}

/* Copies of copies are the copies that are made at once: the same rounds, each once, in order. */
static void test_copies_compose(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 5; n++)
        for (int64_t m = 1; m < 5; m++)
            for (int64_t c = 0; c < n; c++) {
                struct record *first = rec_new(arena);
                struct lineage before = read("{\"id\":1,\"epoch\":3}", -1, n),
                               all = read("{\"id\":1,\"epoch\":3}", -1, n * m);
                struct random_options options = {.salt = "", .epoch = -1, .copies = m};
                struct lineage after;
                rec_set_int(first, SLICE("id"), 1);
                lineage_set(first, &before, c);
                assert_int_equal(lineage_read(first, SLICE("text"), &options, arena, &after), 0);
                for (int64_t d = 0; d < m; d++)
                    assert_int_equal(lineage_rng(&after, (struct rng_key){0, 0}, d).round,
                                     lineage_rng(&all, (struct rng_key){0, 0}, c * m + d).round);
            }
}

static void test_bad_rounds(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t epoch, copies;
        const char *message;
    } cases[] = {
        {"{\"id\":1,\"epoch\":-1}", -1, 0, "epoch: expected 0 to 4294967295, found -1"},
        {"{\"id\":1,\"epoch\":4294967296}", -1, 0, "epoch: expected 0 to 4294967295, found 4294967296"},
        {"{\"id\":1,\"epoch\":1.5}", -1, 0, "epoch: not a 64-bit integer"},
        {"{\"id\":1,\"epoch\":0}", 1, 0, "epoch: the record has epoch 0, not 1 (--epoch)"},
        {"{\"id\":1,\"epoch\":3}", 1, 2, "epoch: the record has epoch 3, not 1 (--epoch)"},
        {"{\"id\":1,\"epoch\":2147483648}", -1, 2,
         "epoch: 2 copies of epoch 2147483648 go beyond the last round, 4294967295 (--copies)"},
        {"{\"id\":1,\"epoch\":1431655765}", -1, 3,
         "epoch: 3 copies of epoch 1431655765 go beyond the last round, 4294967295 (--copies)"},
        {"{\"epoch\":1}", 1, 0,
         "id: missing, and there is no text to stand in for it (\"quern import\" writes it); the record has epoch"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct random_options options = {.salt = "", .epoch = cases[i].epoch, .copies = cases[i].copies};
        struct lineage lineage;
        assert_int_equal(lineage_read(parse(cases[i].line), SLICE("text"), &options, arena, &lineage), -1);
        assert_string_equal(diag_message(), cases[i].message);
    }
    (void)read("{\"id\":1,\"epoch\":1431655764}", -1, 3); /* the last that has three */
    (void)read("{\"id\":1,\"epoch\":2147483647}", -1, 2);
    assert_int_equal(lineage_check(&(struct random_options){.epoch = 2147483647, .copies = 2}), 0);
    assert_int_equal(lineage_check(&(struct random_options){.epoch = 2147483648, .copies = 2}), -1);
    assert_int_equal(lineage_check(&(struct random_options){.epoch = UINT32_MAX, .copies = 0}), 0);
    assert_int_equal(lineage_check(&(struct random_options){.epoch = -1, .copies = INT32_MAX}), 0);
}

/* ---- what is made of records ---- */

static struct record *child_of(const char *line, const char *mark, uint64_t n)
{
    const struct record *of = parse(line);
    struct record *made = rec_derive(arena, of);
    if (lineage_child(made, of, mark, n, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    return made;
}

static void test_children(void **state)
{
    (void)state;
    check_print(child_of("{\"id\":\"X\"}", "sr", 1), "{\"id\":\"X#sr1\",\"parent\":\"X\",\"root\":\"X\"}");
    check_print(child_of("{\"id\":\"X#sr1\",\"parent\":\"X\",\"root\":\"X\"}", "w", 0),
                "{\"id\":\"X#sr1#w0\",\"parent\":\"X#sr1\",\"root\":\"X\"}");
    check_print(child_of("{\"id\":7,\"epoch\":2}", "w", 12), "{\"id\":\"7#w12\",\"epoch\":2,\"parent\":7,\"root\":7}");
    check_print(child_of("{\"root\":7,\"id\":\"7#w0\"}", "p", 3),
                "{\"root\":7,\"id\":\"7#w0#p3\",\"parent\":\"7#w0\"}");
    check_print(child_of("{\"id\":\"a\\u0000b\"}", "w", 0),
                "{\"id\":\"a\\u0000b#w0\",\"parent\":\"a\\u0000b\",\"root\":\"a\\u0000b\"}");
    static const struct {
        const char *line, *message;
    } bad[] = {
        {"{\"text\":\"a\"}",
         "id: missing, and new records take their ids from it (\"quern import\" writes it); the record has text"},
        {"{\"id\":true}", "id: expected a string or a number, found a boolean"},
        {"{\"id\":1,\"root\":{}}", "root: expected a string or a number, found an object"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct record *of = parse(bad[i].line);
        assert_int_equal(lineage_child(rec_derive(arena, of), of, "w", 0, arena), -1);
        assert_string_equal(diag_message(), bad[i].message);
    }
}

static struct record_id id_of(const char *line)
{
    struct record_id id;
    assert_int_equal(record_id_read(parse(line), arena, &id), 0);
    return id;
}

static void test_sources(void **state)
{
    (void)state;
    const struct lineage_source sources[] = {{id_of("{\"id\":\"\\u0061\"}"), {0, 5}}, {id_of("{\"id\":7}"), {3, 9}}};
    struct record *made = rec_new(arena);
    lineage_set_id(made, sources, 2, arena);
    lineage_set_sources(made, sources, 2, arena);
    check_print(made, "{\"id\":\"a@0-7@9\",\"sources\":[{\"id\":\"a\",\"tokens\":[0,5]},{\"id\":7,\"tokens\":[3,9]}]}");
    made = rec_new(arena);
    lineage_set_id(made, &sources[1], 1, arena);
    check_print(made, "{\"id\":\"7@3-7@9\"}");
    struct record_id none;
    assert_int_equal(record_id_read(parse("{\"id\":null}"), arena, &none), -1);
    assert_string_equal(diag_message(), "id: null, and new records take their ids from it (\"quern import\" writes "
                                        "it); the record has id");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_identity),       TEST(test_identity_is_frozen), TEST(test_root),     TEST(test_rounds),
        TEST(test_copies_compose), TEST(test_bad_rounds),         TEST(test_children), TEST(test_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
