/* draft.h - a text that is to be changed: its words, what each of them is, and what must stay as it is. */
#ifndef QUERN_AUGMENT_DRAFT_H
#define QUERN_AUGMENT_DRAFT_H

#include "../rewriting/changes.h"
#include "../segmenter/sentences.h"
#include "../words/text_words.h"
#include "candidates.h"
#include "quern.h"
#include "text/key.h"
#include "text/regex.h"

struct stop_lists;

/* What may not be touched: bits of --protect. */
enum { PROTECT_ENTITIES = 1, PROTECT_NEGATIONS = 2, PROTECT_NUMBERS = 4, PROTECT_ADDRESSES = 8 };

/* Shared by all threads. */
struct draft_rules {
    struct word_rules words;
    unsigned protect;
    const struct stop_lists *stops;  /* or NULL: nothing is a stop word, or a negation */
    const struct lexicon *protected; /* --protect-words, or NULL */
    const struct lexicon *synonyms;  /* or NULL */
    const struct lexicon *focus;     /* or NULL */
    struct lexicon_choice choice;    /* of synonyms */
    struct regex **patterns;         /* of addresses and --protect-pattern */
    size_t pattern_count;
    const struct lexicon *characters; /* what characters may become, or NULL */
    bool entities, sentences;         /* wanted in drafts */
    struct abbreviations *abbreviations;
};

struct draft_word {
    struct part part;
    bool counts;    /* it has a letter or a digit */
    bool protected; /* it shares a character with something protected, or is a negation that is */
    struct slice bytes;
    struct slice key;     /* of a word that counts */
    size_t synonym_count; /* of one that may be replaced: E in the laws of the operations */
    const struct slice *synonyms;
};

/* A character of an unprotected word that has candidates. */
struct draft_character {
    struct part part;
    size_t count;
    const struct slice *candidates;
};

struct draft_entity {
    struct span place;
    struct slice label; /* ptr NULL: it has none */
};

struct numbers {
    const uint32_t *items;
    size_t count;
};

struct draft {
    struct slice field, text, tag;
    struct draft_word *words;  /* in the order of the text */
    const struct span *places; /* of the words, after changes; NULL before */
    size_t count;
    size_t counting;            /* how many count: l in the laws */
    struct numbers free;        /* the words that count and are not protected: N */
    struct numbers replaceable; /* those of them that are no stop words and have synonyms: E */
    struct span *closed;        /* the protected places, in order, not touching one another */
    size_t closed_count;
    struct span *fixed; /* those of them that are not there for an entity */
    size_t fixed_count;
    struct draft_character *characters;
    size_t character_count;
    struct draft_entity *entities;
    size_t entity_count;
    struct span *sentences; /* in order; they do not overlap */
    size_t sentence_count;
    struct annotations annotations;
    bool annotated, has_words; /* the record has members with spans of this text, and `words` */
};

/* What one thread needs to make drafts. Zero it, then drafter_open. */
struct drafter {
    const struct draft_rules *rules;
    struct cutter cutter;
    struct keys *keys;
    struct known_words *known;
    struct regex_work *regex;
    struct candidates *synonyms, *candidates; /* of words, of characters */
    struct spans sentences;
    VEC(struct span) closed;
    VEC(uint32_t) free, replaceable;
    VEC(struct draft_character) characters;
    struct edits edits;
};
int drafter_open(struct drafter *drafter, const struct draft_rules *rules);
void drafter_release(struct drafter *drafter);

/* Reads the draft of a member. Everything is in the arena. 0, or -1 with the message. */
int draft_read(struct drafter *drafter, const struct record *record, struct slice field, struct arena *arena,
               struct draft *draft);

/* What the changes make of it, whose text is `text`: words that stayed and that came in, and spans that moved. If
 * `marked` is false, only the places of the words are known afterwards. */
int draft_after(struct drafter *drafter, const struct draft *draft, const struct changes *changes, struct slice text,
                bool marked, struct arena *arena, struct draft *after);

/* Moves what draft_set needs of it to the arena. */
void draft_keep(struct draft *draft, struct arena *arena);

/* Sets the text, the words and the other members with spans of a record that was derived from the one that was read.
 */
void draft_set(const struct draft *draft, struct record *made, struct arena *arena);

/* Is this place (in code points) inside of something protected, so that nothing may be inserted there? */
bool draft_is_closed(const struct draft *draft, uint32_t point);

/* Does the place share a character with something protected? */
bool draft_is_protected(const struct draft *draft, struct span place);

/* The same as bytes. `from` is a place before it, as for text_to_point. */
struct part draft_part(struct text_place *from, struct span place);

#endif
