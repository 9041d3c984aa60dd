/* moments.h - what is known of the columns of many vectors: extremes, and exact sums of the numbers and their squares.
 *
 * None of it depends on the order of the vectors, so those of parts add up to those of the whole. */
#ifndef QUERN_FIT_MOMENTS_H
#define QUERN_FIT_MOMENTS_H

#include "../vectors/columns.h"
#include "base/map.h"
#include "base/total.h"
#include "record/stage.h"

/* Where a vector of some form and length was seen. */
struct vector_place {
    enum vector_form form;
    size_t length; /* FORM_SPARSE: 0 */
    char *text;    /* "file:line: id 7" */
    uint64_t line;
};

struct column {
    double min, max;
    uint64_t entries; /* sparse: how many vectors have one */
    int32_t index;
};

struct moments {
    struct scale_rules rules; /* their form is that of the first vector */
    uint64_t records;
    VEC(struct column) columns;
    VEC(int64_t) sums, squares;      /* the digits of each column after those of the one before */
    struct map *numbers;             /* sparse: of an index (4 bytes) the number of its column, plus one */
    VEC(struct vector_place) places; /* of each form and length the first one */
    uint64_t carried;                /* when sums were carried last, in records */
};

void moments_open(struct moments *moments, const struct scale_rules *rules);
void moments_release(struct moments *moments);

/* Adds the vector of a record; one of another form or length than those before is only noted. 0, or -1 with the
 * message if the record has no vector that can be scaled so. */
int moments_add(struct moments *moments, const struct record *in, struct arena *arena);

/* The same for a vector that has been read as 64-bit floats, of a form that can be scaled so. 1 if it is of the form
 * and the length of the first one and was added, 0 if it was only noted, or -1 with the message. */
int moments_add_vector(struct moments *moments, const struct record *in, enum vector_form form,
                       const struct vector *vector, struct arena *arena);

/* The number as these moments keep it. */
static inline double moments_kept(const struct moments *moments, double number)
{
    return (moments->rules.wide ? number : (double)(float)number) + 0.0; /* -0 is 0 */
}

/* Adds those of other vectors, of equal rules; their memory is still the caller's. */
void moments_merge(struct moments *moments, struct moments *others);

/* Adds those of a table. 0, or -1 with the message, and then nothing is added. */
int moments_read(struct moments *moments, const struct record *in, struct arena *arena);

/* Are all vectors of one form and length? 0, or -1 with the message, which names two that are not. */
int moments_check(const struct moments *moments);

/* Do the columns survive as 32-bit floats, and the differences of their numbers as floats at all? 0, or -1 with the
 * message. */
int moments_check_columns(const struct moments *moments);

/* Carries the sums. */
void moments_carry(struct moments *moments);

/* The form of the sums, and the digits of one, carried. */
struct total_form moments_form(const struct moments *moments);
const int64_t *moments_sum(const struct moments *moments, size_t column);

/* Appends `split`, if there is one, `partial`, `records` and what is known of the columns of dense vectors: the members
 * that a table of parts has. */
void moments_put(const struct moments *moments, struct slice split, bool partial, struct bytes *json);

/* Writes the table. 0, or -1 with the message: a column would not survive as 32-bit floats. split: JSON, or empty. */
int moments_write(struct moments *moments, struct slice split, bool partial, struct sink *out);

#endif
