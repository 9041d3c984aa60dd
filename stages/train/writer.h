/* writer.h - writes a learned vocabulary in the formats of Hugging Face's tokenizers and transformers.
 *
 * Each function appends to a buffer, without a newline at the end. */
#ifndef QUERN_TRAIN_WRITER_H
#define QUERN_TRAIN_WRITER_H

#include "base/vec.h"
#include "recipe.h"
#include "trainer.h"

/* tokenizer.json on one line, all of it canonical JSON.
 *
 * Around a text, if recipe_surrounds: [CLS] … [SEP], with types for a pair, in WordPiece and unigram models; RoBERTa's
 * <s> … </s> in BPE. <mask> of BPE takes the blank before it, as in RoBERTa, and [MASK] of unigram, as in ALBERT. */
void writer_tokenizer(const struct recipe *recipe, const struct trained *trained, struct bytes *out);

/* tokenizer_config.json: the roles of the special tokens, for AutoTokenizer. */
void writer_config(const struct recipe *recipe, struct bytes *out);

/* Can the next two write each piece? 0, or -1 with the message if one contains what separates pieces there. */
int writer_check_lines(const struct trained *trained, enum train_format format);

/* WordPiece: vocab.txt, a piece a line in the order of the ids. BPE: vocab.json, one object on one line. Unigram: one
 * line for each piece, with the piece, a tab and its score. */
void writer_vocab(const struct trained *trained, struct bytes *out);

/* merges.txt for BPE: a version line, then "left right". */
void writer_merges(const struct trained *trained, struct bytes *out);

#endif
