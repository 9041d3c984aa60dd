/* diag.c - messages and exit status: see diag.h. */
#include "base/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message longer than this is cut: it is for eyes. */
enum { MESSAGE_BYTES = 2048 };

static _Thread_local char message[MESSAGE_BYTES];
static const char *program = "quern";
static bool quiet;

static void store(const char *format, va_list args, const char *reason)
{
    /* The arguments may point into the message that is being replaced. */
    char fresh[MESSAGE_BYTES];
    int len = vsnprintf(fresh, sizeof fresh, format, args);
    if (reason != NULL && len >= 0 && (size_t)len < sizeof fresh)
        (void)snprintf(fresh + len, sizeof fresh - (size_t)len, ": %s", reason);
    memcpy(message, fresh, sizeof message);
}

int diag_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    store(format, args, NULL);
    va_end(args);
    return -1;
}

int diag_errno(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;
    va_start(args, format);
    store(format, args, reason);
    va_end(args);
    return -1;
}

const char *diag_message(void)
{
    return message;
}

void diag_program(const char *name)
{
    program = name;
}

const char *diag_program_name(void)
{
    return program;
}

void diag_quiet(void)
{
    quiet = true;
}

/* One line, in one write, so that the lines of two processes do not mix. A failure to write a message to
 * standard error has nowhere to be told. */
static void say(const char *name, const char *format, va_list args)
{
    char line[MESSAGE_BYTES + 256];
    int head = snprintf(line, sizeof line, "%s: ", name);
    if (head < 0 || (size_t)head >= sizeof line)
        head = 0;
    (void)vsnprintf(line + head, sizeof line - (size_t)head, format, args);
    (void)fprintf(stderr, "%s\n", line);
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
