/* evaluation_print.c - an evaluation as JSON and as tables; see evaluation.h. */
#include "../grid/grid.h"
#include "evaluation.h"
#include "measures.h"

#include <stdlib.h>

enum {
    SHOWN_CLASSES = 10,    /* so many can have a table of their confusion */
    SHOWN_CONFUSIONS = 20, /* of more, the most frequent ones are listed */
};

/* ---- the groups in order ---- */

struct group {
    struct slice value;
    const struct tally *tally;
};

/* Integers by value, before everything else, which is by its bytes. */
static int compare_groups(const void *a, const void *b)
{
    struct slice x = ((const struct group *)a)->value, y = ((const struct group *)b)->value;
    int64_t left, right;
    bool integers[2] = {x.len > 0 && json_int(x, &left), y.len > 0 && json_int(y, &right)};
    if (integers[0] != integers[1])
        return integers[0] ? -1 : 1;
    if (integers[0] && left != right)
        return left < right ? -1 : 1;
    return slice_compare(x, y);
}

static struct group *sorted_groups(const struct evaluation *evaluation, struct arena *arena)
{
    size_t count = evaluation->parts.tallies.len;
    struct group *groups = arena_array(arena, count, sizeof *groups);
    for (size_t i = 0; i < count; i++)
        groups[i] = (struct group){map_at(evaluation->parts.numbers, i)->key, &evaluation->parts.tallies.items[i]};
    if (count > 1)
        qsort(groups, count, sizeof *groups, compare_groups);
    return groups;
}

/* All groups together. */
static struct tally whole(const struct evaluation *evaluation)
{
    struct tally all;
    tally_init(&all);
    for (size_t i = 0; i < evaluation->parts.tallies.len; i++)
        tally_merge(&all, &evaluation->parts.tallies.items[i]);
    return all;
}

/* ---- JSON ---- */

static void put_name(struct bytes *out, const char *name)
{
    if (out->len > 0 && out->items[out->len - 1] != '{')
        bytes_byte(out, ',');
    json_put_string(out, slice_of(name));
    bytes_byte(out, ':');
}

/* An integer of up to 128 bits. */
static void put_units(struct bytes *out, u128 number)
{
    char digits[40];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + (int)(number % 10));
    while ((number /= 10) > 0);
    bytes_append(out, digits + at, sizeof digits - at);
}

static void put_count(struct bytes *out, const char *name, uint64_t count)
{
    put_name(out, name);
    put_units(out, count);
}

static void put_measure(struct bytes *out, const char *name, double number)
{
    put_name(out, name);
    json_put_float(out, number);
}

static void put_confusion(const struct tally *tally, size_t classes, struct bytes *out)
{
    struct map *confusion = tally->confusion;
    bytes_byte(out, '[');
    for (uint32_t label = 0; label < classes; label++) {
        bytes_put(out, label > 0 ? SLICE(",[") : SLICE("["));
        for (uint32_t predicted = 0; predicted < classes; predicted++) {
            const uint32_t place[2] = {label, predicted};
            const uint64_t *count = map_get(confusion, (struct slice){(const char *)place, sizeof place});
            if (predicted > 0)
                bytes_byte(out, ',');
            put_units(out, count != NULL ? *count : 0);
        }
        bytes_byte(out, ']');
    }
    bytes_byte(out, ']');
}

static void put_classes(const struct class_list *list, const struct measures *measures, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t c = 0; c < list->count; c++) {
        const struct class_measures *class = &measures->classes[c];
        bytes_put(out, c > 0 ? SLICE(",{") : SLICE("{"));
        put_name(out, "class");
        class_list_put(list, c, out);
        put_measure(out, "precision", class->precision);
        put_measure(out, "recall", class->recall);
        put_measure(out, "f1", class->f1);
        put_count(out, "support", class->support);
        put_count(out, "predicted", class->predicted);
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
}

/* What the losses are made of. */
static void put_sums(const struct tally *tally, struct bytes *out)
{
    put_name(out, "bins");
    bytes_byte(out, '[');
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        bytes_put(out, b > 0 ? SLICE(",{") : SLICE("{"));
        put_count(out, "records", tally->bins[b].records);
        put_count(out, "correct", tally->bins[b].correct);
        put_name(out, "confidence");
        put_units(out, tally->bins[b].confidence);
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
    put_name(out, "sums");
    bytes_byte(out, '{');
    put_name(out, "log_loss");
    put_units(out, tally->log_loss);
    put_name(out, "brier");
    put_units(out, tally->brier);
    bytes_byte(out, '}');
}

