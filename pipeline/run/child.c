/* child.c - questions: see child.h and child_engine.h. */
#include "run/child.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/memory.h"
#include "record/stage.h"
#include "run/child_engine.h"
#include "text/json.h"
#include "text/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    TOLD_SINGLY = 10,    /* failures that get a note of their own */
    JUDGED_AFTER = 1000, /* requests before --max-failed P% can end a run that still goes on */
    BLOCKS = 4,          /* of records under way */
    BLOCKS_OF_BATCH = 32,
    BATCH_OF_A_BLOCK = 300, /* requests, of long texts */
};

const char *const child_failed_names[] = {"keep", "reject", NULL};

/* ---- open ---- */

/* Ours, without what is replaced. */
static char **make_environment(const char *const *added)
{
    VEC(char *) list = {0};
    for (char **old = environ; *old != NULL; old++) {
        bool replaced = false;
        for (size_t i = 0; added != NULL && added[i] != NULL; i++)
            replaced = replaced || strncmp(*old, added[i], strcspn(added[i], "=") + 1) == 0;
        if (!replaced)
            vec_push(&list, *old);
    }
    for (size_t i = 0; added != NULL && added[i] != NULL; i++)
        vec_push(&list, (char *)(uintptr_t)added[i]);
    vec_push(&list, NULL);
    return list.items;
}

static int check_commands(struct child_settings *settings)
{
    for (size_t i = 0; i < settings->commands.len; i++) {
        const char *name = settings->commands.items[i].items[0];
        if (!process_can_run(name))
            return diag_kind(settings->strict ? STATUS_FAILED : STATUS_USAGE, "cannot find the program \"%s\"", name);
        vec_push(&settings->commands.items[i], NULL); /* as execvp wants it */
    }
    return 0;
}

