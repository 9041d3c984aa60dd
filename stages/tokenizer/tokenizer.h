/* tokenizer.h - text to ids, exactly as Hugging Face tokenizers 0.22 does it, offsets and all.
 *
 *     struct tokenizer *tokenizer = tokenizer_load("bert-base-uncased/vocab.txt");
 *     struct tokenizer_thread *thread = tokenizer_thread_new(tokenizer);
 *     struct encoding encoding;
 *     tokenizer_encode(thread, text, NULL, &options, arena, &encoding);
 *
 * A tokenizer is loaded from
 *   - tokenizer.json: every model, normalizer, pre-tokenizer, post-processor and decoder of that library. If a file
 *     asks for something that is not supported, the error names it. Its `truncation` and `padding` are not applied
 *     (transformers doesn't either): the caller chooses them;
 *   - vocab.txt, BERT's: one token a line. Lower-casing as in a tokenizer_config.json in the same folder; without one,
 *     lower case unless a token (other than [bracketed] ones) has an upper-case letter;
 *   - vocab.json with merges.txt beside it, or the other way round: see bpe_files.c;
 *   - a rank file of tiktoken: see tiktoken.h;
 *   - Mistral's tekken.json: see tekken.h;
 *   - a .model file of SentencePiece, which is not treated as Hugging Face would: see sentencepiece.h;
 *   - a folder with one of these; see load.c. What transformers keeps beside them counts too: see config.h.
 * The kind of a file is recognised by its contents, not by its name. A byte order mark at its start does not count.
 *
 * This folder: text/ normalizes texts and cuts them into words, models/ turns words into tokens, files/ reads the
 * files that set all of this up. The files here run the whole: sequence.c makes the tokens of a text, encode.c adds
 * special tokens, truncation, windows and padding. */
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
struct tokenizer_thread; /* one thread's working memory and word cache; the result never depends on what it saw before
                          */

/* NULL, with the message. */
struct tokenizer *tokenizer_load(const char *path);

/* The same for a rank file of tiktoken that does not say how to cut texts: pattern is an expression, or the name of an
 * encoding; NULL: as tokenizer_load. */
struct tokenizer *tokenizer_load_cut(const char *path, const char *pattern);

/* 0, or -1 with the message if the files do not say how to cut texts. Then only questions about the vocabulary and
 * decoding are allowed. */
int tokenizer_can_cut(const struct tokenizer *tokenizer);
void tokenizer_free(struct tokenizer *tokenizer);

/* The tokenizer must outlive it. */
struct tokenizer_thread *tokenizer_thread_new(const struct tokenizer *tokenizer);
void tokenizer_thread_free(struct tokenizer_thread *thread);

/* What to compute. */
enum {
    ENCODE_IDS = 1,
    ENCODE_TOKENS = 2,
    ENCODE_OFFSETS = 4,
    ENCODE_WORD_IDS = 8,
    ENCODE_SPECIAL_TOKENS_MASK = 16,
    ENCODE_ATTENTION_MASK = 32,
    ENCODE_TOKEN_TYPE_IDS = 64,
    ENCODE_OTHER_TOKENS = 128, /* the tokens, but only if one of them is not spelled as tokenizer_token spells its id */
};

struct tokenizer_options {
    unsigned want; /* ENCODE_… */
    bool no_special;
    size_t max_length; /* tokens, including special ones; 0: no limit */
    enum truncation truncation;
    bool truncate_left; /* keep the last tokens, not the first */
    size_t stride;      /* tokenizer_encode_windows: tokens that two windows of a text share */
    struct padding padding;
    struct dropout *dropout;   /* NULL: no dropout; BPE only, but not SentencePiece's */
    struct sampling *sampling; /* NULL: the best segmentation; with a sampler of this tokenizer */

    /* The words of the text, if word_ids are to number them instead of the pre-tokenizer's (NULL): see spans.h. */
    const struct span *words;
    size_t word_count;
};

