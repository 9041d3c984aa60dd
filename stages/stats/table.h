/* table.h - prints a summary of records as tables for people. */
#ifndef STATS_TABLE_H
#define STATS_TABLE_H

#include "ids.h"
#include "summary.h"

#include <stdbool.h>

#define STATS_FORMAT "quern-stats-1" /* the member `format` of a summary that can be shown as tables */

struct table_options {
    int64_t top; /* rows of labels and of members; the rest is one more row */
    bool color;  /* headings in bold */
};

/* ids: NULL if they are not known. Appends the tables, each line with its newline. 0, or -1 with the message if the
 * summary is inconsistent. */
int table_print(const struct summary *summary, const struct ids *ids, const struct table_options *options,
                struct bytes *out);

#endif
