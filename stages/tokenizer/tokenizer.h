/* tokenizer.h - text to ids, exactly as Hugging Face tokenizers 0.22 does it, offsets and all.
 *
 *     struct tokenizer *tokenizer = tokenizer_load("bert-base-uncased/vocab.txt");
 *     struct tokenizer_thread *thread = tokenizer_thread_new(tokenizer);
 *     struct encoding encoding;
 *     tokenizer_encode(thread, text, NULL, &options, arena, &encoding);
 *
 * A tokenizer is loaded from
 *   - tokenizer.json: every model, normalizer, pre-tokenizer, post-processor and decoder of that library. What a file
 *     asks for and is not supported is an error that names it. Its `truncation` and `padding` are not applied
 *     (transformers doesn't either): they are the caller's to choose;
 *   - vocab.txt, BERT's: one token a line. Lower-casing from a tokenizer_config.json in the same folder, else lower
 *     case unless a token (but for [bracketed] ones) has an upper-case letter;
 *   - vocab.json with merges.txt beside it, or the other way round: RoBERTa's where <s> and </s> are tokens, else
 *     GPT-2's;
 *   - a rank file of tiktoken: see tiktoken.h;
 *   - a .model file of SentencePiece, which is not treated as Hugging Face would: see sentencepiece.h;
 *   - a folder that holds one of these, looked for in this order; a rank file by its name, NAME.tiktoken.
 * What kind of file it is is seen from its contents, not from its name.
 *
 * The rooms of this folder: text/ normalizes and cuts a text into words, models/ makes tokens of a word, files/ reads
 * what all of that is set up from. Here: the way through them (sequence.c), and what comes behind it (encode.c). */
#ifndef QUERN_TOKENIZER_H
#define QUERN_TOKENIZER_H

#include "base/arena.h"
#include "base/slice.h"
#include "models/dropout.h"
#include "models/unigram_sampler.h"
#include "template.h"
#include "text/names.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tokenizer;        /* read-only, shared by threads */
struct tokenizer_thread; /* one thread's scratch and word cache; what comes out never depends on what it saw before */

/* NULL, with the message. */
struct tokenizer *tokenizer_load(const char *path);
void tokenizer_free(struct tokenizer *tokenizer);

/* The tokenizer must live longer. */
struct tokenizer_thread *tokenizer_thread_new(const struct tokenizer *tokenizer);
void tokenizer_thread_free(struct tokenizer_thread *thread);

/* What is to be computed. */
enum {
    ENCODE_IDS = 1,
    ENCODE_TOKENS = 2,
    ENCODE_OFFSETS = 4,
    ENCODE_WORD_IDS = 8,
    ENCODE_SPECIAL_TOKENS_MASK = 16,
    ENCODE_ATTENTION_MASK = 32,
    ENCODE_TOKEN_TYPE_IDS = 64,
    ENCODE_OTHER_TOKENS = 128, /* the tokens, but only where one of them is not spelled as tokenizer_token has its id */
};

struct tokenizer_options {
    unsigned want; /* ENCODE_… */
    bool no_special;
    size_t max_length; /* tokens, special ones included; 0: no limit */
    enum truncation truncation;
    bool truncate_left; /* the last tokens are kept, not the first */
    size_t stride;      /* tokenizer_encode_windows: tokens that two windows of a text share */
    struct padding padding;
    struct dropout *dropout;   /* NULL: none; BPE only, but not SentencePiece's */
    struct sampling *sampling; /* NULL: none; by a sampler of this tokenizer */

    /* The words of the text, where word_ids are to number these and not the pre-tokenizer's (NULL): see spans.h. */
    const struct span *words;
    size_t word_count;
};

/* Arrays of `count`, in the arena; what was not wanted is NULL. */
struct encoding {
    size_t count;
    const int32_t *ids;
    const struct slice *tokens;
    const struct span *offsets; /* code points of the text the token is from; 0, 0 for a special token */
    const int32_t *word_ids;    /* which pre-token of its text, or which of its words; -1 for a special token */
    const int32_t *special_tokens_mask, *attention_mask, *token_type_ids;
    struct span texts[2]; /* which of the tokens are the first text's, the second's; 0, 0 where there is none */
    struct excerpt {
        size_t number;     /* of the text's windows, by where they are in it; 0 where the text is whole */
        struct span place; /* what of the text it is: code points; end UINT32_MAX: up to the text's end */
    } excerpts[2];         /* by tokenizer_encode_windows only */
};

/* text, *pair: valid UTF-8; pair may be NULL. 0, or -1 with the message where a text can't be shortened as asked, is
 * too long to be indexed (4 GiB), a pre-tokenizer's expression gives up, a word of WordLevel is unknown without a token
 * for that, or the model has nothing to drop. */
int tokenizer_encode(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                     const struct tokenizer_options *options, struct arena *arena, struct encoding *encoding);

/* The same in as many windows as the texts need (windows.h): an array of *count, in the arena; the first is what
 * tokenizer_encode gives. Offsets are of the whole texts. The excerpts of one text, by their numbers, together are all
 * of it, and neither their starts nor their ends fall. -1 also where the windows have no room for the stride, are too
 * many, or have too many tokens. */
int tokenizer_encode_windows(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                             const struct tokenizer_options *options, struct arena *arena,
                             const struct encoding **encodings, size_t *count);

/* ---- about the vocabulary ---- */

/* "WordPiece", "BPE" */
const char *tokenizer_kind(const struct tokenizer *tokenizer);

/* Is it one that dropout is for? */
bool tokenizer_has_merges(const struct tokenizer *tokenizer);

/* For subword regularization: see unigram_sampler.h. NULL, with the message, where it is no Unigram model or has scores
 * that are too large. The tokenizer must live longer. */
struct unigram_sampler *tokenizer_sampler_new(const struct tokenizer *tokenizer, size_t nbest, struct decimal alpha);

/* The largest id + 1, added tokens included. */
int32_t tokenizer_size(const struct tokenizer *tokenizer);

/* An empty slice, -1: where there is none. */
struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id);
int32_t tokenizer_id(const struct tokenizer *tokenizer, struct slice token);

/* The tokens by their ids; to be freed by the caller, before the tokenizer. */
struct names *tokenizer_names(const struct tokenizer *tokenizer);

/* Sets the token to pad with: `named`; where that is NULL, the one of the file's `padding`, else [PAD] or <pad>. Its
 * type is that of the file's `padding`, else 0. 0, or -1 with the message where the vocabulary has none. */
int tokenizer_pad_token(const struct tokenizer *tokenizer, const char *named, struct padding *padding);

/* [MASK] or <mask>; what an unknown word becomes; -1 where the vocabulary has none. */
int32_t tokenizer_mask_id(const struct tokenizer *tokenizer);
int32_t tokenizer_unk_id(const struct tokenizer *tokenizer);

/* Is it one of the special tokens ([CLS], </s>)? */
bool tokenizer_is_special(const struct tokenizer *tokenizer, int32_t id);

/* Is it an added token, special or not, or a place holder like [unused12]: nothing that text is made of? */
bool tokenizer_is_reserved(const struct tokenizer *tokenizer, int32_t id);

#endif
