/* child_engine.c - the thread that runs engines: see child_engine.h. */
#include "run/child_engine.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/diag.h"
#include "base/memory.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    VAIN_STARTS = 3, /* so many starts in a row without a reply end the run */
    READ_BYTES = 64 * 1024,
    BATCH_QUIET_MS = 50, /* a batch that is not full begins when nothing has been asked for so long */
    LAST_WORDS_MS = 200, /* what has closed its output is about to end, and its status says why */
    REST_NS = 4000,      /* for each request in the window */
    MOST_RESTS = 500,
    EACH = 3, /* descriptors of an engine to poll */
    STATUS_OF_SIGNAL = 128,
    WHY_BYTES = 400,
};

/* The state of the thread. */
struct driver {
    struct child *child;
    struct engine *engines;
    size_t count;
    struct pollfd *polled; /* EACH for each engine, then the eventfd */
};

static bool is_batch(const struct child *child)
{
    return child->settings.protocol->identity == CHILD_BY_COUNT;
}

/* ---- starts and ends ---- */

/* Is there enough in the queue for engine number `number`? */
static bool has_work(struct child *child, size_t number)
{
    (void)pthread_mutex_lock(&child->lock);
    size_t each = is_batch(child) ? (size_t)child->settings.options->batch : 1;
    bool full = child->queued > number * each && (!is_batch(child) || child->queued >= (number + 1) * each);
    bool rest = child->queued > number * each &&
                (child->ending || clock_ms() - child->queued_at >= (is_batch(child) ? BATCH_QUIET_MS : 0));
    (void)pthread_mutex_unlock(&child->lock);
    return full || rest;
}

static int start(struct engine *engine)
{
    struct child *child = engine->child;
    if (process_start(&engine->process, &child->settings.commands, child->environment) < 0)
        return -1;
    descriptor_widen(engine->process.to);
    descriptor_widen(engine->process.from);
    engine->running = true;
    engine->vain++;
    flight_begin(engine);
    return 0;
}

/* What went wrong, for messages. */
struct why {
    char text[WHY_BYTES];
};

static struct why say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct why say(const char *format, ...)
{
    struct why why;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why.text, sizeof why.text, format, arguments);
    va_end(arguments);
    return why;
}

/* How an engine fails. */
enum failure {
    FAILURE_DIED,   /* it has ended before its time */
    FAILURE_SILENT, /* nothing comes back */
    FAILURE_WRONG,  /* it has written what the protocol does not allow */
};

/* For an engine that has not answered anything. */
static const char *hint_of(const struct engine *engine, enum failure failure)
{
    return failure == FAILURE_SILENT && engine->answered == 0 &&
                   engine->child->settings.protocol->identity == CHILD_BY_PLACE
               ? ". Does it read all of its input before it answers? Then it needs --protocol batch"
               : "";
}

/* What a lost or a wrong line means is unknown, so only an engine that has died is trusted again. */
static int recover_strict(struct engine *engine, const char *why, enum failure failure)
{
    if (failure != FAILURE_DIED || engine->child->restarts == 0)
        return flight_break(engine, say("%s%s", why, hint_of(engine, failure)).text);
    engine->child->restarts--;
    return flight_fail(engine, why);
}

/* The process has failed and is gone: what it had is asked again. -1 with the message if the run can't go on. */
static int recover(struct engine *engine, const char *why, enum failure failure)
{
    const struct child_settings *settings = &engine->child->settings;
    if (settings->strict)
        return recover_strict(engine, why, failure);
    if (engine->vain >= VAIN_STARTS)
        return diag_kind(STATUS_FAILED, "\"%s\" was started %d times and never answered; the last time: %s%s",
                         settings->engine, VAIN_STARTS, why, hint_of(engine, failure));
    return flight_fail(engine, why);
}

/* 1: something was read, 0: nothing now, -1: the end. */
static int read_some(struct engine *engine)
{
    vec_reserve(&engine->in, READ_BYTES);
    ssize_t got = read(engine->process.from, engine->in.items + engine->in.len, READ_BYTES);
    if (got > 0)
        engine->in.len += (size_t)got;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return got > 0 ? 1 : -1;
}

