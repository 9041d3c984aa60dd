/* count.c - tfidf count: in how many records each word is, and how much of them it makes up.
 *
 * Each thread adds up what the records say of a word in a table of its own, which goes to the sums when it is as large
 * as it may be, and at the end. */
#include "../words/table_lines.h"
#include "../words/text_words.h"
#include "base/arena.h"
#include "base/diag.h"
#include "record/members.h"
#include "sums.h"
#include "text/json.h"
#include "text/key.h"
#include "verbs.h"

__extension__ typedef unsigned __int128 u128;

struct count_options {
    struct word_options words;
    const char *field, *label;
    int letters;
    int64_t memory;
};

enum { CASE_FOLD, CASE_KEEP };
static const char *const case_names[] = {"fold", "keep", NULL};

static const struct option options[] = {
    {"case", 0, OPT_CHOICE, OPT_AT(struct count_options, letters), .value = "CASE", .fallback = "fold",
     .choices = case_names, .help = "fold: count words by their keys, in which case is folded; keep: as they are"},
    {"label", 0, OPT_TEXT, OPT_AT(struct count_options, label), .value = "NAME",
     .help = "count the records of a word also by this member of theirs, for keywords"},
    OPTION_LANG(struct count_options, words.lang),
    OPTION_WORD_LEXICON(struct count_options, words.lexicon),
    OPTION_TABLE_MEMORY(struct count_options, memory),
    OPTION_FIELD(struct count_options, field),
    {0},
};

static const char *const reads[] = {"text", "words", "lang", "label", NULL};
static const char *const writes[] = {"format", "records", "options", "documents", "labels", "word", "weight", NULL};

enum { COUNT_WORDS, COUNT_DIFFERENT, COUNT_EMPTY };
static const char *const counters[] = {"words", "different_words", "records_without_words", NULL};

struct count {
    const struct count_options *options;
    struct word_rules rules;
    struct sums sums;
    size_t memory; /* for the tables of all threads */
};

/* What a thread knows of a word. */
struct tally {
    uint64_t documents, weight;
    uint64_t here; /* in this record */
};

struct count_thread {
    struct count *shared;
    struct cutter cutter;
    struct keys *keys;
    struct map *words; /* and the number of their tally, plus one */
    VEC(struct tally) tallies;
    VEC(size_t) found;      /* the tallies of the words of this record */
    struct map *labels;     /* and their number, plus one */
    VEC(uint64_t) labelled; /* the records of each label */
    struct map *pairs;      /* words and labels, struct pair, and the records that have both */
    uint64_t records, documents;
    struct sort *sort;
    struct bytes key;
};

struct pair {
    uint64_t tally, label;
};

/* ---- open ---- */

static void count_close(void *shared)
{
    struct count *count = shared;
    sums_release(&count->sums);
    mem_free(count);
}

/* What matters for the words of the table, in the first line. No names of files: only that there was one. */
static void put_options(const struct count_options *given, struct bytes *json)
{
    const char *const texts[][2] = {{"field", strcmp(given->field, "text") != 0 ? given->field : NULL},
                                    {"label", given->label},
                                    {"lang", given->words.lang}};
    bytes_put(json, SLICE("{\"case\":"));
    json_put_string(json, slice_of(case_names[given->letters]));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i][1] == NULL)
            continue;
        bytes_byte(json, ',');
        json_put_string(json, slice_of(texts[i][0]));
        bytes_byte(json, ':');
        json_put_string(json, slice_of(texts[i][1]));
    }
    bytes_put(json, given->words.lexicon != NULL ? SLICE(",\"lexicon\":true}") : SLICE("}"));
}

static int count_open(struct stage_context *context, void **shared)
{
    const struct count_options *given = context->options;
    struct count *count = mem_zalloc(1, sizeof *count);
    count->options = given;
    count->memory = (size_t)given->memory / 2;
    sums_open(&count->sums, given->memory / 2, context->temp_dir);
    count->sums.labels = given->label != NULL ? map_new() : NULL;
    put_options(given, &count->sums.options);
    if (word_rules_open(context, &given->words, &count->rules) < 0) {
        count_close(count);
        return -1;
    }
    *shared = count;
    return 0;
}

