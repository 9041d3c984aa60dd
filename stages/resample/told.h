/* told.h - the text of a point, in sentences: what recombine puts together. */
#ifndef QUERN_RESAMPLE_TOLD_H
#define QUERN_RESAMPLE_TOLD_H

#include "quern.h"

struct told {
    struct slice text, lang;      /* lang: as the record spells it; len 0: none */
    const struct span *sentences; /* in code points: in order, without overlap */
    struct slice *parts;          /* the bytes of each sentence */
    size_t count;
    bool crosses; /* a span of the text is not within one sentence */
    bool annotated;
    struct annotations annotations;
    struct annotation_pieces pieces; /* the sentences */
};

/* Reads the text of a record and keeps what is needed of it in the arena. NULL with the message. */
struct told *told_read(const struct record *in, struct arena *arena);

#endif
