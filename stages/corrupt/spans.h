/* spans.h - span corruption: runs of tokens are hidden behind sentinels, and the labels say what was there (Raffel et
 * al., Exploring the limits of transfer learning with a unified text-to-text transformer, JMLR 2020). */
#ifndef QUERN_CORRUPT_SPANS_H
#define QUERN_CORRUPT_SPANS_H

#include "choose.h"
#include "denoisers.h"
#include "seq2seq.h"

/* ---- the plan of a record, without its tokens ---- */

/* `noise` of `count` tokens are hidden in `spans` runs. rest[i] tokens stand before run i, and rest[spans] behind the
 * last. */
struct plan {
    size_t count, noise, spans;
    uint32_t *lengths; /* of the runs */
    uint32_t *rest;    /* spans + 1 */
};

/* How many tokens of `count`, at least 2, are hidden, and in how many runs. first_kept: a run can't begin the record.
 */
void spans_count(size_t count, struct decimal density, struct decimal mean, bool first_kept, struct plan *plan);

/* Draws the lengths. compat: the record begins with tokens that stay and ends with noise. */
void spans_draw(struct plan *plan, struct rng *rng, bool compat, struct arena *arena);

/* ---- the tasks t5 and ul2 ---- */

struct spans {
    struct denoisers denoisers;
    int32_t *sentinels; /* by their numbers */
    size_t sentinel_count;
};

/* The denoisers and the sentinels that the options name; marks these in `tokens`. NULL, with the message. */
struct spans *spans_new(const struct corrupt_options *given, struct seq2seq *seq2seq, bool is_ul2);
void spans_free(struct spans *spans);

/* Makes one copy: sets the members about tokens, and `denoiser` for ul2. 0, or -1 with the message. */
int spans_corrupt(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                  const struct record *in, struct record *made, struct sink *out);

#endif
