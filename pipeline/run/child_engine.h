/* child_engine.h - the inside of a child: what the thread that runs its engines shares with the threads that ask.
 *
 *     child.c          questions: keys, cache, the queue; what a failure means for a record and for the run
 *     child_engine.c   the thread: one loop around poll; starts engines, and ends those that fail
 *     child_flight.c   what one engine has been asked and has not answered: sends requests, matches replies */
#ifndef QUERN_CHILD_ENGINE_H
#define QUERN_CHILD_ENGINE_H

#include "base/hash.h"
#include "run/allowance.h"
#include "run/chain.h"
#include "run/child.h"
#include "run/child_cache.h"
#include "run/child_process.h"

#include <pthread.h>

/* Questions that were asked together. */
struct ask {
    struct arena *arena; /* of a thread that waits, so the engine's thread may use it */
    size_t left;         /* questions without an answer */
};

/* A request under way. */
struct task {
    struct child_question *question;
    struct ask *ask;
    struct hash key;
    struct task *next;  /* in the queue */
    struct task *chain; /* in child->pending */
    struct task *twins; /* equal requests, which share its answer */
    unsigned deaths;    /* how many fresh engines died of it, or fell silent, when it was asked alone */
};

enum { PENDING_BUCKETS = 1 << 14 };

struct child_counts {
    uint64_t asked, failed;
    uint64_t stray; /* BY_ID: replies that answer nothing; of the engine's thread */
};

struct child {
    struct child_settings settings;
    const char *program;    /* of the filter: starts its notes */
    struct child *root;     /* the first of those beside each other: has the cache and counts what was sent */
    struct bytes key_start; /* of every key */
    struct cache *cache;    /* NULL: none */
    char **environment;
    struct allowance most_failed;
    bool started; /* the thread runs */
    pthread_t thread;
    int wake;         /* an eventfd: the thread has something to do */
    int64_t restarts; /* strict: how many are left; of the engine's thread */

    pthread_mutex_t lock; /* of all fields below */
    pthread_cond_t answered;
    struct task *first, *last; /* the queue */
    size_t queued;
    int64_t queued_at;     /* when the last was added: clock_ms */
    struct task **pending; /* every task without an answer, by its key */
    struct child_counts counts;
    uint64_t sent; /* in the root: requests to engines; what was asked again is counted once */
    uint64_t told; /* in the root: failures that were shown singly */
    bool ending;   /* nothing more will be asked */
    bool aborting; /* and nobody waits for answers */
    char *fatal;   /* the run can't go on: why */
    char *failure; /* the last request that failed: why; NULL: none has */
};

/* The thread: runs until `ending`, `aborting` or a fatal failure. The argument is the child. */
void *child_engine(void *argument);

/* ---- child.c, for the thread ---- */

/* A task from the queue; NULL if there is none, or if --max-requests is reached. */
struct task *child_take(struct child *child);

/* Is --max-requests reached? */
bool child_spent(struct child *child);

/* What became of a task. The reply is in the arena of its ask. */
struct outcome {
    struct task *task;
    struct slice reply;
    const char *reason; /* it has failed: why; else NULL */
};

/* Answers tasks and their twins. 0, or -1 with the message: more than --max-failed have failed. */
int child_answer(struct child *child, const struct outcome *outcomes, size_t count);

/* Ends the run with the message of this thread: all that wait get it. */
void child_break(struct child *child);

/* ---- child_flight.c ---- */

/* A request that an engine has, in the order of sending. */
struct flight {
    struct task *task; /* NULL: a check, a request whose reply only shows that all is well */
    uint64_t id;
    bool answered;
    struct slice reply; /* in the arena of the ask */
    const char *error;
};

/* One engine. */
struct engine {
    struct child *child;
    size_t number;
    struct process process;
    bool running;
    int64_t began, last; /* when it was started; when it last answered, or got something to do after a rest */
    uint64_t answered;   /* replies in this process */
    uint64_t done;       /* of them, those to tasks */
    unsigned vain;       /* starts in a row without a reply to more than the sentinel, this one too */

    struct bytes out; /* for it: from `sent` on not written yet */
    size_t sent;
    struct bytes in; /* from it */
    bool overlong;   /* the reply that `in` starts with is too long: its rest is dropped */
    bool in_ended;

    VEC(struct flight) flight;
    size_t received;  /* BY_PLACE: how many of flight have been answered; the others follow */
    size_t unchecked; /* BY_PLACE: tasks since the last check */
    uint64_t next_id;
    struct bytes check;        /* BY_PLACE: the reply to the sentinel */
    struct bytes known;        /* a request that an engine has answered before */
    VEC(struct task *) alone;  /* tasks that were in flight when an engine failed: to be asked one at a time */
    VEC(struct outcome) ready; /* not yet passed to child_answer */
    const char *last_file;     /* where the record came from that was answered last; NULL: none */
    uint64_t last_line;
    struct arena *scratch;
};

void flight_release(struct engine *engine);

/* Are there requests without an answer? */
bool flight_busy(const struct engine *engine);

/* A process has been started: what it gets first. */
void flight_begin(struct engine *engine);

/* Sends what the window allows. */
void flight_fill(struct engine *engine);

/* Reads replies out of engine->in. 0, or -1 with the message: the engine must be started again. */
int flight_receive(struct engine *engine);

/* strict: ends the run: what the engine has done, and at which record. -1 with the message. */
int flight_break(const struct engine *engine, const char *why);

/* The process is gone: what it had is asked again, or has failed. 0, or -1 with the message: the run can't go on. */
int flight_fail(struct engine *engine, const char *why);

#endif
