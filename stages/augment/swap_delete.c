/* swap_delete.c - rs and rd: words change places, words go (Wei and Zou, EMNLP 2019, with the repairs that the manual
 * lists). */
#include "ops.h"

/* The purposes of draws. */
enum { RS_PAIRS };
enum { RD_FALLS, RD_ONE, RD_STAYS };

enum { REDRAWS = 10 };

static void put_surface(struct op_job *job, const struct draft_word *at, struct slice surface)
{
    struct change change = {.part = at->part, .text = surface};
    changes_put(job->changes, change);
}

void op_rs(struct op_job *job)
{
    const struct draft_word *words = job->draft->words;
    size_t count = job->draft->free.count, pairs = op_amount(job->alpha, job->draft->counting);
    uint32_t *order = op_copy(job, job->draft->free);
    for (size_t k = 0; k < pairs && 2 * k + 1 < count; k++) {
        const struct draft_word *a, *b;
        size_t draw = 0;
        do { /* two of those that are left come first */
            struct draws draws = job->draws;
            uint64_t item = (k * (REDRAWS + 1) + draw) * 2;
            for (size_t i = 2 * k; i < 2 * k + 2; i++, item++) {
                size_t other = i + draw_below(&draws, RS_PAIRS, item, count - i);
                uint32_t number = order[i];
                order[i] = order[other];
                order[other] = number;
            }
            a = &words[order[2 * k]];
            b = &words[order[2 * k + 1]];
        } while (slice_equal(a->key, b->key) && draw++ < REDRAWS);
        if (slice_equal(a->key, b->key))
            continue;
        put_surface(job, a, b->bytes);
        put_surface(job, b, a->bytes);
    }
}

void op_rd(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = draft->free.count, falls = 0;
    if (count == 0 || draft->counting == 1)
        return;
    uint32_t *fallen = op_copy(job, draft->free);
    for (size_t i = 0; i < count; i++)
        if (draw_chance(&job->draws, RD_FALLS, i, job->alpha))
            fallen[falls++] = draft->free.items[i];
    if (falls == 0)
        fallen[falls++] = draft->free.items[draw_below(&job->draws, RD_ONE, 0, count)];
    size_t stays = falls == draft->counting ? draw_below(&job->draws, RD_STAYS, 0, falls) : falls;
    uint32_t taken = 0;
    for (size_t i = 0; i < falls; i++) {
        if (i == stays)
            continue;
        op_delete(job, draft->words[fallen[i]].part, &taken);
    }
}
