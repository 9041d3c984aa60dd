/* labels.c - numbers of labels: see labels.h. */
#include "labels.h"

int labels_number(const struct words *labels, uint64_t first, struct map *numbers)
{
    for (size_t i = 0; i < labels->len; i++) {
        size_t known = map_len(numbers);
        *map_put(numbers, slice_of(labels->items[i])) = first + i;
        if (map_len(numbers) == known)
            return diag_error("--labels: %s is given twice", labels->items[i]);
    }
    return 0;
}
