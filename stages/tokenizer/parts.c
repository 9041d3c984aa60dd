/* parts.c - puts a tokenizer together, for the readers of files: see parts.h. */
#include "parts.h"

#include "base/diag.h"
#include "text/classes.h"
#include "text/json.h"

#include <assert.h>

struct tokenizer *tokenizer_new(void)
{
    struct tokenizer *tokenizer = mem_zalloc(1, sizeof *tokenizer);
    tokenizer->arena = arena_new();
    tokenizer->mask_id = tokenizer->unk_id = tokenizer->pad_id = -1;
    tokenizer->config = (struct config){.lower = -1, .strip = -1, .cjk = -1, .add_prefix_space = -1};
    vocab_init(&tokenizer->added_vocab, 0);
    return tokenizer;
}

void tokenizer_free(struct tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    normalizer_free(&tokenizer->normalizer);
    pretokenizer_free(&tokenizer->pretokenizer);
    bpe_free(&tokenizer->bpe);
    bert_words_free(tokenizer->bert_words);
    trie_free(&tokenizer->unigram.trie);
    mem_free(tokenizer->unigram_scores);
    sentencepiece_free(&tokenizer->sentencepiece);
    decoder_free(&tokenizer->decoder);
    vocab_free(&tokenizer->vocab);
    vocab_free(&tokenizer->added_vocab);
    vec_free(&tokenizer->specials);
    added_free(&tokenizer->added);
    added_free(&tokenizer->normalized);
    mem_free(tokenizer->own_tokens);
    mem_free(tokenizer->flags);
    mem_free(tokenizer->blanks);
    config_free(&tokenizer->config);
    vec_free(&tokenizer->file);
    arena_free(tokenizer->arena);
    mem_free(tokenizer);
}

/* ---- model and templates ---- */

/* Two tokens must not have one id: the reference keeps one of them, and not always the same. */
static int check_ids(struct tokenizer *tokenizer, struct slice object)
{
    const struct vocab *vocab = &tokenizer->vocab;
    size_t known = 0;
    for (size_t id = 0; id < vocab->size; id++)
        known += vocab->tokens[id].ptr != NULL;
    struct json_walk walk = json_walk(known < vocab->used ? object : SLICE("{}"));
    while (json_next(&walk)) {
        int64_t id;
        struct slice token = json_string((struct slice){walk.name.ptr - 1, walk.name.len + 2}, tokenizer->arena);
        struct slice other = json_int(walk.value, &id) ? vocab_token(vocab, (int32_t)id) : token;
        if (!slice_equal(token, other) && vocab_id(vocab, token) < 0)
            return diag_error("vocab: \"%.*s\" and \"%.*s\" have the same id, %lld", (int)token.len, token.ptr,
                              (int)other.len, other.ptr, (long long)id);
    }
    return 0;
}

int tokenizer_load_vocab(struct tokenizer *tokenizer, struct slice object)
{
    enum { BYTES_PER_ENTRY = 16 };
    vocab_init(&tokenizer->vocab, object.len / BYTES_PER_ENTRY);
    struct json_walk walk = json_walk(object);
    struct slice tokens[VOCAB_BATCH];
    int32_t ids[VOCAB_BATCH];
    size_t count = 0;
    while (json_next(&walk)) {
        int64_t id;
        if (!json_int(walk.value, &id) || id < 0 || id > VOCAB_MAX_ID)
            return diag_error("vocab: \"%.*s\": expected an id", (int)walk.name.len, walk.name.ptr);
        struct slice quoted = {walk.name.ptr - 1, walk.name.len + 2};
        tokens[count] = json_string(quoted, tokenizer->arena);
        ids[count++] = (int32_t)id;
        if (count < VOCAB_BATCH)
            continue;
        vocab_add_many(&tokenizer->vocab, tokens, ids, count);
        count = 0;
    }
    vocab_add_many(&tokenizer->vocab, tokens, ids, count);
    return check_ids(tokenizer, object);
}

