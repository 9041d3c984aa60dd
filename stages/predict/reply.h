/* reply.h - what an engine says of the classes of a text. */
#ifndef QUERN_PREDICT_REPLY_H
#define QUERN_PREDICT_REPLY_H

#include "../predictions/distribution.h"

struct reply_rules {
    struct class_list *classes; /* with names */
    int protocol;               /* of engines/asker.h */
};

struct reply {
    struct distribution answer;
    struct distribution *passes; /* of which `answer` is the mean; NULL: there are none */
    size_t pass_count;
};

/* Reads a reply: an object with "probs", "logits" or "pass_probs", a line of numbers or an object of them by class, or
 * labels as fastText writes them. 0, or -1 with the message: it is no distribution over the classes. */
int reply_read(const struct reply_rules *rules, struct slice reply, struct arena *arena, struct reply *read);

/* Sets `pass_probs`. */
void reply_set_passes(const struct reply *reply, struct record *made, struct arena *arena);

#endif
