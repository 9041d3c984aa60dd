/* subwords.h - the tokens that a model makes of one word. */
#ifndef QUERN_TOKENIZER_SUBWORDS_H
#define QUERN_TOKENIZER_SUBWORDS_H

#include <stddef.h>
#include <stdint.h>

struct subword {
    int32_t id;
    uint32_t start, end; /* bytes of the word */
};

struct subwords {
    struct subword *items;
    size_t len, cap;
};

#endif
