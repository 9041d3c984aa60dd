/* tail.c - the last records, or all from one on.
 *
 *     quern tail [-n N|+N] [FILE …] */
#include "quern.h"

struct tail_options {
    const char *count;
};

static const struct option options[] = {
    {"count", 'n', OPT_TEXT, OPT_AT(struct tail_options, count), .value = "N", .fallback = "10",
     .help = "how many records; +N: all from the Nth on"},
    {0},
};

struct tail {
    uint64_t count;
    bool from_start; /* +N: the first that passes is number `count` */
    uint64_t seen;
    struct keep kept;
};

static int tail_open(struct stage_context *context, void **shared)
{
    const struct tail_options *given = context->options;
    bool from_start = given->count[0] == '+';
    int64_t count;
    if (!json_int(slice_of(given->count + from_start), &count) || count < 0)
        return diag_error("--count: expected N or +N, found \"%s\"", given->count);
    struct tail *tail = mem_zalloc(1, sizeof *tail);
    tail->count = (uint64_t)count;
    tail->from_start = from_start;
    *shared = tail;
    return 0;
}

static int tail_record(void *shared, const struct record *in, struct sink *out)
{
    struct tail *tail = shared;
    if (tail->from_start)
        return ++tail->seen >= tail->count ? sink_emit(out, in) : 0;
    if (tail->count == 0)
        return 0;
    if (keep_len(&tail->kept) == tail->count)
        keep_drop(&tail->kept);
    (void)keep_put(&tail->kept, in);
    return 0;
}

static int tail_end(void *shared, struct sink *out)
{
    const struct tail *tail = shared;
    for (size_t i = 0; i < keep_len(&tail->kept); i++)
        if (sink_emit(out, rec_copy(sink_arena(out), keep_at(&tail->kept, i))) < 0)
            return -1;
    return 0;
}

static void tail_close(void *shared)
{
    struct tail *tail = shared;
    keep_release(&tail->kept);
    mem_free(tail);
}

const struct stage stage_tail = {
    .name = "tail",
    .summary = "pass the last records",
    .example = "$ printf '{\"id\":%s}\\n' 1 2 3 | quern tail -n +2\n"
               "{\"id\":2}\n"
               "{\"id\":3}",
    .class = STAGE_ORDERED,
    .options = options,
    .options_size = sizeof(struct tail_options),
    .open = tail_open,
    .close = tail_close,
    .record = tail_record,
    .end = tail_end,
};
