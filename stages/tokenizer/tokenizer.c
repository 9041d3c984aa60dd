/* tokenizer.c - questions about the vocabulary: see tokenizer.h. */
#include "tokenizer.h"

#include "base/diag.h"
#include "parts.h"

const char *tokenizer_kind(const struct tokenizer *tokenizer)
{
    static const char *const names[] = {
        [MODEL_WORDPIECE] = "WordPiece",
        [MODEL_BPE] = "BPE",
        [MODEL_WORDLEVEL] = "WordLevel",
        [MODEL_UNIGRAM] = "Unigram",
    };
    if (tokenizer->model == MODEL_SENTENCEPIECE)
        return sentencepiece_kind(&tokenizer->sentencepiece);
    return names[tokenizer->model];
}

int tokenizer_can_cut(const struct tokenizer *tokenizer)
{
    return tokenizer->unready == NULL ? 0 : diag_error("%s", tokenizer->unready);
}

bool tokenizer_has_merges(const struct tokenizer *tokenizer)
{
    return tokenizer->model == MODEL_BPE;
}

struct unigram_sampler *tokenizer_sampler_new(const struct tokenizer *tokenizer, size_t nbest, struct decimal alpha)
{
    const struct sentencepiece *sentencepiece = &tokenizer->sentencepiece;
    if (tokenizer->model == MODEL_UNIGRAM)
        return unigram_sampler_new(&tokenizer->unigram, tokenizer->vocab.size, nbest, alpha);
    if (tokenizer->model == MODEL_SENTENCEPIECE && sentencepiece->model == SENTENCEPIECE_UNIGRAM)
        return unigram_sampler_new(&sentencepiece->unigram, sentencepiece->pieces.len, nbest, alpha);
    (void)diag_error("segmentations can be drawn only from a Unigram model; this is a %s model",
                     tokenizer_kind(tokenizer));
    return NULL;
}

int32_t tokenizer_size(const struct tokenizer *tokenizer)
{
    return (int32_t)tokenizer->size;
}

struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id)
{
    return id >= 0 && (size_t)id < tokenizer->size ? tokenizer->tokens[id] : (struct slice){NULL, 0};
}

int32_t tokenizer_id(const struct tokenizer *tokenizer, struct slice token)
{
    int32_t id = vocab_id(&tokenizer->added_vocab, token);
    return id >= 0 ? id : vocab_id(&tokenizer->vocab, token);
}

struct names *tokenizer_names(const struct tokenizer *tokenizer)
{
    return names_new(tokenizer->tokens, tokenizer->size);
}

int tokenizer_pad_token(const struct tokenizer *tokenizer, const char *named, struct padding *padding)
{
    static const char *const usual[] = {"[PAD]", "<pad>"};
    const struct slice config = tokenizer->config.named[NAMED_PAD];
    padding->token = named != NULL ? slice_of(named) : config.ptr != NULL ? config : tokenizer->pad_token;
    for (size_t i = 0; padding->token.ptr == NULL && i < sizeof usual / sizeof *usual; i++)
        if (tokenizer_id(tokenizer, slice_of(usual[i])) >= 0)
            padding->token = slice_of(usual[i]);
    if (padding->token.ptr == NULL)
        return diag_error("the vocabulary has no padding token, neither [PAD] nor <pad>");
    padding->id = tokenizer_id(tokenizer, padding->token);
    bool own = padding->token.ptr == tokenizer->pad_token.ptr;
    if (own && tokenizer->pad_id >= 0 && padding->id >= 0 && padding->id != tokenizer->pad_id)
        return diag_error("padding: pad_id is %d, but the id of \"%.*s\" is %d", tokenizer->pad_id,
                          (int)padding->token.len, padding->token.ptr, padding->id);
    padding->type_id = tokenizer->pad_type_id;
    return padding->id >= 0 ? 0
                            : diag_error("the vocabulary has no token \"%.*s\" to pad with", (int)padding->token.len,
                                         padding->token.ptr);
}

int32_t tokenizer_mask_id(const struct tokenizer *tokenizer)
{
    return tokenizer->mask_id;
}

int32_t tokenizer_unk_id(const struct tokenizer *tokenizer)
{
    return tokenizer->unk_id;
}

static bool has_flag(const struct tokenizer *tokenizer, int32_t id, uint8_t flag)
{
    return id >= 0 && (size_t)id < tokenizer->size && (tokenizer->flags[id] & flag) != 0;
}

bool tokenizer_is_special(const struct tokenizer *tokenizer, int32_t id)
{
    return has_flag(tokenizer, id, TOKEN_SPECIAL);
}

bool tokenizer_is_reserved(const struct tokenizer *tokenizer, int32_t id)
{
    return has_flag(tokenizer, id, TOKEN_RESERVED);
}

size_t tokenizer_first_absent(const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((uint32_t)ids[i] >= tokenizer->size || (tokenizer->flags[ids[i]] & TOKEN_ABSENT) != 0)
            return i;
    return count;
}

size_t tokenizer_first_special(const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_flag(tokenizer, ids[i], TOKEN_SPECIAL))
            return i;
    return count;
}
