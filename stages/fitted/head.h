/* head.h - the object of JSON that a verb of `fit` writes, on one line, and that other filters read:
 *
 *     {"format":"quern-fit-1","kind":"scale","options":{…}, … what this kind has … }
 *
 * A table with "partial":true is only for `fit merge`. `split` is that of the records it was learned from, if they have
 * one. */
#ifndef QUERN_FITTED_HEAD_H
#define QUERN_FITTED_HEAD_H

#include "record/record.h"

#define FIT_FORMAT "quern-fit-1"

/* What all kinds begin with. Points into the record and the arena. */
struct fit_head {
    struct slice kind;
    struct slice options; /* JSON */
    struct slice split;   /* JSON; ptr is NULL if there is none */
    bool partial;
};

/* 0, or -1 with the message: the record is no table. */
int fit_head_read(const struct record *in, struct arena *arena, struct fit_head *head);

/* Appends the members that all tables begin with, up to the options, which are to follow. */
void fit_head_put(const char *kind, struct bytes *json);

/* Reads a file with one table that is not partial, and calls read(state, …), which returns 0, or -1 with the message.
 * The record and the arena live only during this call. 0, or -1 with the message, which names the file. */
int fit_load(const char *path,
             int (*read)(void *state, const struct record *in, const struct fit_head *head, struct arena *arena),
             void *state);

/* The message for a table of another kind than is expected; expected: "\"tfidf\"". Returns -1. */
int fit_wrong_kind(const struct fit_head *head, const char *expected);

#endif
