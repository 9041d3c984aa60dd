/* train - learns the vocabulary of a tokenizer from a stream.
 *
 *     quern train --type TYPE [--from-counts] [--vocab-size N] [--special LIST] [--format FORMAT] [FILE …]
 *     quern train count --type TYPE [FILE …]
 *     quern train merge [FILE …]
 *
 * Each thread counts the words of its records, cut by the normalizer and pre-tokenizer that the learned tokenizer will
 * also use, or reads counts. `end` adds them up; the sums do not depend on the order of the records or the threads. It
 * learns from them (train/trainer.h), or writes them for another run (train/word_counts.h). Words that do not fit into
 * memory are sorted in files (run/sort.h). */
#include "quern.h"
#include "run/sort.h"
#include "tokenizer/text/draft.h"
#include "tokenizer/text/normalizer.h"
#include "tokenizer/text/pretokenizer.h"
#include "train/trainer.h"
#include "train/unigram_trainer.h"
#include "train/word_counts.h"
#include "train/writer.h"

enum train_case { CASE_OF_TYPE, CASE_LOWER, CASE_KEEP };
enum train_format { FORMAT_TOKENIZER, FORMAT_VOCAB, FORMAT_MERGES };

enum train_cut { CUT_OF_TYPE, CUT_GPT2, CUT_BERT, CUT_WHITESPACE };

struct train_options {
    int type, letter_case, cut, format;
    bool from_counts;
    int64_t vocab_size, min_count, limit_alphabet;
    int64_t max_words, max_memory;
    struct words special;
    const char *field;
};

static const char *const types[] = {
    [TRAINER_BPE] = "bpe", [TRAINER_WORDPIECE] = "wordpiece", [TRAINER_UNIGRAM] = "unigram", NULL};
static const char *const cases[] = {[CASE_OF_TYPE] = "type", [CASE_LOWER] = "lower", [CASE_KEEP] = "keep", NULL};
static const char *const formats[] = {
    [FORMAT_TOKENIZER] = "tokenizer", [FORMAT_VOCAB] = "vocab", [FORMAT_MERGES] = "merges", NULL};

static const char *const cuts[] = {
    [CUT_OF_TYPE] = "type", [CUT_GPT2] = "gpt2", [CUT_BERT] = "bert", [CUT_WHITESPACE] = "whitespace", NULL};

enum { MOST_IDS = 1 << 28 };

/* Options that several verbs have. */
#define OPTION_TYPE(is_required)                                                                                       \
    {                                                                                                                  \
        "type", 't', OPT_CHOICE, OPT_AT(struct train_options, type), .value = "TYPE", .choices = types,                \
                                                                     .required = (is_required),                        \
                                                                     .help = "byte-level BPE, WordPiece as BERT uses " \
                                                                             "it, or a unigram model as in "           \
                                                                             "SentencePiece"                           \
    }
#define OPTION_MAX_WORDS                                                                                               \
    {                                                                                                                  \
        "max-words", 0, OPT_INT, OPT_AT(struct train_options, max_words),                                              \
            .value = "N", .fallback = "0", .min = 0, .max = MOST_IDS,                                                  \
            .help = "keep only the N most frequent words; 0: all of them"                                              \
    }
#define OPTION_MAX_MEMORY                                                                                              \
    {                                                                                                                  \
        "max-memory", 0, OPT_SIZE, OPT_AT(struct train_options, max_memory),                                           \
            .value = "SIZE", .fallback = "1G", .min = 1 << 20, .max = INT64_MAX,                                       \
            .help = "memory for counting before words go to temporary files"                                           \
    }
#define OPTION_CASE                                                                                                    \
    {                                                                                                                  \
        "case", 0, OPT_CHOICE, OPT_AT(struct train_options, letter_case),                                              \
            .value = "CASE", .fallback = "type", .choices = cases, .when = "type=wordpiece",                           \
            .help = "type, lower: lower case without accents; keep: unchanged, as the other types do"                  \
    }
#define OPTION_CUT                                                                                                     \
    {                                                                                                                  \
        "pre-tokenizer", 0, OPT_CHOICE, OPT_AT(struct train_options, cut),                                             \
            .value = "KIND", .fallback = "type", .choices = cuts, .when = "type=bpe|wordpiece",                        \
            .help = "how to cut texts into words; type: as the model type does"                                        \
    }
