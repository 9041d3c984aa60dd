/* Truncation, windows, padding and pairs, chosen by the first bytes, of any text; a 0xff parts the pair's texts. */
#include "small.h"
#include "tokenizers.h"

enum { BERT, GPT2, TOKENIZERS, CHOICES = 7 };

struct loaded {
    struct tokenizer *tokenizer;
    struct tokenizer_thread *thread;
};

static struct loaded load_one(unsigned which)
{
    struct arena *arena = arena_new();
    struct bytes file = {0};
    if (which == BERT)
        small_put_bert(&file);
    else
        small_put_gpt2(SLICE(SMALL_GPT2), &file, arena);
    struct loaded loaded = {.tokenizer = small_load(bytes_slice(&file), arena)};
    loaded.thread = tokenizer_thread_new(loaded.tokenizer);
    vec_free(&file);
    arena_free(arena);
    return loaded;
}

/* ---- what has to hold ---- */

static void check_same(const struct encoding *a, const struct encoding *b)
{
    LAW(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        LAW(a->ids[i] == b->ids[i] && a->word_ids[i] == b->word_ids[i]);
        LAW(a->offsets[i].start == b->offsets[i].start && a->offsets[i].end == b->offsets[i].end);
        LAW(a->attention_mask[i] == b->attention_mask[i] && a->token_type_ids[i] == b->token_type_ids[i]);
    }
}

static bool same_tokens(const struct encoding *a, size_t i, const struct encoding *b, size_t j, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (a->ids[i + k] != b->ids[j + k] || a->offsets[i + k].start != b->offsets[j + k].start ||
            a->offsets[i + k].end != b->offsets[j + k].end || a->word_ids[i + k] != b->word_ids[j + k])
            return false;
    return true;
}

/* Pads are at one side, and only they have no attention; no window is longer than asked for. */
static void check_window(const struct encoding *window, const struct tokenizer_options *options)
{
    size_t pads = 0, size = window->count;
    for (size_t i = 0; i < size; i++) {
        bool is_pad = window->attention_mask[options->padding.left ? i : size - 1 - i] == 0;
        LAW(!is_pad || pads == i);
        pads += is_pad;
    }
    LAW(options->max_length == 0 || size - pads <= options->max_length);
    LAW(size == template_padded(&options->padding, size - pads));
    for (size_t i = 0; i < pads; i++) {
        size_t at = options->padding.left ? i : size - 1 - i;
        LAW(window->ids[at] == options->padding.id && window->special_tokens_mask[at] == 1);
        LAW(window->word_ids[at] == -1 && window->offsets[at].end == 0);
    }
}

/* One text: each window goes on where the one before it ends, less the stride, and together they are the text. */
static void check_cover(const struct encoding *const windows, size_t count, const struct encoding *whole,
                        const struct tokenizer_options *options)
{
    struct span all = whole->texts[0];
    size_t total = all.end - all.start, covered = 0;
    for (size_t i = 0; i < count; i++) {
        struct span own = windows[i].texts[0];
        size_t len = own.end - own.start, again = i == 0 ? 0 : options->stride;
        LAW(again <= covered && covered - again + len <= total);
        size_t from = covered - again;
        if (options->truncate_left)
            from = total - from - len;
        LAW(same_tokens(&windows[i], own.start, whole, all.start + from, len));
        LAW(count == 1 || len > again);
        covered += len - again;
        LAW(i + 1 == count || covered < total);
    }
    LAW(covered == total);
}

/* Of two: each window has a stretch of each text, and each token of them is in one. */
static void check_stretches(const struct encoding *windows, size_t count, const struct encoding *whole, size_t which,
                            struct arena *arena)
{
    struct span all = whole->texts[which];
    size_t total = all.end - all.start;
    bool *seen = arena_alloc(arena, total + 1);
    memset(seen, 0, total + 1);
    for (size_t i = 0; i < count; i++) {
        struct span own = windows[i].texts[which];
        size_t len = own.end - own.start;
        bool found = len == 0;
        for (size_t from = 0; from + len <= total && len > 0; from++)
            if (same_tokens(&windows[i], own.start, whole, all.start + from, len)) {
                memset(seen + from, 1, len);
                found = true;
            }
        LAW(found);
    }
    for (size_t i = 0; i < total; i++)
        LAW(seen[i]);
}

/* ---- the target ---- */

static struct tokenizer_options options_of(const uint8_t *data)
{
    unsigned flags = data[1];
    return (struct tokenizer_options){
        .want = EVERYTHING,
        .no_special = (flags & 1) != 0,
        .truncate_left = (flags & 2) != 0,
        .max_length = data[2] % 40,
        .stride = data[3] % 12,
        .truncation = (enum truncation)(data[4] % 3),
        .padding = {.to = data[5] % 50,
                    .multiple = data[6] % 9,
                    .left = (flags & 4) != 0,
                    .id = 1,
                    .type_id = 0,
                    .token = SLICE("pad")},
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct loaded all[TOKENIZERS];
    if (size < CHOICES)
        return -1;
    struct arena *arena = fuzz_arena();
    struct loaded *loaded = &all[data[0] % TOKENIZERS];
    if (loaded->tokenizer == NULL)
        *loaded = load_one(data[0] % TOKENIZERS);
    struct tokenizer_options options = options_of(data);
    const uint8_t *text = data + CHOICES, *end = data + size, *parts = memchr(text, 0xff, (size_t)(end - text));
    struct slice first = fuzz_text(text, (size_t)((parts != NULL ? parts : end) - text), arena), second = {"", 0};
    if (parts != NULL)
        second = fuzz_text(parts + 1, (size_t)(end - parts - 1), arena);
    const struct slice *pair = parts != NULL ? &second : NULL;

    struct encoding whole, one;
    const struct encoding *windows;
    size_t count;
    const struct tokenizer_options no_limit = {.want = EVERYTHING, .no_special = options.no_special};
    LAW(tokenizer_encode(loaded->thread, first, pair, &no_limit, arena, &whole) == 0);
    bool fits = tokenizer_encode(loaded->thread, first, pair, &options, arena, &one) == 0;
    if (tokenizer_encode_windows(loaded->thread, first, pair, &options, arena, &windows, &count) != 0)
        return 0;
    LAW(fits && count > 0);
    check_same(&windows[0], &one);
    for (size_t i = 0; i < count; i++)
        check_window(&windows[i], &options);
    LAW(count == 1 || (options.max_length > 0 && whole.count > options.max_length));
    if (pair == NULL)
        check_cover(windows, count, &whole, &options);
    else
        for (size_t which = 0; which < 2; which++)
            check_stretches(windows, count, &whole, which, arena);
    return 0;
}
