/* translate.h - the parts of translate, which share these.
 *
 *     translate.c              options, open, records, the end
 *     translate/pieces.c       a text in pieces, and back
 *     translate/requests.c     what the engines are asked about a batch, and what they answer
 *     translate/backward.c     the variants that are made of the answers
 *     translate/apertium.c     Apertium's form of requests and replies
 *     translate/apertium_pair.c    the programs of a pair
 *     translate/apertium_tagger.c  what a pair remembers of earlier texts, and how to prevent it */
#ifndef QUERN_TRANSLATE_TRANSLATE_H
#define QUERN_TRANSLATE_TRANSLATE_H

#include "../rewriting/distinct.h"
#include "../rewriting/retold.h"
#include "../segmenter/sentences.h"
#include "pieces.h"
#include "quern.h"
#include "run/child.h"

enum { ENGINE_NONE, ENGINE_APERTIUM };
enum { ENTITIES_CHECK, ENTITIES_AROUND };
enum { EMIT_BOTH, EMIT_SYNTHETIC };

struct translate_options {
    int engine, protocol, entities, emit;
    const char *pair, *command, *back_command, *source, *field, *lang;
    struct words pivot;
    int64_t num, recombine, min_chars;
    struct decimal max_ratio;
    struct random_options random;
    struct child_options child;
};

enum {
    COUNT_REQUESTS,
    COUNT_CACHED,
    COUNT_FAILED,
    COUNT_UNSENT,
    COUNT_VARIANTS,
    COUNT_EQUAL,
    COUNT_ENTITY_LOST,
    COUNT_SHORT,
    COUNT_RATIO,
    COUNT_OTHER_LANG,
};
/* There and back through one language. */
struct route {
    const char *pivot; /* "" if it is not known */
    struct child *there, *back;
};

struct translate {
    const struct translate_options *given;
    struct child_options one_by_one; /* those of a pair of Apertium that needs a fresh process for each text */
    struct slice field;
    const char *source; /* "" if it is not known */
    char *from_pair;    /* memory of source and pivot */
    struct words names; /* of Apertium's engines: memory that they use */
    struct route *routes;
    size_t route_count;
    bool objects;
    struct rng_key key;
    struct abbreviations *abbreviations;
};

/* A record and what becomes of it. */
struct job {
    struct retold retold;
    const char *error; /* the record is bad: why */
    bool passes;       /* nothing is made of it */
    struct pieces pieces;
    size_t first; /* of its pieces, among those of the batch */
};

/* The translations of a piece through one language and back. */
struct result {
    const struct slice *texts;
    size_t count;
    const char *reason; /* why there is none */
};

struct translator {
    const struct translate *translate;
    struct breaks *breaks;
    struct passage passage;
    struct spans sentences;
    struct distinct distinct;
    struct changes changes;
    struct bytes text;

    /* Of the batch. */
    struct job *jobs;
    size_t at; /* the next to be written */
    struct slice *requests;
    size_t request_count;
    struct result **results; /* [route][piece of the batch] */
};

/* Reads all records of the batch into translator->jobs, and translates their pieces: translator->results. 0, or -1 with
 * the message: the run can't go on. */
int requests_ask(struct translator *translator, const struct batch *in, struct sink *out);

/* Emits the variants of a record. 0, or -1 with the message. */
int backward_emit(struct translator *translator, const struct job *job, struct sink *out);

#endif
