/* encode.c - texts to an encoding, see tokenizer.h: the tokens of each text (sequence.h), truncated, in a template. */
#include "base/diag.h"
#include "base/search.h"
#include "sequence.h"
#include "spans.h"
#include "windows.h"

/* ---- the template ---- */

/* An encoding that is being filled. */
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

/* White space of a token is not part of its offsets. The reference counts it in the token's spelling and removes as
 * many code points from the offsets. If a blank was put before the text, one blank of the first token is that one. */
static inline void trim_offsets(const struct tokenizer *tokenizer, struct blanks blanks, bool first,
                                struct span *offsets)
{
    uint32_t leading = blanks.leading, trailing = blanks.trailing;
    if (leading == 1 && tokenizer->trim_prefix && (first || offsets->start == 0))
        leading = 0;
    if (leading > 0)
        offsets->start = offsets->end - offsets->start < leading ? offsets->end : offsets->start + leading;
    if (trailing > 0 && offsets->end >= trailing)
        offsets->end = offsets->end - trailing < offsets->start ? offsets->start : offsets->end - trailing;
}

/* The first of the verbatim tokens at or after a token. */
static size_t first_verbatim(const struct sequence *sequence, size_t token)
{
    size_t low;
    search_first(low, sequence->verbatim.len, sequence->verbatim.items[low].index < token);
    return low;
}

/* The marks of SentencePiece's texts are special, and no words. */
static void fill_marks(const struct tokenizer *tokenizer, struct filling *filling, size_t at, const int32_t *ids,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!tokenizer_is_special(tokenizer, ids[i]))
            continue;
        fill_ints(filling->word_ids, at + i, 1, -1);
        fill_ints(filling->special_tokens_mask, at + i, 1, 1);
    }
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
    if (tokenizer->marks)
        fill_marks(tokenizer, filling, at, ids, count);
    fill_ints(filling->attention_mask, at, count, 1);
    fill_ints(filling->token_type_ids, at, count, type_id);
    if (filling->offsets != NULL)
        memcpy(filling->offsets + at, sequence->spans.items + from, count * sizeof *filling->offsets);
    bool trims = filling->offsets != NULL && tokenizer->trim_offsets;
    if (filling->tokens == NULL && !trims)
        return;
    const struct verbatim *end = sequence->verbatim.items + sequence->verbatim.len;
    const struct verbatim *verbatim = sequence->verbatim.items + first_verbatim(sequence, from);
    for (size_t i = 0; i < count; i++) {
        const struct slice *other = verbatim < end && verbatim->index == from + i ? &verbatim++->text : NULL;
        if (filling->tokens != NULL)
            filling->tokens[at + i] = other != NULL ? *other : tokenizer->tokens[ids[i]];
        if (trims)
            trim_offsets(tokenizer,
                         other != NULL ? blanks_of(*other) : blanks_get(tokenizer->blanks, tokenizer->tokens, ids[i]),
                         i == 0, &filling->offsets[at + i]);
    }
}

static void fill_pads(struct filling *filling, const struct padding *padding, size_t count)
{
    size_t at = filling->encoding->count;
    filling->encoding->count += count;
    fill_ints(filling->ids, at, count, padding->id);
    fill_ints(filling->word_ids, at, count, -1);
    fill_ints(filling->special_tokens_mask, at, count, 1);
    fill_ints(filling->attention_mask, at, count, 0);
    fill_ints(filling->token_type_ids, at, count, padding->type_id);
    for (size_t i = at; filling->tokens != NULL && i < at + count; i++)
        filling->tokens[i] = padding->token;
    for (size_t i = at; filling->offsets != NULL && i < at + count; i++)
        filling->offsets[i] = (struct span){0, 0};
}

