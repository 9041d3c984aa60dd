/* cutter.h - cuts texts into words as the finished tokenizer will: the words to learn from. */
#ifndef QUERN_TRAIN_CUTTER_H
#define QUERN_TRAIN_CUTTER_H

#include "../tokenizer/parts.h"
#include "recipe.h"

/* A tokenizer with this recipe whose vocabulary has only the reserved pieces; to be freed with tokenizer_free. NULL,
 * with the message. */
struct tokenizer *cutter_new(const struct recipe *recipe);

/* What one thread needs. Zeroed at first. */
struct cutter_thread {
    struct draft draft;
    struct normalizer_thread normalizer;
    struct pretokenizer_thread pretokenizer;
};

/* Cuts a text, valid UTF-8: the words are the pieces of thread->draft that are PIECE_TEXT; the others are special or
 * user-defined tokens. 0, or -1 with the message. */
int cutter_cut(const struct tokenizer *cutter, struct cutter_thread *thread, struct slice text);
void cutter_thread_free(struct cutter_thread *thread);

#endif
