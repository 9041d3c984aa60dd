/* sums.h - the sums of a table of words (words/table_lines.h), which may be larger than memory, and the table made of
 * them.
 *
 * A sum is an entry of an external sort, whose key is the word and what is added up; so it does not matter who adds
 * what, and in which order. */
#ifndef QUERN_TFIDF_SUMS_H
#define QUERN_TFIDF_SUMS_H

#include "base/map.h"
#include "base/vec.h"
#include "record/stage.h"
#include "run/sort.h"

/* What a whole table has. */
struct sums {
    struct sort_bounds bounds;
    VEC(struct sort *) sorts; /* of the threads that have finished */
    uint64_t records;
    uint64_t documents;   /* the sum over all words */
    struct bytes options; /* JSON */
    struct map *labels;   /* and their records; NULL: not counted by label */

    /* Of writing. */
    struct sorted *sorted;
    struct slice key, value; /* the entry that comes next */
    struct bytes word, label_counts;
};

/* memory: for all words together; temp_dir is not copied. */
void sums_open(struct sums *sums, int64_t memory, const char *temp_dir);
void sums_release(struct sums *sums);

/* A sum that overflows stays at a value that sums_write refuses. */
uint64_t sums_add(uint64_t a, uint64_t b);

/* Adds to the sums of a word; the label's number of documents is added by sums_put_label. 0, or -1 with the message: a
 * temporary file can't be written. The key is scratch memory. */
int sums_put(struct sort *sort, struct bytes *key, struct slice word, uint64_t documents, uint64_t weight);
int sums_put_label(struct sort *sort, struct bytes *key, struct slice word, struct slice label, uint64_t documents);

/* Writes the next lines of the table: 1, 0 at its end, -1 with the message. *words: how many words were written. */
int sums_write(struct sums *sums, struct sink *out, uint64_t *words);

#endif
