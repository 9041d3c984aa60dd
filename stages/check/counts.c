/* counts.c - see counts.h. */
#include "counts.h"

#include "base/diag.h"
#include "base/stream.h"
#include "text/json.h"

#include <inttypes.h>
#include <string.h>

/* A line of a file of counts: an id, a tab, a count. */
static int read_count(const struct kinds *kinds, double *weights, struct slice line, const char *path)
{
    int64_t id, count;
    const char *tab = memchr(line.ptr, '\t', line.len);
    if (tab == NULL || !json_int(slice_between(line.ptr, tab), &id) ||
        !json_int(slice_between(tab + 1, line.ptr + line.len), &count) || id < 0 || id >= kinds->size || count < 0)
        return diag_error("%s: expected an id of the vocabulary, a tab and a count, found \"%.*s\"", path,
                          (int)line.len, line.ptr);
    weights[id] += (double)count;
    return 0;
}

int counts_read(const struct kinds *kinds, const char *path, double *weights)
{
    struct input *input = stream_open(path, NULL);
    struct bytes block = {0};
    int got = input != NULL ? 1 : -1;
    while (got > 0 && (got = stream_lines(input, &block, 1 << 16, 1 << 20)) > 0) {
        struct slice left = bytes_slice(&block), line;
        while (got > 0 && stream_next_line(&left, &line))
            if (line.len > 0 && line.ptr[0] != '#' && read_count(kinds, weights, line, path) < 0)
                got = -1;
        block.len = 0;
    }
    vec_free(&block);
    if (input != NULL)
        stream_close(input);
    return got;
}