#define OPTION_TEXT                                                                                                    \
    {                                                                                                                  \
        "field", 'f', OPT_TEXT, OPT_AT(struct train_options, field),                                                   \
            .value = "NAME", .fallback = "text", .when = "!from-counts", .help = "the member to work on"               \
    }

static const struct option options[] = {
    OPTION_TYPE(true),
    {"from-counts", 0, OPT_FLAG, OPT_AT(struct train_options, from_counts),
     .help = "read word counts, as written by count and merge"},
    {"vocab-size", 0, OPT_INT, OPT_AT(struct train_options, vocab_size), .value = "N", .fallback = "30000", .min = 1,
     .max = MOST_IDS, .help = "stop at this many ids, including special tokens and alphabet"},
    {"min-count", 0, OPT_INT, OPT_AT(struct train_options, min_count), .value = "N", .fallback = "2", .min = 1,
     .max = INT64_MAX, .when = "type=bpe|wordpiece", .help = "stop when no pair of pieces occurs this often"},
    OPTION_MAX_WORDS,
    OPTION_MAX_MEMORY,
    {"special", 0, OPT_WORDS, OPT_AT(struct train_options, special), .value = "LIST",
     .help = "special tokens, ids from 0, or none; default: those of RoBERTa, BERT or ALBERT"},
    OPTION_CASE,
    OPTION_CUT,
    {"limit-alphabet", 0, OPT_INT, OPT_AT(struct train_options, limit_alphabet), .value = "N", .fallback = "1000",
     .min = 1, .max = MOST_IDS, .when = "type=wordpiece|unigram", .help = "keep the N most frequent characters"},
    {"format", 0, OPT_CHOICE, OPT_AT(struct train_options, format), .value = "FORMAT", .fallback = "tokenizer",
     .choices = formats, .help = "write tokenizer.json, the vocabulary (vocab.txt, vocab.json) or merges.txt"},
    OPTION_TEXT,
    {0},
};

static const struct option count_options[] = {
    OPTION_TYPE(true), OPTION_MAX_MEMORY, OPTION_CASE, OPTION_CUT, OPTION_FIELD(struct train_options, field), {0},
};

static const struct option merge_options[] = {
    OPTION_TYPE(false), /* to know how words are spelled */
    OPTION_MAX_WORDS,
    OPTION_MAX_MEMORY,
    {0},
};

static const char *const reads[] = {"text", "word", "count", NULL};

enum { COUNT_WORDS, COUNT_DIFFERENT, COUNT_PRUNED, COUNT_PIECES, COUNT_MERGES };
static const char *const counters[] = {[COUNT_WORDS] = "words",         [COUNT_DIFFERENT] = "different_words",
                                       [COUNT_PRUNED] = "pruned_words", [COUNT_PIECES] = "pieces",
                                       [COUNT_MERGES] = "merges",       NULL};

/* RoBERTa's, BERT's and ALBERT's, in the order of their ids. */
static const char *const custom_special[][6] = {
    [TRAINER_BPE] = {"<s>", "<pad>", "</s>", "<unk>", "<mask>", NULL},
    [TRAINER_WORDPIECE] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", NULL},
    [TRAINER_UNIGRAM] = {"<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", NULL},
};

enum verb { VERB_LEARN, VERB_COUNT, VERB_MERGE };

struct train {
    const struct train_options *options;
    enum verb verb;
    enum trainer_type type;
    enum word_spelling spelling;
    uint8_t rank[256]; /* of bytes, by their spelling */
    struct sort_bounds bounds;
    enum writer_cut cut;
    VEC(struct slice) special;
    struct normalizer normalizer;
    struct pretokenizer pretokenizer;
    VEC(struct sort *) sorts; /* the words of the threads that have finished */

    /* count and merge: what is written */
    struct sorted *sums;
    uint64_t letters;
};

struct train_thread {
    const struct train *train;
    struct draft draft;
    struct normalizer_thread normalizer;
    struct pretokenizer_thread pretokenizer;
    struct sort *words; /* and their counts; NULL once it has been handed over */
    bool failed;        /* no more words can be counted; diag_message says why */
};

