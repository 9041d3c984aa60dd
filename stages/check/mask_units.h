/* mask_units.h - the units of a masked sequence, as the specification of mask describes them. */
#ifndef CHECK_MASK_UNITS_H
#define CHECK_MASK_UNITS_H

#include "base/arena.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum level { LEVEL_TOKEN, LEVEL_WORD, LEVEL_PHRASE, LEVEL_ENTITY, LEVELS };

/* The tokens of a record. Arrays of `count`; NULL those that it does not have. */
struct mask_tokens {
    size_t count;
    const int32_t *original; /* the ids before masking */
    const int32_t *input_ids;
    const uint8_t *maskable, *selected;
    const int32_t *word_ids; /* as words are counted */
    const int32_t *token_type_ids, *doc_ids;
    const struct span *ranges[LEVELS]; /* phrase_tokens, entity_tokens */
    size_t range_counts[LEVELS];
    bool has[LEVELS]; /* are the members of the level there? */
};

struct units {
    struct span *items; /* ascending */
    size_t count, tokens;
    size_t longest, second; /* tokens of the two longest */
};

/* Those of a level within [from, to); a token that is `taken` (NULL: none) belongs to a unit of a level above. */
struct units mask_units_of_level(const struct mask_tokens *tokens, enum level level, size_t from, size_t to,
                                 const uint8_t *taken, struct arena *arena);

/* Is there a border before token i, where words end: of a text, of a document? */
bool mask_units_border(const struct mask_tokens *tokens, size_t i);

/* How many tokens the `words` words from number `first` on have, if none of them is parted from the next by a border
 * or by tokens that are no words of the list; SIZE_MAX: there are not so many. */
size_t mask_units_run(const struct mask_tokens *tokens, const struct units *words, size_t first, size_t count);

#endif
