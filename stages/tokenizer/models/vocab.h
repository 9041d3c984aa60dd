/* vocab.h - tokens and their ids.
 *
 * The caller that fills the vocabulary owns the bytes of the tokens, which must live as long as it. */
#ifndef QUERN_TOKENIZER_VOCAB_H
#define QUERN_TOKENIZER_VOCAB_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct vocab {
    struct slice *tokens; /* by id; ptr is NULL if no token has the id */
    size_t size;          /* the largest id + 1 */
    size_t room;
    struct vocab_slot *slots; /* token -> id; open addressing, linear probing */
    size_t mask, used;        /* slots - 1, tokens */
    bool renumbered; /* a token was added twice: `tokens` also shows it under an id that is no longer its own */
};

enum { VOCAB_MAX_ID = (1 << 22) - 1 }; /* guards the table of tokens against a stray number in a file */

/* Reserves room for about this many tokens, so that filling does not grow the table. */
void vocab_init(struct vocab *vocab, size_t expected);
void vocab_free(struct vocab *vocab);

/* A token that is already there gets the new id; an id that is already used now shows the new token. id <=
 * VOCAB_MAX_ID. */
void vocab_add(struct vocab *vocab, struct slice token, int32_t id);

/* vocab_add and vocab_find for up to VOCAB_BATCH tokens at once, whose memory accesses overlap. */
enum { VOCAB_BATCH = 64 };
struct vocab_wanted {
    struct slice prefix, rest;
};
void vocab_add_many(struct vocab *vocab, const struct slice *tokens, const int32_t *ids, size_t count);
void vocab_find_many(const struct vocab *vocab, const struct vocab_wanted *wanted, size_t count, int32_t *ids);

/* The id, or -1. */
int32_t vocab_id(const struct vocab *vocab, struct slice token);

/* The token, or an empty slice if no token has the id. */
static inline struct slice vocab_token(const struct vocab *vocab, int32_t id)
{
    return id >= 0 && (size_t)id < vocab->size ? vocab->tokens[id] : (struct slice){NULL, 0};
}

/* ---- for a search over all prefixes of a text: a hash that grows byte by byte ---- */

static inline uint64_t vocab_hash_start(void)
{
    return 0xcbf29ce484222325u;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static inline uint64_t vocab_hash_byte(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * 0x100000001b3u;
}

/* The id of prefix + rest, whose hash it is; or -1. */
int32_t vocab_find(const struct vocab *vocab, struct slice prefix, struct slice rest, uint64_t hash);

#endif