/* ---- open ---- */

static bool has_special(const struct train *train, struct slice token)
{
    for (size_t i = 0; i < train->special.len; i++)
        if (slice_equal(train->special.items[i], token))
            return true;
    return false;
}

static int add_special(struct train *train, const char *token)
{
    struct slice text = slice_of(token);
    if (!text_is_utf8(text))
        return diag_error("--special: a token is not UTF-8");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20)
            return diag_error("--special: a token contains a control character");
    if (has_special(train, text))
        return diag_error("--special: %s is given twice", token);
    vec_push(&train->special, text);
    return 0;
}

static int add_specials(struct train *train)
{
    const struct words *given = &train->options->special;
    if (given->len == 1 && slice_is(slice_of(given->items[0]), "none"))
        return 0;
    if (given->len == 0)
        for (const char *const *custom = custom_special[train->type]; *custom != NULL; custom++)
            (void)add_special(train, *custom);
    for (size_t i = 0; i < given->len; i++)
        if (add_special(train, given->items[i]) != 0)
            return -1;
    return 0;
}

static bool lowers_case(const struct train *train)
{
    return train->options->letter_case != CASE_KEEP;
}

static int check_options(const struct train *train)
{
    const struct train_options *chosen = train->options;
    if (train->type == TRAINER_BPE) {
        size_t least = 256 + train->special.len;
        if ((size_t)train->options->vocab_size < least)
            return diag_error("--vocab-size: %zu is too small: 256 bytes and %zu special tokens need %zu",
                              (size_t)train->options->vocab_size, train->special.len, least);
        return 0;
    }
    if (chosen->format == FORMAT_MERGES)
        return diag_error("--format merges needs --type bpe: other vocabularies have no merges");
    if (train->type == TRAINER_UNIGRAM && !has_special(train, SLICE("<unk>")))
        return diag_error("--special: a unigram model needs <unk> for characters that it doesn't know");
    if (train->type == TRAINER_WORDPIECE && !has_special(train, SLICE("[UNK]")))
        return diag_error("--special: WordPiece needs [UNK] for words that it can't cut");
    return 0;
}

static int add_cut(struct train *train)
{
    static const enum pretokenizer_kind kinds[] = {[WRITER_GPT2] = PRETOKENIZE_GPT2,
                                                   [WRITER_BERT] = PRETOKENIZE_BERT,
                                                   [WRITER_WHITESPACE] = PRETOKENIZE_WHITESPACE,
                                                   [WRITER_METASPACE] = PRETOKENIZE_METASPACE};
    struct pretokenizer_step step = {.kind = kinds[train->cut], .behavior = DELIMITER_REMOVED};
    if (train->cut == WRITER_METASPACE)
        step.metaspace = (struct metaspace){.mark = SLICE(WRITER_BLANK), .prepend = METASPACE_ALWAYS, .split = true};
    return pretokenizer_add(&train->pretokenizer, step);
}

static int add_normalizers(struct train *train)
{
    bool lower = lowers_case(train);
    if (train->type == TRAINER_WORDPIECE)
        return normalizer_add_bert(&train->normalizer, true, true, lower, lower);
    if (train->type == TRAINER_BPE)
        return 0;
    struct rewriting blanks = {.kind = REWRITE_REPLACE, .content = SLICE(" "), .needle = SLICE("  ")};
    if (normalizer_add(&train->normalizer, NORMALIZE_NMT) != 0 ||
        normalizer_add(&train->normalizer, NORMALIZE_NFKC) != 0 ||
        (blanks.pattern = pattern_new(SLICE(WRITER_BLANKS))) == NULL)
        return -1;
    return normalizer_add_rewriting(&train->normalizer, blanks);
}

