/* pool.c - see pool.h. */
#include "pool.h"

#include "../classes/within.h"

#include <stdlib.h>

/* ---- one record ---- */

static int read_weight(const struct record *in, struct mixable *read)
{
    read->has_weight = rec_present(in, SLICE("weight")) != NULL;
    read->weight = 1;
    if (read->has_weight && rec_float(in, SLICE("weight"), &read->weight) < 0)
        return -1;
    return read->weight >= 0 ? 0 : diag_error("weight: expected a weight of 0 or more");
}

/* Either the target or the label. */
static int read_target(const struct pool *pool, const struct record *in, struct arena *arena, struct mixable *read)
{
    struct slice name = SLICE("target");
    struct distribution p;
    const struct value *value = rec_present(in, name);
    if (value == NULL && rec_present(in, pool->label) == NULL)
        return member_missing(in, name,
                              arena_print(arena, ", and so is %.*s", (int)pool->label.len, pool->label.ptr).ptr);
    if (value == NULL)
        return class_list_find(pool->classes, in, pool->label, "", arena, &read->label);
    if (rec_kind(value) != '[' && rec_kind(value) != '{')
        return rec_mismatch(name, "an array of numbers", value);
    if (distribution_read(&(struct distribution_rules){pool->classes, false}, name, rec_json(value, arena), false,
                          arena, &p) < 0)
        return -1;
    read->target = p.p;
    return 0;
}

static int read_all(const struct pool *pool, const struct record *in, struct arena *arena, enum vector_form *form,
                    struct mixable *read)
{
    *read = (struct mixable){0};
    if (record_id_read(in, arena, &read->id) < 0 || record_id_check(&read->id) < 0 ||
        vector_read(in, pool->wide, arena, form, &read->vector) < 0 || read_target(pool, in, arena, read) < 0)
        return -1;
    read->json = rec_json(rec_get(in, SLICE("id")), arena);
    return read_weight(in, read);
}

/* Does the vector fit to those of the pool? */
static int check_vector(const struct pool *pool, enum vector_form form, const struct vector *vector)
{
    if (form != pool->form)
        return diag_error("%s: the vectors of the pool (--with) are %s", vector_form_names[form],
                          vector_form_names[pool->form]);
    if (form == FORM_FEATURES && vector->count != pool->dims)
        return diag_error("features: expected %zu numbers, as in the pool (--with), found %zu", pool->dims,
                          vector->count);
    return 0;
}

static int check_split(const struct pool *pool, const struct record *in, struct arena *arena)
{
    struct slice split = split_find(in, arena);
    if (slice_equal(split, pool->split))
        return 0;
    return diag_error("split: expected %.*s, as in the pool (--with), found %.*s: a mixture of two parts belongs to "
                      "neither (quern select picks the records of one)",
                      (int)pool->split.len, pool->split.ptr, (int)split.len, split.ptr);
}

static const double *one_hot(size_t label, size_t count, struct arena *arena)
{
    double *target = arena_array(arena, count, sizeof *target);
    for (size_t c = 0; c < count; c++)
        target[c] = c == label;
    return target;
}

int pool_read(const struct pool *pool, const struct record *in, struct arena *arena, struct mixable *read)
{
    enum vector_form form;
    if (read_all(pool, in, arena, &form, read) < 0 || check_vector(pool, form, &read->vector) < 0 ||
        check_split(pool, in, arena) < 0)
        return -1;
    if (read->target == NULL)
        read->target = one_hot(read->label, pool->classes->count, arena);
    return 0;
}

/* ---- the pool ---- */

static int load(void *state, const struct record *in, struct arena *arena)
{
    struct pool *pool = state;
    struct mixable read;
    enum vector_form form;
    if (read_all(pool, in, arena, &form, &read) < 0)
        return -1;
    if (pool->items.len == 0) {
        pool->form = form;
        pool->dims = read.vector.count;
        pool->split = arena_copy(pool->arena, split_find(in, arena));
    }
    if (check_vector(pool, form, &read.vector) < 0 || check_split(pool, in, arena) < 0)
        return -1;
    read.json = arena_copy(pool->arena, read.json);
    read.id.spelling = arena_copy(pool->arena, read.id.spelling);
    read.vector = vector_keep(&read.vector, pool->arena);
    if (read.target != NULL) {
        double *target = arena_array(pool->arena, pool->classes->count, sizeof *target);
        memcpy(target, read.target, pool->classes->count * sizeof *target);
        read.target = target;
    }
    vec_push(&pool->items, read);
    return 0;
}

