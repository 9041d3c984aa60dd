/* select - lets the records through that satisfy conditions on their members.
 *
 *     quern select [--any] [--invert] CONDITION... [FILE...]
 *
 * What a condition is: condition.h. */
#include "quern.h"

#include <inttypes.h>

struct select_options {
    struct words where;
    bool any, invert;
};

static const struct option options[] = {
    {"where", 'w', OPT_TEXTS, OPT_AT(struct select_options, where), .value = "CONDITION", .takes = condition_is_meant,
     .help = "a condition that must hold: MEMBER OP VALUE, where OP is ==, !=, <, <=, >, >= or ~ (a regular "
             "expression), or has MEMBER. Operands that are conditions need no --where"},
    {"any", 0, OPT_FLAG, OPT_AT(struct select_options, any), .help = "one of the conditions is enough"},
    {"invert", 'v', OPT_FLAG, OPT_AT(struct select_options, invert),
     .help = "let the other records through: those that do not satisfy the conditions"},
    {0},
};

static int select_open(struct stage_context *context, void **shared)
{
    const struct select_options *given = context->options;
    if (given->where.len == 0)
        return diag_error("the condition is missing: quern select 'MEMBER OP VALUE', or 'has MEMBER'");
    *shared = conditions_new(&given->where, given->any, given->invert);
    return *shared != NULL ? 0 : -1;
}

static void select_close(void *shared)
{
    conditions_free(shared);
}

/* One thread's. */
struct selector {
    const struct conditions *conditions;
    struct condition_thread *thread;
};

static int select_thread_open(void *shared, void **thread)
{
    struct selector *selector = mem_alloc(sizeof *selector);
    selector->conditions = shared;
    selector->thread = condition_thread_new(shared);
    *thread = selector;
    return 0;
}

static void select_thread_close(void *thread)
{
    struct selector *selector = thread;
    condition_thread_free(selector->thread);
    mem_free(selector);
}

static int select_record(void *state, const struct record *in, struct sink *out)
{
    const struct selector *selector = state;
    int holds = conditions_hold(selector->conditions, selector->thread, in, sink_arena(out));
    return holds > 0 ? sink_emit(out, in) : holds;
}

static void select_notes(const void *shared, const struct totals *totals)
{
    (void)shared;
    if (totals->in > 0 && totals->out == 0)
        diag_note("let none of %" PRIu64 " record%s through", totals->in, diag_s(totals->in));
}

const struct stage stage_select = {
    .name = "select",
    .summary = "let the records through that satisfy conditions",
    .example = "$ printf '{\"id\":%s,\"label\":\"%s\"}\\n' 1 spam 2 ham |\n"
               "    quern select 'label == spam'\n"
               "{\"id\":1,\"label\":\"spam\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct select_options),
    .open = select_open,
    .close = select_close,
    .thread_open = select_thread_open,
    .thread_close = select_thread_close,
    .record = select_record,
    .notes = select_notes,
};
