/* document.h - documents of --against that are kept until what was made of them has come. */
#ifndef CHECK_DOCUMENT_H
#define CHECK_DOCUMENT_H

#include "check.h"

enum { CARRIED_INTS = 5, CARRIED_RANGES = 4 };
extern const char *const carried_ints[];   /* input_ids … token_type_ids */
extern const char *const carried_ranges[]; /* sentence_tokens … */
enum { IDS, WORDS, SPECIAL, ATTENTION, TYPES };

struct document {
    uint64_t uses;
    struct bytes id;   /* its JSON */
    struct bytes root; /* of its root, or the id */
    bool has_epoch;
    uint32_t epoch;
    size_t count;                /* tokens */
    int32_t *ints[CARRIED_INTS]; /* NULL: it has no such member */
    struct span *offsets;
    struct slice *tokens;
    char *spelling; /* what `tokens` points into */
    struct span *ranges[CARRIED_RANGES];
    size_t range_counts[CARRIED_RANGES];
    bool has_ranges[CARRIED_RANGES];
    bool in_order[CARRIED_RANGES]; /* neither the starts nor the ends of the ranges fall */
    struct span *sentences;        /* which own every token, in order; at least one if there is a token */
    size_t sentence_count;
};

/* A copy of a record. NULL with the message if it is no document. One use, that of the caller. */
struct document *document_new(const struct record *record, struct arena *arena);

/* A use ends; frees it after the last one. NULL is ignored. */
void document_drop(struct document *document);

/* The next document of --against; *document NULL at its end. 0, or -1 with the message. */
int document_next(struct check *check, struct arena *arena, struct document **document);

/* Where a sentence ends that has token `from`, or the end of the document. */
size_t document_sentence_end(const struct document *document, size_t from);

/* Is there a border of sentences, or of words, before the token? Without word_ids a token is a word. */
bool document_sentence_border(const struct document *document, size_t token);
bool document_word_border(const struct document *document, size_t token);

/* Where whole sentences from token `from` on end that fit into the room; a first one that does not is cut. */
size_t document_fill(const struct document *document, size_t from, size_t room);

/* The member `sources`; false, with rule `shape` broken, if it is not as it should be. */
struct source {
    struct slice id; /* JSON */
    struct span tokens;
};
bool sources_read(struct check *check, const struct record *in, struct arena *arena, struct source **sources,
                  size_t *count);

/* ---- what is made of documents ---- */

/* A token of a document, or one that a filter has put in. */
struct cell {
    struct document *document; /* NULL: a marker */
    uint32_t token;
    int32_t marker; /* its id */
    int32_t type;   /* token_type_ids where the layout says so; -1: that of the document */
    uint32_t part;  /* what it belongs to: from 1 */
    bool back;      /* its tokens come in falling order */
};

struct cells {
    struct cell *items;
    size_t len, cap;
};

/* The rules for a sequence that is laid out in cells. */
struct sequence_rules {
    size_t tokens, carried, words, ranges, sources, id;
};

/* Applies them, `id` if it is not 0: FIRST@s-LAST@e. Tokens of different parts are different sources. emit:
 * the members that were asked for; empty: all. */
void sequence_check(struct check *check, const struct sequence_rules *rules, const struct record *in,
                    const struct cell *cells, size_t count, const struct words *emit, struct arena *arena);

#endif
