/* tokenizers.h - the laws of an encoding, for the targets that load tokenizers and encode with them. */
#ifndef TESTS_FUZZ_TOKENIZERS_H
#define TESTS_FUZZ_TOKENIZERS_H

#include "fuzz.h"
#include "stages/tokenizer/decoder.h"
#include "stages/tokenizer/tokenizer.h"

enum { EVERYTHING = 127 };

/* Everything about a text, or NULL where the tokenizer says that it can't. */
static inline const struct encoding *encode(struct tokenizer_thread *thread, struct slice text, unsigned want,
                                            bool no_special, struct arena *arena)
{
    struct encoding *encoding = arena_alloc(arena, sizeof *encoding);
    const struct tokenizer_options options = {.want = want, .no_special = no_special};
    return tokenizer_encode(thread, text, NULL, &options, arena, encoding) == 0 ? encoding : NULL;
}

static inline void check_encoding(const struct tokenizer *tokenizer, const struct encoding *encoding, struct slice text)
{
    size_t points = text_length(text);
    uint32_t last_start = 0;
    int32_t last_word = -1;
    for (size_t i = 0; i < encoding->count; i++) {
        /* The id of a special token is the one that the post-processor names. */
        LAW(encoding->ids[i] >= 0);
        LAW(encoding->special_tokens_mask[i] == 1 || encoding->ids[i] < tokenizer_size(tokenizer));
        struct span at = encoding->offsets[i];
        LAW(at.start <= at.end && at.end <= points);
        LAW(encoding->attention_mask[i] == 1 && encoding->token_type_ids[i] >= 0);
        if (encoding->special_tokens_mask[i] == 1) {
            LAW(at.start == 0 && at.end == 0 && encoding->word_ids[i] == -1);
            continue;
        }
        LAW(at.start >= last_start);
        LAW(encoding->word_ids[i] >= last_word && encoding->word_ids[i] >= 0);
        last_start = at.start;
        last_word = encoding->word_ids[i];
    }
}

/* The laws over one text: those above, and that neither what is asked for nor what the thread saw before changes an
 * id. fresh: also against a thread that has seen nothing. */
static inline const struct encoding *check_text(const struct tokenizer *tokenizer, struct tokenizer_thread *thread,
                                                struct slice text, bool fresh, struct arena *arena)
{
    const struct encoding *all = encode(thread, text, EVERYTHING, false, arena), *again;
    const struct encoding *ids = encode(thread, text, ENCODE_IDS, false, arena);
    LAW((all == NULL) == (ids == NULL));
    if (all == NULL)
        return NULL;
    check_encoding(tokenizer, all, text);
    LAW(ids->count == all->count);
    LAW(all->count == 0 || memcmp(ids->ids, all->ids, all->count * sizeof *all->ids) == 0);
    if (fresh) {
        struct tokenizer_thread *other = tokenizer_thread_new(tokenizer);
        again = encode(other, text, EVERYTHING, false, arena);
        LAW(again != NULL && again->count == all->count);
        for (size_t i = 0; i < all->count; i++) {
            LAW(again->ids[i] == all->ids[i] && again->word_ids[i] == all->word_ids[i]);
            LAW(again->offsets[i].start == all->offsets[i].start && again->offsets[i].end == all->offsets[i].end);
            LAW(slice_equal(again->tokens[i], all->tokens[i]));
        }
        tokenizer_thread_free(other);
    }
    return all;
}

/* A file of a fuzzer, under the name under which it would be found: what loads must encode by the laws. */
static inline void check_file(const char *path, struct arena *arena)
{
    static const char *const texts[] = {
        "",
        "The quick brown fox's 12 dogs <mask> [MASK].",
        " \tÉté naïve 中文😀 a\u0301\u2581x\n\n<|endoftext|>",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct tokenizer *tokenizer = tokenizer_load(path);
    if (tokenizer == NULL) {
        LAW(diag_message()[0] != '\0');
        return;
    }
    struct tokenizer_thread *thread = tokenizer_thread_new(tokenizer);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct encoding *encoding = check_text(tokenizer, thread, slice_of(texts[i]), false, arena);
        struct slice decoded;
        if (encoding != NULL && tokenizer_decode(tokenizer, encoding->ids, encoding->count, true, arena, &decoded) == 0)
            LAW(text_is_utf8(decoded));
    }
    tokenizer_thread_free(thread);
    tokenizer_free(tokenizer);
}

#endif
