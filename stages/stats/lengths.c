/* lengths.c - see lengths.h. */
#include "lengths.h"

#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <stdlib.h>

static size_t bucket_of(uint64_t length)
{
    if (length < LENGTHS_EXACT)
        return (size_t)length;
    unsigned shift = 56 - (unsigned)__builtin_clzll(length); /* length >> shift is in [128, 256) */
    return LENGTHS_EXACT + (size_t)(shift - 1) * LENGTHS_STEPS + (size_t)(length >> shift) - LENGTHS_STEPS;
}

static uint64_t lower_bound(size_t bucket)
{
    if (bucket < LENGTHS_EXACT)
        return bucket;
    size_t step = bucket - LENGTHS_EXACT;
    return (uint64_t)(LENGTHS_STEPS + step % LENGTHS_STEPS) << (step / LENGTHS_STEPS + 1);
}

void lengths_add(struct lengths *lengths, uint64_t length)
{
    if (lengths->count == 0 || length < lengths->min)
        lengths->min = length;
    if (lengths->count == 0 || length > lengths->max)
        lengths->max = length;
    lengths->count++;
    lengths->sum += length; /* can't overflow: every unit of length is at least a byte of input */
    lengths->buckets[bucket_of(length)]++;
}

struct summary *lengths_put(const struct lengths *lengths, struct summary *object, struct slice name)
{
    struct summary *member = summary_put_object(object, name);
    summary_put_number(member, SLICE("count"), (int64_t)lengths->count);
    summary_put_number(member, SLICE("sum"), (int64_t)lengths->sum);
    struct summary *range = summary_put_object(member, SLICE("range"));
    summary_put_number(range, SLICE("min"), (int64_t)lengths->min);
    summary_put_number(range, SLICE("max"), (int64_t)lengths->max);
    struct summary *buckets = summary_put_object(member, SLICE("buckets"));
    struct bytes bound = {0};
    for (size_t i = 0; i < LENGTHS_BUCKETS; i++) {
        if (lengths->buckets[i] == 0)
            continue;
        bound.len = 0;
        json_put_int(&bound, (int64_t)lower_bound(i));
        summary_put_number(buckets, bytes_slice(&bound), (int64_t)lengths->buckets[i]);
    }
    vec_free(&bound);
    return member;
}

/* ---- quantiles ---- */

struct bucket {
    int64_t lower;
    uint64_t count;
};

static int compare_buckets(const void *a, const void *b)
{
    int64_t x = ((const struct bucket *)a)->lower, y = ((const struct bucket *)b)->lower;
    return (x > y) - (x < y);
}

/* A bucket's lower bound from its name. */
static int read_bound(struct slice name, int64_t *lower)
{
    bool digits = name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        digits = digits && name.ptr[i] >= '0' && name.ptr[i] <= '9';
    if (!digits || !json_int(name, lower) || lower_bound(bucket_of((uint64_t)*lower)) != (uint64_t)*lower)
        return diag_error("buckets: \"%.*s\" is not the lower bound of a bucket", (int)name.len, name.ptr);
    return 0;
}

static int64_t middle(int64_t lower, const struct summary *range)
{
    size_t bucket = bucket_of((uint64_t)lower);
    uint64_t width = bucket < LENGTHS_EXACT ? 1 : lower_bound(bucket + 1) - (uint64_t)lower;
    int64_t value = lower + (int64_t)((width - 1) / 2);
    int64_t min = summary_number(range, SLICE("min")), max = summary_number(range, SLICE("max"));
    return value < min ? min : value > max ? max : value;
}

int lengths_quantiles(const struct summary *member, const unsigned *percent, size_t n, int64_t *quantiles)
{
    const struct summary *counts = summary_object(member, SLICE("buckets"));
    const struct summary *range = summary_object(member, SLICE("range"));
    size_t len = summary_count(counts);
    struct bucket *buckets = mem_zalloc(len + 1, sizeof *buckets);
    int status = 0;
    for (size_t i = 0; i < len && status == 0; i++) {
        buckets[i].count = (uint64_t)summary_number_at(counts, i);
        status = read_bound(summary_name(counts, i), &buckets[i].lower);
    }
    qsort(buckets, len, sizeof *buckets, compare_buckets);
    uint64_t total = (uint64_t)summary_number(member, SLICE("count")), seen = 0;
    size_t at = 0;
    for (size_t q = 0; q < n; q++) {
        uint64_t rank = total / 100 * percent[q] + (total % 100 * percent[q] + 99) / 100;
        while (at + 1 < len && seen + buckets[at].count < rank)
            seen += buckets[at++].count;
        quantiles[q] = len > 0 ? middle(buckets[at].lower, range) : 0;
    }
    mem_free(buckets);
    return status;
}
