/* load.h - the readers of files: each fills a tokenizer from a format. */
#ifndef QUERN_TOKENIZER_LOAD_H
#define QUERN_TOKENIZER_LOAD_H

#include "../parts.h"

/* tokenizer_load is tokenizer_new and this, which is for who wants to know of a file that is not supported as much as
 * was read of it: after a failure `file` and `format` are what they were. 0, or -1 with the message. */
int tokenizer_read(struct tokenizer *tokenizer, const char *path);

/* One for each kind of file: fill a zeroed tokenizer whose `file` holds the bytes of `path`. 0, or -1 with the message.
 */
int tokenizer_load_json(struct tokenizer *tokenizer, struct slice members, struct slice model);
int tokenizer_load_vocab_txt(struct tokenizer *tokenizer, const char *path);
int tokenizer_load_bpe_files(struct tokenizer *tokenizer, struct slice vocab, struct slice merges);
int tokenizer_load_sentencepiece(struct tokenizer *tokenizer);
int tokenizer_load_tiktoken(struct tokenizer *tokenizer);

/* What tokenizer_load_json takes, from the root of the document: an object of its members but the model, which is ptr
 * NULL where there is none. */
struct slice tokenizer_json_members(struct tokenizer *tokenizer, struct slice root, struct slice *model);

/* The models of a tokenizer.json: its members without what is large, and these two as they stand in the file, ptr NULL
 * where they are not there. */
struct model_json {
    struct slice settings, vocab, merges;
};
int tokenizer_load_bpe(struct tokenizer *tokenizer, const struct model_json *model);
int tokenizer_load_unigram(struct tokenizer *tokenizer, const struct model_json *model);
int tokenizer_load_wordlevel(struct tokenizer *tokenizer, const struct model_json *model);

/* Its normalizers that are steps of rewriting.h; its decoder. */
int tokenizer_load_rewriting(struct tokenizer *tokenizer, struct slice component, struct slice type);
int tokenizer_load_decoder(struct tokenizer *tokenizer, struct slice component);

#endif