static int compare_numbers(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int compare_vectors(const struct vector *a, const struct vector *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (a->indices != NULL && a->indices[i] != b->indices[i])
            return a->indices[i] < b->indices[i] ? -1 : 1;
        if (vector_number(a, i) != vector_number(b, i))
            return vector_number(a, i) < vector_number(b, i) ? -1 : 1;
    }
    return (a->count > b->count) - (a->count < b->count);
}

/* By id; records of one id, such as those of several epochs, by what is mixed of them. */
struct keyed {
    const struct mixable *item;
    size_t classes;
};

static int by_id(const void *a, const void *b)
{
    const struct keyed *left = a, *right = b;
    const struct mixable *x = left->item, *y = right->item;
    int order = record_id_compare(&x->id, &y->id);
    order = order != 0 ? order : compare_vectors(&x->vector, &y->vector);
    order = order != 0 ? order : compare_numbers(x->target, y->target, left->classes);
    order = order != 0 ? order : compare_numbers(&x->weight, &y->weight, 1);
    return order != 0 ? order : slice_compare(x->json, y->json);
}

static void sort(struct pool *pool)
{
    size_t count = pool->items.len;
    struct keyed *keys = mem_zalloc(count, sizeof *keys);
    struct mixable *sorted = mem_zalloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){&pool->items.items[i], pool->classes->count};
    qsort(keys, count, sizeof *keys, by_id);
    for (size_t i = 0; i < count; i++)
        sorted[i] = *keys[i].item;
    memcpy(pool->items.items, sorted, count * sizeof *sorted);
    mem_free(keys);
    mem_free(sorted);
}

/* Labels become targets now that the number of classes is known. */
static int set_targets(struct pool *pool, const char *path)
{
    size_t count = pool->classes->count;
    if (count == 0)
        return diag_error("%s: has labels but no target, so nothing says how many classes there are (--classes does)",
                          path);
    for (size_t i = 0; i < pool->items.len; i++) {
        struct mixable *item = &pool->items.items[i];
        if (item->target == NULL && item->label >= count)
            return diag_error("%s: id %.*s: %.*s: expected the position of a class, from 0 to %zu, found %zu", path,
                              (int)item->json.len, item->json.ptr, (int)pool->label.len, pool->label.ptr, count - 1,
                              item->label);
        if (item->target == NULL)
            item->target = one_hot(item->label, count, pool->arena);
    }
    return 0;
}

int pool_open(struct pool *pool, struct stage_context *context, const char *path)
{
    pool->arena = arena_new();
    if (chain_read(context, path, load, pool) < 0)
        return -1;
    if (pool->items.len == 0)
        return diag_error("%s: has no records (--with)", path);
    if (set_targets(pool, path) < 0)
        return -1;
    sort(pool);
    return 0;
}

void pool_release(struct pool *pool)
{
    vec_free(&pool->items);
    arena_free(pool->arena);
}

/* ---- partners ---- */

/* Where the records with this id begin and end. */
static void range_of(const struct pool *pool, const struct record_id *id, size_t *first, size_t *end)
{
    size_t count = pool->items.len;
    search_first(*first, count, record_id_compare(&pool->items.items[*first].id, id) < 0);
    for (*end = *first; *end < count && record_id_compare(&pool->items.items[*end].id, id) == 0; ++*end)
        ;
}

size_t pool_others(const struct pool *pool, const struct record_id *id)
{
    size_t first, end;
    range_of(pool, id, &first, &end);
    return pool->items.len - (end - first);
}

const struct mixable *pool_other(const struct pool *pool, const struct record_id *id, size_t number)
{
    size_t first, end;
    range_of(pool, id, &first, &end);
    return &pool->items.items[number < first ? number : number + (end - first)];
}
