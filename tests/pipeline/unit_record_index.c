/* Records of very many members: found by an index, and the same record. */
#include "record/keep.h"
#include "records.h"

#include <time.h>

enum { MODEL_NAMES = 400, MODEL_ROOM = 4000 };

/* A record as a plain list that is searched. */
struct model {
    struct model_member {
        size_t name;
        int64_t value;
    } items[MODEL_ROOM];
    size_t count;
};

static struct slice model_name(size_t number)
{
    return arena_print(arena, "n%zu", number);
}

static struct model_member *model_find(struct model *model, size_t name)
{
    for (size_t i = model->count; i > 0; i--)
        if (model->items[i - 1].name == name)
            return &model->items[i - 1];
    return NULL;
}

static void model_set(struct model *model, size_t name, int64_t value)
{
    struct model_member *found = model_find(model, name);
    if (found == NULL)
        found = &model->items[model->count++];
    *found = (struct model_member){name, value};
}

static void model_remove(struct model *model, size_t name)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->count; i++)
        if (model->items[i].name != name)
            model->items[kept++] = model->items[i];
    model->count = kept;
}

static struct slice model_print(const struct model *model)
{
    struct bytes out = {0};
    bytes_byte(&out, '{');
    for (size_t i = 0; i < model->count; i++) {
        struct slice member = arena_print(arena, "%s\"n%zu\":%lld", i > 0 ? "," : "", model->items[i].name,
                                          (long long)model->items[i].value);
        bytes_put(&out, member);
    }
    bytes_byte(&out, '}');
    struct slice kept = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return kept;
}

static void check_like_model(const struct record *record, struct model *model)
{
    for (size_t name = 0; name < MODEL_NAMES; name++) {
        const struct model_member *expected = model_find(model, name);
        int64_t value;
        assert_int_equal(rec_get(record, model_name(name)) == NULL, expected == NULL);
        if (expected != NULL) {
            assert_int_equal(rec_int(record, model_name(name), &value), 0);
            assert_int_equal(value, expected->value);
        }
    }
    struct slice printed = print(record), expected = model_print(model);
    if (!slice_equal(printed, expected))
        fail_msg("printed  %.*s\nexpected %.*s", (int)printed.len, printed.ptr, (int)expected.len, expected.ptr);
}

/* Names that are there several times, as only a line can have them. */
static struct model random_model(uint64_t *seed, size_t count)
{
    struct model model = {.count = count};
    for (size_t i = 0; i < count; i++)
        model.items[i] = (struct model_member){next_random(seed, MODEL_NAMES), (int64_t)i};
    return model;
}

static void test_an_index_changes_nothing(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (size_t round = 0; round < 60; round++) {
        struct model model = random_model(&seed, next_random(&seed, 500));
        struct record parsed;
        assert_int_equal(rec_parse(&parsed, model_print(&model), JSON_DEPTH, arena), 0);
        check_like_model(&parsed, &model);
        struct record *record = rec_derive(arena, &parsed);
        for (size_t step = 0; step < 300; step++) {
            /* in turn it mostly grows, mostly shrinks, and is handed on */
            bool grows = (step / 100 + round) % 2 == 0;
            size_t name = next_random(&seed, MODEL_NAMES), choice = next_random(&seed, 10);
            if (choice < (grows ? 7U : 2U)) {
                rec_set_int(record, model_name(name), (int64_t)step);
                model_set(&model, name, (int64_t)step);
            } else if (choice < 9) {
                rec_remove(record, model_name(name));
                model_remove(&model, name);
            } else {
                if (step % 2 == 0)
                    rec_settle(record);
                record = rec_derive(arena, step % 3 == 0 ? rec_copy(arena, record) : record);
            }
        }
        check_like_model(record, &model);
        rec_settle(record);
        assert_int_equal(record->count, model.count);
        check_like_model(record, &model);
        arena_reset(arena);
    }
}

/* A copy and what it was copied from do not share what changes. */
static void test_an_index_is_copied(void **state)
{
    (void)state;
    struct record *first = rec_new(arena);
    for (size_t i = 0; i < 200; i++)
        rec_set_int(first, model_name(i), (int64_t)i);
    rec_settle(first);
    struct slice before = print(first);
    struct record *copy = rec_derive(arena, first);
    for (size_t i = 0; i < 100; i++) {
        rec_remove(copy, model_name(i));
        rec_set_int(copy, model_name(i + 1000), 0);
    }
    assert_true(slice_equal(print(first), before));
    for (size_t i = 0; i < 100; i++) {
        assert_non_null(rec_get(first, model_name(i)));
        assert_null(rec_get(first, model_name(i + 1000)));
        assert_null(rec_get(copy, model_name(i)));
    }
}

/* CPU seconds for a record of n members that are set, read, copied and removed one by one. */
static double seconds_for(size_t n)
{
    clock_t start = clock();
    struct record *record = rec_new(arena);
    for (size_t i = 0; i < n; i++)
        rec_set_int(record, model_name(i), 1);
    record = rec_derive(arena, record);
    for (size_t i = 0; i < n; i++)
        assert_non_null(rec_get(record, model_name(i)));
    struct record parsed;
    assert_int_equal(rec_parse(&parsed, print(record), JSON_DEPTH, arena), 0);
    for (size_t i = 0; i < n; i++)
        rec_remove(record, model_name(i));
    double taken = (double)(clock() - start) / CLOCKS_PER_SEC;
    arena_reset(arena);
    return taken;
}

/* Four times the members are four times the work; were any of it quadratic it would be sixteen times. */
static void test_an_index_takes_linear_time(void **state)
{
    (void)state;
    enum { MEMBERS = 20000 };
    double least[2] = {1e9, 1e9};
    for (size_t i = 0; i < 10; i++) {
        double taken = seconds_for(i % 2 == 0 ? MEMBERS : 4 * MEMBERS);
        least[i % 2] = taken < least[i % 2] ? taken : least[i % 2];
    }
    if (least[1] > 9 * least[0])
        fail_msg("%d members took %g s, four times as many %g s", MEMBERS, least[0], least[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_index_changes_nothing),
        TEST(test_an_index_is_copied),
        TEST(test_an_index_takes_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
