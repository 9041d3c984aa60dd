/* spans.h - spans of a text (its words, sentences, names) as tokens.
 *
 * A token belongs to a span when its place in the text and the span overlap. A token without characters, such as a
 * blank that was trimmed away, overlaps nothing.
 *
 * Places are code points of the text. Those of tokens are in order, except for a mark that a normal form moved. */
#ifndef QUERN_TOKENIZER_SPANS_H
#define QUERN_TOKENIZER_SPANS_H

#include "base/arena.h"
#include "text/text.h"

/* Numbers tokens by the words of the text, which are in order and do not overlap: a token gets the number of the first
 * word that it belongs to. Tokens outside every word get numbers from `word_count` on, one for each run of them with
 * the same number before: on input, word_ids has the pre-tokenizer's numbers. */
void spans_number_words(const struct span *places, size_t count, const struct span *words, size_t word_count,
                        int32_t *word_ids);

/* ends[i]: the furthest end of tokens 0 to i; starts[i]: the earliest start of tokens from i on. Both are monotone,
 * whatever the places are; empty tokens are ignored. Arrays of `count`, in the arena. */
struct spans_reach {
    uint32_t *ends, *starts;
};
struct spans_reach spans_reach(const struct span *places, size_t count, struct arena *arena);

/* For each span the tokens [start, end) in `range` that belong to it; `places` has those of all tokens. [0, 0) if there
 * are none. An array of span_count, in the arena. */
const struct span *spans_to_tokens(const struct span *places, struct span range, const struct span *spans,
                                   size_t span_count, struct arena *arena);

#endif
