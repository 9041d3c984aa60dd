/* vocab.c - see vocab.h. */
#include "vocab.h"

#include "base/memory.h"
#include "base/vec.h"

#include <assert.h>

struct vocab_slot {
    uint32_t tag; /* upper half of the hash: rules out most other tokens without reading them */
    int32_t id;   /* -1: free */
};

static uint64_t hash_on(uint64_t hash, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = vocab_hash_byte(hash, text.ptr[i]);
    return hash;
}

static uint64_t hash_of(struct slice token)
{
    return hash_on(vocab_hash_start(), token);
}

/* The low bits of FNV-1a depend only on the low bits of the bytes. */
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
    vocab->room = expected;
    vocab->tokens = mem_zalloc(expected, sizeof *vocab->tokens);
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

static void add_hashed(struct vocab *vocab, struct slice token, uint64_t hash, int32_t id)
{
    assert(id >= 0 && id <= VOCAB_MAX_ID);
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

void vocab_add(struct vocab *vocab, struct slice token, int32_t id)
{
    add_hashed(vocab, token, hash_of(token), id);
}

void vocab_add_many(struct vocab *vocab, const struct slice *tokens, const int32_t *ids, size_t count)
{
    uint64_t hashes[VOCAB_BATCH];
    assert(count <= VOCAB_BATCH);
    for (size_t i = 0; i < count; i++) {
        hashes[i] = hash_of(tokens[i]);
        __builtin_prefetch(&vocab->slots[first_slot(vocab, hashes[i])]);
    }
    for (size_t i = 0; i < count; i++)
        add_hashed(vocab, tokens[i], hashes[i], ids[i]);
}

int32_t vocab_id(const struct vocab *vocab, struct slice token)
{
    return vocab_find(vocab, (struct slice){NULL, 0}, token, hash_of(token));
}

/* memcmp without the call, for what is mostly short. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
    if (len > 16)
        return memcmp(a, b, len) == 0;
    if (len >= 8)
        return memcmp(a, b, 8) == 0 && memcmp(a + len - 8, b + len - 8, 8) == 0;
    if (len >= 4)
        return memcmp(a, b, 4) == 0 && memcmp(a + len - 4, b + len - 4, 4) == 0;
    return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

int32_t vocab_find(const struct vocab *vocab, struct slice prefix, struct slice rest, uint64_t hash)
{
    for (size_t slot = first_slot(vocab, hash); vocab->slots[slot].id >= 0; slot = (slot + 1) & vocab->mask) {
        struct vocab_slot held = vocab->slots[slot];
        if (held.tag != (uint32_t)(hash >> 32))
            continue;
        assert(vocab->tokens != NULL); /* the slot holds a token */
        struct slice token = vocab->tokens[held.id];
        if (token.len == prefix.len + rest.len && same_bytes(token.ptr, prefix.ptr, prefix.len) &&
            same_bytes(token.ptr + prefix.len, rest.ptr, rest.len))
            return held.id;
    }
    return -1;
}

/* The token that a hash most likely belongs to, or NULL. */
static const struct slice *expected(const struct vocab *vocab, uint64_t hash)
{
    struct vocab_slot held = vocab->slots[first_slot(vocab, hash)];
    return held.id >= 0 && held.tag == (uint32_t)(hash >> 32) ? &vocab->tokens[held.id] : NULL;
}

void vocab_find_many(const struct vocab *vocab, const struct vocab_wanted *wanted, size_t count, int32_t *ids)
{
    uint64_t hashes[VOCAB_BATCH];
    const struct slice *token;
    assert(count <= VOCAB_BATCH);
    for (size_t i = 0; i < count; i++) {
        hashes[i] = hash_on(hash_of(wanted[i].prefix), wanted[i].rest);
        __builtin_prefetch(&vocab->slots[first_slot(vocab, hashes[i])]);
    }
    for (size_t i = 0; i < count; i++)
        if ((token = expected(vocab, hashes[i])) != NULL)
            __builtin_prefetch(token);
    for (size_t i = 0; i < count; i++)
        if ((token = expected(vocab, hashes[i])) != NULL)
            __builtin_prefetch(token->ptr);
    for (size_t i = 0; i < count; i++)
        ids[i] = vocab_find(vocab, wanted[i].prefix, wanted[i].rest, hashes[i]);
}
