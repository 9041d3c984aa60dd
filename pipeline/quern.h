/* quern.h - all that the author of a filter needs. */
#ifndef QUERN_H
#define QUERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/slice.h"
#include "base/vec.h"
#include "record/annotations.h"
#include "record/condition.h"
#include "record/keep.h"
#include "record/lineage.h"
#include "record/members.h"
#include "record/options.h"
#include "record/record.h"
#include "record/rng.h"
#include "record/stage.h"
#include "text/edits.h"
#include "text/json.h"
#include "text/lexicon.h"
#include "text/text.h"

#endif
