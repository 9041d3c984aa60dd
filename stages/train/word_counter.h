/* word_counter.h - counts words in bounded memory, however many different ones there are.
 *
 * Each thread has a counter: a table of words. A table that has grown to its share of the memory goes to a temporary
 * file, as a run of words in their order (word_run.h), and the thread begins with an empty one. What all of them have
 * counted are sums over tables and runs: read in the order of the words, a word at a time, they take no more memory
 * than a buffer for each run. Nothing is rounded and nothing is thrown away on the way, so that the sums don't depend
 * on the bound, nor on which thread saw what. */
#ifndef QUERN_TRAINER_WORD_COUNTER_H
#define QUERN_TRAINER_WORD_COUNTER_H

#include "base/map.h"
#include "base/slice.h"
#include "word_order.h"

#include <stddef.h>
#include <stdint.h>

/* What the counters of a run have in common. */
struct word_bounds {
    enum word_spelling spelling;
    uint64_t max_memory;  /* bytes of all counters together; each may have 1 MiB */
    const char *temp_dir; /* where the files go */
    size_t threads;       /* counters that share the memory; before the first word */
};

struct word_counter;

struct word_counter *word_counter_new(const struct word_bounds *bounds);
struct word_counter *word_counter_of(const struct word_bounds *bounds, struct map *words); /* these; it frees them */
void word_counter_free(struct word_counter *counter);

/* 0, or -1 with the message: a file can't be made or written. */
int word_counter_add(struct word_counter *counter, struct slice word, uint64_t count);

/* ---- sums ---- */

struct word_sums;

/* Over the tables and runs of these counters, which must live longer and count no more. */
struct word_sums *word_sums_new(struct word_counter *const *counters, size_t count);
void word_sums_free(struct word_sums *sums);

/* The next word with its sum (see word_counts_add for one that is too large), valid until the next call. 1, 0 at the
 * end, or -1 with the message. */
int word_sums_next(struct word_sums *sums, struct slice *word, uint64_t *count);

/* The sums of these counters in one table, which the caller frees; `most`: only so many, chosen as word_counts_prune
 * does (0: all). The counters can only be freed afterwards. *different: how many words there are. 0, or -1 with the
 * message. */
int word_counter_table(struct word_counter *const *counters, size_t count, size_t most, struct map **words,
                       uint64_t *different);

#endif
