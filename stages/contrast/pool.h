/* pool.h - the records that negatives are drawn from.
 *
 * A pool is read once, in `open`, and then answers for each record: how many of the pool's records may be its
 * negatives, and which is number n of them. It never lists them: what is left out (other groups, the record itself, its
 * own texts, what was drawn before) is counted in sorted tables, so that a draw takes logarithmic time however large
 * the pool is.
 *
 * The records have positions from 0: the order of the file or, if they are drawn by the value of a member, first all of
 * the first value, in that order, then all of the next one that appears. */
#ifndef QUERN_CONTRAST_POOL_H
#define QUERN_CONTRAST_POOL_H

#include "quern.h"

enum pool_from { POOL_ANY, POOL_SAME, POOL_OTHER };

struct pool_plan {
    const char *path;
    struct slice field; /* the text, or with `tokens` the ids */
    bool tokens;
    enum pool_from from;
    struct slice by; /* the member of POOL_SAME and POOL_OTHER */
    uint64_t max_memory;
};

/* What a record of the pool, or another record, contributes to a pair: a text, or tokens. */
struct view {
    struct slice text;                 /* with tokens: the bytes of the ids */
    const int32_t *ids, *mask, *types; /* mask, types: NULL if the record does not have them */
    size_t count;
};

/* The view of a record's member; `tokens`: of ids, whose attention_mask and token_type_ids are only those of
 * input_ids. 0, or -1 with the message. */
int view_read(const struct record *record, struct slice field, bool tokens, struct arena *arena, struct view *view);

struct pool;

/* NULL with the message. */
struct pool *pool_load(struct stage_context *context, const struct pool_plan *plan);
void pool_free(struct pool *pool);
size_t pool_len(const struct pool *pool);

/* The views are in the memory of the pool. */
struct view pool_view(const struct pool *pool, size_t position);

/* ---- candidates ---- */

struct range {
    size_t first, end;
};

/* A list of positions that are left out, ascending, with `stride` bytes from one to the next. */
struct left_out {
    const char *positions;
    size_t count, stride;
};

enum { CANDIDATES_MOST_LISTS = 7 }; /* two texts, before and behind the gap; the record itself; those taken */

struct candidates {
    struct range of, gap; /* those of the right value, or all; of them, those of the wrong one */
    struct left_out lists[CANDIDATES_MOST_LISTS]; /* without those in the gap; no position twice */
    size_t list_count;
    size_t count; /* that are left */
};

/* The records that may be negatives of `record`, whose texts are `views`, at most two. `draws`: how many will be taken
 * at most. 0, or -1 with the message. */
int pool_candidates(const struct pool *pool, const struct record *record, const struct view *views, size_t view_count,
                    size_t draws, struct arena *arena, struct candidates *candidates);

/* Takes candidate number n, in the order of positions; n < candidates->count. Returns its position. */
size_t candidates_take(struct candidates *candidates, size_t n);

#endif
