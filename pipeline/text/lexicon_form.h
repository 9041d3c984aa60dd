/* lexicon_form.h - the tables of a lexicon, in a compiled file and in memory: quern-lexicon(5).
 *
 *      0       8    12    16    20     24        32        40        48                    256
 *     +-------+----+----+-----+------+---------+---------+---------+--------------------+--------------
 *     | magic | version | words | keys | size  | sum of  | sum of  | counts, strings    | the sections,
 *     |       |    | entries    |      |       | the body| this    | about the source   | each at a multiple of 8
 *     +-------+----+----+-----+------+---------+---------+---------+--------------------+--------------
 *
 * All numbers are little-endian. Where a section starts follows from the counts of those before it, so there is nothing
 * about places that could be wrong. A string is a number; the strings are, in this order, the entries, the words that
 * are only synonyms, and what else is needed: keys, labels, what the header says about the source.
 *
 * Loading looks at the header alone: its checksum, and that the sections fill the file exactly. Every number inside a
 * section is checked where it is used (lexicon.c), so that a damaged body can't lead out of the file, and nothing has
 * to be read at the start. The checksum of the body is for `quern lexicon stats`. */
#ifndef QUERN_LEXICON_FORM_H
#define QUERN_LEXICON_FORM_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

#define LEXICON_MAGIC "\x8fquern\r\n" /* no text, and one that a transfer as text would change */
#define LEXICON_NONE UINT32_MAX       /* no string, no entry */
enum { LEXICON_MAGIC_BYTES = 8, LEXICON_VERSION = 1 };

enum lexicon_section {
    LEXICON_STRINGS,      /* u32 a string and one more: where it starts in the text; the last: where the text ends */
    LEXICON_LABELS,       /* u32 an entry: a string or LEXICON_NONE. May be missing */
    LEXICON_WEIGHTS,      /* u64 an entry, UINT64_MAX if it has none. May be missing */
    LEXICON_KEYS,         /* u32 a word: the string that is its key. Missing: each word is its own key */
    LEXICON_NODES,        /* struct lexicon_node: the trie over the entries */
    LEXICON_KEY_NODES,    /* the same over their keys. Missing: the keys are the entries */
    LEXICON_FIRST_SENSE,  /* u32 an entry and one more: its first sense. May be missing, with all of the next */
    LEXICON_SENSES,       /* u32 a sense: its group */
    LEXICON_FIRST_MEMBER, /* u32 a group and one more: its first member */
    LEXICON_MEMBERS,      /* u32 a member: a word */
    LEXICON_GROUP_LABELS, /* u32 a group: a string or LEXICON_NONE, its part of speech. May be missing */
    LEXICON_NODE_BYTES,   /* u8 a node: the byte that leads to it */
    LEXICON_KEY_NODE_BYTES,
    LEXICON_TEXT, /* the bytes of the strings */
    LEXICON_SECTIONS
};

/* Nodes are numbered level by level, so that the children of a node are neighbours, in the order of their bytes, and
 * end where those of the next node start. A node without children is where only one entry is left: the rest of it is
 * compared with its text. */
struct lexicon_node {
    uint32_t first; /* child */
    uint32_t entry; /* that ends here, or the only one left; or LEXICON_NONE */
};

enum lexicon_about { ABOUT_FORMAT, ABOUT_SOURCE, ABOUT_LICENCE, ABOUT_SHA256, LEXICON_ABOUTS };

struct lexicon_header {
    char magic[LEXICON_MAGIC_BYTES];
    uint32_t version;
    uint32_t entries;
    uint32_t words;        /* entries, and words that are only synonyms */
    uint32_t keys;         /* different keys of the entries */
    uint64_t size;         /* of the file */
    uint64_t body_sum;     /* XXH3 of what follows the header, 64 bits */
    uint64_t header_sum;   /* of the header with 0 here */
    uint32_t first_phrase; /* the first entry with a space, or LEXICON_NONE */
    uint32_t about[LEXICON_ABOUTS];
    uint32_t counts[LEXICON_SECTIONS]; /* of the items of each section */
    uint32_t unused[33];
};
_Static_assert(sizeof(struct lexicon_header) == 256, "the header has no gaps");

/* Computes where each section starts. Returns the size of the whole. */
uint64_t lexicon_layout(const struct lexicon_header *header, uint64_t starts[LEXICON_SECTIONS]);

/* The sums of an image, which are set in its header when it is complete. */
uint64_t lexicon_body_sum(const char *image);
uint64_t lexicon_header_sum(const struct lexicon_header *header);

/* Lines of a plain file. */
struct lexicon_lines {
    uint32_t *items;
    size_t len, cap;
};

/* A lexicon of an image, whose memory it takes. compiled: it comes from a file, so its strings are checked. lines: of
 * the entries in a plain file, or empty. NULL with the message. */
struct lexicon;
struct lexicon *lexicon_of_image(struct bytes image, bool compiled, struct lexicon_lines lines, const char *name);

/* For verbs that show a lexicon. */
struct slice lexicon_about(const struct lexicon *lexicon, enum lexicon_about what);
bool lexicon_is_compiled(const struct lexicon *lexicon); /* was it loaded from a compiled file? */
int lexicon_verify(const struct lexicon *lexicon);       /* -1 if the checksum of the body is wrong */
size_t lexicon_keys(const struct lexicon *lexicon);      /* different keys of the entries */
size_t lexicon_groups(const struct lexicon *lexicon);

#endif
