/* synonyms.c - sr and ri: words become synonyms, synonyms come in (Wei and Zou, EMNLP 2019). */
#include "augment.h"
#include "surface.h"

/* The purposes of draws. */
enum { SR_POSITIONS, SR_SYNONYM };
enum { RI_WORD, RI_SYNONYM, RI_PLACE };

static void replace(struct op_job *job, const struct draft_word *word, struct slice by)
{
    struct change change = {.part = word->part, .text = surface_like(word->bytes, by, job->arena)};
    changes_put(job->changes, change);
}

static struct slice draw_synonym(const struct op_job *job, unsigned purpose, uint64_t item,
                                 const struct draft_word *word)
{
    return word->synonyms[draw_below(&job->draws, purpose, item, word->synonym_count)];
}

/* The first of each key among the replaceable words. */
static size_t keep_distinct(struct op_job *job, uint32_t *numbers, size_t count)
{
    struct map *keys = job->scratch->keys != NULL ? job->scratch->keys : map_new();
    size_t kept = 0;
    job->scratch->keys = keys;
    map_reset(keys);
    for (size_t i = 0; i < count; i++) {
        uint64_t *seen = map_put(keys, job->draft->words[numbers[i]].key);
        if ((*seen)++ == 0)
            numbers[kept++] = numbers[i];
    }
    return kept;
}

/* Replaces a word and, if all its places shall change alike, the others with its key. */
static void replace_word(struct op_job *job, const struct draft_word *word, struct slice by)
{
    const struct draft *draft = job->draft;
    if (!job->augment->given->all_occurrences) {
        replace(job, word, by);
        return;
    }
    for (size_t i = 0; i < draft->replaceable.count; i++) {
        const struct draft_word *other = &draft->words[draft->replaceable.items[i]];
        if (slice_equal(other->key, word->key))
            replace(job, other, by);
    }
}

void op_sr(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = draft->replaceable.count, wanted = op_amount(job->alpha, draft->counting);
    uint32_t *numbers = op_copy(job, draft->replaceable);
    if (job->augment->given->all_occurrences)
        count = keep_distinct(job, numbers, count);
    size_t chosen = wanted < count ? wanted : count;
    op_choose(&job->draws, SR_POSITIONS, numbers, count, chosen);
    for (size_t i = 0; i < chosen; i++) {
        const struct draft_word *word = &draft->words[numbers[i]];
        replace_word(job, word, draw_synonym(job, SR_SYNONYM, i, word));
    }
}

void op_ri(struct op_job *job)
{
    const struct draft *draft = job->draft;
    size_t count = draft->replaceable.count, wanted = op_amount(job->alpha, draft->counting);
    size_t places = count > 0 ? op_places(job) : 0;
    for (size_t i = 0; places > 0 && i < wanted; i++) {
        uint32_t number = draft->replaceable.items[draw_below(&job->draws, RI_WORD, i, count)];
        struct slice synonym = draw_synonym(job, RI_SYNONYM, i, &draft->words[number]);
        op_insert(job, job->scratch->parts.items[draw_below(&job->draws, RI_PLACE, i, places)], synonym);
    }
}
