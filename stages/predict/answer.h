/* answer.h - what predict writes on a record, wherever the numbers come from. */
#ifndef QUERN_PREDICT_ANSWER_H
#define QUERN_PREDICT_ANSWER_H

#include "../predictions/distribution.h"

enum { EMIT_PROBS, EMIT_LOGITS };
extern const char *const emit_names[];

struct answer_rules {
    const struct class_list *classes;
    int emit;
    double temperature; /* logits are divided by it; 1: as they are */
};

/* Sets `probs` or `logits`, and `predicted`, and removes the other one of the two, which would be that of another
 * prediction. 0, or -1 with the message. */
int answer_set(const struct answer_rules *rules, struct record *made, struct distribution *answer, struct arena *arena);

#endif
