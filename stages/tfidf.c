/* tfidf - how much the words of a data set say: counts them, and shows what follows from the counts.
 *
 *     quern tfidf count [--case fold|keep] [--label NAME] [--lang TAG] [--lexicon FILE] [--field NAME] [FILE …]
 *     quern tfidf merge [FILE …]
 *     quern tfidf show [FILE]
 *     quern tfidf keywords [--per-class K] [FILE]
 *
 *     $ printf '{"text":"%s"}\n' 'The mill' 'the stone' | quern tfidf count
 *     {"format":"quern-tfidf-1","records":2,"options":{"case":"fold"},"documents":4}
 *     {"word":"mill","documents":1,"weight":549755813888}
 *     {"word":"stone","documents":1,"weight":549755813888}
 *     {"word":"the","documents":2,"weight":1099511627776}
 *
 * Each verb is a filter of its own, in tfidf/. The table is read by them, and by filters that replace words
 * (words/table.h). */
#include "quern.h"
#include "tfidf/verbs.h"

static const struct option options[] = {{0}};

static int tfidf_open(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected what to do: count, merge, show or keywords");
}

static int tfidf_record(void *thread, const struct record *in, struct sink *out)
{
    (void)thread;
    return sink_emit(out, in);
}

static const struct stage *const verbs[] = {&tfidf_count, &tfidf_merge, &tfidf_show, &tfidf_keywords, NULL};

const struct stage stage_tfidf = {
    .name = "tfidf",
    .summary = "count words and how much they say, for augmentation and keywords",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'The mill' 'the stone' | quern tfidf count\n"
               "{\"format\":\"quern-tfidf-1\",\"records\":2,…}\n"
               "{\"word\":\"mill\",\"documents\":1,\"weight\":549755813888}\n"
               "{\"word\":\"stone\",\"documents\":1,\"weight\":549755813888}\n"
               "{\"word\":\"the\",\"documents\":2,\"weight\":1099511627776}",
    .class = STAGE_WHOLE,
    .options = options,
    .verbs = verbs,
    .open = tfidf_open,
    .record = tfidf_record,
};
