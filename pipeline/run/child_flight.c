/* child_flight.c - what one engine has been asked and has not answered: see child_engine.h. */
#include "run/child_engine.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/memory.h"
#include "record/record.h"
#include "text/json.h"

#include <string.h>

enum {
    OUT_BYTES = 1 << 20, /* no more requests are made ready than fill this */
    DEATHS = 2,          /* so many fresh engines that died of a request are enough */
};

static const struct child_protocol *protocol_of(const struct engine *engine)
{
    return engine->child->settings.protocol;
}

static const struct child_options *options_of(const struct engine *engine)
{
    return engine->child->settings.options;
}

/* The sentinel of the protocols that need one; NULL: none is sent. */
static const char *sentinel_of(const struct engine *engine)
{
    const char *sentinel = options_of(engine)->sentinel;
    bool sends = protocol_of(engine)->identity == CHILD_BY_PLACE && strcmp(sentinel, "none") != 0;
    return sends ? sentinel : NULL;
}

void flight_release(struct engine *engine)
{
    vec_free(&engine->out);
    vec_free(&engine->in);
    vec_free(&engine->flight);
    vec_free(&engine->check);
    vec_free(&engine->known);
    vec_free(&engine->alone);
    vec_free(&engine->ready);
    arena_free(engine->scratch);
}

bool flight_busy(const struct engine *engine)
{
    return engine->flight.len > 0;
}

/* ---- sending ---- */

static void send_request(struct engine *engine, struct task *task, struct slice request)
{
    if (engine->flight.len == 0)
        engine->last = clock_ms();
    struct flight flight = {.task = task, .id = ++engine->next_id};
    protocol_of(engine)->put(flight.id, request, &engine->out);
    vec_push(&engine->flight, flight);
}

static void send_task(struct engine *engine, struct task *task)
{
    send_request(engine, task, task->question->request);
    engine->unchecked++;
    if (sentinel_of(engine) != NULL) /* whose reply has come */
        engine->vain = 0;
}

static void send_check(struct engine *engine)
{
    const char *sentinel = sentinel_of(engine);
    if (sentinel != NULL)
        send_request(engine, NULL, slice_of(sentinel));
    engine->unchecked = 0;
}

void flight_begin(struct engine *engine)
{
    const struct child_settings *settings = &engine->child->settings;
    const struct child_protocol *protocol = settings->protocol;
    engine->out.len = engine->sent = engine->in.len = 0;
    engine->overlong = engine->in_ended = false;
    engine->flight.len = engine->received = engine->unchecked = 0;
    engine->next_id = engine->answered = engine->done = 0;
    engine->began = engine->last = clock_ms();
    if (protocol->greeting != NULL)
        bytes_put(&engine->out, slice_of(protocol->greeting));
    send_check(engine);
    if (settings->first != NULL)
        send_request(engine, NULL, slice_of(settings->first));
    /* Engines have died in a row: of requests, or are they broken? One that was answered before tells. */
    bool checked = sentinel_of(engine) != NULL || protocol->identity == CHILD_BY_COUNT;
    if (!checked && engine->vain > 2 && engine->known.len > 0)
        send_request(engine, NULL, bytes_slice(&engine->known));
}

/* BY_COUNT: all of a batch at once, and then the end of the input. */
static void fill_batch(struct engine *engine)
{
    struct task *task;
    if (flight_busy(engine) || !engine->running)
        return;
    for (size_t i = 0; i < engine->alone.len; i++) /* of a batch that has failed */
        send_task(engine, engine->alone.items[i]);
    int64_t again = (int64_t)engine->alone.len;
    engine->alone.len = 0;
    for (int64_t i = again; i < options_of(engine)->batch && (task = child_take(engine->child)) != NULL; i++)
        send_task(engine, task);
}

