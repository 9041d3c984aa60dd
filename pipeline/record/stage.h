/* stage.h - the one interface that a filter implements.
 *
 * To add a filter NAME, write these three things and nothing else; the build finds them by name:
 *
 *     stages/NAME.c          const struct stage stage_NAME = { … };   (a dash in NAME becomes _ in C)
 *     man/quern-NAME.1       the manual, whose EXAMPLES are run by the tests
 *     tests/NAME/            *.bats (command line), NAME.triples (records in, records out), unit_*.c (cmocka), *.sh
 *                            (anything else that prints TAP); `options` and `input`: see tests/filters.bash
 *
 * The smallest filter of the tree is stages/cat.c; head.c is ORDERED, tail.c holds records over blocks, sample.c is
 * WHOLE in two passes.
 *
 * A filter receives records and emits records. The runner (run/runner.c) handles files, threads, spools, signals, the
 * order of the output, bad records and the exit status; a filter does no input or output of its own. */
#ifndef QUERN_STAGE_H
#define QUERN_STAGE_H

#include "base/crew.h"
#include "record/options.h"
#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage_class {
    STAGE_MAP,     /* a pure function of each record: any thread, any machine */
    STAGE_ASYNC,   /* MAP through a co-process (run/child.h), which answers while other records are read; the runner
                      keeps the order */
    STAGE_ORDERED, /* depends on the order of its input: one thread */
    STAGE_WHOLE,   /* needs all of its input before it emits, in `end` or `apply`: a barrier in a chain */
};

/* What the runner passes to `open`. */
struct stage_context {
    const void *options;          /* the struct that the options table fills */
    enum stage_class class;       /* the filter's; `open` of a WHOLE filter may narrow it to what these options need,
                                     and then `merge`, `end` and `apply` are not called */
    bool in_order;                /* set it to have `record` called in one thread, in the order of the input, whatever
                                     the class: for a filter to which the first record says something */
    const char *encoding;         /* lines_in: set it to have the input converted from this charset (ICU's name) */
    bool pieces;                  /* lines_in: set it to get the input in pieces instead of lines, cut anywhere */
    const struct words *files;    /* the input files; none: standard input */
    const char *folder;           /* of a filter with `folder_file`: the folder that -o names; NULL: it names a file */
    const char *temp_dir;         /* --temp-dir: where temporary files go */
    unsigned in_flight;           /* ASYNC: how many blocks of records to have under way at least; set it */
    bool terminal;                /* the chain writes to a terminal */
    bool color;                   /* and colours are wanted on it */
    unsigned columns;             /* width of the terminal; 0 if there is none, or the width is unknown */
    int64_t max_line;             /* --max-line */
    unsigned depth;               /* --max-depth */
    const struct words *operands; /* of a filter with `operands`; else NULL */
    const struct link *link;
    struct chain *chain;
};

/* What a filter did in a whole run, for `notes`. */
struct totals {
    uint64_t in, out;         /* records */
    const uint64_t *counters; /* the filter's own, in the order of their names */
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
    const char *example; /* for --help, run by a test: "$ COMMAND" and what it prints, in lines of 78 columns; "…" in
                            what it prints stands for anything */
    enum stage_class class;
    bool lines_in; /* its records are the raw lines of the input, in order and not parsed: only first in a chain. A line
                      ends with LF, CRLF (whose CR is still part of it) or CR; record->tail is the byte that ended it,
                      or empty at the end of the input. */
    bool text_out; /* writes text (rec_show) or bytes (rec_bytes) instead of records: only last in a chain */
    const char *folder_file; /* text_out: what it writes can be this file of a folder, with others beside it
                                (chain_output), if -o names a folder: DIR/, or one that exists; NULL: it can't */

    const struct option *options;     /* ends with {0}; may be NULL */
    size_t options_size;              /* of the struct that the table fills */
    const char *operands;             /* NULL, the usual case: operands are input files. Otherwise, with lines_in, their
                                         placeholder: the filter gets them in context->operands and has no input */
    const struct stage *const *verbs; /* "train count" …: filters of their own; ends in NULL; may be NULL */

    /* Lists of members, ending in NULL; for `quern stages`, --help, and the check of the man page. Most stale members
     * follow from what a filter sets (run/stale.h); `invalidates` lists the others, those that become stale whatever is
     * set, because the tokens are now another tokenizer's. The runner refuses a record with stale members, or removes
     * them under --drop-stale, unless the filter has set, confirmed (rec_confirm) or removed them itself. */
    const char *const *reads, *const *writes, *const *invalidates;
    bool sets_any; /* it may set members of any name */

    const char *const *counters; /* names for sink_count; ends in NULL; may be NULL */

    /* Makes what all threads share: models, lexicons, numbers computed from the options. Read-only afterwards (for a
     * WHOLE filter, until `merge`). If NULL, `shared` is the options. 0, or -1 with the message, which is a usage
     * error; `close` is not called then, so `open` must free what it made. */
    int (*open)(struct stage_context *context, void **shared);
    void (*close)(void *shared);

    /* Makes the private state of one thread: iterators, caches, scratch memory. If NULL, `thread` is `shared`. */
    int (*thread_open)(void *shared, void **thread);
    void (*thread_close)(void *thread);

    /* Processes one record and emits any number of records. 0, or -1 with the message if the record is bad: then
     * nothing that was emitted for it is written, and the runner does what --on-error says. A failure that is not the
     * record's fault (such as a full disk, with a message from diag_errno or diag_kind) ends the run. */
    int (*record)(void *thread, const struct record *in, struct sink *out);

