/* raw.h - an Apertium pair fed by a plain loop, without quern's library for engines: for the unit test, and to compare
 * its speed with. */
#ifndef QUERN_TESTS_RAW_H
#define QUERN_TESTS_RAW_H

#include "../stages/translate/apertium.h"
#include "../stages/translate/apertium_pair.h"
#include "base/diag.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct raw {
    int to, from;
    VEC(pid_t) programs;
    struct bytes out, in;
    size_t sent;           /* of out */
    size_t asked, replies; /* texts */
};

static inline void raw_die(const char *what)
{
    diag_die(STATUS_FAILED, "%s: %s", what, strerror(errno));
}

static inline void raw_run(const struct words *command, int input, int output)
{
    char **list = mem_zalloc(command->len + 1, sizeof *list);
    for (size_t i = 0; i < command->len; i++)
        list[i] = mem_string(command->items[i], strlen(command->items[i]));
    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || setenv("LC_ALL", "C.UTF-8", 1) < 0)
        raw_die("a program of the pair");
    (void)execvp(list[0], list);
    raw_die(list[0]);
}

static inline struct raw raw_start(const struct commands *commands)
{
    struct raw raw = {0};
    int pipes[2], input;
    if (pipe2(pipes, O_CLOEXEC) < 0)
        raw_die("pipe");
    input = pipes[0];
    raw.to = pipes[1];
    for (size_t i = 0; i < commands->len; i++) {
        if (pipe2(pipes, O_CLOEXEC) < 0)
            raw_die("pipe");
        pid_t program = fork();
        if (program < 0)
            raw_die("fork");
        if (program == 0)
            raw_run(&commands->items[i], input, pipes[1]);
        (void)close(input);
        (void)close(pipes[1]);
        input = pipes[0];
        vec_push(&raw.programs, program);
    }
    raw.from = input;
    if (fcntl(raw.to, F_SETFL, O_NONBLOCK) < 0 || fcntl(raw.from, F_SETFL, O_NONBLOCK) < 0)
        raw_die("fcntl");
    return raw;
}

static inline void raw_ask(struct raw *raw, struct slice text)
{
    apertium_protocol.put(++raw->asked, text, &raw->out);
}

/* Writes and reads what can be, and waits for that. False if the pipeline has ended. */
static inline bool raw_turn(struct raw *raw)
{
    enum { PIECE = 65536, WAIT_MS = 60000 };
    bool writes = raw->sent < raw->out.len;
    struct pollfd polled[] = {{raw->from, POLLIN, 0}, {writes ? raw->to : -1, POLLOUT, 0}};
    if (poll(polled, 2, WAIT_MS) <= 0)
        diag_die(STATUS_FAILED, "Apertium is silent after %zu of %zu replies", raw->replies, raw->asked);
    if (polled[1].revents != 0) {
        ssize_t count = write(raw->to, raw->out.items + raw->sent, raw->out.len - raw->sent);
        if (count < 0)
            return false;
        raw->sent += (size_t)count;
        if (raw->sent == raw->out.len)
            raw->sent = raw->out.len = 0;
    }
    if (polled[0].revents == 0)
        return true;
    vec_reserve(&raw->in, PIECE);
    ssize_t count = read(raw->from, raw->in.items + raw->in.len, PIECE);
    raw->in.len += count > 0 ? (size_t)count : 0;
    return count > 0;
}

/* The next reply, if it has come; it must have the number that is due. 1, 0, or -1 with the message. */
static inline int raw_take(struct raw *raw, struct arena *arena, struct slice *text)
{
    struct slice left = bytes_slice(&raw->in);
    struct child_reply reply = {.skip = true};
    int taken = 1;
    while (taken == 1 && reply.skip)
        taken = apertium_protocol.take(&left, false, arena, &reply);
    if (left.len > 0)
        memmove(raw->in.items, left.ptr, left.len);
    raw->in.len = left.len;
    *text = reply.reply;
    if (taken == 1 && reply.id != ++raw->replies)
        return diag_error("reply %zu has the number %llu", raw->replies, (unsigned long long)reply.id);
    return taken;
}

/* The pipeline gets the end of its input. */
static inline void raw_end(struct raw *raw)
{
    (void)close(raw->to);
    (void)close(raw->from);
    for (size_t i = 0; i < raw->programs.len; i++)
        if (waitpid(raw->programs.items[i], NULL, 0) < 0)
            raw_die("waitpid");
    vec_free(&raw->programs);
    vec_free(&raw->out);
    vec_free(&raw->in);
}

#endif