/* Waits until the process, which has got the end of its input, has ended by itself. What it still writes answers
 * nothing: it is kept if `keeps`. */
static void await_end(struct engine *engine, int64_t until, bool keeps)
{
    bool open = true;
    for (int64_t left; (left = until - clock_ms()) > 0;) {
        struct pollfd polled[] = {{.fd = engine->process.control, .events = POLLIN},
                                  {.fd = open ? engine->process.from : -1, .events = POLLIN}};
        if (poll(polled, 2, (int)(left > INT_MAX ? INT_MAX : left)) < 0 && errno != EINTR)
            break;
        if (!keeps)
            engine->in.len = 0;
        if (polled[0].revents != 0)
            break;
        open = open && (polled[1].revents == 0 || read_some(engine) >= 0);
    }
}

/* flight_receive has failed, with a message: because of what the process has written, or the run can't go on. */
static int handle_nonsense(struct engine *engine)
{
    if (diag_status(STATUS_DATA) == STATUS_FAILED)
        return -1;
    struct why why = say("%s", diag_message());
    (void)process_stop(&engine->process);
    engine->running = false;
    return recover(engine, why.text, FAILURE_WRONG);
}

static struct why say_end(int status, bool busy)
{
    if (status > STATUS_OF_SIGNAL)
        return say("the engine was ended by signal %d (SIG%s)", status - STATUS_OF_SIGNAL,
                   sigabbrev_np(status - STATUS_OF_SIGNAL));
    return status != 0 ? say("the engine ended with status %d", status)
           : busy      ? say("the engine ended before it had answered")
                       : say("the engine ended before its input did");
}

/* The process has ended, or closed its output. */
static int handle_end(struct engine *engine)
{
    bool batch = is_batch(engine->child);
    engine->in_ended = true;
    if (batch && flight_receive(engine) < 0) /* the last line may have no newline */
        return handle_nonsense(engine);
    bool busy = flight_busy(engine);
    /* Its status counts, or is what the user is told: it must not end by our signal. */
    process_end_input(&engine->process);
    await_end(engine, clock_ms() + (batch ? engine->child->settings.options->timeout * 1000 : LAST_WORDS_MS), false);
    int status = process_stop(&engine->process);
    engine->running = false;
    if (!busy && !engine->child->settings.strict)
        return 0;
    if (batch && status == 0 && engine->answered > 0)
        return flight_fail(engine, NULL);
    return recover(engine, say_end(status, busy).text, FAILURE_DIED);
}

/* ---- the descriptors of one engine ---- */

static void write_some(struct engine *engine)
{
    while (engine->sent < engine->out.len) {
        ssize_t written = write(engine->process.to, engine->out.items + engine->sent, engine->out.len - engine->sent);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            return;
        if (written < 0) { /* it is gone, or reads no more; what it still answers counts */
            process_end_input(&engine->process);
            break;
        }
        engine->sent += (size_t)written;
    }
    engine->out.len = engine->sent = 0;
    if (is_batch(engine->child))
        process_end_input(&engine->process);
}

/* Reads what is there. The rest of an engine that has ended too: its last replies count. */
static int read_all(struct engine *engine, bool ended)
{
    for (;;) {
        int got = read_some(engine);
        if (got < 0 || (got == 0 && ended))
            return handle_end(engine);
        if (got == 0)
            return 0;
        if (flight_receive(engine) < 0)
            return handle_nonsense(engine);
        if (!ended)
            return 0;
    }
}

/* When it will have been silent for too long; 0: nobody waits for it. */
static int64_t deadline_of(const struct engine *engine)
{
    const struct child_options *options = engine->child->settings.options;
    if (!engine->running || !flight_busy(engine))
        return 0;
    return engine->answered == 0 ? engine->began + options->start_timeout * 1000
                                 : engine->last + options->timeout * 1000;
}

