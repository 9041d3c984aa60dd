/* sentencepiece.c - see sentencepiece.h: the normalizer, and the way through a sentence. */
#include "sentencepiece.h"

#include "diag.h"
#include "memory.h"
#include "sentencepiece_cache.h"
#include "text.h"

#include <math.h>

struct sentencepiece_thread {
    struct bytes normalized;
    VEC(uint32_t) origins; /* by byte of `normalized` */
    struct unigram_scratch unigram;
    struct sentencepiece_bpe_scratch *bpe;
    struct sentencepiece_cache cache;
    struct sampling *sampling; /* NULL: none */
    struct unigram_sampling_scratch sampled;
    struct subwords words, tokens; /* of a word; of the text */
    bool has_unknown;              /* among the tokens */
};

static const char BLANK[] = "\xe2\x96\x81";

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
    vec_free(&thread->normalized);
    vec_free(&thread->origins);
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

/* ---- the normalizer ---- */

/* The text on its way: what is left of it, and how many code points are behind. */
struct reading {
    const char *at, *end;
    uint32_t points;
};

/* What the next characters become. They are a user-defined symbol, which stays as it is, a key of the table, or one
 * character. A byte that is none, left over from a key that ended inside a character, becomes U+FFFD. */
static struct slice next_prefix(const struct sentencepiece *model, const struct reading *reading, size_t *len)
{
    struct slice rest = slice_between(reading->at, reading->end), becomes;
    if (model->symbol_starts[(unsigned char)*rest.ptr]) {
        *len = sentencepiece_symbol(&model->symbols, rest);
        if (*len > 0)
            return (struct slice){reading->at, *len};
    }
    *len = text_sequence(reading->at, reading->end);
    size_t same;
    if (*len > 0 && charsmap_untouched(&model->charsmap, text_decode(reading->at, &same)))
        return (struct slice){reading->at, *len};
    if (charsmap_longest(&model->charsmap, rest, &becomes, len))
        return becomes;
    *len = text_sequence(reading->at, reading->end);
    if (*len > 0)
        return (struct slice){reading->at, *len};
    *len = 1;
    return SLICE("\xef\xbf\xbd");
}

static void pass(struct reading *reading, size_t len)
{
    for (size_t i = 0; i < len; i++)
        reading->points += ((unsigned char)reading->at[i] & 0xc0) != 0x80;
    reading->at += len;
}

static void put_origins(struct sentencepiece_thread *thread, uint32_t origin)
{
    size_t count = thread->normalized.len - thread->origins.len;
    vec_reserve(&thread->origins, count);
    for (size_t i = 0; i < count; i++)
        thread->origins.items[thread->origins.len++] = origin;
}

static void put_blank(const struct sentencepiece *model, struct sentencepiece_thread *thread)
{
    if (model->escape_whitespaces)
        bytes_append(&thread->normalized, BLANK, 3);
    else
        bytes_byte(&thread->normalized, ' ');
}

static void put_text(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ' ')
            put_blank(model, thread);
        else
            bytes_byte(&thread->normalized, text.ptr[i]);
}

/* A run of ASCII that the table leaves alone, up to the last character, which may be the start of a key: copies it,
 * blanks marked and, where that is asked for, only one of them in a row. */
static void put_plain(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct reading *reading,
                      bool wants_origins, bool *after_space)
{
    const char *at = reading->at;
    vec_reserve(&thread->normalized, 3 * (size_t)(reading->end - at));
    char *to = thread->normalized.items + thread->normalized.len;
    const bool removes = model->remove_extra_whitespaces, escapes = model->escape_whitespaces;
    while (reading->end - at > 1 && (unsigned char)at[0] < 0x80 && (unsigned char)at[1] < 0x80 &&
           model->plain[(unsigned char)*at]) {
        if (*at != ' ') {
            *to++ = *at;
        } else if (!*after_space || !removes) {
            memcpy(to, escapes ? BLANK : "   ", 3);
            to += escapes ? 3 : 1;
        }
        *after_space = *at == ' ';
        at++;
        thread->normalized.len = (size_t)(to - thread->normalized.items);
        if (wants_origins)
            put_origins(thread, reading->points);
        reading->points++;
    }
    *after_space &= removes;
    reading->at = at;
}

/* Blanks at the end are not part of the text. */
static void trim_end(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct reading *reading)
{
    struct bytes *text = &thread->normalized;
    size_t len = model->escape_whitespaces ? 3 : 1;
    const char *blank = model->escape_whitespaces ? BLANK : " ";
    while (text->len >= len && memcmp(text->items + text->len - len, blank, len) == 0) {
        text->len -= len;
        if (thread->origins.len > text->len) {
            reading->points = thread->origins.items[text->len];
            thread->origins.len = text->len;
        }
    }
}

/* The text as the model sees it; origins where they are wanted, one more than bytes. */
static void normalize(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text,
                      bool wants_origins)
{
    struct reading reading = {text.ptr, text.ptr + text.len, 0};
    bool removes = model->remove_extra_whitespaces, after_space = removes;
    thread->normalized.len = thread->origins.len = 0;
    for (size_t len; removes && reading.at < reading.end; pass(&reading, len))
        if (!slice_is(next_prefix(model, &reading, &len), " "))
            break;
    if (reading.at == reading.end)
        return;
    if (model->dummy_prefix && !model->whitespace_is_suffix)
        put_blank(model, thread);
    if (wants_origins)
        put_origins(thread, reading.points);
    while (reading.at < reading.end) {
        put_plain(model, thread, &reading, wants_origins, &after_space);
        size_t len;
        struct slice becomes = next_prefix(model, &reading, &len);
        while (after_space && becomes.len > 0 && *becomes.ptr == ' ')
            becomes = (struct slice){becomes.ptr + 1, becomes.len - 1};
        if (becomes.len > 0) {
            put_text(model, thread, becomes);
            after_space = removes && becomes.ptr[becomes.len - 1] == ' ';
        }
        if (wants_origins)
            put_origins(thread, reading.points);
        pass(&reading, len);
    }
    if (removes)
        trim_end(model, thread, &reading);
    if (model->dummy_prefix && model->whitespace_is_suffix)
        put_blank(model, thread);
    if (wants_origins) {
        put_origins(thread, reading.points);
        vec_push(&thread->origins, reading.points);
    }
}

