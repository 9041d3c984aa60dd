/* shared.c - see shared.h. */
#include "shared.h"

#include "base/diag.h"
#include "base/vec.h"

static void *load(const char *path)
{
    return tokenizer_load(path);
}

static void release(void *tokenizer)
{
    tokenizer_free(tokenizer);
}

/* The key is PATTERN, a line feed, and PATH, which has none. */
static void *load_cut(const char *key)
{
    const char *newline = strrchr(key, '\n');
    char *pattern = mem_string(key, (size_t)(newline - key));
    struct tokenizer *tokenizer = tokenizer_load_cut(newline + 1, pattern);
    mem_free(pattern);
    return tokenizer;
}

const struct tokenizer *shared_tokenizer(struct stage_context *context, const char *path)
{
    return chain_share(context, "tokenizer", path, load, release);
}

const struct tokenizer *shared_tokenizer_cut(struct stage_context *context, const char *path, const char *pattern)
{
    if (pattern == NULL)
        return shared_tokenizer(context, path);
    if (strchr(path, '\n') != NULL) {
        (void)diag_error("%s: a name with a line feed does not go with --pattern", path);
        return NULL;
    }
    struct bytes key = {0};
    bytes_put(&key, slice_of(pattern));
    bytes_byte(&key, '\n');
    bytes_append(&key, path, strlen(path) + 1);
    const struct tokenizer *tokenizer = chain_share(context, "tokenizer cut by", key.items, load_cut, release);
    vec_free(&key);
    return tokenizer;
}
