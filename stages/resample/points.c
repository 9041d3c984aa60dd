/* points.c - see points.h. */
#include "points.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct points *points_new(bool wide)
{
    struct points *points = mem_zalloc(1, sizeof *points);
    points->wide = wide;
    points->groups = map_new();
    points->values = map_new();
    tallies_init(&points->tallies);
    vec_push(&points->arenas, arena_new());
    return points;
}

void points_rows_release(struct rows *rows)
{
    mem_free((void *)(uintptr_t)rows->at);
    mem_free((void *)(uintptr_t)rows->wide_at);
    mem_free((void *)(uintptr_t)rows->sparse);
    *rows = (struct rows){0};
}

void points_free(struct points *points)
{
    if (points == NULL)
        return;
    for (size_t i = 0; i < points->arenas.len; i++)
        arena_free(points->arenas.items[i]);
    vec_free(&points->arenas);
    vec_free(&points->items);
    vec_free(&points->columns);
    map_free(points->groups);
    map_free(points->values);
    tallies_release(&points->tallies);
    classes_free(points->classes);
    points_rows_release(&points->rows);
    mem_free(points);
}

/* ---- the first pass ---- */

/* 32-bit floats from 64-bit ones, which were read from digits: NULL if one of these is half-way between two of those,
 * so that only the digits tell, or is beyond all of them. */
static const float *narrow_all(const struct vector *wide, struct arena *arena)
{
    const uint64_t least = (uint64_t)(1023 - 126) << 52, cut = ((uint64_t)1 << 29) - 1, sign = (uint64_t)1 << 63;
    float *floats = arena_array(arena, wide->count, sizeof *floats);
    for (size_t i = 0; i < wide->count; i++) {
        uint64_t bits;
        memcpy(&bits, &wide->numbers[i], sizeof bits);
        floats[i] = (float)wide->numbers[i];
        bits &= ~sign;
        if ((bits != 0 && bits < least) || (bits & cut) == cut / 2 + 1 || !(floats[i] - floats[i] == 0))
            return NULL;
    }
    return floats;
}

static void note_column(struct column *column, double number)
{
    column->least = number < column->least ? number : column->least;
    column->most = number > column->most ? number : column->most;
}

/* The least and the largest number of each column, before they are rounded. */
static void note_columns(struct points *points, const struct vector *vector)
{
    for (size_t i = points->columns.len; i < vector->count; i++) {
        double number = vector_number(vector, i);
        vec_push(&points->columns, ((struct column){number, number}));
    }
    for (size_t i = 0; i < vector->count; i++)
        note_column(&points->columns.items[i], vector_number(vector, i));
}

/* Reads the vector and keeps it. 0, or -1 with the message. */
static int add_vector(struct points *points, const struct record *in, struct point *point, struct arena *arena)
{
    const struct value *features = rec_present(in, SLICE("features"));
    bool made = features != NULL && features->kind == VALUE_VECTOR && features->vector->floats != NULL;
    bool looks = !points->wide && !made && rec_present(in, SLICE("sparse")) == NULL;
    enum vector_form form;
    struct vector vector;
    if (vector_read(in, points->wide || looks, arena, &form, &vector) < 0)
        return -1;
    if (form == FORM_FEATURES && !points->wide)
        note_columns(points, &vector);
    if (looks && (vector.floats = narrow_all(&vector, arena)) == NULL &&
        vector_read(in, false, arena, &form, &vector) < 0)
        return -1;
    if (looks)
        vector.numbers = NULL;
    points->form = form;
    point->vector = vector_keep(&vector, points->arenas.items[0]);
    return 0;
}

/* The number of a text or of another key; a new one if it is new. */
static uint32_t number_in(struct map *map, struct slice key)
{
    size_t before = map_len(map);
    uint64_t *number = map_put(map, key);
    if (map_len(map) > before)
        *number = before;
    return (uint32_t)*number;
}

