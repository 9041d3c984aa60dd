/* sentencepiece.c - see sentencepiece.h: segments a sentence word by word, or as a whole. */
#include "sentencepiece.h"

#include "../text/byte_vectors.h"
#include "base/diag.h"
#include "base/memory.h"
#include "sentencepiece_cache.h"
#include "sentencepiece_normalizer.h"
#include "text/text.h"

#include <math.h>

struct sentencepiece_thread {
    struct sentencepiece_normalized normalized;
    struct unigram_scratch unigram;
    struct sentencepiece_bpe_scratch *bpe;
    struct sentencepiece_cache cache;
    struct sampling *sampling; /* may be NULL */
    struct unigram_sampling_scratch sampled;
    struct subwords words, tokens; /* of a word; of the text */
    bool has_unknown;              /* among the tokens */
};

static const char BLANK[] = SENTENCEPIECE_BLANK;

struct sentencepiece_thread *sentencepiece_thread_new(const struct sentencepiece *model)
{
    struct sentencepiece_thread *thread = mem_zalloc(1, sizeof *thread);
    if (model->cuts)
        sentencepiece_cache_init(&thread->cache);
    thread->bpe = sentencepiece_bpe_scratch_new();
    return thread;
}

void sentencepiece_thread_free(struct sentencepiece_thread *thread)
{
    if (thread == NULL)
        return;
    vec_free(&thread->normalized.text);
    vec_free(&thread->normalized.origins);
    vec_free(&thread->unigram);
    sentencepiece_bpe_scratch_free(thread->bpe);
    sentencepiece_cache_free(&thread->cache);
    unigram_sampling_free(&thread->sampled);
    vec_free(&thread->words);
    vec_free(&thread->tokens);
    mem_free(thread);
}

void sentencepiece_thread_sample(struct sentencepiece_thread *thread, struct sampling *sampling)
{
    thread->sampling = sampling;
}

/* ---- words ---- */

/* Where words start in a block of 64 bytes, bit by bit: at a blank that does not follow a blank. carry: which of the
 * last three bytes of the previous block start a blank; set for the next one. 66 bytes must be readable. */
static uint64_t word_starts(const char *text, uint64_t *carry)
{
    uint64_t blanks = 0;
#ifdef __SSE2__
    for (size_t i = 0; i < 64; i += 16) {
        __m128i first = vector_load(text + i);
        __m128i second = vector_load(text + i + 1);
        __m128i third = vector_load(text + i + 2);
        __m128i is = _mm_and_si128(vector_equals(first, BLANK[0]),
                                   _mm_and_si128(vector_equals(second, BLANK[1]), vector_equals(third, BLANK[2])));
        blanks |= (uint64_t)vector_bits(is) << i;
    }
#else
    for (size_t i = 0; i < 64; i++)
        blanks |= (uint64_t)(memcmp(text + i, BLANK, 3) == 0) << i;
#endif
    uint64_t starts = blanks & ~(blanks << 3 | *carry);
    *carry = blanks >> 61;
    return starts;
}

/* Walks through a text after which WORD_PADDING bytes are readable. */
struct word_cursor {
    struct slice text;
    size_t block;    /* the next one */
    uint64_t starts; /* those left in the current one */
    uint64_t carry;
};
enum { WORD_PADDING = 80 };

/* The start of the next word; after the last one, the end of the text. */
static inline size_t next_word(struct word_cursor *cursor)
{
    while (cursor->starts == 0) {
        if (cursor->block >= cursor->text.len)
            return cursor->text.len;
        cursor->starts = word_starts(cursor->text.ptr + cursor->block, &cursor->carry);
        cursor->block += 64;
    }
    size_t start = cursor->block - 64 + (size_t)__builtin_ctzll(cursor->starts);
    cursor->starts &= cursor->starts - 1;
    return start;
}

/* How large a total may be without changing a word's best segmentation. Each step rounds by at most 2^-24 of the total,
 * and neither of the two best paths has more steps than bytes; a factor of two leaves room for the comparisons, which
 * are made before rounding. */
static float limit_of(struct unigram_margin margin, size_t len)
{
    return (float)(0.999 * (margin.margin * (1 << 22) / (double)(len + 1) - fabs(margin.total)));
}

/* Fills thread->words, from the model, and returns the total up to which they are right: below 0 if no bound is
 * known. */
