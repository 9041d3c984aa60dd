/* foreign.c - see foreign.h. */
#include "foreign.h"

#include "base/diag.h"
#include "base/search.h"
#include "draws.h"
#include "record/lineage.h"

#include <inttypes.h>
#include <stdlib.h>

/* A document of the pool, by one of its identities: its own or its root's. */
struct name {
    struct identity identity;
    uint64_t document;
};

struct foreign {
    struct tape tape;
    bool open; /* the tape is */
    const char *path;
    struct stage_context *context;
    struct document_rules *rules;
    uint64_t max_memory;
    VEC(struct name) names; /* sorted */
};

/* ---- loading ---- */

static int open_tape(struct foreign *pool)
{
    if (pool->open)
        return 0;
    pool->open = true;
    return tape_open(&pool->tape, pool->rules->carried, pool->max_memory, pool->context->temp_dir);
}

static int compare(struct identity a, struct identity b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static int add_document(void *state, const struct record *in, struct arena *arena)
{
    struct foreign *pool = state;
    struct document document;
    struct identity self, root;
    if (document_read(pool->rules, in, arena, &document) < 0 || lineage_identity(in, SLICE("text"), arena, &self) < 0 ||
        lineage_root(in, SLICE("text"), arena, &root) < 0)
        return -1;
    if (open_tape(pool) < 0)
        return -1;
    if (document.count == 0)
        return 0;
    uint64_t number = tape_documents(&pool->tape), start = pool->tape.count;
    struct sentences sentences = document_sentences(&document, arena);
    if (tape_document(&pool->tape, &document) < 0)
        return -1;
    for (size_t i = 0; i < sentences.count; i++)
        if (tape_sentence(&pool->tape, start + sentences.starts[i]) < 0)
            return -1;
    vec_push(&pool->names, ((struct name){self, number}));
    if (compare(root, self) != 0)
        vec_push(&pool->names, ((struct name){root, number}));
    return tape_add(&pool->tape, &document, 0, (uint32_t)document.count);
}

static int by_identity(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int order = compare(x->identity, y->identity);
    return order != 0 ? order : (x->document > y->document) - (x->document < y->document);
}

struct foreign *foreign_load(struct stage_context *context, const char *path, uint64_t max_memory,
                             struct document_rules *rules)
{
    struct foreign *pool = mem_zalloc(1, sizeof *pool);
    pool->path = path;
    pool->context = context;
    pool->rules = rules;
    pool->max_memory = max_memory;
    if (chain_read(context, path, add_document, pool) < 0) {
        foreign_free(pool);
        return NULL;
    }
    size_t count = pool->open ? tape_documents(&pool->tape) : 0;
    if (count < 2) {
        (void)diag_error("--pool: %s has %zu document%s with tokens, and foreign text needs two or more", path, count,
                         diag_s(count));
        foreign_free(pool);
        return NULL;
    }
    qsort(pool->names.items, pool->names.len, sizeof *pool->names.items, by_identity);
    return pool;
}

void foreign_free(struct foreign *pool)
{
    if (pool == NULL)
        return;
    if (pool->open)
        tape_close(&pool->tape);
    vec_free(&pool->names);
    mem_free(pool);
}

const struct tape *foreign_tape(const struct foreign *pool)
{
    return &pool->tape;
}

/* ---- drawing ---- */

/* The names with this identity: the first, and how many. */
static const struct name *find(const struct foreign *pool, struct identity identity, size_t *count)
{
    size_t low;
    search_first(low, pool->names.len, compare(pool->names.items[low].identity, identity) < 0);
    *count = 0;
    while (low + *count < pool->names.len && compare(pool->names.items[low + *count].identity, identity) == 0)
        ++*count;
    return pool->names.items + low;
}

struct kin foreign_kin(const struct foreign *pool, struct identity self, struct identity root, struct arena *arena)
{
    size_t of_self, of_root, n = 0, a = 0, b = 0;
    const struct name *selves = find(pool, self, &of_self), *roots = find(pool, root, &of_root);
    uint64_t *found = arena_array(arena, of_self + of_root, sizeof *found);
    while (a < of_self || b < of_root) {
        bool first = b == of_root || (a < of_self && selves[a].document <= roots[b].document);
        uint64_t document = first ? selves[a++].document : roots[b++].document;
        if (n == 0 || found[n - 1] != document)
            found[n++] = document;
    }
    return (struct kin){found, n};
}

int foreign_draw(const struct foreign *pool, const struct kin *kin, struct rng *rng, uint32_t chunk, uint64_t *sentence,
                 uint64_t *end)
{
    size_t all = tape_documents(&pool->tape), sentences;
    if (kin->count == all)
        return diag_error("%s has no document but those of this id and its root, so there is no foreign text (--pool)",
                          pool->path);
    uint64_t document = rng_below(rng, draw_number(DRAW_DOCUMENT, chunk), all - kin->count);
    for (size_t i = 0; i < kin->count && kin->documents[i] <= document; i++)
        document++;
    const struct on_tape *drawn = tape_document_at(&pool->tape, (size_t)document);
    const uint64_t *starts = tape_sentences(&pool->tape, drawn->start, drawn->end, &sentences);
    *sentence = starts[rng_below(rng, draw_number(DRAW_SENTENCE, chunk), sentences)];
    *end = drawn->end;
    return 0;
}
