/* replace.c - tfidf and uniform: words become others of the data (Xie et al., NeurIPS 2020). */
#include "augment.h"
#include "surface.h"

/* The purposes of draws; the item is the number of the word. */
enum { REPLACE_WHETHER, REPLACE_BY };
enum { SHORTEST_TEXT = 3 /* words, for uniform */ };

static bool may_replace(const struct op_job *job, const struct draft_word *word)
{
    const struct lexicon *focus = job->augment->rules.focus;
    size_t number;
    return word->counts && !word->protected && (focus == NULL || lexicon_find(focus, word->key, &number));
}

static void replace(struct op_job *job, const struct draft_word *word, size_t number)
{
    struct slice by = surface_like(word->bytes, table_word(job->augment->table, number), job->arena);
    struct change change = {.part = word->part, .text = by};
    changes_put(job->changes, change);
}

void op_tfidf(struct op_job *job)
{
    const struct table *table = job->augment->table;
    const struct draft *draft = job->draft;
    struct rates *rates = &job->scratch->rates;
    rates_compute(rates, table, job->augment->given->prob, job->drafts, job->field_count);
    const struct rate *rate = rates_of_field(rates, job->drafts, job->field);
    for (size_t i = 0; i < draft->count; i++) {
        if (!may_replace(job, &draft->words[i]))
            continue;
        uint64_t bits = draw_bits(&job->draws, REPLACE_WHETHER, i);
        if (rate[i].always || bits < rate[i].threshold)
            replace(job, &draft->words[i], table_draw(table, draw_bits(&job->draws, REPLACE_BY, i)));
    }
}

void op_uniform(struct op_job *job)
{
    const struct table *table = job->augment->table;
    const struct draft *draft = job->draft;
    if (draft->counting < SHORTEST_TEXT)
        return;
    for (size_t i = 0; i < draft->count; i++)
        if (may_replace(job, &draft->words[i]) &&
            draw_chance(&job->draws, REPLACE_WHETHER, i, job->augment->given->prob))
            replace(job, &draft->words[i], draw_below(&job->draws, REPLACE_BY, i, table_count(table)));
}
