/* csv.h - splits a row into fields, as in RFC 4180 or with other characters.
 *
 * The scanner gets all of the row that has been read so far, and resumes where it stopped when a field continues on
 * another line. It copies nothing: a field is a place in the row. */
#ifndef QUERN_IMPORT_CSV_H
#define QUERN_IMPORT_CSV_H

#include "quern.h"

struct csv_field {
    size_t start, len; /* in the row, without the quotes around it */
    bool quoted;       /* it has quotes around it */
    bool coded;        /* it contains doubled quotes or escapes */
};

enum { CSV_NONE = -1 };

struct csv {
    char delimiter;
    int quote, escape; /* the character; CSV_NONE: there is none */
    bool loose;        /* a quote in a field that does not start with one is text */
    VEC(struct csv_field) fields;
    bool open;              /* the row ends inside a field */
    struct csv_field field; /* that field, as far as it goes */
};

enum csv_status {
    CSV_ROW,  /* the row is complete */
    CSV_OPEN, /* a field continues on the next line */
    CSV_BAD,
};

/* Scans the row from offset `from` on: 0 for a new row, else the length of the row when CSV_OPEN was returned. The row
 * has no newline at its end; a carriage return there is part of the line end. CSV_BAD: *place is the offset of the
 * mistake, and *problem says what it is. */
enum csv_status csv_scan(struct csv *csv, struct slice row, size_t from, size_t *place, const char **problem);

/* The field's text: in the row or, if it is coded, in the arena. A NULL ptr: \N, which is no value. */
struct slice csv_text(const struct csv *csv, const struct csv_field *field, struct slice row, struct arena *arena);

#endif
