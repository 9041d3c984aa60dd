/* child.h - asks an engine: a program of the user's that answers texts, such as a translator or a language model.
 *
 * An engine starts slowly, costs money, may die, hang, lie or lose a line. What a filter gets here: the right reply
 * beside the right request or a counted failure; no request asked twice that has an answer; no process left behind.
 *
 *     struct child *child = child_open(&settings);               in `open`
 *     child_ask(child, questions, count, arena)                  in `records`, from any thread
 *     child_finish(child)                                        in `finish`
 *     child_free(child)                                          in `close`
 *
 * One engine serves all threads of a run. A thread of its own starts it when the first request needs it, keeps a window
 * of requests in flight, whichever thread asked them, and starts it again when it has failed; what was in flight then
 * is asked again one request at a time, so that a request that an engine dies of is found and the others are answered.
 * A filter of class STAGE_ASYNC asks for a whole batch at a time, and the runner has several batches under way, so that
 * the window does not run empty between them.
 *
 * An engine should answer a request the same way whatever was asked before. Then replies do not depend on the number of
 * threads, on the window or on the other records. */
#ifndef QUERN_CHILD_H
#define QUERN_CHILD_H

#include "base/arena.h"
#include "base/decimal.h"
#include "record/words.h"
#include "run/child_options.h"
#include "run/child_protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child;
struct record;
struct stage_context;

struct child_settings {
    const struct child_options *options;   /* all that users set; must outlive the child */
    const struct child_protocol *protocol; /* child_protocol.h, or a filter's own */
    const char *engine;                    /* the engine as the user knows it: for messages, and its id in the cache */
    struct commands commands;              /* joined by pipes: the first reads requests, the last writes replies; the
                                              child takes them over */
    const char *const *environment;        /* NAME=VALUE that it gets besides ours, ending in NULL; may be NULL */
    const char *parameters;                /* what replies depend on besides engine and request; NULL: nothing */
    const char *first;                     /* a request for each new process, whose reply is thrown away; or NULL */
    struct child *beside; /* another engine of the same filter, with which this one shares the cache and
                             --max-requests, and which is freed last; or NULL */
    size_t window;        /* the most requests in flight; 0: that of the options */

    /* An engine that does not do what the protocol says ends the run, unless it has died and may be started again
     * (options->restarts); and it must end with status 0. Only an error that the engine reports, or a reply that the
     * filter has no use for, concerns one request. --max-failed and --failed mean nothing then. */
    bool strict;

    /* Is the reply, which is valid in the protocol, of use to the filter? 0, or -1 with the message: then the request
     * has failed, or the engine is asked again if it was in the cache. May be NULL. Called from any thread. */
    int (*accept)(const void *filter, struct slice request, struct slice reply);
    const void *filter;
};

/* NULL, with the message, if a setting is impossible, a command is not installed or the cache can't be read. Starts
 * nothing. Sets context->in_flight. */
struct child *child_open(struct stage_context *context, const struct child_settings *settings);
void child_free(struct child *child);

enum child_state { CHILD_ANSWERED, CHILD_FAILED };

/* A request in the form of the protocol: a text, or an object. */
struct child_question {
    struct slice request;
    const struct record *record; /* strict: whose it is, for messages */
    enum child_state state;
    bool cached;        /* the cache, or an equal request that was under way, has answered it */
    struct slice reply; /* ANSWERED: a text, or an object */
    const char *reason; /* FAILED: why */
};

/* Asks all of them and waits for the answers; what they need is in the arena. 0, or -1 with the message if the run
 * can't go on: the engine does not start, too many requests have failed, --max-requests is reached. */
int child_ask(struct child *child, struct child_question *questions, size_t count, struct arena *arena);

/* May the text be sent at all? Not if it is empty, white space only, or longer than --max-chars. */
bool child_may_send(const struct child *child, struct slice text);

/* What a request that has failed means for its record: 0, it passes as it is, and the user is told; or -1 with the
 * message, it is bad: --failed. */
int child_refuse(struct child *child, const struct record *record, const char *reason);

/* After the last record: the engines get the end of their input and are waited for, the cache is complete, and the
 * failures are judged. 0, or -1 with the message: the run has failed. */
int child_finish(struct child *child);

#endif
