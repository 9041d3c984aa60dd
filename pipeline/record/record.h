/* record.h - one record: a line of JSON, its members, and what a filter sets on a copy of it.
 *
 * A record that a filter is given is immutable. To change one, derive a copy and set members on it:
 *
 *     struct record *made = rec_derive(arena, in);
 *     rec_set_ints(made, SLICE("labels"), labels, n);
 *     sink_emit(out, made);
 *
 * Members that nobody sets keep their bytes: spelling of numbers, escapes, order, white space. A member that
 * is set keeps its place, or is appended. What is set is printed once, by the runner, at the end of the
 * chain, and always in canonical form, so that a chain in one process writes what a shell pipeline writes.
 * A member's value is a raw slice of the line, or typed, never both; the readers below take either.
 *
 * Nothing is copied: names, arrays and text given to the setters must live as long as the arena. */
#ifndef QUERN_RECORD_H
#define QUERN_RECORD_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/vec.h"
#include "text/names.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_RAW, /* JSON text */
    VALUE_INT,
    VALUE_INTS,    /* [1,2,3] */
    VALUE_SPANS,   /* [[0,1],[2,5]] */
    VALUE_TEXT,    /* "…", decoded */
    VALUE_STRINGS, /* ["…","…"], decoded */
    VALUE_NAMES,   /* the same, by their numbers */
};

struct value {
    enum value_kind kind;
    size_t count; /* items; bytes of VALUE_RAW and VALUE_TEXT */
    union {
        const char *bytes;
        int64_t integer;
        const int32_t *ints;
        const struct span *spans;
        const struct slice *strings;
        const struct value_names {
            const struct names *names;
            const int32_t *numbers;
        } * names;
    };
};

struct member {
    struct slice name; /* decoded */
    struct slice lead; /* the bytes between the value before (or the head) and this value: comma, name, colon;
                          empty if the member was appended */
    struct value value;
    bool fresh;      /* set or confirmed by the filter that is at work on this copy */
    bool removed;    /* of a record with an index: member_index.h */
    uint32_t before; /* with an index: the number + 1 of the member before this one that has its name; 0: none */
};

struct member_index;

struct record {
    struct slice line; /* as it was read, without the newline; empty for a record that was made */
    struct slice head; /* of a line: what stands up to the opening brace, the brace included */
    struct slice tail; /* and what stands behind the last value, the closing brace first or after a space */
    struct member *members;
    uint32_t count, room;
    bool derived;               /* members count, not the line */
    bool text_output;           /* line is not JSON but text for people: see rec_show */
    struct arena *arena;        /* of the copy: what the setters allocate from */
    struct member_index *index; /* of a record with very many members, else NULL */
    const struct record *from;  /* of a copy, until it is emitted: what it was derived from */
    int64_t origin;             /* the line that this comes from: its number within its block */
    const char *file;           /* where that was read, for messages; NULL: a filter made it of nothing */
    uint64_t line_number;
};

/* Reads a line: one JSON object. depth: the bound on nesting. 0, or -1 with the message. */
int rec_parse(struct record *record, struct slice line, unsigned depth, struct arena *arena);

/* An empty object. */
struct record *rec_new(struct arena *arena);

/* A copy on which members can be set. `in` must live until the copy is emitted, which is when what was set is compared
 * with what was there. */
struct record *rec_derive(struct arena *arena, const struct record *in);

/* A record that has the picked members, in this order. Values keep their bytes, and so does the white space around
 * those of `in`. What gets another name, or is new, counts as set. */
struct pick {
    const struct member *from; /* of `in`; NULL: a new member of `name` and `value` */
    struct slice name;         /* another name for it; NULL: it keeps its own */
    struct value value;
};
struct record *rec_pick(struct arena *arena, const struct record *in, const struct pick *picks, size_t count);

/* A record that prints as these lines of text instead of JSON (no newline after the last), for filters with text_out.
 */
struct record *rec_show(struct arena *arena, struct slice text);

/* ---- reading ---- */

/* The member's value, NULL if the record has no such member; the last of equal names. */
const struct value *rec_get(const struct record *record, struct slice name);
const struct member *rec_member(const struct record *record, struct slice name);

/* These return 0, or -1 with the message "NAME: what was expected and found" where the member is missing or
 * of another type. What they give lives as long as the record's arena. */
int rec_text(const struct record *record, struct slice name, struct arena *arena, struct slice *text);
int rec_int(const struct record *record, struct slice name, int64_t *number);
int rec_ints(const struct record *record, struct slice name, struct arena *arena, const int32_t **ints, size_t *count);
int rec_spans(const struct record *record, struct slice name, struct arena *arena, const struct span **spans,
              size_t *count);
int rec_strings(const struct record *record, struct slice name, struct arena *arena, const struct slice **strings,
                size_t *count);

/* The message for a member of the wrong type, "NAME: expected X, found Y", where Y is what kind the value is; -1. */
int rec_mismatch(struct slice name, const char *expected, const struct value *value);

/* The value as JSON text, whatever it is now; for members whose inner shape a filter walks by itself. */
struct slice rec_json(const struct value *value, struct arena *arena);

/* ---- setting, on a record from rec_new or rec_derive ---- */

void rec_set_int(struct record *record, struct slice name, int64_t number);
void rec_set_ints(struct record *record, struct slice name, const int32_t *ints, size_t count);
void rec_set_spans(struct record *record, struct slice name, const struct span *spans, size_t count);
void rec_set_text(struct record *record, struct slice name, struct slice text); /* valid UTF-8 */
void rec_set_strings(struct record *record, struct slice name, const struct slice *strings, size_t count);
void rec_set_names(struct record *record, struct slice name, const struct names *names, const int32_t *numbers,
                   size_t count);
void rec_set_json(struct record *record, struct slice name, struct slice json); /* valid, canonical JSON */
void rec_set(struct record *record, struct slice name, struct value value);
void rec_remove(struct record *record, struct slice name);

/* The member is still true, though the filter has changed what it describes: nothing in it had to move. */
void rec_confirm(struct record *record, struct slice name);

/* The filter is done with its copy: members[0 .. count) are those that were not removed. For the sink. */
void rec_settle(struct record *record);

/* ---- printing ---- */

/* Appends the record without a newline. */
void rec_print(const struct record *record, struct bytes *out);

#endif