/* The key of a request starts with everything else that its reply depends on. */
static void open_key(struct child *child)
{
    const struct child_settings *settings = &child->settings;
    const char *id = settings->options->engine_id != NULL ? settings->options->engine_id : settings->engine;
    const char *parts[] = {settings->protocol->name, id, settings->parameters != NULL ? settings->parameters : ""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        bytes_append(&child->key_start, parts[i], strlen(parts[i]) + 1);
}

/* How many blocks of records the runner shall have under way, so that the window, or a batch, is full. */
static unsigned blocks_of(const struct child_settings *settings)
{
    unsigned blocks = BLOCKS;
    if (settings->protocol->identity == CHILD_BY_COUNT)
        while (blocks < BLOCKS_OF_BATCH && (int64_t)blocks * BATCH_OF_A_BLOCK < settings->options->batch)
            blocks++;
    return blocks;
}

struct child *child_open(struct stage_context *context, const struct child_settings *settings)
{
    const struct child_options *options = settings->options;
    struct child *child = mem_zalloc(1, sizeof *child);
    child->settings = *settings;
    child->program = context->link->program;
    child->root = settings->beside != NULL ? settings->beside->root : child;
    child->wake = -1;
    (void)pthread_mutex_init(&child->lock, NULL);
    (void)pthread_cond_init(&child->answered, NULL);
    child->pending = mem_zalloc(PENDING_BUCKETS, sizeof *child->pending);
    child->environment = make_environment(settings->environment);
    open_key(child);
    child->restarts = options->restarts;
    const char *most_failed = settings->strict ? "100%" : options->max_failed;
    bool good = allowance_read("--max-failed", most_failed, &child->most_failed) == 0 &&
                (options->cache_only || check_commands(&child->settings) == 0);
    if (good && child->root != child) {
        child->cache = child->root->cache;
    } else if (good && options->cache != NULL) {
        child->cache = cache_open(options->cache, (int)options->cache_level, context->temp_dir);
        good = child->cache != NULL;
    }
    if (good) {
        child->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (child->wake < 0)
            (void)diag_errno("eventfd");
        good = child->wake >= 0;
    }
    if (!good) {
        child_free(child);
        return NULL;
    }
    if (context->in_flight < blocks_of(settings))
        context->in_flight = blocks_of(settings);
    if (settings->protocol->identity == CHILD_BY_PLACE && strcmp(options->sentinel, "none") == 0 &&
        !options->cache_only)
        diag_note_by(child->program,
                     "--sentinel none: if the engine loses or adds a line, nothing shows that the replies "
                     "after it belong to other texts");
    return child;
}

/* ---- questions ---- */

static struct task **bucket_of(struct child *child, struct hash key)
{
    return &child->pending[key.low % PENDING_BUCKETS];
}

static struct task *find_pending(struct child *child, struct hash key)
{
    struct task *task = *bucket_of(child, key);
    while (task != NULL && hash_compare(task->key, key) != 0)
        task = task->chain;
    return task;
}

static void remove_pending(struct child *child, struct task *task)
{
    struct task **at = bucket_of(child, task->key);
    while (*at != task)
        at = &(*at)->chain;
    *at = task->chain;
}

static struct hash key_of(const struct child *child, struct slice request, struct bytes *scratch)
{
    scratch->len = 0;
    bytes_put(scratch, bytes_slice(&child->key_start));
    bytes_put(scratch, request);
    return hash_bytes(bytes_slice(scratch), 0);
}

/* The reply in the cache is JSON. One that these options have no use for is none: the engine is asked. */
static bool find_cached(struct child *child, struct hash key, struct arena *arena, struct child_question *question)
{
    const struct child_settings *settings = &child->settings;
    struct slice reply;
    if (child->cache == NULL || !cache_get(child->cache, key, arena, &reply))
        return false;
    if (json_kind(reply) != (settings->protocol->objects ? '{' : '"'))
        return false;
    if (!settings->protocol->objects)
        reply = json_string(reply, arena);
    if (settings->accept != NULL && settings->accept(settings->filter, question->request, reply) < 0)
        return false;
    question->state = CHILD_ANSWERED;
    question->cached = true;
    question->reply = reply;
    return true;
}

/* Puts a task into the queue, or beside an equal one that is under way. One that was under way a moment ago is in the
 * cache now. The lock is held. */
static void add_task(struct child *child, struct task *task)
{
    struct task *equal = find_pending(child, task->key);
    if (equal == NULL && find_cached(child, task->key, task->ask->arena, task->question))
        return;
    task->ask->left++;
    if (equal != NULL) {
        task->question->cached = true;
        task->twins = equal->twins;
        equal->twins = task;
        return;
    }
    struct task **bucket = bucket_of(child, task->key);
    task->chain = *bucket;
    *bucket = task;
    if (child->first == NULL)
        child->first = task;
    else
        child->last->next = task;
    child->last = task;
    child->queued++;
}

/* The engine's thread must get no signal: a write to an engine that has died is an event for it, not the end of the
 * program. */
static int start_thread(struct child *child)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&child->thread, NULL, child_engine, child);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    child->started = errno == 0;
    return child->started ? 0 : diag_errno("starting a thread");
}

static void wake_thread(struct child *child)
{
    uint64_t once = 1;
    if (write(child->wake, &once, sizeof once) < 0)
        return; /* it is awake: the counter is full */
}

/* Waits until all questions of the ask have answers. The lock is held. */
static int await(struct child *child, struct ask *ask)
{
    if (!child->started && child->fatal == NULL && start_thread(child) < 0)
        child->fatal = mem_string(diag_message(), strlen(diag_message()));
    wake_thread(child);
    while (ask->left > 0 && child->fatal == NULL)
        (void)pthread_cond_wait(&child->answered, &child->lock);
    return child->fatal != NULL ? diag_kind(STATUS_FAILED, "%s", child->fatal) : 0;
}

/* Have too many requests failed? A share is judged when there are enough of them. The lock is held. 0, or -1 with the
 * message. */
