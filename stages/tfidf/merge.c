/* merge.c - tfidf merge: one table of several, the same as if all their records had been counted at once. */
#include "../words/table_lines.h"
#include "base/diag.h"
#include "sums.h"
#include "text/json.h"
#include "verbs.h"

struct merge_options {
    int64_t memory;
};

static const struct option options[] = {
    OPTION_TABLE_MEMORY(struct merge_options, memory),
    {0},
};

static const char *const reads[] = {"format", "records", "options", "documents", "labels", "word", "weight", NULL};

enum { COUNT_TABLES, COUNT_DIFFERENT };
static const char *const counters[] = {"tables", "different_words", NULL};

struct merge {
    struct table_lines lines;
    struct sums sums;
    struct sort *sort;
    struct bytes key;
};

static void merge_close(void *shared)
{
    struct merge *merge = shared;
    table_lines_release(&merge->lines);
    sums_release(&merge->sums);
    vec_free(&merge->key);
    mem_free(merge);
}

static int merge_open(struct stage_context *context, void **shared)
{
    const struct merge_options *given = context->options;
    struct merge *merge = mem_zalloc(1, sizeof *merge);
    sums_open(&merge->sums, given->memory, context->temp_dir);
    merge->sums.bounds.threads = 1;
    merge->sort = sort_new(&merge->sums.bounds);
    vec_push(&merge->sums.sorts, merge->sort);
    *shared = merge;
    return 0;
}

static int add_head(struct sums *sums, const struct table_head *head, bool first, struct arena *arena)
{
    struct slice label, known = bytes_slice(&sums->options);
    int64_t records;
    if (first) {
        bytes_put(&sums->options, head->options.ptr != NULL ? head->options : SLICE("{}"));
        sums->labels = head->labels.ptr != NULL ? map_new() : NULL;
    } else if (!slice_equal(known, head->options) || (sums->labels != NULL) != (head->labels.ptr != NULL)) {
        return diag_error("options: the tables were counted in different ways: %.*s, and before %.*s",
                          (int)head->options.len, head->options.ptr, (int)known.len, known.ptr);
    }
    sums->records = sums_add(sums->records, (uint64_t)head->records);
    if (sums->labels == NULL)
        return 0;
    for (struct json_walk walk = json_walk(head->labels); table_labels_next(&walk, arena, &label, &records);) {
        uint64_t *sum = map_put(sums->labels, label);
        *sum = sums_add(*sum, (uint64_t)records);
    }
    return 0;
}

static int add_word(struct merge *merge, const struct table_word *word, struct arena *arena)
{
    struct slice label;
    int64_t records;
    merge->sums.documents = sums_add(merge->sums.documents, (uint64_t)word->documents);
    if (word->labels.ptr != NULL)
        for (struct json_walk walk = json_walk(word->labels); table_labels_next(&walk, arena, &label, &records);)
            if (sums_put_label(merge->sort, &merge->key, word->word, label, (uint64_t)records) < 0)
                return -1;
    return sums_put(merge->sort, &merge->key, word->word, (uint64_t)word->documents, (uint64_t)word->weight);
}

static int merge_record(void *shared, const struct record *in, struct sink *out)
{
    struct merge *merge = shared;
    struct arena *arena = sink_arena(out);
    struct table_head head;
    struct table_word word;
    switch (table_lines_next(&merge->lines, in, arena, &head, &word)) {
    case TABLE_HEAD:
        sink_count(out, COUNT_TABLES, 1);
        return add_head(&merge->sums, &head, merge->lines.tables == 1, arena);
    case TABLE_WORD:
        return add_word(merge, &word, arena);
    default:
        return -1;
    }
}

static int merge_end(void *shared, struct sink *out)
{
    struct merge *merge = shared;
    uint64_t words;
    if (table_lines_end(&merge->lines) < 0)
        return diag_kind(STATUS_DATA, "%s", diag_message());
    int more = sums_write(&merge->sums, out, &words);
    sink_count(out, COUNT_DIFFERENT, words);
    return more;
}

const struct stage tfidf_merge = {
    .name = "tfidf merge",
    .summary = "one table of several, as if all records had been counted at once",
    .example = "$ echo '{\"text\":\"The mill\"}' | quern tfidf count >one\n"
               "$ echo '{\"text\":\"the stone\"}' | quern tfidf count >two\n"
               "$ quern tfidf merge one two | grep the\n"
               "{\"word\":\"the\",\"documents\":2,\"weight\":1099511627776}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct merge_options),
    .reads = reads,
    .writes = reads,
    .counters = counters,
    .open = merge_open,
    .close = merge_close,
    .record = merge_record,
    .end = merge_end,
};
