/* lexicon.h - a table of words or phrases, and the longest match.
 *
 * The file is UTF-8, one entry per line: the entry, or the entry, a tab and a label. Empty lines and lines that start
 * with '#' are ignored; a byte order mark and CRLF are accepted. White space at the ends of an entry is removed, and
 * each run of it inside becomes one space. The first of equal entries counts. Entries match as bytes: case and normal
 * forms are not folded.
 *
 * A loaded lexicon is read-only and safe to use from any thread. */
#ifndef QUERN_LEXICON_H
#define QUERN_LEXICON_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lexicon;

struct lexicon_entry {
    struct slice text;
    struct slice label; /* ptr is NULL if the line has no label */
    size_t line;        /* from 1 */
};

/* Reads a file. NULL, with the message, if it can't be read or a line is wrong. Both functions use void pointers to fit
 * chain_share. */
void *lexicon_load(const char *path);
void lexicon_free(void *lexicon);

/* The same from memory; the name is for messages. */
struct lexicon *lexicon_read(struct slice text, const char *name);

/* Entries are numbered in the order of the file. */
size_t lexicon_count(const struct lexicon *lexicon);
const struct lexicon_entry *lexicon_entry(const struct lexicon *lexicon, size_t number);

/* ---- byte by byte ---- */

enum { LEXICON_START = 0 };
#define LEXICON_DEAD UINT32_MAX

/* The state after a byte; LEXICON_DEAD if no entry continues with it. */
uint32_t lexicon_step(const struct lexicon *lexicon, uint32_t state, char byte);

/* The state after several bytes. */
uint32_t lexicon_steps(const struct lexicon *lexicon, uint32_t state, struct slice bytes);

/* Does an entry end in this state? If so, *number is its number. */
bool lexicon_ends(const struct lexicon *lexicon, uint32_t state, size_t *number);

/* ---- at once ---- */

/* The longest entry that the text starts with: its length in bytes, 0 if there is no such entry. */
size_t lexicon_longest(const struct lexicon *lexicon, struct slice text, size_t *number);

#endif
