/* Spans of a text, shared out to pieces of it. */
#include "base/diag.h"
#include "record/annotations.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LENGTH = 40, ITEMS = 12, PIECES = 9 };

static struct arena *arena;

static uint32_t next_random(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static const struct record *record_with(const struct span *spans, size_t count)
{
    struct record *record = rec_new(arena);
    struct bytes entities = {0};
    bytes_byte(&entities, '[');
    for (size_t i = 0; i < count; i++)
        bytes_put(&entities, arena_print(arena, "%s{\"end\":%u,\"n\":%zu,\"start\":%u}", i > 0 ? "," : "", spans[i].end,
                                         i, spans[i].start));
    bytes_byte(&entities, ']');
    rec_set_spans(record, SLICE("phrases"), spans, count);
    rec_set_json(record, SLICE("entities"), arena_copy(arena, bytes_slice(&entities)));
    vec_free(&entities);
    return record;
}

/* Pieces that overlap and have gaps, neither their starts nor ends falling. */
static size_t random_pieces(uint64_t *seed, struct span *pieces)
{
    size_t count = 1 + next_random(seed, PIECES);
    struct span piece = {0, 0};
    for (size_t i = 0; i < count; i++) {
        piece.start += next_random(seed, 6);
        piece.end += next_random(seed, 9);
        piece.end = piece.end < piece.start ? piece.start : piece.end;
        piece.end = piece.end > LENGTH ? LENGTH : piece.end;
        piece.start = piece.start > piece.end ? piece.end : piece.start;
        pieces[i] = piece;
    }
    return count;
}

static bool has(struct span piece, struct span last, struct span item)
{
    if (item.start < item.end)
        return item.start < piece.end && item.end > piece.start;
    if (item.start >= last.end)
        return item.start == 0 ? piece.end == 0 : piece.end >= item.start && piece.start < item.start;
    return item.start >= piece.start && item.start < piece.end;
}

static uint32_t within(uint32_t point, struct span piece)
{
    uint32_t low = point < piece.start ? piece.start : point;
    return (low > piece.end ? piece.end : low) - piece.start;
}

static void check_piece(const struct annotation_pieces *cut, size_t number, struct span piece, struct span last,
                        const struct span *items, size_t count)
{
    struct record *made = rec_new(arena);
    struct span expected[ITEMS];
    size_t expected_count = 0, found_count;
    const struct span *found;
    annotations_set_piece(made, cut, number, arena);
    assert_int_equal(rec_spans(made, SLICE("phrases"), arena, &found, &found_count), 0);
    struct json_walk entities = json_walk(rec_json(rec_get(made, SLICE("entities")), arena));
    for (size_t i = 0; i < count; i++) {
        if (!has(piece, last, items[i]))
            continue;
        struct span span = {within(items[i].start, piece), within(items[i].end, piece)};
        expected[expected_count++] = span;
        assert_true(json_next(&entities));
        assert_true(slice_equal(entities.value,
                                arena_print(arena, "{\"end\":%u,\"n\":%zu,\"start\":%u}", span.end, i, span.start)));
    }
    assert_false(json_next(&entities));
    assert_int_equal(found_count, expected_count);
    for (size_t i = 0; i < found_count; i++)
        assert_memory_equal(&found[i], &expected[i], sizeof expected[i]);
}

static void test_pieces(void **state)
{
    (void)state;
    char text[LENGTH];
    memset(text, 'a', sizeof text);
    uint64_t seed = 8;
    for (int round = 0; round < 3000; round++) {
        struct span items[ITEMS], pieces[PIECES];
        size_t count = next_random(&seed, ITEMS + 1);
        for (size_t i = 0; i < count; i++) {
            items[i].start = next_random(&seed, LENGTH + 1);
            items[i].end = items[i].start + next_random(&seed, LENGTH + 1 - items[i].start);
        }
        size_t piece_count = random_pieces(&seed, pieces);
        struct annotations annotations;
        struct annotation_pieces cut;
        assert_int_equal(annotations_read(record_with(items, count), (struct slice){text, LENGTH}, arena, &annotations),
                         1);
        assert_int_equal(annotations_cut(&annotations, pieces, piece_count, arena, &cut), 0);
        for (size_t i = 0; i < piece_count; i++)
            check_piece(&cut, i, pieces[i], pieces[piece_count - 1], items, count);
        arena_reset(arena);
    }
}

/* As many items as memory would not hold are an error, before they are made. */
static void test_too_many(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct span *whole = arena_array(arena, MANY, sizeof *whole), *pieces = arena_array(arena, MANY, sizeof *pieces);
    for (size_t i = 0; i < MANY; i++)
        whole[i] = pieces[i] = (struct span){0, 1};
    struct annotations annotations;
    struct annotation_pieces cut;
    assert_int_equal(annotations_read(record_with(whole, MANY), SLICE("a"), arena, &annotations), 1);
    assert_int_equal(annotations_cut(&annotations, pieces, MANY, arena, &cut), -1);
    assert_string_equal(diag_message(),
                        "entities: the 5000 pieces that the text is cut into have more than 16777216 of them");
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_too_many, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
