/* vocabulary.c - what a masked language model may do with each id: see vocabulary.h. */
#include "vocabulary.h"

#include "../tokenizer/word_starts.h"
#include "base/diag.h"
#include "base/memory.h"

#include <string.h>

static struct vocabulary *vocabulary_new(size_t size)
{
    struct vocabulary *vocabulary = mem_zalloc(1, sizeof *vocabulary);
    vocabulary->size = size;
    vocabulary->kinds = mem_zalloc(size, sizeof *vocabulary->kinds);
    return vocabulary;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (vocabulary == NULL)
        return;
    mem_free(vocabulary->kinds);
    mem_free(vocabulary->spelling);
    mem_free(vocabulary);
}

/* ---- from numbers ---- */

static int check_id(const char *option, int64_t id, int64_t size)
{
    if (id < 0 || id >= size)
        return diag_error("--%s: %lld is not an id below --vocab-size %lld", option, (long long)id, (long long)size);
    return 0;
}

struct vocabulary *vocabulary_of_ids(int64_t mask_id, int64_t size, const struct ints *special_ids)
{
    if (check_id("mask-id", mask_id, size) < 0)
        return NULL;
    for (size_t i = 0; i < special_ids->len; i++) {
        if (check_id("special-ids", special_ids->items[i], size) < 0)
            return NULL;
    }
    struct vocabulary *vocabulary = vocabulary_new((size_t)size);
    memset(vocabulary->kinds, ID_ORDINARY, vocabulary->size);
    for (size_t i = 0; i < special_ids->len; i++)
        vocabulary->kinds[special_ids->items[i]] = ID_PROTECTED;
    vocabulary->kinds[mask_id] = ID_PROTECTED;
    vocabulary->mask_id = (int32_t)mask_id;
    return vocabulary;
}

/* ---- from a tokenizer ---- */

bool vocabulary_is_placeholder(struct slice token)
{
    static const char *const forms[][2] = {{"[unused", "]"}, {"<unused", ">"}, {"<extra_id_", ">"}, {"madeupword", ""}};
    const char *end = token.ptr + token.len;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct slice before = slice_of(forms[i][0]);
        if (!slice_starts(token, before))
            continue;
        const char *digits = token.ptr + before.len, *at = digits;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        if (at > digits && slice_is(slice_between(at, end), forms[i][1]))
            return true;
    }
    return false;
}

static enum id_kind kind_of(const struct tokenizer *tokenizer, int32_t id)
{
    struct slice token = tokenizer_token(tokenizer, id);
    if (token.len == 0)
        return ID_ABSENT;
    if (tokenizer_is_special(tokenizer, id) || id == tokenizer_unk_id(tokenizer))
        return ID_PROTECTED;
    return tokenizer_is_reserved(tokenizer, id) || vocabulary_is_placeholder(token) ? ID_UNDRAWN : ID_ORDINARY;
}

static void add_spelling(struct vocabulary *vocabulary, const struct tokenizer *tokenizer)
{
    uint8_t *kinds = mem_zalloc(vocabulary->size, sizeof *kinds), all = 0;
    for (size_t id = 0; id < vocabulary->size; id++) {
        struct slice token = tokenizer_token(tokenizer, (int32_t)id);
        kinds[id] = vocabulary->kinds[id] < ID_ORDINARY ? TOKEN_APART : word_starts_kind(token);
        all |= kinds[id];
    }
    if (all & TOKEN_SPACE_FIRST)
        vocabulary->spelling = kinds;
    else
        mem_free(kinds);
}

struct vocabulary *vocabulary_of_tokenizer(const struct tokenizer *tokenizer)
{
    int32_t size = tokenizer_size(tokenizer);
    struct vocabulary *vocabulary = vocabulary_new((size_t)size);
    for (int32_t id = 0; id < size; id++)
        vocabulary->kinds[id] = (uint8_t)kind_of(tokenizer, id);
    add_spelling(vocabulary, tokenizer);
    vocabulary->mask_id = tokenizer_mask_id(tokenizer);
    if (vocabulary->mask_id >= 0)
        vocabulary->kinds[vocabulary->mask_id] = ID_PROTECTED;
    return vocabulary;
}
