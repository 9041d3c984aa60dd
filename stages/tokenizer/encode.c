/* encode.c - a text to an encoding: see tokenizer.h.
 *
 * The steps in their order: cut out added tokens, normalize, cut out added tokens that are looked for in normalized
 * text, pre-tokenize, look every piece up in the cache or give it to the model, truncate, fill the template. */
#include "classes.h"
#include "diag.h"
#include "memory.h"
#include "parts.h"
#include "text.h"
#include "word_cache.h"

/* What became of one text. */
struct sequence {
    VEC(int32_t) ids;
    VEC(struct span) spans;
    VEC(int32_t) words;
    VEC(struct verbatim {
        size_t index; /* of the token */
        struct slice text;
    })
    verbatim; /* added tokens that show other bytes than their own: the white space that they took */
};

struct tokenizer_thread {
    const struct tokenizer *tokenizer;
    struct draft draft;
    struct normalizer_thread normalizer;
    struct pretokenizer_thread pretokenizer;
    struct word_cache *cache;
    struct wordpiece_scratch wordpiece;
    struct bpe_scratch *bpe;
    struct subwords subwords;
    struct sequence sequences[2];
};

struct tokenizer_thread *tokenizer_thread_new(const struct tokenizer *tokenizer)
{
    struct tokenizer_thread *thread = mem_zalloc(1, sizeof *thread);
    thread->tokenizer = tokenizer;
    thread->cache = word_cache_new();
    thread->bpe = bpe_scratch_new();
    return thread;
}

void tokenizer_thread_free(struct tokenizer_thread *thread)
{
    if (thread == NULL)
        return;
    draft_free(&thread->draft);
    normalizer_thread_free(&thread->normalizer);
    pretokenizer_thread_free(&thread->pretokenizer);
    word_cache_free(thread->cache);
    vec_free(&thread->wordpiece);
    bpe_scratch_free(thread->bpe);
    vec_free(&thread->subwords);
    for (size_t i = 0; i < 2; i++) {
        vec_free(&thread->sequences[i].ids);
        vec_free(&thread->sequences[i].spans);
        vec_free(&thread->sequences[i].words);
        vec_free(&thread->sequences[i].verbatim);
    }
    mem_free(thread);
}

/* ---- one text ---- */

static int cut_text(struct tokenizer_thread *thread, struct slice text, bool wants_origins)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    struct draft *draft = &thread->draft;
    if (text.len > UINT32_MAX)
        return diag_error("a text of %zu bytes is too long to be tokenized", text.len);
    draft_start(draft, text, wants_origins);
    added_apply(&tokenizer->added, draft);
    if (normalizer_apply(&tokenizer->normalizer, &thread->normalizer, draft) != 0)
        return -1;
    added_apply(&tokenizer->normalized, draft);
    return pretokenizer_apply(&tokenizer->pretokenizer, &thread->pretokenizer, draft);
}

static void push_span(const struct draft *draft, struct sequence *out, size_t start, size_t end)
{
    vec_push(&out->spans, ((struct span){draft_origin(draft, start), draft_origin(draft, end - 1) + 1}));
}

static void emit_added(struct tokenizer_thread *thread, struct piece piece, unsigned want, struct arena *arena,
                       struct sequence *out)
{
    const struct draft *draft = &thread->draft;
    struct slice shown = {draft->text + piece.start, piece.end - piece.start};
    if (!slice_equal(shown, tokenizer_token(thread->tokenizer, piece.id)) && want != ENCODE_IDS)
        vec_push(&out->verbatim, ((struct verbatim){out->ids.len, arena_copy(arena, shown)}));
    vec_push(&out->ids, piece.id);
    if (want & ENCODE_OFFSETS)
        push_span(draft, out, piece.start, piece.end);
}

static void emit_cached(const struct draft *draft, struct piece piece, const struct cached_word *word, unsigned want,
                        struct sequence *out)
{
    vec_reserve(&out->ids, WORD_CACHE_SUBWORDS);
    memcpy(out->ids.items + out->ids.len, word->ids, sizeof word->ids);
    out->ids.len += word->count;
    if (!(want & ENCODE_OFFSETS))
        return;
    size_t start = piece.start;
    for (unsigned i = 0; i < word->count; i++) {
        size_t end = piece.start + word->ends[i];
        push_span(draft, out, start, end);
        start = end;
    }
}

static struct slice word_of(const struct draft *draft, struct piece piece)
{
    return (struct slice){draft->text + piece.start, piece.end - piece.start};
}