int tokenizer_use_wordpiece(struct tokenizer *tokenizer, struct slice unk)
{
    tokenizer->model = MODEL_WORDPIECE;
    tokenizer->wordpiece.vocab = &tokenizer->vocab;
    tokenizer->wordpiece.unk = tokenizer->unk_id = vocab_id(&tokenizer->vocab, unk);
    if (tokenizer->unk_id < 0)
        return diag_error("the unknown token \"%.*s\" is not in the vocabulary", (int)unk.len, unk.ptr);
    wordpiece_ready(&tokenizer->wordpiece);
    return 0;
}

int tokenizer_use_bpe(struct tokenizer *tokenizer, struct slice unk, size_t expected_merges)
{
    struct bpe *bpe = &tokenizer->bpe;
    tokenizer->model = MODEL_BPE;
    bpe->vocab = &tokenizer->vocab;
    bpe->byte_level = tokenizer->pretokenizer.byte_level;
    bpe->unk = tokenizer->unk_id = -1;
    if (unk.len > 0) {
        bpe->unk = tokenizer->unk_id = vocab_id(&tokenizer->vocab, unk);
        if (bpe->unk < 0)
            return diag_error("the unknown token \"%.*s\" is not in the vocabulary", (int)unk.len, unk.ptr);
    }
    bpe_init(bpe, expected_merges);
    return 0;
}

void tokenizer_plain_templates(struct tokenizer *tokenizer)
{
    template_plain(&tokenizer->single, false);
    template_plain(&tokenizer->pair, true);
    tokenizer->plain_single = tokenizer->single;
    tokenizer->plain_pair = tokenizer->pair;
}

static void without_specials(const struct template *template, struct template *plain)
{
    plain->count = 0;
    for (size_t i = 0; i < template->count; i++)
        if (template->parts[i].kind != TEMPLATE_SPECIAL)
            plain->parts[plain->count++] = template->parts[i];
}

void tokenizer_plain_from_template(struct tokenizer *tokenizer)
{
    without_specials(&tokenizer->single, &tokenizer->plain_single);
    without_specials(&tokenizer->pair, &tokenizer->plain_pair);
}

void tokenizer_use_pair_template(struct tokenizer *tokenizer, const struct template_part *cls,
                                 const struct template_part *sep, bool bert)
{
    struct template *single = &tokenizer->single, *pair = &tokenizer->pair;
    struct template_part text = {.kind = TEMPLATE_FIRST}, start = *cls, end = *sep;
    start.kind = end.kind = TEMPLATE_SPECIAL;
    start.type_id = end.type_id = 0;
    single->parts[0] = pair->parts[0] = start;
    single->parts[1] = pair->parts[1] = text;
    single->parts[2] = pair->parts[2] = end;
    single->count = pair->count = 3;
    if (!bert) /* RoBERTa: </s> twice between the two, and no types */
        pair->parts[pair->count++] = end;
    text.kind = TEMPLATE_SECOND;
    text.type_id = end.type_id = bert ? 1 : 0;
    pair->parts[pair->count++] = text;
    pair->parts[pair->count++] = end;
    tokenizer_plain_from_template(tokenizer);
}

/* ---- added tokens ---- */

static int32_t next_free_id(const struct tokenizer *tokenizer)
{
    size_t size = tokenizer->vocab.used, added = tokenizer->added_vocab.size;
    return (int32_t)(added > size ? added : size);
}

/* The content as the normalizer leaves it. */
static struct slice normalized_content(struct tokenizer *tokenizer, struct slice content)
{
    struct draft draft = {0};
    struct normalizer_thread thread = {0};
    draft_start(&draft, content, false);
    struct slice made = content;
    if (normalizer_apply(&tokenizer->normalizer, &thread, &draft) == 0)
        made = arena_copy(tokenizer->arena, (struct slice){draft.text, draft.len});
    draft_free(&draft);
    normalizer_thread_free(&thread);
    return made;
}

