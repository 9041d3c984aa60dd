/* foreign.h - the documents that foreign segments come from: a tape, in memory or in mapped files, and an index of who
 * they are. Read-only once it is loaded. */
#ifndef PAIR_FOREIGN_H
#define PAIR_FOREIGN_H

#include "../documents/tape.h"
#include "record/rng.h"
#include "record/stage.h"

struct foreign;

/* Reads the file. Its first document completes the rules. Documents without tokens are left out. NULL with the message,
 * also if there are fewer than two documents. */
struct foreign *foreign_load(struct stage_context *context, const char *path, uint64_t max_memory,
                             struct document_rules *rules);
void foreign_free(struct foreign *pool);

/* The documents of the pool from which a document takes no foreign text, ascending. */
struct kin {
    const uint64_t *documents;
    size_t count;
};

/* Those of this id, or of this root. In the arena. */
struct kin foreign_kin(const struct foreign *pool, struct identity self, struct identity root, struct arena *arena);

/* A position on the tape at which a sentence begins, and where its document ends: of a document that is no kin, drawn
 * uniformly, a sentence drawn uniformly. 0, or -1 with the message: there is no other document. */
int foreign_draw(const struct foreign *pool, const struct kin *kin, struct rng *rng, uint32_t chunk, uint64_t *sentence,
                 uint64_t *end);

const struct tape *foreign_tape(const struct foreign *pool);

#endif
