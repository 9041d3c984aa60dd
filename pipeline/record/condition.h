/* condition.h - conditions on a record's members, as `select` and the --only of other filters take them.
 *
 *     MEMBER OP VALUE      OP is one of == != < <= > >= ~
 *     has MEMBER
 *
 * MEMBER is a name, in quotes if it holds white space, quotes or one of = ! < > ~. White space around OP may be left
 * out.
 *
 * VALUE says what the member is compared with:
 *     a JSON number                  numbers, by exact value: 1e2, 100 and 100.0 are equal
 *     "text", a JSON string;         strings, by code points: "5" is a string
 *     'text', taken as it stands;
 *     text without quotes
 *     true, false, null              booleans and null, by == and != only
 * After ~ VALUE is a regular expression (regex.h), which a string must match somewhere.
 *
 * A member that is missing satisfies no comparison, not even !=; nor does one that is null, but for == null and
 * `has`. A member of another type than VALUE is an error of the record: to call it unequal would hide a mistake in the
 * condition (5 for "5") or in the data. */
#ifndef QUERN_CONDITION_H
#define QUERN_CONDITION_H

#include "base/arena.h"
#include "record/record.h"
#include "record/words.h"

#include <stdbool.h>

struct conditions;       /* read-only once they are made, for all threads */
struct condition_thread; /* what one thread needs to check them */

/* Is an operand of the command line a condition and not a file? It is if it is `has` and a word, or a name with one of
 * == != < <= > >= after it, or with ~ and space before that; also if it can only be a condition gone wrong: a name,
 * space and a single = or !, or a quote at the start that is not closed. a=b and a~ are files. */
bool condition_is_meant(const char *operand);

/* Reads conditions of which all must hold, or any; invert turns the result around. NULL, with the message, if one is
 * wrong. Nothing of the texts is kept. */
struct conditions *conditions_new(const struct words *texts, bool any, bool invert);
void conditions_free(struct conditions *conditions);

struct condition_thread *condition_thread_new(const struct conditions *conditions);
void condition_thread_free(struct condition_thread *thread);

/* 1 if the record satisfies the conditions, 0 if not, or -1 with the message: it is bad. They are checked in their
 * order, and no further than to the first that decides. */
int conditions_hold(const struct conditions *conditions, struct condition_thread *thread, const struct record *record,
                    struct arena *arena);

#endif
