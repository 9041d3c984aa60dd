/* linear_rows.c - see linear_rows.h. */
#include "linear_rows.h"

#include <stdlib.h>

void linear_store_open(struct linear_store *store)
{
    *store = (struct linear_store){.labels = map_new()};
    vec_push(&store->arenas, arena_new());
}

void linear_store_release(struct linear_store *store)
{
    for (size_t i = 0; i < store->arenas.len; i++)
        arena_free(store->arenas.items[i]);
    vec_free(&store->arenas);
    vec_free(&store->items);
    vec_free(&store->classes);
    map_free(store->labels);
    store->labels = NULL;
}

/* ---- labels ---- */

static uint32_t number_of(struct linear_store *store, const struct class *class)
{
    struct bytes key = {0};
    bytes_byte(&key, class->is_text ? '"' : '0');
    if (class->is_text)
        bytes_put(&key, class->text);
    else
        bytes_append(&key, (const char *)&class->integer, sizeof class->integer);
    size_t before = map_len(store->labels);
    uint64_t *number = map_put(store->labels, bytes_slice(&key));
    if (map_len(store->labels) > before) {
        struct class added = *class;
        added.text = arena_copy(store->arenas.items[0], class->text);
        added.number = *number = before;
        added.count = 1;
        vec_push(&store->classes, added);
    }
    vec_free(&key);
    return (uint32_t)*number;
}

int linear_store_label(struct linear_store *store, const struct record *in, struct slice label, struct arena *arena,
                       uint32_t *number)
{
    const struct value *value = rec_present(in, label);
    struct class class = {.text = SLICE("")};
    if (value == NULL)
        return member_missing_named(in, label, "(--label names it)");
    class.is_text = rec_kind(value) == '"';
    if (!class.is_text && rec_kind(value) != '0')
        return rec_mismatch(label, "a string or an integer, the class of the record", value);
    if (class.is_text ? rec_text(in, label, arena, &class.text) < 0 : rec_int(in, label, &class.integer) < 0)
        return -1;
    *number = number_of(store, &class);
    return 0;
}

/* ---- rows ---- */

void linear_store_add(struct linear_store *store, struct linear_row row, enum vector_form form)
{
    struct arena *own = store->arenas.items[0];
    struct vector vector = {.count = row.count, .indices = row.indices, .numbers = row.values};
    struct vector kept = vector_keep(&vector, own);
    row.indices = kept.indices;
    row.values = kept.numbers;
    for (size_t i = 0; i < row.count; i++)
        ((double *)(uintptr_t)row.values)[i] += 0.0; /* not -0 */
    if (row.target != NULL) {
        double *target = arena_array(own, row.classes, sizeof *target);
        memcpy(target, row.target, row.classes * sizeof *target);
        row.target = target;
    }
    store->mixed = store->mixed || (store->form != FORM_NONE && store->form != form);
    store->form = form;
    vec_push(&store->items, row);
}

void linear_store_merge(struct linear_store *into, struct linear_store *from)
{
    uint32_t *numbers = mem_zalloc(from->classes.len + 1, sizeof *numbers);
    for (size_t i = 0; i < from->classes.len; i++)
        numbers[i] = number_of(into, &from->classes.items[i]);
    for (size_t i = 0; i < from->items.len; i++) {
        struct linear_row row = from->items.items[i];
        if (from->classes.len > 0 && row.target == NULL)
            row.label = numbers[row.label];
        vec_push(&into->items, row);
    }
    for (size_t i = 0; i < from->arenas.len; i++)
        vec_push(&into->arenas, from->arenas.items[i]);
    into->mixed =
        into->mixed || from->mixed || (into->form != FORM_NONE && from->form != FORM_NONE && into->form != from->form);
    into->form = from->form != FORM_NONE ? from->form : into->form;
    from->arenas.len = from->items.len = 0;
    mem_free(numbers);
}

/* ---- order ---- */

static void hash_row(struct linear_row *row, struct bytes *key)
{
    key->len = 0;
    bytes_append(key, (const char *)&row->label, sizeof row->label);
    bytes_append(key, (const char *)&row->weight, sizeof row->weight);
    if (row->target != NULL)
        bytes_append(key, (const char *)row->target, row->classes * sizeof *row->target);
    if (row->indices != NULL)
        bytes_append(key, (const char *)row->indices, row->count * sizeof *row->indices);
    bytes_append(key, (const char *)row->values, row->count * sizeof *row->values);
    row->order = hash_bytes(bytes_slice(key), row->target != NULL);
}

/* The fold is no part of the hash, so that the model of all rows does not depend on it. */
static int by_hash(const void *a, const void *b)
{
    const struct linear_row *left = a, *right = b;
    int order = hash_compare(left->order, right->order);
    return order != 0 ? order : (left->fold > right->fold) - (left->fold < right->fold);
}

