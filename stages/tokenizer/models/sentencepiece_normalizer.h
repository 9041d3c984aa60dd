/* sentencepiece_normalizer.h - a text as a SentencePiece model sees it: replacements made, blanks marked. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_NORMALIZER_H
#define QUERN_TOKENIZER_SENTENCEPIECE_NORMALIZER_H

#include "sentencepiece.h"

/* U+2581, the mark for a blank. */
#define SENTENCEPIECE_BLANK "\xe2\x96\x81"

/* Zeroed at first; can be used again. */
struct sentencepiece_normalized {
    struct bytes text;
    VEC(uint32_t) origins; /* by byte of the text, and one more at the end: the code point of the original; if wanted */
};

/* Any valid UTF-8. */
void sentencepiece_normalize(const struct sentencepiece *model, struct slice text, bool wants_origins,
                             struct sentencepiece_normalized *out);

#endif
