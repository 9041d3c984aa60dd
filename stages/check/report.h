/* report.h - the rules of a task: which records each was applied to, and the first one that broke it. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

/* names: of the rules, in the order of their numbers; ends in NULL. */
struct report *report_new(const char *const *names);
void report_free(struct report *report);

/* The record that the following calls are about, and to be named if it breaks a rule; valid until the next. NULL: all
 * have been read. */
void report_at(struct report *report, const struct record *record);

/* This rule was applied to this record. */
void report_checked(struct report *report, size_t rule);

/* The record breaks the rule; the message says where, what was expected and what was found. Only the first message of
 * each rule is kept. */
void report_broken(struct report *report, size_t rule, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The verdict on a law over all records: p as in verdict.h, of so many decisions, which are `what` ("tokens"). */
void report_law(struct report *report, size_t rule, double p, uint64_t decisions, const char *what);

/* What the line of a rule says if it was not applied to any record. */
void report_unchecked(struct report *report, size_t rule, const char *why);

/* Was a rule broken? */
bool report_failed(const struct report *report);

/* The lines: name, records, verdict, figure. */
void report_print(const struct report *report, struct bytes *out);

/* Stores the message about the first record that broke a rule, else about the first law: -1. */
int report_error(const struct report *report);

#endif