/* Are all tokens of the window spelled as the vocabulary spells their ids? */
static bool is_spelled_by_ids(const struct tokenizer_thread *thread, const struct template *template,
                              const struct window windows[2], const struct padding *padding)
{
    bool pads = padding->to > 0 || padding->multiple > 0;
    if (pads && !slice_equal(padding->token, tokenizer_token(thread->tokenizer, padding->id)))
        return false;
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->kind == TEMPLATE_SPECIAL) {
            if (!slice_equal(part->token, tokenizer_token(thread->tokenizer, part->id)))
                return false;
            continue;
        }
        const struct sequence *sequence = &thread->sequences[part->kind];
        const struct window *window = &windows[part->kind];
        size_t other = first_verbatim(sequence, window->from);
        if (other < sequence->verbatim.len && sequence->verbatim.items[other].index < window->from + window->count)
            return false;
    }
    return true;
}

/* A window of each text, with the template's special tokens around them. */
static void fill_window(struct tokenizer_thread *thread, const struct template *template,
                        const struct window windows[2], const struct tokenizer_options *options, struct arena *arena,
                        struct encoding *encoding)
{
    struct filling filling = {.encoding = encoding};
    size_t count = template_specials(template) + windows[0].count + windows[1].count;
    size_t pads = template_padded(&options->padding, count) - count;
    bool other_tokens =
        (options->want & ENCODE_OTHER_TOKENS) && !is_spelled_by_ids(thread, template, windows, &options->padding);
    make_room(&filling, count + pads, options->want | (other_tokens ? ENCODE_TOKENS : 0), arena);
    if (options->padding.left)
        fill_pads(&filling, &options->padding, pads);
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->kind == TEMPLATE_SPECIAL) {
            fill_special(&filling, part);
            continue;
        }
        struct window window = windows[part->kind];
        uint32_t at = (uint32_t)encoding->count;
        encoding->texts[part->kind] = (struct span){at, at + (uint32_t)window.count};
        fill_text(thread->tokenizer, &filling, &thread->sequences[part->kind], window.from, window.count,
                  part->type_id);
    }
    if (!options->padding.left)
        fill_pads(&filling, &options->padding, pads);
}

/* ---- both texts ---- */

static const struct template *template_for(const struct tokenizer *tokenizer, bool pair, bool no_special)
{
    if (no_special)
        return pair ? &tokenizer->plain_pair : &tokenizer->plain_single;
    return pair ? &tokenizer->pair : &tokenizer->single;
}

/* The tokens of each text, how many there are, and how many to keep. */
static int encode_texts(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                        const struct tokenizer_options *options, struct arena *arena, size_t counts[2], size_t kept[2])
{
    const struct template *template = template_for(thread->tokenizer, pair != NULL, options->no_special);
    size_t specials = template_specials(template);
    counts[0] = counts[1] = kept[0] = kept[1] = 0;
    thread->drops = options->dropout != NULL;
    bpe_scratch_drop(thread->bpe, options->dropout);
    if (thread->drops && !tokenizer_has_merges(thread->tokenizer))
        return diag_error("dropout needs a BPE model; this is a %s model", tokenizer_kind(thread->tokenizer));
    thread->sampling = options->sampling;
    sentencepiece_thread_sample(thread->sentencepiece, options->sampling);
    if (options->max_length > 0 && options->max_length < specials)
        return diag_error("a maximum of %zu tokens leaves no room for the %zu special tokens", options->max_length,
                          specials);
    bool numbers_words = options->words != NULL && (options->want & ENCODE_WORD_IDS);
    unsigned want = options->want | (numbers_words ? ENCODE_OFFSETS : 0) |
                    (options->want & ENCODE_OTHER_TOKENS ? ENCODE_TOKENS : 0);
    for (size_t i = 0; i < (pair != NULL ? 2 : 1); i++) {
        struct sequence *sequence = &thread->sequences[i];
        if (sequence_encode(thread, i == 0 ? text : *pair, want, arena, sequence) != 0)
            return -1;
        kept[i] = counts[i] = sequence->ids.len;
        if (numbers_words && i == 0)
            spans_number_words(sequence->spans.items, sequence->words.len, options->words, options->word_count,
                               sequence->words.items);
    }
    if (options->max_length == 0)
        return 0;
    return template_truncate(options->truncation, options->max_length - specials, pair != NULL, kept);
}