static bool is_late(const struct engine *engine)
{
    int64_t deadline = deadline_of(engine);
    return deadline != 0 && clock_ms() >= deadline;
}

static int check_deadline(struct engine *engine)
{
    const struct child_options *options = engine->child->settings.options;
    /* It may have answered while this thread waited for another engine to end. */
    if (is_late(engine) && read_all(engine, false) < 0)
        return -1;
    if (!is_late(engine))
        return 0;
    bool starting = engine->answered == 0;
    struct why why =
        say("nothing came back for %lld seconds (--%s)",
            (long long)(starting ? options->start_timeout : options->timeout), starting ? "start-timeout" : "timeout");
    (void)process_stop(&engine->process);
    engine->running = false;
    return recover(engine, why.text, FAILURE_SILENT);
}

/* ---- the loop ---- */

/* What has been answered goes to the cache first: then it is not lost, whatever happens to the run. */
static int pass_answers(struct engine *engine)
{
    struct child *child = engine->child;
    if (engine->ready.len == 0)
        return 0;
    if (child->cache != NULL && cache_flush(child->cache) < 0)
        return diag_kind(STATUS_FAILED, "%s", diag_message());
    int done = child_answer(child, engine->ready.items, engine->ready.len);
    engine->ready.len = 0;
    return done;
}

/* Gives the engine what it can take. */
static int feed(struct engine *engine)
{
    bool work = engine->alone.len > 0 ||
                (!flight_busy(engine) && has_work(engine->child, engine->number) && !child_spent(engine->child));
    if (!engine->running && work && start(engine) < 0)
        return -1;
    if (!engine->running)
        return 0;
    flight_fill(engine);
    if (engine->sent < engine->out.len && engine->process.to >= 0)
        write_some(engine);
    return 0;
}

static void prepare(const struct driver *driver, size_t number)
{
    const struct engine *engine = &driver->engines[number];
    struct pollfd *polled = driver->polled + number * EACH;
    bool writes = engine->running && engine->sent < engine->out.len;
    polled[0] = (struct pollfd){.fd = writes ? engine->process.to : -1, .events = POLLOUT};
    polled[1] = (struct pollfd){.fd = engine->running ? engine->process.from : -1, .events = POLLIN};
    polled[2] = (struct pollfd){.fd = engine->running ? engine->process.control : -1, .events = POLLIN};
}

static int serve(const struct driver *driver, size_t number)
{
    struct engine *engine = &driver->engines[number];
    const struct pollfd *polled = driver->polled + number * EACH;
    bool ended = polled[2].revents != 0;
    if (engine->running && polled[0].revents != 0 && engine->process.to >= 0)
        write_some(engine);
    if (engine->running && (polled[1].revents != 0 || ended) && read_all(engine, ended) < 0)
        return -1;
    return check_deadline(engine);
}

