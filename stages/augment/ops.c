/* ops.c - what the operations share: see ops.h. */
#include "ops.h"

#include "../segmenter/scripts.h"

#include <unicode/uchar.h>

uint64_t op_amount(struct decimal alpha, size_t count)
{
    uint64_t amount = decimal_floor(alpha, count);
    return amount > 1 ? amount : 1;
}

void op_choose(const struct draws *draws, unsigned purpose, uint32_t *items, size_t count, size_t chosen)
{
    for (size_t i = 0; i < chosen; i++) {
        size_t other = i + draw_below(draws, purpose, i, count - i);
        uint32_t item = items[i];
        items[i] = items[other];
        items[other] = item;
    }
}

uint32_t *op_copy(struct op_job *job, struct numbers numbers)
{
    job->scratch->numbers.len = 0;
    vec_reserve(&job->scratch->numbers, numbers.count);
    for (size_t i = 0; i < numbers.count; i++)
        vec_push(&job->scratch->numbers, numbers.items[i]);
    return job->scratch->numbers.items;
}

/* The start of the part without the white space of something protected before it. */
static void trim_start(const struct draft *draft, struct part *part, uint32_t point)
{
    size_t size;
    for (; part->place.start < point; part->place.start++) {
        (void)text_decode(draft->text.ptr + part->start, &size);
        part->start += (uint32_t)size;
    }
}

static void trim_end(const struct draft *draft, struct part *part, uint32_t point)
{
    for (; part->place.end > point; part->place.end--)
        do
            part->end--;
        while (((unsigned char)draft->text.ptr[part->end] & 0xc0) == 0x80);
}

void op_delete(struct op_job *job, struct part word, uint32_t *taken)
{
    const struct draft *draft = job->draft;
    uint32_t before = *taken;
    struct change change = {.part = part_to_delete(draft->text, word, taken), .text = SLICE("")};
    size_t next; /* the first protected place behind the word; the word shares nothing with any */
    search_first(next, draft->closed_count, draft->closed[next].end <= word.place.start);
    if (next > 0 && change.part.place.start < draft->closed[next - 1].end) {
        trim_start(draft, &change.part, draft->closed[next - 1].end);
        *taken = change.part.start > before ? change.part.start : before;
        change.part = part_to_delete(draft->text, word, taken);
    }
    if (next < draft->closed_count)
        trim_end(draft, &change.part, draft->closed[next].start);
    *taken = change.part.end;
    changes_put(job->changes, change);
}

/* ---- insertions ---- */

static void put_place(struct op_job *job, uint32_t byte, uint32_t point)
{
    struct part part = {byte, byte, {point, point}};
    if (!draft_is_closed(job->draft, point))
        vec_push(&job->scratch->parts, part);
}

size_t op_places(struct op_job *job)
{
    const struct draft *draft = job->draft;
    const struct draft_word *last = NULL;
    job->scratch->parts.len = 0;
    for (size_t i = 0; i < draft->count; i++) {
        const struct draft_word *word = &draft->words[i];
        if (!word->counts)
            continue;
        put_place(job, word->part.start, word->part.place.start);
        last = word;
    }
    if (last != NULL)
        put_place(job, last->part.end, last->part.place.end);
    return job->scratch->parts.len;
}

static uint32_t last_point(struct slice text)
{
    size_t at = text.len - 1, size;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
        at--;
    return text_decode(text.ptr + at, &size);
}

static uint32_t first_point(struct slice text)
{
    size_t size;
    return text_decode(text.ptr, &size);
}

/* Would two characters that touch read as one word? */
static bool would_join(uint32_t a, uint32_t b)
{
    uint32_t mask = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
    (void)b;
    return (U_MASK(u_charType((UChar32)a)) & mask) != 0 && !script_is_unspaced(a) && !script_is_unspaced(b);
}

void op_insert(struct op_job *job, struct part place, struct slice word)
{
    struct slice text = job->draft->text;
    struct slice before = {text.ptr, place.start}, behind = {text.ptr + place.end, text.len - place.end};
    bool lead = before.len > 0 && would_join(last_point(before), first_point(word));
    bool trail = behind.len > 0 && would_join(first_point(behind), last_point(word));
    char *made = arena_alloc(job->arena, word.len + 2), *at = made;
    if (lead)
        *at++ = ' ';
    memcpy(at, word.ptr, word.len);
    at += word.len;
    if (trail)
        *at++ = ' ';
    struct change change = {place, slice_between(made, at), true, lead, trail};
    changes_put(job->changes, change);
}
