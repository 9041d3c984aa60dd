/* fit.c - learns from a data set what its vectors are made with: the terms of its texts, the ranges of its columns, its
 * principal axes, and which vectors are of which class.
 *
 *     quern fit tfidf [--unit words|space|chars|ids] [--ngrams A-B] … [FILE …]
 *     quern fit scale --to minmax|mean|standard|maxabs [FILE …]
 *     quern fit whiten [--dims D] [--center B] [--strength S] [FILE …]
 *     quern fit linear --C X [--classes LIST] [--folds F] … [FILE …]
 *     quern fit temperature [--classes LIST] [FILE …]
 *     quern fit shares [--classes LIST] [FILE …]
 *     quern fit thresholds [--classes LIST] … [FILE …]
 *     quern fit merge TABLE …
 *
 *     $ printf '{"text":"%s"}\n' 'the mill' 'the stone' | quern fit tfidf --unit space
 *     {"format":"quern-fit-1","kind":"tfidf",…,"documents":2,"terms":["mill","stone","the"],"df":[1,1,2]}
 *
 * Each verb is a filter of its own, in fit/. `features` applies the tables of vectors, which are sums: those of
 * parts of a data set add up to that of the whole, whatever the parts and their order are. `predict` applies models. */
#include "fit/verbs.h"
#include "quern.h"

static const struct option options[] = {{0}};

static int fit_open(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected what to do: tfidf, scale, whiten, linear, temperature, shares, thresholds or merge");
}

static int fit_record(void *thread, const struct record *in, struct sink *out)
{
    (void)thread;
    return sink_emit(out, in);
}

static const struct stage *const verbs[] = {&fit_tfidf,  &fit_scale,      &fit_whiten, &fit_linear, &fit_temperature,
                                            &fit_shares, &fit_thresholds, &fit_merge,  NULL};

const struct stage stage_fit = {
    .name = "fit",
    .summary = "learn terms of texts, columns or axes of vectors, and models of classes",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'the mill' 'the stone' |\n"
               "    quern fit tfidf --unit space\n"
               "{\"format\":\"quern-fit-1\",\"kind\":\"tfidf\",…,\"documents\":2,…}",
    .class = STAGE_WHOLE,
    .options = options,
    .verbs = verbs,
    .open = fit_open,
    .record = fit_record,
};
