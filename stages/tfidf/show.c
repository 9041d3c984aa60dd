/* show.c - tfidf show: the table with the numbers of scores.h, as floats.
 *
 * Two passes: q of a word is known when the scores of all words are. */
#include "../words/scores.h"
#include "../words/table_lines.h"
#include "base/diag.h"
#include "verbs.h"

static const struct option options[] = {{0}};

static const char *const reads[] = {"format", "records", "options", "documents", "labels", "word", "weight", NULL};
static const char *const writes[] = {"word", "documents", "idf", "score", "draw", NULL};

struct show {
    struct table_lines lines;
    int64_t records;
    struct score_sums sums;
};

static void show_close(void *shared)
{
    struct show *show = shared;
    table_lines_release(&show->lines);
    mem_free(show);
}

static int show_open(struct stage_context *context, void **shared)
{
    (void)context;
    *shared = mem_zalloc(1, sizeof(struct show));
    return 0;
}

static int show_record(void *shared, const struct record *in, struct sink *out)
{
    struct show *show = shared;
    struct table_head head;
    struct table_word word;
    switch (table_lines_next(&show->lines, in, sink_arena(out), &head, &word)) {
    case TABLE_HEAD:
        show->records = head.records;
        return show->lines.tables == 1 ? 0 : diag_error("a second table; \"quern tfidf merge\" makes one of several");
    case TABLE_WORD:
        score_add(&show->sums, score_of(score_idf(show->records, word.documents), word.weight));
        return 0;
    default:
        return -1;
    }
}

static int show_end(void *shared, struct sink *out)
{
    const struct show *show = shared;
    (void)out;
    return table_lines_end(&show->lines) < 0 ? diag_kind(STATUS_DATA, "%s", diag_message()) : 0;
}

static int show_apply(void *shared, const struct record *in, struct sink *out)
{
    const struct show *show = shared;
    struct table_head head;
    struct table_word word;
    int line = table_line_read(in, sink_arena(out), &head, &word);
    if (line != TABLE_WORD)
        return line < 0 ? -1 : 0;
    int64_t idf = score_idf(show->records, word.documents);
    u128 score = score_of(idf, word.weight);
    double draw = (double)score_share(&show->sums, score) / (double)score_total(&show->sums);
    struct record *made = rec_new(sink_arena(out));
    rec_set_text(made, SLICE("word"), word.word);
    rec_set_int(made, SLICE("documents"), word.documents);
    return rec_set_float(made, SLICE("idf"), (double)idf / (double)((int64_t)1 << REAL_BITS)) < 0 ||
                   rec_set_float(made, SLICE("score"), (double)score / (double)((u128)1 << SCORE_BITS)) < 0 ||
                   rec_set_float(made, SLICE("draw"), draw) < 0
               ? -1
               : sink_emit(out, made);
}

const struct stage tfidf_show = {
    .name = "tfidf show",
    .summary = "how rare each word of a table is, its score, and how often it is drawn",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'The mill' 'the stone' | quern tfidf count |\n"
               "    quern tfidf show | grep -v stone\n"
               "{\"word\":\"mill\",\"documents\":1,\"idf\":0.6931471805599453,\"score\":…,\"draw\":0}\n"
               "{\"word\":\"the\",\"documents\":2,\"idf\":0,\"score\":0,\"draw\":1}",
    .class = STAGE_WHOLE,
    .options = options,
    .reads = reads,
    .writes = writes,
    .open = show_open,
    .close = show_close,
    .record = show_record,
    .end = show_end,
    .apply = show_apply,
};