void flight_fill(struct engine *engine)
{
    const struct child_settings *settings = &engine->child->settings;
    size_t window = settings->window > 0 ? settings->window : (size_t)settings->options->window;
    struct task *task = NULL;
    if (settings->protocol->identity == CHILD_BY_COUNT) {
        fill_batch(engine);
        return;
    }
    bool checking = engine->flight.len > 0 && engine->flight.items[0].task == NULL && engine->answered == 0;
    if (checking)
        return;
    if (engine->alone.len > 0) {
        if (engine->flight.len == 0) {
            send_task(engine, engine->alone.items[0]);
            send_check(engine);
        }
        return;
    }
    while (engine->flight.len - engine->received < window && engine->out.len - engine->sent < OUT_BYTES) {
        task = child_take(engine->child);
        if (task == NULL)
            break;
        send_task(engine, task);
        if (engine->unchecked == window)
            send_check(engine);
    }
    if (task == NULL && engine->unchecked > 0 && engine->flight.len - engine->received < window)
        send_check(engine);
}

/* ---- answers ---- */

static void answer(struct engine *engine, struct task *task, struct slice reply, const char *reason)
{
    struct outcome outcome = {task, reply, reason};
    vec_push(&engine->ready, outcome);
    if (engine->alone.len > 0 && engine->alone.items[0] == task) {
        engine->alone.len--;
        memmove(engine->alone.items, engine->alone.items + 1, engine->alone.len * sizeof *engine->alone.items);
    }
}

static const char *keep_message(struct task *task)
{
    struct slice kept = arena_print(task->ask->arena, "%s", diag_message());
    return kept.ptr;
}

/* The request, or the reply, as JSON. */
static void put_json(const struct engine *engine, struct slice text, struct bytes *out)
{
    if (protocol_of(engine)->objects)
        bytes_put(out, text);
    else
        json_put_string(out, text);
}

/* 0, or -1 with the message. */
static int store_reply(struct engine *engine, const struct task *task, struct slice reply)
{
    struct cache *cache = engine->child->cache;
    struct bytes request = {0}, text = {0};
    if (cache == NULL)
        return 0;
    put_json(engine, task->question->request, &request);
    put_json(engine, reply, &text);
    int done = cache_put(cache, task->key, bytes_slice(&request), bytes_slice(&text));
    vec_free(&request);
    vec_free(&text);
    return done;
}

/* A reply that certainly belongs to its request. 0, or -1 with the message: the run can't go on. */
static int settle(struct engine *engine, const struct flight *flight)
{
    const struct child_settings *settings = &engine->child->settings;
    struct task *task = flight->task;
    const char *reason = flight->error;
    if (task == NULL)
        return 0;
    if (reason == NULL && flight->reply.len == 0)
        reason = "the reply is empty";
    if (reason == NULL && settings->accept != NULL &&
        settings->accept(settings->filter, task->question->request, flight->reply) < 0)
        reason = keep_message(task);
    if (reason == NULL && store_reply(engine, task, flight->reply) < 0)
        return diag_kind(STATUS_FAILED, "%s", diag_message());
    engine->done++;
    if (task->question->record != NULL) {
        engine->last_file = task->question->record->file;
        engine->last_line = task->question->record->line_number;
    }
    if (engine->known.len == 0 && reason == NULL)
        bytes_put(&engine->known, task->question->request);
    answer(engine, task, flight->reply, reason);
    return 0;
}

/* Settles and removes the first `count` of the flight. */
static int settle_first(struct engine *engine, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (settle(engine, &engine->flight.items[i]) < 0)
            return -1;
    engine->flight.len -= count;
    memmove(engine->flight.items, engine->flight.items + count, engine->flight.len * sizeof *engine->flight.items);
    return 0;
}

static void hold(struct flight *flight, const struct child_reply *reply)
{
    struct arena *arena = flight->task != NULL ? flight->task->ask->arena : NULL;
    flight->answered = true;
    if (arena == NULL)
        return;
    if (reply->error != NULL)
        flight->error = arena_print(arena, "%s", reply->error).ptr;
    else
        flight->reply = arena_copy(arena, reply->reply);
}

/* The engine has answered something. That to the first sentinel is not yet a reason to start it again and again. */
static void count_answer(struct engine *engine)
{
    engine->answered++;
    engine->last = clock_ms();
    if (sentinel_of(engine) == NULL)
        engine->vain = 0;
}

/* BY_PLACE: the reply belongs to the first request without one, unless lines were lost or added; the reply to the next
 * check shows it. */
