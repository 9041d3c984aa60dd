/* count.c - the second pass of vote: what each group says; see vote.h. Nothing here depends on the order in which
 * ballots were cast: sums are exact, and lists are sorted. */
#include "vote.h"

#include <stdlib.h>

static const double MOST_WEIGHT = 1e300;

/* ---- mean and weighted ---- */

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest first, whatever the order of the ballots. Sorts the numbers. */
static double ordered_sum(double *numbers, size_t count)
{
    double sum = 0;
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

/* Of numbers that are all the same that one, without the rounding of a sum and a quotient. */
static double mean_of(const double *const *ballots, size_t count, size_t at, double weight, double *column)
{
    bool same = true;
    for (size_t i = 0; i < count; i++) {
        same = same && ballots[i][at] == ballots[0][at];
        column[i] = ballots[i][0] * ballots[i][at];
    }
    return same ? ballots[0][at] : ordered_sum(column, count) / weight;
}

/* Of each class the mean of its probabilities; the weights are 1 unless the method is `weighted`. */
static int set_mean(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena)
{
    size_t count = vote->classes.count, votes = group->votes, n = 0;
    bool weighted = vote->given->method == METHOD_WEIGHTED;
    const double **ballots = arena_array(arena, votes, sizeof *ballots);
    double *column = arena_array(arena, votes, sizeof *column), *means = arena_array(arena, count, sizeof *means);
    for (uint64_t at = group->last; at != 0;)
        ballots[n++] = ballots_at(&vote->ballots, at, &at);
    for (size_t i = 0; i < votes; i++)
        column[i] = ballots[i][0];
    double weight = ordered_sum(column, votes);
    if (!(weight > 0 && weight <= MOST_WEIGHT))
        return diag_error("weight: those of the group are all 0, or too large, so there is no mean");
    for (size_t c = 0; c < count; c++)
        means[c] = mean_of(ballots, votes, c + 1, weight, column);
    struct distribution of;
    distribution_make(means, count, false, true, arena, &of);
    rec_remove(made, SLICE("logits"));
    if (weighted && vote->file_weights == NULL)
        rec_remove(made, SLICE("weight"));
    if (rec_set_floats(made, SLICE("probs"), means, count) < 0)
        return -1;
    class_list_set(&vote->classes, made, SLICE("predicted"), distribution_best(&of, NULL));
    rec_set_int(made, SLICE("votes"), group->votes);
    return 0;
}

/* ---- majority ---- */

static int compare_ranks(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int set_majority(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena)
{
    size_t votes = group->votes, n = 0, most = 0, winner = 0;
    bool tie = false;
    uint32_t *ranks = arena_array(arena, votes, sizeof *ranks);
    for (uint64_t at = group->last; at != 0;)
        ranks[n++] = vote->labels.ranks[((const struct label_ballot *)ballots_at(&vote->ballots, at, &at))->label];
    qsort(ranks, votes, sizeof *ranks, compare_ranks);
    for (size_t from = 0, to; from < votes; from = to) { /* of equal numbers the smallest label is met first */
        for (to = from + 1; to < votes && ranks[to] == ranks[from];)
            to++;
        tie = to - from > most ? false : tie || to - from == most;
        winner = to - from > most ? ranks[from] : winner;
        most = to - from > most ? to - from : most;
    }
    rec_set_json(made, slice_of(vote->given->label), roll_at(&vote->labels, winner));
    rec_set_int(made, SLICE("votes"), (int64_t)votes);
    rec_remove(made, slice_of(vote->given->annotator));
    if (rec_set_float(made, SLICE("agreement"), (double)most / (double)votes) < 0)
        return -1;
    rec_set_bool(made, SLICE("tie"), tie);
    return 0;
}

/* ---- dawid-skene ---- */

static int set_beliefs(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena)
{
    size_t count = vote->classes.count;
    double *probs = arena_array(arena, count, sizeof *probs);
    struct distribution of;
    memcpy(probs, vote->probs + (size_t)group->last * count, count * sizeof *probs);
    distribution_make(probs, count, false, true, arena, &of);
    rec_remove(made, SLICE("logits"));
    rec_remove(made, slice_of(vote->given->annotator));
    class_list_set(&vote->classes, made, slice_of(vote->given->label), distribution_best(&of, NULL));
    if (rec_set_floats(made, SLICE("probs"), probs, count) < 0)
        return -1;
    rec_set_int(made, SLICE("votes"), group->votes);
    return 0;
}

/* ---- list ---- */

struct voice {
    struct slice id, json;
    bool text;
};

/* Integers before strings, integers by value, others by their bytes; of one id by the prediction. */
static int compare_voices(const void *a, const void *b)
{
    const struct voice *x = a, *y = b;
    int64_t left, right;
    if (x->text != y->text)
        return x->text ? 1 : -1;
    if (!x->text && json_int(x->id, &left) && json_int(y->id, &right) && left != right)
        return left < right ? -1 : 1;
    int order = slice_compare(x->id, y->id);
    return order != 0 ? order : slice_compare(x->json, y->json);
}

static int set_list(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena)
{
    size_t votes = group->votes, n = 0;
    struct voice *voices = arena_array(arena, votes, sizeof *voices);
    struct bytes json = {0};
    if (votes == 0) /* the record has no variants */
        return 0;
    for (uint64_t at = group->last; at != 0;) {
        const struct list_ballot *head = ballots_at(&vote->ballots, at, &at);
        const char *bytes = (const char *)(head + 1);
        voices[n++] =
            (struct voice){{bytes + head->len, (size_t)head->id_len}, {bytes, (size_t)head->len}, head->id_kind == '"'};
    }
    qsort(voices, votes, sizeof *voices, compare_voices);
    for (size_t i = 0; i < votes; i++) {
        bytes_byte(&json, i > 0 ? ',' : '[');
        bytes_put(&json, voices[i].json);
    }
    bytes_byte(&json, ']');
    rec_remove(made, vote->logits ? SLICE("aug_probs") : SLICE("aug_logits"));
    rec_set_json(made, vote->logits ? SLICE("aug_logits") : SLICE("aug_probs"), arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
    return 0;
}

int vote_count(const struct vote *vote, const struct group *group, struct record *made, struct arena *arena)
{
    switch (vote->given->method) {
    case METHOD_MEAN:
    case METHOD_WEIGHTED:
        return set_mean(vote, group, made, arena);
    case METHOD_MAJORITY:
        return set_majority(vote, group, made, arena);
    case METHOD_LIST:
        return set_list(vote, group, made, arena);
    default:
        return set_beliefs(vote, group, made, arena);
    }
}