/* ---- the models ---- */

static bool is_blank(struct slice text, size_t at)
{
    return text.len - at >= 3 && memcmp(text.ptr + at, BLANK, 3) == 0;
}

/* The end of the word that starts at `at`: its blanks, then everything up to the next blank. */
static size_t word_end(struct slice text, size_t at)
{
    while (is_blank(text, at))
        at += 3;
    while (at < text.len && (text.ptr[at] != *BLANK || !is_blank(text, at)))
        at++;
    return at;
}

/* Fills thread->words, from the model. */
static void model_word(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice word,
                       float *total)
{
    thread->words.len = 0;
    if (model->model == SENTENCEPIECE_UNIGRAM)
        unigram_stretch(&model->unigram, &thread->unigram, word, total, &thread->words);
    else
        sentencepiece_bpe_encode(&model->bpe, thread->bpe, word, &thread->words);
}

/* How large a total may be so that a word's best segmentation is chosen all the same. Each step rounds by at most
 * 2^-24 of the total, and there are no more steps than bytes, in either of the two best paths; twice as much leaves
 * room for the comparisons, which are made before rounding. Below 0 where the total is too large already. */
static float find_limit(const struct sentencepiece *model, struct slice word, float total)
{
    if (model->model != SENTENCEPIECE_UNIGRAM)
        return INFINITY;
    if (model->cautious)
        return -1;
    struct unigram_margin margin = unigram_margin(&model->unigram, word);
    double limit = margin.margin * (1 << 22) / (double)(word.len + 1) - fabs(margin.total);
    return limit > fabs((double)total) ? (float)(0.999 * limit) : -1;
}

static void put_known(const struct sentencepiece *model, struct sentencepiece_thread *thread,
                      const struct sentencepiece_word *known, size_t at, float *total)
{
    struct subword *to = thread->tokens.items + thread->tokens.len;
    uint32_t start = (uint32_t)at;
    for (size_t i = 0; i < known->count; i++) {
        int32_t id = known->ids[i];
        uint32_t end = (uint32_t)at + known->ends[i];
        to[i] = (struct subword){id, start, end};
        start = end;
        double score = id == model->unk ? model->unigram.unk_score : model->scores[id];
        *total = (float)(score + (double)*total);
        thread->has_unknown |= id == model->unk;
    }
    thread->tokens.len += known->count;
}

/* The whole text, word by word where no token is in two of them. */
static void encode_words(const struct sentencepiece *model, struct sentencepiece_thread *thread, struct slice text)
{
    float total = 0;
    for (size_t at = 0, end; at < text.len; at = end) {
        end = model->cuts ? word_end(text, at) : text.len;
        struct slice word = {text.ptr + at, end - at};
        struct sentencepiece_word *place = model->cuts ? sentencepiece_cache_find(&thread->cache, word) : NULL;
        vec_reserve(&thread->tokens, SENTENCEPIECE_CACHE_TOKENS);
        if (place != NULL && place->len > 0 && fabsf(total) <= place->limit) {
            put_known(model, thread, place, at, &total);
            continue;
        }
        float limit = place != NULL && place->len == 0 ? find_limit(model, word, total) : -1;
        model_word(model, thread, word, &total);
        if (place != NULL && place->len == 0)
            sentencepiece_cache_put(place, word.len, &thread->words, limit);
        for (size_t i = 0; i < thread->words.len; i++) {
            struct subword token = thread->words.items[i];
            token.start += (uint32_t)at;
            token.end += (uint32_t)at;
            thread->has_unknown |= token.id == model->unk;
            vec_push(&thread->tokens, token);
        }
    }
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

/* Unknown tokens side by side are one; or each becomes its bytes, all but the last of which cover nothing. */
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
    normalize(model, thread, text, wants_origins);
    if (thread->normalized.len >= UINT32_MAX)
        return diag_error("a text of %zu bytes grows to %zu bytes, more than can be tokenized", text.len,
                          thread->normalized.len);
    vec_reserve(&thread->normalized, SENTENCEPIECE_CACHE_BYTES); /* what the cache reads behind a word */
    memset(thread->normalized.items + thread->normalized.len, 0, SENTENCEPIECE_CACHE_BYTES);
    struct slice normalized = bytes_slice(&thread->normalized);
    thread->tokens.len = 0;
    thread->has_unknown = false;
    if (thread->sampling != NULL) {
        if (encode_sampled(model, thread, normalized) != 0)
            return -1;
    } else if (model->model == SENTENCEPIECE_WORD)
        encode_whole_words(model, thread, normalized);
    else if (model->model == SENTENCEPIECE_CHAR)
        encode_characters(model, thread, normalized);
    else
        encode_words(model, thread, normalized);
    if (thread->has_unknown)
        finish_unknown(model, thread, normalized);
    *out = (struct sentencepiece_text){normalized, thread->tokens, wants_origins ? thread->origins.items : NULL};
    return 0;
}