static int match_place(struct engine *engine, const struct child_reply *reply)
{
    count_answer(engine);
    if (engine->received == engine->flight.len)
        return diag_error("the engine has written a line that answers nothing");
    struct flight *flight = &engine->flight.items[engine->received];
    bool is_check = slice_equal(reply->reply, bytes_slice(&engine->check));
    if (flight->task != NULL) {
        /* It may be the true reply to this text; asked alone, it is taken for that. A strict child goes on, since many
         * texts may have this reply, and a line that is missing is missed at the end if not at the next check. */
        bool strict = engine->child->settings.strict;
        if (sentinel_of(engine) != NULL && is_check && engine->alone.len == 0 && !strict)
            return diag_error("the engine is out of step: the reply to --sentinel came too early");
        hold(flight, reply);
        engine->received++;
        if (sentinel_of(engine) != NULL)
            return 0;
        engine->received = 0;
        return settle_first(engine, 1);
    }
    if (sentinel_of(engine) == NULL)
        return settle_first(engine, 1);
    if (reply->error != NULL || reply->reply.len == 0)
        return diag_error("the reply to --sentinel is empty or not UTF-8; choose another --sentinel");
    if (engine->answered == 1) {
        engine->check.len = 0;
        bytes_put(&engine->check, reply->reply);
    } else if (!is_check) {
        return diag_error("the engine is out of step: the reply to --sentinel is not where it should be");
    }
    size_t count = engine->received + 1;
    engine->received = 0;
    return settle_first(engine, count);
}

/* BY_ID: replies may come in any order; one to nothing, or a second one, counts for nothing. */
static int match_id(struct engine *engine, const struct child_reply *reply)
{
    size_t i = 0;
    while (i < engine->flight.len && engine->flight.items[i].id != reply->id)
        i++;
    if (i == engine->flight.len && engine->child->settings.strict)
        return diag_error("the engine answered id %llu, %s", (unsigned long long)reply->id,
                          reply->id <= engine->next_id ? "which it had answered before" : "which nobody asked for");
    if (i == engine->flight.len) { /* no sign of life: an engine that writes only such replies is silent */
        engine->child->counts.stray++;
        return 0;
    }
    count_answer(engine);
    hold(&engine->flight.items[i], reply);
    struct flight flight = engine->flight.items[i];
    engine->flight.len--;
    memmove(engine->flight.items + i, engine->flight.items + i + 1,
            (engine->flight.len - i) * sizeof *engine->flight.items);
    return settle(engine, &flight);
}

/* BY_COUNT: held until all have come. */
static int match_count(struct engine *engine, const struct child_reply *reply)
{
    count_answer(engine);
    if (engine->received == engine->flight.len) /* there may be no end to them */
        return diag_error("the engine answered more lines than the %zu of the batch", engine->flight.len);
    hold(&engine->flight.items[engine->received++], reply);
    return 0;
}

static int match(struct engine *engine, const struct child_reply *reply)
{
    switch (protocol_of(engine)->identity) {
    case CHILD_BY_PLACE:
        return match_place(engine, reply);
    case CHILD_BY_ID:
        return match_id(engine, reply);
    case CHILD_BY_COUNT:
        break;
    }
    return match_count(engine, reply);
}

/* Of a reply that is longer than allowed only so much is kept that it is seen to be too long. */
static void limit_reply(struct engine *engine)
{
    struct bytes *in = &engine->in;
    size_t most = (size_t)options_of(engine)->max_reply + 1;
    if (in->len <= most || (!engine->overlong && memchr(in->items, protocol_of(engine)->end, most) != NULL))
        return;
    const char *rest = in->items + most, *end = in->items + in->len;
    const char *last = memchr(rest, protocol_of(engine)->end, (size_t)(end - rest));
    engine->overlong = last == NULL;
    size_t left = last != NULL ? (size_t)(end - last) : 0;
    memmove(in->items + most, last != NULL ? last : rest, left);
    in->len = most + left;
}

int flight_receive(struct engine *engine)
{
    struct slice left = bytes_slice(&engine->in);
    int done = 0;
    limit_reply(engine);
    left = bytes_slice(&engine->in);
    while (done == 0) {
        struct child_reply reply;
        const char *start = left.ptr;
        arena_reset(engine->scratch);
        int taken = protocol_of(engine)->take(
            &left, engine->in_ended && protocol_of(engine)->identity == CHILD_BY_COUNT, engine->scratch, &reply);
        if (taken <= 0) {
            done = taken;
            break;
        }
        if ((size_t)(left.ptr - start) > (size_t)options_of(engine)->max_reply + 1)
            reply.error = "the reply is longer than --max-reply";
        if (!reply.skip)
            done = match(engine, &reply);
    }
    memmove(engine->in.items, left.ptr, left.len);
    engine->in.len = left.len;
    return done;
}

