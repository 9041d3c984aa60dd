/* csv.h - splits a row into fields, as in RFC 4180.
 *
 * The scanner gets all of the row that has been read so far, and resumes where it stopped when a quoted field continues
 * on another line. It copies nothing: a field is a place in the row. */
#ifndef QUERN_IMPORT_CSV_H
#define QUERN_IMPORT_CSV_H

#include "quern.h"

struct csv_field {
    size_t start, len; /* in the row, without the quotes around it */
    bool doubled;      /* it contains doubled quotes */
};

struct csv {
    char delimiter;
    VEC(struct csv_field) fields;
    bool quoted;            /* the row ends inside a quoted field */
    struct csv_field field; /* that field, as far as it goes */
};

enum csv_status {
    CSV_ROW,  /* the row is complete */
    CSV_OPEN, /* a quoted field continues on the next line */
    CSV_BAD,
};

/* Scans the row from offset `from` on: 0 for a new row, else the length of the row when CSV_OPEN was returned. The row
 * has no newline at its end; a carriage return there is part of the line end. CSV_BAD: *place is the offset of the
 * mistake, and *problem says what it is. */
enum csv_status csv_scan(struct csv *csv, struct slice row, size_t from, size_t *place, const char **problem);

/* The field's text: in the row or, if it has doubled quotes, in the arena. */
struct slice csv_text(const struct csv_field *field, struct slice row, struct arena *arena);

/* Splits the row at every delimiter, for tab-separated values, which have no quotes. */
void csv_split(struct csv *csv, struct slice row);

#endif
