/* layout.h - the special tokens around one text or two. */
#ifndef CHECK_LAYOUT_H
#define CHECK_LAYOUT_H

#include "kinds.h"

enum { LAYOUT_FIRST, LAYOUT_SECOND, LAYOUT_SPECIAL, LAYOUT_PARTS = 16 };

struct layout {
    struct layout_part {
        int kind;
        int32_t id, type;
    } parts[LAYOUT_PARTS];
    size_t count, specials;
    bool pair; /* does it have a second text? */
};

/* As "[CLS] $A [SEP] $B:1 [SEP]:1". 0, or -1 with the message. */
int layout_read(const struct kinds *kinds, const char *text, struct layout *layout);

/* The tokenizer's own. */
void layout_of_model(const struct kinds *kinds, bool pair, struct layout *layout);

#endif
