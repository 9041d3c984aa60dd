/* windows.c - see windows.h. */
#include "windows.h"

#include "base/diag.h"

#include <assert.h>

int windows_of(size_t total, size_t size, size_t stride, bool left, struct windows *windows)
{
    *windows = (struct windows){.total = total, .size = size, .step = size, .count = 1, .left = left};
    if (total <= size)
        return 0;
    if (stride >= size)
        return diag_error("windows of %zu tokens of the text are too short for a stride of %zu", size, stride);
    windows->step = size - stride;
    windows->count = 1 + (total - size + windows->step - 1) / windows->step;
    return 0;
}

struct window windows_at(const struct windows *windows, size_t number)
{
    assert(number < windows->count);
    size_t before = number * windows->step, rest = windows->total - before;
    size_t count = rest < windows->size ? rest : windows->size;
    return (struct window){windows->left ? rest - count : before, count};
}

int windows_pairs(const struct windows texts[2], size_t *count)
{
    /* Neither count is above 2^32, so the product can't overflow. */
    *count = texts[0].count * texts[1].count;
    bool both = texts[0].count > 1 && texts[1].count > 1;
    if (both && *count > WINDOWS_MOST_PAIRS)
        return diag_error("%zu windows of the first text times %zu of the second are more than %d windows",
                          texts[0].count, texts[1].count, WINDOWS_MOST_PAIRS);
    return 0;
}

void windows_pair(const struct windows texts[2], size_t lead, size_t number, size_t which[2])
{
    size_t others = texts[!lead].count, behind = (texts[lead].count - 1) * others;
    which[0] = which[1] = 0;
    if (number == 0)
        return;
    if (number <= behind) {
        which[lead] = 1 + (number - 1) / others;
        which[!lead] = (number - 1) % others;
    } else {
        which[!lead] = number - behind;
    }
}
