/* gazetteer.h - the names of a gazetteer in a text, found anew: by a table of whole names and ICU's own boundaries. */
#ifndef CHECK_GAZETTEER_H
#define CHECK_GAZETTEER_H

#include "check.h"

struct gazetteer;

/* NULL with the message. */
struct gazetteer *gazetteer_open(const char *path);
void gazetteer_close(struct gazetteer *gazetteer);

struct named {
    struct span span;         /* in code points */
    struct slice name, label; /* of the entry; ptr of `label` NULL: it has none */
};

/* From left to right, at each place the longest name that starts and ends where a name may and shares no character with
 * one of the closed spans, which may come in any order. lang: a language tag; empty, or no language: the rules that all
 * languages share. An array in the arena. 0, or -1 with the message. */
int gazetteer_find(struct gazetteer *gazetteer, struct slice text, struct slice lang, const struct span *closed,
                   size_t closed_count, struct arena *arena, struct named **found, size_t *count);

#endif