/* How the learned tokenizer will cut a text, as the writer describes it. */
static int set_pipeline(struct train *train)
{
    static const enum writer_cut of_type[] = {
        [TRAINER_BPE] = WRITER_GPT2, [TRAINER_WORDPIECE] = WRITER_BERT, [TRAINER_UNIGRAM] = WRITER_METASPACE};
    static const enum writer_cut named[] = {
        [CUT_GPT2] = WRITER_GPT2, [CUT_BERT] = WRITER_BERT, [CUT_WHITESPACE] = WRITER_WHITESPACE};
    enum train_cut cut = (enum train_cut)train->options->cut;
    train->cut = cut == CUT_OF_TYPE ? of_type[train->type] : named[cut];
    if (train->cut == WRITER_GPT2 && train->type != TRAINER_BPE)
        return diag_error("--pre-tokenizer gpt2 needs --type bpe: its words begin with spaces");
    train->pretokenizer.byte_level = train->type == TRAINER_BPE;
    if (add_normalizers(train) != 0)
        return -1;
    return add_cut(train);
}

static int set_up(struct train *train, const struct stage_context *context)
{
    const struct train_options *chosen = train->options;
    train->type = (enum trainer_type)chosen->type;
    bool bytes = opt_given(context, "type") && train->type == TRAINER_BPE;
    train->spelling = bytes ? WORDS_AS_BYTES : WORDS_AS_TEXT;
    word_counts_rank(train->spelling, train->rank);
    train->bounds = (struct sort_bounds){.max_memory = (uint64_t)chosen->max_memory,
                                         .temp_dir = context->temp_dir,
                                         .rank = train->rank,
                                         .combine = word_counts_sum};
    if (train->verb == VERB_MERGE)
        return 0;
    if (train->verb == VERB_LEARN && (add_specials(train) != 0 || check_options(train) != 0))
        return -1;
    return set_pipeline(train);
}

static void train_close(void *shared);

static int open_verb(const struct stage_context *context, enum verb verb, void **shared)
{
    struct train *train = mem_zalloc(1, sizeof *train);
    train->options = context->options;
    train->verb = verb;
    if (set_up(train, context) != 0) {
        train_close(train);
        return -1;
    }
    normalizer_ready(&train->normalizer);
    *shared = train;
    return 0;
}

static int train_open(struct stage_context *context, void **shared)
{
    return open_verb(context, VERB_LEARN, shared);
}

static int count_open(struct stage_context *context, void **shared)
{
    return open_verb(context, VERB_COUNT, shared);
}

static int merge_open(struct stage_context *context, void **shared)
{
    return open_verb(context, VERB_MERGE, shared);
}

static int train_thread_open(void *shared, void **thread)
{
    struct train *train = shared;
    struct train_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->train = train;
    mine->words = sort_new(&train->bounds);
    train->bounds.threads++;
    *thread = mine;
    return 0;
}

/* ---- records ---- */

/* A failed write is not the record's fault. */
static void count_word(struct train_thread *mine, struct slice word, uint64_t count)
{
    if (!mine->failed)
        mine->failed = sort_put(mine->words, word, (struct slice){(const char *)&count, sizeof count}) != 0;
}

static int text_record(void *state, const struct record *in, struct sink *out)
{
    struct train_thread *mine = state;
    const struct train *train = mine->train;
    struct slice text;
    if (rec_text(in, slice_of(train->options->field), sink_arena(out), &text) != 0)
        return -1;
    draft_start(&mine->draft, text, false);
    if (normalizer_apply(&train->normalizer, &mine->normalizer, &mine->draft) != 0 ||
        pretokenizer_apply(&train->pretokenizer, &mine->pretokenizer, &mine->draft) != 0)
        return -1;
    for (size_t i = 0; i < mine->draft.pieces.len; i++) {
        struct piece piece = mine->draft.pieces.items[i];
        struct slice word = {mine->draft.text + piece.start, piece.end - piece.start};
        count_word(mine, word, 1);
    }
    sink_count(out, COUNT_WORDS, mine->draft.pieces.len);
    return 0;
}

static int count_record(void *state, const struct record *in, struct sink *out)
{
    struct train_thread *mine = state;
    struct slice word;
    uint64_t count;
    if (word_counts_read(in, mine->train->spelling, sink_arena(out), &word, &count) != 0)
        return -1;
    count_word(mine, word, count);
    sink_count(out, COUNT_WORDS, count);
    return 0;
}

static int train_record(void *state, const struct record *in, struct sink *out)
{
    const struct train_thread *mine = state;
    const struct train *train = mine->train;
    if (mine->failed)
        return 0;
    bool counts = train->verb == VERB_MERGE || train->options->from_counts;
    return (counts ? count_record : text_record)(state, in, out);
}

