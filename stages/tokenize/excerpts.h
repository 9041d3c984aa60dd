/* excerpts.h - the part of a record's texts, and of their spans, that each window has.
 *
 * A window is a record like any other: its text is the part that its tokens stand for, and offsets, sentences, words,
 * phrases, stopwords and entities refer to that part. So all windows of a text together are about as long as the
 * text. */
#ifndef QUERN_TOKENIZER_EXCERPTS_H
#define QUERN_TOKENIZER_EXCERPTS_H

#include "../tokenizer/tokenizer.h"
#include "record/annotations.h"
#include "text/text.h"

struct excerpts {
    struct text_place places[2]; /* in the text and the pair */
    size_t lengths[2];           /* code points */
    const struct annotations *annotations;
    size_t annotated;               /* which of the texts they belong to */
    struct annotation_pieces spans; /* the annotations, cut into pieces */
};

/* Of one window. `whole`: the text is not cut. */
struct piece_of_text {
    bool whole;
    struct span points, bytes;
    struct slice text;
};

/* texts: the second has ptr NULL if there is only one. annotations: those of texts[annotated], or NULL if none go with
 * the windows. 0, or -1 with the message if windows and annotations together are too many. */
int excerpts_read(struct excerpts *excerpts, const struct slice texts[2], const struct annotations *annotations,
                  size_t annotated, const struct encoding *windows, size_t count, struct arena *arena);

void excerpts_pieces(struct excerpts *excerpts, const struct encoding *window, struct piece_of_text pieces[2]);

/* The offsets of the tokens in their pieces, in code points or bytes: an array in the arena. */
const struct span *excerpts_offsets(struct text_place places[2], const struct encoding *encoding,
                                    const struct piece_of_text pieces[2], bool in_bytes, struct arena *arena);

/* Turns word ids that number the record's `word_count` words, and tokens outside of them, into ids that number the
 * window's own words. words: the member's number among the annotations. */
const int32_t *excerpts_word_ids(const struct excerpts *excerpts, const struct encoding *window, size_t words,
                                 size_t word_count, struct arena *arena);

#endif
