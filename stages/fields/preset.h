/* preset.h - the members that the trainers of others take, under their names. */
#ifndef QUERN_FIELDS_PRESET_H
#define QUERN_FIELDS_PRESET_H

#include "shape.h"

enum preset { PRESET_NONE, PRESET_HF, PRESET_BERT, PRESET_FAIRSEQ, PRESET_SEQIO, PRESET_PADDLE };

struct preset_member {
    const char *name, *from; /* the member that gets the name; NULL: only `make` */
    enum make_how make;      /* how it is made where there is no `from`, or MAKE_NOT */
};

/* The members in their order; the last has no name. */
const struct preset_member *preset_members(enum preset preset);

#endif
