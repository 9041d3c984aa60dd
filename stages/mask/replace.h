/* replace.h - what selected tokens become. */
#ifndef QUERN_MASKER_REPLACE_H
#define QUERN_MASKER_REPLACE_H

#include "masker.h"
#include "select.h"

/* Replaces the selected tokens in input_ids, which has the ids of the sequence. Adds to `counts`. */
void replace_chosen(const struct masker *masker, struct rng *rng, const struct sequence *sequence,
                    const struct chosen *chosen, struct arena *arena, int32_t *input_ids, size_t counts[COUNTERS]);

#endif
