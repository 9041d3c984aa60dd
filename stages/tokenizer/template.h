/* template.h - how one or two tokenized texts become one list: special tokens, type ids, truncation. */
#ifndef QUERN_TOKENIZER_TEMPLATE_H
#define QUERN_TOKENIZER_TEMPLATE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEMPLATE_FIRST = 0, TEMPLATE_SECOND = 1, TEMPLATE_SPECIAL = 2, TEMPLATE_PARTS = 16 };

/* [CLS] A [SEP] B [SEP] */
struct template
{
    struct template_part {
        int kind;           /* TEMPLATE_… */
        int32_t type_id;    /* its token_type_ids */
        int32_t id;         /* TEMPLATE_SPECIAL */
        struct slice token; /* its spelling; not owned */
    } parts[TEMPLATE_PARTS];
    size_t count;
};

/* -1, with the message, if there are too many parts or a text appears twice. */
int template_add(struct template *template, int kind, int32_t type_id, int32_t id, struct slice token);

/* Just the texts: type 0, and 1 for the second. */
void template_plain(struct template *template, bool pair);

/* How many special tokens it adds. */
size_t template_specials(const struct template *template);

/* Tokens without text that make lists equally long. */
struct padding {
    size_t to;       /* at least this many tokens; 0: no minimum */
    size_t multiple; /* and then up to a multiple of this; 0: any number */
    bool left;       /* before the other tokens, not after them */
    int32_t id, type_id;
    struct slice token; /* its spelling; not owned */
};

/* The number of tokens once `count` tokens are padded. */
size_t template_padded(const struct padding *padding, size_t count);

enum truncation { TRUNCATE_LONGEST_FIRST, TRUNCATE_ONLY_FIRST, TRUNCATE_ONLY_SECOND };

/* Shortens texts of counts[0] and counts[1] tokens (the second: 0 if pair is false) to at most `most` tokens together.
 * 0, or -1 with the message if the text that is to be shortened is too short. */
int template_truncate(enum truncation truncation, size_t most, bool pair, size_t counts[2]);

#endif
