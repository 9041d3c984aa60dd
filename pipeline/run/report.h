/* report.h - reports about a run as JSON: its counters (--stats), its configuration (--dry-run). */
#ifndef QUERN_REPORT_H
#define QUERN_REPORT_H

#include "run/steps.h"

/* The counters: integers that can be added up over shards, and strings. One line. */
void report_counters(const struct run *run, struct bytes *out);

/* The resolved configuration. One line. */
void report_configuration(const struct run *run, struct bytes *out);

#endif