static int judge(const struct child *child, bool at_end)
{
    const struct child_counts *counts = &child->counts;
    if (child->most_failed.percent && !at_end && counts->asked < JUDGED_AFTER)
        return 0;
    if (!allowance_exceeded(&child->most_failed, counts->failed, counts->asked))
        return 0;
    return diag_kind(
        STATUS_FAILED,
        "%llu of %llu requests to \"%s\" have failed, which is more than --max-failed %s; the last one: %s",
        (unsigned long long)counts->failed, (unsigned long long)counts->asked, child->settings.engine,
        child->settings.options->max_failed, child->failure != NULL ? child->failure : "unknown");
}

/* Keeps the reason for the message of judge(). The lock is held. */
static void note_failure(struct child *child, const char *reason)
{
    child->counts.failed++;
    mem_free(child->failure);
    child->failure = mem_string(reason, strlen(reason));
}

int child_ask(struct child *child, struct child_question *questions, size_t count, struct arena *arena)
{
    struct ask *ask = arena_alloc(arena, sizeof *ask);
    struct task *tasks = arena_array(arena, count, sizeof *tasks);
    struct bytes scratch = {0};
    size_t made = 0;
    *ask = (struct ask){.arena = arena};
    for (size_t i = 0; i < count; i++) {
        struct child_question *question = &questions[i];
        struct hash key = key_of(child, question->request, &scratch);
        const struct record *record = child->settings.strict ? question->record : NULL;
        *question = (struct child_question){.request = question->request, .record = record};
        if (find_cached(child, key, arena, question))
            continue;
        if (child->settings.options->cache_only) {
            question->state = CHILD_FAILED;
            question->reason = "it is not in the cache (--cache-only)";
            continue;
        }
        tasks[made++] = (struct task){.question = question, .ask = ask, .key = key};
    }
    vec_free(&scratch);
    (void)pthread_mutex_lock(&child->lock);
    child->counts.asked += count;
    if (child->fatal != NULL)
        made = 0; /* the tasks that are pending may be gone, with the threads that waited for them */
    for (size_t i = 0; i < made; i++)
        add_task(child, &tasks[i]);
    for (size_t i = 0; i < count; i++)
        if (questions[i].state == CHILD_FAILED)
            note_failure(child, questions[i].reason);
    child->queued_at = clock_ms();
    int done = ask->left > 0 || child->fatal != NULL ? await(child, ask) : judge(child, false);
    (void)pthread_mutex_unlock(&child->lock);
    return done;
}

bool child_may_send(const struct child *child, struct slice text)
{
    bool blank = true;
    int64_t points = 0;
    for (const char *at = text.ptr, *end = at + text.len; at < end; points++) {
        size_t len;
        uint32_t point = text_decode(at, &len);
        blank = blank && (point == 0 || text_is_space(point)); /* a zero is sent as a space */
        at += len;
    }
    return !blank && points <= child->settings.options->max_chars;
}

int child_refuse(struct child *child, const struct record *record, const char *reason)
{
    if (child->settings.options->failed == CHILD_REJECT)
        return diag_error("the request has failed: %s", reason);
    (void)pthread_mutex_lock(&child->root->lock);
    uint64_t number = ++child->root->told;
    (void)pthread_mutex_unlock(&child->root->lock);
    if (number <= TOLD_SINGLY && record->file == NULL) /* a filter made it */
        diag_note_by(child->program, "a request has failed: %s", reason);
    else if (number <= TOLD_SINGLY)
        diag_note_by(child->program, "%s:%llu: the request has failed: %s", record->file,
                     (unsigned long long)record->line_number, reason);
    else if (number == TOLD_SINGLY + 1)
        diag_note_by(child->program, "further failed requests are counted but not shown");
    return 0;
}

/* ---- for the thread ---- */

/* Takes one of the requests that --max-requests allows. */
static bool may_send(struct child *root)
{
    uint64_t most = (uint64_t)root->settings.options->max_requests;
    if (most == 0)
        return true;
    (void)pthread_mutex_lock(&root->lock);
    bool may = root->sent < most;
    root->sent += may;
    (void)pthread_mutex_unlock(&root->lock);
    return may;
}

