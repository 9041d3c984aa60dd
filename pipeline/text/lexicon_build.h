/* lexicon_build.h - makes the tables of a lexicon (lexicon_form.h) from words that come in any order. */
#ifndef QUERN_LEXICON_BUILD_H
#define QUERN_LEXICON_BUILD_H

#include "text/lexicon.h"
#include "text/lexicon_form.h"

struct lexicon_build;

/* By what the entries are to be found. */
enum { BUILD_BYTES = 1, BUILD_KEYS = 2 };

/* NULL with the message. */
struct lexicon_build *lexicon_build_new(unsigned by);
void lexicon_build_free(struct lexicon_build *build);

/* An entry, which is valid UTF-8: its number, which is the old one if there is this entry already. LEXICON_NONE with
 * the message. */
uint32_t lexicon_build_entry(struct lexicon_build *build, struct slice text);

/* The first entry with the same key. All that is said about a word by its key is to be said about this one. */
uint32_t lexicon_build_keyed(const struct lexicon_build *build, uint32_t entry);

/* The first label and the first weight count. */
void lexicon_build_label(struct lexicon_build *build, uint32_t entry, struct slice label);
void lexicon_build_weight(struct lexicon_build *build, uint32_t entry, uint64_t weight);

/* A new group; label may be empty. */
uint32_t lexicon_build_group(struct lexicon_build *build, struct slice label);

/* A word more in a group; it may be an entry or not. A word that the group has already is not added again. 0, or -1
 * with the message. */
int lexicon_build_member(struct lexicon_build *build, uint32_t group, struct slice word);

/* A sense more of an entry: its synonyms are the members of the group. Not added again if it is there. */
void lexicon_build_sense(struct lexicon_build *build, uint32_t entry, uint32_t group);

/* The group of an entry's last sense; LEXICON_NONE if it has none. */
uint32_t lexicon_build_last_group(const struct lexicon_build *build, uint32_t entry);

/* The first entry with this key; LEXICON_NONE if there is none yet. */
uint32_t lexicon_build_find(const struct lexicon_build *build, struct slice key);

/* Takes all senses from entries that have more than one. */
void lexicon_build_unambiguous(struct lexicon_build *build);

void lexicon_build_about(struct lexicon_build *build, enum lexicon_about what, struct slice text);

size_t lexicon_build_count(const struct lexicon_build *build); /* entries so far */

/* Makes the image. Nothing can be added afterwards. 0, or -1 with the message. */
int lexicon_build_finish(struct lexicon_build *build, struct bytes *image);

/* ---- plain files: lexicon_plain.c ---- */

/* Adds the lines of a plain file. lines: for each new entry, its line; or NULL. The text is tidied in place. 0, or -1
 * with the message. */
int lexicon_plain_read(struct lexicon_build *build, struct bytes *text, enum lexicon_use use, const char *name,
                       struct lexicon_lines *lines);

/* Removes white space at the ends, and makes each run of it inside one space; in place. Valid UTF-8. */
struct slice lexicon_tidy(char *bytes, size_t len);

#endif