static float clear_word(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice word)
{
    thread->words.len = 0;
    if (model->model != SENTENCEPIECE_UNIGRAM) {
        sentencepiece_bpe_encode(&model->bpe, thread->bpe, word, &thread->words);
        return INFINITY;
    }
    if (model->cautious || word.len > SENTENCEPIECE_CACHE_BYTES)
        return -1;
    return limit_of(unigram_clear(&model->unigram, word, &thread->words), word.len);
}

static void put_words(const struct sentencepiece *model, struct sentencepiece_thread *thread, size_t at)
{
    vec_reserve(&thread->tokens, thread->words.len);
    for (size_t i = 0; i < thread->words.len; i++) {
        struct subword token = thread->words.items[i];
        token.start += (uint32_t)at;
        token.end += (uint32_t)at;
        thread->has_unknown |= token.id == model->unk;
        thread->tokens.items[thread->tokens.len++] = token;
    }
}

/* Segments a word whose tokens depend on the total. */
static void put_stretch(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice word,
                        size_t at, float *total)
{
    thread->words.len = 0;
    unigram_stretch(&model->unigram, &thread->unigram, word, total, &thread->words);
    put_words(model, thread, at);
}

/* Encodes a word that is not in the table of short ones. */
static void encode_word(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice word,
                        size_t at, const struct short_key *key, float *total)
{
    const struct sentencepiece_word *known = sentencepiece_cache_get(&thread->cache, word);
    float limit;
    if (known != NULL) {
        limit = known->limit;
        thread->words.len = 0;
        for (uint32_t i = 0, start = 0; i < known->count; start = known->ends[i++])
            vec_push(&thread->words, ((struct subword){known->ids[i], start, known->ends[i]}));
    } else {
        limit = clear_word(model, thread, word);
        if (!sentencepiece_short_put(&thread->cache, key, &thread->words, limit, model->unk))
            sentencepiece_cache_put(&thread->cache, word, &thread->words, limit);
    }
    if (fabsf(*total) > limit) {
        put_stretch(model, thread, word, at, total);
        return;
    }
    for (size_t i = 0; i < thread->words.len; i++)
        *total = (float)(model->scores[thread->words.items[i].id] + (double)*total);
    put_words(model, thread, at);
}

/* There must be room for it among the tokens. */
static inline void put_short(const struct sentencepiece *model, struct sentencepiece_thread *thread,
                             const struct sentencepiece_short *known, size_t at, float *total)
{
    struct subword *to = thread->tokens.items + thread->tokens.len;
    size_t count = sentencepiece_short_count(known);
    uint32_t start = (uint32_t)at, behind_blank = start + SENTENCEPIECE_SHORT_BLANK;
    float sum = *total;
    for (size_t i = 0; i < count; i++) {
        int32_t id = (int32_t)(known->tokens[i] & 0xffffff);
        uint32_t end = behind_blank + (known->tokens[i] >> 24 & 15);
        to[i] = (struct subword){id, start, end};
        start = end;
        sum = (float)(model->scores[id] + (double)sum);
    }
    *total = sum;
    thread->tokens.len += count;
    thread->has_unknown |= sentencepiece_short_has_unknown(known);
}

/* All keys are made before the first look-up, so that the look-ups do not wait for memory. */
enum { WORD_BATCH = 64 };

/* Encodes the whole text word by word, if no token crosses words. */
static void encode_words(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    struct word_cursor cursor = {.text = text};
    size_t start = 0, end = next_word(&cursor), starts[WORD_BATCH + 1];
    struct short_key keys[WORD_BATCH];
    float total = 0;
    if (end == 0)
        end = next_word(&cursor);
    while (start < text.len) {
        size_t count = 0;
        for (; count < WORD_BATCH && start < text.len; start = end, end = next_word(&cursor)) {
            struct slice word = {text.ptr + start, end - start};
            keys[count] = (struct short_key){0};
            if (start > 0 || (word.len >= 3 && memcmp(word.ptr, BLANK, 3) == 0))
                keys[count] = sentencepiece_short_key(&thread->cache, word);
            starts[count++] = start;
        }
        starts[count] = start;
        for (size_t i = 0; i < count; i++) {
            const struct sentencepiece_short *known =
                keys[i].high != 0 ? sentencepiece_short_get(&thread->cache, &keys[i]) : NULL;
            vec_reserve(&thread->tokens, SENTENCEPIECE_SHORT_TOKENS);
            struct slice word = slice_between(text.ptr + starts[i], text.ptr + starts[i + 1]);
            if (known != NULL && fabsf(total) < sentencepiece_short_limit(known))
                put_short(model, thread, known, starts[i], &total);
            else if (known != NULL)
                put_stretch(model, thread, word, starts[i], &total);
            else
                encode_word(model, thread, word, starts[i], &keys[i], &total);
        }
    }
}

