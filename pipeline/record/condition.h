/* condition.h - conditions on the members of a record, for `select` and the --only of other filters.
 *
 *     MEMBER OP VALUE      OP is one of == != < <= > >= ~
 *     has MEMBER
 *
 * MEMBER is a name, quoted if it contains white space, quotes or one of = ! < > ~. White space around OP is optional.
 *
 * The form of VALUE decides the comparison:
 *     a JSON number                  numbers, by exact value: 1e2, 100 and 100.0 are equal
 *     "text", a JSON string;         strings, by code points: "5" is a string
 *     'text', without escapes;
 *     text without quotes
 *     true, false, null              booleans and null, with == and != only
 * After ~, VALUE is a regular expression (regex.h) that must match somewhere in a string.
 *
 * A missing member satisfies no comparison, not even !=. A null member satisfies only == null and `has`. If a member
 * has another type than VALUE, the record is bad: calling it unequal would hide a mistake in the condition (5 for "5")
 * or in the data. */
#ifndef QUERN_CONDITION_H
#define QUERN_CONDITION_H

#include "base/arena.h"
#include "record/record.h"
#include "record/words.h"

#include <stdbool.h>

struct conditions;       /* read-only once made; shared by all threads */
struct condition_thread; /* what one thread needs to check them */

/* Is an operand on the command line a condition rather than a file? It is if it consists of `has` and a word, or of a
 * name followed by one of == != < <= > >=, or by white space and ~. So is an operand that can only be a malformed
 * condition: a name, white space and a single = or !, or an unclosed quote at the start. a=b and a~ are files. */
bool condition_is_meant(const char *operand);

/* Reads conditions, of which all must hold, or with `any` at least one; `invert` negates the result. NULL, with the
 * message, if one is invalid. The texts are copied. */
struct conditions *conditions_new(const struct words *texts, bool any, bool invert);
void conditions_free(struct conditions *conditions);

struct condition_thread *condition_thread_new(const struct conditions *conditions);
void condition_thread_free(struct condition_thread *thread);

/* 1 if the record satisfies the conditions, 0 if not, or -1 with the message if the record is bad. Conditions are
 * checked in order, up to the first that decides. */
int conditions_hold(const struct conditions *conditions, struct condition_thread *thread, const struct record *record,
                    struct arena *arena);

#endif
