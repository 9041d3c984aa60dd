/* classes.c - see classes.h. */
#include "classes.h"

#include <inttypes.h>
#include <stdlib.h>

void classes_init(struct classes *classes)
{
    *classes = (struct classes){.numbers = map_new()};
}

void classes_release(struct classes *classes)
{
    for (size_t i = 0; i < classes->items.len; i++) {
        vec_free(&classes->items.items[i].rows);
        vec_free(&classes->items.items[i].origins);
    }
    vec_free(&classes->items);
    map_free(classes->numbers);
    classes->numbers = NULL;
}

struct class *classes_at(struct classes *classes, struct slice key)
{
    size_t before = map_len(classes->numbers);
    uint64_t *number = map_put(classes->numbers, key);
    if (map_len(classes->numbers) > before) {
        const struct class none = {0};
        *number = before;
        vec_push(&classes->items, none);
    }
    return &classes->items.items[*number];
}

struct slice classes_key(const struct classes *classes, size_t number)
{
    return map_at(classes->numbers, number)->key;
}

void classes_merge(struct classes *into, struct classes *from)
{
    for (size_t i = 0; i < from->items.len; i++) {
        struct class *class = &from->items.items[i], *sum = classes_at(into, classes_key(from, i));
        sum->count += class->count;
        if (sum->rows.len == 0 && sum->origins.len == 0) {
            vec_free(&sum->rows);
            vec_free(&sum->origins);
            sum->rows.items = class->rows.items;
            sum->rows.len = class->rows.len;
            sum->rows.cap = class->rows.cap;
            sum->origins.items = class->origins.items;
            sum->origins.len = class->origins.len;
            sum->origins.cap = class->origins.cap;
            memset(class, 0, sizeof *class);
            continue;
        }
        for (size_t j = 0; j < class->rows.len; j++)
            vec_push(&sum->rows, class->rows.items[j]);
        for (size_t j = 0; j < class->origins.len; j++)
            vec_push(&sum->origins, class->origins.items[j]);
        vec_free(&class->rows);
        vec_free(&class->origins);
    }
}

/* ---- labels ---- */

int class_read(const struct record *in, struct slice label, struct arena *arena, struct slice *key)
{
    const struct value *value = rec_present(in, label);
    int64_t number;
    struct slice text;
    if (value == NULL)
        return member_missing_named(in, label, "(--label names it)");
    struct bytes spelled = {0};
    if (rec_kind(value) == '"') {
        if (rec_text(in, label, arena, &text) < 0)
            return -1;
        json_put_string(&spelled, text);
    } else if (rec_kind(value) == '0' && rec_int(in, label, &number) == 0) {
        json_put_int(&spelled, number);
    } else {
        return rec_mismatch(label, "a string or an integer", value);
    }
    *key = arena_copy(arena, bytes_slice(&spelled));
    vec_free(&spelled);
    return 0;
}

/* A key to be sorted. */
struct sorted {
    struct slice key;
    int64_t value;
    size_t number;
    bool text;
};

static int by_key(const void *a, const void *b)
{
    const struct sorted *left = a, *right = b;
    if (left->text != right->text)
        return left->text ? 1 : -1;
    if (!left->text)
        return (left->value > right->value) - (left->value < right->value);
    return slice_compare(left->key, right->key);
}

size_t *classes_order(const struct classes *classes)
{
    size_t count = classes->items.len;
    struct sorted *sorted = mem_zalloc(count + 1, sizeof *sorted);
    size_t *order = mem_zalloc(count + 1, sizeof *order);
    struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        struct slice key = classes_key(classes, i);
        sorted[i] = (struct sorted){.number = i, .text = json_kind(key) == '"'};
        sorted[i].key = sorted[i].text ? json_string(key, arena) : key;
        if (!sorted[i].text)
            (void)json_int(key, &sorted[i].value);
    }
    qsort(sorted, count, sizeof *sorted, by_key);
    for (size_t i = 0; i < count; i++)
        order[i] = sorted[i].number;
    arena_free(arena);
    mem_free(sorted);
    return order;
}

/* ---- bounds ---- */

static void exchange(struct row *a, struct row *b)
{
    struct row row = *a;
    *a = *b;
    *b = row;
}

/* Row number k in ascending order: Hoare's selection, with the median of three. Draws are random, so that it is linear.
 */
static struct row select_row(struct row *rows, size_t count, size_t k)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_compare(&rows[middle], &rows[low]) < 0)
            exchange(&rows[middle], &rows[low]);
        if (row_compare(&rows[high], &rows[low]) < 0)
            exchange(&rows[high], &rows[low]);
        if (row_compare(&rows[high], &rows[middle]) < 0)
            exchange(&rows[high], &rows[middle]);
        struct row pivot = rows[middle];
        size_t i = low, j = high;
        for (;;) {
            while (row_compare(&rows[i], &pivot) < 0)
                i++;
            while (row_compare(&rows[j], &pivot) > 0)
                j--;
            if (i >= j)
                break;
            exchange(&rows[i++], &rows[j--]);
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return rows[k];
}

struct bound bound_of(struct row *rows, size_t count, uint64_t most)
{
    struct bound bound = {.all = most >= count};
    if (bound.all || most == 0)
        return bound;
    bound.at = select_row(rows, count, (size_t)most - 1);
    bound.left = most;
    uint64_t equal = 0;
    for (size_t i = 0; i < count; i++) {
        int order = row_compare(&rows[i], &bound.at);
        bound.left -= order < 0;
        equal += order == 0;
    }
    bound.whole = bound.left == equal;
    return bound;
}

/* Half of twice as many: each row is moved a few times in all. */
void class_keep(struct class *class, int64_t keep)
{
    if (keep == 0 || class->rows.len / 2 <= (uint64_t)keep)
        return;
    (void)select_row(class->rows.items, class->rows.len, (size_t)keep);
    class->rows.len = (size_t)keep + 1;
}

bool bound_takes(struct bound *bound, const struct row *row)
{
    int order = bound->all ? -1 : row_compare(row, &bound->at);
    if (order != 0 || bound->whole)
        return order <= 0;
    bool takes = bound->left > 0;
    bound->left -= takes;
    return takes;
}
