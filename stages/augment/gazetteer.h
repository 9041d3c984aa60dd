/* gazetteer.h - the surfaces of entities by their labels, for the operation that exchanges them. */
#ifndef QUERN_AUGMENT_GAZETTEER_H
#define QUERN_AUGMENT_GAZETTEER_H

#include "base/vec.h"
#include "text/lexicon.h"

/* Read-only once made; shared by all threads. */
struct gazetteer;

/* same_script: surfaces stand only for those whose first letter has the same script. NULL, with the message that names
 * `path`, if there is a surface without a label. The lexicon must live as long. */
struct gazetteer *gazetteer_new(const struct lexicon *lexicon, const char *path, bool same_script);
void gazetteer_free(struct gazetteer *gazetteer);

/* The surfaces that may stand for one with this label: *count of them, by bytes, all different. What
 * was in the scratch is overwritten. */
const struct slice *gazetteer_surfaces(const struct gazetteer *gazetteer, struct slice surface, struct slice label,
                                       struct bytes *scratch, size_t *count);

#endif
