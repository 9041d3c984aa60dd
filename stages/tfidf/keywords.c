/* keywords.c - tfidf keywords: the words that tell one label from the others, as a lexicon.
 *
 * Of the n records with a label, a have the word; of the m others, b have it. With one added to each of the four
 * numbers of records,
 *
 *     log-odds = ln((a + 1) / (n - a + 1)) - ln((b + 1) / (m - b + 1))
 *
 * as integers (base/real.h), so that no machine ranks in another way. */
#include "../words/table_lines.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/real.h"
#include "text/json.h"
#include "text/text.h"
#include "verbs.h"

#include <stdlib.h>

struct keywords_options {
    int64_t count;
};

static const struct option options[] = {
    {"per-class", 0, OPT_INT, OPT_AT(struct keywords_options, count), .value = "K", .fallback = "100", .min = 1,
     .max = INT32_MAX, .help = "the words of each label, at most"},
    {0},
};

static const char *const reads[] = {"format", "records", "options", "documents", "labels", "word", NULL};

enum { COUNT_KEYWORDS };
static const char *const counters[] = {"keywords", NULL};

struct keyword {
    int64_t log_odds;
    struct slice word; /* owned */
};

/* The label, and its best words so far: up to twice as many as wanted, not in order. */
struct label {
    struct slice name;
    int64_t records;
    VEC(struct keyword) words;
};

struct keywords {
    size_t wanted; /* of each label */
    struct table_lines lines;
    int64_t records;
    struct map *numbers; /* labels and their number */
    VEC(struct label) labels;
};

/* ---- open ---- */

static int keywords_open(struct stage_context *context, void **shared)
{
    const struct keywords_options *given = context->options;
    struct keywords *keywords = mem_zalloc(1, sizeof *keywords);
    keywords->wanted = (size_t)given->count;
    keywords->numbers = map_new();
    *shared = keywords;
    return 0;
}

/* ---- records ---- */

static int open_labels(struct keywords *keywords, const struct table_head *head, struct arena *arena)
{
    struct slice name;
    int64_t records;
    if (keywords->lines.tables > 1)
        return diag_error("a second table; \"quern tfidf merge\" makes one of several");
    if (head->labels.ptr == NULL)
        return diag_error("labels: missing; \"quern tfidf count --label NAME\" counts by label");
    keywords->records = head->records;
    for (struct json_walk walk = json_walk(head->labels); table_labels_next(&walk, arena, &name, &records);) {
        for (size_t i = 0; i < name.len; i++)
            if ((unsigned char)name.ptr[i] < ' ')
                return diag_error("labels: \"%.*s\" can't stand in a lexicon: it has a control character",
                                  (int)name.len, name.ptr);
        uint64_t *number = map_put(keywords->numbers, name);
        struct label label = {.records = records};
        *number = keywords->labels.len;
        vec_push(&keywords->labels, label);
    }
    for (size_t i = 0; i < keywords->labels.len; i++)
        keywords->labels.items[i].name = map_at(keywords->numbers, i)->key;
    if (keywords->labels.len < 2)
        return diag_error("labels: expected two or more, found %zu: no word can tell them apart", keywords->labels.len);
    return 0;
}

static int64_t log_odds(int64_t with, int64_t records, int64_t with_of_others, int64_t others)
{
    return real_log((double)(with + 1)) - real_log((double)(records - with + 1)) -
           real_log((double)(with_of_others + 1)) + real_log((double)(others - with_of_others + 1));
}

static int compare_keywords(const void *left, const void *right)
{
    const struct keyword *a = left, *b = right;
    if (a->log_odds != b->log_odds)
        return a->log_odds > b->log_odds ? -1 : 1;
    return slice_compare(a->word, b->word);
}

static void keep_best(struct label *label, size_t wanted)
{
    if (label->words.len > 0)
        qsort(label->words.items, label->words.len, sizeof *label->words.items, compare_keywords);
    while (label->words.len > wanted)
        mem_free((void *)(uintptr_t)label->words.items[--label->words.len].word.ptr);
}

static void add_keyword(struct label *label, int64_t odds, struct slice word, size_t wanted)
{
    char *own = mem_alloc(word.len);
    memcpy(own, word.ptr, word.len);
    vec_push(&label->words, ((struct keyword){odds, {own, word.len}}));
    if (label->words.len >= 2 * wanted + 16)
        keep_best(label, wanted);
}

