/* classes.h - the classes of a data set and how many records each of them has, from a summary of `quern stats --json`.
 *
 * A class is a string or an integer; "1" and 1 are two classes. They are in order: integers before strings, integers by
 * value, strings by their bytes. */
#ifndef QUERN_CLASSES_CLASSES_H
#define QUERN_CLASSES_CLASSES_H

#include "quern.h"

struct class
{
    struct slice text;
    int64_t integer;
    bool is_text;
    uint64_t count; /* records; above 0 */
    size_t number;  /* the caller's; 0 of a summary */
};

/* Read-only once made; shared by all threads. */
struct classes {
    struct class *items;
    size_t count, room;
    uint64_t records; /* of all classes, below 2^63 */
    const char *path;
    struct map *texts, *integers; /* the number of a class by its text, or by the 8 bytes of its integer */
    struct arena *arena;
};

/* Reads a summary that counts the member `label`. NULL with the message: it is no such summary, it counts another
 * member, or none of its records has a class. */
struct classes *classes_open(struct stage_context *context, const char *path, const char *label);

/* The same of classes that were counted otherwise, in any order; their texts are copied. name: what messages call the
 * data. There may be none. NULL, with
 * the message, if there is one twice. */
struct classes *classes_of(const struct class *items, size_t count, const char *name);

void classes_free(struct classes *classes);

/* The class of a record, as its number in `items`. 0, or -1 with the message: the record has none, or another one.
 * why: what the message says after "missing", or "". */
int classes_find(const struct classes *classes, const struct record *record, struct slice label, const char *why,
                 struct arena *arena, size_t *class);

/* The class that an option names: in double quotes a string of JSON, without them an integer if there is a class of
 * that value, else a string. 0, or -1 with the message, which lists the classes. */
int classes_named(const struct classes *classes, struct slice word, size_t *class);

/* Cuts the first item off a list "LABEL,LABEL" or "LABEL=VALUE,LABEL=VALUE" of an option: commas in double quotes do
 * not separate, and the last = outside of them does. value->ptr is NULL if the item has none. False at the end. */
bool classes_item(struct slice *list, struct slice *label, struct slice *value);

/* Appends the name of a class for a message: 1, or "spam". */
void classes_put(const struct class *class, struct bytes *out);

#endif