/* The members that the whole and each group have. */
static void put_tally(const struct class_list *list, const struct tally *tally, struct arena *arena, struct bytes *out)
{
    struct measures measures = {0};
    put_count(out, "records", tally->records);
    put_count(out, "scored", tally->scored);
    put_count(out, "floored", tally->floored);
    if (tally->records > 0) {
        measures_make(tally, list->count, arena, &measures);
        put_measure(out, "accuracy", measures.accuracy);
        put_measure(out, "balanced_accuracy", measures.balanced_accuracy);
        put_measure(out, "macro_f1", measures.macro_f1);
        put_measure(out, "g_mean", measures.g_mean);
        put_measure(out, "mcc", measures.mcc);
    }
    if (tally->scored > 0) {
        put_measure(out, "log_loss", measures.log_loss);
        put_measure(out, "brier", measures.brier);
        put_measure(out, "ece", measures.ece);
    }
    put_name(out, "confusion");
    put_confusion(tally, list->count, out);
    if (tally->records > 0) {
        put_name(out, "per_class");
        put_classes(list, &measures, out);
    }
    put_sums(tally, out);
}

static void put_groups(const struct evaluation *evaluation, struct arena *arena, struct bytes *out)
{
    struct group *groups = sorted_groups(evaluation, arena);
    put_name(out, "groups");
    bytes_byte(out, '[');
    for (size_t i = 0; i < evaluation->parts.tallies.len; i++) {
        bytes_put(out, i > 0 ? SLICE(",{") : SLICE("{"));
        put_name(out, "value");
        bytes_put(out, groups[i].value);
        put_tally(&evaluation->classes, groups[i].tally, arena, out);
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
}

void evaluation_put(const struct evaluation *evaluation, struct bytes *out)
{
    struct arena *arena = arena_new();
    struct tally all = whole(evaluation);
    bytes_put(out, SLICE("{\"format\":\"" EVALUATION_FORMAT "\",\"options\":{"));
    put_name(out, "label");
    json_put_string(out, slice_of(evaluation->label));
    if (evaluation->by != NULL) {
        put_name(out, "by");
        json_put_string(out, slice_of(evaluation->by));
    }
    put_measure(out, "floor", evaluation->floor);
    bytes_byte(out, '}');
    put_name(out, "classes");
    class_list_put_all(&evaluation->classes, out);
    put_count(out, "unlabelled", evaluation->unlabelled);
    put_tally(&evaluation->classes, &all, arena, out);
    if (evaluation->by != NULL)
        put_groups(evaluation, arena, out);
    bytes_byte(out, '}');
    tally_release(&all);
    arena_free(arena);
}

/* ---- tables ---- */

/* A class or the value of a group. quoted: strings in their quotes. */
static void add_json(struct grid *grid, struct slice json, bool quoted)
{
    bool text = json_kind(json) == '"';
    struct slice name = text ? json_string(json, grid->arena) : json;
    grid_name(grid, arena_copy(grid->arena, name), text && (quoted || name.len == 0));
}

static void add_class(struct grid *grid, const struct class_list *list, size_t class)
{
    struct bytes json = {0};
    bool integers = false;
    class_list_put(list, class, &json);
    for (size_t c = 0; list->classes != NULL && c < list->count; c++)
        integers = integers || !list->classes->items[c].is_text;
    add_json(grid, arena_copy(grid->arena, bytes_slice(&json)), integers);
    vec_free(&json);
}

static void add_measures(struct grid *grid, const struct evaluation *evaluation, const struct tally *tally)
{
    struct measures measures = {0};
    if (tally->records > 0)
        measures_make(tally, evaluation->classes.count, grid->arena, &measures);
    const double columns[] = {measures.accuracy, measures.balanced_accuracy, measures.macro_f1, measures.g_mean,
                              measures.mcc,      measures.log_loss,          measures.brier,    measures.ece};
    grid_number(grid, (int64_t)tally->records);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if ((i < 5 ? tally->records : tally->scored) > 0)
            grid_float(grid, columns[i]);
        else
            grid_cell(grid, SLICE("-"));
    }
}

static void show_measures(const struct evaluation *evaluation, const struct group *groups, const struct tally *all,
                          bool color, struct grid *grid, struct bytes *out)
{
    grid_heading(grid, (const char *const[]){"", "records", "accuracy", "balanced", "macro F1", "G-mean", "MCC",
                                             "log loss", "Brier", "ECE", NULL});
    grid_cell(grid, SLICE("all"));
    add_measures(grid, evaluation, all);
    for (size_t i = 0; evaluation->by != NULL && i < evaluation->parts.tallies.len; i++) {
        add_json(grid, groups[i].value, true);
        add_measures(grid, evaluation, groups[i].tally);
    }
    grid_put(grid, color, out);
}

