/* parts.h - the parts of a tokenizer and how to put them together; only for the files of this folder. */
#ifndef QUERN_TOKENIZER_PARTS_H
#define QUERN_TOKENIZER_PARTS_H

#include "added.h"
#include "base/vec.h"
#include "bert_words.h"
#include "blanks.h"
#include "decoder.h"
#include "files/config.h"
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

enum { TOKEN_SPECIAL = 1, TOKEN_RESERVED = 2, TOKEN_ABSENT = 4 }; /* ABSENT: no token has this id */

struct tokenizer {
    struct bytes file;   /* most tokens point into it */
    struct arena *arena; /* holds the other tokens */
    const char *format;  /* "tokenizer.json", "vocab.txt" …; NULL as long as the file may not be a tokenizer at all */

    struct config config; /* what transformers keeps beside the file */
    const char *unready;  /* why it can't cut texts, though its vocabulary is known; NULL if it can */

    struct normalizer normalizer;
    struct pretokenizer pretokenizer;
    enum model_kind model;
    struct vocab vocab; /* the model's */
    struct wordpiece wordpiece;
    struct bert_words *bert_words; /* NULL: run the steps in order; see sequence.c */
    struct bpe bpe;
    struct unigram unigram;
    double *unigram_scores;             /* by id */
    struct sentencepiece sentencepiece; /* the whole pipeline of a .model file, instead of all of the above */
    struct decoder decoder;

    struct vocab added_vocab;           /* added tokens by their own spelling */
    VEC(int32_t) specials;              /* the ids of the special ones */
    bool marks;                         /* texts have special tokens: see sentencepiece_load.c */
    struct added_set added, normalized; /* looked for before, and after, the normalizer */

    struct template single, pair, plain_single, plain_pair; /* plain: without special tokens */
    bool has_template;
    bool trim_offsets, trim_prefix; /* see encode.c */

    /* By id, model and added. */
    const struct slice *tokens;  /* the vocabulary's, unless an added token has another spelling */
    struct slice *own_tokens;    /* NULL if `tokens` is the vocabulary's */
    uint8_t *flags;              /* TOKEN_… */
    struct blanks_known *blanks; /* NULL unless trim_offsets */
    size_t size;
    int32_t mask_id, unk_id;
    struct slice pad_token;      /* of the file's `padding`; ptr NULL if it has none */
    int32_t pad_id, pad_type_id; /* pad_id: -1 if the file does not say it */
};

/* A new, empty tokenizer; tokenizer_free takes it at any stage. */
struct tokenizer *tokenizer_new(void);

/* Adds a token that is to be cut out of texts. To be called in the order of the file, after the model and the
 * normalizer are complete. Its id is the model's, or the next free one, which must be `id` if that is >= 0. 0, or -1
 * with the message. */
int tokenizer_add_token(struct tokenizer *tokenizer, struct added_token token, int32_t id);

/* Adds the tokens of a file, and those of the config, as transformers does: one that is listed again gets the settings
 * that it has there. */
int tokenizer_add_listed(struct tokenizer *tokenizer, const struct listed_tokens *listed);

/* The content of a token that the config names, else `usual`. */
struct slice tokenizer_named(const struct tokenizer *tokenizer, enum named_token which, const char *usual);

/* One of the named tokens, with its usual spelling. */
struct usual_token {
    enum named_token which;
    const char *content;
    bool lstrip; /* takes the blank before it: RoBERTa's mask */
};

/* Adds the named tokens that the vocabulary has, in order, then what the config lists. */
int tokenizer_add_usual(struct tokenizer *tokenizer, const struct usual_token *usual, size_t count);

/* Sets the template from both tokens, or those that the config names, if the vocabulary has them. */
void tokenizer_use_usual(struct tokenizer *tokenizer, const char *cls, const char *sep, bool bert);

/* Derives what depends on the rest. To be called last. */
void tokenizer_ready(struct tokenizer *tokenizer);

/* The model. Each: 0, or -1 with the message. */
int tokenizer_load_vocab(struct tokenizer *tokenizer, struct slice object); /* {"token": id} */
int tokenizer_use_wordpiece(struct tokenizer *tokenizer, struct slice unk);
int tokenizer_use_bpe(struct tokenizer *tokenizer, struct slice unk, size_t expected_merges);

/* Templates: only the texts; `plain` from `single` and `pair`; [CLS] A [SEP] B [SEP], or RoBERTa's. */
void tokenizer_plain_templates(struct tokenizer *tokenizer);
void tokenizer_plain_from_template(struct tokenizer *tokenizer);
void tokenizer_use_pair_template(struct tokenizer *tokenizer, const struct template_part *cls,
                                 const struct template_part *sep, bool bert);

#endif
