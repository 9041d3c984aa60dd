/* lexicon.h - words and phrases with their labels, weights and synonyms: looking them up, and the longest match.
 *
 * A lexicon is a plain file or a compiled one (quern-lexicon(5)), told apart by the magic number of the second. Both
 * are the same tables in memory (lexicon_form.h), so they can't differ in what they answer; a compiled file is mapped
 * instead of being read. A plain file is UTF-8, an entry a line. Empty lines and lines that start with '#' are ignored;
 * a byte order mark and CRLF are accepted. White space at the ends of an entry is removed, and each run of it inside
 * becomes one space. What follows a tab depends on the use.
 *
 * Entries are known by their bytes, or by their key (key.h), the same for "Don’t" and "DON'T". The first of equal
 * entries counts.
 *
 * A loaded lexicon is read-only and safe to use from any thread. If a compiled file has been damaged, the strings may
 * be wrong or empty, but they are valid UTF-8. */
#ifndef QUERN_LEXICON_H
#define QUERN_LEXICON_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lexicon;

/* ---- loading ---- */

enum lexicon_use {
    LEXICON_WORDS,    /* by bytes: an entry, or an entry, a tab and a label */
    LEXICON_KEYED,    /* the same by key */
    LEXICON_SYNONYMS, /* by key: an entry and its synonyms, separated by tabs; those of a repeated word add up */
    LEXICON_GROUPS,   /* by key: words separated by tabs, each a synonym of the others. A word has a sense for each
                         line */
};

/* Reads a file for this use, plain or compiled. A name without a slash that is no file here is looked for in the
 * folders of QUERN_PATH, with and without ".lex". NULL, with the message, if it can't be read, a line is wrong, or a
 * compiled file does not have what is asked for. They fit chain_share; use another kind for each. */
void *lexicon_load(const char *path); /* LEXICON_WORDS */
void *lexicon_load_keyed(const char *path);
void *lexicon_load_synonyms(const char *path);
void lexicon_free(void *lexicon);

/* The same from memory, plain only; the name is for messages. */
struct lexicon *lexicon_read(struct slice text, const char *name, enum lexicon_use use);

/* For lists with lines of another form: loads a compiled file, or calls `read` with the bytes of any other, which it
 * may change. */
struct lexicon *lexicon_load_as(const char *path, struct lexicon *(*read)(struct bytes *bytes, const char *name));

/* The file that a name means: see above. The string is the name itself, or in `into`. */
const char *lexicon_path(const char *name, struct bytes *into);

/* ---- entries ---- */

struct lexicon_entry {
    struct slice text;
    struct slice label; /* ptr is NULL if it has none */
    uint64_t weight;
    bool has_weight;
    size_t line; /* of the plain file, from 1; in a compiled one the number of the entry, from 1 */
};

/* Entries are numbered in the order of the file. */
size_t lexicon_count(const struct lexicon *lexicon);
struct lexicon_entry lexicon_entry(const struct lexicon *lexicon, size_t number);

/* The first entry with a space, or lexicon_count. */
size_t lexicon_first_phrase(const struct lexicon *lexicon);

/* The entry of a key. Not after lexicon_load of a plain file, which has no keys. */
bool lexicon_find(const struct lexicon *lexicon, struct slice key, size_t *number);

/* ---- synonyms ---- */

/* The senses of an entry, in the order of the source, the most common first if it has one. */
size_t lexicon_senses(const struct lexicon *lexicon, size_t number);

/* The part of speech of a sense, or an empty slice. */
struct slice lexicon_sense_label(const struct lexicon *lexicon, size_t number, size_t sense);

struct synonym {
    struct slice text;
    uint32_t key; /* equal for words with the same key */
};
struct synonyms {
    struct synonym *items;
    size_t len, cap;
};

/* Which synonyms are used. */
struct lexicon_choice {
    size_t senses;  /* those of the first so many; 0: all */
    bool multiword; /* also those with a space */
};

/* Lists the synonyms of an entry, in all these senses or in one, in their order; what was in `into` is overwritten. No
 * two of them have the same key, and none has that of the entry itself. */
void lexicon_synonyms(const struct lexicon *lexicon, size_t number, struct lexicon_choice choice,
                      struct synonyms *into);
void lexicon_sense_synonyms(const struct lexicon *lexicon, size_t number, size_t sense, struct synonyms *into);

/* ---- byte by byte ---- */

/* A walk along the entries, from LEXICON_START over their bytes, from LEXICON_START_KEYS over their keys. */
struct lexicon_walk {
    uint32_t node, depth;
    bool keys;
};
#define LEXICON_START ((struct lexicon_walk){.keys = false})
#define LEXICON_START_KEYS ((struct lexicon_walk){.keys = true})

/* Takes a byte, or several. false if no entry continues like this: then the walk has ended. */
bool lexicon_step(const struct lexicon *lexicon, struct lexicon_walk *walk, char byte);
bool lexicon_steps(const struct lexicon *lexicon, struct lexicon_walk *walk, struct slice bytes);

/* Does an entry end here? If so, *number is its number. */
bool lexicon_ends(const struct lexicon *lexicon, const struct lexicon_walk *walk, size_t *number);

/* The longest entry that the text starts with, by bytes: its length, 0 if there is no such entry. */
size_t lexicon_longest(const struct lexicon *lexicon, struct slice text, size_t *number);

#endif
