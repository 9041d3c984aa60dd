/* record.h - one record: a line of JSON, its members, and how a filter sets members on a copy.
 *
 * The records that a filter receives are immutable. To change one, derive a copy and set members on it:
 *
 *     struct record *made = rec_derive(arena, in);
 *     rec_set_ints(made, SLICE("labels"), labels, n);
 *     sink_emit(out, made);
 *
 * Members that are not set keep their bytes: spelling of numbers, escapes, order, white space. A member that is set
 * keeps its place, or is appended if it is new. The runner prints set members once, at the end of the chain, in
 * canonical form, so that a chain in one process writes the same bytes as a shell pipeline. A member's value is either
 * a raw slice of the line or typed; the readers below accept both.
 *
 * Nothing is copied: names, arrays and text passed to the setters must live as long as the arena. */
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
    VALUE_NAMES,   /* the same, as numbers of strings in a struct names */
    VALUE_FLOAT,   /* a finite 64-bit float, printed as text/number.h writes it */
    VALUE_FLOATS,
    VALUE_VECTOR, /* see struct vector */
};

/* Numbers of one meaning each, such as a sentence embedding or weights of terms: dense, an array, or sparse,
 * {"indices":[…],"values":[…]} with ascending indices. They are 32-bit floats, or 64-bit ones in `numbers`; the other
 * is NULL. */
struct vector {
    size_t count;           /* of values */
    const int32_t *indices; /* NULL: dense */
    const float *floats;
    const double *numbers;
};