static void order_rows(struct linear_store *store)
{
    struct bytes key = {0};
    for (size_t i = 0; i < store->items.len; i++)
        hash_row(&store->items.items[i], &key);
    vec_free(&key);
    if (store->items.len > 1)
        qsort(store->items.items, store->items.len, sizeof *store->items.items, by_hash);
}

/* ---- columns ---- */

/* The columns in which there are entries, in order. */
static void find_columns(const struct linear_store *store, struct linear_data *data)
{
    int64_t last = -1;
    for (size_t i = 0; i < store->items.len; i++) {
        const struct linear_row *row = &store->items.items[i];
        if (row->count > 0 && row->indices[row->count - 1] > last)
            last = row->indices[row->count - 1];
    }
    uint64_t *seen = mem_zalloc((size_t)(last + 64) / 64 + 1, sizeof *seen);
    for (size_t i = 0; i < store->items.len; i++)
        for (size_t j = 0; j < store->items.items[i].count; j++) {
            uint32_t index = (uint32_t)store->items.items[i].indices[j];
            seen[index / 64] |= (uint64_t)1 << index % 64;
        }
    VEC(int32_t) indices = {0};
    for (int64_t index = 0; index <= last; index++)
        if (seen[index / 64] == 0)
            index |= 63;
        else if ((seen[index / 64] >> index % 64 & 1) != 0)
            vec_push(&indices, (int32_t)index);
    vec_reserve(&indices, 1);
    mem_free(seen);
    data->indices = indices.items;
    data->rows.columns = indices.len;
}

static uint32_t place_of(const struct linear_data *data, int32_t index)
{
    size_t found;
    search_first(found, data->rows.columns, data->indices[found] < index);
    return (uint32_t)found;
}

static int check_vectors(const struct linear_store *store)
{
    if (store->mixed)
        return diag_kind(STATUS_DATA, "some records have features and some have sparse: vectors have one form");
    for (size_t i = 1; store->form == FORM_FEATURES && i < store->items.len; i++)
        if (store->items.items[i].count != store->items.items[0].count) {
            size_t a = store->items.items[0].count, b = store->items.items[i].count;
            return diag_kind(STATUS_DATA,
                             "features: vectors have one length, but some records have %zu numbers and "
                             "some %zu",
                             a < b ? a : b, a < b ? b : a);
        }
    return 0;
}

static void copy_rows(struct linear_store *store, double regularisation, struct linear_data *data)
{
    size_t count = store->items.len, at = 0;
    bool targets = false;
    for (size_t i = 0; i < count; i++)
        targets = targets || store->items.items[i].target != NULL;
    data->targets = targets ? mem_zalloc(count + 1, sizeof *data->targets) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct linear_row *row = &store->items.items[i];
        data->starts[i] = at;
        for (size_t j = 0; j < row->count; j++, at++) {
            data->values[at] = row->values[j];
            if (data->places != NULL)
                data->places[at] = place_of(data, row->indices[j]);
        }
        data->weights[i] = regularisation * row->weight;
        data->labels[i] = row->label;
        data->folds[i] = row->fold;
        if (row->target != NULL) {
            double *target = arena_array(data->arena, row->classes, sizeof *target);
            memcpy(target, row->target, row->classes * sizeof *target);
            data->targets[i] = target;
        }
    }
    data->starts[count] = at;
}

int linear_data_make(struct linear_store *store, size_t classes, double regularisation, struct linear_data *data)
{
    size_t count = store->items.len, numbers = 0;
    *data = (struct linear_data){.form = store->form};
    if (check_vectors(store) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        numbers += store->items.items[i].count;
    order_rows(store);
    data->arena = arena_new();
    data->starts = mem_zalloc(count + 1, sizeof *data->starts);
    data->values = mem_zalloc(numbers + 1, sizeof *data->values);
    data->weights = mem_zalloc(count + 1, sizeof *data->weights);
    data->labels = mem_zalloc(count + 1, sizeof *data->labels);
    data->folds = mem_zalloc(count + 1, sizeof *data->folds);
    if (store->form == FORM_SPARSE) {
        find_columns(store, data);
        data->places = mem_zalloc(numbers + 1, sizeof *data->places);
    } else {
        data->rows.columns = count > 0 ? store->items.items[0].count : 0;
    }
    copy_rows(store, regularisation, data);
    data->rows = (struct linear_rows){.count = count,
                                      .columns = data->rows.columns,
                                      .classes = classes,
                                      .starts = data->starts,
                                      .places = data->places,
                                      .values = data->values,
                                      .weights = data->weights,
                                      .labels = data->labels,
                                      .targets = data->targets};
    linear_store_release(store);
    return 0;
}

void linear_data_release(struct linear_data *data)
{
    mem_free(data->starts);
    mem_free(data->places);
    mem_free(data->values);
    mem_free(data->weights);
    mem_free(data->labels);
    mem_free(data->folds);
    mem_free((void *)(uintptr_t)data->targets);
    mem_free(data->indices);
    arena_free(data->arena);
}
