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

/* Who a document is: its own identity and that of its root. */
struct kin {
    struct identity self, root;
};

/* A position on the tape at which a sentence begins, and where its document ends: of a document drawn uniformly from
 * those that are neither of this id nor of its root, a sentence drawn uniformly. 0, or -1 with the message: there is no
 * other document. */
int foreign_draw(const struct foreign *pool, const struct kin *kin, struct rng *rng, uint32_t chunk,
                 struct arena *arena, uint64_t *sentence, uint64_t *end);

const struct tape *foreign_tape(const struct foreign *pool);

#endif
