/* sequence.h - one text to tokens, before special tokens, truncation and padding: the inner loops of tokenizer.h. */
#ifndef QUERN_TOKENIZER_SEQUENCE_H
#define QUERN_TOKENIZER_SEQUENCE_H

#include "parts.h"
#include "short_words.h"
#include "word_cache.h"

/* The tokens of one text. */
struct sequence {
    VEC(int32_t) ids;
    VEC(struct span) spans;
    VEC(int32_t) words;
    VEC(struct verbatim {
        size_t index; /* of the token */
        struct slice text;
    })
    verbatim; /* tokens that show other bytes than their own: the white space that an added token took, or unknown text
               */
};

struct tokenizer_thread {
    const struct tokenizer *tokenizer;
    struct draft draft;
    struct normalizer_thread normalizer;
    struct pretokenizer_thread pretokenizer;
    struct short_words short_words;
    struct word_cache *cache;
    struct wordpiece_scratch wordpiece;
    struct bpe_scratch *bpe;
    bool drops;                /* words lose merges at random: caches are not used */
    struct sampling *sampling; /* words are segmented at random, also without caches; NULL: they are not */
    struct unigram_scratch unigram;
    struct unigram_sampling_scratch sampled;
    struct sentencepiece_thread *sentencepiece;
    struct subwords subwords, part;
    struct arena *arena; /* of the current text */
    struct sequence sequences[2], segment;
};

/* want: ENCODE_…; ids are always made, spans and words only if wanted. 0, or -1 with the message. */
int sequence_encode(struct tokenizer_thread *thread, struct slice text, unsigned want, struct arena *arena,
                    struct sequence *out);

#endif
