/* report.c - see report.h. */
#include "report.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/visible.h"
#include "text/json.h"
#include "verdict.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_BYTES = 1000, FIGURE_BYTES = 120, ID_BYTES = 128 };

#define AT_THE_END UINT64_MAX

struct rule {
    const char *name;
    uint64_t checked, broken;           /* records */
    uint64_t last_checked, last_broken; /* numbers of records, so that each is counted once */
    const char *why;                    /* it was not checked */
    bool judged, refused;               /* as a law */
    char figure[FIGURE_BYTES];          /* of a law */
    uint64_t at;                        /* the number of the first record that broke it */
    char *message;                      /* about it */
};

struct report {
    struct rule *rules;
    size_t count;
    uint64_t records; /* how many there have been, this one included */
    const struct record *record;
};

struct report *report_new(const char *const *names)
{
    struct report *report = mem_zalloc(1, sizeof *report);
    while (names[report->count] != NULL)
        report->count++;
    report->rules = mem_zalloc(report->count, sizeof *report->rules);
    for (size_t i = 0; i < report->count; i++)
        report->rules[i].name = names[i];
    return report;
}

void report_free(struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        mem_free(report->rules[i].message);
    }
    mem_free(report->rules);
    mem_free(report);
}

void report_at(struct report *report, const struct record *record)
{
    report->record = record;
    report->records += record != NULL;
}

void report_checked(struct report *report, size_t rule)
{
    struct rule *r = &report->rules[rule];
    r->checked += r->last_checked != report->records;
    r->last_checked = report->records;
}

/* A copy that lives as long as the report. */
static char *keep(const char *text)
{
    size_t len = strlen(text) + 1;
    return memcpy(mem_alloc(len), text, len);
}

/* "FILE:LINE: id ID" */
static char *print_place(const struct record *record, uint64_t number)
{
    char text[MESSAGE_BYTES];
    if (record == NULL)
        return keep("at the end");
    const char *file = record->file != NULL ? record->file : "record"; /* one that a filter of the chain has made */
    const struct value *value = rec_present(record, SLICE("id"));
    struct arena *arena = arena_new();
    struct slice full = value != NULL ? rec_json(value, arena) : SLICE(""), shown = visible_cut(full, ID_BYTES);
    (void)snprintf(text, sizeof text, "%s:%" PRIu64 "%s%.*s%s", file,
                   record->file != NULL ? record->line_number : number, value != NULL ? ": id " : "", (int)shown.len,
                   shown.ptr, shown.len < full.len ? VISIBLE_ELLIPSIS : "");
    arena_free(arena);
    return keep(text);
}

void report_broken(struct report *report, size_t rule, const char *format, ...)
{
    struct rule *r = &report->rules[rule];
    report_checked(report, rule);
    if (report->record != NULL) {
        r->broken += r->last_broken != report->records;
        r->last_broken = report->records;
    }
    if (r->message != NULL)
        return;
    char text[MESSAGE_BYTES], whole[2 * MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char *place = print_place(report->record, report->records);
    (void)snprintf(whole, sizeof whole, "%s: %s: %s", place, r->name, text);
    mem_free(place);
    r->message = keep(whole);
    r->at = report->record != NULL ? report->records : AT_THE_END;
}

void report_law(struct report *report, size_t rule, double p, uint64_t decisions, const char *what)
{
    struct rule *r = &report->rules[rule];
    if (decisions == 0)
        return;
    r->checked = report->records;
    r->judged = decisions >= VERDICT_DECISIONS;
    r->refused = r->judged && !(p >= VERDICT_REFUSED);
    if (r->judged)
        (void)snprintf(r->figure, sizeof r->figure, "p = %.2g of %" PRIu64 " %s", p, decisions, what);
    else
        (void)snprintf(r->figure, sizeof r->figure, "%" PRIu64 " of the %d %s that a verdict takes", decisions,
                       VERDICT_DECISIONS, what);
}

void report_unchecked(struct report *report, size_t rule, const char *why)
{
    report->rules[rule].why = why;
}

bool report_failed(const struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->rules[i].message != NULL || report->rules[i].refused)
            return true;
    return false;
}

static void put(struct bytes *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct bytes *out, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bytes_put(out, slice_of(text));
}

static void print_rule(const struct rule *r, struct bytes *out)
{
    put(out, "%-14s %12" PRIu64 "  ", r->name, r->checked);
    if (r->at == AT_THE_END)
        put(out, "broken   at the end");
    else if (r->broken > 0)
        put(out, "broken   %" PRIu64 " record%s, first number %" PRIu64, r->broken, diag_s(r->broken), r->at);
    else if (r->refused)
        put(out, "broken   %s", r->figure);
    else if (r->figure[0] != '\0')
        put(out, "%-7s  %s", r->judged ? "ok" : "too few", r->figure);
    else if (r->checked > 0)
        put(out, "ok");
    else
        put(out, "-%s%s", r->why != NULL ? "        " : "", r->why != NULL ? r->why : "");
}

void report_print(const struct report *report, struct bytes *out)
{
    put(out, "rule                records  verdict  figure");
    for (size_t i = 0; i < report->count; i++) {
        bytes_byte(out, '\n');
        print_rule(&report->rules[i], out);
    }
}

int report_error(const struct report *report)
{
    const struct rule *first = NULL;
    for (size_t i = 0; i < report->count; i++) {
        const struct rule *r = &report->rules[i];
        if (r->message != NULL && (first == NULL || first->message == NULL || r->at < first->at))
            first = r;
        else if (r->refused && first == NULL)
            first = r;
    }
    assert(first != NULL); /* called only if one is broken */
    if (first->message != NULL)
        return diag_kind(STATUS_DATA, "%s", first->message);
    return diag_kind(STATUS_DATA, "%s: expected p >= 1e-6 by the law, found %s", first->name, first->figure);
}
