/* pool.h - the documents that foreign segments come from: a tape, in memory or in mapped files, and an index of who
 * they are. Read-only once it is loaded. */
#ifndef PAIR_POOL_H
#define PAIR_POOL_H

#include "../documents/tape.h"
#include "record/rng.h"
#include "record/stage.h"

struct pool;

/* Reads the file. Its first document completes the rules. Documents without tokens are left out. NULL with the message,
 * also if there are fewer than two documents. */
struct pool *pool_load(struct stage_context *context, const char *path, uint64_t max_memory,
                       struct document_rules *rules);
void pool_free(struct pool *pool);

/* Who a document is: its own identity and that of its root. */
struct kin {
    struct identity self, root;
};

/* A position on the tape at which a sentence begins, and where its document ends: of a document drawn uniformly from
 * those that are neither of this id nor of its root, a sentence drawn uniformly. 0, or -1 with the message: there is no
 * other document. */
int pool_draw(const struct pool *pool, const struct kin *kin, struct rng *rng, uint32_t chunk, struct arena *arena,
              uint64_t *sentence, uint64_t *end);

const struct tape *pool_tape(const struct pool *pool);

#endif
