/* Copies of records outlive what they were copied from; keep holds the newest ones, in little memory. */
#include "pipeline/record/keep.h"
#include "records.h"

#include <stdio.h>

/* Copies the record into an arena of its own, overwrites every byte that the record had, and prints the copy. */
static void check_copy(const struct record *in, char *line)
{
    struct arena *own = arena_new();
    struct slice before = print(in);
    char *expected = mem_string(before.ptr, before.len);
    size_t used = arena_used(arena);
    struct record *copy = rec_copy(own, in);
    assert_int_equal(arena_used(arena), used);
    if (line != NULL)
        memset(line, '#', strlen(line));
    arena_reset(arena);
    for (size_t left = used + 4096; left > 0; left -= left < 512 ? left : 512)
        memset(arena_alloc(arena, 512), '#', 512);
    struct bytes after = {0};
    rec_print(copy, &after);
    assert_true(slice_equal(bytes_slice(&after), slice_of(expected)));
    vec_free(&after);
    mem_free(expected);
    arena_free(own);
}

/* Parses a copy of the line that can be overwritten, and lets `change` make of it what is to be copied. */
static void check(const char *text, void (*change)(struct record *))
{
    char *line = mem_string(text, strlen(text));
    struct record *record = arena_alloc(arena, sizeof *record);
    if (rec_parse(record, slice_of(line), JSON_DEPTH, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    if (change != NULL) {
        struct record *made = rec_derive(arena, record);
        change(made);
        rec_settle(made);
        record = made;
    }
    check_copy(record, line);
    mem_free(line);
}

static struct slice in_arena(const char *text)
{
    return arena_copy(arena, slice_of(text));
}

static void set_nothing(struct record *made)
{
    (void)made;
}

static void set_all_kinds(struct record *made)
{
    static const int32_t ints[] = {7, -1, 2147483647};
    static const struct span spans[] = {{0, 1}, {5, 9}};
    int32_t *own_ints = arena_array(arena, 3, sizeof *own_ints);
    struct span *own_spans = arena_array(arena, 2, sizeof *own_spans);
    struct slice *strings = arena_array(arena, 2, sizeof *strings);
    memcpy(own_ints, ints, sizeof ints);
    memcpy(own_spans, spans, sizeof spans);
    strings[0] = in_arena("one \"two\"");
    strings[1] = in_arena("");
    double *own_floats = arena_array(arena, 2, sizeof *own_floats);
    memcpy(own_floats, (double[]){0.5, -2}, 2 * sizeof *own_floats);
    assert_int_equal(rec_set_float(made, in_arena("float"), 0.1), 0);
    assert_int_equal(rec_set_floats(made, in_arena("floats"), own_floats, 2), 0);
    rec_set_int(made, in_arena("int"), -5);
    rec_set_ints(made, in_arena("ints"), own_ints, 3);
    rec_set_ints(made, in_arena("no ints"), own_ints, 0);
    rec_set_spans(made, in_arena("spans"), own_spans, 2);
    rec_set_text(made, in_arena("text"), in_arena("a\nb"));
    rec_set_text(made, in_arena("empty"), in_arena(""));
    rec_set_strings(made, in_arena("strings"), strings, 2);
    rec_set_json(made, in_arena("json"), in_arena("{\"x\":[1]}"));
}

static const struct slice vocabulary[] = {{"the", 3}, {"mill", 4}, {"\"", 1}};
static struct names *names;

static void set_names(struct record *made)
{
    int32_t *numbers = arena_array(arena, 4, sizeof *numbers);
    for (int32_t i = 0; i < 4; i++)
        numbers[i] = (i + 1) % 3;
    rec_set_names(made, in_arena("tokens"), names, numbers, 4);
    rec_set_names(made, in_arena("none"), names, numbers, 0);
}

static void remove_two(struct record *made)
{
    rec_remove(made, SLICE("a"));
    rec_remove(made, SLICE("n99"));
    rec_set_int(made, SLICE("b"), 3);
}

static void test_copies(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{}",
        " { \"a\" : 1 , \"b\":\"x\\u00e9\", \"a\":[1,2] }\r",
        "{\"\\u0061\":\"escaped name\",\"b\":{\"c\":[[],{}]},\"text\":\"old\"}",
    };
    names = names_new(vocabulary, 3);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        check(lines[i], NULL);
        check(lines[i], set_nothing);
        check(lines[i], set_all_kinds);
        check(lines[i], set_names);
        check(lines[i], remove_two);
    }
    names_free(names);
    struct record *made = rec_new(arena);
    set_all_kinds(made);
    check_copy(made, NULL);
    check_copy(rec_show(arena, in_arena("two\nlines")), NULL);
}

