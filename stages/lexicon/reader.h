/* reader.h - what the readers of foreign formats share: a source, its lines, words on their way into a lexicon. */
#ifndef QUERN_LEXICON_READER_H
#define QUERN_LEXICON_READER_H

#include "quern.h"
#include "text/lexicon_build.h"

#include <sha2.h>

struct compile_options {
    int format, inflect, ambiguous;
    bool related;
    const char *label, *source, *licence;
};

enum { AMBIGUOUS_SKIP, AMBIGUOUS_KEEP };

/* The counters of compile; GROUPS of Cilin are of three kinds. */
enum { COUNT_SYNSETS, COUNT_RELATED, COUNT_SINGLE, COUNT_DROPPED };

struct reader {
    struct lexicon_build *build;
    const struct compile_options *options;
    struct sink *out;
    SHA2_CTX sha256; /* of all sources, one after another */
    /* The source that is being read. */
    const char *name;
    struct bytes text;
    size_t line; /* number of the last one */
    const char *at;
    /* Memory for one call. */
    struct bytes word;
    struct arena *arena; /* for all of a source */
    struct map *groups;  /* keys of a source to groups + 1 */
};

/* Loads a source, decompressed, adds it to the checksum and goes to its start. 0, or -1 with the message. */
int reader_load(struct reader *reader, const char *path);

/* FOLDER/NAME in the arena of the reader, NUL-terminated. */
const char *reader_path(struct reader *reader, const char *folder, const char *name);

/* The next line without its end; false at the end of the source. */
bool reader_next(struct reader *reader, struct slice *line);

/* The text before `by`, which is taken off what is left together with it; all of it if there is no `by`. false if
 * nothing was left. */
bool reader_field(struct slice *left, char by, struct slice *field);

/* The message NAME:LINE: …, which is about data; -1. */
int reader_error(const struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A word as a lexicon has it: white space tidied, valid until the next call; ptr is NULL with the message if it is not
 * UTF-8. space: a byte that stands for a space, or 0. */
struct slice reader_word(struct reader *reader, struct slice raw, char space);

/* Adds an entry: its number, LEXICON_NONE with the message. */
uint32_t reader_entry(struct reader *reader, struct slice word);

/* Adds a word to a group, and the group to its senses: a synonym in both directions. 0, or -1 with the message. */
int reader_join(struct reader *reader, struct slice word, uint32_t group);

/* The group of a name that the source has for it; a new one if there is none yet. */
uint32_t reader_group(struct reader *reader, struct slice name, struct slice label);

/* Reads one source. 0, or -1 with the message. */
int read_plain(struct reader *reader, const char *path);
int read_synonyms(struct reader *reader, const char *path);
int read_groups(struct reader *reader, const char *path);
int read_wndb(struct reader *reader, const char *path);
int read_mythes(struct reader *reader, const char *path);
int read_omw(struct reader *reader, const char *path);
int read_cilin(struct reader *reader, const char *path);
int read_jieba(struct reader *reader, const char *path);
int read_iso_codes(struct reader *reader, const char *path);
int read_gettext(struct reader *reader, const char *path);
int read_unihan(struct reader *reader, const char *path);
int read_cedict(struct reader *reader, const char *path);
int read_wn_lmf(struct reader *reader, const char *path);

#endif
