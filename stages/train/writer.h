/* writer.h - a learned vocabulary in the formats of Hugging Face's tokenizers.
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
    WRITER_WHITESPACE, /* nothing but White_Space parts words, and is lost */
    WRITER_METASPACE,  /* unigram: a blank, written as WRITER_BLANK, begins each word, and the first one */
};

/* Of unigram models: what stands for a blank, and the expression for blanks that become one. */
#define WRITER_BLANK "\xe2\x96\x81"
#define WRITER_BLANKS " {2,}"

/* tokenizer.json on one line, all of it canonical JSON.
 *
 * WordPiece: BERT's normalizer; [CLS] … [SEP] around a text where both are special tokens.
 * Unigram: SentencePiece's Nmt and NFKC, runs of blanks become one; [CLS] and [SEP] as in WordPiece, [MASK] takes the
 * blank before it, as ALBERT has them. <unk> is the unknown token. BPE: byte-level, no blank put before a text;
 * RoBERTa's <s> … </s> around it where both are special tokens. <mask> takes the blank before it, as RoBERTa's does.
 * lowercase: WordPiece; accents go with the case. */
void writer_tokenizer(const struct trained *trained, enum writer_cut cut, bool lowercase, struct bytes *out);

/* WordPiece: vocab.txt, a piece a line in the order of the ids. BPE: vocab.json, one object on one line. Unigram: a
 * piece, a tab and its score a line. */
void writer_vocab(const struct trained *trained, struct bytes *out);

/* merges.txt of BPE: a version line, then "left right". */
void writer_merges(const struct trained *trained, struct bytes *out);

#endif
