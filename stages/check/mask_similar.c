/* mask_similar.c - what words became with --similar: see mask.h.
 *
 * The words of the file are tokenized anew, after a bracket and after a bracket and a space, and a word is known by its
 * ids. Each list has words of one line that have as many tokens and stand in the same place. */
#include "mask.h"

#include "../tokenizer/word_starts.h"
#include "base/map.h"
#include "base/stream.h"

struct list {
    size_t first, words, size; /* where its ids begin, how many words, and tokens of each */
};

struct similar {
    VEC(int32_t) ids;
    VEC(struct list) lists;
    struct map *places; /* the ids of a word, as bytes: the number of its list, from 1, in the lower half; in the upper
                         * one that of another list of its line, if it is spelled alike in both places */
};

static struct slice key_of(const int32_t *ids, size_t count)
{
    return (struct slice){(const char *)ids, count * sizeof *ids};
}

/* ---- the file ---- */

struct reader {
    const struct check *check;
    struct similar *similar;
    struct tokenizer_thread *thread;
    struct arena *arena; /* of a line */
};

struct spelling {
    const int32_t *ids;
    size_t count; /* 0: it has none */
};

/* The word after a bracket, or after a bracket and a space. */
static int spell(const struct reader *reader, struct slice word, bool spaced, struct spelling *spelling)
{
    const struct tokenizer_options options = {.want = ENCODE_IDS | ENCODE_OFFSETS, .no_special = true};
    const struct kinds *kinds = reader->check->kinds;
    struct slice text = arena_print(reader->arena, "(%s%.*s", spaced ? " " : "", (int)word.len, word.ptr);
    struct encoding made;
    size_t from = 0;
    *spelling = (struct spelling){0};
    if (tokenizer_encode(reader->thread, text, NULL, &options, reader->arena, &made) < 0)
        return -1;
    while (from < made.count && made.offsets[from].end <= 1)
        from++;
    if (from < made.count && made.offsets[from].start == 0) /* joined with the bracket */
        return 0;
    if (from < made.count && (word_starts_kind(tokenizer_token(kinds->tokenizer, made.ids[from])) & TOKEN_BLANK) != 0)
        from++;
    for (size_t i = from; i < made.count; i++)
        if (kinds_of(kinds, made.ids[i]) != ID_ORDINARY)
            return 0;
    *spelling = (struct spelling){made.ids + from, made.count - from};
    return 0;
}

static bool in_list(const struct similar *similar, const struct list *list, const int32_t *ids, size_t *which)
{
    for (*which = 0; *which < list->words; ++*which)
        if (memcmp(similar->ids.items + list->first + *which * list->size, ids, list->size * sizeof *ids) == 0)
            return true;
    return false;
}

/* The lists of the words of a line in one place: one for each number of tokens. line: how many lists there were before
 * it. */
static void add_lists(struct similar *similar, const struct spelling *spellings, size_t count, size_t line)
{
    for (size_t i = 0; i < count; i++) {
        struct list list = {.first = similar->ids.len, .size = spellings[i].count};
        bool done = list.size == 0;
        size_t which;
        for (size_t k = 0; k < i; k++)
            done = done || spellings[k].count == list.size;
        for (size_t k = i; !done && k < count; k++) {
            if (spellings[k].count != list.size || in_list(similar, &list, spellings[k].ids, &which))
                continue;
            for (size_t at = 0; at < list.size; at++)
                vec_push(&similar->ids, spellings[k].ids[at]);
            list.words++;
            uint64_t *place = map_put(similar->places, key_of(spellings[k].ids, list.size));
            if (*place == 0) /* the first line that has a word counts */
                *place = similar->lists.len + 1;
            else if (*place > line && *place >> 32 == 0)
                *place |= (uint64_t)(similar->lists.len + 1) << 32;
        }
        if (!done)
            vec_push(&similar->lists, list);
    }
}

static struct slice trim(struct slice text)
{
    size_t start = text.len, end = 0, size;
    for (size_t at = 0; at < text.len; at += size) {
        if (text_is_space(text_decode(text.ptr + at, &size)))
            continue;
        start = start < at ? start : at;
        end = at + size;
    }
    return (struct slice){text.ptr + start, end > start ? end - start : 0};
}

