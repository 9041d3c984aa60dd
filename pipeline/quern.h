/* quern.h - all that the author of a filter needs. */
#ifndef QUERN_H
#define QUERN_H

#include "annotations.h"
#include "arena.h"
#include "diag.h"
#include "edits.h"
#include "json.h"
#include "lexicon.h"
#include "map.h"
#include "memory.h"
#include "options.h"
#include "record.h"
#include "rng.h"
#include "slice.h"
#include "stage.h"
#include "text.h"
#include "vec.h"

#endif
