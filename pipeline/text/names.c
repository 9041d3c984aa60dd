/* names.c - see names.h. */
#include "text/names.h"

#include "text/json.h"

#include <assert.h>
#include <stdatomic.h>

/* Names are escaped a block at a time, when the first of a block is needed: a short text has few different tokens. Most
 * names are shorter than CHUNK, so CHUNK bytes are copied first, whatever the length. */
enum { BLOCK_BITS = 6, BLOCK = 1 << BLOCK_BITS, CHUNK = 16 };

struct block {
    struct bytes json;        /* "the","mill", … each with its quotes and a comma; then CHUNK spare bytes */
    size_t starts[BLOCK + 1]; /* where each starts in json, and the end */
};

struct names {
    const struct slice *strings;
    size_t count;
    _Atomic(struct block *) *blocks; /* NULL: not made yet */
};

static size_t blocks_of(size_t count)
{
    return (count + BLOCK - 1) >> BLOCK_BITS;
}

struct names *names_new(const struct slice *strings, size_t count)
{
    struct names *names = mem_zalloc(1, sizeof *names);
    names->strings = strings;
    names->count = count;
    names->blocks = mem_zalloc(blocks_of(count), sizeof *names->blocks);
    return names;
}

static void free_block(struct block *block)
{
    if (block != NULL)
        vec_free(&block->json);
    mem_free(block);
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < blocks_of(names->count); i++)
        free_block(atomic_load_explicit(&names->blocks[i], memory_order_relaxed));
    mem_free(names->blocks);
    mem_free(names);
}

struct slice names_string(const struct names *names, int32_t number)
{
    assert(number >= 0 && (size_t)number < names->count);
    return names->strings[number];
}

static struct block *make_block(const struct names *names, size_t at)
{
    struct block *block = mem_zalloc(1, sizeof *block);
    size_t first = at << BLOCK_BITS, left = names->count - first, count = left < BLOCK ? left : BLOCK;
    for (size_t i = 0; i < count; i++) {
        json_put_string(&block->json, names->strings[first + i]);
        bytes_byte(&block->json, ',');
        block->starts[i + 1] = block->json.len;
    }
    vec_reserve(&block->json, CHUNK);
    memset(block->json.items + block->json.len, 0, CHUNK);
    return block;
}

/* Threads that race for a block build identical ones; the first to publish wins. */
static const struct block *block_at(const struct names *names, size_t at)
{
    struct block *block = atomic_load_explicit(&names->blocks[at], memory_order_acquire);
    if (block != NULL)
        return block;
    struct block *made = make_block(names, at);
    if (atomic_compare_exchange_strong_explicit(&names->blocks[at], &block, made, memory_order_acq_rel,
                                                memory_order_acquire))
        return made;
    free_block(made);
    return block;
}

void names_put(const struct names *names, const int32_t *numbers, size_t count, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        assert(numbers[i] >= 0 && (size_t)numbers[i] < names->count);
        const struct block *block = block_at(names, (size_t)numbers[i] >> BLOCK_BITS);
        const size_t *start = block->starts + ((size_t)numbers[i] & (BLOCK - 1));
        size_t len = start[1] - start[0];
        const char *from = block->json.items + start[0];
        vec_reserve(out, len + CHUNK);
        memcpy(out->items + out->len, from, CHUNK);
        if (len > CHUNK)
            memcpy(out->items + out->len + CHUNK, from + CHUNK, len - CHUNK);
        out->len += len;
    }
    out->len -= count > 0; /* the last comma */
    bytes_byte(out, ']');
}