static int train_records(void *thread, const struct batch *in, struct sink *out)
{
    const struct train_thread *mine = thread;
    return sink_each(out, in, train_record, thread) != 0 || mine->failed ? -1 : 0;
}

static int train_merge(void *shared, void *thread)
{
    struct train *train = shared;
    struct train_thread *mine = thread;
    vec_push(&train->sorts, mine->words);
    mine->words = NULL;
    return 0;
}

/* ---- end ---- */

static void free_sorts(struct train *train)
{
    for (size_t i = 0; i < train->sorts.len; i++)
        sort_free(train->sorts.items[i]);
    train->sorts.len = 0;
}

/* Called when everything is counted: the words to learn from, or the most frequent ones to write. */
static int finish_words(struct train *train, struct map **words, struct sink *out)
{
    uint64_t different, letters = 0;
    int status = word_counts_table(train->sorts.items, train->sorts.len, train->spelling,
                                   (size_t)train->options->max_words, words, &different);
    free_sorts(train);
    if (status != 0)
        return -1;
    for (size_t i = 0; i < map_len(*words); i++)
        if (word_counts_check(&letters, map_at(*words, i)->key, map_at(*words, i)->value) != 0)
            return -1;
    uint64_t pruned = different - map_len(*words);
    sink_count(out, COUNT_DIFFERENT, different);
    sink_count(out, COUNT_PRUNED, pruned);
    if (pruned > 0)
        diag_note("--max-words: dropped the %llu rarest of %llu distinct words", (unsigned long long)pruned,
                  (unsigned long long)different);
    return 0;
}

/* With --max-words, the most frequent words are sorted again before they are written. */
static int sort_frequent(struct train *train, struct sink *out)
{
    struct map *words = NULL;
    int status = finish_words(train, &words, out);
    struct sort *frequent = sort_new(&train->bounds);
    vec_push(&train->sorts, frequent);
    for (size_t i = 0; status == 0 && i < map_len(words); i++) {
        const struct map_entry *entry = map_at(words, i);
        status = sort_put(frequent, entry->key, (struct slice){(const char *)&entry->value, sizeof entry->value});
    }
    map_free(words);
    return status;
}

enum { COUNTS_AT_ONCE = 1024 };

static int write_counts(struct train *train, struct sink *out)
{
    struct slice word, sum;
    uint64_t count;
    if (train->sums == NULL) {
        if (train->options->max_words > 0 && sort_frequent(train, out) != 0)
            return -1;
        train->sums = sort_all(train->sorts.items, train->sorts.len);
    }
    for (int i = 0; i < COUNTS_AT_ONCE; i++) {
        int more = sorted_next(train->sums, &word, &sum);
        if (more != 1)
            return more;
        memcpy(&count, sum.ptr, sizeof count);
        if (train->options->max_words == 0)
            sink_count(out, COUNT_DIFFERENT, 1);
        if (word_counts_check(&train->letters, word, count) != 0 ||
            sink_emit(out, word_counts_record(word, count, train->spelling, sink_arena(out))) != 0)
            return -1;
    }
    return 1;
}

static int show(const struct train *train, const struct trained *trained, struct sink *out)
{
    struct bytes text = {0};
    if (train->options->format == FORMAT_TOKENIZER)
        writer_tokenizer(trained, train->cut, lowers_case(train), &text);
    else if (train->options->format == FORMAT_VOCAB)
        writer_vocab(trained, &text);
    else
        writer_merges(trained, &text);
    struct slice shown = arena_copy(sink_arena(out), bytes_slice(&text));
    vec_free(&text);
    return sink_emit(out, rec_show(sink_arena(out), shown));
}

static void note_size(const struct train *train, const struct trained *trained)
{
    size_t len = map_len(trained->vocabulary);
    if (len < (size_t)train->options->vocab_size && train->type == TRAINER_UNIGRAM)
        diag_note("only %zu of %zu ids: no other piece is worth an id", len, (size_t)train->options->vocab_size);
    else if (len < (size_t)train->options->vocab_size)
        diag_note("only %zu of %zu ids: no remaining pair of pieces occurs %llu times", len,
                  (size_t)train->options->vocab_size, (unsigned long long)train->options->min_count);
}

