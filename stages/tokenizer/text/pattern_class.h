/* pattern_class.h - the parts of an expression that stand for one character: escapes, and classes in brackets. */
#ifndef QUERN_TOKENIZER_PATTERN_CLASS_H
#define QUERN_TOKENIZER_PATTERN_CLASS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <unicode/uset.h>

enum pattern_syntax { PATTERN_ONIGURUMA, PATTERN_RUST };

/* How deep groups and classes may be. */
enum { PATTERN_NESTING = 200 };

/* A place in an expression, which is valid UTF-8. The functions return 0, or -1 with the message. */
struct pattern_reader {
    struct slice source;
    size_t at;
    enum pattern_syntax syntax;
    unsigned depth;
};

/* Always -1: the expression uses `what`; it is invalid, for a reason. */
int pattern_refuse(const struct pattern_reader *reader, const char *what);
int pattern_invalid(const struct pattern_reader *reader, const char *why);

bool pattern_next_is(const struct pattern_reader *reader, const char *string);
bool pattern_skip(struct pattern_reader *reader, const char *string); /* if it is next */
uint32_t pattern_take(struct pattern_reader *reader);                 /* not at the end */

enum pattern_escape_kind {
    ESCAPE_CHARACTER,
    ESCAPE_SET,
    ESCAPE_LETTER, /* neither: something that only pattern.c knows */
};

struct pattern_escape {
    enum pattern_escape_kind kind;
    uint32_t point; /* the character, or the letter; a surrogate matches nothing */
};

/* Reads what follows a backslash. A set is written to `set`. */
int pattern_read_escape(struct pattern_reader *reader, bool in_class, struct pattern_escape *escape, USet *set);

/* Reads a class behind its opening bracket, adds it to `set`, and its closing bracket. */
int pattern_read_class(struct pattern_reader *reader, bool ignore_case, USet *set);

/* Is the character, in another case, more than one character: ß? All that are lie between the two. */
enum { PATTERN_MANY_FIRST = 0xdf, PATTERN_MANY_LAST = 0xfb17 };
bool pattern_folds_to_many(uint32_t point);

#endif