static int read_line(struct reader *reader, struct slice line)
{
    struct spelling *spellings[2];
    const char *end = line.ptr + line.len;
    size_t count = 0;
    if (line.len == 0 || line.ptr[0] == '#')
        return 0;
    for (size_t spaced = 0; spaced < 2; spaced++)
        spellings[spaced] = arena_array(reader->arena, line.len + 1, sizeof **spellings);
    for (const char *at = line.ptr, *tab; at <= end; at = tab + 1) {
        tab = memchr(at, '\t', (size_t)(end - at));
        tab = tab != NULL ? tab : end;
        struct slice word = trim(slice_between(at, tab));
        if (word.len == 0)
            continue;
        for (size_t spaced = 0; spaced < 2; spaced++)
            if (spell(reader, word, spaced != 0, &spellings[spaced][count]) < 0)
                return -1;
        count++;
    }
    const size_t lists = reader->similar->lists.len;
    add_lists(reader->similar, spellings[1], count, lists);
    add_lists(reader->similar, spellings[0], count, lists);
    return 0;
}

int mask_similar_open(struct check *check, struct mask *mask)
{
    struct bytes bytes = {0};
    if (check->kinds->tokenizer == NULL)
        return diag_error("--similar needs --model, to tokenize its words");
    struct similar *similar = mask->similar = mem_zalloc(1, sizeof *similar);
    similar->places = map_new();
    int status = tokenizer_can_cut(check->kinds->tokenizer);
    if (status == 0)
        status = stream_load(mask->given->similar, &bytes);
    if (status == 0) {
        struct reader reader = {check, similar, tokenizer_thread_new(check->kinds->tokenizer), arena_new()};
        struct slice left = text_without_bom(bytes_slice(&bytes)), line;
        while (status == 0 && stream_next_line(&left, &line)) {
            status = text_is_utf8(line) ? read_line(&reader, line) : diag_error("not UTF-8");
            arena_reset(reader.arena);
        }
        tokenizer_thread_free(reader.thread);
        arena_free(reader.arena);
    }
    vec_free(&bytes);
    return status == 0 ? 0 : diag_within("--similar: %s: %s", mask->given->similar, diag_message());
}

void mask_similar_close(struct similar *similar)
{
    if (similar == NULL)
        return;
    map_free(similar->places);
    vec_free(&similar->ids);
    vec_free(&similar->lists);
    mem_free(similar);
}

/* ---- a record ---- */

/* A word, all tokens of which are selected. */
struct word {
    struct span span;
    const struct list *list; /* NULL: no other word stands for it */
    bool either;             /* there is another list, and which one counts can't be known */
    size_t own, became;      /* in the list; became: its length, if none of it */
    double original, others; /* how likely random tokens are the original, or a word of the list */
};

static bool are_random(const struct mask *mask, const int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mask->random_law.shares[ids[i]] == 0)
            return false;
    return true;
}

static double share_of(const struct mask *mask, const int32_t *ids, size_t count)
{
    double share = 1;
    for (size_t i = 0; i < count; i++)
        share *= mask->random_law.shares[ids[i]];
    return share;
}

static bool same_words(const struct similar *similar, const struct list *a, const struct list *b)
{
    return a->words == b->words && memcmp(similar->ids.items + a->first, similar->ids.items + b->first,
                                          a->words * a->size * sizeof *similar->ids.items) == 0;
}

/* The list that a word became a word of, or else its first. */
static const struct list *list_of(const struct similar *similar, uint64_t place, const int32_t *became, bool *either)
{
    const struct list *list = &similar->lists.items[(place & UINT32_MAX) - 1];
    const struct list *other = place >> 32 != 0 ? &similar->lists.items[(place >> 32) - 1] : list;
    size_t which;
    *either = !same_words(similar, list, other);
    return *either && !in_list(similar, list, became, &which) && in_list(similar, other, became, &which) ? other : list;
}