bool child_spent(struct child *child)
{
    struct child *root = child->root;
    uint64_t most = (uint64_t)root->settings.options->max_requests;
    if (most == 0)
        return false;
    (void)pthread_mutex_lock(&root->lock);
    bool spent = root->sent >= most;
    (void)pthread_mutex_unlock(&root->lock);
    return spent;
}

struct task *child_take(struct child *child)
{
    (void)pthread_mutex_lock(&child->lock);
    bool queued = child->first != NULL; /* only this thread takes any */
    (void)pthread_mutex_unlock(&child->lock);
    if (!queued || !may_send(child->root))
        return NULL;
    (void)pthread_mutex_lock(&child->lock);
    struct task *task = child->first;
    child->first = task->next;
    child->queued--;
    (void)pthread_mutex_unlock(&child->lock);
    return task;
}

/* The lock is held. */
static void give(struct child *child, const struct task *task, struct slice reply, const char *reason)
{
    struct child_question *question = task->question;
    question->state = reason != NULL ? CHILD_FAILED : CHILD_ANSWERED;
    question->reply = reply;
    question->reason = reason;
    question->cached = question->cached && reason == NULL;
    if (reason != NULL)
        note_failure(child, reason);
    task->ask->left--;
}

int child_answer(struct child *child, const struct outcome *outcomes, size_t count)
{
    (void)pthread_mutex_lock(&child->lock);
    for (size_t i = 0; i < count; i++) {
        const struct outcome *outcome = &outcomes[i];
        remove_pending(child, outcome->task);
        for (struct task *twin = outcome->task->twins; twin != NULL; twin = twin->twins) {
            const char *reason =
                outcome->reason != NULL ? arena_print(twin->ask->arena, "%s", outcome->reason).ptr : NULL;
            give(child, twin, arena_copy(twin->ask->arena, outcome->reply), reason);
        }
        give(child, outcome->task, outcome->reply, outcome->reason);
    }
    int done = judge(child, false);
    if (done < 0) /* now: those that have their answers must not go on as if nothing had happened */
        child->fatal = mem_string(diag_message(), strlen(diag_message()));
    (void)pthread_cond_broadcast(&child->answered);
    (void)pthread_mutex_unlock(&child->lock);
    return done;
}

void child_break(struct child *child)
{
    (void)pthread_mutex_lock(&child->lock);
    if (child->fatal == NULL)
        child->fatal = mem_string(diag_message(), strlen(diag_message()));
    (void)pthread_cond_broadcast(&child->answered);
    (void)pthread_mutex_unlock(&child->lock);
}

/* ---- the end ---- */

static void end_thread(struct child *child, bool abort)
{
    if (!child->started)
        return;
    (void)pthread_mutex_lock(&child->lock);
    child->ending = true;
    child->aborting = abort;
    (void)pthread_mutex_unlock(&child->lock);
    wake_thread(child);
    (void)pthread_join(child->thread, NULL);
    child->started = false;
}

int child_finish(struct child *child)
{
    end_thread(child, false);
    if (child->counts.stray > 0)
        diag_note_by(child->program, "\"%s\" answered %llu times with an id that was unknown or had its answer already",
                     child->settings.engine, (unsigned long long)child->counts.stray);
    if (child->root == child && child->cache != NULL && cache_finish(child->cache) < 0)
        return diag_kind(STATUS_FAILED, "%s", diag_message());
    if (child->fatal != NULL) /* since the last answer */
        return diag_kind(STATUS_FAILED, "%s", child->fatal);
    return judge(child, true);
}

void child_free(struct child *child)
{
    if (child == NULL)
        return;
    end_thread(child, true);
    if (child->root == child)
        cache_free(child->cache);
    if (child->wake >= 0)
        (void)close(child->wake);
    mem_free(child->environment);
    mem_free(child->pending);
    mem_free(child->fatal);
    mem_free(child->failure);
    vec_free(&child->key_start);
    words_split_release(&child->settings.commands);
    (void)pthread_mutex_destroy(&child->lock);
    (void)pthread_cond_destroy(&child->answered);
    mem_free(child);
}
