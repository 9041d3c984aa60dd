/* seq2seq.h - the tokens that a task for encoder-decoders reads, and the two sequences that it writes. */
#ifndef QUERN_CORRUPT_SEQ2SEQ_H
#define QUERN_CORRUPT_SEQ2SEQ_H

#include "../tokenizer/tokenizer.h"
#include "corrupt.h"

enum token_kind { TOKEN_ABSENT, TOKEN_SPECIAL, TOKEN_SENTINEL, TOKEN_ORDINARY };

struct seq2seq {
    const struct tokenizer *tokenizer;
    const char *model;
    uint8_t *kinds; /* enum token_kind of each id of the vocabulary */
    size_t size;
    bool has_eos; /* the end of both sequences */
    int32_t eos;
};

/* What --model and --eos say. NULL, with the message. */
struct seq2seq *seq2seq_new(struct stage_context *context, const struct corrupt_options *given);
void seq2seq_free(struct seq2seq *seq2seq);

/* The tokens of a record. */
struct original {
    const int32_t *ids, *special, *attention; /* the masks may be NULL: the record has none */
    size_t count;
    const struct passage *passage; /* of bart: its sentences and words */
};

/* Reads and checks them: all ids in the vocabulary, none special unless `special`, no padding, no labels yet. 0, or -1
 * with the message. */
int seq2seq_read(const struct seq2seq *seq2seq, const struct record *in, bool special, struct arena *arena,
                 struct original *original);

/* Is token i special by the mask or, without one, by the vocabulary? The unknown token is text. */
bool seq2seq_special(const struct seq2seq *seq2seq, const struct original *original, size_t i);

/* Two sequences that grow. */
struct ids {
    int32_t *items;
    size_t count;
};
void seq2seq_add(struct ids *ids, const int32_t *items, size_t count);

/* Puts the end behind the sequences and sets them on a copy of the record, from which it takes away all else that is
 * about tokens. The sequences need room for one id more. */
void seq2seq_set(const struct seq2seq *seq2seq, const struct record *in, struct record *made, struct ids inputs,
                 struct ids labels, struct arena *arena);

#endif