static struct word look_up(const struct mask *mask, const struct mask_tokens *tokens, struct span span)
{
    const struct similar *similar = mask->similar;
    struct word word = {.span = span};
    const int32_t *ids = tokens->original + span.start, *became = tokens->input_ids + span.start;
    const uint64_t *place = map_get(similar->places, key_of(ids, span.end - span.start));
    word.original = share_of(mask, ids, span.end - span.start);
    const struct list *list = place != NULL ? list_of(similar, *place, became, &word.either) : NULL;
    if (list == NULL || list->words < 2)
        return word;
    word.list = list;
    (void)in_list(similar, list, ids, &word.own);
    (void)in_list(similar, list, became, &word.became);
    for (size_t i = 0; i < list->words; i++)
        if (i != word.own)
            word.others += share_of(mask, similar->ids.items + list->first + i * list->size, list->size);
    return word;
}

/* What the word became: 0 a similar one, 1 random tokens, 2 itself. */
static size_t outcome_of(const struct word *word, const struct mask_tokens *tokens)
{
    size_t count = word->span.end - word->span.start;
    if (memcmp(tokens->input_ids + word->span.start, tokens->original + word->span.start,
               count * sizeof *tokens->input_ids) == 0)
        return 2;
    return word->list != NULL && word->became < word->list->words ? 0 : 1;
}

/* May the tokens be random ones, or kept? similar: a word that has similar ones is whole, so that random tokens are
 * only what --replace gives. */
static bool check_others(struct check *check, const struct mask *mask, const struct mask_tokens *tokens,
                         struct span span, bool similar)
{
    const int32_t *ids = tokens->input_ids + span.start;
    size_t count = span.end - span.start;
    bool kept = memcmp(ids, tokens->original + span.start, count * sizeof *ids) == 0 && mask->shares[2] > 0;
    bool random = are_random(mask, ids, count) && (mask->shares[1] > 0 || (!similar && mask->shares[0] > 0));
    if (kept || random)
        return true;
    report_broken(check->report, RULE_SIMILAR,
                  "tokens %" PRIu32 " to %" PRIu32 ": expected %s, found input_ids %" PRId32 "%s", span.start,
                  span.end - 1,
                  similar ? "a word of its line in --similar with as many tokens, or what --replace allows"
                          : "random tokens, or what --replace allows",
                  ids[0], count > 1 ? " ..." : "");
    return false;
}

/* The choice among similar words, of one that surely is one of them or random tokens that are alike. */
static void count_choice(struct mask *mask, const struct word *word)
{
    const struct similar *similar = mask->similar;
    size_t others = word->list->words - 1, which = word->became - (word->became > word->own), at = 0;
    double all = mask->shares[0] + mask->shares[1] * word->others;
    if (others < 2)
        return;
    mask->choices[which * PLACES / others]++;
    for (size_t i = 0; i < word->list->words; i++) {
        const int32_t *ids = similar->ids.items + word->list->first + i * word->list->size;
        if (i == word->own)
            continue;
        double share = mask->shares[0] / (double)others + mask->shares[1] * share_of(mask, ids, word->list->size);
        mask->choices_expected[at++ * PLACES / others] += share / all;
    }
    mask->choice_count++;
}

/* draws: was it drawn for this word what becomes of it? */
static void count_word(struct mask *mask, const struct word *word, const struct mask_tokens *tokens, int32_t mask_id,
                       bool draws)
{
    size_t outcome = outcome_of(word, tokens);
    double random = mask->shares[1] + (word->list == NULL ? mask->shares[0] : 0);
    if (draws) {
        mask->replaced[outcome]++;
        mask->replaced_expected[0] += word->list != NULL ? mask->shares[0] + random * word->others : 0;
        mask->replaced_expected[1] += random * (1 - word->original - word->others);
        mask->replaced_expected[2] += mask->shares[2] + random * word->original;
        mask->replaced_count++;
    }
    if (outcome == 0)
        count_choice(mask, word);
    if (word->list != NULL)
        return;
    for (size_t i = word->span.start; i < word->span.end; i++)
        if (tokens->input_ids[i] != tokens->original[i])
            mask_laws_random(mask, tokens->input_ids[i], tokens->original[i], mask_id);
}

