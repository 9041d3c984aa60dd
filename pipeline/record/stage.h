/* stage.h - the one interface that a filter implements.
 *
 * To add a filter NAME, write three things and nothing else; the build collects them by their names:
 *
 *     stages/NAME.c          const struct stage stage_NAME = { … };   (a dash in NAME is a _ in C)
 *     man/quern-NAME.1       the manual, whose EXAMPLES are run by the tests
 *     tests/NAME/            *.bats (command line), NAME.triples (records in, records out), unit_*.c (cmocka), *.sh
 *                            (anything else that prints TAP); `options` and `input`: see tests/filters.bash
 *
 * The smallest filter of the tree is stages/cat.c; head.c is ORDERED, tail.c holds records over blocks, sample.c is
 * WHOLE in two passes.
 *
 * A filter sees records and emits records. Files, threads, spools, signals, the order of output, what becomes of a bad
 * record and the exit belong to the runner (run/runner.c); a filter does no input or output of its own. */
#ifndef QUERN_STAGE_H
#define QUERN_STAGE_H

#include "record/options.h"
#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage_class {
    STAGE_MAP,     /* pure per record: any thread, any machine */
    STAGE_ASYNC,   /* MAP through a co-process; the runner keeps the order */
    STAGE_ORDERED, /* depends on the order of its input: one thread */
    STAGE_WHOLE,   /* needs all of its input before it emits, in `end` or `apply`: a barrier in a chain */
};

/* What the runner gives to `open`. */
struct stage_context {
    const void *options;          /* the struct that the options table fills */
    enum stage_class class;       /* the filter's; `open` of a WHOLE filter may narrow it to what these options need:
                                     then there is no `merge`, `end` or `apply` */
    const char *encoding;         /* lines_in: set it to have the input converted from this charset (ICU's name) */
    const char *temp_dir;         /* --temp-dir: where temporary files go */
    bool terminal;                /* the chain writes to a terminal */
    bool color;                   /* and that terminal is to be given colours */
    unsigned columns;             /* and so wide; 0 if it is no terminal, or the width is not known */
    int64_t max_line;             /* --max-line */
    unsigned depth;               /* --max-depth */
    const struct words *operands; /* of a filter with `operands`; else NULL */
    const struct link *link;
    struct chain *chain;
};

struct sink;

/* Records that arrive together; records[i] is immutable. */
struct batch {
    const struct record **records;
    size_t count;
};

struct stage {
    const char *name;    /* "mask"; of a verb "train count" */
    const char *summary; /* "hide tokens for a masked language model to predict" */
    enum stage_class class;
    bool lines_in; /* its records are the raw lines of the input, in order, not parsed: first in a chain only */
    bool text_out; /* writes text instead of records (rec_show): last in a chain only */

    const struct option *options;     /* ends with {0}; may be NULL */
    size_t options_size;              /* of the struct that the table fills */
    const char *operands;             /* NULL: input files, the usual; else, with lines_in, their placeholder: they are
                                         handed over in context->operands, and there is no input */
    const struct stage *const *verbs; /* "train count" …: filters of their own; ends in NULL; may be NULL */

    /* Members, ends in NULL; for `quern stages`, --help, and the check of the man page. What a filter makes stale
     * follows from what it sets (run/stale.h); `invalidates` is for what does not: what becomes stale whatever is set,
     * because the tokens are another tokenizer's. The runner refuses a record with stale members, or removes those
     * under --drop-stale, unless the filter has set, confirmed (rec_confirm) or removed them itself. */
    const char *const *reads, *const *writes, *const *invalidates;

    const char *const *counters; /* names of what sink_count counts; ends in NULL; may be NULL */

    /* What all threads share: models, lexicons, numbers worked out from the options. Read-only afterwards, for a WHOLE
     * filter up to `merge`. If NULL, `shared` is the options. 0, or -1 with the message: a usage error; it is not
     * closed then, so it frees what it made. */
    int (*open)(struct stage_context *context, void **shared);
    void (*close)(void *shared);

    /* What one thread has for itself: iterators, caches, scratch. If NULL, `thread` is `shared`. */
    int (*thread_open)(void *shared, void **thread);
    void (*thread_close)(void *thread);

    /* One record: emits 0..n records. 0, or -1 with the message if the record is bad: then nothing that was emitted
     * for it goes out, and the runner does what --on-error says. A failure that is not the record's fault (a full
     * disk: its message is from diag_errno or diag_fail) ends the run. */
    int (*record)(void *thread, const struct record *in, struct sink *out);