static void count_thread_close(void *thread)
{
    struct count_thread *mine = thread;
    cutter_release(&mine->cutter);
    keys_free(mine->keys);
    map_free(mine->words);
    map_free(mine->labels);
    map_free(mine->pairs);
    vec_free(&mine->tallies);
    vec_free(&mine->found);
    vec_free(&mine->labelled);
    vec_free(&mine->key);
    sort_free(mine->sort);
    mem_free(mine);
}

static int count_thread_open(void *shared, void **thread)
{
    struct count *count = shared;
    struct count_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = count;
    cutter_open(&mine->cutter, &count->rules);
    mine->words = map_new();
    mine->labels = map_new();
    mine->pairs = map_new();
    mine->sort = sort_new(&count->sums.bounds);
    count->sums.bounds.threads++;
    mine->keys = keys_new();
    if (mine->keys == NULL) {
        count_thread_close(mine);
        return -1;
    }
    *thread = mine;
    return 0;
}

/* ---- records ---- */

static int read_label(const struct record *in, const char *name, struct arena *arena, struct slice *label)
{
    const struct value *value = rec_present(in, slice_of(name));
    if (value == NULL)
        return member_missing(in, slice_of(name), "");
    switch (rec_kind(value)) {
    case '"':
        return rec_text(in, slice_of(name), arena, label);
    case '0':
    case 't':
    case 'f':
        *label = rec_json(value, arena);
        return 0;
    default:
        return rec_mismatch(slice_of(name), "a string or a number", value);
    }
}

/* Counts the words in `here` of their tallies. 0, or -1 with the message. */
static int find_words(struct count_thread *mine, const struct text_words *words, uint64_t *length)
{
    bool fold = mine->shared->options->letters == CASE_FOLD;
    for (size_t i = 0; i < words->count; i++) {
        if (!words->items[i].counts)
            continue;
        struct slice word = fold ? key_of_word(mine->keys, words->items[i].bytes) : words->items[i].bytes;
        if (word.ptr == NULL)
            return -1;
        uint64_t *number = map_put(mine->words, word);
        if (*number == 0) {
            vec_push(&mine->tallies, (struct tally){0});
            *number = mine->tallies.len;
        }
        struct tally *tally = &mine->tallies.items[*number - 1];
        if (tally->here++ == 0)
            vec_push(&mine->found, (size_t)(*number - 1));
        ++*length;
    }
    return 0;
}

/* Adds the record's words, of which there are `length`, to their tallies; without a length it forgets them. */
static void add_words(struct count_thread *mine, uint64_t length, const uint64_t *label)
{
    for (size_t i = 0; i < mine->found.len; i++) {
        size_t number = mine->found.items[i];
        struct tally *tally = &mine->tallies.items[number];
        if (length > 0) {
            u128 share = ((u128)tally->here << TABLE_WEIGHT_BITS) + length / 2;
            tally->documents++;
            tally->weight = sums_add(tally->weight, (uint64_t)(share / length));
        }
        if (length > 0 && label != NULL) {
            struct pair pair = {number, *label};
            ++*map_put(mine->pairs, (struct slice){(const char *)&pair, sizeof pair});
        }
        tally->here = 0;
    }
    mine->documents += length > 0 ? mine->found.len : 0;
    mine->found.len = 0;
}

/* Counts the record for its label: the label's number. */
static uint64_t add_label(struct count_thread *mine, struct slice label)
{
    uint64_t *number = map_put(mine->labels, label);
    if (*number == 0) {
        vec_push(&mine->labelled, (uint64_t)0);
        *number = mine->labelled.len;
    }
    mine->labelled.items[*number - 1]++;
    return *number - 1;
}

