/* normal_form.h - NFC, NFD, NFKC and NFKD that remember where each character comes from.
 *
 * The tables are ICU's, restricted to Unicode 9.0, the version of the reference's crate.
 *
 * Which original character a character of the result stands for is decided as in the reference: not by where it went,
 * but by counting. Each character carries the number of characters that it replaces (a decomposition: 1 for its first,
 * 0 for the others; a composition: the sum), and takes the place of that many next characters of the input; one that
 * replaces none shares the place of the previous one. After marks were reordered this is not where they came from, but
 * published offsets are made this way. */
#ifndef QUERN_TOKENIZER_NORMAL_FORM_H
#define QUERN_TOKENIZER_NORMAL_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A character and the code point of the original that it stands for. */
struct symbol {
    uint32_t point, origin;
};

struct symbols {
    struct symbol *items;
    size_t len, cap;
};

/* ICU's tables. */
struct normal_form_tables {
    const struct UNormalizer2 *composed, *decomposed, *compatible; /* NFC, NFD, NFKD */
};

/* 0, or -1 with the message if ICU can't load them. */
int normal_form_load(struct normal_form_tables *tables);

struct normal_form {
    bool compose, compatibility;
    const struct normal_form_tables *tables;
};

struct normal_form_scratch {
    struct counted {
        uint32_t point;
        int32_t change; /* 1 - what it replaces: 1: a new character, 0: one for one, -n: replaces n more */
        uint8_t class;  /* canonical combining class */
    } * items;
    size_t len, cap;
    struct counted *order; /* as long as the other */
    size_t order_cap;
};

void normal_form_apply(struct normal_form form, const struct symbols *in, struct symbols *out,
                       struct normal_form_scratch *scratch);
void normal_form_scratch_free(struct normal_form_scratch *scratch);

/* The canonical combining class. */
uint8_t normal_form_class(uint32_t point);

/* Can the text before this character change it, or be changed by it, when the text is composed? */
bool normal_form_interacts(uint32_t point);

#endif
