/* csv.h - the fields of one row, by RFC 4180.
 *
 * The scanner works on all that is known of the row so far, and goes on where it stood when a quoted field
 * brought another line. It copies nothing: a field is a place in the row. */
#ifndef QUERN_IMPORT_CSV_H
#define QUERN_IMPORT_CSV_H

#include "quern.h"

struct csv_field {
    size_t start, len; /* in the row, without the quotes around it */
    bool doubled;      /* it has doubled quotes */
};

struct csv {
    char delimiter;
    VEC(struct csv_field) fields;
    bool quoted;            /* the row ends within a quoted field: */
    struct csv_field field; /* that one, which ends where the row does */
};

enum csv_status {
    CSV_ROW,  /* the row is complete */
    CSV_OPEN, /* a quoted field goes on in the next line */
    CSV_BAD,
};

/* Scans row from the offset `from` on: 0 for a row that begins, else the length that the row had when CSV_OPEN
 * was returned. The row ends without a newline; a carriage return at its end belongs to the line's end.
 * CSV_BAD: *place is the offset of the mistake and *problem what it is. */
enum csv_status csv_scan(struct csv *csv, struct slice row, size_t from, size_t *place, const char **problem);

/* The field's text: in the row, or in the arena where it has doubled quotes. */
struct slice csv_text(const struct csv_field *field, struct slice row, struct arena *arena);

/* A row is split at every delimiter: tab-separated values, which have no quotes. */
void csv_split(struct csv *csv, struct slice row);

#endif
