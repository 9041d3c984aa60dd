/* unigram_walk.h - the edges of a Unigram model's lattice that start at a place of a text: the tokens found there, the
 * shortest first, then the unknown character, unless a token is that one character. */
#ifndef QUERN_TOKENIZER_UNIGRAM_WALK_H
#define QUERN_TOKENIZER_UNIGRAM_WALK_H

#include "unigram.h"

struct unigram_walk {
    size_t end; /* where the edge ends */
    int32_t id;
    bool unknown; /* the edge is the unknown character: id is unigram->unk */

    uint32_t node;
    size_t first; /* the end of the first character */
    bool alone, over;
};

/* The number of bytes of the character; text is UTF-8. */
static inline size_t unigram_character(struct slice text, size_t at)
{
    unsigned char lead = (unsigned char)text.ptr[at];
    size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return len < text.len - at ? len : text.len - at;
}

/* The start of the previous character. */
static inline size_t unigram_before(struct slice text, size_t at)
{
    do
        at--;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80);
    return at;
}

static inline struct unigram_walk unigram_walk(struct slice text, size_t at)
{
    return (struct unigram_walk){.end = at, .first = at + unigram_character(text, at)};
}

/* There is always at least one edge. */
static inline bool unigram_next(const struct unigram *unigram, struct slice text, struct unigram_walk *walk)
{
    while (!walk->over && walk->end < text.len && trie_step(&unigram->trie, &walk->node, text.ptr[walk->end])) {
        walk->end++;
        walk->id = unigram->trie.nodes[walk->node].value;
        if (walk->id >= 0) {
            walk->alone |= walk->end == walk->first;
            return true;
        }
    }
    if (walk->over || walk->alone)
        return false;
    walk->over = walk->unknown = true;
    walk->end = walk->first;
    walk->id = unigram->unk;
    return true;
}

#endif
