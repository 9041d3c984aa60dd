/* pattern_atoms.h - an expression on its way from another engine's meaning to PCRE2's (see pattern.h): what is known at
 * a place, and the translation of what stands there for one character or for a place between two. */
#ifndef QUERN_TOKENIZER_PATTERN_ATOMS_H
#define QUERN_TOKENIZER_PATTERN_ATOMS_H

#include "base/vec.h"
#include "pattern_class.h"
#include "set_writer.h"

enum pattern_option {
    IGNORE_CASE = 1,
    DOT_ALL = 2,
    EXTENDED = 4, /* blanks and comments do not count */
    LINES = 8,    /* of Rust: ^ and $ are the ends of lines */
};

/* Of the groups that a back reference can refer to. */
enum { REFERENCES_MOST = 9 };
enum group { GROUP_OPEN, GROUP_CLOSED, GROUP_EMPTY /* closed, and can be empty */ };

struct translation {
    struct pattern_reader reader;
    struct bytes out;
    struct set_writer writer;
    USet *set; /* for the character at hand */
    unsigned options;
    uint32_t folded; /* the last character, if it was read under IGNORE_CASE and nothing came in between; or 0 */
    unsigned around; /* look-arounds around the place */
    /* A group is not to be backtracked into: PCRE2 10.42's compiled code does so at times, its interpreter does not. */
    bool atomic;
    bool captures;   /* there are back references */
    unsigned opened; /* capturing groups up to here */
    enum group groups[REFERENCES_MOST + 1];
    bool empty; /* the last atom, or group, can match nothing */
    bool bare;  /* one of the alternatives of the last group is an anchor and nothing else */
};

/* What an atom is, for a repeat operator after it. */
enum atom { ATOM, GROUP, ANCHOR, NOTHING, FAILED };

void pattern_put(struct translation *to, const char *string);
bool pattern_is_rust(const struct translation *to);

/* Translates the character that was just taken and what belongs to it: what follows a backslash, a class behind its
 * bracket, or the character itself. FAILED comes with the message. */
enum atom pattern_put_escape(struct translation *to);
enum atom pattern_put_class(struct translation *to);
enum atom pattern_put_character(struct translation *to, uint32_t point);

#endif
