/* kinds.h - what the ids of a vocabulary are. */
#ifndef CHECK_KINDS_H
#define CHECK_KINDS_H

#include "../tokenizer/tokenizer.h"
#include "record/options.h"
#include "record/stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum id_kind {
    ID_NONE,     /* no such token */
    ID_SPECIAL,  /* a special token, or the mask */
    ID_UNKNOWN,  /* the unknown token */
    ID_RESERVED, /* an added token, or a placeholder such as [unused1], which no text has */
    ID_ORDINARY,
};

struct kinds {
    const struct tokenizer *tokenizer; /* NULL: made of numbers */
    const char *path;                  /* of it */
    int32_t size, mask_id;             /* mask_id -1: none */
    uint8_t *kinds;                    /* enum id_kind */
};

/* From a tokenizer file, or from numbers, then the unknown token counts as special. NULL with the message. */
struct kinds *kinds_of_model(struct stage_context *context, const char *path);
struct kinds *kinds_of_numbers(int64_t mask_id, int64_t size, const struct ints *special);
void kinds_free(struct kinds *kinds);

enum id_kind kinds_of(const struct kinds *kinds, int32_t id);

/* The id of a token by its name, or "#102". 0, or -1 with the message: `option` names a token that is not there. */
int kinds_find(const struct kinds *kinds, const char *option, struct slice name, int32_t *id);

#endif
