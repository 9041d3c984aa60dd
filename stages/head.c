/* head.c - the first records.
 *
 *     quern head [-n N] [FILE …] */
#include "quern.h"

struct head_options {
    int64_t count;
};

static const struct option options[] = {
    {"count", 'n', OPT_INT, OPT_AT(struct head_options, count), .value = "N", .fallback = "10", .min = 0,
     .max = INT64_MAX, .help = "how many records"},
    {0},
};

/* Of the one thread. */
struct head {
    int64_t left;
};

static int head_thread_open(void *shared, void **thread)
{
    const struct head_options *given = shared;
    struct head *head = mem_zalloc(1, sizeof *head);
    head->left = given->count;
    *thread = head;
    return 0;
}

static int head_record(void *thread, const struct record *in, struct sink *out)
{
    struct head *head = thread;
    if (head->left <= 1)
        sink_done(out);
    return head->left-- > 0 ? sink_emit(out, in) : 0;
}

const struct stage stage_head = {
    .name = "head",
    .summary = "pass the first records",
    .example = "$ printf '{\"id\":1}\\n{\"id\":2}\\n{\"id\":3}\\n' | quern head -n 2\n"
               "{\"id\":1}\n"
               "{\"id\":2}",
    .class = STAGE_ORDERED,
    .options = options,
    .options_size = sizeof(struct head_options),
    .thread_open = head_thread_open,
    .thread_close = mem_free,
    .record = head_record,
};
