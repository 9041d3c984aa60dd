/* marks.h - where the spans of a record begin and end in the text. */
#ifndef VIEW_MARKS_H
#define VIEW_MARKS_H

#include "record/record.h"

/* The order of marks at one place. */
enum mark_kind {
    MARK_CLOSE,    /* an entity or a phrase ends */
    MARK_WORD,     /* a word begins or ends */
    MARK_SENTENCE, /* a sentence begins */
    MARK_EMPTY,    /* an entity or a phrase without any text */
    MARK_OPEN,     /* an entity or a phrase begins */
};

struct mark {
    uint32_t at;    /* code points */
    uint32_t other; /* CLOSE: where it began, OPEN: where it will end */
    enum mark_kind kind;
    bool entity;        /* of an entity; else of a phrase */
    struct slice label; /* of an entity */
};

struct marks {
    struct mark *items;
    size_t len, cap;
};

/* Fills `marks` from the members `entities`, `phrases`, `sentences` and `words` that the record has, in the order of
 * the text; a span that begins first and ends last encloses the others. `length` is that of the text in code points. 0,
 * or -1 with the message: a span is not within the text. */
int marks_read(const struct record *record, size_t length, struct arena *arena, struct marks *marks);

#endif
