/* verbs.h - the verbs of entities: a file for each. */
#ifndef QUERN_ENTITIES_VERBS_H
#define QUERN_ENTITIES_VERBS_H

#include "record/stage.h"

extern const struct stage entities_find, entities_tags, entities_negatives, entities_questions, entities_untag;

#endif