/* Would a line of a lexicon with this word be read as this word? */
static bool can_be_listed(struct slice word)
{
    bool space = true; /* before the character; so none is first */
    size_t size;
    for (const char *at = word.ptr, *end = at + word.len; at < end; at += size) {
        uint32_t point = text_decode(at, &size);
        if (point < ' ' || (text_is_space(point) && (point != ' ' || space)))
            return false;
        space = point == ' ';
    }
    return !space && word.ptr[0] != '#';
}

/* The word goes to the label for which its log-odds are largest; of equal ones the first. */
static int add_word(struct keywords *keywords, const struct table_word *word, struct arena *arena)
{
    struct label *best = NULL;
    int64_t best_odds = 0, with;
    struct slice name;
    for (struct json_walk walk = json_walk(word->labels); table_labels_next(&walk, arena, &name, &with);) {
        const uint64_t *number = map_get(keywords->numbers, name);
        struct label *label = number != NULL ? &keywords->labels.items[*number] : NULL;
        if (label == NULL || with > label->records || word->documents - with > keywords->records - label->records)
            return diag_error("labels: %.*s: more records than the first line says", (int)name.len, name.ptr);
        int64_t odds = log_odds(with, label->records, word->documents - with, keywords->records - label->records);
        if (odds > best_odds || (odds == best_odds && best != NULL && slice_compare(label->name, best->name) < 0)) {
            best = label;
            best_odds = odds;
        }
    }
    if (best != NULL && can_be_listed(word->word))
        add_keyword(best, best_odds, word->word, keywords->wanted);
    return 0;
}

static int keywords_record(void *shared, const struct record *in, struct sink *out)
{
    struct keywords *keywords = shared;
    struct arena *arena = sink_arena(out);
    struct table_head head;
    struct table_word word;
    switch (table_lines_next(&keywords->lines, in, arena, &head, &word)) {
    case TABLE_HEAD:
        return open_labels(keywords, &head, arena);
    case TABLE_WORD:
        return add_word(keywords, &word, arena);
    default:
        return -1;
    }
}

/* ---- end ---- */

static int compare_labels(const void *a, const void *b)
{
    return slice_compare(((const struct label *)a)->name, ((const struct label *)b)->name);
}

static int keywords_end(void *shared, struct sink *out)
{
    struct keywords *keywords = shared;
    struct bytes line = {0};
    if (table_lines_end(&keywords->lines) < 0)
        return diag_kind(STATUS_DATA, "%s", diag_message());
    if (keywords->labels.len > 0)
        qsort(keywords->labels.items, keywords->labels.len, sizeof *keywords->labels.items, compare_labels);
    int status = 0;
    for (size_t i = 0; i < keywords->labels.len; i++) {
        struct label *label = &keywords->labels.items[i];
        keep_best(label, keywords->wanted);
        for (size_t j = 0; j < label->words.len && status == 0; j++) {
            line.len = 0;
            bytes_put(&line, label->words.items[j].word);
            bytes_byte(&line, '\t');
            bytes_put(&line, label->name);
            status = sink_emit(out, rec_show(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&line))));
        }
        sink_count(out, COUNT_KEYWORDS, label->words.len);
    }
    vec_free(&line);
    return status;
}

static void keywords_close(void *shared)
{
    struct keywords *keywords = shared;
    for (size_t i = 0; i < keywords->labels.len; i++) {
        keep_best(&keywords->labels.items[i], 0);
        vec_free(&keywords->labels.items[i].words);
    }
    vec_free(&keywords->labels);
    map_free(keywords->numbers);
    table_lines_release(&keywords->lines);
    mem_free(keywords);
}

const struct stage tfidf_keywords = {
    .name = "tfidf keywords",
    .summary = "the words of a table that tell one label from the others, as a lexicon",
    .example = "$ printf '{\"text\":\"%s\",\"label\":\"%s\"}\\n' 'a good mill' pos 'a bad mill' neg |\n"
               "    quern tfidf count --label label | quern tfidf keywords --per-class 1\n"
               "bad\tneg\n"
               "good\tpos",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct keywords_options),
    .reads = reads,
    .counters = counters,
    .open = keywords_open,
    .close = keywords_close,
    .record = keywords_record,
    .end = keywords_end,
};
