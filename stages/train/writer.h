/* writer.h - writes a learned vocabulary in the formats of Hugging Face's tokenizers.
 *
 * Each function appends to a buffer, without a newline at the end. */
#ifndef QUERN_TOKENIZER_WRITER_H
#define QUERN_TOKENIZER_WRITER_H

#include "base/vec.h"
#include "trainer.h"

#include <stdbool.h>

/* How the tokenizer cuts a text into words. */
enum writer_cut {
    WRITER_GPT2, /* BPE */
    WRITER_BERT,
    WRITER_WHITESPACE, /* only White_Space separates words, and it is lost */
    WRITER_METASPACE,  /* unigram: a blank, written as WRITER_BLANK, begins each word, including the first */
};

/* For unigram models: the mark for a blank, and the expression for blanks that become one. */
#define WRITER_BLANK "\xe2\x96\x81"
#define WRITER_BLANKS " {2,}"

/* tokenizer.json on one line, all of it canonical JSON.
 *
 * WordPiece: BERT's normalizer; [CLS] … [SEP] around a text if both are special tokens. Unigram: SentencePiece's Nmt
 * and NFKC, runs of blanks become one; [CLS] and [SEP] as in WordPiece, [MASK] takes the blank before it, as in ALBERT.
 * <unk> is the unknown token. BPE: byte-level, no blank added before a text; RoBERTa's <s> … </s> around it if both are
 * special tokens; <mask> takes the blank before it, as in RoBERTa. lowercase: for WordPiece; it also removes
 * accents. */
void writer_tokenizer(const struct trained *trained, enum writer_cut cut, bool lowercase, struct bytes *out);

/* WordPiece: vocab.txt, a piece a line in the order of the ids. BPE: vocab.json, one object on one line. Unigram: one
 * line for each piece, with the piece, a tab and its score. */
void writer_vocab(const struct trained *trained, struct bytes *out);

/* merges.txt for BPE: a version line, then "left right". */
void writer_merges(const struct trained *trained, struct bytes *out);

#endif