    /* Instead of `record`, for filters that process several records at once, in order; they report bad ones with
     * sink_reject. 0, or -1 with the message if the run can't go on. */
    int (*records)(void *thread, const struct batch *in, struct sink *out);

    /* WHOLE: adds the summary of one thread to `shared`. With it, `record` runs in all threads at once, so the result
     * must not depend on which thread saw which record. Without it, `record` runs in one thread, in order. Called once
     * for each thread, after all input. */
    int (*merge)(void *shared, void *thread);

    /* Emits what is left after all input; may be NULL. WHOLE: called again as long as it returns 1; each call should
     * emit about a block. 0: done; -1 with the message. ORDERED: called once, with the thread's state. */
    int (*end)(void *shared, struct sink *out);

    /* WHOLE in two passes: `record` only summarises, `end` (called once, emits nothing) completes `shared`, and then
     * `apply` gets every record that was not bad again, as a MAP with `shared` as its state, or in one thread if it
     * must see them in order (apply_in_order). Between the passes the runner keeps the records: it reads the files
     * again, or a spool. */
    int (*apply)(void *shared, const struct record *in, struct sink *out);
    bool apply_in_order;

    /* Two passes: what comes after all records, such as records that the filter has made. parts(shared), asked after
     * `end`, says how many parts there are; `part` emits one, numbered from 0 and of about a block, as `apply` does: in
     * any thread, or in order. May be NULL. */
    uint64_t (*parts)(const void *shared);
    int (*part)(void *shared, uint64_t number, struct sink *out);

    /* Called after all input, before the outputs of the run get their names: completes what else was written, and
     * judges what is known only now. 0, or -1 with the message: the run has failed. May be NULL. */
    int (*finish)(void *shared);

    /* Called after a run that has succeeded: tells the user with diag_note what the records don't show and would
     * surprise: what was cut, dropped or had no effect. One note for the run, with numbers; the numbers are counters
     * too. May be NULL. */
    void (*notes)(const void *shared, const struct totals *totals);
};

/* ---- what a filter may call in `record`, `records`, `apply` and `end` ---- */

/* Calls record(state, record, out) for each record of the batch, as for `record` above. 0, or -1 if the run can't go
 * on. */
int sink_each(struct sink *out, const struct batch *in, int (*record)(void *, const struct record *, struct sink *),
              void *state);

/* The same for one record. */
int sink_one(struct sink *out, const struct record *in, int (*record)(void *, const struct record *, struct sink *),
             void *state);

/* Memory for emitted records: lives until the last filter of the chain has seen them. */
struct arena *sink_arena(struct sink *out);

/* Passes a record to the next filter: an input record, or one from rec_new, rec_derive or rec_show. Fails (-1) if
 * members of it have become stale, so return what it returns. A record kept from an earlier call (rec_copy, keep.h)
 * must be copied again, into the sink's arena: it may be freed before it is written. */
int sink_emit(struct sink *out, const struct record *record);

/* The same, to output number `output` of chain_output instead of the next filter: only last in a chain. */
int sink_emit_to(struct sink *out, unsigned output, const struct record *record);

/* ORDERED, in `record`: the filter needs no further records; the run ends successfully without reading the rest. */
void sink_done(struct sink *out);

/* WHOLE, in `end`: the threads of the run, which have nothing else to do then. */
struct crew *sink_crew(const struct sink *out);

/* Adds to counters[which]; --stats has the sums over all threads. */
void sink_count(struct sink *out, size_t which, uint64_t add);

/* For filters that do not use `record`: names the record that is processed now, and reports a bad one. */
void sink_at(struct sink *out, const struct record *in);
void sink_reject(struct sink *out, const struct record *in);

/* Counts a record that the filter has read itself (side_next, or from pieces), good or bad, as an input record. */
void sink_took(struct sink *out, const struct record *in);

/* The charset from which the current lines were converted; NULL: they are as they were read. */
const char *sink_charset(const struct sink *out);

/* ---- what a filter may call in `open` ---- */

/* Did the user give the option on the command line? */
bool opt_given(const struct stage_context *context, const char *option);

/* An object that several filters of a chain share, such as a model or a lexicon: it is loaded once for each kind and
 * path. NULL, with the message, if `load` fails. The runner frees it after all filters are closed. */
const void *chain_share(struct stage_context *context, const char *kind, const char *path,
                        void *(*load)(const char *path), void (*release)(void *));

/* Reads a second input, record by record, in order; a record and its arena live only during the call of `record`, which
 * returns 0, or -1 with the message. 0, or -1 with the message: file, line, and what is wrong. */
int chain_read(struct stage_context *context, const char *path,
               int (*record)(void *state, const struct record *record, struct arena *arena), void *state);

/* The same, one record per call, for filters that read several inputs at once: open them in `open`, read them in `end`.
 * NULL with the message. */
struct side *side_open(const struct stage_context *context, const char *path);
void side_close(struct side *side);

/* 1 and the next record, valid until the next call; 0 at the end; -1 with the message if the input can't be read;
 * SIDE_BAD with the message if the line is bad: *record holds it, for sink_reject. */
enum { SIDE_BAD = 2 };
int side_next(struct side *side, const struct record **record);

/* Adds a file that the run writes besides its output, compressed if its name says so (base/pack.h). Either all outputs
 * of a run appear or none. Returns the number for sink_emit_to. The path is copied. */
unsigned chain_output(struct stage_context *context, const char *path);

/* All filters; the build generates this list from the files in stages/. Ends in NULL. */
extern const struct stage *const stages[];

#endif
