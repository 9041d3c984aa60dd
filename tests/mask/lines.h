/* lines.h - records for the judges of masks, taken apart without the code that is under test. */
#ifndef TESTS_MASK_LINES_H
#define TESTS_MASK_LINES_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A line of canonical JSON. */
struct line {
    char *bytes;
    size_t room;
    FILE *file;
};

static inline bool next_line(struct line *line)
{
    return getline(&line->bytes, &line->room, line->file) > 0;
}

/* The value of a member: what stands behind `"name":`. */
static inline const char *member(const struct line *line, const char *name)
{
    const char *at = strstr(line->bytes, name);
    if (at == NULL)
        diag_die(STATUS_DATA, "no %s in %s", name, line->bytes);
    return at + strlen(name);
}

static inline const int32_t *read_ints(const struct line *line, const char *name, struct arena *arena, size_t *count)
{
    const char *at = member(line, name), *end = strchr(at, ']');
    int32_t *ints = arena_array(arena, (size_t)(end - at), sizeof *ints);
    *count = 0;
    while (*at != ']') {
        char *behind;
        ints[(*count)++] = (int32_t)strtol(at + 1, &behind, 10);
        at = behind;
    }
    return ints;
}

static inline struct slice read_id(const struct line *line)
{
    const char *at = member(line, "\"id\":\"");
    return slice_between(at, strchr(at, '"'));
}

/* [[1,2],[3,5]]: *count pairs. */
static inline const int32_t *read_pairs(const struct line *line, const char *name, struct arena *arena, size_t *count)
{
    const char *at = member(line, name), *end = strstr(at, "]]");
    int32_t *ints = arena_array(arena, end != NULL ? (size_t)(end - at) : 1, sizeof *ints);
    size_t n = 0;
    for (; end != NULL && at < end; at++)
        if ((*at >= '0' && *at <= '9') && (at[-1] == '[' || at[-1] == ','))
            ints[n++] = (int32_t)strtol(at, NULL, 10);
    *count = n / 2;
    return ints;
}

#endif