static void test_record_of_many_members(void **state)
{
    (void)state;
    struct bytes line = {0};
    bytes_put(&line, SLICE("{\"a\":0"));
    for (int i = 0; i < 300; i++) {
        struct slice member = arena_print(arena, ",\"n%d\":%d", i % 250, i);
        bytes_put(&line, member);
    }
    bytes_append(&line, "}", 2);
    check(line.items, NULL);
    check(line.items, set_all_kinds);
    check(line.items, remove_two);
    vec_free(&line);
}

/* A copy of a copy can be read and changed like any record; it says where it was read. */
static void test_copy_is_a_record(void **state)
{
    (void)state;
    struct record record;
    assert_int_equal(rec_parse(&record, SLICE("{\"id\":1,\"text\":\"\\u0061\"}"), JSON_DEPTH, arena), 0);
    record.file = "in";
    record.line_number = 12;
    const struct record *copy = rec_copy(arena, rec_copy(arena, &record));
    struct slice text;
    assert_int_equal(rec_text(copy, SLICE("text"), arena, &text), 0);
    assert_true(slice_is(text, "a"));
    assert_string_equal(copy->file, "in");
    assert_int_equal(copy->line_number, 12);
    struct record *made = rec_derive(arena, copy);
    rec_set_int(made, SLICE("id"), 2);
    assert_true(slice_is(print(made), "{\"id\":2,\"text\":\"\\u0061\"}"));
    assert_true(slice_is(print(copy), "{\"id\":1,\"text\":\"\\u0061\"}"));
}

static void put_number(struct keep *keep, int number)
{
    char line[64];
    (void)snprintf(line, sizeof line, "{\"id\":%d}", number);
    struct record record;
    assert_int_equal(rec_parse(&record, slice_of(line), JSON_DEPTH, arena), 0);
    (void)keep_put(keep, &record);
    arena_reset(arena);
}

static void check_kept(const struct keep *keep, int first)
{
    for (size_t i = 0; i < keep_len(keep); i++) {
        int64_t id;
        assert_int_equal(rec_int(keep_at(keep, i), SLICE("id"), &id), 0);
        assert_int_equal(id, first + (int)i);
    }
}

static void test_keep_has_the_newest(void **state)
{
    (void)state;
    for (size_t most = 1; most < 40; most += 7) {
        struct keep keep = {0};
        for (int i = 0; i < 500; i++) {
            if (keep_len(&keep) == most)
                keep_drop(&keep);
            put_number(&keep, i);
            check_kept(&keep, i + 1 - (int)keep_len(&keep));
        }
        assert_int_equal(keep_len(&keep), most);
        while (keep_len(&keep) > 0) {
            keep_drop(&keep);
            check_kept(&keep, 500 - (int)keep_len(&keep));
        }
        put_number(&keep, 7);
        check_kept(&keep, 7);
        keep_release(&keep);
    }
}

static void test_keep_takes_twice_the_kept(void **state)
{
    (void)state;
    enum { MOST = 1000 };
    struct keep keep = {0};
    size_t full = 0;
    for (int i = 0; i < 100 * MOST; i++) {
        if (keep_len(&keep) == MOST)
            keep_drop(&keep);
        put_number(&keep, 1000000 + i);
        if (i == MOST - 1)
            full = arena_used(keep.young);
        if (i >= MOST)
            assert_true(arena_used(keep.young) + arena_used(keep.old) <= 2 * full);
    }
    assert_true(keep.records.len <= 2 * MOST);
    keep_release(&keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_copies),
        TEST(test_record_of_many_members),
        TEST(test_copy_is_a_record),
        TEST(test_keep_has_the_newest),
        TEST(test_keep_takes_twice_the_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
