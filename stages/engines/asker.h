/* asker.h - asks an engine for numbers about the text of each record: what predict and embed share.
 *
 * On run/child.h, as via, but each record needs its answer: a text is sent also if it is empty, and an engine that does
 * not do what the protocol says ends the run (child_settings.strict). An answer that the filter can't use makes its
 * record bad. */
#ifndef QUERN_ENGINES_ASKER_H
#define QUERN_ENGINES_ASKER_H

#include "quern.h"
#include "run/child.h"

struct asker_options {
    const char *command;
    int protocol;
    struct child_options child;
};

enum { ASKER_JSONL, ASKER_FASTTEXT, ASKER_LINE, ASKER_BATCH };
extern const char *const asker_protocols[];

/* condition: what `struct option.when` says of each; NULL: nothing. is_required: of --command. */
#define OPTIONS_ASKER(type, field, condition, is_required)                                                             \
    {"command",                                                                                                        \
     0,                                                                                                                \
     OPT_TEXT,                                                                                                         \
     OPT_AT(type, field.command),                                                                                      \
     .value = "CMD",                                                                                                   \
     .required = is_required,                                                                                          \
     .help = "the program to ask, with its arguments; no shell reads it"},                                             \
    {                                                                                                                  \
        "protocol", 0, OPT_CHOICE, OPT_AT(type, field.protocol),                                                       \
            .value = "NAME", .fallback = "line", .choices = asker_protocols, .when = condition,                        \
            .help = "line: a text a line, an answer a line; jsonl: JSON objects with an id; fasttext: as line, for "   \
                    "fasttext; batch: as line, for a program that reads all of its input first"                        \
    }

/* How it is run. */
#define OPTIONS_ASKER_PROCESS(type, field, condition)                                                                  \
    OPTIONS_CHILD_PROCESS(type, field.child, condition, "256"), OPTION_CHILD_RESTARTS(type, field.child, condition),   \
        OPTIONS_CHILD_CACHE(type, field.child, condition),                                                             \
        OPTIONS_CHILD_LINES(type, field.child, "protocol=line|fasttext")

/* The first counters of a filter that asks. */
enum { ASKER_REQUESTS, ASKER_CACHED, ASKER_LEFT_OUT, ASKER_COUNTERS };
#define ASKER_COUNTER_NAMES "requests", "cached", "left_out"

struct asker;

/* accept: can the filter use the reply, an object of ASKER_JSONL, else a line? 0, or -1 with the message. It is asked
 * of what the cache has, or shall have. NULL, with the message, as child_open. */
struct asker *asker_open(struct stage_context *context, const struct asker_options *options, const char *field,
                         int (*accept)(const void *filter, struct slice request, struct slice reply),
                         const void *filter);
void asker_free(struct asker *asker);

/* Are the replies JSON objects? */
bool asker_has_objects(const struct asker *asker);

/* One thread of it. */
struct asker_thread;
struct asker_thread *asker_thread_open(const struct asker *asker);
void asker_thread_close(struct asker_thread *thread);

/* Asks about all records, then calls answered(state, record, reply, out) for each in turn, which is as a filter's
 * `record`. 0, or -1 with the message if the run can't go on. */
int asker_records(struct asker_thread *thread, const struct batch *in, struct sink *out,
                  int (*answered)(void *state, const struct record *in, struct slice reply, struct sink *out),
                  void *state);

int asker_finish(const struct asker *asker);

/* Tells the user what was left out of texts. */
void asker_notes(const struct asker *asker, const struct totals *totals);

/* ---- answers ---- */

/* Reads the numbers of a line, with white space or commas between them and perhaps brackets around. 0, or -1 with the
 * message. */
int asker_numbers(struct slice line, struct arena *arena, const double **numbers, size_t *count);

#endif
