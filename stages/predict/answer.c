/* answer.c - see answer.h. */
#include "answer.h"

const char *const emit_names[] = {"probs", "logits", NULL};

/* The least probability that a logit is made of. */
static const double FLOOR = 1e-12;

int answer_set(const struct answer_rules *rules, struct record *made, const double *given, bool logits,
               struct arena *arena)
{
    size_t count = rules->classes->count;
    struct distribution answer;
    distribution_make(given, count, logits, false, arena, &answer);
    size_t best = distribution_best(&answer, NULL);
    if (!logits && (rules->emit == EMIT_LOGITS || rules->temperature != 1)) {
        (void)distribution_log(&answer, FLOOR, arena);
        given = answer.log;
        logits = true;
    }
    if (logits && rules->temperature != 1) {
        double *divided = arena_array(arena, count, sizeof *divided);
        for (size_t c = 0; c < count; c++)
            divided[c] = given[c] / rules->temperature;
        given = divided;
        distribution_make(given, count, true, false, arena, &answer);
    }
    bool probs = rules->emit == EMIT_PROBS;
    if (rec_set_floats(made, probs ? SLICE("probs") : SLICE("logits"), probs ? answer.p : given, count) < 0)
        return -1;
    rec_remove(made, probs ? SLICE("logits") : SLICE("probs"));
    class_list_set(rules->classes, made, SLICE("predicted"), best);
    return 0;
}