static void show_classes(const struct class_list *list, const struct tally *tally, struct slice title, bool color,
                         struct grid *grid, struct bytes *out)
{
    struct measures measures;
    measures_make(tally, list->count, grid->arena, &measures);
    grid_heading(grid, (const char *const[]){"", "precision", "recall", "F1", "support", "predicted", NULL});
    grid->items[grid->len - grid->columns] = title;
    for (size_t c = 0; c < list->count; c++) {
        const struct class_measures *class = &measures.classes[c];
        add_class(grid, list, c);
        grid_float(grid, class->precision);
        grid_float(grid, class->recall);
        grid_float(grid, class->f1);
        grid_number(grid, (int64_t) class->support);
        grid_number(grid, (int64_t) class->predicted);
    }
    grid_put(grid, color, out);
}

static void show_matrix(const struct class_list *list, const struct tally *tally, bool color, struct grid *grid,
                        struct bytes *out)
{
    uint64_t counts[SHOWN_CLASSES][SHOWN_CLASSES] = {{0}};
    for (size_t i = 0; i < map_len(tally->confusion); i++) {
        struct cell cell = tally_cell_at(tally, i);
        counts[cell.label][cell.predicted] = cell.records;
    }
    grid->columns = list->count + 1;
    grid_cell(grid, SLICE("label \\ predicted"));
    for (size_t c = 0; c < list->count; c++)
        add_class(grid, list, c);
    for (size_t label = 0; label < list->count; label++) {
        add_class(grid, list, label);
        for (size_t c = 0; c < list->count; c++)
            grid_number(grid, (int64_t)counts[label][c]);
    }
    grid_put(grid, color, out);
}

/* The most frequent first. */
static int compare_cells(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->records != y->records)
        return x->records > y->records ? -1 : 1;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->predicted < y->predicted ? -1 : x->predicted > y->predicted;
}

static void show_confusions(const struct class_list *list, const struct tally *tally, bool color, struct grid *grid,
                            struct bytes *out)
{
    VEC(struct cell) cells = {0};
    for (size_t i = 0; i < map_len(tally->confusion); i++) {
        struct cell cell = tally_cell_at(tally, i);
        if (cell.label != cell.predicted)
            vec_push(&cells, cell);
    }
    if (cells.len > 1)
        qsort(cells.items, cells.len, sizeof *cells.items, compare_cells);
    grid_heading(grid, (const char *const[]){"label", "predicted", "records", NULL});
    for (size_t i = 0; i < cells.len && i < SHOWN_CONFUSIONS; i++) {
        add_class(grid, list, cells.items[i].label);
        add_class(grid, list, cells.items[i].predicted);
        grid_number(grid, (int64_t)cells.items[i].records);
    }
    if (cells.len > SHOWN_CONFUSIONS) {
        grid_cell(grid, arena_print(grid->arena, "(%zu more)", cells.len - SHOWN_CONFUSIONS));
        grid_cell(grid, SLICE(""));
        grid_cell(grid, SLICE(""));
    }
    if (cells.len > 0)
        grid_put(grid, color, out);
    grid->len = 0;
    vec_free(&cells);
}

static void show_group(const struct class_list *list, const struct tally *tally, struct slice title, bool color,
                       struct grid *grid, struct bytes *out)
{
    if (tally->records == 0)
        return;
    show_classes(list, tally, title, color, grid, out);
    if (list->count <= SHOWN_CLASSES)
        show_matrix(list, tally, color, grid, out);
    else
        show_confusions(list, tally, color, grid, out);
}

void evaluation_show(const struct evaluation *evaluation, bool color, struct bytes *out)
{
    struct grid grid = {.arena = arena_new()};
    struct tally all = whole(evaluation);
    struct group *groups = sorted_groups(evaluation, grid.arena);
    show_measures(evaluation, groups, &all, color, &grid, out);
    show_group(&evaluation->classes, &all, SLICE("class"), color, &grid, out);
    for (size_t i = 0; evaluation->by != NULL && i < evaluation->parts.tallies.len; i++) {
        add_json(&grid, groups[i].value, true);
        struct slice value = grid.items[0];
        grid.len = 0;
        struct slice title = arena_print(grid.arena, "class of %.*s", (int)value.len, value.ptr);
        show_group(&evaluation->classes, groups[i].tally, title, color, &grid, out);
    }
    tally_release(&all);
    vec_free(&grid);
    arena_free(grid.arena);
}