enum whole { PART, WHOLE, UNKNOWN };

/* The selected units, as far as --also masked_spans tells. */
struct places {
    const struct span *items;
    size_t count, next; /* next: the first that does not end before a word */
    bool known;

    bool drawn;     /* words of this unit with similar ones have come */
    size_t outcome; /* of the last one */
};

/* The unit that a word is in, or NULL. */
static const struct span *unit_of(struct places *places, struct span word)
{
    for (; places->next < places->count && places->items[places->next].end <= word.start; places->next++)
        places->drawn = false;
    bool inside = places->next < places->count && places->items[places->next].start <= word.start &&
                  word.end <= places->items[places->next].end;
    return inside ? &places->items[places->next] : NULL;
}

/* Is a word whose tokens are all selected in one unit? */
static enum whole whole_of(const struct mask *mask, const struct places *places, const struct span *unit,
                           struct span word)
{
    int kind = mask->given->unit;
    if (unit != NULL || word.end - word.start == 1 || kind == UNIT_WORD || kind == UNIT_NGRAM || kind == UNIT_SPAN)
        return WHOLE;
    return places->known || kind == UNIT_TOKEN ? PART : UNKNOWN;
}

/* One draw decides for all words of a unit: without random tokens all that have similar ones become these, or none. */
static void check_alike(struct check *check, const struct mask *mask, const struct word *word, size_t outcome,
                        struct places *places)
{
    bool differs = places->drawn && places->outcome != outcome;
    places->drawn = true;
    places->outcome = outcome;
    if (differs && mask->shares[1] == 0 && mask->given->replace_by == REPLACE_UNIT)
        report_broken(check->report, RULE_SIMILAR,
                      "tokens %" PRIu32 " to %" PRIu32 ": expected a similar word for all "
                      "words of the unit, or for none (--replace-by unit)",
                      word->span.start, word->span.end - 1);
}

static void check_word(struct check *check, struct mask *mask, const struct mask_tokens *tokens, struct span span,
                       struct places *places)
{
    const struct span *unit = unit_of(places, span);
    struct word word = look_up(mask, tokens, span);
    enum whole whole = whole_of(mask, places, unit, span);
    whole = whole == WHOLE && word.either ? UNKNOWN : whole;
    size_t outcome = outcome_of(&word, tokens);
    bool draws = mask->given->replace_by == REPLACE_WORD || mask->given->unit == UNIT_WORD ||
                 (unit != NULL && unit->start == span.start);
    if (!(outcome == 0 && whole != PART && mask->shares[0] > 0) &&
        !check_others(check, mask, tokens, span, word.list != NULL && whole == WHOLE))
        return;
    if (whole != WHOLE)
        return;
    count_word(mask, &word, tokens, check->kinds->mask_id, draws);
    if (unit != NULL && word.list != NULL)
        check_alike(check, mask, &word, outcome, places);
}

void mask_check_similar(struct check *check, struct mask *mask, const struct record *in,
                        const struct mask_tokens *tokens, struct arena *arena)
{
    struct places places = {.known = mask_asked(mask, "masked_spans")};
    size_t at = 0;
    report_checked(check->report, RULE_SIMILAR);
    if (tokens->word_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "word_ids: missing, but --similar needs them");
        return;
    }
    if (places.known && rec_spans(in, SLICE("masked_spans"), arena, &places.items, &places.count) < 0)
        return;
    struct units words = mask_units_of_level(tokens, LEVEL_WORD, 0, tokens->count, NULL, arena);
    for (size_t i = 0; i <= words.count; i++) {
        const uint32_t end = (uint32_t)tokens->count;
        struct span word = i < words.count ? words.items[i] : (struct span){end, end};
        size_t size = word.end - word.start;
        bool all = size > 0 && mask_selected(tokens, word.start, word.end) == size;
        for (; at < (all ? word.start : word.end); at++) /* parts of words */
            if (tokens->selected[at])
                (void)check_others(check, mask, tokens, (struct span){(uint32_t)at, (uint32_t)at + 1}, false);
        if (all)
            check_word(check, mask, tokens, word, &places);
        at = word.end;
    }
}
