/* tape.h - the tokens of documents in a row, with the markers among them: what sequences are cut from.
 *
 *     tape_document(&tape, &document);
 *     tape_add(&tape, &document, 0, 12);          its tokens 0 to 11
 *     tape_marker(&tape, &separator);
 *
 * A position is a number of a token on the tape, markers counted. Only the members that documents carry are on it. It
 * is in memory up to a limit, and in unnamed, mapped files beyond it. Once it is complete, any thread may read it.
 *
 * Functions that return int return 0, or -1 with the message: the files can't grow. */
#ifndef DOCUMENTS_TAPE_H
#define DOCUMENTS_TAPE_H

#include "document.h"
#include "markers.h"
#include "run/region.h"

/* Instead of word_ids, since words are numbered anew in each sequence. */
enum { TAPE_NO_WORD = -1, TAPE_WORD_GOES_ON, TAPE_WORD_BEGINS };

/* [start, end) of positions; reach: the largest end up to and with this one. */
struct extent {
    uint64_t start, end, reach;
};

/* Tokens of a document without a marker between them. */
struct run {
    uint64_t start, end; /* positions */
    uint64_t document;   /* its number */
    uint64_t from;       /* the number of the first token in the document */
};

/* A document on the tape, with its markers. */
struct on_tape {
    uint64_t start, end;
    uint64_t id_at, id_len; /* in `names` */
    char id_kind;
};

struct tape {
    unsigned carried;
    uint64_t count; /* tokens */
    uint64_t max_memory;
    const char *temp_dir;
    bool spilled;
    /* Arrays; tape.c says what their items are. */
    struct region ints[CARRY_INTS], offsets, spelling, spelling_ends, ranges[CARRY_RANGES], runs, documents, names,
        sentences;
};

/* max_memory: in bytes; temp_dir: where files go, not copied. */
int tape_open(struct tape *tape, unsigned carried, uint64_t max_memory, const char *temp_dir);
void tape_close(struct tape *tape);

/* Removes everything. */
void tape_clear(struct tape *tape);

/* Removes what stands before the position, which becomes 0; all others move. */
void tape_trim(struct tape *tape, uint64_t position);

/* Begins a document; what is added from here on belongs to it. */
int tape_document(struct tape *tape, const struct document *document);

/* Adds tokens [from, to) of it. Two calls in a row must not be for neighbours in the document: a span across both would
 * be parted. */
int tape_add(struct tape *tape, const struct document *document, uint32_t from, uint32_t to);

/* Adds a marker. type: its token_type_id. */
int tape_marker(struct tape *tape, const struct marker *marker, int32_t type);

/* A sentence begins at the position. In ascending order. */
int tape_sentence(struct tape *tape, uint64_t position);

/* The items of the arrays. */
static inline const int32_t *tape_ints(const struct tape *tape, int member)
{
    return (const int32_t *)(const void *)tape->ints[member].base;
}

size_t tape_documents(const struct tape *tape);
const struct on_tape *tape_document_at(const struct tape *tape, size_t number);
struct record_id tape_id(const struct tape *tape, const struct on_tape *document);

/* The starts of the sentences in [from, to), ascending: *count positions. */
const uint64_t *tape_sentences(const struct tape *tape, uint64_t from, uint64_t to, size_t *count);

/* The document that the position is in. */
size_t tape_document_of(const struct tape *tape, uint64_t position);

/* The first run, and the first extent of a member of spans, that ends behind the position; *count: how many there are
 * from there on. */
const struct run *tape_runs(const struct tape *tape, uint64_t position, size_t *count);
const struct extent *tape_extents(const struct tape *tape, int member, uint64_t position, size_t *count);

#endif
