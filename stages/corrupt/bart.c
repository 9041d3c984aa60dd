/* bart.c - see bart.h. The numbered steps are those of quern-corrupt(1). */
#include "bart.h"

#include "../documents/document.h"
#include "../masking/sequence.h"
#include "../masking/source.h"
#include "choose.h"
#include "record/law.h"

#include <assert.h>
#include <inttypes.h>

struct bart {
    struct vocabulary *vocabulary;
    struct token_source source; /* of random tokens */
    struct law lengths;         /* of spans, in words */
    bool says_order, says_spans, says_rotation;
};

/* ---- open ---- */

static int check_options(const struct corrupt_options *given)
{
    /* With a smaller mean nearly everything is an insertion, and the record grows without end. */
    if (!decimal_is_whole((struct decimal){given->poisson.digits * 10, given->poisson.scale}))
        return diag_error("--poisson: expected a mean from 0.1 to 10");
    return 0;
}

static int open_vocabulary(struct bart *bart, const struct corrupt_options *given, const struct seq2seq *seq2seq)
{
    bart->vocabulary = vocabulary_of_tokenizer(seq2seq->tokenizer);
    if (bart->vocabulary == NULL)
        return -1;
    if (bart->vocabulary->mask_id < 0)
        return diag_error("%s: no mask token", seq2seq->model);
    if (given->random_tokens.digits > 0 && source_open(&bart->source, bart->vocabulary, "vocabulary") < 0)
        return diag_within("%s: %s", seq2seq->model, diag_message());
    return 0;
}

struct bart *bart_new(const struct corrupt_options *given, const struct seq2seq *seq2seq)
{
    if (check_options(given) < 0)
        return NULL;
    struct bart *bart = mem_zalloc(1, sizeof *bart);
    if (open_vocabulary(bart, given, seq2seq) < 0) {
        bart_free(bart);
        return NULL;
    }
    law_poisson(given->poisson, &bart->lengths);
    bart->says_order = words_has(&given->also, SLICE("sentence_order"));
    bart->says_spans = words_has(&given->also, SLICE("noise_spans"));
    bart->says_rotation = words_has(&given->also, SLICE("rotation"));
    return bart;
}

void bart_free(struct bart *bart)
{
    if (bart == NULL)
        return;
    vocabulary_free(bart->vocabulary);
    source_close(&bart->source);
    law_free(&bart->lengths);
    mem_free(bart);
}

/* ---- reading ---- */

/* Special tokens may stand at both ends. */
static int find_ends(const struct seq2seq *seq2seq, const struct original *original, struct passage *passage)
{
    size_t begin = 0, end = original->count;
    while (begin < end && seq2seq_special(seq2seq, original, begin))
        begin++;
    while (end > begin && seq2seq_special(seq2seq, original, end - 1))
        end--;
    for (size_t i = begin; i < end; i++) {
        if (!seq2seq_special(seq2seq, original, i))
            continue;
        struct slice token = tokenizer_token(seq2seq->tokenizer, original->ids[i]);
        return diag_error("input_ids[%zu]: %.*s is a special token between others; they may stand only at both "
                          "ends",
                          i, (int)token.len, token.ptr);
    }
    passage->ids = original->ids + begin;
    passage->begin = begin;
    passage->count = end - begin;
    return 0;
}

/* Sentences own every token: see documents/document.h. */
static int read_sentences(const struct record *in, const struct original *original, struct arena *arena,
                          struct passage *passage)
{
    const struct span *spans;
    size_t count, kept = 0, last = 0;
    if (rec_spans(in, SLICE("sentence_tokens"), arena, &spans, &count) < 0)
        return -1;
    struct span *inside = arena_array(arena, count, sizeof *inside);
    for (size_t i = 0; i < count; i++) {
        size_t start = spans[i].start, end = spans[i].end;
        if (end > original->count)
            return diag_error("sentence_tokens[%zu]: [%zu,%zu] ends after the last of %zu tokens", i, start, end,
                              original->count);
        if (start == end)
            continue;
        if (start < last)
            return diag_error("sentence_tokens[%zu]: [%zu,%zu] begins before the one before it", i, start, end);
        last = start;
        start = start > passage->begin ? start - passage->begin : 0;
        end = end > passage->begin ? end - passage->begin : 0;
        end = end < passage->count ? end : passage->count;
        if (start < end)
            inside[kept++] = (struct span){(uint32_t)start, (uint32_t)end};
    }
    struct document document = {.count = passage->count};
    document.ranges[CARRY_SENTENCE_TOKENS - CARRY_INTS] = (struct ranges){.spans = inside, .count = kept};
    struct sentences sentences = document_sentences(&document, arena);
    passage->sentences = sentences.starts;
    passage->sentence_count = sentences.count;
    return 0;
}

