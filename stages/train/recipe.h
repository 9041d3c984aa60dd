/* recipe.h - how the learned tokenizer cuts a text into words, and the tokens that it is given.
 *
 * The options say it, and writer.c writes it into the tokenizer.json. The words that are counted are cut by a tokenizer
 * that was loaded from such a file (cutter.h), so that nothing can be learned from other words than it will see. */
#ifndef QUERN_TRAIN_RECIPE_H
#define QUERN_TRAIN_RECIPE_H

#include "base/arena.h"
#include "base/vec.h"
#include "options.h"
#include "trainer.h"

/* What transformers calls bos_token and so on, in the order in which it lists them. */
enum role { ROLE_BOS, ROLE_EOS, ROLE_UNK, ROLE_SEP, ROLE_PAD, ROLE_CLS, ROLE_MASK, ROLES };
extern const char *const role_names[];

struct recipe {
    enum trainer_type type;
    bool bytes;          /* byte-level: the model sees the bytes of a text */
    bool marks;          /* a blank, written as U+2581, begins each word, as in SentencePiece */
    bool bert;           /* BERT's normalizer cleans the text; else `form` is all */
    bool joiners;        /* with FORM_NMT_NFKC: U+200C stays, which SentencePiece turns into a blank */
    bool lower;          /* in lower case */
    int form, cut;       /* none of the two is …_TYPE */
    int accents;         /* ACCENTS_TYPE, only if `bert`: removed if `lower` */
    const char *pattern; /* CUT_PATTERN: the expression */
    int prefix;          /* if `bytes` or `marks`: a blank before a text; not PREFIX_TYPE */
    bool split_digits, byte_fallback;

    VEC(struct slice) reserved; /* by id, from 0: special tokens, user-defined ones, bytes */
    size_t special_count, token_count;
    int32_t role[ROLES]; /* the id of a special token; -1: none */
    bool chosen[ROLES];  /* by an option, not for its name */
    struct arena *arena;
};

/* 0, or -1 with the message. To be freed even then; the options must live longer. */
int recipe_make(struct recipe *recipe, const struct train_options *options);
void recipe_free(struct recipe *recipe);

/* The token with this role; an empty slice if there is none. */
struct slice recipe_token(const struct recipe *recipe, enum role role);

/* Do [CLS] and [SEP], or <s> and </s>, go around a text? If their names are those that are usual for the type, or if an
 * option says so. */
bool recipe_surrounds(const struct recipe *recipe);

/* Does it cut as readers of a vocab.txt assume (BERT's way), or of vocab.json and merges.txt (GPT-2's)? */
bool recipe_is_usual(const struct recipe *recipe);

#endif