static void emit_word(struct tokenizer_thread *thread, struct piece piece, const struct word_key *key, unsigned want,
                      struct sequence *out)
{
    struct slice word = word_of(&thread->draft, piece);
    const struct tokenizer *tokenizer = thread->tokenizer;
    struct subwords *subwords = &thread->subwords;
    if (tokenizer->model == MODEL_WORDPIECE)
        wordpiece_word(&tokenizer->wordpiece, &thread->wordpiece, word, subwords);
    else
        bpe_word(&tokenizer->bpe, thread->bpe, word, subwords);
    word_cache_put(thread->cache, key, subwords);
    for (size_t i = 0; i < subwords->len; i++) {
        vec_push(&out->ids, subwords->items[i].id);
        if (want & ENCODE_OFFSETS)
            push_span(&thread->draft, out, piece.start + subwords->items[i].start,
                      piece.start + subwords->items[i].end);
    }
}

/* Pieces [from, to), no more than BATCH. All keys are made before the first one is looked up, so that the look-ups do
 * not wait for memory. */
enum { BATCH = 32 };

static void encode_pieces(struct tokenizer_thread *thread, size_t from, size_t to, unsigned want, struct arena *arena,
                          struct sequence *out)
{
    const struct draft *draft = &thread->draft;
    struct word_key keys[BATCH];
    for (size_t i = from; i < to; i++) {
        struct piece piece = draft->pieces.items[i];
        word_cache_expect(thread->cache, word_of(draft, piece), draft->len - piece.start, &keys[i - from]);
    }
    for (size_t i = from; i < to; i++) {
        struct piece piece = draft->pieces.items[i];
        const struct word_key *key = &keys[i - from];
        const struct cached_word *cached;
        if (piece.id != PIECE_TEXT)
            emit_added(thread, piece, want, arena, out);
        else if ((cached = word_cache_get(thread->cache, key)) != NULL)
            emit_cached(draft, piece, cached, want, out);
        else
            emit_word(thread, piece, key, want, out);
        if (want & ENCODE_WORD_IDS)
            while (out->words.len < out->ids.len)
                vec_push(&out->words, (int32_t)i);
    }
}

static int encode_text(struct tokenizer_thread *thread, struct slice text, unsigned want, struct arena *arena,
                       struct sequence *out)
{
    out->ids.len = out->spans.len = out->words.len = out->verbatim.len = 0;
    if (cut_text(thread, text, (want & ENCODE_OFFSETS) != 0) != 0)
        return -1;
    size_t count = thread->draft.pieces.len;
    for (size_t from = 0; from < count; from += BATCH)
        encode_pieces(thread, from, count - from < BATCH ? count : from + BATCH, want, arena, out);
    return 0;
}

/* ---- the template ---- */

/* The encoding while it is filled. */
struct filling {
    struct encoding *encoding;
    int32_t *ids, *word_ids, *special_tokens_mask, *attention_mask, *token_type_ids;
    struct slice *tokens;
    struct span *offsets;
};

static void make_room(struct filling *filling, size_t count, unsigned want, struct arena *arena)
{
    struct {
        unsigned flag;
        int32_t **array;
    } ints[] = {
        {ENCODE_IDS, &filling->ids},
        {ENCODE_WORD_IDS, &filling->word_ids},
        {ENCODE_SPECIAL_TOKENS_MASK, &filling->special_tokens_mask},
        {ENCODE_ATTENTION_MASK, &filling->attention_mask},
        {ENCODE_TOKEN_TYPE_IDS, &filling->token_type_ids},
    };
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++)
        *ints[i].array = want & ints[i].flag ? arena_array(arena, count, sizeof(int32_t)) : NULL;
    filling->tokens = want & ENCODE_TOKENS ? arena_array(arena, count, sizeof(struct slice)) : NULL;
    filling->offsets = want & ENCODE_OFFSETS ? arena_array(arena, count, sizeof(struct span)) : NULL;
    *filling->encoding = (struct encoding){
        .ids = filling->ids,
        .tokens = filling->tokens,
        .offsets = filling->offsets,
        .word_ids = filling->word_ids,
        .special_tokens_mask = filling->special_tokens_mask,
        .attention_mask = filling->attention_mask,
        .token_type_ids = filling->token_type_ids,
    };
}

static void fill_ints(int32_t *array, size_t at, size_t count, int32_t value)
{
    for (size_t i = 0; array != NULL && i < count; i++)
        array[at + i] = value;
}

static void fill_special(struct filling *filling, const struct template_part *part)
{
    size_t at = filling->encoding->count++;
    fill_ints(filling->ids, at, 1, part->id);
    fill_ints(filling->word_ids, at, 1, -1);
    fill_ints(filling->special_tokens_mask, at, 1, 1);
    fill_ints(filling->attention_mask, at, 1, 1);
    fill_ints(filling->token_type_ids, at, 1, part->type_id);
    if (filling->tokens != NULL)
        filling->tokens[at] = part->token;
    if (filling->offsets != NULL)
        filling->offsets[at] = (struct span){0, 0};
}