int tokenizer_add_token(struct tokenizer *tokenizer, struct added_token token, int32_t id)
{
    if (token.content.len == 0)
        return 0;
    if (vocab_id(&tokenizer->added_vocab, token.content) >= 0)
        return diag_error("added_tokens: \"%.*s\" appears twice", (int)token.content.len, token.content.ptr);
    token.id = vocab_id(&tokenizer->vocab, token.content);
    if (token.id < 0)
        token.id = next_free_id(tokenizer);
    struct slice other = vocab_token(&tokenizer->vocab, id);
    if (id >= 0 && token.id != id && other.ptr != NULL && !slice_equal(other, token.content))
        return diag_error("added_tokens: \"%.*s\" has the id of \"%.*s\", %d", (int)token.content.len,
                          token.content.ptr, (int)other.len, other.ptr, id);
    if (id >= 0 && token.id != id)
        return diag_error("added_tokens: \"%.*s\" has id %d, expected %d", (int)token.content.len, token.content.ptr,
                          id, token.id);
    vocab_add(&tokenizer->added_vocab, token.content, token.id);
    if (token.special)
        vec_push(&tokenizer->specials, token.id);
    if (token.normalized)
        token.content = normalized_content(tokenizer, token.content);
    if (token.content.len > 0)
        added_put(token.normalized ? &tokenizer->normalized : &tokenizer->added, token);
    return 0;
}

/* Puts the tokens of a list into another one, in which those that are there already get the new settings. `places`:
 * their contents, with their places as ids. */
static void merge_listed(struct listed_tokens *into, struct vocab *places, const struct listed_tokens *listed)
{
    for (size_t i = 0; i < listed->len; i++) {
        struct listed_token token = listed->items[i];
        int32_t place = vocab_id(places, token.token.content);
        if (place < 0) {
            vocab_add(places, token.token.content, (int32_t)into->len);
            vec_push(into, token);
        } else if (token.decides) {
            assert((size_t)place < into->len && into->items != NULL);
            token.id = into->items[place].id;
            into->items[place] = token;
        }
    }
}

/* Two tokens must not have one id. */
static int check_listed(const struct listed_tokens *listed, struct vocab *ids)
{
    for (size_t i = 0; i < listed->len; i++) {
        struct slice content = listed->items[i].token.content;
        int32_t id = listed->items[i].id;
        struct slice other = vocab_token(ids, id);
        if (id >= 0 && other.ptr != NULL)
            return diag_error("added_tokens: \"%.*s\" and \"%.*s\" have the same id, %d", (int)other.len, other.ptr,
                              (int)content.len, content.ptr, id);
        if (id >= 0)
            vocab_add(ids, content, id);
    }
    return 0;
}

int tokenizer_add_listed(struct tokenizer *tokenizer, const struct listed_tokens *listed)
{
    struct listed_tokens all = {0};
    struct vocab places, ids;
    vocab_init(&places, listed->len + tokenizer->config.added.len);
    vocab_init(&ids, listed->len);
    merge_listed(&all, &places, listed);
    int status = check_listed(&all, &ids);
    size_t own = all.len;
    merge_listed(&all, &places, &tokenizer->config.added);
    for (size_t i = 0; i < all.len && status == 0; i++)
        if ((status = tokenizer_add_token(tokenizer, all.items[i].token, all.items[i].id)) != 0 && i >= own)
            status = diag_error("%s (tokenizer_config.json or added_tokens.json)",
                                arena_print(tokenizer->arena, "%s", diag_message()).ptr);
    vocab_free(&places);
    vocab_free(&ids);
    vec_free(&all);
    return status;
}

struct slice tokenizer_named(const struct tokenizer *tokenizer, enum named_token which, const char *usual)
{
    struct slice named = tokenizer->config.named[which];
    return named.ptr != NULL ? named : slice_of(usual);
}

int tokenizer_add_usual(struct tokenizer *tokenizer, const struct usual_token *usual, size_t count)
{
    struct listed_tokens listed = {0};
    for (size_t i = 0; i < count; i++) {
        struct listed_token token = {.id = -1};
        token.token = (struct added_token){.content = tokenizer_named(tokenizer, usual[i].which, usual[i].content),
                                           .lstrip = usual[i].lstrip,
                                           .special = true};
        bool again = false;
        for (size_t k = 0; k < listed.len; k++)
            again |= slice_equal(listed.items[k].token.content, token.token.content);
        if (!again && vocab_id(&tokenizer->vocab, token.token.content) >= 0)
            vec_push(&listed, token);
    }
    int status = tokenizer_add_listed(tokenizer, &listed);
    vec_free(&listed);
    return status;
}

