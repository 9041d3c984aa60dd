/* class_list.h - the classes of predictions: number c of an array is that of class c. */
#ifndef QUERN_PREDICTIONS_CLASS_LIST_H
#define QUERN_PREDICTIONS_CLASS_LIST_H

#include "../classes/classes.h"

struct class_list {
    size_t count;            /* K; 0: the first record will say it */
    struct classes *classes; /* their names, in an order of their own; NULL: a class is called by its position */
    size_t *places;          /* of each position the place in classes->items, whose `number` is the position */
};

#define OPTION_CLASSES(type, field)                                                                                    \
    {                                                                                                                  \
        "classes", 0, OPT_TEXT, OPT_AT(type, field),                                                                   \
            .value = "LIST",                                                                                           \
            .help = "the classes, in the order of the probabilities: a,b,c or a file with a line for each; without "   \
                    "them a class is called by its position, from 0"                                                   \
    }

/* Reads the value of --classes: names with commas between them, or else a file with a line for each, which may be a
 * model of `fit linear`. A name is a string, an integer if it looks like one, and in double quotes a string of JSON.
 * NULL: the list is empty, and the filter must see its records in order, which this asks of the context (may be NULL).
 * 0, or -1 with the message. */
int class_list_open(struct class_list *list, struct stage_context *context, const char *given);

/* The same of an array of strings and integers of JSON, such as `classes` of a table. name: what messages call it. */
int class_list_read(struct class_list *list, struct slice array, const char *name);

/* The same of a table of `fit` that names classes. */
int class_list_load(struct class_list *list, const char *path);

void class_list_release(struct class_list *list);

/* Are there as many numbers as classes? The first time, without a list, that says how many classes there are; so call
 * it for what else is fine. 0, or -1 with the message. */
int class_list_expect(struct class_list *list, struct slice name, size_t count);

/* The class of a record, as its position. Without a list an integer from 0 to K - 1, or of any size if K is not known
 * yet. 0, or -1 with the message: the record has none, or another one. why: as classes_find. */
int class_list_find(const struct class_list *list, const struct record *record, struct slice label, const char *why,
                    struct arena *arena, size_t *class);

/* The class that a value of JSON names, such as an item of a list of labels. 0, or -1 with the message. */
int class_list_value(const struct class_list *list, struct slice name, struct slice value, struct arena *arena,
                     size_t *class);

/* The labels of a record that may have several, an array of classes: whether each of the K classes is one of them. 0,
 * or -1 with the message. */
int class_list_labels(const struct class_list *list, const struct record *record, struct slice name,
                      struct arena *arena, const bool **labels);

/* The position of a class that is called by a string: 1, or 0 if there is none. */
bool class_list_named(const struct class_list *list, struct slice text, size_t *class);

/* Sets the member to the name of the class, or to its position. */
void class_list_set(const struct class_list *list, struct record *record, struct slice name, size_t class);

/* Appends the class as JSON: "spam", or 1. */
void class_list_put(const struct class_list *list, size_t class, struct bytes *json);

/* Appends an array of all classes as JSON. */
void class_list_put_all(const struct class_list *list, struct bytes *json);

#endif