static int learn(struct train *train, struct sink *out)
{
    const struct trainer_options given = {
        .type = train->type,
        .vocab_size = (size_t)train->options->vocab_size,
        .min_count = (uint64_t)train->options->min_count,
        .limit_alphabet = (size_t)train->options->limit_alphabet,
        .special = train->special.items,
        .special_count = train->special.len,
    };
    struct trained trained = {.type = given.type};
    struct map *words = NULL;
    int status = finish_words(train, &words, out);
    if (status == 0)
        status = (given.type == TRAINER_UNIGRAM ? unigram_trainer_learn : trainer_learn)(words, &given, &trained);
    map_free(words);
    if (status != 0)
        return -1;
    sink_count(out, COUNT_PIECES, map_len(trained.vocabulary));
    sink_count(out, COUNT_MERGES, trained.merges.len);
    note_size(train, &trained);
    status = show(train, &trained, out);
    trainer_release(&trained);
    return status;
}

static int train_end(void *shared, struct sink *out)
{
    struct train *train = shared;
    return train->verb == VERB_LEARN ? learn(train, out) : write_counts(train, out);
}

/* ---- close ---- */

static void train_thread_close(void *thread)
{
    struct train_thread *mine = thread;
    draft_free(&mine->draft);
    normalizer_thread_free(&mine->normalizer);
    pretokenizer_thread_free(&mine->pretokenizer);
    sort_free(mine->words);
    mem_free(mine);
}

static void train_close(void *shared)
{
    struct train *train = shared;
    vec_free(&train->special);
    normalizer_free(&train->normalizer);
    pretokenizer_free(&train->pretokenizer);
    sorted_free(train->sums);
    free_sorts(train);
    vec_free(&train->sorts);
    mem_free(train);
}

static const char *const count_reads[] = {"text", NULL};
static const char *const merge_reads[] = {"word", "count", NULL};
static const char *const count_writes[] = {"word", "count", NULL};

static const struct stage train_count = {
    .name = "train count",
    .summary = "count the words, and write the counts as records",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'hug pug' 'hug' | quern train count -t wordpiece\n"
               "{\"word\":\"hug\",\"count\":2}\n"
               "{\"word\":\"pug\",\"count\":1}",
    .class = STAGE_WHOLE,
    .options = count_options,
    .options_size = sizeof(struct train_options),
    .reads = count_reads,
    .writes = count_writes,
    .counters = counters,
    .open = count_open,
    .close = train_close,
    .thread_open = train_thread_open,
    .thread_close = train_thread_close,
    .records = train_records,
    .merge = train_merge,
    .end = train_end,
};

static const struct stage train_merge_counts = {
    .name = "train merge",
    .summary = "add up the counts of several runs, as records",
    .example = "$ printf '{\"word\":\"hug\",\"count\":%s}\\n' 2 3 | quern train merge\n"
               "{\"word\":\"hug\",\"count\":5}",
    .class = STAGE_WHOLE,
    .options = merge_options,
    .options_size = sizeof(struct train_options),
    .reads = merge_reads,
    .writes = count_writes,
    .counters = counters,
    .open = merge_open,
    .close = train_close,
    .thread_open = train_thread_open,
    .thread_close = train_thread_close,
    .records = train_records,
    .merge = train_merge,
    .end = train_end,
};

static const struct stage *const verbs[] = {&train_count, &train_merge_counts, NULL};

const struct stage stage_train = {
    .name = "train",
    .summary = "learn the vocabulary of a tokenizer",
    .example = "$ printf '{\"text\":\"%s\"}\\n' 'hug pug' 'hugs pun' |\n"
               "    quern train -t wordpiece --special '[UNK]' --vocab-size 14 \\\n"
               "        --format vocab | paste -s -d ' '\n"
               "[UNK] ##g ##n ##s ##u g h n p s u ##ug hug",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct train_options),
    .verbs = verbs,
    .reads = reads,
    .counters = counters,
    .open = train_open,
    .close = train_close,
    .thread_open = train_thread_open,
    .thread_close = train_thread_close,
    .records = train_records,
    .merge = train_merge,
    .end = train_end,
};
