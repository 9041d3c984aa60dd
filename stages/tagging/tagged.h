/* tagged.h - words with a tag each, and what they mean: a text with entities.
 *
 *     EU B-ORG, rejects O  ->  "EU rejects", words [[0,2],[3,10]], entities [{"start":0,"end":2,"label":"ORG"}]
 *
 * A tag is O, or a letter, a dash and the label of an entity. Set scheme, lenient and join; then for each text: clear,
 * add the words, check, build. */
#ifndef QUERN_TAGGED_H
#define QUERN_TAGGED_H

#include "quern.h"

enum tag_scheme { SCHEME_BIO, SCHEME_IOB1, SCHEME_BIOES };

/* Their names, for an option. */
extern const char *const tag_schemes[];

/* What a tag says of its word, by its letter. */
enum tag_part { PART_OUTSIDE, PART_BEGIN, PART_INSIDE, PART_END, PART_SINGLE, PART_NONE };

struct tagged_word {
    struct slice word, tag, label; /* label: the part of the tag after the dash */
    enum tag_part part;
    struct span place; /* of the word, in the text */
};

struct tagged {
    enum tag_scheme scheme;
    bool lenient;      /* a tag that continues no entity begins one, instead of being an error */
    struct slice join; /* between two words of the text */
    VEC(struct tagged_word) words;
    size_t mended; /* tags that only --lenient made right */
    struct bytes text, entities;
};

void tagged_clear(struct tagged *tagged);
void tagged_release(struct tagged *tagged);

/* Reads a tag: part and label of a word. NULL, or what is wrong with it, followed by the hint. */
const char *tagged_read(enum tag_scheme scheme, struct slice tag, const char *hint, struct arena *arena,
                        struct tagged_word *word);

/* Adds a word. NULL, or what is wrong with its tag. */
const char *tagged_add(struct tagged *tagged, struct slice word, struct slice tag, const char *hint,
                       struct arena *arena);

/* Does every tag fit its neighbours? NULL, or what is wrong with the tag of word number *which. */
const char *tagged_check(struct tagged *tagged, struct arena *arena, size_t *which);

/* Makes text, places and entities. */
void tagged_build(struct tagged *tagged);

/* Sets `words` and `entities`. */
void tagged_set(const struct tagged *tagged, struct record *made, struct arena *arena);

#endif