static int read_words(const struct corrupter *corrupter, const struct record *in, const struct original *original,
                      struct arena *arena, struct passage *passage)
{
    const struct sequence_reader reader = {
        .vocabulary = corrupter->bart->vocabulary,
        .tokenizer = corrupter->seq2seq->tokenizer,
        .model = corrupter->seq2seq->model,
    };
    struct sequence sequence = {.ids = original->ids, .count = original->count};
    if (sequence_read_words(&reader, in, arena, &sequence) < 0)
        return -1;
    bool *starts = arena_array(arena, passage->count, sizeof *starts);
    bool *follows = arena_array(arena, passage->count, sizeof *follows);
    for (size_t i = 0; i < passage->count; i++) {
        size_t at = passage->begin + i;
        follows[i] = i > 0 && sequence_same_word(&sequence, at);
        starts[i] = !follows[i] && sequence.word_ids[at] >= 0;
    }
    passage->starts = starts;
    passage->follows = follows;
    return 0;
}

int bart_read(const struct corrupter *corrupter, const struct record *in, const struct original *original,
              struct arena *arena, struct passage *passage)
{
    *passage = (struct passage){0};
    if (find_ends(corrupter->seq2seq, original, passage) < 0 || read_words(corrupter, in, original, arena, passage) < 0)
        return -1;
    bool moves = corrupter->given->permute_sentences.digits > 0 || corrupter->bart->says_order;
    return moves ? read_sentences(in, original, arena, passage) : 0;
}

/* ---- one copy ---- */

/* A record on its way; positions are in the permuted text, without the special tokens. */
struct work {
    const struct corrupter *corrupter;
    const struct passage *passage;
    struct rng *rng;
    struct arena *arena;
    struct record *made;
    uint32_t *sentence_order;
    uint32_t *order; /* of each position: the token that stands there */

    struct span *words; /* each with its tokens */
    size_t word_count;
    struct span *spans; /* of tokens, ascending */
    size_t span_count;
    uint32_t *insertions; /* before how many insertions a position stands; one more for the end */
    size_t insertion_count;

    struct ids source;
    uint64_t counts[COUNTERS];
};

/* 1. Sentences change places. */
static void permute_sentences(struct work *work)
{
    const struct passage *passage = work->passage;
    const size_t count = passage->sentence_count;
    const size_t moving = decimal_share(work->corrupter->given->permute_sentences, count);
    uint32_t *order = arena_array(work->arena, count, sizeof *order);
    uint32_t *places = arena_array(work->arena, moving, sizeof *places);
    uint32_t *moved = arena_array(work->arena, moving, sizeof *moved);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    choose_numbers(work->rng, DRAW_SENTENCES, moving, count, work->arena, places);
    if (moving > 0)
        memcpy(moved, places, moving * sizeof *moved);
    choose_order(work->rng, DRAW_SENTENCE_ORDER, moving, moved);
    for (size_t i = 0; i < moving; i++)
        order[places[i]] = moved[i];
    work->sentence_order = order;
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        for (uint32_t token = passage->sentences[order[i]]; token < passage->sentences[order[i] + 1]; token++)
            work->order[at++] = token;
}

static void order_tokens(struct work *work)
{
    work->order = arena_array(work->arena, work->passage->count, sizeof *work->order);
    for (size_t i = 0; i < work->passage->count; i++)
        work->order[i] = (uint32_t)i;
    if (work->passage->sentences != NULL)
        permute_sentences(work);
}

/* The words of the permuted text. A sentence that has left takes its part of a word with it. */
static void find_words(struct work *work)
{
    const struct passage *passage = work->passage;
    work->words = arena_array(work->arena, passage->count, sizeof *work->words);
    bool inside = false;
    for (uint32_t i = 0; i < passage->count; i++) {
        uint32_t token = work->order[i];
        bool beside = i > 0 && work->order[i - 1] + 1 == token;
        if (inside && beside && passage->follows[token]) {
            work->words[work->word_count - 1].end = i + 1;
            continue;
        }
        inside = passage->starts[token] || passage->follows[token];
        if (inside)
            work->words[work->word_count++] = (struct span){i, i + 1};
    }
}

