/* multilabel.c - records that have several labels each: mlros and mlrus (Charte et al., Neurocomputing 163, 2015).
 *
 * The imbalance ratio of a label is the number of records with the most frequent label, divided by its own; a label is
 * a minority label if its ratio is above the mean of all. mlros copies records that have a minority label, mlrus
 * removes records that have none. Each step is for the label that is furthest from the mean: its record with the lowest
 * draw is next, and all ratios change. Ratios are compared as float64, summed in the order of the labels. */
#include "multilabel.h"

#include <stdlib.h>

void labelled_release(struct labelled *labelled)
{
    vec_free(&labelled->rows);
    vec_free(&labelled->labels);
    map_free(labelled->names);
    labelled->names = NULL;
}

int labelled_add(struct labelled *labelled, const struct record *in, struct slice label, const struct row *row,
                 struct arena *arena)
{
    const struct slice *names;
    size_t count;
    if (tally_labels(in, label, arena, &names, &count) < 0)
        return -1;
    struct labelled_row made = {.row = *row, .first = labelled->labels.len};
    for (size_t i = 0; i < count; i++) {
        size_t before = map_len(labelled->names);
        uint64_t *number = map_put(labelled->names, names[i]);
        if (map_len(labelled->names) > before)
            *number = before;
        bool twice = false;
        for (size_t j = 0; j < made.count && !twice; j++)
            twice = labelled->labels.items[made.first + j] == *number;
        if (!twice) {
            vec_push(&labelled->labels, (uint32_t)*number);
            made.count++;
        }
    }
    vec_push(&labelled->rows, made);
    return 0;
}

void labelled_merge(struct labelled *into, const struct labelled *from)
{
    for (size_t i = 0; i < from->rows.len; i++) {
        struct labelled_row row = from->rows.items[i];
        size_t first = into->labels.len;
        for (uint32_t j = 0; j < row.count; j++) {
            size_t before = map_len(into->names);
            uint64_t *number = map_put(into->names, map_at(from->names, from->labels.items[row.first + j])->key);
            if (map_len(into->names) > before)
                *number = before;
            vec_push(&into->labels, (uint32_t)*number);
        }
        row.first = first;
        vec_push(&into->rows, row);
    }
}

/* ---- the steps ---- */

/* A label: in the order of their bytes. */
struct tag {
    struct slice name;
    uint32_t number;    /* in the map */
    uint64_t count;     /* of its records now */
    double ratio;       /* 0: there are none */
    VEC(uint32_t) rows; /* those that have it, by their draws */
    size_t next;        /* of these: the one to be taken */
    bool minority;
    uint64_t tries; /* mlrus: rows before `next` may not go, as of this value of steps.frees */
};

static int by_name(const void *a, const void *b)
{
    const struct tag *left = a, *right = b;
    return slice_compare(left->name, right->name);
}

static int by_draw(const void *a, const void *b)
{
    const struct labelled_row *left = a, *right = b;
    return row_compare(&left->row, &right->row);
}

struct steps {
    const struct labelled *labelled;
    struct tag *tags;
    size_t count;
    uint32_t *places; /* of a label by its number in the map */
    double mean;
    bool copies;
    uint32_t *uses;
    uint64_t frees; /* how often labels have left the minority, so that other rows may go */
};

static void find_ratios(struct steps *steps)
{
    uint64_t most = 0;
    size_t there = 0;
    steps->mean = 0;
    for (size_t i = 0; i < steps->count; i++)
        most = steps->tags[i].count > most ? steps->tags[i].count : most;
    for (size_t i = 0; i < steps->count; i++) {
        struct tag *tag = &steps->tags[i];
        tag->ratio = tag->count > 0 ? (double)most / (double)tag->count : 0;
        steps->mean += tag->ratio;
        there += tag->count > 0;
    }
    steps->mean /= there > 0 ? (double)there : 1;
    for (size_t i = 0; i < steps->count; i++) {
        struct tag *tag = &steps->tags[i];
        bool minority = tag->ratio > steps->mean;
        steps->frees += tag->minority && !minority;
        tag->minority = minority;
    }
}

