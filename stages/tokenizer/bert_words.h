/* bert_words.h - the words of a text as BERT's normalizer and pre-tokenizer see it, found in the text as it was
 * written.
 *
 * White space, punctuation and CJK characters are separate, whatever is next to them; what lies between them is a
 * segment, which the normalizer nearly always turns into one word (it may remove a control or a mark, or split a
 * character). The result for a segment does not depend on anything around it, so its tokens can be looked up by its
 * bytes. Separate characters that are tokens themselves come in runs, and their tokens come from a table. */
#ifndef QUERN_TOKENIZER_BERT_WORDS_H
#define QUERN_TOKENIZER_BERT_WORDS_H

#include "models/wordpiece.h"
#include "text/byte_masks.h"
#include "text/normalizer.h"
#include "text/pretokenizer.h"

enum { BERT_WIDE_END = 0x10000 }; /* three bytes of UTF-8 spell code points below this */

struct bert_words {
    byte_masks_finder *find;
    bool lower;
    int32_t wide[BERT_WIDE_END]; /* 1 + id of the characters of three bytes that make runs; 0 for the others */
};

/* NULL if the normalizer and the pre-tokenizer are not BERT's. */
struct bert_words *bert_words_new(const struct normalizer *normalizer, const struct pretokenizer *pretokenizer,
                                  const struct wordpiece *wordpiece);
void bert_words_free(struct bert_words *words);

struct bert_word {
    uint32_t start, end; /* bytes of the text */
    uint32_t point;      /* code points of the text before it */
    bool wide;           /* not all of it is ASCII */
};

enum { BERT_BLOCK = BYTE_MASKS_BLOCK }; /* one call finds at most this many words */

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

/* Skips a run: separate characters with known tokens, of three bytes, one code point and one token each. Writes the ids
 * of up to BERT_BLOCK of them and returns their number, 0 if the cursor is not at a run. */
bool bert_at_run(const struct bert_cursor *cursor);
size_t bert_run(struct bert_cursor *cursor, int32_t ids[BERT_BLOCK]);

/* Advances by up to BERT_BLOCK bytes, or further to the end of a longer word, but not past the start of a run. The
 * cursor must be before the end and not at a run. Writes the words that it passed and returns their number. */
size_t bert_next(struct bert_cursor *cursor, struct bert_word found[BERT_BLOCK]);

#endif
