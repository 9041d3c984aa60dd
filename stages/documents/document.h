/* document.h - a tokenized document: a record as "tokenize --no-special --spans sentences" writes it.
 *
 *     struct document_rules rules = {.wanted = CARRY_ALL, .needed = CARRY_BIT(CARRY_INPUT_IDS), …};
 *     if (document_read(&rules, in, arena, &document) < 0)
 *         return -1;
 *     struct sentences sentences = document_sentences(&document, arena);
 */
#ifndef DOCUMENTS_DOCUMENT_H
#define DOCUMENTS_DOCUMENT_H

#include "../tokenizer/tokenizer.h"
#include "carried.h"
#include "record/lineage.h"
#include "record/record.h"

/* What documents must have. The first good document decides which of the wanted members are carried, and the round: in
 * one run all documents must be alike. */
struct document_rules {
    unsigned wanted;                   /* members to carry if a document has them: bits of CARRY_… */
    unsigned needed;                   /* those that it must have */
    unsigned used;                     /* those that are read if it has them, carried or not */
    const struct tokenizer *tokenizer; /* to judge ids; may be NULL */
    const char *model;                 /* its path, for messages */
    unsigned zeros;                    /* integer members that are carried, but as zeros: the filter decides them */
    bool no_special;                   /* special tokens are refused */
    bool any_round;                    /* rounds may differ */

    const char *first; /* for messages, what fixes the rest: "the first document" */
    bool fixed;        /* the rest is known */
    unsigned carried;
    uint32_t round;
    uint64_t line; /* of the first document */
};

/* Spans of tokens by their starts, without empty ones. reach[i]: the largest end up to and with span i. */
struct ranges {
    const struct span *spans;
    const uint32_t *reach;
    size_t count;
};

struct document {
    struct record_id id;
    uint32_t round;
    bool says_epoch;
    size_t count; /* tokens */
    unsigned carried;
    const int32_t *ints[CARRY_INTS]; /* NULL: it has none; so for the others */
    struct ranges ranges[CARRY_RANGES];
    const struct span *offsets;
    const struct slice *tokens;
};

/* Reads a document and, if it is the first good one, completes the rules. The document's memory is the arena's and the
 * record's. 0, or -1 with the message. */
int document_read(struct document_rules *rules, const struct record *in, struct arena *arena,
                  struct document *document);

/* The type of a token, 0 in a document without token_type_ids. */
static inline int32_t document_type(const struct document *document, uint32_t token)
{
    const int32_t *types = document->ints[CARRY_TOKEN_TYPE_IDS];
    return types != NULL ? types[token] : 0;
}

/* The sentences of a document, which own every token of it: a sentence begins at its first token, but not before the
 * end of the one before it, and reaches to where the next begins. The first begins with the document, the last ends
 * with it. Spans without a token of their own are no sentences. Sentence i is [starts[i], starts[i + 1]); a document
 * without tokens has none. An array of count + 1, in the arena. */
struct sentences {
    const uint32_t *starts;
    size_t count;
};
struct sentences document_sentences(const struct document *document, struct arena *arena);

#endif