/* Arrays of `count`, in the arena; those not wanted are NULL. */
struct encoding {
    size_t count;
    size_t dropped; /* tokens of the texts that max_length left out; 0 from tokenizer_encode_windows */
    const int32_t *ids;
    const struct slice *tokens;
    const struct span *offsets; /* the code points of the text that the token is from; 0, 0 for a special token */
    const int32_t *word_ids;    /* the number of the pre-token of its text, or of its word; -1 for a special token */
    const int32_t *special_tokens_mask, *attention_mask, *token_type_ids;
    struct span texts[2]; /* the range of tokens of the first text and of the second; 0, 0 if there is no such text */
    struct excerpt {
        size_t number;     /* among the text's windows, in the order of the text; 0 if the text is whole */
        struct span place; /* its part of the text, in code points; end UINT32_MAX: up to the text's end */
    } excerpts[2];         /* only from tokenizer_encode_windows */
};

/* text, *pair: valid UTF-8; pair may be NULL. 0, or -1 with the message if a text can't be shortened as asked or is too
 * long to be indexed (4 GiB), if matching a pre-tokenizer's expression fails, if a word is unknown to a WordLevel model
 * without an unknown token, or if the model has no merges to drop. */
int tokenizer_encode(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                     const struct tokenizer_options *options, struct arena *arena, struct encoding *encoding);

/* The same in as many windows as the texts need (windows.h): an array of *count, in the arena; the first is the result
 * of tokenizer_encode. Offsets refer to the whole texts. The excerpts of one text, in the order of their numbers,
 * together cover all of it, and both their starts and their ends are non-decreasing. -1 also if the windows have no
 * room for the stride, are too many, or have too many tokens. */
int tokenizer_encode_windows(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                             const struct tokenizer_options *options, struct arena *arena,
                             const struct encoding **encodings, size_t *count);

/* ---- about the vocabulary ---- */

/* "WordPiece", "BPE" */
const char *tokenizer_kind(const struct tokenizer *tokenizer);

/* Does it have merges, which dropout needs? */
bool tokenizer_has_merges(const struct tokenizer *tokenizer);

/* For subword regularization: see unigram_sampler.h. NULL, with the message, if it is not a Unigram model or has scores
 * that are too large. The tokenizer must live longer. */
struct unigram_sampler *tokenizer_sampler_new(const struct tokenizer *tokenizer, size_t nbest, struct decimal alpha);

/* The largest id + 1, added tokens included. */
int32_t tokenizer_size(const struct tokenizer *tokenizer);

/* An empty slice, or -1, if there is none. */
struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id);
int32_t tokenizer_id(const struct tokenizer *tokenizer, struct slice token);

/* The tokens by their ids; to be freed by the caller, before the tokenizer. */
struct names *tokenizer_names(const struct tokenizer *tokenizer);

/* Sets the token to pad with: `named`; if that is NULL, the one that the config names, else the one of the file's
 * `padding`, else [PAD] or <pad>. Its type
 * is that of the file's `padding`, else 0. 0, or -1 with the message if the vocabulary does not have it. */
int tokenizer_pad_token(const struct tokenizer *tokenizer, const char *named, struct padding *padding);

/* The mask that the config names, else [MASK] or <mask>; the unknown token; -1 if the vocabulary has none. */
int32_t tokenizer_mask_id(const struct tokenizer *tokenizer);
int32_t tokenizer_unk_id(const struct tokenizer *tokenizer);

/* How one text, or two, become a sequence. */
const struct template *tokenizer_template(const struct tokenizer *tokenizer, bool pair);

/* Reads a template as inspect prints it: "[CLS] $A [SEP] $B:1 [SEP]:1". Tokens are looked up, #102 is the one with that
 * id; a type that is not 0 follows a colon. The tokens' spelling is the vocabulary's. 0, or -1 with the message. */
int tokenizer_read_template(const struct tokenizer *tokenizer, const char *text, struct template *template);

/* Is it one of the special tokens ([CLS], </s>)? */
bool tokenizer_is_special(const struct tokenizer *tokenizer, int32_t id);

/* The index of the first id that no token has, or of the first special one; count if there is none. */
size_t tokenizer_first_absent(const struct tokenizer *tokenizer, const int32_t *ids, size_t count);
size_t tokenizer_first_special(const struct tokenizer *tokenizer, const int32_t *ids, size_t count);

/* Is it an added token, special or not, or a placeholder such as [unused12], so that no text contains it? */
bool tokenizer_is_reserved(const struct tokenizer *tokenizer, int32_t id);

#endif
