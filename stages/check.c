/* check.c - verify what a filter has written.
 *
 *     quern check TASK [--against FILE] [-m FILE] [the filter's options] [FILE …]
 *
 * Each task is a verb in a file of its own: check/mask.c, check/pack.c …; check/check.h has what they share. */
#include "check/check.h"

/* Names of verbs. */
#define TASKS(TASK)                                                                                                    \
    TASK(pack)                                                                                                         \
    TASK(mask)                                                                                                         \
    TASK(pair)                                                                                                         \
    TASK(causal)                                                                                                       \
    TASK(fim)                                                                                                          \
    TASK(t5)                                                                                                           \
    TASK(ul2)                                                                                                          \
    TASK(prefix)                                                                                                       \
    TASK(deshuffle)                                                                                                    \
    TASK(bart)                                                                                                         \
    TASK(rtd)                                                                                                          \
    TASK(permute)                                                                                                      \
    TASK(stream)                                                                                                       \
    TASK(contrast)                                                                                                     \
    TASK(entities)

#define DECLARE(name) extern const struct stage stage_check_##name;
#define LIST(name) &stage_check_##name,

TASKS(DECLARE)

static const struct stage *const verbs[] = {TASKS(LIST) NULL};

static int no_task(struct stage_context *context, void **shared)
{
    struct bytes names = {0};
    (void)context;
    (void)shared;
    for (size_t i = 0; verbs[i] != NULL; i++) {
        bytes_put(&names, i > 0 ? SLICE(", ") : SLICE(""));
        bytes_put(&names, slice_of(verbs[i]->name + strlen("check ")));
    }
    (void)diag_error("expected a task: quern check TASK, one of %.*s", (int)names.len, names.items);
    vec_free(&names);
    return -1;
}

const struct stage stage_check = {
    .name = "check",
    .summary = "verify what a filter has written, with a verb for each filter",
    .example = "$ echo '{\"id\":\"a\",\"input_ids\":[2,4,12,3],\"labels\":[-100,11,-100,-100]}' |\n"
               "    quern check mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 |\n"
               "    grep maskable\n"
               "maskable                  1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .verbs = verbs,
    .open = no_task,
    .record = check_record,
    .end = check_end,
    .close = check_close,
};
