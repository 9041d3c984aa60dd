/* decoder.h - ids back to text, exactly as Hugging Face tokenizers 0.22 does it.
 *
 *     struct slice text;
 *     if (tokenizer_decode(tokenizer, ids, count, true, arena, &text) != 0)
 *         … diag_message() …
 *
 * A decoder is a chain of steps. Each turns the list of tokens into another list; the last list is joined. */
#ifndef QUERN_TOKENIZER_DECODER_H
#define QUERN_TOKENIZER_DECODER_H

#include "text/pattern.h"
#include "tokenizer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decoder_kind {
    DECODE_BYTE_LEVEL,    /* the bytes that the characters spell; all tokens become one */
    DECODE_WORDPIECE,     /* a blank before a token that does not start with `affix`, which is removed; `clean` */
    DECODE_METASPACE,     /* `affix`, one character, becomes a blank; in the first token it is removed if `prepended` */
    DECODE_SUFFIX,        /* `affix` becomes a blank; in the last token it is removed (BPEDecoder) */
    DECODE_BYTE_FALLBACK, /* runs of <0x41> become bytes: a U+FFFD for each if they are not UTF-8 */
    DECODE_FUSE,          /* all tokens become one */
    DECODE_STRIP, /* removes `affix`, one character, from the start of a token, up to counts[0] times, and from its end,
                     up to counts[1] times */
    DECODE_REPLACE, /* `affix`, or the matches of `pattern`, become `content` */
    DECODE_CTC,     /* keeps one of equal neighbours; removes `affix`, the pad token, and then empty tokens; if `clean`,
                       `content`, the delimiter of words, becomes a blank */
};

struct decoder_step {
    enum decoder_kind kind;
    struct slice affix, content; /* not owned */
    struct regex *pattern;       /* owned */
    uint32_t counts[2];
    bool clean; /* no blank before . ? ! , n't 'm 's 've 're, none around ' */
    bool prepended;
};

enum { DECODER_STEPS = 64 };

/* SentencePiece's own decoder, which depends on the type of each piece. types: by id, as in a .model: 2 unknown, 3
 * control, 6 byte; not owned, NULL if another decoder is used. */
struct sentencepiece_decoder {
    const uint8_t *types;
    size_t size;                              /* length of types */
    struct slice unk_surface;                 /* the text of the unknown piece; not owned */
    bool dummy_prefix;                        /* a U+2581 was put before the text */
    bool extra_whitespaces;                   /* extra white space was kept */
    const struct sentencepiece *denormalizer; /* rewrites the text; NULL: stays as it is */
};

struct decoder {
    struct decoder_step steps[DECODER_STEPS];
    size_t count; /* 0: the tokens are joined by blanks */
    struct sentencepiece_decoder sentencepiece;
};

/* -1, with the message, if there are too many steps. Takes ownership of the pattern. */
int decoder_add(struct decoder *decoder, struct decoder_step step);
void decoder_free(struct decoder *decoder);

/* The text of the ids, in the arena: valid UTF-8. An id that is not in the vocabulary yields no text, nor does a
 * special token if skip_special is true. 0, or -1 with the message if matching an expression fails. */
int tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, bool skip_special,
                     struct arena *arena, struct slice *text);

#endif
