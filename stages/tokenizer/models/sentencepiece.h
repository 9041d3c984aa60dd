/* sentencepiece.h - tokenizers from SentencePiece's .model files, exactly as SentencePiece 0.2.1 encodes.
 *
 * Nothing is shared with the pipeline of a tokenizer.json but the output: SentencePiece normalizes the whole text by a
 * table of replacements and marks its blanks, then a model segments the whole of it. Unigram, BPE, word and character
 * models. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_H
#define QUERN_TOKENIZER_SENTENCEPIECE_H

#include "../text/charsmap.h"
#include "base/vec.h"
#include "sentencepiece_bpe.h"
#include "text/text.h"
#include "unigram_sampler.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers of sentencepiece_model.proto. */
enum sentencepiece_model { SENTENCEPIECE_UNIGRAM = 1, SENTENCEPIECE_BPE, SENTENCEPIECE_WORD, SENTENCEPIECE_CHAR };

enum { SENTENCEPIECE_EXCEPTIONS = 3 };

struct sentencepiece {
    /* From the file. */
    VEC(struct sentencepiece_piece {
        struct slice text; /* points into the file */
        float score;
        int64_t type; /* PIECE_… */
    })
    pieces; /* by id */
    int64_t model;
    struct slice charsmap_blob, unk_surface;
    bool dummy_prefix, remove_extra_whitespaces, escape_whitespaces, whitespace_is_suffix, byte_fallback;
    int64_t pad; /* the id of the piece for padding, or -1 */

    /* Rewrites decoded texts; has only what sentencepiece_normalize reads; or NULL. */
    struct sentencepiece *denormalizer;

    /* Derived from the above. */
    struct charsmap charsmap;
    struct trie symbols; /* user-defined ones; has no nodes if there are none */
    struct unigram unigram;
    struct sentencepiece_bpe bpe;
    double *scores; /* by id */
    uint8_t *types;
    int32_t unk;
    bool symbol_starts[256]; /* bytes that a user-defined symbol starts with */
    bool plain[128];         /* ASCII that stays as it is if followed by ASCII */
    bool printable;          /* blanks are marked, and all printable characters are plain except these; the rest is 0 */
    char exceptions[SENTENCEPIECE_EXCEPTIONS];
    bool cuts;     /* no token has a blank after another character: words can be looked at one by one */
    bool cautious; /* scores above 0: the rounding error has no known bound, so no short cut is taken */
};

enum { PIECE_NORMAL = 1, PIECE_UNKNOWN, PIECE_CONTROL, PIECE_USER_DEFINED, PIECE_UNUSED, PIECE_BYTE };

/* Does it look like a .model file? Takes any bytes. */
bool sentencepiece_is_model(struct slice file);

/* Reads the file, which must live as long as the model. 0, or -1 with the message; the model must be freed either
 * way. */
int sentencepiece_read(struct sentencepiece *model, struct slice file);
void sentencepiece_free(struct sentencepiece *model);

/* "Unigram", "BPE", "Word", "Character" */
const char *sentencepiece_kind(const struct sentencepiece *model);

/* One thread's working memory. */
struct sentencepiece_thread;
struct sentencepiece_thread *sentencepiece_thread_new(const struct sentencepiece *model);
void sentencepiece_thread_free(struct sentencepiece_thread *thread);

/* From now on segmentations are sampled; NULL: they are the best ones. Unigram only. */
void sentencepiece_thread_sample(struct sentencepiece_thread *thread, struct sampling *sampling);

/* A segmented text; valid until the next call. */
struct sentencepiece_text {
    struct slice normalized;
    struct subwords tokens;  /* bytes of `normalized`; a byte token that is not the last of its character is empty */
    const uint32_t *origins; /* by byte of `normalized`, and one more at the end: the code point of the text; or NULL */
};

/* 0, or -1 with the message if the text is too long. Sampling draws a segmentation of the whole text. */
int sentencepiece_encode(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text,
                         bool wants_origins, struct sentencepiece_text *out);

#endif
