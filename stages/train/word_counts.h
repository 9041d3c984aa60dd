/* word_counts.h - words and how often they occur (map.h): added up, pruned, sorted, and as records.
 *
 * A record is {"word":"low","count":3}. Words that are bytes (those of byte-level BPE) are spelled in it as in such a
 * vocabulary (byte_spelling), because part of a character is not valid JSON. Counts are 1 to 2^63 - 1. */
#ifndef QUERN_TRAIN_WORD_COUNTS_H
#define QUERN_TRAIN_WORD_COUNTS_H

#include "base/map.h"
#include "base/slice.h"
#include "record/record.h"
#include "run/sort.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How words are spelled in a record: as they are, or each byte as a byte-level vocabulary spells it (byte_spelling). */
enum word_spelling { WORDS_AS_TEXT, WORDS_AS_BYTES };

/* The rank of each byte, so that words sort by the bytes of their spelling (struct sort_bounds). Spelled bytes are
 * characters, and UTF-8 sorts as code points do. */
void word_counts_rank(enum word_spelling spelling, uint8_t rank[256]);

/* A sum that overflows stays at a value that word_counts_check refuses, whatever is added. */
uint64_t word_counts_sum(uint64_t a, uint64_t b);

/* Adds to a word's count. */
void word_counts_add(struct map *words, struct slice word, uint64_t count);

/* Adds up in one table what was put into these sorters; the caller frees the table even after a failure. `most`: keep
 * only this many words, as word_counts_prune does (0: all). *different: how many distinct words there are. Afterwards
 * the sorters can only be freed. 0, or -1 with the message. */
int word_counts_table(struct sort *const *sorts, size_t count, enum word_spelling spelling, size_t most,
                      struct map **words, uint64_t *different);

/* To be called for each word after everything is added, with *letters 0 at first: do the letters of all words, times
 * their counts, fit into 63 bits? 0, or -1 with the message. */
int word_counts_check(uint64_t *letters, struct slice word, uint64_t count);

/* Keeps the `most` most frequent words, of equally frequent ones those with the smaller bytes as they are spelled;
 * replaces the map. */
void word_counts_prune(struct map **words, enum word_spelling spelling, size_t most);

/* All entries, sorted by the bytes of their words as they are spelled; to be freed with mem_free. */
const struct map_entry **word_counts_sorted(const struct map *words, enum word_spelling spelling);

/* 0, or -1 with the message if the record is not a count or its word does not have this spelling. */
int word_counts_read(const struct record *in, enum word_spelling spelling, struct arena *arena, struct slice *word,
                     uint64_t *count);

struct record *word_counts_record(struct slice word, uint64_t count, enum word_spelling spelling, struct arena *arena);

#endif