/* ---- failures ---- */

/* The first request without an answer; NULL if there is none. */
static const struct task *first_of(const struct engine *engine)
{
    for (size_t i = engine->received; i < engine->flight.len; i++)
        if (engine->flight.items[i].task != NULL)
            return engine->flight.items[i].task;
    return NULL;
}

int flight_break(const struct engine *engine, const char *why)
{
    const char *name = engine->child->settings.engine, *file = engine->last_file, *what = "after";
    uint64_t line = engine->last_line;
    const struct task *task = first_of(engine);
    if (task != NULL)
        what = "waiting for";
    else if (engine->received < engine->flight.len && sentinel_of(engine) != NULL)
        what = "waiting for the sentinel, after";
    for (size_t i = engine->flight.len; i > 0 && task == NULL; i--) /* answered, but not settled */
        task = engine->flight.items[i - 1].task;
    if (task != NULL && task->question->record != NULL) {
        file = task->question->record->file;
        line = task->question->record->line_number;
    }
    if (file == NULL)
        return diag_kind(STATUS_FAILED, "\"%s\": %s", name, why);
    return diag_kind(STATUS_FAILED, "\"%s\": %s (%s the answer to %s:%llu)", name, why, what, file,
                     (unsigned long long)line);
}

/* strict, BY_COUNT: a batch that is not answered line by line. */
static int break_batch(struct engine *engine, const char *why)
{
    if (why == NULL)
        return flight_break(engine, arena_print(engine->scratch, "the engine answered %zu lines to a batch of %zu",
                                                engine->received, engine->flight.len)
                                        .ptr);
    for (size_t i = 0; i < engine->flight.len; i++) /* all of it is asked again */
        vec_push(&engine->alone, engine->flight.items[i].task);
    engine->flight.len = engine->received = 0;
    return 0;
}

/* The batch has ended: good, if it has as many replies as requests. 0, or -1 with the message: the run can't go on. */
static int end_batch(struct engine *engine, const char *why)
{
    bool good = why == NULL && engine->received == engine->flight.len;
    for (size_t i = 0; i < engine->flight.len; i++) {
        struct flight *flight = &engine->flight.items[i];
        if (!good)
            flight->error =
                why != NULL ? arena_print(flight->task->ask->arena, "%s", why).ptr
                            : arena_print(flight->task->ask->arena, "the engine answered %zu lines to a batch of %zu",
                                          engine->received, engine->flight.len)
                                  .ptr;
        if (settle(engine, flight) < 0)
            return -1;
    }
    engine->flight.len = engine->received = 0;
    return 0;
}

/* NULL: the engine has ended well, but it may have answered too little. */
static int fail_batch(struct engine *engine, const char *why)
{
    bool whole = why == NULL && engine->received == engine->flight.len;
    return engine->child->settings.strict && !whole ? break_batch(engine, why) : end_batch(engine, why);
}

int flight_fail(struct engine *engine, const char *why)
{
    bool strict = engine->child->settings.strict;
    if (protocol_of(engine)->identity == CHILD_BY_COUNT)
        return fail_batch(engine, why);
    bool was_alone = engine->alone.len > 0;
    for (size_t i = 0; i < engine->flight.len; i++) {
        struct task *task = engine->flight.items[i].task;
        if (task == NULL)
            continue;
        if (!was_alone) {
            vec_push(&engine->alone, task);
        } else if (engine->done == 0 && !strict) { /* alone, in a fresh process */
            if (++task->deaths >= DEATHS) {
                answer(engine, task, (struct slice){0}, arena_print(task->ask->arena, "%s", why).ptr);
            } else { /* the others first: is it the request, or the engine? */
                engine->alone.len--;
                memmove(engine->alone.items, engine->alone.items + 1, engine->alone.len * sizeof *engine->alone.items);
                vec_push(&engine->alone, task);
            }
        }
    }
    engine->flight.len = engine->received = engine->unchecked = 0;
    return 0;
}