    /* Instead of `record`, for filters that look at several records at once: in order, bad ones by sink_reject.
     * 0, or -1 with the message if the run can't go on. */
    int (*records)(void *thread, const struct batch *in, struct sink *out);

    /* WHOLE: adds what a thread has summarised to `shared`. With it, `record` runs in every thread at once; the
     * summaries must not depend on who saw what. Without it, `record` runs in one thread, in order. Called for each
     * thread once, when all input has been seen. */
    int (*merge)(void *shared, void *thread);

    /* What is left when all input has been seen; may be NULL. WHOLE: called again for as long as it returns 1: each
     * call should emit a block's worth. 0: done; -1 with the message. ORDERED: called once, with the thread's state. */
    int (*end)(void *shared, struct sink *out);

    /* WHOLE in two passes: `record` only summarises, `end` (called once, emits nothing) makes up `shared`, and then
     * every record that was not bad comes again, here, as to a MAP with `shared` as its state; or, if the filter counts
     * them (apply_in_order), in one thread. The runner keeps the records in between: it reads the files again, or a
     * spool. */
    int (*apply)(void *shared, const struct record *in, struct sink *out);
    bool apply_in_order;
};

/* ---- what a filter may call in `record`, `records`, `apply` and `end` ---- */

/* Calls record(state, record, out) for each record of the batch, as for `record` above. 0, or -1 if the run can't go
 * on. */
int sink_each(struct sink *out, const struct batch *in, int (*record)(void *, const struct record *, struct sink *),
              void *state);

/* Memory for what is emitted: lives until the last filter of the chain has seen it. */
struct arena *sink_arena(struct sink *out);

/* Gives a record to the next filter: one that came in, or one from rec_new, rec_derive or rec_show. Fails (-1) if
 * members of it have become stale, so return what it returns. A record that the filter has kept from an earlier call
 * (rec_copy, keep.h) must be copied again, into the sink's arena: it may be gone before it is written. */
int sink_emit(struct sink *out, const struct record *record);

/* The same, to output number `output` of chain_output instead of the next filter: last in a chain only. */
int sink_emit_to(struct sink *out, unsigned output, const struct record *record);

/* ORDERED, in `record`: no further record is wanted; the run ends well without reading the rest of the input. */
void sink_done(struct sink *out);

/* Counts towards counters[which]; the sums over all threads are in --stats. */
void sink_count(struct sink *out, size_t which, uint64_t add);

/* For filters that do not use `record`: the record that is being worked on now, and one that is bad. */
void sink_at(struct sink *out, const struct record *in);
void sink_reject(struct sink *out, const struct record *in);

/* Counts a record that the filter has read itself, good or bad, as one that came in (side_next). */
void sink_took(struct sink *out, const struct record *in);

/* ---- what a filter may call in `open` ---- */

/* Was the option given, on the command line and not by its default? */
bool opt_given(const struct stage_context *context, const char *option);

/* Something that several filters of a chain share by name: a model or a lexicon is loaded once. kind and path
 * tell them apart. NULL, with the message, if load fails. Freed by the runner, after every close. */
const void *chain_share(struct stage_context *context, const char *kind, const char *path,
                        void *(*load)(const char *path), void (*release)(void *));

/* Reads a second input, record by record, in order; the record and its arena live only as long as the call.
 * record: 0, or -1 with the message. 0, or -1 with the message: file, line, and what was wrong. */
int chain_read(struct stage_context *context, const char *path,
               int (*record)(void *state, const struct record *record, struct arena *arena), void *state);

/* The same a record at a time, for filters that read several inputs at once: opened in `open`, read in `end`. NULL with
 * the message. */
struct side *side_open(const struct stage_context *context, const char *path);
void side_close(struct side *side);

/* 1 and the next record, valid until the next call; 0 at the end; -1 with the message if the input can't be read;
 * SIDE_BAD with the message if the line is bad: *record holds it, for sink_reject. */
enum { SIDE_BAD = 2 };
int side_next(struct side *side, const struct record **record);

/* One more file that the run writes, beside its output; a name in .zst compresses. All of them are finished together,
 * or none. Returns the number for sink_emit_to. The path is copied. */
unsigned chain_output(struct stage_context *context, const char *path);

/* Every filter, made by the build from the files in stages/; ends in NULL. */
extern const struct stage *const stages[];

#endif
