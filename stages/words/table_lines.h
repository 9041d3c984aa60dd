/* table_lines.h - the lines of a table of words, as "quern tfidf count" writes it: how they are read and checked.
 *
 *     {"format":"quern-tfidf-1","records":2,"options":{"case":"fold"},"documents":3}
 *     {"word":"mill","documents":2,"weight":1099511627776}
 *     {"word":"stone","documents":1,"weight":1099511627776}
 *
 * `records`: how many were counted. `documents`: in how many of them the word is; in the first line the sum of all of
 * these, so that a table that was cut off is noticed. `weight`: the sum over the records of the word's share of their
 * words, each rounded to units of 2^-40. The words are in the order of their bytes. A table that was counted with
 * --label has `labels` in every line, an object: how many of the records have which label. */
#ifndef QUERN_WORDS_TABLE_LINES_H
#define QUERN_WORDS_TABLE_LINES_H

#include "base/vec.h"
#include "record/record.h"

#define TABLE_FORMAT "quern-tfidf-1"

enum { TABLE_WEIGHT_BITS = 40 };

/* Points into the record and the arena. */
struct table_head {
    int64_t records, documents; /* documents: -1 if the line does not say it */
    struct slice options;       /* JSON */
    struct slice labels;        /* JSON; ptr is NULL if there are none */
};

struct table_word {
    struct slice word;
    int64_t documents, weight;
    struct slice labels;
};

enum table_line { TABLE_HEAD = 1, TABLE_WORD };

/* Reads one line by itself: which it is, or -1 with the message. */
int table_line_read(const struct record *in, struct arena *arena, struct table_head *head, struct table_word *word);

/* Reads the lines of tables, one table after the other. Zero it first. */
struct table_lines {
    size_t tables;   /* whose first line has been read */
    int64_t records; /* of the table that is being read */
    int64_t missing; /* what its words still lack of the sum of their documents; -1: not known */
    bool labels;
    struct bytes last; /* its last word */
    size_t words;
};

/* Reads the next line, which must fit what came before it: which it is, or -1 with the message. */
int table_lines_next(struct table_lines *lines, const struct record *in, struct arena *arena, struct table_head *head,
                     struct table_word *word);

/* After the last line: 0, or -1 with the message if there was no table, or a part of it is missing. */
int table_lines_end(const struct table_lines *lines);
void table_lines_release(struct table_lines *lines);

/* Walks `labels`: the next label and its number of records; false at the end. */
struct json_walk;
bool table_labels_next(struct json_walk *walk, struct arena *arena, struct slice *label, int64_t *records);

#endif