/* 2. Lengths in words, until they have the budget; how many are 0. At most `budget` lengths. */
static size_t draw_lengths(struct work *work, size_t budget, uint32_t *lengths)
{
    size_t count = 0, sum = 0;
    for (uint32_t draw = 0; sum < budget; draw++) {
        uint64_t length = law_draw(&work->corrupter->bart->lengths, work->rng, draw_number(DRAW_LENGTH, draw));
        if (length > budget - sum)
            length = budget - sum;
        sum += length;
        if (length > 0)
            lengths[count++] = (uint32_t)length;
        else
            work->insertion_count++;
    }
    return count;
}

/* Insertions, each before a word that is in no span, or at the end. `places` has those words and the end. */
static void place_insertions(struct work *work, const uint32_t *places, size_t place_count)
{
    const size_t positions = work->passage->count + 1;
    if (work->insertion_count == 0)
        return;
    work->insertions = arena_array(work->arena, positions, sizeof *work->insertions);
    memset(work->insertions, 0, positions * sizeof *work->insertions);
    for (size_t i = 0; i < work->insertion_count; i++)
        work->insertions[places[rng_below(work->rng, draw_number(DRAW_PLACE, (uint32_t)i), place_count)]]++;
}

/* Lays the spans, with at least one word between two. */
static void place_spans(struct work *work, uint32_t *lengths, size_t count, size_t budget)
{
    const size_t free_words = work->word_count - budget;
    uint32_t *places = arena_array(work->arena, free_words + 1, sizeof *places), place = 0, word = 0;
    for (; count > free_words + 1; count--) {
        lengths[count - 2] += lengths[count - 1];
        work->counts[COUNT_JOINED]++;
    }
    uint32_t *gaps = arena_array(work->arena, count + 1, sizeof *gaps);
    choose_parts_around(work->rng, DRAW_GAPS, free_words, count, work->arena, gaps);
    work->spans = arena_array(work->arena, count, sizeof *work->spans);
    for (size_t i = 0; i <= count; i++) {
        for (uint32_t k = 0; k < gaps[i]; k++)
            places[place++] = work->words[word++].start;
        if (i == count)
            break;
        struct span *span = &work->spans[work->span_count++];
        span->start = work->words[word].start;
        word += lengths[i];
        span->end = work->words[word - 1].end;
        work->counts[COUNT_NOISE] += span->end - span->start;
    }
    places[place++] = (uint32_t)work->passage->count;
    place_insertions(work, places, place);
}

static void hide_words(struct work *work)
{
    const size_t budget = decimal_share(work->corrupter->given->ratio, work->word_count);
    uint32_t *lengths = arena_array(work->arena, budget, sizeof *lengths);
    size_t count = draw_lengths(work, budget, lengths);
    choose_order(work->rng, DRAW_SPAN_ORDER, count, lengths);
    if (budget > 0)
        place_spans(work, lengths, count, budget);
    work->counts[COUNT_SPANS] = work->span_count;
    work->counts[COUNT_INSERTIONS] = work->insertion_count;
}

/* 3. A mask, or a random token in its place. */
static void add_mask(struct work *work, enum draw_purpose random, enum draw_purpose token, uint32_t item)
{
    const struct bart *bart = work->corrupter->bart;
    int32_t id = bart->vocabulary->mask_id;
    if (rng_chance(work->rng, draw_number(random, item), work->corrupter->given->random_tokens)) {
        id = source_draw(&bart->source, work->rng, draw_number(token, item));
        work->counts[COUNT_RANDOM]++;
    }
    work->counts[COUNT_MASKS]++;
    seq2seq_add(&work->source, &id, 1);
}

/* 4. A token that is not hidden. */
static void add_token(struct work *work, uint32_t position)
{
    const struct corrupt_options *given = work->corrupter->given;
    if (given->delete.digits > 0 && rng_chance(work->rng, draw_number(DRAW_DELETE, position), given->delete))
        work->counts[COUNT_DELETED]++;
    else
        seq2seq_add(&work->source, &work->passage->ids[work->order[position]], 1);
    if (given->insert.digits > 0 && rng_chance(work->rng, draw_number(DRAW_INSERT, position), given->insert))
        add_mask(work, DRAW_INSERTED, DRAW_INSERTED_TOKEN, position);
}

/* Most that the source can have: for each token itself and a mask after it, and the insertions. */
static size_t most_tokens(const struct work *work)
{
    return 2 * work->passage->count + work->insertion_count + 1;
}

