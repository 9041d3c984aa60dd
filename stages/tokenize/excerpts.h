/* excerpts.h - what the windows of a record have of its texts, and of the spans of these.
 *
 * A window is a record like any other: its text is the part that its tokens stand for, and offsets, sentences, words,
 * phrases, stopwords and entities are in terms of that part. So all windows of a text together are about as long as
 * it. */
#ifndef QUERN_TOKENIZER_EXCERPTS_H
#define QUERN_TOKENIZER_EXCERPTS_H

#include "../tokenizer/tokenizer.h"
#include "record/annotations.h"
#include "text/text.h"

struct excerpts {
    struct text_place places[2]; /* in the text and the pair */
    size_t lengths[2];           /* code points */
    const struct annotations *annotations;
    size_t annotated;               /* which of the texts they are of */
    struct annotation_pieces spans; /* where that is cut */
};

/* Of one window. A text that is not cut is whole. */
struct piece_of_text {
    bool whole;
    struct span points, bytes;
    struct slice text;
};

/* texts: the second of ptr NULL where there is none. annotations: of texts[annotated], NULL where there are none to go
 * with the windows. 0, or -1 with the message where windows and annotations are too many together. */
int excerpts_read(struct excerpts *excerpts, const struct slice texts[2], const struct annotations *annotations,
                  size_t annotated, const struct encoding *windows, size_t count, struct arena *arena);

void excerpts_pieces(struct excerpts *excerpts, const struct encoding *window, struct piece_of_text pieces[2]);

/* The offsets of the tokens in their pieces, in code points or bytes: an array in the arena. */
const struct span *excerpts_offsets(struct text_place places[2], const struct encoding *encoding,
                                    const struct piece_of_text pieces[2], bool in_bytes, struct arena *arena);

/* Word ids that number `word_count` words of the record, and what is outside of them, as numbers of the words that the
 * window has. words: the member's number among the annotations. */
const int32_t *excerpts_word_ids(const struct excerpts *excerpts, const struct encoding *window, size_t words,
                                 size_t word_count, struct arena *arena);

#endif
