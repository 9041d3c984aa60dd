/* embed.c - asks another program for a vector of each text.
 *
 *     quern embed --command CMD [--protocol line|jsonl|fasttext|batch] [--dim N] [--field NAME] [FILE …]
 *
 *     $ echo '{"id":1,"text":"a mill"}' | quern embed --command 'awk "{print length, NF}"' --protocol batch
 *     {"id":1,"text":"a mill","features":[6,2]}
 *
 * How engines are asked is in engines/asker.h. */
#include "engines/asker.h"
#include "quern.h"

#include <stdatomic.h>

struct embed_options {
    struct asker_options asker;
    const char *field;
    int64_t dim;
};

enum { MOST_NUMBERS = 1 << 24 };

static const struct option options[] = {
    OPTIONS_ASKER(struct embed_options, asker, NULL, true),
    OPTION_FIELD(struct embed_options, field),
    {"dim", 0, OPT_INT, OPT_AT(struct embed_options, dim), .value = "N", .min = 1, .max = MOST_NUMBERS,
     .help = "how many numbers a vector has; without it, they must be equally many for all records"},
    OPTIONS_ASKER_PROCESS(struct embed_options, asker, NULL),
    {0},
};

static const char *const reads[] = {"text", NULL};
static const char *const writes[] = {"features", NULL};
static const char *const counters[] = {ASKER_COUNTER_NAMES, NULL};

struct embed {
    const struct embed_options *given;
    struct asker *asker;
    _Atomic size_t dim; /* of all vectors; 0: none has come */
};

/* ---- answers ---- */

/* The vector of a reply. */
static int read_numbers(const struct embed *embed, struct slice reply, struct arena *arena, const double **numbers,
                        size_t *count)
{
    struct slice value;
    if (!asker_has_objects(embed->asker))
        return asker_numbers(reply, arena, numbers, count);
    if (!json_member(reply, "features", &value))
        return diag_error("expected \"features\", found none");
    if (json_kind(value) != '[')
        return diag_error("features: expected an array of numbers, found %s", json_kind_name(json_kind(value)));
    return rec_numbers(SLICE("features"), value, arena, numbers, count);
}

static int read_reply(const struct embed *embed, struct slice reply, struct arena *arena, const double **numbers,
                      size_t *count)
{
    int64_t dim = embed->given->dim;
    if (read_numbers(embed, reply, arena, numbers, count) < 0)
        return diag_within("the reply: %s", diag_message());
    if (*count == 0)
        return diag_error("the reply has no numbers");
    if (dim > 0 && *count != (size_t)dim)
        return diag_error("the reply has %zu number%s, expected %lld (--dim)", *count, diag_s(*count), (long long)dim);
    return 0;
}

static int accept_reply(const void *filter, struct slice request, struct slice reply)
{
    const double *numbers = NULL;
    size_t count = 0;
    struct arena *arena = arena_new();
    (void)request;
    int status = read_reply(filter, reply, arena, &numbers, &count);
    arena_free(arena);
    return status;
}

/* Vectors of two lengths end the run: which of them is wrong is unknown, and which comes first depends on threads. */
static int check_dim(struct embed *embed, size_t count)
{
    size_t dim = 0;
    if (atomic_compare_exchange_strong(&embed->dim, &dim, count) || dim == count)
        return 0;
    return diag_kind(STATUS_FAILED,
                     "\"%s\" answered vectors of %zu and of %zu numbers (with --dim N, another length makes a record "
                     "bad)",
                     embed->given->asker.command, count < dim ? count : dim, count < dim ? dim : count);
}

static int set_features(void *state, const struct record *in, struct slice reply, struct sink *out)
{
    struct embed *embed = state;
    struct arena *arena = sink_arena(out);
    const double *numbers = NULL;
    size_t count = 0;
    if (read_reply(embed, reply, arena, &numbers, &count) < 0 || check_dim(embed, count) < 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    return rec_set_floats(made, SLICE("features"), numbers, count) < 0 ? -1 : sink_emit(out, made);
}

/* ---- the stage ---- */

static void embed_close(void *shared)
{
    struct embed *embed = shared;
    asker_free(embed->asker);
    mem_free(embed);
}

static int embed_open(struct stage_context *context, void **shared)
{
    const struct embed_options *given = context->options;
    struct embed *embed = mem_zalloc(1, sizeof *embed);
    embed->given = given;
    embed->asker = asker_open(context, &given->asker, given->field, accept_reply, embed);
    if (embed->asker == NULL) {
        embed_close(embed);
        return -1;
    }
    *shared = embed;
    return 0;
}

struct embedder {
    struct embed *embed;
    struct asker_thread *asker;
};

static int embed_thread_open(void *shared, void **thread)
{
    struct embedder *embedder = mem_zalloc(1, sizeof *embedder);
    *embedder = (struct embedder){shared, asker_thread_open(((struct embed *)shared)->asker)};
    *thread = embedder;
    return 0;
}

static void embed_thread_close(void *thread)
{
    struct embedder *embedder = thread;
    asker_thread_close(embedder->asker);
    mem_free(embedder);
}

static int embed_records(void *thread, const struct batch *in, struct sink *out)
{
    struct embedder *embedder = thread;
    return asker_records(embedder->asker, in, out, set_features, embedder->embed);
}

static int embed_finish(void *shared)
{
    const struct embed *embed = shared;
    return asker_finish(embed->asker);
}

static void embed_notes(const void *shared, const struct totals *totals)
{
    const struct embed *embed = shared;
    asker_notes(embed->asker, totals);
}

const struct stage stage_embed = {
    .name = "embed",
    .summary = "ask another program for a vector of each text",
    .example = "$ echo '{\"text\":\"a mill\"}' |\n"
               "    quern embed --command 'awk \"{print length, NF}\"' --protocol batch\n"
               "{\"text\":\"a mill\",\"features\":[6,2]}\n",
    .class = STAGE_ASYNC,
    .options = options,
    .options_size = sizeof(struct embed_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = embed_open,
    .close = embed_close,
    .thread_open = embed_thread_open,
    .thread_close = embed_thread_close,
    .records = embed_records,
    .finish = embed_finish,
    .notes = embed_notes,
};
