/* chances.c - see chances.h. */
#include "chances.h"

#include "base/diag.h"

/* As in SentencePiece, 0 and 1 mean the best segmentation. */
static bool samples(const struct chances_options *given)
{
    return given->nbest_size < 0 || given->nbest_size > 1;
}

bool chances_wanted(const struct chances_options *given)
{
    return given->dropout.digits > 0 || samples(given);
}

int chances_check(const struct chances_options *given)
{
    bool default_alpha = given->alpha.digits == 1 && given->alpha.scale == 1;
    if (!samples(given) && !default_alpha)
        return diag_error("--alpha needs --nbest-size");
    bool epoch = given->random.epoch >= 0, copies = given->random.copies > 0;
    if ((epoch || copies) && !chances_wanted(given))
        return diag_error("%s needs --dropout or --nbest-size: without them nothing is random",
                          epoch ? "--epoch" : "--copies");
    return lineage_check(&given->random);
}

int chances_open(struct chances *chances, const struct chances_options *given, const struct tokenizer *tokenizer,
                 const char *path)
{
    *chances = (struct chances){.given = given, .key = rng_key(&given->random, "tokenize")};
    if (given->dropout.digits > 0 && !tokenizer_has_merges(tokenizer))
        return diag_error("--dropout: %s is a %s model and has no merges to drop", path, tokenizer_kind(tokenizer));
    if (!samples(given))
        return 0;
    size_t nbest = given->nbest_size < 0 ? SAMPLE_ALL : (size_t)given->nbest_size;
    chances->sampler = tokenizer_sampler_new(tokenizer, nbest, given->alpha);
    return chances->sampler != NULL ? 0 : diag_error("--nbest-size: %s: %s", path, diag_message());
}

void chances_close(struct chances *chances)
{
    unigram_sampler_free(chances->sampler);
}

void chances_start(const struct chances *chances, const struct lineage *lineage, int64_t copy,
                   struct chances_of_record *made, struct tokenizer_options *asked)
{
    enum { DRAW_MERGE = 1, DRAW_SEGMENTATION = 2 };
    struct rng rng = lineage_rng(lineage, chances->key, copy);
    if (chances->given->dropout.digits > 0) {
        made->dropout = (struct dropout){chances->given->dropout, rng, (uint64_t)DRAW_MERGE << 32};
        asked->dropout = &made->dropout;
    }
    if (chances->sampler != NULL) {
        made->sampling = (struct sampling){chances->sampler, rng, (uint64_t)DRAW_SEGMENTATION << 32};
        asked->sampling = &made->sampling;
    }
}