static void make_source(struct work *work)
{
    const int64_t replace_length = work->corrupter->given->replace_length;
    const struct span *span = work->spans, *end = span + work->span_count;
    uint32_t mask = 0;
    for (uint32_t i = 0; i <= work->passage->count;) {
        for (uint32_t k = 0; work->insertions != NULL && k < work->insertions[i]; k++)
            add_mask(work, DRAW_MASK, DRAW_MASK_TOKEN, mask++);
        if (i == work->passage->count)
            break;
        if (span == end || i < span->start) {
            add_token(work, i++);
            continue;
        }
        uint32_t masks = replace_length < 0 ? span->end - span->start : (uint32_t)replace_length;
        for (uint32_t k = 0; k < masks; k++)
            add_mask(work, DRAW_MASK, DRAW_MASK_TOKEN, mask++);
        i = (span++)->end;
    }
}

/* 5. The source begins at another token. Returns at which. */
static size_t rotate(struct work *work)
{
    const size_t count = work->source.count;
    const struct decimal chance = work->corrupter->given->rotate;
    if (count == 0 || chance.digits == 0 || !rng_chance(work->rng, draw_number(DRAW_ROTATE, 0), chance))
        return 0;
    size_t offset = rng_below(work->rng, draw_number(DRAW_OFFSET, 0), count);
    int32_t *head = arena_array(work->arena, offset, sizeof *head);
    if (offset > 0) {
        memcpy(head, work->source.items, offset * sizeof *head);
        memmove(work->source.items, work->source.items + offset, (count - offset) * sizeof *head);
        memcpy(work->source.items + count - offset, head, offset * sizeof *head);
    }
    return offset;
}

/* ---- what --also asks for ---- */

static void set_order(struct work *work)
{
    const size_t count = work->passage->sentence_count;
    int32_t *order = arena_array(work->arena, count, sizeof *order);
    assert(work->sentence_order != NULL); /* sentences are read if their order is asked for */
    for (size_t i = 0; i < count; i++)
        order[i] = (int32_t)work->sentence_order[i];
    rec_set_ints(work->made, SLICE("sentence_order"), order, count);
}

/* Positions count the special tokens before the text, as those of input_ids do. */
static void set_spans(struct work *work)
{
    struct span *list = arena_array(work->arena, work->span_count + work->insertion_count, sizeof *list);
    const uint32_t begin = (uint32_t)work->passage->begin;
    size_t count = 0, span = 0;
    for (uint32_t i = 0; i <= work->passage->count; i++) {
        for (uint32_t k = 0; work->insertions != NULL && k < work->insertions[i]; k++)
            list[count++] = (struct span){begin + i, begin + i};
        if (span < work->span_count && work->spans[span].start == i) {
            list[count++] = (struct span){begin + i, begin + work->spans[span].end};
            span++;
        }
    }
    rec_set_spans(work->made, SLICE("noise_spans"), list, count);
}

/* ---- all of it ---- */

/* Puts the special tokens of both ends back. */
static struct ids with_ends(const struct work *work, const struct original *original)
{
    const struct passage *passage = work->passage;
    struct ids whole = {.items = arena_array(work->arena, work->source.count + original->count, sizeof *whole.items)};
    seq2seq_add(&whole, original->ids, passage->begin);
    seq2seq_add(&whole, work->source.items, work->source.count);
    seq2seq_add(&whole, passage->ids + passage->count, original->count - passage->begin - passage->count);
    return whole;
}

void bart_corrupt(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                  const struct record *in, struct record *made, struct sink *out)
{
    const struct bart *bart = corrupter->bart;
    struct work work = {
        .corrupter = corrupter, .passage = original->passage, .rng = rng, .arena = sink_arena(out), .made = made};
    order_tokens(&work);
    find_words(&work);
    hide_words(&work);
    work.source.items = arena_array(work.arena, most_tokens(&work), sizeof *work.source.items);
    make_source(&work);
    size_t offset = rotate(&work);
    struct ids labels = {.items = arena_array(work.arena, original->count, sizeof *labels.items)};
    seq2seq_add(&labels, original->ids, original->count);
    seq2seq_set(corrupter->seq2seq, in, made, with_ends(&work, original), labels, work.arena);
    if (bart->says_order)
        set_order(&work);
    if (bart->says_spans)
        set_spans(&work);
    if (bart->says_rotation)
        rec_set_int(made, SLICE("rotation"), (int64_t)offset);
    for (size_t i = 0; i < COUNTERS; i++)
        sink_count(out, i, work.counts[i]);
}
