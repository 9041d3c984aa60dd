/* shared.c - see shared.h. */
#include "shared.h"

static void *load(const char *path)
{
    return tokenizer_load(path);
}

static void release(void *tokenizer)
{
    tokenizer_free(tokenizer);
}

const struct tokenizer *shared_tokenizer(struct stage_context *context, const char *path)
{
    return chain_share(context, "tokenizer", path, load, release);
}
