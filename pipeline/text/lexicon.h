/* lexicon.h - a table of words or phrases, and the longest match.
 *
 * The file is UTF-8, one entry a line: the entry, or the entry, a tab and a label. Lines that are empty or start
 * with '#' say nothing; a byte order mark and CRLF are accepted. White space at the ends of an entry is dropped,
 * a run of it inside is one space. Of equal entries the first counts. Entries match as bytes: nothing folds case
 * or normal forms.
 *
 * A lexicon is read-only once it is loaded, and safe to use from any thread. */
#ifndef QUERN_LEXICON_H
#define QUERN_LEXICON_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lexicon;

struct lexicon_entry {
    struct slice text;
    struct slice label; /* ptr is NULL where the line has none */
    size_t line;        /* from 1 */
};

/* Reads a file: NULL, with the message, where it can't be read or a line is wrong. Both take void pointers to
 * serve chain_share. */
void *lexicon_load(const char *path);
void lexicon_free(void *lexicon);

/* The same from memory; the name stands in the messages. */
struct lexicon *lexicon_read(struct slice text, const char *name);

/* Entries are numbered in the order of the file. */
size_t lexicon_count(const struct lexicon *lexicon);
const struct lexicon_entry *lexicon_entry(const struct lexicon *lexicon, size_t number);

/* ---- byte by byte ---- */

enum { LEXICON_START = 0 };
#define LEXICON_DEAD UINT32_MAX

/* The state behind a byte, LEXICON_DEAD where no entry goes on so. */
uint32_t lexicon_step(const struct lexicon *lexicon, uint32_t state, char byte);

/* The state behind several bytes. */
uint32_t lexicon_steps(const struct lexicon *lexicon, uint32_t state, struct slice bytes);

/* Does an entry end in this state? Then *number is which. */
bool lexicon_ends(const struct lexicon *lexicon, uint32_t state, size_t *number);

/* ---- at once ---- */

/* The longest entry that the text starts with: its length in bytes, 0 where there is none. */
size_t lexicon_longest(const struct lexicon *lexicon, struct slice text, size_t *number);

#endif
