/* rewriting.h - normalizers that look at more than one character: they replace matches, strip, put something before a
 * text, or follow SentencePiece's table. They are steps of normalizer.h between runs of its own steps. */
#ifndef QUERN_TOKENIZER_REWRITING_H
#define QUERN_TOKENIZER_REWRITING_H

#include "charsmap.h"
#include "draft.h"
#include "pattern.h"

#include <stdbool.h>

enum rewriting_kind { REWRITE_REPLACE, REWRITE_STRIP, REWRITE_PREPEND, REWRITE_CHARSMAP, REWRITE_SPELL };

struct rewriting {
    enum rewriting_kind kind;
    struct slice content; /* the replacement of a match, or what is put before */
    struct slice needle;  /* REWRITE_REPLACE: a string that every match contains; without a pattern, the match itself */
    struct regex *pattern;     /* owned; or NULL */
    bool left, right;          /* REWRITE_STRIP */
    struct charsmap *charsmap; /* owned; or NULL */
};

void rewriting_free(struct rewriting *rewriting);

/* One thread's state. Zeroed at first. */
struct rewriting_thread {
    struct regex_work *patterns;
    struct counted_symbols {
        struct counted_symbol {
            uint32_t point;
            int32_t change; /* as in normal_form.h */
        } * items;
        size_t len, cap;
    } symbols;
};
void rewriting_thread_free(struct rewriting_thread *thread);

/* Rewrites every piece of text; added tokens stay as they are. 0, or -1 with the message. */
int rewriting_apply(const struct rewriting *rewriting, struct rewriting_thread *thread, struct draft *draft);

#endif
