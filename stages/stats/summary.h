/* summary.h - a tree of integers that add up, which `stats --json` writes and `stats merge` reads.
 *
 * A summary is a JSON object. Summaries merge by name: integers add up, objects merge, arrays of the same length merge
 * item by item, and everything else (mostly strings) must be present and equal in both. In an object named "range",
 * `min` keeps the smaller and `max` the larger integer. An integer, object or array that only one side has is kept. So
 * neither the order nor the grouping of merges matters. Printing sorts names (those made of digits by value, before the
 * others, by bytes), so that equal summaries are equal bytes. */
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdint.h>

enum { SUMMARY_DEPTH = 32 }; /* the deepest nesting that is read */

struct summary;

/* An empty object. */
struct summary *summary_new(void);
void summary_free(struct summary *summary);

/* Sets a member of an object that has no member of that name. What summary_put_object returns is valid until
 * the next put into the same parent. */
void summary_put_number(struct summary *object, struct slice name, int64_t number);
void summary_put_text(struct summary *object, struct slice name, struct slice text);
struct summary *summary_put_object(struct summary *object, struct slice name);

/* Removes a member that is an object: its contents, to be freed by the caller; empty if there is no such member. */
struct summary *summary_take(struct summary *object, struct slice name);

/* Reads a JSON object that has been validated into an empty one. 0, or -1 with the message. */
int summary_read(struct summary *object, struct slice json);

/* Adds `from` to `into`. 0, or -1 with the message if the two do not fit together or a sum has more than 64 bits: then
 * `into` must not be used further. */
int summary_merge(struct summary *into, const struct summary *from);

void summary_print(const struct summary *summary, struct bytes *out);

/* ---- looking at an object ---- */

/* The member of this name if it is an object, else NULL. object may be NULL. */
const struct summary *summary_object(const struct summary *object, struct slice name);

/* The member of this name if it is a number, else 0. object may be NULL. */
int64_t summary_number(const struct summary *object, struct slice name);

/* The JSON text of a member that is neither, empty if there is no such member. object may be NULL. */
struct slice summary_fixed(const struct summary *object, struct slice name);

/* The members of an object, in no particular order. object may be NULL. */
size_t summary_count(const struct summary *object);
struct slice summary_name(const struct summary *object, size_t i);
int64_t summary_number_at(const struct summary *object, size_t i);

#endif
