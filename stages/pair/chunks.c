/* chunks.c - see chunks.h. */
#include "chunks.h"

#include "draws.h"

struct chunks chunks_of(const struct cutting *cutting, const struct document *document, struct sentences sentences,
                        struct rng *rng)
{
    return (struct chunks){.cutting = cutting, .document = document, .sentences = sentences, .rng = rng};
}

/* The tokens of the record that the chunk is to fill. */
static uint32_t draw_target(const struct chunks *chunks)
{
    const struct cutting *cutting = chunks->cutting;
    uint32_t least = cutting->specials + 2;
    if (cutting->short_prob.digits == 0 ||
        !rng_chance(chunks->rng, draw_number(DRAW_SHORT, chunks->number), cutting->short_prob))
        return cutting->length;
    uint64_t draw = draw_number(DRAW_TARGET, chunks->number);
    return least + (uint32_t)rng_below(chunks->rng, draw, cutting->length - least + 1);
}

/* The border of sentence number i, counted from the one that the chunk begins in: where that begins, 0, is the chunk's
 * start. */
static uint32_t border(const struct chunks *chunks, const struct chunk *chunk, size_t i)
{
    return i == 0 ? chunk->start : chunks->sentences.starts[chunks->sentence + i];
}

/* Whole sentences as long as they fit; a first one that does not is cut. Returns how many. */
static size_t fill(const struct chunks *chunks, struct chunk *chunk)
{
    size_t count = 0, left = chunks->sentences.count - chunks->sentence;
    uint32_t room = chunk->target - chunks->cutting->specials;
    while (count < left && border(chunks, chunk, count + 1) - chunk->start <= room)
        count++;
    chunk->end = count > 0 ? border(chunks, chunk, count) : chunk->start + room;
    chunk->cuts = count == 0;
    return count > 0 ? count : 1;
}

static bool begins_word(const struct document *document, uint32_t token)
{
    const int32_t *words = document->ints[CARRY_WORD_IDS];
    return words == NULL || words[token] != words[token - 1];
}

/* Cuts a chunk of one sentence at a border of words. False if it is one word. */
static bool cut_sentence(const struct chunks *chunks, struct chunk *chunk)
{
    uint64_t borders = 0;
    for (uint32_t i = chunk->start + 1; i < chunk->end; i++)
        borders += begins_word(chunks->document, i);
    if (borders == 0)
        return false;
    uint64_t left = rng_below(chunks->rng, draw_number(DRAW_CUT, chunk->number), borders);
    for (chunk->cut = chunk->start + 1;; chunk->cut++)
        if (begins_word(chunks->document, chunk->cut) && left-- == 0)
            return true;
}

/* The border of sentences nearest to the middle, of two the earlier. */
static uint32_t middle_border(const struct chunks *chunks, const struct chunk *chunk, size_t count)
{
    uint32_t length = chunk->end - chunk->start, best = 0, least = UINT32_MAX;
    for (size_t i = 1; i < count; i++) {
        uint32_t at = border(chunks, chunk, i), twice = 2 * (at - chunk->start);
        uint32_t distance = twice > length ? twice - length : length - twice;
        if (distance < least) {
            least = distance;
            best = at;
        }
    }
    return best;
}

/* Decides the segments of a chunk of so many sentences. */
static void divide(const struct chunks *chunks, struct chunk *chunk, size_t count)
{
    const struct cutting *cutting = chunks->cutting;
    struct rng *rng = chunks->rng;
    chunk->cut = chunk->end;
    if (cutting->task == TASK_SINGLE)
        return;
    if (cutting->task == TASK_ELECTRA) {
        bool single = count == 1 || (cutting->single_prob.digits > 0 &&
                                     rng_chance(rng, draw_number(DRAW_SINGLE, chunk->number), cutting->single_prob));
        chunk->cut = single ? chunk->end : middle_border(chunks, chunk, count);
        return;
    }
    chunk->label = rng_below(rng, draw_number(DRAW_LABEL, chunk->number), 2) == 1;
    if (count == 1) {
        chunk->dropped = cutting->drops || !cut_sentence(chunks, chunk);
        chunk->cuts = true;
        return;
    }
    chunk->cut = border(chunks, chunk, 1 + (size_t)rng_below(rng, draw_number(DRAW_CUT, chunk->number), count - 1));
}

bool chunks_next(struct chunks *chunks, struct chunk *chunk)
{
    if (chunks->at == chunks->document->count)
        return false;
    *chunk = (struct chunk){.number = chunks->number, .target = draw_target(chunks), .start = chunks->at};
    divide(chunks, chunk, fill(chunks, chunk));
    if (chunks->cutting->task == TASK_NSP && chunk->label && !chunk->dropped)
        chunk->end = chunk->cut;
    chunks->number++;
    chunks->at = chunk->end;
    while (chunks->sentence < chunks->sentences.count && chunks->sentences.starts[chunks->sentence + 1] <= chunks->at)
        chunks->sentence++;
    return true;
}
