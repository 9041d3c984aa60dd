/* stream.h - the rules of stream: stream.c lays the rows out, stream_pair.c finds the two segments of a pair. */
#ifndef CHECK_STREAM_H
#define CHECK_STREAM_H

#include "base/map.h"
#include "document.h"
#include "layout.h"

struct stream_options {
    struct check_options common;
    int64_t rows, length, reuse, max_memory;
    const char *after_sentence, *after_document, *template;
    bool backward_half, pair, drop_last;
    struct words emit;
    struct random_options random;
};

enum stream_rule {
    RULE_ORDER = RULES_COMMON,
    RULE_LENGTH,
    RULE_REUSE,
    RULE_TOKENS,
    RULE_CARRIED,
    RULE_WORDS,
    RULE_RANGES,
    RULE_SOURCES,
    RULE_ID,
    RULE_PAIR,
    LAW_LABELS,
    LAW_ENDS,
    LAW_BEGINNINGS,
};

/* A token of the stream: of a document, or a marker. */
#define STREAM_AFTER_SENTENCE UINT32_MAX
#define STREAM_AFTER_DOCUMENT (UINT32_MAX - 1)
struct stream_item {
    uint32_t document, token;
};

enum { STREAM_BINS = 10 };

struct stream {
    const struct stream_options *given;
    int32_t after_sentence, after_document; /* ids; -1: no such marker */
    size_t reuse;
    struct layout layout;
    VEC(struct document *) documents;
    VEC(struct stream_item) items;
    struct map *places;       /* of an id's JSON: where its document begins in `items` */
    VEC(uint32_t) borders;    /* how many sentences begin before each item */
    size_t rows, row_length;  /* rows that are not turned round, and the tokens of each */
    size_t records, expected; /* so far, and in all */
    struct {
        int32_t *ids;
        size_t count;
    } * before; /* the end of each row's last record */

    /* what has been seen so far */
    double labels[2], ends[STREAM_BINS], ends_expected[STREAM_BINS], beginnings[STREAM_BINS],
        beginnings_expected[STREAM_BINS];
    uint64_t label_count, end_count, beginning_count;
};

/* A record: what stands at [from, to) of a row. */
struct stream_place {
    size_t row, step, from;
};

/* Appends tokens [from, to) of a row. */
void stream_put(const struct stream *stream, size_t row, size_t from, size_t to, int32_t type, uint32_t part,
                struct cells *cells);

bool stream_is_marker(const struct stream *stream, size_t row, size_t i);

/* Where the token of a document stands in a row, or SIZE_MAX. */
size_t stream_find(const struct stream *stream, size_t row, struct slice id, uint32_t token);

/* How many sentences begin at [from, to) of a row; of a row turned round, end there. */
size_t stream_borders(const struct stream *stream, size_t row, size_t from, size_t to);

/* The room of both segments. */
size_t stream_room(const struct stream *stream);

/* Finds A and B in the record, and lays it out. False, with rule `pair` broken, if it is no such pair. */
bool stream_pair_lay_out(struct check *check, struct stream *stream, const struct record *in, const struct row *row,
                         const struct stream_place *place, struct cells *cells, struct arena *arena);
void stream_pair_judge(const struct stream *stream, struct report *report);

#endif
