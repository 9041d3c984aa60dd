/* config.h - what transformers keeps beside a tokenizer: tokenizer_config.json, special_tokens_map.json,
 * added_tokens.json.
 *
 * Read are the class of the tokenizer, its named tokens, its added tokens, and the settings of BERT's text. What is a
 * default of a call (padding_side, truncation_side, model_max_length …) is not: options say that. */
#ifndef QUERN_TOKENIZER_CONFIG_H
#define QUERN_TOKENIZER_CONFIG_H

#include "../added.h"
#include "base/arena.h"
#include "base/vec.h"

enum named_token { NAMED_BOS, NAMED_EOS, NAMED_UNK, NAMED_SEP, NAMED_PAD, NAMED_CLS, NAMED_MASK, NAMED_TOKENS };

/* A token that a file lists. */
struct listed_token {
    struct added_token token; /* its content; its id is not set */
    int32_t id;               /* as the file has it, or -1 */
    bool decides;             /* its settings count, also if another file has the token with others */
};

struct listed_tokens {
    struct listed_token *items;
    size_t len, cap;
};

struct config {
    const char *folder;                      /* NULL: nothing was read, and all of the rest is empty */
    struct slice class;                      /* tokenizer_class without "Fast" */
    struct slice pattern;                    /* pat_str, pretokenize_regex or pattern: an expression */
    struct slice named[NAMED_TOKENS];        /* ptr NULL if the files do not name it */
    struct listed_tokens added;              /* by their ids as far as they have any; then named ones; then others */
    int lower, strip, cjk, add_prefix_space; /* 1, 0, or -1 if the files do not say */
};

/* Reads the files in the folder, as far as they exist. The result points into the arena. 0, or -1 with the message. */
int config_read(struct config *config, const char *folder, struct arena *arena);
void config_free(struct config *config);

#endif
