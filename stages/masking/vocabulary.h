/* vocabulary.h - what a masked language model may do with each id of a vocabulary. */
#ifndef QUERN_MASKING_VOCABULARY_H
#define QUERN_MASKING_VOCABULARY_H

#include "../tokenizer/tokenizer.h"
#include "base/slice.h"
#include "record/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum id_kind {
    ID_ABSENT,    /* no such token */
    ID_PROTECTED, /* a special token or the unknown token: neither masked nor drawn */
    ID_UNDRAWN,   /* an added token or a placeholder: may be masked but not drawn */
    ID_ORDINARY,  /* may be masked, or drawn to replace another token */
};

struct vocabulary {
    int32_t mask_id;   /* -1 if there is none */
    size_t size;       /* all ids are smaller */
    uint8_t *kinds;    /* enum id_kind of every id */
    uint8_t *spelling; /* of every id, what word_starts_kind says; NULL: not known, or no token begins with a space */
};

/* From a tokenizer, or from numbers: then every id below `size` is ordinary, except the mask and the special ids. NULL,
 * with the message, if an id is not below `size`. */
struct vocabulary *vocabulary_of_tokenizer(const struct tokenizer *tokenizer);
struct vocabulary *vocabulary_of_ids(int64_t mask_id, int64_t size, const struct ints *special_ids);
void vocabulary_free(struct vocabulary *vocabulary);

/* Is it a name that vocabularies reserve for future tokens: [unused7], <unused7>, <extra_id_7>, madeupword0007? */
bool vocabulary_is_placeholder(struct slice token);

static inline enum id_kind vocabulary_kind(const struct vocabulary *vocabulary, int32_t id)
{
    return id >= 0 && (size_t)id < vocabulary->size ? (enum id_kind)vocabulary->kinds[id] : ID_ABSENT;
}

#endif
