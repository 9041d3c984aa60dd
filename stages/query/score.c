/* score.c - see score.h. Sums are in the order of the classes, and of the members of a committee. */
#include "score.h"

const char *const score_names[] = {"least-confidence", "margin", "entropy", "vote-entropy",
                                   "disagreement",     "random", NULL};

/* Probabilities have no floor here: p ln p is 0 where p is 0, and all others have a logarithm. */
static const double NO_FLOOR = 0x1p-1074;

/* ---- one prediction ---- */

/* 1 - (p1 - p2), the two largest. The difference is exact where it is small, so equal ones make exactly 1. */
static double margin_of(const struct distribution *p)
{
    size_t best = distribution_best(p, NULL);
    double second = 0;
    for (size_t c = 0; c < p->count; c++)
        if (c != best && p->p[c] > second)
            second = p->p[c];
    return 1 - (p->p[best] - second);
}

static int find_uncertainty(const struct score_rules *rules, const struct record *in, struct arena *arena,
                            double *score)
{
    struct distribution p;
    if (distribution_need(&(struct distribution_rules){rules->classes, false}, in, arena, &p) < 0)
        return -1;
    if (rules->kind == SCORE_MARGIN) {
        *score = margin_of(&p);
    } else if (rules->kind == SCORE_LEAST_CONFIDENCE) {
        *score = distribution_rest(&p, distribution_best(&p, NULL));
    } else {
        (void)distribution_log(&p, NO_FLOOR, arena);
        *score = distribution_entropy(&p);
    }
    return 0;
}

/* ---- a committee ---- */

/* The entropy of the members' votes, each for its most probable class. */
static double vote_entropy(const struct distribution *voters, size_t count, struct arena *arena)
{
    size_t classes = voters->count;
    size_t *votes = arena_array(arena, classes, sizeof *votes);
    double sum = 0;
    memset(votes, 0, classes * sizeof *votes);
    for (size_t i = 0; i < count; i++)
        votes[distribution_best(&voters[i], NULL)]++;
    for (size_t c = 0; c < classes; c++) {
        double share = (double)votes[c] / (double)count;
        sum += votes[c] > 0 ? share * real_ln(share) : 0;
    }
    return 0 - sum;
}

/* The mean divergence of the members from their mean. */
static double disagreement(struct distribution *voters, size_t count, struct arena *arena)
{
    size_t classes = voters->count;
    double *mean = arena_array(arena, classes, sizeof *mean), sum = 0;
    for (size_t c = 0; c < classes; c++) {
        double all = 0;
        for (size_t i = 0; i < count; i++)
            all += voters[i].p[c];
        mean[c] = all / (double)count;
        mean[c] = mean[c] > 0 ? real_ln(mean[c]) : 0; /* its logarithm, where a member has a probability */
    }
    for (size_t i = 0; i < count; i++) {
        (void)distribution_log(&voters[i], NO_FLOOR, arena);
        for (size_t c = 0; c < classes; c++)
            sum += voters[i].p[c] > 0 ? voters[i].p[c] * (voters[i].log[c] - mean[c]) : 0;
    }
    return sum > 0 ? sum / (double)count : 0;
}

static int find_committee(const struct score_rules *rules, const struct record *in, struct arena *arena, double *score)
{
    struct distribution *voters;
    size_t count;
    struct distribution_rules reading = {rules->classes, false};
    int found = distribution_rows(&reading, in, SLICE("pass_probs"), arena, &voters, &count);
    if (found <= 0)
        return found < 0 ? -1 : member_missing(in, SLICE("pass_probs"), "");
    *score =
        rules->kind == SCORE_VOTE_ENTROPY ? vote_entropy(voters, count, arena) : disagreement(voters, count, arena);
    return 0;
}

/* ---- other scores ---- */

static int find_random(const struct score_rules *rules, const struct record *in, struct arena *arena, double *score)
{
    struct identity identity;
    uint32_t round;
    if (lineage_identity(in, SLICE("text"), arena, &identity) < 0 || lineage_round(in, &round) < 0)
        return -1;
    struct rng rng = rng_start(rules->key, identity, round);
    *score = (double)(rng_bits(&rng, 0) >> 11) * 0x1p-53;
    return 0;
}

int score_predicted(struct class_list *classes, const struct record *in, struct arena *arena, size_t *class)
{
    struct distribution p;
    if (rec_present(in, SLICE("predicted")) != NULL)
        return class_list_find(classes, in, SLICE("predicted"), "", arena, class);
    if (distribution_need(&(struct distribution_rules){classes, false}, in, arena, &p) < 0)
        return -1;
    *class = distribution_best(&p, NULL);
    return 0;
}

/* A number, or of numbers of the classes that of the predicted one. */
static int find_member(const struct score_rules *rules, const struct record *in, struct arena *arena, double *score)
{
    const struct value *value = rec_present(in, rules->member);
    const double *numbers;
    size_t count, class;
    if (value == NULL)
        return member_missing_named(in, rules->member, "(--by names it)");
    if (rec_kind(value) != '[')
        return rec_float(in, rules->member, score);
    if (rec_floats(in, rules->member, arena, &numbers, &count) < 0 ||
        class_list_expect(rules->classes, rules->member, count) < 0 ||
        score_predicted(rules->classes, in, arena, &class) < 0)
        return -1;
    *score = numbers[class];
    return 0;
}

int score_find(const struct score_rules *rules, const struct record *in, struct arena *arena, double *score)
{
    switch (rules->kind) {
    case SCORE_LEAST_CONFIDENCE:
    case SCORE_MARGIN:
    case SCORE_ENTROPY:
        return find_uncertainty(rules, in, arena, score);
    case SCORE_VOTE_ENTROPY:
    case SCORE_DISAGREEMENT:
        return find_committee(rules, in, arena, score);
    case SCORE_RANDOM:
        return find_random(rules, in, arena, score);
    case SCORE_MEMBER:
        break;
    }
    return find_member(rules, in, arena, score);
}
