/* diag.c - messages and exit status: see diag.h. */
#include "base/diag.h"

#include "base/visible.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* People read messages, so a longer one is cut. A line also has room for a file name and an id before the message. */
enum { MESSAGE_BYTES = 2048, LINE_BYTES = 8192 };

static _Thread_local char message[MESSAGE_BYTES];
static _Thread_local enum status kind; /* STATUS_DONE: none */
static const char *program = "quern";
static bool quiet;
static void (*before_message)(void);

/* If a text did not fit, replaces its end with an ellipsis. len: what snprintf returned. Returns the length. */
static size_t cut(char *text, size_t size, int len)
{
    if (len < 0)
        len = 0;
    if ((size_t)len < size)
        return (size_t)len;
    struct slice kept = visible_cut((struct slice){text, size - 1}, size - sizeof VISIBLE_ELLIPSIS);
    memcpy(text + kept.len, VISIBLE_ELLIPSIS, sizeof VISIBLE_ELLIPSIS);
    return kept.len + sizeof VISIBLE_ELLIPSIS - 1;
}

/* The reason, if any, is kept whole; a long file name before it is cut instead. */
static void store(enum status status, const char *format, va_list args, const char *reason)
{
    /* The arguments may point into the message that is being replaced. */
    char fresh[MESSAGE_BYTES];
    size_t room = sizeof fresh - (reason != NULL ? strlen(reason) + 2 : 0);
    size_t len = cut(fresh, room, vsnprintf(fresh, room, format, args));
    if (reason != NULL)
        (void)snprintf(fresh + len, sizeof fresh - len, ": %s", reason);
    memcpy(message, fresh, sizeof message);
    kind = status;
}

int diag_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    store(STATUS_DONE, format, args, NULL);
    va_end(args);
    return -1;
}

int diag_kind(enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    store(status, format, args, NULL);
    va_end(args);
    return -1;
}

int diag_errno(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;
    va_start(args, format);
    store(STATUS_FAILED, format, args, reason);
    va_end(args);
    return -1;
}

int diag_within(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    store(kind, format, args, NULL);
    va_end(args);
    return -1;
}

const char *diag_message(void)
{
    return message;
}

enum status diag_status(enum status otherwise)
{
    return kind != STATUS_DONE ? kind : otherwise;
}

void diag_program(const char *name)
{
    program = name;
}

const char *diag_program_name(void)
{
    return program;
}

void diag_before(void (*clear)(void))
{
    before_message = clear;
}

void diag_quiet(void)
{
    quiet = true;
}

/* One line, in one write, so that the lines of two processes do not mix. The failure to write a message to
 * standard error cannot be reported anywhere. */
static void say(const char *name, const char *format, va_list args)
{
    char line[LINE_BYTES], clean[LINE_BYTES + 2048];
    size_t head = cut(line, sizeof line, snprintf(line, sizeof line, "%s: ", name));
    size_t len = head + cut(line + head, sizeof line - head, vsnprintf(line + head, sizeof line - head, format, args));
    len = visible_put(clean, sizeof clean - 1, (struct slice){line, len});
    clean[len] = '\n';
    if (before_message != NULL)
        before_message();
    (void)fwrite(clean, 1, len + 1, stderr);
}

void diag_note(const char *format, ...)
{
    if (quiet)
        return;
    va_list args;
    va_start(args, format);
    say(program, format, args);
    va_end(args);
}

void diag_note_by(const char *name, const char *format, ...)
{
    if (quiet)
        return;
    va_list args;
    va_start(args, format);
    say(name, format, args);
    va_end(args);
}

void diag_report(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(program, format, args);
    va_end(args);
}

void diag_report_by(const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(name, format, args);
    va_end(args);
}

noreturn void diag_die(enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(program, format, args);
    va_end(args);
    exit((int)status);
}
