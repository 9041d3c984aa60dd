/* sentences.c - shuffle, drop and window: sentences change places or go. */
#include "augment.h"

#include <stdlib.h>

/* The purposes of draws. */
enum { SHUFFLE_ORDER };
enum { DROP_WHICH };
enum { WINDOW_START };

/* Has the sentence something that may not be touched, a place or a word? */
static bool is_held(const struct draft *draft, struct span sentence)
{
    size_t i;
    if (draft_is_protected(draft, sentence))
        return true;
    search_first(i, draft->count, draft->words[i].part.place.end <= sentence.start);
    for (; i < draft->count && draft->words[i].part.place.start < sentence.end; i++)
        if (draft->words[i].protected)
            return true;
    return false;
}

/* The numbers of the sentences that may move or go, in scratch. */
static size_t find_movable(struct op_job *job)
{
    const struct draft *draft = job->draft;
    job->scratch->numbers.len = 0;
    for (size_t i = 0; i < draft->sentence_count; i++)
        if (draft->sentences[i].start < draft->sentences[i].end && !is_held(draft, draft->sentences[i]))
            vec_push(&job->scratch->numbers, (uint32_t)i);
    return job->scratch->numbers.len;
}

/* All sentences as parts of the text, in scratch. */
static const struct part *parts_of(struct op_job *job)
{
    const struct draft *draft = job->draft;
    struct text_place place = text_start(draft->text);
    job->scratch->parts.len = 0;
    for (size_t i = 0; i < draft->sentence_count; i++) {
        struct part part = draft_part(&place, draft->sentences[i]);
        vec_push(&job->scratch->parts, part);
    }
    return job->scratch->parts.items;
}

/* ---- shuffle ---- */

void op_shuffle(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = find_movable(job);
    if (count < 2)
        return;
    const struct part *parts = parts_of(job);
    uint32_t *places = arena_array(job->arena, count, sizeof *places), *order = job->scratch->numbers.items;
    memcpy(places, order, count * sizeof *places);
    op_choose(&job->draws, SHUFFLE_ORDER, order, count, count - 1);
    struct move *moves = arena_array(job->arena, draft->sentence_count, sizeof *moves); /* of each sentence */
    memset(moves, 0, draft->sentence_count * sizeof *moves);
    int64_t shift = 0;
    for (size_t i = 0; i < count; i++) {
        const struct part *at = &parts[places[i]], *from = &parts[order[i]];
        struct change change = {.part = *at, .text = {draft->text.ptr + from->start, from->end - from->start}};
        changes_put(job->changes, change);
        moves[order[i]] = (struct move){from->place, (uint32_t)(at->place.start + shift)};
        shift += (int64_t)(from->place.end - from->place.start) - (int64_t)(at->place.end - at->place.start);
    }
    for (size_t i = 0; i < draft->sentence_count; i++)
        if (moves[i].from.start < moves[i].from.end)
            vec_push(&job->changes->moves, moves[i]);
}

/* ---- drop ---- */

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

void op_drop(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = find_movable(job), sentences = draft->sentence_count;
    uint64_t chosen = op_amount(job->alpha, sentences);
    if (sentences < 2 || count == 0)
        return;
    chosen = chosen < count ? chosen : count;
    chosen = chosen < sentences ? chosen : sentences - 1;
    const struct part *parts = parts_of(job);
    uint32_t *numbers = job->scratch->numbers.items, taken = 0;
    op_choose(&job->draws, DROP_WHICH, numbers, count, chosen);
    qsort(numbers, chosen, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < chosen; i++)
        op_delete(job, parts[numbers[i]], &taken);
}

/* ---- window ---- */

void op_window(struct op_job *job)
{
    size_t sentences = job->draft->sentence_count, kept = (size_t)job->augment->given->window;
    if (sentences <= kept || find_movable(job) < sentences)
        return;
    const struct part *parts = parts_of(job);
    size_t start = draw_below(&job->draws, WINDOW_START, 0, sentences - kept + 1);
    uint32_t taken = 0;
    for (size_t i = 0; i < sentences; i++)
        if (i < start || i >= start + kept)
            op_delete(job, parts[i], &taken);
}
