/* members.h - every member that quern-record(5) names: its shape, what it belongs to, its padding value, and how to get
 * it.
 *
 * This table decides whether a member becomes stale when a filter changes another one (run/stale.h). To add a member,
 * add a line to members.c and to quern-record(5); a test compares the two. */
#ifndef QUERN_MEMBERS_H
#define QUERN_MEMBERS_H

#include "base/slice.h"
#include "record/record.h"

#include <stddef.h>
#include <stdint.h>

/* The label of a token that the model does not predict; the default of PyTorch's cross entropy. */
enum { IGNORE_INDEX = -100 };

/* What a member describes, and so what makes it stale. */
enum member_of {
    MEMBER_OF_RECORD,     /* the record itself: never stale */
    MEMBER_OF_TEXT,       /* spans of the text: they move with it */
    MEMBER_OF_CONTENT,    /* the text as a whole: a vector */
    MEMBER_OF_TOKENS,     /* all tokens together, such as their number */
    MEMBER_OF_EACH_TOKEN, /* the tokens of the text, one item for each */
    MEMBER_OF_SPANS,      /* the spans of another member, one item for each: the tokens of the span */
    MEMBER_OF_EACH_SPAN,  /* the same, but nothing about tokens: a tag of the span */
};

struct member_kind {
    struct slice name;
    enum value_kind shape; /* VALUE_RAW: objects, or a string or a number */
    enum member_of of;
    const char *spans; /* the member whose spans it locates, tags or may number ("words" for word_tokens, tags,
                          word_ids); or NULL */
    int32_t pad;       /* OF_EACH_TOKEN: padding value; for tokens and input_ids the pad token decides */
    const char *by;    /* the command that writes it, after "quern "; NULL: no filter writes it on request */
};

/* First those of members_of_text, in that order. */
extern const struct member_kind members[];
extern const size_t members_count;

/* The member of this name; NULL if quern-record(5) has none. */
const struct member_kind *member_find(struct slice name);

/* The message for a record without a member, or with one that is null: which members it has, and how to get the one
 * that is missing. why: what follows "missing", such as ", but it is part of the key"; or "". Returns -1. */
int member_missing(const struct record *record, struct slice name, const char *why);

/* The same for a member that an option names: the hint, such as "(--words names it)", instead of how to get it. */
int member_missing_named(const struct record *record, struct slice name, const char *hint);

/* Names; each list ends with NULL. */
enum { MEMBERS_OF_TEXT = 5, MEMBERS_IN_TOKENS = 4 };
extern const char *const members_of_text[MEMBERS_OF_TEXT + 1];
extern const char *const members_of_tokens[];                      /* OF_TOKENS, OF_EACH_TOKEN and OF_SPANS */
extern const char *const members_of_text_and_tokens[];             /* all of these and of members_of_text */
extern const char *const members_in_tokens[MEMBERS_IN_TOKENS + 1]; /* OF_SPANS: sentence_tokens … */
extern const char
    *const members_with_tokens[MEMBERS_IN_TOKENS + 1]; /* the members whose spans those locate: sentences … */

#endif
