/* load.h - the readers of tokenizer files: each fills a tokenizer from one format. */
#ifndef QUERN_TOKENIZER_LOAD_H
#define QUERN_TOKENIZER_LOAD_H

#include "../parts.h"

/* tokenizer_load_cut is tokenizer_new and this. For callers that describe unsupported files: after a failure, `file`
 * and `format` keep what was read. 0, or -1 with the message. */
int tokenizer_read(struct tokenizer *tokenizer, const char *path, const char *pattern);

/* One reader for each kind of file: fills a new tokenizer whose `file` holds the bytes, and whose `config` what was
 * read beside it. 0, or -1 with the message. */
int tokenizer_load_json(struct tokenizer *tokenizer, struct slice members, struct slice model);
int tokenizer_load_vocab_txt(struct tokenizer *tokenizer); /* format stays NULL if the text is none: 0 */
int tokenizer_load_bpe_files(struct tokenizer *tokenizer, struct slice vocab, struct slice merges);
int tokenizer_load_sentencepiece(struct tokenizer *tokenizer);
int tokenizer_load_tiktoken(struct tokenizer *tokenizer, const char *pattern);
int tokenizer_load_tekken(struct tokenizer *tokenizer, struct slice root);

/* The argument for tokenizer_load_json, from the root of the document: an object of its members without the model,
 * which goes to `model` (ptr NULL if it is missing). */
struct slice tokenizer_json_members(struct tokenizer *tokenizer, struct slice root, struct slice *model);

/* A model of a tokenizer.json: its members without the large ones, and these two as the file has them (ptr NULL if they
 * are missing). */
struct model_json {
    struct slice settings, vocab, merges;
};
int tokenizer_load_bpe(struct tokenizer *tokenizer, const struct model_json *model);
int tokenizer_load_unigram(struct tokenizer *tokenizer, const struct model_json *model);
int tokenizer_load_wordlevel(struct tokenizer *tokenizer, const struct model_json *model);

/* The normalizers that are steps of rewriting.h; the decoder. */
int tokenizer_load_rewriting(struct tokenizer *tokenizer, struct slice component, struct slice type);
int tokenizer_load_decoder(struct tokenizer *tokenizer, struct slice component);

#endif