/* mlrus: may the record go? Not with a minority label, nor twice. */
static bool may_go(const struct steps *steps, uint32_t place)
{
    const struct labelled_row *row = &steps->labelled->rows.items[place];
    if (steps->uses[place] > 0)
        return false;
    for (uint32_t i = 0; i < row->count; i++)
        if (steps->tags[steps->places[steps->labelled->labels.items[row->first + i]]].minority)
            return false;
    return true;
}

/* The next record of a label; false if there is none. Copies start over after the last. */
static bool next_row(const struct steps *steps, struct tag *tag, uint32_t *place)
{
    if (steps->copies) {
        *place = tag->rows.items[tag->next];
        tag->next = (tag->next + 1) % tag->rows.len;
        return true;
    }
    if (tag->tries != steps->frees)
        tag->next = 0;
    tag->tries = steps->frees;
    for (; tag->next < tag->rows.len; tag->next++) {
        *place = tag->rows.items[tag->next];
        if (may_go(steps, *place))
            return true;
    }
    return false;
}

/* The label furthest from the mean that still has a record to copy or to remove; false if there is none. */
static bool next_label(const struct steps *steps, uint32_t *place)
{
    bool *spent = mem_zalloc(steps->count, sizeof *spent), found = false;
    for (;;) {
        size_t best = steps->count;
        for (size_t i = 0; i < steps->count; i++) {
            const struct tag *tag = &steps->tags[i];
            double distance = steps->copies ? tag->ratio - steps->mean : steps->mean - tag->ratio;
            double than = best == steps->count ? 0
                          : steps->copies      ? steps->tags[best].ratio - steps->mean
                                               : steps->mean - steps->tags[best].ratio;
            if (!spent[i] && tag->count > 0 && distance > than)
                best = i;
        }
        if (best == steps->count)
            break;
        found = next_row(steps, &steps->tags[best], place);
        if (found)
            break;
        spent[best] = true;
    }
    mem_free(spent);
    return found;
}

static void take_steps(struct steps *steps, uint64_t most)
{
    uint32_t place;
    find_ratios(steps);
    for (uint64_t i = 0; i < most && next_label(steps, &place); i++) {
        const struct labelled_row *row = &steps->labelled->rows.items[place];
        steps->uses[place]++;
        for (uint32_t j = 0; j < row->count; j++) {
            struct tag *tag = &steps->tags[steps->places[steps->labelled->labels.items[row->first + j]]];
            tag->count = steps->copies ? tag->count + 1 : tag->count - 1;
        }
        find_ratios(steps);
    }
}

void labelled_balance(struct labelled *labelled, bool copies, struct decimal percent, struct row **rows,
                      uint32_t **uses)
{
    size_t records = labelled->rows.len;
    struct steps steps = {.labelled = labelled, .count = map_len(labelled->names), .copies = copies};
    if (records > 1)
        qsort(labelled->rows.items, records, sizeof *labelled->rows.items, by_draw);
    steps.tags = mem_zalloc(steps.count + 1, sizeof *steps.tags);
    steps.places = mem_zalloc(steps.count + 1, sizeof *steps.places);
    steps.uses = *uses = mem_zalloc(records + 1, sizeof **uses);
    *rows = mem_zalloc(records + 1, sizeof **rows);
    for (size_t i = 0; i < steps.count; i++)
        steps.tags[i] = (struct tag){.name = map_at(labelled->names, i)->key, .number = (uint32_t)i};
    qsort(steps.tags, steps.count, sizeof *steps.tags, by_name);
    for (size_t i = 0; i < steps.count; i++)
        steps.places[steps.tags[i].number] = (uint32_t)i;
    for (size_t i = 0; i < records; i++) {
        const struct labelled_row *row = &labelled->rows.items[i];
        (*rows)[i] = row->row;
        for (uint32_t j = 0; j < row->count; j++) {
            struct tag *tag = &steps.tags[steps.places[labelled->labels.items[row->first + j]]];
            tag->count++;
            vec_push(&tag->rows, (uint32_t)i);
        }
    }
    take_steps(&steps, decimal_share(percent, records) / 100);
    for (size_t i = 0; i < steps.count; i++)
        vec_free(&steps.tags[i].rows);
    mem_free(steps.tags);
    mem_free(steps.places);
}