/* Reads the nominal values. 0, or -1 with the message. */
static int add_nominal(struct points *points, const struct record *in, struct point *point, struct arena *arena)
{
    const struct slice *texts;
    size_t count;
    if (rec_strings(in, SLICE("nominal"), arena, &texts, &count) < 0)
        return -1;
    uint32_t *numbers = arena_array(points->arenas.items[0], count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = number_in(points->values, texts[i]);
    point->nominal = numbers;
    point->nominal_count = (uint32_t)count;
    return 0;
}

/* Reads the labels of a record with several. 0, or -1 with the message. */
static int add_labels(struct points *points, const struct record *in, struct slice name, struct point *point,
                      struct arena *arena)
{
    const struct slice *texts;
    size_t count;
    if (tally_labels(in, name, arena, &texts, &count) < 0)
        return -1;
    uint32_t *numbers = arena_array(points->arenas.items[0], count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = number_in(points->values, texts[i]), j = 0;
        while (j < point->label_count && numbers[j] != number)
            j++;
        if (j == point->label_count)
            numbers[point->label_count++] = number;
    }
    point->labels = numbers;
    return 0;
}

/* What the method needs of the two. 0, or -1 with the message. */
static int add_values(struct points *points, const struct points_rules *rules, const struct record *in,
                      struct point *point, struct arena *arena)
{
    bool vector = rec_present(in, SLICE("features")) != NULL || rec_present(in, SLICE("sparse")) != NULL;
    bool nominal = rec_present(in, SLICE("nominal")) != NULL;
    if (rules->vector == NEEDS_ANY && rules->nominal == NEEDS_ANY && !vector && !nominal)
        return member_missing(in, SLICE("features"), ", and so are sparse and nominal");
    point->has_vector = rules->vector == NEEDS_IT || (rules->vector == NEEDS_ANY && vector);
    point->has_nominal = rules->nominal == NEEDS_IT || (rules->nominal == NEEDS_ANY && nominal);
    if (point->has_vector && add_vector(points, in, point, arena) < 0)
        return -1;
    return point->has_nominal ? add_nominal(points, in, point, arena) : 0;
}

/* The value of a member, a string or an integer, as JSON in one spelling, to tell groups apart. */
static int add_group(struct points *points, const struct record *in, struct slice name, struct point *point,
                     struct arena *arena)
{
    struct slice key;
    if (name.len == 0)
        return 0;
    if (rec_present(in, name) == NULL)
        return member_missing_named(in, name, "(--group names it)");
    if (tally_label(in, name, arena, &key) < 0)
        return -1;
    point->group = number_in(points->groups, key);
    return 0;
}

static int add_weight(const struct record *in, struct point *point)
{
    point->has_weight = rec_present(in, SLICE("weight")) != NULL;
    return point->has_weight ? rec_float(in, SLICE("weight"), &point->weight) : 0;
}

int points_add(struct points *points, const struct points_rules *rules, const struct record *in, struct arena *arena)
{
    const struct random_options random = {.epoch = rules->epoch};
    struct lineage lineage;
    struct slice key = SLICE("\"\"");
    struct point read = {.file = in->file != NULL ? in->file : "an earlier filter", .line = in->line_number};
    if ((rules->several ? add_labels(points, in, rules->label, &read, arena) < 0
                        : tally_label(in, rules->label, arena, &key) < 0) ||
        record_id_read(in, arena, &read.id) < 0 || lineage_read(in, rules->field, &random, arena, &lineage) < 0 ||
        add_weight(in, &read) < 0 || add_group(points, in, rules->group, &read, arena) < 0 ||
        add_values(points, rules, in, &read, arena) < 0)
        return -1;
    const struct value *id = rec_get(in, SLICE("id")), *root = rec_present(in, SLICE("root"));
    struct arena *own = points->arenas.items[0];
    if (rules->texts && (read.told = told_read(in, own)) == NULL)
        return -1;
    struct slice json = rec_json(id, arena);
    if (record_id_check(&read.id) < 0)
        return -1;
    read.json = arena_copy(own, json);
    if (json.len >= 2 && read.id.spelling.ptr == json.ptr + 1)
        read.id.spelling = (struct slice){read.json.ptr + 1, read.id.spelling.len};
    else if (read.id.spelling.ptr == json.ptr)
        read.id.spelling = read.json;
    else
        read.id.spelling = arena_copy(own, read.id.spelling);
    if (root != NULL)
        read.root = arena_copy(own, rec_json(root, arena));
    read.identity = lineage.identity;
    read.round = lineage.round;
    read.has_epoch = rec_present(in, SLICE("epoch")) != NULL;
    struct tally *class = tallies_at(&points->tallies, key);
    class->count++;
    read.class = (uint32_t)*map_get(points->tallies.numbers, key);
    struct point *point = arena_alloc(own, sizeof *point);
    *point = read;
    vec_push(&points->items, point);
    return 0;
}

void points_merge(struct points *into, struct points *from)
{
    uint32_t *groups = mem_zalloc(map_len(from->groups) + 1, sizeof *groups);
    uint32_t *values = mem_zalloc(map_len(from->values) + 1, sizeof *values);
    uint32_t *classes = mem_zalloc(from->tallies.items.len + 1, sizeof *classes);
    for (size_t i = 0; i < map_len(from->groups); i++)
        groups[i] = number_in(into->groups, map_at(from->groups, i)->key);
    for (size_t i = 0; i < map_len(from->values); i++)
        values[i] = number_in(into->values, map_at(from->values, i)->key);
    tallies_merge(&into->tallies, &from->tallies);
    for (size_t i = 0; i < from->tallies.items.len; i++)
        classes[i] = (uint32_t)*map_get(into->tallies.numbers, tallies_key(&from->tallies, i));
    for (size_t i = 0; i < from->items.len; i++) {
        struct point *point = from->items.items[i];
        point->class = classes[point->class];
        point->group = groups[point->group];
        for (uint32_t j = 0; j < point->nominal_count; j++)
            ((uint32_t *)(uintptr_t)point->nominal)[j] = values[point->nominal[j]];
        for (uint32_t j = 0; j < point->label_count; j++)
            ((uint32_t *)(uintptr_t)point->labels)[j] = values[point->labels[j]];
        vec_push(&into->items, point);
    }
    for (size_t i = 0; i < from->columns.len; i++) {
        if (i == into->columns.len)
            vec_push(&into->columns, from->columns.items[i]);
        note_column(&into->columns.items[i], from->columns.items[i].least);
        note_column(&into->columns.items[i], from->columns.items[i].most);
    }
    into->form = from->form != FORM_NONE ? from->form : into->form;
    for (size_t i = 0; i < from->arenas.len; i++)
        vec_push(&into->arenas, from->arenas.items[i]);
    from->arenas.len = from->items.len = 0;
    mem_free(groups);
    mem_free(values);
    mem_free(classes);
}

/* ---- rank ---- */

static int by_rank(const void *a, const void *b)
{
    const struct point *const *left = a, *const *right = b;
    return record_id_compare(&(*left)->id, &(*right)->id);
}

size_t points_find(const struct points *points, const struct record_id *id)
{
    size_t found, count = points->items.len;
    search_first(found, count, record_id_compare(&points->items.items[found]->id, id) < 0);
    return found < count && record_id_compare(&points->items.items[found]->id, id) == 0 ? found : SIZE_MAX;
}

/* ---- what only all of them show ---- */

/* Of two points the one that was read first. */
static bool is_before(const struct point *a, const struct point *b)
{
    int files = strcmp(a->file, b->file);
    return files != 0 ? files < 0 : a->line < b->line;
}

static int check_ids(const struct points *points)
{
    for (size_t i = 1; i < points->items.len; i++) {
        const struct point *a = points->items.items[i - 1], *b = points->items.items[i];
        if (record_id_compare(&a->id, &b->id) != 0)
            continue;
        const struct point *first = is_before(a, b) ? a : b, *second = first == a ? b : a;
        return diag_kind(STATUS_DATA,
                         "%s:%" PRIu64 ": id %.*s is also that of %s:%" PRIu64 ": each record needs one of its own",
                         second->file, second->line, (int)second->json.len, second->json.ptr, first->file, first->line);
    }
    return 0;
}

static bool is_alike(const struct point *a, const struct point *b)
{
    return a->has_vector == b->has_vector && a->nominal_count == b->nominal_count &&
           (a->vector.indices == NULL) == (b->vector.indices == NULL) &&
           (a->vector.indices != NULL || a->vector.count == b->vector.count);
}

/* The vector of the first record is what the others are compared with. */
static int check_lengths(const struct points *points)
{
    const struct point *first = NULL, *wrong = NULL;
    for (size_t i = 0; i < points->items.len; i++)
        if (first == NULL || is_before(points->items.items[i], first))
            first = points->items.items[i];
    for (size_t i = 0; first != NULL && i < points->items.len; i++) {
        const struct point *point = points->items.items[i];
        assert(point != NULL);
        if (!is_alike(point, first) && (wrong == NULL || is_before(point, wrong)))
            wrong = point;
    }
    if (wrong == NULL)
        return 0;
    if (wrong->has_vector != first->has_vector || wrong->has_nominal != first->has_nominal)
        return diag_kind(STATUS_DATA, "%s:%" PRIu64 ": id %.*s: expected %s, as in %s:%" PRIu64, wrong->file,
                         wrong->line, (int)wrong->json.len, wrong->json.ptr,
                         !first->has_vector    ? "nominal, and no vector"
                         : !first->has_nominal ? "a vector, and no nominal"
                                               : "a vector and nominal",
                         first->file, first->line);
    if (wrong->nominal_count != first->nominal_count)
        return diag_kind(STATUS_DATA,
                         "%s:%" PRIu64 ": id %.*s: nominal: expected %" PRIu32 " of them, as in %s:%" PRIu64
                         ", found %" PRIu32,
                         wrong->file, wrong->line, (int)wrong->json.len, wrong->json.ptr, first->nominal_count,
                         first->file, first->line, wrong->nominal_count);
    if ((wrong->vector.indices == NULL) != (first->vector.indices == NULL))
        return diag_kind(STATUS_DATA, "%s:%" PRIu64 ": id %.*s: %s: vectors have one form, and %s:%" PRIu64 " has %s",
                         wrong->file, wrong->line, (int)wrong->json.len, wrong->json.ptr,
                         wrong->vector.indices != NULL ? "sparse" : "features", first->file, first->line,
                         first->vector.indices != NULL ? "sparse" : "features");
    return diag_kind(STATUS_DATA,
                     "%s:%" PRIu64 ": id %.*s: features: expected %zu numbers, as in %s:%" PRIu64 ", found %zu",
                     wrong->file, wrong->line, (int)wrong->json.len, wrong->json.ptr, first->vector.count, first->file,
                     first->line, wrong->vector.count);
}

/* 32-bit floats have 24 bits: of numbers that differ little and are large, little would be left. */
static int check_columns(const struct points *points)
{
    const double least_share = 0x1p-12;
    for (size_t i = 0; i < points->columns.len; i++) {
        double low = points->columns.items[i].least, high = points->columns.items[i].most;
        double largest = high > -low ? high : -low;
        if (high > low && high - low < largest * least_share)
            return diag_kind(STATUS_DATA,
                             "features[%zu]: its numbers, from %.17g to %.17g, differ too little for their size to be "
                             "32-bit floats; scale it (quern fit scale), or --double",
                             i, low, high);
    }
    return 0;
}

void points_rows(struct points *points)
{
    points_rows_release(&points->rows);
    size_t count = points->items.len;
    const float **at = mem_zalloc(count + 1, sizeof *at);
    const double **wide_at = mem_zalloc(count + 1, sizeof *wide_at);
    const struct vector **sparse = points->form == FORM_SPARSE ? mem_zalloc(count + 1, sizeof *sparse) : NULL;
    for (size_t i = 0; i < count; i++) {
        at[i] = points->items.items[i]->vector.floats;
        wide_at[i] = points->items.items[i]->vector.numbers;
        if (sparse != NULL)
            sparse[i] = &points->items.items[i]->vector;
    }
    points->rows =
        (struct rows){.count = count,
                      .dims = count > 0 && sparse == NULL ? (uint32_t)points->items.items[0]->vector.count : 0,
                      .wide = points->wide,
                      .at = at,
                      .wide_at = wide_at,
                      .sparse = sparse};
}

int points_complete(struct points *points)
{
    size_t count = points->items.len;
    if (count > 0)
        qsort(points->items.items, count, sizeof *points->items.items, by_rank);
    if (check_ids(points) < 0 || check_lengths(points) < 0 || check_columns(points) < 0)
        return -1;
    points->classes = tallies_classes(&points->tallies);
    uint32_t *places = mem_zalloc(points->classes->count + 1, sizeof *places);
    for (size_t i = 0; i < points->classes->count; i++)
        places[points->classes->items[i].number] = (uint32_t)i;
    for (size_t i = 0; i < count; i++)
        points->items.items[i]->class = places[points->items.items[i]->class];
    mem_free(places);
    points_rows(points);
    return 0;
}

struct slice points_value(const struct points *points, uint32_t value)
{
    return map_at(points->values, value)->key;
}

double *points_deviations(const struct points *points, const struct ranks *ranks)
{
    size_t dims = points->items.items[ranks->items[0]]->vector.count;
    double *means = mem_zalloc(dims + 1, sizeof *means), *squares = mem_zalloc(dims + 1, sizeof *squares);
    for (size_t i = 0; i < ranks->len; i++)
        for (size_t j = 0; j < dims; j++)
            means[j] += vector_number(&points->items.items[ranks->items[i]]->vector, j);
    for (size_t j = 0; j < dims; j++)
        means[j] /= (double)ranks->len;
    for (size_t i = 0; i < ranks->len; i++)
        for (size_t j = 0; j < dims; j++) {
            double away = vector_number(&points->items.items[ranks->items[i]]->vector, j) - means[j];
            squares[j] += away * away;
        }
    for (size_t j = 0; j < dims; j++)
        squares[j] = sqrt(squares[j] / (double)ranks->len);
    mem_free(means);
    return squares;
}

struct slice points_group(const struct points *points, uint32_t group)
{
    return map_at(points->groups, group)->key;
}

/* ---- neighbours ---- */

/* Points by their groups: those of group g are at starts[g] up to starts[g + 1], in order. */
struct grouped {
    uint32_t *ranks, *places; /* the points, and where they were in the list */
    size_t *starts;
};

static struct grouped group_all(const struct points *points, const struct ranks *from, size_t groups)
{
    struct grouped grouped = {mem_zalloc(from->len + 1, sizeof *grouped.ranks),
                              mem_zalloc(from->len + 1, sizeof *grouped.places),
                              mem_zalloc(groups + 2, sizeof *grouped.starts)};
    for (size_t i = 0; i < from->len; i++)
        grouped.starts[points->items.items[from->items[i]]->group + 2]++;
    for (size_t g = 2; g < groups + 2; g++)
        grouped.starts[g] += grouped.starts[g - 1];
    for (size_t i = 0; i < from->len; i++) {
        size_t at = grouped.starts[points->items.items[from->items[i]]->group + 1]++;
        grouped.ranks[at] = from->items[i];
        grouped.places[at] = (uint32_t)i;
    }
    return grouped;
}

static struct ranks ranks_of(const struct grouped *grouped, size_t group, uint32_t *items)
{
    size_t start = grouped->starts[group];
    return (struct ranks){items + start, grouped->starts[group + 1] - start, 0};
}

static void grouped_free(struct grouped *grouped)
{
    mem_free(grouped->ranks);
    mem_free(grouped->places);
    mem_free(grouped->starts);
}

static struct search search_of(const struct points *points, const struct points_search *search,
                               const struct ranks *queries, const struct ranks *base)
{
    return (struct search){.rows = &points->rows,
                           .cosine = search->cosine,
                           .farthest = search->farthest,
                           .k = search->k < base->len ? (unsigned)search->k : (unsigned)base->len,
                           .queries = queries->items,
                           .query_count = queries->len,
                           .base = base->items,
                           .base_count = base->len};
}

/* Puts what was found for some of the queries at their places among all. */
static void scatter(struct neighbors *all, const struct neighbors *some, const struct ranks *places)
{
    for (size_t i = 0; i < places->len; i++) {
        size_t q = places->items[i], found = some->found[i];
        all->found[q] = (uint32_t)found;
        if (found == 0)
            continue;
        memcpy(all->numbers + q * all->k, some->numbers + i * some->k, found * sizeof *all->numbers);
        memcpy(all->distances + q * all->k, some->distances + i * some->k, found * sizeof *all->distances);
    }
}

struct neighbors *points_neighbors(const struct points *points, const struct points_search *search, struct crew *crew)
{
    struct search whole = search_of(points, search, search->queries, search->base);
    size_t groups = map_len(points->groups), queries = search->queries->len;
    if (groups == 0)
        return neighbors_find(&whole, crew, NULL);
    struct neighbors *all = mem_zalloc(1, sizeof *all);
    all->k = whole.k;
    all->numbers = mem_zalloc(queries * all->k + 1, sizeof *all->numbers);
    all->distances = mem_zalloc(queries * all->k + 1, sizeof *all->distances);
    all->found = mem_zalloc(queries + 1, sizeof *all->found);
    struct grouped by_query = group_all(points, search->queries, groups);
    struct grouped by_base = group_all(points, search->base, groups);
    for (size_t group = 0; group < groups; group++) {
        struct ranks of_queries = ranks_of(&by_query, group, by_query.ranks);
        struct ranks places = ranks_of(&by_query, group, by_query.places);
        struct ranks of_base = ranks_of(&by_base, group, by_base.ranks);
        struct search part = search_of(points, search, &of_queries, &of_base);
        struct neighbors *some = neighbors_find(&part, crew, NULL);
        scatter(all, some, &places);
        neighbors_free(some);
    }
    grouped_free(&by_query);
    grouped_free(&by_base);
    return all;
}
