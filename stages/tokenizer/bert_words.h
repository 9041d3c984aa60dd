/* bert_words.h - the words of a text in the eyes of BERT's normalizer and pre-tokenizer, found in the text as it was
 * written.
 *
 * White space, punctuation and CJK characters stand alone, whatever is beside them; what is between them is a
 * segment, which the normalizer turns into a word, nearly always (a control or a mark in it is removed, a character
 * may come apart). What becomes of a segment depends on nothing around it, so that its tokens can be looked up by
 * its bytes. Characters that stand alone and are tokens as they are come in runs, and their tokens from a table. */
#ifndef QUERN_TOKENIZER_BERT_WORDS_H
#define QUERN_TOKENIZER_BERT_WORDS_H

#include "models/wordpiece.h"
#include "text/byte_masks.h"
#include "text/normalizer.h"
#include "text/pretokenizer.h"

enum { BERT_WIDE_END = 0x10000 }; /* what is three bytes of UTF-8 lies below */

struct bert_words {
    byte_masks_finder *find;
    bool lower;
    int32_t wide[BERT_WIDE_END]; /* 1 + id of characters of three bytes that make runs; 0: does not */
};

/* NULL where the normalizer and the pre-tokenizer are not BERT's. */
struct bert_words *bert_words_new(const struct normalizer *normalizer, const struct pretokenizer *pretokenizer,
                                  const struct wordpiece *wordpiece);
void bert_words_free(struct bert_words *words);

struct bert_word {
    uint32_t start, end; /* bytes of the text */
    uint32_t point;      /* code points of the text before it */
    bool wide;           /* not all of it is ASCII */
};

enum { BERT_BLOCK = BYTE_MASKS_BLOCK }; /* no more words are found by a call */

struct bert_cursor {
    const struct bert_words *words;
    const char *text;
    size_t at, end;
    uint32_t point; /* code points before `at` */
};

static inline struct bert_cursor bert_cursor(const struct bert_words *words, struct slice text)
{
    return (struct bert_cursor){.words = words, .text = text.ptr, .end = text.len};
}

/* Goes on over a run, characters that stand alone and whose tokens are known: three bytes, one code point and one
 * token each. Writes the ids of up to BERT_BLOCK of them; returns their number, 0 where there is none at the cursor. */
bool bert_at_run(const struct bert_cursor *cursor);
size_t bert_run(struct bert_cursor *cursor, int32_t ids[BERT_BLOCK]);

/* Goes on by up to BERT_BLOCK bytes, at < end and not at a run, up to the next run, or more where a word is longer.
 * Writes the words that were passed; returns their number. */
size_t bert_next(struct bert_cursor *cursor, struct bert_word found[BERT_BLOCK]);

#endif
