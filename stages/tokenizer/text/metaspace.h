/* metaspace.h - blanks become a visible character, one is put before the text, and each one starts a word. */
#ifndef QUERN_TOKENIZER_METASPACE_H
#define QUERN_TOKENIZER_METASPACE_H

#include "draft.h"

#include <stdbool.h>

enum metaspace_prepend { METASPACE_NEVER, METASPACE_FIRST /* piece of the text */, METASPACE_ALWAYS };

struct metaspace {
    struct slice mark; /* one character; not owned */
    enum metaspace_prepend prepend;
    bool split;
};

/* 0, or -1 with the message. With METASPACE_FIRST the draft must have origins. */
int metaspace_apply(const struct metaspace *metaspace, struct draft *draft);

#endif
