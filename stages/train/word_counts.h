/* word_counts.h - words and how often they occur (map.h): added up, pruned, sorted, and as records.
 *
 * A record is {"word":"low","count":3}. Words that are bytes (those of byte-level BPE) stand in it as such a
 * vocabulary spells them (byte_spelling), because a part of a character is no JSON. Counts are 1 to 2^63 - 1. */
#ifndef QUERN_TOKENIZER_WORD_COUNTS_H
#define QUERN_TOKENIZER_WORD_COUNTS_H

#include "base/map.h"
#include "base/slice.h"
#include "record/record.h"
#include "word_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Adds to a word's count. A sum that has no room stays at one that word_counts_check refuses, whatever is added. */
void word_counts_add(struct map *words, struct slice word, uint64_t count);
void word_counts_sum(uint64_t *sum, uint64_t count);

/* To be called for each word when all is added, *letters 0 at first: have the letters of all words, counted as often as
 * these occur, room in 63 bits? 0, or -1 with the message. */
int word_counts_check(uint64_t *letters, struct slice word, uint64_t count);

/* Keeps the `most` most frequent words, of equal ones those with the smaller bytes as they are spelled; the map is
 * replaced. */
void word_counts_prune(struct map **words, enum word_spelling spelling, size_t most);

/* All entries by the bytes of their words as they are spelled; to be freed with mem_free. */
const struct map_entry **word_counts_sorted(const struct map *words, enum word_spelling spelling);

/* 0, or -1 with the message where the record is no count, or its word is not spelled so. */
int word_counts_read(const struct record *in, enum word_spelling spelling, struct arena *arena, struct slice *word,
                     uint64_t *count);

struct record *word_counts_record(struct slice word, uint64_t count, enum word_spelling spelling, struct arena *arena);

#endif
