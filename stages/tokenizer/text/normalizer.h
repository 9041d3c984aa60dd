/* normalizer.h - the changes to a text before it is cut into words: case, accents, normal forms.
 *
 * A normalizer is a list of steps, each a function from characters to characters. Nearly every character goes through
 * all of them independently, so each thread remembers its result, and normalizing a text is one table look-up a
 * character; only if a normal form lets neighbours interact are the steps run over the whole piece. A text whose
 * characters all stay the same, as most do under NFC, is not written again. */
#ifndef QUERN_TOKENIZER_NORMALIZER_H
#define QUERN_TOKENIZER_NORMALIZER_H

#include "draft.h"
#include "normal_form.h"
#include "rewriting.h"

#include <stdbool.h>
#include <stdint.h>

enum normalizer_step {
    NORMALIZE_BERT_CLEAN,   /* controls removed, White_Space to ' ' */
    NORMALIZE_BERT_CJK,     /* ' ' on both sides */
    NORMALIZE_BERT_ACCENTS, /* NFD, then Mn of Unicode 8 removed */
    NORMALIZE_LOWERCASE,
    NORMALIZE_STRIP_ACCENTS, /* M* removed; no normal form of its own */
    NORMALIZE_NMT,           /* ASCII controls and a few more removed; characters like a blank to ' ' */
    NORMALIZE_NFC,
    NORMALIZE_NFD,
    NORMALIZE_NFKC,
    NORMALIZE_NFKD,
};

enum { NORMALIZER_STEPS = 16, NORMALIZER_REMOVED = 0xff };

struct normalizer {
    enum normalizer_step steps[NORMALIZER_STEPS]; /* more are in the next one */
    size_t count;                                 /* 0: the text stays as it is */
    struct normal_form_tables tables;             /* loaded with the first step that needs them */
    uint8_t ascii[128];                           /* what an ASCII character becomes, or NORMALIZER_REMOVED */
    bool keeps_ascii;                             /* every ASCII character stays the same */
    struct rewriting *rewriting;                  /* instead of steps; owned; or NULL */
    struct normalizer *next;                      /* what follows; owned; or NULL */
};

/* Adds a step. 0, or -1 with the message: ICU can't load the tables. */
int normalizer_add(struct normalizer *normalizer, enum normalizer_step step);

/* Takes ownership of its argument, even on failure. */
int normalizer_add_rewriting(struct normalizer *normalizer, struct rewriting rewriting);
void normalizer_free(struct normalizer *normalizer);

/* BERT's steps, in its order. */
int normalizer_add_bert(struct normalizer *normalizer, bool clean, bool cjk, bool strip, bool lower);

/* To be called after the last step was added. */
void normalizer_ready(struct normalizer *normalizer);

/* What one thread remembers. Zeroed at first. */
struct normalizer_thread {
    struct expansion *blocks[0x1100]; /* of 256 code points each, made when one of them is seen */
    uint64_t *kept; /* a bit for each code point that stays the same whatever surrounds it, once seen */
    struct symbols symbols, spare;
    struct normal_form_scratch scratch;
    struct rewriting_thread rewriting;
    struct normalizer_thread *next;
};
void normalizer_thread_free(struct normalizer_thread *thread);

/* Does the character stay the same whatever is next to it? For a normalizer that is a single list of steps. */
bool normalizer_keeps(const struct normalizer *normalizer, struct normalizer_thread *thread, uint32_t point);

/* Normalizes every piece of text; added tokens stay as they are. 0, or -1 with the message. */
int normalizer_apply(const struct normalizer *normalizer, struct normalizer_thread *thread, struct draft *draft);

#endif
