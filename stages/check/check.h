/* check.h - what the tasks of quern-check share.
 *
 * A task is a verb: a table of the options of the filter whose records it verifies, and functions that apply rules to
 * each record. Rules are written from the specification of that filter; no code is shared with it, so that a mistake
 * has to be made twice to go unseen. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "kinds.h"
#include "quern.h"
#include "report.h"
#include "verdict.h"

#include <inttypes.h>

/* The first two rules of every task. */
enum {
    RULE_SHAPE, /* the members are there, of the right types, arrays of one length, ids of the vocabulary */
    RULE_JOIN,  /* a record of --against has its records, in order, and there are no others */
    RULES_COMMON,
};
#define RULE_NAMES_COMMON "shape", "join"

struct check_options {
    const char *against, *model;
};

#define OPTION_AGAINST(type, field)                                                                                    \
    {                                                                                                                  \
        "against", 0, OPT_FILE, OPT_AT(type, field),                                                                   \
            .value = "FILE", .help = "the records that went into the filter, in the same order"                        \
    }

struct check;

/* Functions return 0, or -1 with the message if the run can't go on. Any but `record` may be NULL. */
struct task {
    const char *const *rules; /* their names; ends in NULL */
    int (*open)(struct check *check, struct stage_context *context);
    int (*record)(struct check *check, const struct record *in, struct arena *arena);
    int (*end)(struct check *check, struct arena *arena);
    void (*close)(struct check *check);
};

struct check {
    const struct task *task;
    const void *options;
    struct report *report;
    struct kinds *kinds;         /* by --model, or by the numbers that a task has read; NULL: not known */
    struct side *side;           /* --against; NULL: not given, or at its end, or out of step */
    bool against;                /* was it given? */
    const struct record *source; /* the record of it that was read last */
    int64_t copy, copies;        /* how many records of `source` have come, and how many there are to be */
    void *state;                 /* the task's */
    bool printed;
};

/* The functions of a verb's struct stage; its `open` calls check_open with its task and the options that it shares. */
int check_open(struct stage_context *context, const struct task *task, const struct check_options *given,
               void **shared);
int check_record(void *state, const struct record *in, struct sink *out);
int check_end(void *shared, struct sink *out);
void check_close(void *shared);

/* ---- reading ---- */

/* An array of integers; false, with rule `shape` broken, if the record has no such member or it is of another type, or,
 * unless count is SIZE_MAX, of another length than `count`. */
bool check_ints(struct check *check, const struct record *in, struct slice name, struct arena *arena, size_t count,
                const int32_t **ints, size_t *found);

/* The same of pairs, which are to be ranges [start, end) of `limit` items, not empty unless `empty`. */
bool check_spans(struct check *check, const struct record *in, struct slice name, struct arena *arena, size_t limit,
                 bool empty, const struct span **spans, size_t *count);

bool check_int(struct check *check, const struct record *in, struct slice name, int64_t *number);

/* The arrays of a record with an item for each token: NULL those that it does not have. */
struct row {
    size_t count;
    const int32_t *input_ids, *labels, *special_tokens_mask, *word_ids, *token_type_ids, *attention_mask, *doc_ids,
        *position_ids;
};

/* Reads them, and applies the rule `shape` to all members with an item for each token. labels: do they have one too? */
bool check_row(struct check *check, const struct record *in, struct arena *arena, bool labels, struct row *row);

/* The members other than these have the bytes that they have in `source`, and are the same ones. names ends in NULL. */
void check_untouched(struct check *check, size_t rule, const struct record *source, const struct record *in,
                     const char *const *changed, struct arena *arena);

/* The same for a filter that may leave members out: those that there are have not changed. */
void check_kept(struct check *check, size_t rule, const struct record *source, const struct record *in,
                const char *const *changed, struct arena *arena);

/* ---- joining ---- */

/* For a filter that makes of each record one, or as many as --copies says: the record of --against that `in` was made
 * of. random: NULL for a filter without copies. *source: NULL without --against, and if there is no such record. Valid
 * until the next call. 0, or -1 with the message if --against can't be read. */
int check_source(struct check *check, const struct record *in, const struct random_options *random, struct arena *arena,
                 const struct record **source);

/* The next record of --against; *source NULL at its end, or without it. 0, or -1 with the message. */
int check_next(struct check *check, const struct record **source);

/* For `end`: no record of --against is left. */
int check_rest(struct check *check);

/* ---- names ---- */

static inline bool check_has(const struct record *in, const char *name)
{
    return rec_present(in, slice_of(name)) != NULL;
}

#endif
