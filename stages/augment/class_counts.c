/* class_counts.c - variants by class: see class_counts.h. */
#include "class_counts.h"

#include "../classes/classes.h"

struct class_counts {
    struct classes *classes;
    uint64_t wanted;
};

struct class_counts *class_counts_open(struct stage_context *context, const char *path, const char *label,
                                       int64_t wanted)
{
    struct classes *classes = classes_open(context, path, label);
    if (classes == NULL)
        return NULL;
    struct class_counts *counts = mem_zalloc(1, sizeof *counts);
    *counts = (struct class_counts){classes, (uint64_t)wanted};
    for (size_t i = 0; wanted == 0 && i < classes->count; i++)
        counts->wanted = classes->items[i].count > counts->wanted ? classes->items[i].count : counts->wanted;
    return counts;
}

void class_counts_free(struct class_counts *counts)
{
    if (counts == NULL)
        return;
    classes_free(counts->classes);
    mem_free(counts);
}

int class_counts_wanted(const struct class_counts *counts, const struct record *record, struct slice label,
                        struct arena *arena, struct rng *rng, uint64_t draw, size_t *wanted)
{
    size_t class;
    if (classes_find(counts->classes, record, label, ", and --per-class goes by it", arena, &class) < 0)
        return -1;
    uint64_t count = counts->classes->items[class].count;
    uint64_t lack = counts->wanted > count ? counts->wanted - count : 0, rest = lack % count;
    *wanted = (size_t)(lack / count) + (rng_below(rng, draw, count) < rest);
    return 0;
}
