/* tfidf.h - how counts of terms become numbers: the options of `fit tfidf` and of `features --hash`, and the table.
 *
 *     {"format":"quern-fit-1","kind":"tfidf","options":{"unit":"space","ngrams":[1,1],"tf":"raw","idf":"smooth",
 *      "norm":"l2"},"documents":2,"terms":["mill","the"],"df":[1,2]}
 *
 * on one line. The number of a term is its place in `terms`, which are in the order of their bytes. `options` also has
 * min_df, max_df and max_features where terms were left out by them, and then the table can't be added to others. A
 * table with "partial":true is for that only. `split` is that of the records, if they have one. */
#ifndef QUERN_VECTORS_TFIDF_H
#define QUERN_VECTORS_TFIDF_H

#include "../fitted/head.h"
#include "terms.h"
#include "text/json.h"

enum { TF_RAW, TF_LOG, TF_BINARY };
enum { IDF_SMOOTH, IDF_PLAIN, IDF_NONE };
enum { NORM_L2, NORM_L1, NORM_NONE };
extern const char *const tf_names[], *const idf_names[], *const norm_names[];

struct tfidf_rules {
    struct term_rules terms;
    int tf, idf, norm;
};

/* Appends `options` without their closing brace. */
void tfidf_rules_put(const struct tfidf_rules *rules, struct bytes *json);

#define OPTION_TF(type, field, condition)                                                                              \
    {                                                                                                                  \
        "tf", 0, OPT_CHOICE, OPT_AT(type, field), .value = "TF", .fallback = "raw", .choices = tf_names,               \
                                                  .when = condition,                                                   \
                                                  .help = "of a term that occurs n times: raw, n; log, 1 + ln n; "     \
                                                          "binary, 1"                                                  \
    }
#define OPTION_NORM(type, field, condition)                                                                            \
    {                                                                                                                  \
        "norm", 0, OPT_CHOICE, OPT_AT(type, field), .value = "NORM", .fallback = "l2", .choices = norm_names,          \
                                                    .when = condition,                                                 \
                                                    .help = "divide each vector by its length (l2) or by the sum of "  \
                                                            "its magnitudes (l1)"                                      \
    }

/* A table of kind tfidf. */
struct tfidf_table {
    struct tfidf_rules rules;
    bool pruned;
    int64_t documents;
    struct slice terms, df; /* JSON, arrays */
};

/* 0, or -1 with the message: a member is missing or is not what it should be. */
int tfidf_table_read(const struct record *in, const struct fit_head *head, struct arena *arena,
                     struct tfidf_table *table);

/* Walks the terms, and checks what is read. Zero it first. */
struct tfidf_walk {
    const struct tfidf_table *table;
    struct arena *arena; /* for terms that are spelled with escapes */
    struct json_walk terms, df;
    bool begun;
    struct bytes last;
    size_t count;
};
void tfidf_walk_release(struct tfidf_walk *walk);

/* 1 and the next term with the number of its documents; 0 at the end; -1 with the message. */
int tfidf_walk_next(struct tfidf_walk *walk, struct slice *term, int64_t *df);

/* ---- numbers: 64-bit floats, each operation rounded once ---- */

/* The factor of a term that df of the documents have. */
double tfidf_idf(int idf, int64_t documents, int64_t df);

/* That of a term that occurs n > 0 times. */
double tfidf_tf(int tf, int64_t n);

/* Divides the numbers by their norm, whose sum is added in their order; a norm of 0 changes nothing. */
void tfidf_norm(int norm, double *numbers, size_t count);

#endif
