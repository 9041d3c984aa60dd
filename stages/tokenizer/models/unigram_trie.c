/* unigram_trie.c - see unigram_trie.h. */
#include "unigram_trie.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"

#include <assert.h>
#include <stdlib.h>

enum {
    BLOCK = 256,           /* the children of a node are in one block */
    MOST_NODES = 1 << 23,  /* as many as the bits of a link can number */
    TRIE_FREE = 0x1ff,     /* not a byte */
    ROOT = 0x100,          /* not a byte either */
    FULL_AFTER_TRIES = 64, /* after this many failed placements a block is given up */
};

/* Keys [from, to) begin with the `depth` bytes that lead to the node. */
struct branch {
    size_t from, to;
    uint32_t depth, node;
};

struct builder {
    struct trie *trie;
    const struct trie_key *keys;
    uint8_t *base_used;  /* by base */
    size_t first_open;   /* the first block that is not given up */
    VEC(uint32_t) tries; /* by block */
    VEC(struct branch) work;
};

static int by_bytes(const void *a, const void *b)
{
    const struct trie_key *left = a, *right = b;
    int order = slice_compare(left->bytes, right->bytes);
    return order != 0 ? order : (left->value > right->value) - (left->value < right->value);
}

static int add_block(struct builder *builder)
{
    struct trie *trie = builder->trie;
    if (trie->count + BLOCK > MOST_NODES)
        return diag_error("the vocabulary is too large to be indexed");
    trie->nodes = mem_resize(trie->nodes, trie->count + BLOCK, sizeof *trie->nodes);
    builder->base_used = mem_resize(builder->base_used, trie->count + BLOCK, 1);
    for (size_t i = 0; i < BLOCK; i++) {
        trie->nodes[trie->count + i] = (struct trie_node){TRIE_FREE, -1};
        builder->base_used[trie->count + i] = 0;
    }
    trie->count += BLOCK;
    vec_push(&builder->tries, 0);
    return 0;
}

static bool is_free(const struct trie *trie, size_t node)
{
    return (trie->nodes[node].link & 0x1ff) == TRIE_FREE;
}

/* A base in the block for which the places of all the bytes are free. */
static bool find_in_block(const struct builder *builder, size_t block, const uint8_t *bytes, size_t count,
                          uint32_t *base)
{
    const struct trie *trie = builder->trie;
    for (size_t place = block * BLOCK; place < (block + 1) * BLOCK; place++) {
        if (!is_free(trie, place))
            continue;
        size_t candidate = place ^ bytes[0], i = 1;
        if (builder->base_used[candidate])
            continue;
        while (i < count && is_free(trie, candidate ^ bytes[i]))
            i++;
        if (i == count) {
            *base = (uint32_t)candidate;
            return true;
        }
    }
    return false;
}

static int find_base(struct builder *builder, const uint8_t *bytes, size_t count, uint32_t *base)
{
    size_t blocks = builder->trie->count / BLOCK;
    for (size_t block = builder->first_open; block < blocks; block++) {
        if (builder->tries.items[block] >= FULL_AFTER_TRIES)
            continue;
        if (find_in_block(builder, block, bytes, count, base))
            return 0;
        builder->tries.items[block]++;
    }
    while (builder->first_open < blocks && builder->tries.items[builder->first_open] >= FULL_AFTER_TRIES)
        builder->first_open++;
    if (add_block(builder) != 0)
        return -1;
    return find_in_block(builder, blocks, bytes, count, base) ? 0 : diag_error("the vocabulary can't be indexed");
}

/* Places the children of a node. */
static int place_children(struct builder *builder, struct branch branch)
{
    struct trie *trie = builder->trie;
    const struct trie_key *keys = builder->keys;
    uint8_t bytes[256];
    size_t starts[257], count = 0;
    for (; branch.from < branch.to && keys[branch.from].bytes.len == branch.depth; branch.from++)
        trie->nodes[branch.node].value = keys[branch.from].value;
    for (size_t i = branch.from; i < branch.to; i++) {
        uint8_t byte = (uint8_t)keys[i].bytes.ptr[branch.depth];
        if (count == 0 || bytes[count - 1] != byte) {
            bytes[count] = byte;
            starts[count++] = i;
        }
    }
    starts[count] = branch.to;
    uint32_t base = 0;
    if (count == 0)
        return 0;
    if (find_base(builder, bytes, count, &base) != 0)
        return -1;
    builder->base_used[base] = 1;
    trie->nodes[branch.node].link = (trie->nodes[branch.node].link & 0x1ff) | base << 9;
    for (size_t i = 0; i < count; i++) {
        trie->nodes[base ^ bytes[i]].link = bytes[i];
        struct branch child = {starts[i], starts[i + 1], branch.depth + 1, base ^ bytes[i]};
        vec_push(&builder->work, child);
    }
    return 0;
}

int trie_build(struct trie *trie, struct trie_key *keys, size_t count)
{
    struct builder builder = {.trie = trie, .keys = keys};
    *trie = (struct trie){0};
    qsort(keys, count, sizeof *keys, by_bytes);
    if (add_block(&builder) != 0) /* the root's block */
        return -1;
    int status = 0;
    /* Base 0 is reserved for leaves: no node carries the byte that equals its own number, so nothing leads on from a
     * leaf. */
    assert(builder.base_used != NULL);
    builder.base_used[0] = 1;
    trie->nodes[0].link = ROOT;
    vec_push(&builder.work, ((struct branch){0, count, 0, 0}));
    while (status == 0 && builder.work.len > 0) {
        struct branch branch = builder.work.items[--builder.work.len];
        status = place_children(&builder, branch);
    }
    vec_free(&builder.work);
    vec_free(&builder.tries);
    mem_free(builder.base_used);
    if (status != 0)
        trie_free(trie);
    return status;
}

void trie_free(struct trie *trie)
{
    mem_free(trie->nodes);
    *trie = (struct trie){0};
}
