/* tallies.c - see tallies.h. */
#include "tallies.h"

#include <inttypes.h>
#include <stdlib.h>

void tallies_init(struct tallies *tallies)
{
    *tallies = (struct tallies){.numbers = map_new()};
}

void tallies_release(struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->items.len; i++) {
        vec_free(&tallies->items.items[i].rows);
        vec_free(&tallies->items.items[i].origins);
    }
    vec_free(&tallies->items);
    map_free(tallies->numbers);
    tallies->numbers = NULL;
}

struct tally *tallies_at(struct tallies *tallies, struct slice key)
{
    size_t before = map_len(tallies->numbers);
    uint64_t *number = map_put(tallies->numbers, key);
    if (map_len(tallies->numbers) > before) {
        const struct tally none = {0};
        *number = before;
        vec_push(&tallies->items, none);
    }
    return &tallies->items.items[*number];
}

struct slice tallies_key(const struct tallies *tallies, size_t number)
{
    return map_at(tallies->numbers, number)->key;
}

void tallies_merge(struct tallies *into, struct tallies *from)
{
    for (size_t i = 0; i < from->items.len; i++) {
        struct tally *class = &from->items.items[i], *sum = tallies_at(into, tallies_key(from, i));
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

/* As the record spells it, unless that is not the only way. */
int tally_label(const struct record *in, struct slice label, struct arena *arena, struct slice *key)
{
    const struct value *value = rec_present(in, label);
    int64_t number;
    if (value == NULL)
        return member_missing_named(in, label, "(--label names it)");
    bool text = rec_kind(value) == '"';
    if (!text && (rec_kind(value) != '0' || rec_int(in, label, &number) < 0))
        return rec_mismatch(label, "a string or an integer", value);
    *key = rec_json(value, arena);
    if (!text && number == 0)
        *key = SLICE("0"); /* not -0 */
    if (text && memchr(key->ptr, '\\', key->len) != NULL) {
        struct bytes spelled = {0};
        json_put_string(&spelled, json_string(*key, arena));
        *key = arena_copy(arena, bytes_slice(&spelled));
        vec_free(&spelled);
    }
    return 0;
}

int tally_labels(const struct record *in, struct slice label, struct arena *arena, const struct slice **names,
                 size_t *count)
{
    const struct value *value = rec_present(in, label);
    struct slice *one = arena_array(arena, 1, sizeof *one);
    if (value == NULL)
        return member_missing_named(in, label, "(--label names it)");
    *names = one;
    *count = 1;
    return rec_kind(value) == '"' ? rec_text(in, label, arena, one) : rec_strings(in, label, arena, names, count);
}

struct classes *tallies_classes(const struct tallies *tallies)
{
    size_t count = tallies->items.len;
    struct class *items = mem_zalloc(count + 1, sizeof *items);
    struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        struct slice key = tallies_key(tallies, i);
        items[i] =
            (struct class){.is_text = json_kind(key) == '"', .count = tallies->items.items[i].count, .number = i};
        if (items[i].is_text)
            items[i].text = json_string(key, arena);
        else
            (void)json_int(key, &items[i].integer);
    }
    struct classes *classes = classes_of(items, count, "the data");
    arena_free(arena);
    mem_free(items);
    return classes;
}

/* ---- bounds ---- */

static void exchange(struct row *a, struct row *b)
{
    struct row row = *a;
    *a = *b;
    *b = row;
}

/* Parts rows low to high, at least two, in two: those up to the returned place are no greater than those after it. By
 * Hoare, with the median of three. Draws are random, so that what is built on it takes the time that it should. */
static size_t part_rows(struct row *rows, size_t low, size_t high)
{
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
            return j;
        exchange(&rows[i++], &rows[j--]);
    }
}

/* Row number k in ascending order; those before it are no greater. */
static struct row select_row(struct row *rows, size_t count, size_t k)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        size_t last = part_rows(rows, low, high);
        if (k <= last)
            high = last;
        else
            low = last + 1;
    }
    return rows[k];
}

void rows_sort(struct row *rows, size_t count)
{
    enum { FEW = 16 };
    while (count > FEW) { /* the smaller part is done by the call, the larger one next */
        size_t first = part_rows(rows, 0, count - 1) + 1, second = count - first;
        rows_sort(first < second ? rows : rows + first, first < second ? first : second);
        rows = first < second ? rows + first : rows;
        count = first < second ? second : first;
    }
    for (size_t i = 1; i < count; i++) {
        struct row row = rows[i];
        size_t at = i;
        for (; at > 0 && row_compare(&row, &rows[at - 1]) < 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
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
void class_keep(struct tally *class, int64_t keep)
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
