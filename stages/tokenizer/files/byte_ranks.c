/* byte_ranks.c - see byte_ranks.h. */
#include "byte_ranks.h"

#include "../text/byte_spelling.h"
#include "base/base64.h"
#include "base/diag.h"
#include "text/text.h"

/* The spelling of the bytes, in the arena; false if the text is not valid base64. Whisper's empty token is written as a
 * sign of padding. */
static bool spell(struct slice base64, struct arena *arena, struct slice *spelled)
{
    struct slice bytes = {"", 0};
    if (!slice_is(base64, "=") && !base64_decode(base64, arena, &bytes))
        return false;
    char *out = arena_alloc(arena, 2 * bytes.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++)
        len += text_encode(byte_spelling((unsigned char)bytes.ptr[i]), out + len);
    *spelled = (struct slice){out, len};
    return true;
}

int byte_ranks_add(struct tokenizer *tokenizer, struct slice base64, int32_t id)
{
    struct vocab *vocab = &tokenizer->vocab;
    struct slice token;
    if (!spell(base64, tokenizer->arena, &token))
        return diag_error("\"%.*s\" is not base64", (int)base64.len, base64.ptr);
    struct slice other = vocab_token(vocab, id);
    if (other.ptr != NULL)
        return diag_error("the tokens \"%.*s\" and \"%.*s\" have the same rank", (int)other.len, other.ptr,
                          (int)token.len, token.ptr);
    if (vocab_id(vocab, token) >= 0)
        return diag_error("the token \"%.*s\" appears twice", (int)token.len, token.ptr);
    vocab_add(vocab, token, id);
    return 0;
}

int byte_ranks_cut(struct tokenizer *tokenizer, struct slice expression)
{
    struct pretokenizer_step step = {.behavior = DELIMITER_REMOVED, .invert = true};
    if (!pretokenizer_by_hand(&step, expression)) {
        step.kind = PRETOKENIZE_PATTERN;
        step.pattern = pattern_new_rust(expression);
        if (step.pattern == NULL)
            return -1;
    }
    return pretokenizer_add(&tokenizer->pretokenizer, step);
}

static int add_merges(struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab;
    for (size_t id = 0; id < vocab->size; id++) {
        struct slice token = vocab->tokens[id];
        uint64_t hash = vocab_hash_start();
        for (size_t cut = 1; cut < token.len; cut++) {
            hash = vocab_hash_byte(hash, token.ptr[cut - 1]);
            if (((unsigned char)token.ptr[cut] & 0xc0) == 0x80)
                continue;
            int32_t left = vocab_find(vocab, (struct slice){NULL, 0}, (struct slice){token.ptr, cut}, hash);
            int32_t right = left < 0 ? -1 : vocab_id(vocab, (struct slice){token.ptr + cut, token.len - cut});
            if (right >= 0 && bpe_add_pair(&tokenizer->bpe, left, right, (uint32_t)id, (int32_t)id) != 0)
                return -1;
        }
    }
    return 0;
}

int byte_ranks_ready(struct tokenizer *tokenizer)
{
    tokenizer->pretokenizer.byte_level = true;
    if (decoder_add(&tokenizer->decoder, (struct decoder_step){.kind = DECODE_BYTE_LEVEL}) != 0 ||
        tokenizer_use_bpe(tokenizer, SLICE(""), 2 * tokenizer->vocab.used) != 0)
        return -1;
    tokenizer->bpe.ignore_merges = true;
    for (unsigned byte = 0; byte < 256; byte++)
        if (tokenizer->bpe.byte_ids[byte] < 0)
            return diag_error("byte %u has no rank", byte);
    if (add_merges(tokenizer) != 0)
        return -1;
    normalizer_ready(&tokenizer->normalizer);
    tokenizer_plain_templates(tokenizer);
    return 0;
}
