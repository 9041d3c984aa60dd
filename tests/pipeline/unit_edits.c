/* unit_edits.c - how spans move, alone and with their record. */
#include "pipeline/base/diag.h"
#include "pipeline/record/annotations.h"
#include "pipeline/text/edits.h"
#include "pipeline/text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_span(const struct edits *edits, struct span from, struct span to)
{
    struct span moved = edits_span(edits, from);
    assert_int_equal(moved.start, to.start);
    assert_int_equal(moved.end, to.end);
}

static void an_empty_list_moves_nothing(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_reset(&edits);
    edits_keep(&edits, 7);
    expect_span(&edits, (struct span){2, 5}, (struct span){2, 5});
    edits_replace(&edits, 1, 1);
    assert_int_equal(edits.len, 0);
    edits_release(&edits);
}

static void a_replacement_is_covered_whole_or_not_at_all(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_keep(&edits, 3);
    edits_replace(&edits, 3, 2); /* [3,6) -> [3,5) */
    edits_keep(&edits, 4);
    expect_span(&edits, (struct span){0, 3}, (struct span){0, 3});
    expect_span(&edits, (struct span){0, 4}, (struct span){0, 5});
    expect_span(&edits, (struct span){4, 5}, (struct span){3, 5});
    expect_span(&edits, (struct span){5, 8}, (struct span){3, 7});
    expect_span(&edits, (struct span){6, 8}, (struct span){5, 7});
    edits_release(&edits);
}

static void what_is_deleted_leaves_an_empty_span(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_keep(&edits, 2);
    edits_replace(&edits, 3, 0); /* [2,5) goes */
    edits_keep(&edits, 2);
    expect_span(&edits, (struct span){2, 5}, (struct span){2, 2});
    expect_span(&edits, (struct span){3, 4}, (struct span){2, 2});
    expect_span(&edits, (struct span){1, 4}, (struct span){1, 2});
    expect_span(&edits, (struct span){4, 6}, (struct span){2, 3});
    expect_span(&edits, (struct span){0, 7}, (struct span){0, 4});
    edits_release(&edits);
}

static void an_insertion_belongs_to_the_span_around_it(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_keep(&edits, 4);
    edits_replace(&edits, 0, 2);
    edits_keep(&edits, 4);
    expect_span(&edits, (struct span){0, 4}, (struct span){0, 4});
    expect_span(&edits, (struct span){4, 8}, (struct span){6, 10});
    expect_span(&edits, (struct span){3, 5}, (struct span){3, 7});
    expect_span(&edits, (struct span){4, 4}, (struct span){4, 4});
    edits_release(&edits);
}

static void neighbours_keep_apart(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_replace(&edits, 0, 1);
    edits_replace(&edits, 1, 2);
    edits_replace(&edits, 2, 0);
    edits_replace(&edits, 1, 3);
    edits_replace(&edits, 0, 1);
    expect_span(&edits, (struct span){0, 1}, (struct span){1, 3});
    expect_span(&edits, (struct span){1, 3}, (struct span){3, 3});
    expect_span(&edits, (struct span){3, 4}, (struct span){3, 6});
    expect_span(&edits, (struct span){0, 4}, (struct span){1, 6});
    edits_release(&edits);
}

/* A small generator of its own: tests need numbers that are the same everywhere. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A list by the slow way: for each old character the new ones that come from it. */
struct model {
    struct span covers[64]; /* of each old character */
    uint32_t old_length, new_length;
};

static void make_lists(uint32_t *seed, struct edits *edits, struct model *model)
{
    edits_reset(edits);
    *model = (struct model){0};
    while (model->old_length < 40) {
        uint32_t removed = next_random(seed) % 4, inserted = next_random(seed) % 4;
        if (next_random(seed) % 2 == 0) {
            edits_keep(edits, removed);
            for (uint32_t i = 0; i < removed; i++, model->new_length++)
                model->covers[model->old_length++] = (struct span){model->new_length, model->new_length + 1};
            continue;
        }
        edits_replace(edits, removed, inserted);
        for (uint32_t i = 0; i < removed; i++)
            model->covers[model->old_length++] = (struct span){model->new_length, model->new_length + inserted};
        model->new_length += inserted;
    }
}

static void random_lists_follow_the_rules(void **state)
{
    (void)state;
    struct edits edits = {0};
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        struct model model;
        make_lists(&seed, &edits, &model);
        assert_int_equal(edits.old_end, model.old_length);
        assert_int_equal(edits.new_end, model.new_length);
        for (uint32_t start = 0; start < model.old_length; start++)
            for (uint32_t end = start + 1; end <= model.old_length; end++)
                /* From where the first character went to where the last one did. */
                expect_span(&edits, (struct span){start, end},
                            (struct span){model.covers[start].start, model.covers[end - 1].end});
    }
    edits_release(&edits);
}

static void order_is_kept(void **state)
{
    (void)state;
    struct edits edits = {0};
    uint32_t seed = 11;
    for (int round = 0; round < 3000; round++) {
        struct model model;
        make_lists(&seed, &edits, &model);
        struct span before = {0, 0};
        for (uint32_t at = 0; at < model.old_length; at++) {
            struct span moved = edits_span(&edits, (struct span){at, at + 1});
            assert_true(moved.start <= moved.end);
            assert_true(moved.start >= before.start && moved.end >= before.end);
            assert_true(moved.end <= model.new_length);
            before = moved;
        }
    }
    edits_release(&edits);
}

