/* generator.h - a generator that is another program: what it is asked, and what it answers. */
#ifndef QUERN_RTD_GENERATOR_H
#define QUERN_RTD_GENERATOR_H

#include "../masking/vocabulary.h"
#include "quern.h"
#include "run/child.h"

/* Opens it for --generator command. NULL with the message. */
struct child *generator_open(struct stage_context *context, const char *command, const struct child_options *options,
                             const struct vocabulary *vocabulary);

/* {"input_ids":[…],"positions":[…],"seed":N}: what to put at the positions? The seed is of the record and its epoch, so
 * that a generator that samples can answer a request always the same way. In the arena. */
struct slice generator_request(const int32_t *ids, size_t count, const uint32_t *positions, size_t position_count,
                               uint64_t seed, struct arena *arena);

/* The ids of a reply, which has been checked: one for each position. */
const int32_t *generator_ids(struct slice reply, size_t count, struct arena *arena);

#endif
