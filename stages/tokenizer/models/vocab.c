/* vocab.c - see vocab.h. */
#include "vocab.h"

#include "memory.h"
#include "vec.h"

#include <assert.h>

struct vocab_slot {
    uint32_t tag; /* upper half of the hash: most strangers are told apart without a look at the token */
    int32_t id;   /* -1: free */
};

static uint64_t hash_of(struct slice token)
{
    uint64_t hash = vocab_hash_start();
    for (size_t i = 0; i < token.len; i++)
        hash = vocab_hash_byte(hash, token.ptr[i]);
    return hash;
}

/* The low bits of FNV-1a depend on the low bits of the bytes only. */
static size_t first_slot(const struct vocab *vocab, uint64_t hash)
{
    return (size_t)(hash ^ hash >> 29) & vocab->mask;
}

static void make_slots(struct vocab *vocab, size_t slots)
{
    vocab->slots = mem_zalloc(slots, sizeof *vocab->slots);
    memset(vocab->slots, 0xff, slots * sizeof *vocab->slots);
    vocab->mask = slots - 1;
}

void vocab_init(struct vocab *vocab, size_t expected)
{
    size_t slots = 64;
    while (slots < 2 * expected)
        slots *= 2;
    memset(vocab, 0, sizeof *vocab);
    make_slots(vocab, slots);
}

void vocab_free(struct vocab *vocab)
{
    mem_free(vocab->tokens);
    mem_free(vocab->slots);
    memset(vocab, 0, sizeof *vocab);
}

static void grow(struct vocab *vocab)
{
    struct vocab_slot *old = vocab->slots;
    size_t slots = vocab->mask + 1;
    make_slots(vocab, 2 * slots);
    for (size_t i = 0; i < slots; i++) {
        if (old[i].id < 0)
            continue;
        size_t slot = first_slot(vocab, hash_of(vocab->tokens[old[i].id]));
        while (vocab->slots[slot].id >= 0)
            slot = (slot + 1) & vocab->mask;
        vocab->slots[slot] = old[i];
    }
    mem_free(old);
}

static void set_token(struct vocab *vocab, struct slice token, int32_t id)
{
    size_t need = (size_t)id + 1;
    if (need > vocab->room) {
        vocab->room = vec_grown(vocab->room, need);
        vocab->tokens = mem_resize(vocab->tokens, vocab->room, sizeof *vocab->tokens);
    }
    while (vocab->size < need)
        vocab->tokens[vocab->size++] = (struct slice){NULL, 0};
    vocab->tokens[id] = token;
}

void vocab_add(struct vocab *vocab, struct slice token, int32_t id)
{
    assert(id >= 0 && id <= VOCAB_MAX_ID);
    uint64_t hash = hash_of(token);
    size_t slot = first_slot(vocab, hash);
    for (; vocab->slots[slot].id >= 0; slot = (slot + 1) & vocab->mask) {
        struct vocab_slot *held = &vocab->slots[slot];
        if (held->tag == (uint32_t)(hash >> 32) && slice_equal(vocab->tokens[held->id], token)) {
            vocab->renumbered |= held->id != id;
            held->id = id;
            set_token(vocab, token, id);
            return;
        }
    }
    set_token(vocab, token, id);
    vocab->slots[slot] = (struct vocab_slot){(uint32_t)(hash >> 32), id};
    vocab->used++;
    if (2 * vocab->used > vocab->mask)
        grow(vocab);
}

int32_t vocab_id(const struct vocab *vocab, struct slice token)
{
    return vocab_find(vocab, (struct slice){NULL, 0}, token, hash_of(token));
}

int32_t vocab_find(const struct vocab *vocab, struct slice prefix, struct slice rest, uint64_t hash)
{
    for (size_t slot = first_slot(vocab, hash); vocab->slots[slot].id >= 0; slot = (slot + 1) & vocab->mask) {
        struct vocab_slot held = vocab->slots[slot];
        if (held.tag != (uint32_t)(hash >> 32))
            continue;
        struct slice token = vocab->tokens[held.id];
        if (token.len == prefix.len + rest.len && slice_starts(token, prefix) &&
            memcmp(token.ptr + prefix.len, rest.ptr, rest.len) == 0)
            return held.id;
    }
    return -1;
}
