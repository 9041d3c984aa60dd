/* diag.h - messages and the exit status.
 *
 * A library function that fails stores its message with diag_error and returns what diag_error returns, -1:
 *
 *     return diag_error("%s: line %zu: expected two tokens, found %zu", path, line, n);
 *
 * The code that handles the failure reads the message with diag_message. Only the runner, main and the allocators end
 * the process. Messages go to standard error, one line each, without control characters (visible.h), whatever a file
 * name or a record contains.
 *
 * A failure may carry its kind: the exit status that it causes wherever it occurs. A full disk is a failure at run time
 * (1), even while records are being read. A failure without a kind gets its status from where it is handled: usage
 * while filters open, bad data in a record. */
#ifndef QUERN_DIAG_H
#define QUERN_DIAG_H

#include <stdint.h>
#include <stdnoreturn.h>

/* The exit status of every filter. */
enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1, /* at run time: input or output, memory, a child that died */
    STATUS_USAGE = 2,
    STATUS_DATA = 3, /* the first bad record under --on-error stop, more than --max-errors, or no good one */
};

/* Stores the message of a failure without a kind for this thread; returns -1. The format gets no trailing newline. */
int diag_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* diag_error for a failure of this kind. */
int diag_kind(enum status kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* diag_error for a failure at run time, with ": " and the text of errno at the end. */
int diag_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* diag_error for a message that adds to the stored one, and usually quotes it. Keeps the kind. */
int diag_within(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The stored message of this thread, NUL-terminated; "" if there is none. */
const char *diag_message(void);

/* The kind of the stored failure, or `otherwise` if it has none. */
enum status diag_status(enum status otherwise);

/* The name that starts the messages of this process, "quern" until it is set. Not copied. */
void diag_program(const char *name);
const char *diag_program_name(void);

/* Called before each message is written, to clear a line of progress; NULL: nothing is. */
void diag_before(void (*clear)(void));

/* -q: diag_note prints nothing from now on. */
void diag_quiet(void);

/* A note (not a failure), "program: message". */
void diag_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The ending of a noun after a number: "s", or "" for 1. */
static inline const char *diag_s(uint64_t number)
{
    return number == 1 ? "" : "s";
}

/* diag_note in the name of another program: a filter of a chain. */
void diag_note_by(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A failure's message, "program: message". Does not end the process. */
void diag_report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* diag_report in the name of another program: a filter of a chain. */
void diag_report_by(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports and ends the process. */
noreturn void diag_die(enum status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
