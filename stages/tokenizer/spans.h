/* spans.h - spans of a text (its words, sentences, names) as tokens.
 *
 * A token belongs to a span when its place in the text and the span overlap. A token that stands for no character,
 * such as a blank that was trimmed away, overlaps nothing.
 *
 * Places are code points of the text. Those of tokens come in order, but for a mark that a normal form moved. */
#ifndef QUERN_TOKENIZER_SPANS_H
#define QUERN_TOKENIZER_SPANS_H

#include "base/arena.h"
#include "text/text.h"

/* Numbers tokens by the words of the text, which are in order and do not overlap: a token has the number of the
 * first word that it belongs to. What is outside every word gets numbers from `word_count` on, one for each run of
 * such tokens that had the same number before: word_ids comes in with those of the pre-tokenizer. */
void spans_number_words(const struct span *places, size_t count, const struct span *words, size_t word_count,
                        int32_t *word_ids);

/* By token: how far those up to it reach, and from where on those from it stand. Neither falls, whatever the places
 * are; empty ones have no say. Arrays of `count`, in the arena. */
struct spans_reach {
    uint32_t *ends, *starts;
};
struct spans_reach spans_reach(const struct span *places, size_t count, struct arena *arena);

/* For each span the tokens [start, end) that belong to it, of those in `range`; the places are those of all tokens.
 * [0, 0) where none does. An array of span_count, in the arena. */
const struct span *spans_to_tokens(const struct span *places, struct span range, const struct span *spans,
                                   size_t span_count, struct arena *arena);

#endif