/* How long to wait at most, in milliseconds; -1: for ever. */
static int patience(const struct driver *driver, bool queued)
{
    int64_t first = queued && is_batch(driver->child) ? clock_ms() + BATCH_QUIET_MS : INT64_MAX;
    for (size_t i = 0; i < driver->count; i++) {
        int64_t deadline = deadline_of(&driver->engines[i]);
        if (deadline != 0 && deadline < first)
            first = deadline;
    }
    if (first == INT64_MAX)
        return -1;
    int64_t left = first - clock_ms();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static bool is_idle(const struct driver *driver)
{
    for (size_t i = 0; i < driver->count; i++)
        if (flight_busy(&driver->engines[i]) || driver->engines[i].alone.len > 0)
            return false;
    return true;
}

/* strict: an engine that writes each answer by itself would wake this thread for each, which may cost more than the
 * answer. While all have plenty to do, it waits a moment, so that there are many to read. */
static void rest(const struct driver *driver)
{
    const struct child_settings *settings = &driver->child->settings;
    size_t window = settings->window > 0 ? settings->window : (size_t)settings->options->window;
    size_t busy = 0;
    for (size_t i = 0; i < driver->count; i++) {
        const struct engine *engine = &driver->engines[i];
        if (engine->running && engine->flight.len - engine->received <= window / 2)
            return;
        busy += engine->running && engine->sent == engine->out.len;
    }
    struct timespec moment = {.tv_nsec = window < MOST_RESTS ? (long)window * REST_NS : MOST_RESTS * REST_NS};
    if (settings->strict && busy == driver->count && !is_batch(driver->child))
        (void)nanosleep(&moment, NULL);
}

/* 1: go on; 0: nothing is left to do; -1 with the message. */
static int turn(struct driver *driver)
{
    struct child *child = driver->child;
    for (size_t i = 0; i < driver->count; i++)
        if (feed(&driver->engines[i]) < 0 || pass_answers(&driver->engines[i]) < 0)
            return -1;
    (void)pthread_mutex_lock(&child->lock);
    bool aborting = child->aborting, ending = child->ending, queued = child->queued > 0;
    (void)pthread_mutex_unlock(&child->lock);
    if (aborting || (ending && !queued && is_idle(driver)))
        return 0;
    if (queued && is_idle(driver) && child_spent(child))
        return diag_kind(STATUS_FAILED, "%lld requests have been made, no more are allowed (--max-requests)%s",
                         (long long)child->settings.options->max_requests,
                         child->cache != NULL ? "; the cache has their replies" : "");
    for (size_t i = 0; i < driver->count; i++)
        prepare(driver, i);
    struct pollfd *wake = driver->polled + driver->count * EACH;
    *wake = (struct pollfd){.fd = child->wake, .events = POLLIN};
    if (poll(driver->polled, driver->count * EACH + 1, patience(driver, queued)) < 0 && errno != EINTR)
        return diag_errno("poll");
    rest(driver);
    uint64_t times;
    if (wake->revents != 0 && read(child->wake, &times, sizeof times) < 0 && errno != EAGAIN)
        return diag_errno("eventfd");
    for (size_t i = 0; i < driver->count; i++)
        if (serve(driver, i) < 0 || pass_answers(&driver->engines[i]) < 0)
            return -1;
    return 1;
}

/* The engine gets the end of its input and may end by itself. strict: -1 with the message if it has more to say, or
 * ends with another status than 0. */
static int let_end(struct engine *engine)
{
    bool strict = engine->child->settings.strict;
    process_end_input(&engine->process);
    await_end(engine, clock_ms() + engine->child->settings.options->timeout * 1000, strict);
    while (strict && read_some(engine) > 0)
        continue;
    int more = strict ? flight_receive(engine) : 0;
    struct why why = more < 0 ? say("%s", diag_message()) : say("the engine wrote half a line more than was asked");
    int status = process_stop(&engine->process);
    engine->running = false;
    if (!strict || (more == 0 && engine->in.len == 0 && status == 0))
        return 0;
    return flight_break(engine, more == 0 && engine->in.len == 0 ? say_end(status, false).text : why.text);
}

void *child_engine(void *argument)
{
    struct child *child = argument;
    struct driver driver = {.child = child, .count = (size_t)child->settings.options->children};
    driver.engines = mem_zalloc(driver.count, sizeof *driver.engines);
    driver.polled = mem_zalloc(driver.count * EACH + 1, sizeof *driver.polled);
    for (size_t i = 0; i < driver.count; i++) {
        driver.engines[i].child = child;
        driver.engines[i].number = i;
        driver.engines[i].scratch = arena_new();
    }
    int more;
    while ((more = turn(&driver)) > 0)
        continue;
    if (more < 0)
        child_break(child);
    (void)pthread_mutex_lock(&child->lock);
    bool aborting = child->aborting || more < 0;
    (void)pthread_mutex_unlock(&child->lock);
    for (size_t i = 0; i < driver.count; i++) {
        struct engine *engine = &driver.engines[i];
        if (engine->running && !aborting && let_end(engine) < 0)
            child_break(child);
        if (engine->running)
            (void)process_stop(&engine->process);
        flight_release(engine);
    }
    mem_free(driver.polled);
    mem_free(driver.engines);
    return NULL;
}
