/* parts.h - what a tokenizer is made of, and how it is put together; for the files of this folder only. */
#ifndef QUERN_TOKENIZER_PARTS_H
#define QUERN_TOKENIZER_PARTS_H

#include "added.h"
#include "base/vec.h"
#include "bert_words.h"
#include "blanks.h"
#include "decoder.h"
#include "models/bpe.h"
#include "models/sentencepiece.h"
#include "models/unigram.h"
#include "models/vocab.h"
#include "models/wordpiece.h"
#include "template.h"
#include "text/normalizer.h"
#include "text/pretokenizer.h"
#include "tokenizer.h"

enum model_kind { MODEL_WORDPIECE, MODEL_BPE, MODEL_WORDLEVEL, MODEL_UNIGRAM, MODEL_SENTENCEPIECE };

enum { TOKEN_SPECIAL = 1, TOKEN_RESERVED = 2 };

struct tokenizer {
    struct bytes file;   /* what most tokens point into */
    struct arena *arena; /* the other tokens */
    const char *format;  /* "tokenizer.json", "vocab.txt" …; NULL as long as the file may be no tokenizer at all */

    struct normalizer normalizer;
    struct pretokenizer pretokenizer;
    enum model_kind model;
    struct vocab vocab; /* the model's */
    struct wordpiece wordpiece;
    struct bert_words *bert_words; /* NULL: the steps one after the other; see sequence.c */
    struct bpe bpe;
    struct unigram unigram;
    double *unigram_scores;             /* by id */
    struct sentencepiece sentencepiece; /* a .model file's whole pipeline, instead of all of the above */
    struct decoder decoder;

    struct vocab added_vocab;           /* added tokens by their own spelling */
    VEC(int32_t) specials;              /* ids of those that are special */
    struct added_set added, normalized; /* looked for before, and after the normalizer */

    struct template single, pair, plain_single, plain_pair; /* plain: without special tokens */
    bool has_template;
    bool trim_offsets, trim_prefix; /* see encode.c */

    /* By id, model and added. */
    const struct slice *tokens;  /* those of `vocab` unless an added token has another spelling */
    struct slice *own_tokens;    /* NULL where they are */
    uint8_t *flags;              /* TOKEN_… */
    struct blanks_known *blanks; /* NULL unless trim_offsets */
    size_t size;
    int32_t mask_id, unk_id;
    struct slice pad_token; /* of the file's `padding`; ptr NULL where it has none */
    int32_t pad_type_id;
};

/* An empty one; tokenizer_free takes it at any stage of its making. */
struct tokenizer *tokenizer_new(void);

/* Adds a token that is to be cut out of texts; to be called in the order of the file, after the model and the
 * normalizer are complete. Its id is the model's, or the next free one; `id` >= 0 says which it has to be.
 * 0, or -1 with the message. */
int tokenizer_add_token(struct tokenizer *tokenizer, struct added_token token, int32_t id);

/* Makes what is worked out from the rest. To be called last. */
void tokenizer_ready(struct tokenizer *tokenizer);

/* The model. 0, or -1 with the message. */
int tokenizer_load_vocab(struct tokenizer *tokenizer, struct slice object); /* {"token": id} */
int tokenizer_use_wordpiece(struct tokenizer *tokenizer, struct slice unk);
int tokenizer_use_bpe(struct tokenizer *tokenizer, struct slice unk, size_t expected_merges);

/* Templates: only the texts; `plain` from what `single` and `pair` are; [CLS] A [SEP] B [SEP], or RoBERTa's. */
void tokenizer_plain_templates(struct tokenizer *tokenizer);
void tokenizer_plain_from_template(struct tokenizer *tokenizer);
void tokenizer_use_pair_template(struct tokenizer *tokenizer, const struct template_part *cls,
                                 const struct template_part *sep, bool bert);

#endif
