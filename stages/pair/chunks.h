/* chunks.h - a document cut into chunks, each of which becomes two segments or one.
 *
 *     struct chunks chunks = chunks_of(&cutting, &document, sentences, rng);
 *     while (chunks_next(&chunks, &chunk))
 *         … chunk.start, chunk.cut, chunk.end …
 */
#ifndef PAIR_CHUNKS_H
#define PAIR_CHUNKS_H

#include "../documents/document.h"
#include "base/decimal.h"
#include "record/rng.h"

enum task { TASK_NSP, TASK_SOP, TASK_ELECTRA, TASK_SINGLE };

/* How documents are cut: the same for all. */
struct cutting {
    enum task task;
    bool drops; /* nsp, sop: a chunk of one sentence is left out, not cut in two */
    struct decimal short_prob, single_prob;
    uint32_t length, specials; /* of a record, with the special tokens of its template */
};

/* Tokens [start, end) of the document; the first segment ends at `cut`, which is `end` if there is only one. */
struct chunk {
    uint32_t number, target;
    uint32_t start, cut, end;
    bool label;   /* nsp: foreign; sop: exchanged */
    bool cuts;    /* a sentence that is longer than the room, or alone */
    bool dropped; /* it can't be cut, or is not to be */
};

struct chunks {
    const struct cutting *cutting;
    const struct document *document;
    struct sentences sentences;
    struct rng *rng;
    uint32_t number, at; /* of the next chunk; where it starts */
    size_t sentence;     /* the one that `at` is in */
};

struct chunks chunks_of(const struct cutting *cutting, const struct document *document, struct sentences sentences,
                        struct rng *rng);

/* False at the end of the document. A chunk of nsp with the label keeps only its first segment: the next chunk begins
 * where that ends. */
bool chunks_next(struct chunks *chunks, struct chunk *chunk);

#endif