void tokenizer_use_usual(struct tokenizer *tokenizer, const char *cls, const char *sep, bool bert)
{
    struct template_part start = {.token = tokenizer_named(tokenizer, NAMED_CLS, cls)};
    struct template_part end = {.token = tokenizer_named(tokenizer, NAMED_SEP, sep)};
    start.id = vocab_id(&tokenizer->vocab, start.token);
    end.id = vocab_id(&tokenizer->vocab, end.token);
    if (start.id >= 0 && end.id >= 0)
        tokenizer_use_pair_template(tokenizer, &start, &end, bert);
}

/* [unused12] */
static bool is_placeholder(struct slice token)
{
    const struct slice start = SLICE("[unused");
    if (token.len == 0 || token.ptr[0] != '[')
        return false;
    if (!slice_starts(token, start) || token.len < start.len + 2 || token.ptr[token.len - 1] != ']')
        return false;
    for (size_t i = start.len; i + 1 < token.len; i++)
        if (token.ptr[i] < '0' || token.ptr[i] > '9')
            return false;
    return true;
}

/* Most added tokens are tokens of the model with the same spelling. */
static bool adds_spellings(const struct vocab *vocab, const struct vocab *added)
{
    for (size_t id = 0; id < added->size; id++)
        if (added->tokens[id].ptr != NULL && !slice_equal(added->tokens[id], vocab_token(vocab, (int32_t)id)))
            return true;
    return false;
}

static void list_tokens(struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab, *added = &tokenizer->added_vocab;
    tokenizer->size = vocab->size > added->size ? vocab->size : added->size;
    tokenizer->tokens = vocab->tokens;
    tokenizer->flags = mem_zalloc(tokenizer->size, 1);
    if (adds_spellings(vocab, added)) {
        tokenizer->tokens = tokenizer->own_tokens = mem_zalloc(tokenizer->size, sizeof *tokenizer->own_tokens);
        memcpy(tokenizer->own_tokens, vocab->tokens, vocab->size * sizeof *vocab->tokens);
    }
    for (size_t id = 0; id < added->size; id++) {
        if (added->tokens[id].ptr == NULL)
            continue;
        tokenizer->flags[id] |= TOKEN_RESERVED;
        if (tokenizer->own_tokens != NULL)
            tokenizer->own_tokens[id] = added->tokens[id];
    }
    for (size_t id = 0; id < tokenizer->size; id++)
        if (tokenizer->tokens[id].len == 0)
            tokenizer->flags[id] |= TOKEN_ABSENT;
        else if (is_placeholder(tokenizer->tokens[id]))
            tokenizer->flags[id] |= TOKEN_RESERVED;
    for (size_t i = 0; i < tokenizer->specials.len; i++)
        tokenizer->flags[tokenizer->specials.items[i]] |= TOKEN_SPECIAL;
}

void tokenizer_ready(struct tokenizer *tokenizer)
{
    added_ready(&tokenizer->added);
    added_ready(&tokenizer->normalized);
    (void)classes_table();
    if (tokenizer->model == MODEL_BPE)
        bpe_ready(&tokenizer->bpe);
    if (tokenizer->model == MODEL_WORDPIECE && tokenizer->normalized.len == 0)
        tokenizer->bert_words = bert_words_new(&tokenizer->normalizer, &tokenizer->pretokenizer, &tokenizer->wordpiece);
    list_tokens(tokenizer);
    if (tokenizer->trim_offsets) {
        tokenizer->blanks = mem_zalloc(tokenizer->size, sizeof *tokenizer->blanks);
        blanks_fill(tokenizer->blanks, tokenizer->tokens, tokenizer->size);
    }
    tokenizer->mask_id = tokenizer_id(tokenizer, tokenizer_named(tokenizer, NAMED_MASK, "[MASK]"));
    if (tokenizer->mask_id < 0)
        tokenizer->mask_id = tokenizer_id(tokenizer, SLICE("[MASK]"));
    if (tokenizer->mask_id < 0)
        tokenizer->mask_id = tokenizer_id(tokenizer, SLICE("<mask>"));
}
