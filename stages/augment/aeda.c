/* aeda.c - aeda: punctuation marks between the words (Karimi, Rossi and Prati, Findings of EMNLP 2021). */
#include "ops.h"

/* The purposes of draws. */
enum { AEDA_COUNT, AEDA_PLACES, AEDA_MARK };

void op_aeda(struct op_job *job)
{
    static const char marks[] = ".;?:!,";
    size_t places = op_places(job), most = job->draft->counting / 3;
    if (places == 0)
        return;
    size_t wanted = 1 + draw_below(&job->draws, AEDA_COUNT, 0, most > 1 ? most : 1);
    size_t chosen = wanted < places ? wanted : places;
    job->scratch->numbers.len = 0;
    for (size_t i = 0; i < places; i++)
        vec_push(&job->scratch->numbers, (uint32_t)i);
    uint32_t *numbers = job->scratch->numbers.items;
    op_choose(&job->draws, AEDA_PLACES, numbers, places, chosen);
    for (size_t i = 0; i < chosen; i++) {
        const char *mark = &marks[draw_below(&job->draws, AEDA_MARK, i, sizeof marks - 1)];
        op_insert(job, job->scratch->parts.items[numbers[i]], (struct slice){mark, 1});
    }
}