static void many_spans_move_like_each(void **state)
{
    (void)state;
    struct edits edits = {0};
    uint32_t seed = 5;
    for (int round = 0; round < 3000; round++) {
        struct model model;
        make_lists(&seed, &edits, &model);
        for (uint32_t width = 0; width <= 3; width++) {
            struct span spans[64];
            size_t count = 0;
            for (uint32_t at = 0; at + width <= model.old_length && count < 64; at++)
                spans[count++] = (struct span){at, at + width};
            edits_spans(&edits, spans, count);
            for (uint32_t at = 0; at < count; at++)
                expect_span(&edits, (struct span){at, at + width}, spans[at]);
        }
    }
    edits_release(&edits);
}

/* ---- records ---- */

static struct record parse(const char *line, struct arena *arena)
{
    struct record record;
    assert_int_equal(rec_parse(&record, slice_of(line), JSON_DEPTH, arena), 0);
    return record;
}

/* Moves the spans of the line through the edits, expects the line that comes out. */
static void expect_moved(const struct edits *edits, const char *line, const char *text, const char *expected)
{
    struct arena *arena = arena_new();
    struct record in = parse(line, arena);
    struct annotations spans;
    assert_int_equal(annotations_read(&in, slice_of(text), arena, &spans), 1);
    annotations_move(edits, &spans);
    struct record *made = rec_derive(arena, &in);
    annotations_set(made, &spans, arena);
    struct bytes printed = {0};
    rec_print(made, &printed);
    bytes_byte(&printed, '\0');
    assert_string_equal(printed.items, expected);
    vec_free(&printed);
    arena_free(arena);
}

static void members_move_and_what_is_gone_is_dropped(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_keep(&edits, 2);
    edits_replace(&edits, 2, 0);
    edits_replace(&edits, 1, 2);
    edits_keep(&edits, 1);
    expect_moved(&edits, "{\"words\":[[0,2],[2,4],[4,5],[5,6]],\"sentences\":[ [0,2] ],\"phrases\":[[0,6]]}", "abcdef",
                 "{\"words\":[[0,2],[2,4],[4,5]],\"sentences\":[ [0,2] ],\"phrases\":[[0,5]]}");
    expect_moved(&edits, "{\"stopwords\":[[2,3],[4,4]]}", "abcdef", "{\"stopwords\":[[2,2]]}");
    edits_release(&edits);
}

static void entities_keep_their_other_bytes(void **state)
{
    (void)state;
    struct edits edits = {0};
    edits_keep(&edits, 2);
    edits_replace(&edits, 2, 0);
    edits_keep(&edits, 2);
    expect_moved(
        &edits,
        "{\"entities\":[ {\"end\" : 6, \"label\":\"L\\u004fC\",\"start\":4,\"p\":1.50}, {\"start\":2,\"end\":4},"
        "{\"\\u0073tart\":9,\"start\":0,\"end\":2} ]}",
        "abcdef",
        "{\"entities\":[{\"end\" : 4, \"label\":\"L\\u004fC\",\"start\":2,\"p\":1.50},"
        "{\"\\u0073tart\":9,\"start\":0,\"end\":2}]}");
    /* Nothing moved: nothing is written anew. */
    expect_moved(&edits, "{\"entities\":[ {\"start\":0,\"end\":1} ]}", "abcdef",
                 "{\"entities\":[ {\"start\":0,\"end\":1} ]}");
    edits_release(&edits);
}

static void expect_refused(const char *line, const char *message)
{
    struct arena *arena = arena_new();
    struct record in = parse(line, arena);
    struct annotations spans;
    assert_int_equal(annotations_read(&in, SLICE("d\xc3\xa9j\xc3\xa0"), arena, &spans), -1);
    assert_string_equal(diag_message(), message);
    arena_free(arena);
}

static void wrong_spans_are_named(void **state)
{
    (void)state;
    expect_refused("{\"words\":[[0,1],[1,5]]}", "words[1]: ends at 5, the text has 4 characters");
    expect_refused("{\"words\":[[0,1],[3,2]]}", "words[1]: the start is greater than the end");
    expect_refused("{\"sentences\":[[0,1.5]]}", "sentences[0]: expected [start,end], two offsets");
    expect_refused("{\"phrases\":\"x\"}", "phrases: expected an array of spans, found a string");
    expect_refused("{\"entities\":{}}", "entities: expected an array of objects");
    expect_refused("{\"entities\":[[0,1]]}", "entities[0]: expected an object with start and end");
    expect_refused("{\"entities\":[{\"start\":0}]}", "entities[0].end: missing");
    expect_refused("{\"entities\":[{\"start\":-1,\"end\":1}]}", "entities[0].start: not an offset");
    expect_refused("{\"entities\":[{\"start\":2,\"end\":1}]}", "entities[0]: the start is greater than the end");
    expect_refused("{\"entities\":[{\"start\":2,\"end\":9}]}", "entities[0]: ends at 9, the text has 4 characters");
}

static void no_spans_are_no_spans(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct record in = parse("{\"text\":\"a\"}", arena);
    struct annotations spans;
    assert_int_equal(annotations_read(&in, SLICE("a"), arena, &spans), 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_moves_nothing),
        cmocka_unit_test(a_replacement_is_covered_whole_or_not_at_all),
        cmocka_unit_test(what_is_deleted_leaves_an_empty_span),
        cmocka_unit_test(an_insertion_belongs_to_the_span_around_it),
        cmocka_unit_test(neighbours_keep_apart),
        cmocka_unit_test(random_lists_follow_the_rules),
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(many_spans_move_like_each),
        cmocka_unit_test(members_move_and_what_is_gone_is_dropped),
        cmocka_unit_test(entities_keep_their_other_bytes),
        cmocka_unit_test(wrong_spans_are_named),
        cmocka_unit_test(no_spans_are_no_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
