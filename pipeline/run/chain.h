/* chain.h - from a command line to open filters: the static part of a run.
 *
 *     chain_add … chain_open … (the runner) … chain_free */
#ifndef QUERN_CHAIN_H
#define QUERN_CHAIN_H

#include "base/diag.h"
#include "record/options.h"
#include "record/stage.h"

#include <stdbool.h>

/* Options that every filter has of its own, even inside a chain. */
struct common_options {
    bool drop_stale;
};
extern const struct option common_option_table[];

/* One filter of a chain. */
struct link {
    const struct stage *stage;
    enum stage_class class; /* that of the stage, or what `open` has narrowed it to */
    bool in_order;          /* one thread, in the order of the input; set by chain_open */
    char *program;          /* "quern-mask": starts its messages */
    void *options;          /* of stage->options_size bytes */
    bool *given;            /* for each of stage->options: did the user give it? */
    struct common_options common;
    struct slice field; /* the member that it processes: stale_field; set by chain_open */
    void *shared;
    bool open;
};

/* An object that filters share: chain_share. */
struct shared_object {
    const char *kind;
    char *path;
    void *object;
    void (*release)(void *);
};

struct chain {
    VEC(struct link) links;
    VEC(struct shared_object) objects;
    VEC(char *) outputs;  /* paths: chain_output */
    const char *encoding; /* of the input, if the filter with lines_in has asked for one */
    bool pieces;          /* the same filter wants the text uncut */
    unsigned in_flight;   /* how many blocks ASYNC filters want under way; 0: there are none */
};

/* The filter of this name; NULL, with a message that names the nearest. */
const struct stage *chain_stage(const char *name);

/* The verb of a filter, or of a verb, by the last word of its name; NULL if there is none. */
const struct stage *chain_verb(const struct stage *stage, const char *word);

/* The filter that these words call: argv[0] is its name, and argv[1] may be a verb of it, argv[2] a verb of that;
 * *skip: how many verbs there are. NULL with the message. */
const struct stage *chain_find(int argc, char **argv, int *skip);

const char *chain_class_name(enum stage_class class);

/* Adds a filter with its arguments (argv[0] is its name, argv[1] may be a verb). runner: the options of the run. For a
 * single filter they are read along with its own, into runner->values; inside a chain values is NULL and such options
 * are refused. operands and asked are as in opt_parse. 0, or -1 with the message. */
int chain_add(struct chain *chain, int argc, char **argv, const struct option_group *runner, struct words *operands,
              enum asked *asked);

/* Can the filters run in this order? 0, or -1 with the message. */
int chain_check(const struct chain *chain);

/* Opens every filter. 0, or -1 with the message: then *failed is the filter. */
int chain_open(struct chain *chain, const struct stage_context *context, const struct link **failed);

/* Closes what is open, frees everything. */
void chain_free(struct chain *chain);

/* All options of a filter with their values, as a JSON object. */
void chain_options(const struct link *link, struct bytes *out);

/* The resolved configuration as one line of JSON: --dry-run. */
void chain_describe(const struct chain *chain, struct bytes *out);

#endif