int tokenizer_encode(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                     const struct tokenizer_options *options, struct arena *arena, struct encoding *encoding)
{
    size_t counts[2], kept[2];
    if (encode_texts(thread, text, pair, options, arena, counts, kept) != 0)
        return -1;
    struct window windows[2];
    for (size_t i = 0; i < 2; i++)
        windows[i] = (struct window){options->truncate_left ? counts[i] - kept[i] : 0, kept[i]};
    fill_window(thread, template_for(thread->tokenizer, pair != NULL, options->no_special), windows, options, arena,
                encoding);
    encoding->dropped = counts[0] - kept[0] + counts[1] - kept[1];
    return 0;
}

/* ---- windows ---- */

/* A window's part of its text: from its first token to the start of the next token after the window, so that white
 * space between windows is not lost. If tokens stand for parts of one character, or are out of order, it is as much as
 * they need. */
static struct excerpt excerpt_of(const struct windows *windows, size_t number, const struct spans_reach *reach)
{
    struct excerpt excerpt = {.number = windows->left ? windows->count - 1 - number : number, .place = {0, UINT32_MAX}};
    if (windows->count < 2) /* the text is whole */
        return excerpt;
    struct window window = windows_at(windows, number);
    size_t end = window.from + window.count;
    if (window.from > 0)
        excerpt.place.start = reach->starts[window.from];
    if (end < windows->total)
        excerpt.place.end = reach->starts[end] > reach->ends[end - 1] ? reach->starts[end] : reach->ends[end - 1];
    return excerpt;
}

/* Memory must not grow with the square of a text's length, as it could with a stride of nearly the whole window. */
static int check_total(const struct windows texts[2], size_t count)
{
    enum { WINDOWS_MOST_TOKENS = 1 << 27 };
    uint64_t size = 1;
    for (size_t i = 0; i < 2; i++)
        size += texts[i].total < texts[i].size ? texts[i].total : texts[i].size;
    if (count > 1 && size > WINDOWS_MOST_TOKENS / count)
        return diag_error("%zu windows of up to %llu tokens make more than %d tokens", count,
                          (unsigned long long)size - 1, WINDOWS_MOST_TOKENS);
    return 0;
}

int tokenizer_encode_windows(struct tokenizer_thread *thread, struct slice text, const struct slice *pair,
                             const struct tokenizer_options *options, struct arena *arena,
                             const struct encoding **encodings, size_t *count)
{
    const struct template *template = template_for(thread->tokenizer, pair != NULL, options->no_special);
    struct tokenizer_options with_places = *options;
    with_places.want |= ENCODE_OFFSETS;
    size_t counts[2], kept[2], lead = 0;
    struct windows texts[2];
    if (encode_texts(thread, text, pair, &with_places, arena, counts, kept) != 0 ||
        windows_of(counts[0], kept[0], options->stride, options->truncate_left, &texts[0]) != 0 ||
        windows_of(counts[1], kept[1], options->stride, options->truncate_left, &texts[1]) != 0 ||
        windows_pairs(texts, count) != 0 || check_total(texts, *count) != 0)
        return -1;
    while (lead < template->count && template->parts[lead].kind == TEMPLATE_SPECIAL)
        lead++;
    lead = lead < template->count && template->parts[lead].kind == TEMPLATE_SECOND;
    struct spans_reach reaches[2] = {0};
    for (size_t i = 0; i < 2; i++)
        if (texts[i].count > 1)
            reaches[i] = spans_reach(thread->sequences[i].spans.items, counts[i], arena);
    struct encoding *made = arena_array(arena, *count, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        size_t which[2];
        windows_pair(texts, lead, i, which);
        struct window windows[2] = {windows_at(&texts[0], which[0]), windows_at(&texts[1], which[1])};
        fill_window(thread, template, windows, options, arena, &made[i]);
        for (size_t j = 0; j < 2; j++)
            made[i].excerpts[j] = excerpt_of(&texts[j], which[j], &reaches[j]);
    }
    *encodings = made;
    return 0;
}