struct value {
    enum value_kind kind;
    size_t count; /* items; bytes of VALUE_RAW and VALUE_TEXT */
    union {
        const char *bytes;
        int64_t integer;
        double number;
        const int32_t *ints;
        const double *numbers;
        const struct vector *vector;
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
    struct slice lead; /* the bytes between the previous value (or the head) and this value: comma, name, colon;
                          empty if the member was appended */
    struct value value;
    bool fresh;      /* set or confirmed by the filter that owns this copy */
    bool removed;    /* in a record with an index: member_index.h */
    uint32_t before; /* with an index: number + 1 of the previous member of the same name; 0: none */
};

struct member_index;

struct record {
    struct slice line; /* as read, without the newline; empty for a new record */
    struct slice head; /* the start of the line, up to and including the opening brace */
    struct slice tail; /* the rest of the line after the last value, with the closing brace */
    struct member *members;
    uint32_t count, room;
    bool derived;               /* the members are printed, not the line */
    bool text_output;           /* the line is text for people, not JSON: see rec_show */
    bool bytes_output;          /* and no newline comes after it: see rec_bytes */
    struct arena *arena;        /* of a copy: for the setters */
    struct member_index *index; /* only in a record with very many members, else NULL */
    const struct record *from;  /* of a copy, until it is emitted: the record it was derived from */
    int64_t origin;             /* the line it comes from: its number within its block */
    const char *file;           /* the file of that line, for messages; NULL: a filter made the record without input */
    uint64_t line_number;
};

/* Parses a line, which must be one JSON object. depth: the limit on nesting. 0, or -1 with the message. */
int rec_parse(struct record *record, struct slice line, unsigned depth, struct arena *arena);

/* An empty object. */
struct record *rec_new(struct arena *arena);

/* A copy on which members can be set. `in` must live until the copy is emitted, when the two are compared to find stale
 * members. */
struct record *rec_derive(struct arena *arena, const struct record *in);

/* A record with the picked members, in this order. Values keep their bytes, and members of `in` the white space around
 * them. A renamed or new member counts as set. */
struct pick {
    const struct member *from; /* of `in`; NULL: a new member with `name` and `value` */
    struct slice name;         /* its new name; NULL: keep the old one */
    struct value value;
};
struct record *rec_pick(struct arena *arena, const struct record *in, const struct pick *picks, size_t count);

/* A record that prints as these lines of text instead of JSON (no newline after the last), for filters with text_out.
 */
struct record *rec_show(struct arena *arena, struct slice text);

/* One that prints as these bytes and nothing more, for filters with text_out that write a file of another kind. */
struct record *rec_bytes(struct arena *arena, struct slice bytes);

/* ---- reading ---- */

/* The member's value, or NULL if the record has no such member. The last of equal names counts. */
const struct value *rec_get(const struct record *record, struct slice name);
/* The same, but NULL also for the value null: of members that a record may lack, null says that it lacks them. */
const struct value *rec_present(const struct record *record, struct slice name);

const struct member *rec_member(const struct record *record, struct slice name);

/* These return 0, or -1 with the message ("NAME: ", then what was expected and found) if the member is missing or of
 * another type. Their results live as long as the record's arena. */
int rec_text(const struct record *record, struct slice name, struct arena *arena, struct slice *text);
int rec_int(const struct record *record, struct slice name, int64_t *number);
int rec_ints(const struct record *record, struct slice name, struct arena *arena, const int32_t **ints, size_t *count);
int rec_spans(const struct record *record, struct slice name, struct arena *arena, const struct span **spans,
              size_t *count);
int rec_strings(const struct record *record, struct slice name, struct arena *arena, const struct slice **strings,
                size_t *count);
/* Any number is read as the nearest float; one that is too large for a float is an error. */
int rec_float(const struct record *record, struct slice name, double *number);
int rec_floats(const struct record *record, struct slice name, struct arena *arena, const double **numbers,
               size_t *count);

/* The same for an array of JSON, such as a row of an array of arrays; name: what messages call it. */
int rec_numbers(struct slice name, struct slice array, struct arena *arena, const double **numbers, size_t *count);

/* wide: as 64-bit floats. Numbers are read as the nearest float. */
int rec_vector(const struct record *record, struct slice name, bool wide, struct arena *arena, struct vector *vector);

/* The message for a member of the wrong type, "NAME: expected X, found Y", where Y is the type of the value. Returns
 * -1. */
int rec_mismatch(struct slice name, const char *expected, const struct value *value);

/* The type of a value, raw or typed, as json_kind has it: '{' '[' '"' '0' 't' 'f' 'n'. */
char rec_kind(const struct value *value);

/* The value as JSON text, whether raw or typed; for members whose content a filter walks itself. */
struct slice rec_json(const struct value *value, struct arena *arena);

/* ---- setting, on a record from rec_new or rec_derive ---- */

void rec_set_int(struct record *record, struct slice name, int64_t number);
void rec_set_ints(struct record *record, struct slice name, const int32_t *ints, size_t count);
void rec_set_spans(struct record *record, struct slice name, const struct span *spans, size_t count);
void rec_set_text(struct record *record, struct slice name, struct slice text); /* valid UTF-8 */
void rec_set_strings(struct record *record, struct slice name, const struct slice *strings, size_t count);
void rec_set_names(struct record *record, struct slice name, const struct names *names, const int32_t *numbers,
                   size_t count);
/* 0, or -1 with the message, and nothing is set: not a number, or infinite. */
int rec_set_float(struct record *record, struct slice name, double number);
int rec_set_floats(struct record *record, struct slice name, const double *numbers, size_t count);
/* The vector itself must live as long as the arena, too. */
int rec_set_vector(struct record *record, struct slice name, const struct vector *vector);
void rec_set_json(struct record *record, struct slice name, struct slice json); /* valid, canonical JSON */
void rec_set_bool(struct record *record, struct slice name, bool is);
void rec_set(struct record *record, struct slice name, struct value value);
void rec_remove(struct record *record, struct slice name);

/* Declares the member still valid although the filter has changed what it describes: nothing in it had to move. */
void rec_confirm(struct record *record, struct slice name);

/* The filter is done with its copy; from now on members[0 .. count) are the members that were not removed. For the
 * sink.
 */
void rec_settle(struct record *record);

/* ---- printing ---- */

/* Appends the record without a newline. */
void rec_print(const struct record *record, struct bytes *out);

#endif
