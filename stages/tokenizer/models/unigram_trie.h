/* unigram_trie.h - finds all tokens that a text starts with, in one walk over its bytes.
 *
 * A double array (Aoe, 1989) addressed by exclusive or, as in Darts: the child of a node for a byte is node number
 * `base ^ byte`, if that node carries the byte. No two nodes have the same base, so the byte is all there is to
 * check. */
#ifndef QUERN_TOKENIZER_UNIGRAM_TRIE_H
#define QUERN_TOKENIZER_UNIGRAM_TRIE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trie_node {
    uint32_t link; /* base of the children << 9 | the byte that leads here; the root and free places have no byte */
    int32_t value; /* -1: no key ends here */
};

struct trie {
    struct trie_node *nodes; /* the root is node 0; a multiple of 256 */
    size_t count;
};

struct trie_key {
    struct slice bytes; /* not empty */
    int32_t value;      /* >= 0 */
};

/* Sorts the keys; of equal ones the last counts. 0, or -1 with the message if there are too many. */
int trie_build(struct trie *trie, struct trie_key *keys, size_t count);
void trie_free(struct trie *trie);

/* Moves *node to its child; false if it has no such child. Start at 0. */
static inline bool trie_step(const struct trie *trie, uint32_t *node, char byte)
{
    uint32_t label = (unsigned char)byte, child = trie->nodes[*node].link >> 9 ^ label;
    *node = child;
    return (trie->nodes[child].link & 0x1ff) == label;
}

#endif
