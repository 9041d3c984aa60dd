/* runs.h - expressions that match a run of one kind of characters, without a regular expression engine: numbers, and
 * DeepSeek's Chinese and kana. */
#ifndef QUERN_TOKENIZER_RUNS_H
#define QUERN_TOKENIZER_RUNS_H

#include "base/slice.h"
#include "draft.h"

#include <stdbool.h>

struct run_form {
    const char *expression; /* as PCRE2 and Oniguruma read it */
    size_t most;            /* characters in a run */
    bool (*holds)(uint32_t point);
};

enum { RUNS_NUMBERS, RUNS_CHINESE, RUNS_FORMS };
extern const struct run_form runs_forms[RUNS_FORMS];

/* The form with exactly this expression, or NULL. */
const struct run_form *runs_find(struct slice expression);

/* Cuts a piece of text (valid UTF-8): each run is a piece, and so is the text between two runs. */
void runs_cut(const struct run_form *form, struct draft *draft, struct piece piece);

#endif
