/* named_sets.h - the sets of characters that expressions have names for, in Unicode 16, as Oniguruma 6.9.10 and Rust's
 * regex crate know them (see categories.h).
 *
 * The functions write the set to `set`, an open USet whose old contents are dropped. */
#ifndef QUERN_TOKENIZER_NAMED_SETS_H
#define QUERN_TOKENIZER_NAMED_SETS_H

#include "base/slice.h"

#include <stdbool.h>
#include <unicode/uset.h>

/* An empty set. Never NULL. */
USet *named_set_new(void);

enum named_word {
    WORD_ALONE, /* Oniguruma's \w outside of a class, and \b: Latin-1's superscripts and fractions are in it */
    WORD_CLASS, /* Oniguruma's \w in a class: Alphabetic, M, Nd, Pc */
    WORD_RUST,  /* the same with the joiners */
};

/* The set of \p{name}: a general category, a script (the property Script, not Script_Extensions), a binary property, or
 * one of POSIX's names; `word` is what the name Word means. Case, blanks, - and _ in the name do not matter. False if
 * the name is unknown or its characters are not known for certain. */
bool named_set_property(struct slice name, enum named_word word, USet *set);

/* The set of \p{InName}, for the part after In: a block. */
bool named_set_block(struct slice name, USet *set);

/* [:name:], of Unicode or of ASCII. */
bool named_set_posix(struct slice name, bool ascii, USet *set);

void named_set_word(enum named_word word, USet *set);
void named_set_category(uint32_t mask, USet *set); /* U_GC_…_MASK */
void named_set_space(USet *set);                   /* White_Space */
void named_set_hexadecimal(USet *set);             /* of ASCII */

/* Adds every character that differs from one of the set in case only. */
void named_set_ignore_case(USet *set);

#endif
