/* writer.h - a learned vocabulary in the formats of Hugging Face's tokenizers.
 *
 * Each function appends to a buffer, without a newline at the end. */
#ifndef QUERN_TOKENIZER_WRITER_H
#define QUERN_TOKENIZER_WRITER_H

#include "trainer.h"
#include "vec.h"

#include <stdbool.h>

/* tokenizer.json on one line, all of it canonical JSON.
 *
 * WordPiece: BERT's normalizer and pre-tokenizer; [CLS] … [SEP] around a text where both are special tokens.
 * BPE: byte-level, no blank put before a text; RoBERTa's <s> … </s> around it where both are special tokens.
 * <mask> takes the blank before it, as RoBERTa's does. lowercase: WordPiece; accents go with the case. */
void writer_tokenizer(const struct trained *trained, bool lowercase, struct bytes *out);

/* WordPiece: vocab.txt, a piece a line in the order of the ids. BPE: vocab.json, one object on one line. */
void writer_vocab(const struct trained *trained, struct bytes *out);

/* merges.txt of BPE: a version line, then "left right". */
void writer_merges(const struct trained *trained, struct bytes *out);

#endif
