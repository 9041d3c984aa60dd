/* answer.c - see answer.h. */
#include "answer.h"

const char *const emit_names[] = {"probs", "logits", NULL};

/* The least probability that a logit is made of. */
static const double FLOOR = 1e-12;

int answer_set(const struct answer_rules *rules, struct record *made, struct distribution *answer, struct arena *arena)
{
    size_t count = answer->count, best = distribution_best(answer, NULL);
    const double *given = answer->given;
    struct distribution calibrated;
    bool logits = answer->logits, probs = rules->emit == EMIT_PROBS;
    if (!logits && (!probs || rules->temperature != 1)) {
        (void)distribution_log(answer, FLOOR, arena);
        given = answer->log;
        logits = true;
    }
    if (rules->temperature != 1) {
        double *divided = arena_array(arena, count, sizeof *divided);
        for (size_t c = 0; c < count; c++)
            divided[c] = given[c] / rules->temperature;
        given = divided;
        distribution_make(given, count, logits, false, arena, &calibrated);
        answer = &calibrated;
    }
    if (rec_set_floats(made, probs ? SLICE("probs") : SLICE("logits"), probs ? answer->p : given, count) < 0)
        return -1;
    rec_remove(made, probs ? SLICE("logits") : SLICE("probs"));
    class_list_set(rules->classes, made, SLICE("predicted"), best);
    return 0;
}
