/* source.h - where random tokens come from. */
#ifndef QUERN_MASKING_SOURCE_H
#define QUERN_MASKING_SOURCE_H

#include "record/law.h"
#include "vocabulary.h"

struct token_source {
    int32_t *ids; /* the candidates, ascending */
    size_t count;
    struct law law; /* one draw gives the number of a candidate; without `sums` they are equally likely */
};

/* From "vocabulary": the ordinary ids; "all": every id that exists; or a file of lines ID<TAB>COUNT: in proportion to
 * the counts, but never a special token nor the unknown token. 0, or -1 with the message, also if there are no
 * candidates. */
int source_open(struct token_source *source, const struct vocabulary *vocabulary, const char *from);
/* The same from a file, whatever its name. */
int source_open_counts(struct token_source *source, const struct vocabulary *vocabulary, const char *path);
void source_close(struct token_source *source);

/* Draw number n. */
static inline int32_t source_draw(const struct token_source *source, struct rng *rng, uint64_t n)
{
    return source->ids[source->law.sums != NULL ? law_draw(&source->law, rng, n) : rng_below(rng, n, source->count)];
}

#endif
