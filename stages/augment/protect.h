/* protect.h - the places of a text that no operation may touch. */
#ifndef QUERN_AUGMENT_PROTECT_H
#define QUERN_AUGMENT_PROTECT_H

#include "draft.h"

/* The expression for --protect addresses: URLs, e-mail addresses, @names and #tags. */
struct slice protect_addresses(void);

/* Lists in drafter->closed the places of entities, *entities of them, then those of matches of the patterns and of
 * protected words and phrases; in code points, in any order. 0, or -1 with the message. */
int protect_find(struct drafter *drafter, const struct draft *draft, size_t *entities);

#endif