static void empty(struct map **map)
{
    map_free(*map);
    *map = map_new();
}

/* The thread's table goes to its sums. 0, or -1 with the message. */
static int flush(struct count_thread *mine)
{
    for (size_t i = 0; i < map_len(mine->words); i++) {
        const struct tally *tally = &mine->tallies.items[i];
        if (tally->documents > 0 &&
            sums_put(mine->sort, &mine->key, map_at(mine->words, i)->key, tally->documents, tally->weight) < 0)
            return -1;
    }
    for (size_t i = 0; i < map_len(mine->pairs); i++) {
        const struct map_entry *entry = map_at(mine->pairs, i);
        struct pair pair;
        memcpy(&pair, entry->key.ptr, sizeof pair);
        if (sums_put_label(mine->sort, &mine->key, map_at(mine->words, pair.tally)->key,
                           map_at(mine->labels, pair.label)->key, entry->value) < 0)
            return -1;
    }
    empty(&mine->words);
    empty(&mine->pairs);
    mine->tallies.len = 0;
    return 0;
}

static bool is_full(const struct count_thread *mine)
{
    const struct count *count = mine->shared;
    size_t share = count->memory / count->sums.bounds.threads;
    size_t used = map_bytes(mine->words) + map_bytes(mine->pairs) + mine->tallies.len * sizeof *mine->tallies.items;
    return used > (share > SORT_LEAST ? share : SORT_LEAST);
}

static int count_record(void *thread, const struct record *in, struct sink *out)
{
    struct count_thread *mine = thread;
    const struct count_options *given = mine->shared->options;
    struct arena *arena = sink_arena(out);
    struct slice text, label = {0};
    struct text_words words;
    uint64_t length = 0, number = 0;
    if (rec_text(in, slice_of(given->field), arena, &text) < 0 ||
        (given->label != NULL && read_label(in, given->label, arena, &label) < 0) ||
        text_words_read(&mine->cutter, in, slice_of(given->field), text, arena, &words) < 0)
        return -1;
    if (find_words(mine, &words, &length) < 0) {
        add_words(mine, 0, NULL);
        return -1;
    }
    if (given->label != NULL)
        number = add_label(mine, label);
    add_words(mine, length, given->label != NULL ? &number : NULL);
    mine->records++;
    sink_count(out, COUNT_WORDS, length);
    sink_count(out, COUNT_EMPTY, length == 0);
    return is_full(mine) ? flush(mine) : 0;
}

static int count_merge(void *shared, void *thread)
{
    struct count *count = shared;
    struct count_thread *mine = thread;
    if (flush(mine) < 0)
        return -1;
    for (size_t i = 0; i < map_len(mine->labels); i++)
        *map_put(count->sums.labels, map_at(mine->labels, i)->key) += mine->labelled.items[i];
    count->sums.records += mine->records;
    count->sums.documents += mine->documents;
    vec_push(&count->sums.sorts, mine->sort);
    mine->sort = NULL;
    return 0;
}

static int count_end(void *shared, struct sink *out)
{
    struct count *count = shared;
    uint64_t words;
    int more = sums_write(&count->sums, out, &words);
    sink_count(out, COUNT_DIFFERENT, words);
    return more;
}

const struct stage tfidf_count = {
    .name = "tfidf count",
    .summary = "count in how many records each word is, and its share of them",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'The mill' 'the stone' | quern tfidf count |\n"
               "    sed 1d\n"
               "{\"word\":\"mill\",\"documents\":1,\"weight\":549755813888}\n"
               "{\"word\":\"stone\",\"documents\":1,\"weight\":549755813888}\n"
               "{\"word\":\"the\",\"documents\":2,\"weight\":1099511627776}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct count_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = count_open,
    .close = count_close,
    .thread_open = count_thread_open,
    .thread_close = count_thread_close,
    .record = count_record,
    .merge = count_merge,
    .end = count_end,
};
