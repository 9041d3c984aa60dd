/* weights.c - see weights.h. */
#include "weights.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"
#include "text/json.h"

#include <string.h>

/* A line of a file of counts: an id, a tab, a count. */
static int read_count(struct weights *weights, const struct kinds *kinds, struct slice line, const char *path)
{
    int64_t id, count;
    const char *tab = memchr(line.ptr, '\t', line.len);
    if (tab == NULL || !json_int(slice_between(line.ptr, tab), &id) ||
        !json_int(slice_between(tab + 1, line.ptr + line.len), &count) || id < 0 || id >= kinds->size || count < 0)
        return diag_error("%s: expected an id of the vocabulary, a tab and a count, found \"%.*s\"", path,
                          (int)line.len, line.ptr);
    weights->shares[id] += (double)count;
    return 0;
}

static int read_counts(struct weights *weights, const struct kinds *kinds, const char *path)
{
    struct input *input = stream_open(path, NULL);
    struct bytes block = {0};
    int got = input != NULL ? 1 : -1;
    while (got > 0 && (got = stream_lines(input, &block, 1 << 16, 1 << 20)) > 0) {
        struct slice left = bytes_slice(&block), line;
        while (got > 0 && stream_next_line(&left, &line))
            if (line.len > 0 && line.ptr[0] != '#' && read_count(weights, kinds, line, path) < 0)
                got = -1;
        block.len = 0;
    }
    vec_free(&block);
    if (input != NULL)
        stream_close(input);
    return got;
}

/* The law of random tokens. A file's counts of special and unknown ids do not count. */
int weights_open(struct weights *weights, const struct kinds *kinds, const char *from)
{
    double sum = 0, so_far = 0;
    bool all = strcmp(from, "all") == 0, file = !all && strcmp(from, "vocabulary") != 0;
    weights->shares = mem_zalloc((size_t)kinds->size, sizeof *weights->shares);
    weights->buckets = mem_zalloc((size_t)kinds->size, sizeof *weights->buckets);
    if (file && read_counts(weights, kinds, from) < 0)
        return -1;
    for (int32_t id = 0; id < kinds->size; id++) {
        if (all)
            weights->shares[id] = 1;
        else if (kinds->kinds[id] != ID_ORDINARY && !(file && kinds->kinds[id] == ID_RESERVED))
            weights->shares[id] = 0;
        else if (!file)
            weights->shares[id] = 1;
        sum += weights->shares[id];
    }
    for (int32_t id = 0; id < kinds->size && sum > 0; id++) {
        size_t bucket = (size_t)(so_far * BUCKETS / sum);
        weights->buckets[id] = (uint8_t)(bucket < BUCKETS ? bucket : BUCKETS - 1);
        so_far += weights->shares[id];
        weights->shares[id] /= sum;
        weights->bucket_shares[weights->buckets[id]] += weights->shares[id];
    }
    return 0;
}

void weights_close(struct weights *weights)
{
    mem_free(weights->shares);
    mem_free(weights->buckets);
}