/* Encodes the whole text if tokens may cross words. */
static void encode_uncut(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    float total = 0;
    thread->words.len = 0;
    if (model->model == SENTENCEPIECE_UNIGRAM)
        unigram_stretch(&model->unigram, &thread->unigram, text, &total, &thread->words);
    else
        sentencepiece_bpe_encode(&model->bpe, thread->bpe, text, &thread->words);
    put_words(model, thread, 0);
}

/* ---- the other models ---- */

static bool is_blank(struct slice text, size_t at)
{
    return text.len - at >= 3 && memcmp(text.ptr + at, BLANK, 3) == 0;
}

static int encode_sampled(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    if (unigram_sample(thread->sampling, &thread->sampled, text, &thread->tokens) != 0)
        return -1;
    for (size_t i = 0; i < thread->tokens.len; i++)
        thread->has_unknown |= thread->tokens.items[i].id == model->unk;
    return 0;
}

static void put_token(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text,
                      size_t start, size_t end)
{
    int32_t id = sentencepiece_find(&model->unigram.trie, slice_between(text.ptr + start, text.ptr + end));
    thread->has_unknown |= id < 0;
    vec_push(&thread->tokens, ((struct subword){id < 0 ? model->unk : id, (uint32_t)start, (uint32_t)end}));
}

/* Every blank starts a word. */
static void encode_whole_words(const struct sentencepiece *model, struct sentencepiece_thread *thread,
                               struct slice text)
{
    for (size_t at = 0, end; at < text.len; at = end) {
        end = at + (is_blank(text, at) ? 3 : 1);
        const char *next = memmem(text.ptr + end, text.len - end, BLANK, 3);
        end = next != NULL ? (size_t)(next - text.ptr) : text.len;
        put_token(model, thread, text, at, end);
    }
}

static void encode_characters(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    for (size_t at = 0, len; at < text.len; at += len) {
        len = sentencepiece_symbol(&model->symbols, slice_between(text.ptr + at, text.ptr + text.len));
        if (len == 0)
            (void)text_decode(text.ptr + at, &len);
        put_token(model, thread, text, at, at + len);
    }
}

/* Adjacent unknown tokens become one; or each becomes its bytes, all but the last of which cover no text. */
static void finish_unknown(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    size_t count = thread->tokens.len;
    struct subwords *out = &thread->words;
    bool after_unk = false;
    out->len = 0;
    for (size_t i = 0; i < count; i++) {
        struct subword token = thread->tokens.items[i];
        bool unknown = token.id == model->unk;
        if (unknown && model->byte_fallback) {
            for (uint32_t at = token.start; at < token.end; at++) {
                int32_t id = model->unigram.byte_ids[(unsigned char)text.ptr[at]];
                bool last = at + 1 == token.end;
                vec_push(out, ((struct subword){id, token.start, last ? token.end : token.start}));
            }
        } else if (unknown && after_unk) {
            out->items[out->len - 1].end = token.end;
        } else {
            vec_push(out, token);
        }
        after_unk = unknown;
    }
    struct subwords old = thread->tokens;
    thread->tokens = *out;
    *out = old;
}

int sentencepiece_encode(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text,
                         bool wants_origins, struct sentencepiece_text *out)
{
    struct bytes *made = &thread->normalized.text;
    sentencepiece_normalize(model, text, wants_origins, &thread->normalized);
    if (made->len >= UINT32_MAX)
        return diag_error("a text of %zu bytes grows to %zu bytes, which is too long to be tokenized", text.len,
                          made->len);
    vec_reserve(made, WORD_PADDING);
    memset(made->items + made->len, 0, WORD_PADDING);
    struct slice normalized = bytes_slice(made);
    thread->tokens.len = 0;
    thread->has_unknown = false;
    if (thread->sampling != NULL) {
        if (encode_sampled(model, thread, normalized) != 0)
            return -1;
    } else if (model->model == SENTENCEPIECE_WORD)
        encode_whole_words(model, thread, normalized);
    else if (model->model == SENTENCEPIECE_CHAR)
        encode_characters(model, thread, normalized);
    else if (model->cuts)
        encode_words(model, thread, normalized);
    else
        encode_uncut(model, thread, normalized);
    if (thread->has_unknown)
        finish_unknown(model, thread, normalized);
    *out = (struct sentencepiece_text){normalized, thread->tokens,
                                       wants_origins ? thread->normalized.origins.items : NULL};
    return 0;
}