/* A blank of a byte-level vocabulary, or white space: its length in bytes, 0 where it is another character. */
static size_t blank_at(const char *at, const char *end)
{
    if (at == end)
        return 0;
    size_t len;
    uint32_t point = text_decode(at, &len);
    return point == bpe_spelling(' ') || (classes_table()[point] & CLASS_SPACE) ? len : 0;
}

/* White space of a token is not part of its offsets. The reference counts it in the token's spelling and takes as
 * many code points away. Where a blank was put before the text, one blank of the first token is that one. */
static void trim_offsets(const struct tokenizer *tokenizer, struct slice token, bool first, struct span *offsets)
{
    uint32_t leading = 0, trailing = 0;
    const char *start = token.ptr, *end = token.ptr + token.len;
    for (size_t len; (len = blank_at(start, end)) > 0; start += len)
        leading++;
    for (const char *last = end; last > token.ptr; end = last, trailing++) {
        do
            last--;
        while (last > token.ptr && ((unsigned char)*last & 0xc0) == 0x80);
        if (blank_at(last, end) == 0)
            break;
    }
    if (leading == 1 && tokenizer->trim_prefix && (first || offsets->start == 0))
        leading = 0;
    if (leading > 0)
        offsets->start = offsets->end - offsets->start < leading ? offsets->end : offsets->start + leading;
    if (trailing > 0 && offsets->end >= trailing)
        offsets->end = offsets->end - trailing < offsets->start ? offsets->start : offsets->end - trailing;
}

/* Tokens [from, from + count) of the sequence. */
static void fill_text(const struct tokenizer *tokenizer, struct filling *filling, const struct sequence *sequence,
                      size_t from, size_t count, int32_t type_id)
{
    size_t at = filling->encoding->count;
    filling->encoding->count += count;
    if (count == 0)
        return;
    const int32_t *ids = sequence->ids.items + from;
    if (filling->ids != NULL)
        memcpy(filling->ids + at, ids, count * sizeof *ids);
    if (filling->word_ids != NULL)
        memcpy(filling->word_ids + at, sequence->words.items + from, count * sizeof *ids);
    fill_ints(filling->special_tokens_mask, at, count, 0);
    fill_ints(filling->attention_mask, at, count, 1);
    fill_ints(filling->token_type_ids, at, count, type_id);
    if (filling->offsets != NULL)
        memcpy(filling->offsets + at, sequence->spans.items + from, count * sizeof *filling->offsets);
    bool trims = filling->offsets != NULL && tokenizer->trim_offsets;
    if (filling->tokens == NULL && !trims)
        return;
    const struct verbatim *verbatim = sequence->verbatim.items, *end = verbatim + sequence->verbatim.len;
    for (size_t i = 0; i < count; i++) {
        struct slice token = tokenizer->tokens[ids[i]];
        while (verbatim < end && verbatim->index < from + i)
            verbatim++;
        if (verbatim < end && verbatim->index == from + i)
            token = verbatim->text;
        if (filling->tokens != NULL)
            filling->tokens[at + i] = token;
        if (trims)
            trim_offsets(tokenizer, token, i == 0, &filling->offsets[at + i]);
    }
}

int tokenizer_encode(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                     const struct tokenizer_options *options, struct arena *arena, struct encoding *encoding)
{
    const struct tokenizer *tokenizer = thread->tokenizer;
    const struct template *template = pair != NULL ? &tokenizer->pair : &tokenizer->single;
    if (options->no_special)
        template = pair != NULL ? &tokenizer->plain_pair : &tokenizer->plain_single;
    size_t specials = template_specials(template), counts[2] = {0, 0}, from[2] = {0, 0};
    if (options->max_length > 0 && options->max_length < specials)
        return diag_error("a maximum of %zu tokens leaves no room for %zu special tokens", options->max_length,
                          specials);
    for (size_t i = 0; i < (pair != NULL ? 2 : 1); i++) {
        if (encode_text(thread, i == 0 ? text : *pair, options->want, arena, &thread->sequences[i]) != 0)
            return -1;
        from[i] = counts[i] = thread->sequences[i].ids.len;
    }
    if (options->max_length > 0 &&
        template_truncate(options->truncation, options->max_length - specials, pair != NULL, counts) != 0)
        return -1;
    struct filling filling = {.encoding = encoding};
    make_room(&filling, specials + counts[0] + counts[1], options->want, arena);
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->kind == TEMPLATE_SPECIAL) {
            fill_special(&filling, part);
            continue;
        }
        size_t kept = counts[part->kind];
        size_t first = options->truncate_left ? from[part->kind] - kept : 0;
        fill_text(tokenizer, &filling, &thread->sequences[part->kind], first, kept, part->type_id);
    }
    return 0;
}
