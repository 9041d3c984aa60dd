/* table.h - a table of "quern tfidf count" in memory: how rare words are, and drawing one of them.
 *
 * Read-only once it is loaded, and safe to use from any thread. Nothing here depends on floating point. */
#ifndef QUERN_WORDS_TABLE_H
#define QUERN_WORDS_TABLE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table;

/* For chain_share(context, "table", …). NULL, with the message, if the file can't be read, is not a table, or has no
 * words. */
void *table_load(const char *path);
void table_free(void *table);

/* Records that were counted; at least 1. */
int64_t table_records(const struct table *table);

/* Are the words keys (text/key.h)? Otherwise they are spelled as in the texts (--case keep). */
bool table_has_keys(const struct table *table);

/* Words are numbered in the order of their bytes; there is at least one. */
size_t table_count(const struct table *table);
struct slice table_word(const struct table *table, size_t number);

/* Is this word, as table_has_keys says, in the table? */
bool table_find(const struct table *table, struct slice word, size_t *number);

/* ln(N / df) of a word in units of 2^-REAL_BITS (base/real.h); ln N if the table does not have it. */
int64_t table_idf(const struct table *table, struct slice word);

/* The word that 64 random bits draw, with the probability q of scores.h: the i-th word is drawn by the bits from
 * floor(2^64 c(i) / t) on, where c(i) is the sum of max S - S over the words before it, and t that over all words. */
size_t table_draw(const struct table *table, uint64_t bits);

#endif
