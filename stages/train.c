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
#include "train/cutter.h"
#include "train/notes.h"
#include "train/unigram_trainer.h"
#include "train/word_counts.h"
#include "train/writer.h"

static const char *const reads[] = {"text", "word", "count", NULL};

enum {
    COUNT_WORDS,
    COUNT_DIFFERENT,
    COUNT_PRUNED,
    COUNT_PIECES,
    COUNT_MERGES,
    COUNT_CHARACTERS,
    COUNT_COVERED,
    COUNT_DIFFERENT_CHARACTERS,
    COUNT_KEPT_CHARACTERS,
    COUNT_UNKNOWN_WORDS
};
static const char *const counters[] = {[COUNT_WORDS] = "words",
                                       [COUNT_DIFFERENT] = "different_words",
                                       [COUNT_PRUNED] = "pruned_words",
                                       [COUNT_PIECES] = "pieces",
                                       [COUNT_MERGES] = "merges",
                                       [COUNT_CHARACTERS] = "characters",
                                       [COUNT_COVERED] = "covered_characters",
                                       [COUNT_DIFFERENT_CHARACTERS] = "different_characters",
                                       [COUNT_KEPT_CHARACTERS] = "kept_characters",
                                       [COUNT_UNKNOWN_WORDS] = "unknown_words",
                                       NULL};

enum verb { VERB_LEARN, VERB_COUNT, VERB_MERGE };

struct train {
    const struct train_options *options;
    enum verb verb;
    enum word_spelling spelling;
    uint8_t rank[256]; /* of bytes, by their spelling */
    struct sort_bounds bounds;
    struct recipe recipe;
    struct tokenizer *cutter;
    struct trainer_options trainer;
    bool to_folder;           /* the tokenizer.json gets a tokenizer_config.json beside it */
    unsigned config;          /* the number of that output */
    VEC(struct sort *) sorts; /* the words of the threads that have finished */

    /* count and merge: what is written */
    struct sorted *sums;
    uint64_t letters;
};

struct train_thread {
    const struct train *train;
    struct cutter_thread cutter;
    struct sort *words; /* and their counts; NULL once it has been handed over */
    bool failed;        /* no more words can be counted; diag_message says why */
};

/* ---- open ---- */

static int check_options(const struct train *train)
{
    const struct train_options *chosen = train->options;
    const struct recipe *recipe = &train->recipe;
    size_t given = recipe->reserved.len;
    if (recipe->bytes && (size_t)chosen->vocab_size < 256 + given)
        return diag_error("--vocab-size: %zu is too small: 256 bytes and %zu special tokens need %zu",
                          (size_t)chosen->vocab_size, given, 256 + given);
    if (chosen->format == FORMAT_MERGES && recipe->type != TRAINER_BPE)
        return diag_error("--format merges needs --type bpe: other vocabularies have no merges");
    if (recipe->type == TRAINER_UNIGRAM && chosen->max_piece > UNIGRAM_LONGEST_PIECE)
        return diag_error("--max-piece-length: at most %d with --type unigram, found %lld", UNIGRAM_LONGEST_PIECE,
                          (long long)chosen->max_piece);
    if (chosen->alphabet != NULL && !text_is_utf8(slice_of(chosen->alphabet)))
        return diag_error("--alphabet: expected UTF-8");
    return 0;
}

/* By default no small alphabet loses a character: rare ones like digits in a novel are not worth less than 0.05 % of
 * it. A limit without a share means: this many, whatever they cover. */
static struct alphabet_choice choose_alphabet(const struct train_options *chosen, const struct stage_context *context)
{
    enum { SMALL_ALPHABET = 1000 };
    bool limited = opt_given(context, "limit-alphabet"), shared = opt_given(context, "character-coverage");
    return (struct alphabet_choice){.coverage = limited && !shared ? (struct decimal){1, 0} : chosen->coverage,
                                    .least = limited || shared ? 0 : SMALL_ALPHABET,
                                    .limit = (size_t)chosen->limit_alphabet,
                                    .required = slice_of(chosen->alphabet != NULL ? chosen->alphabet : "")};
}

static int set_trainer(struct train *train, const struct stage_context *context)
{
    const struct train_options *chosen = train->options;
    if (check_options(train) != 0)
        return -1;
    train->trainer = (struct trainer_options){
        .type = train->recipe.type,
        .bytes = train->recipe.bytes,
        .vocab_size = (size_t)chosen->vocab_size,
        .min_count = (uint64_t)chosen->min_count,
        .max_piece = (size_t)chosen->max_piece,
        .alphabet = choose_alphabet(chosen, context),
        .reserved = train->recipe.reserved.items,
        .reserved_count = train->recipe.reserved.len,
    };
    return 0;
}

/* -o DIR/ */
static int use_folder(struct train *train, struct stage_context *context)
{
    static const char name[] = "/tokenizer_config.json";
    struct bytes path = {0};
    if (train->options->format != FORMAT_TOKENIZER)
        return diag_error("--output %s: a folder gets a tokenizer.json: --format %s needs the name of a file",
                          context->folder, train->options->format == FORMAT_VOCAB ? "vocab" : "merges");
    bytes_append(&path, context->folder, strlen(context->folder));
    bytes_append(&path, name, sizeof name);
    train->config = chain_output(context, path.items);
    train->to_folder = true;
    vec_free(&path);
    return 0;
}

static int set_up(struct train *train, struct stage_context *context)
{
    const struct train_options *chosen = train->options;
    bool bytes = opt_given(context, "type") && chosen->type == TRAINER_BPE && chosen->letters == LETTERS_BYTES;
    train->spelling = bytes ? WORDS_AS_BYTES : WORDS_AS_TEXT;
    word_counts_rank(train->spelling, train->rank);
    train->bounds = (struct sort_bounds){.max_memory = (uint64_t)chosen->max_memory,
                                         .temp_dir = context->temp_dir,
                                         .rank = train->rank,
                                         .combine = word_counts_sum};
    if (train->verb == VERB_MERGE)
        return 0;
    if (recipe_make(&train->recipe, chosen) != 0 || (train->verb == VERB_LEARN && set_trainer(train, context) != 0))
        return -1;
    train->cutter = cutter_new(&train->recipe);
    if (train->cutter == NULL)
        return chosen->pattern != NULL ? diag_within("--pattern: %s", diag_message()) : -1;
    return train->verb == VERB_LEARN && context->folder != NULL ? use_folder(train, context) : 0;
}

static void train_close(void *shared);

static int open_verb(struct stage_context *context, enum verb verb, void **shared)
{
    struct train *train = mem_zalloc(1, sizeof *train);
    train->options = context->options;
    train->verb = verb;
    if (set_up(train, context) != 0) {
        train_close(train);
        return -1;
    }
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
    if (cutter_cut(train->cutter, &mine->cutter, text) != 0)
        return -1;
    const struct draft *draft = &mine->cutter.draft;
    uint64_t words = 0;
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        if (piece.id != PIECE_TEXT)
            continue;
        count_word(mine, (struct slice){draft->text + piece.start, piece.end - piece.start}, 1);
        words++;
    }
    sink_count(out, COUNT_WORDS, words);
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

static int show_config(const struct train *train, struct sink *out)
{
    struct bytes text = {0};
    writer_config(&train->recipe, &text);
    struct slice shown = arena_copy(sink_arena(out), bytes_slice(&text));
    vec_free(&text);
    return sink_emit_to(out, train->config, rec_show(sink_arena(out), shown));
}

static int show(const struct train *train, const struct trained *trained, struct sink *out)
{
    struct bytes text = {0};
    if (train->to_folder && show_config(train, out) != 0)
        return -1;
    if (train->options->format == FORMAT_TOKENIZER)
        writer_tokenizer(&train->recipe, trained, &text);
    else if (train->options->format == FORMAT_VOCAB)
        writer_vocab(trained, &text);
    else
        writer_merges(trained, &text);
    struct slice shown = arena_copy(sink_arena(out), bytes_slice(&text));
    vec_free(&text);
    return sink_emit(out, rec_show(sink_arena(out), shown));
}

static void note_format(const struct train *train)
{
    if (train->options->format != FORMAT_TOKENIZER && !recipe_is_usual(&train->recipe))
        diag_note("this file does not say how texts are cut into words, which is not as its readers assume: write a "
                  "tokenizer.json (--format tokenizer)");
}

static void count_trained(const struct trained *trained, struct sink *out)
{
    const struct coverage *coverage = &trained->coverage;
    sink_count(out, COUNT_PIECES, map_len(trained->vocabulary));
    sink_count(out, COUNT_MERGES, trained->merges.len);
    sink_count(out, COUNT_CHARACTERS, coverage->occurrences);
    sink_count(out, COUNT_COVERED, coverage->covered);
    sink_count(out, COUNT_DIFFERENT_CHARACTERS, coverage->different);
    sink_count(out, COUNT_KEPT_CHARACTERS, coverage->kept);
    sink_count(out, COUNT_UNKNOWN_WORDS, trained->unknown_words);
}

static int learn(struct train *train, struct sink *out)
{
    struct trained trained;
    struct map *words = NULL;
    trainer_start(&trained, &train->trainer);
    int status = finish_words(train, &words, out);
    if (status == 0)
        status = (train->trainer.type == TRAINER_UNIGRAM ? unigram_trainer_learn
                                                         : trainer_learn)(words, &train->trainer, &trained);
    map_free(words);
    if (status == 0) {
        count_trained(&trained, out);
        notes_trained(&trained, &train->trainer);
        status = writer_check_lines(&trained, (enum train_format)train->options->format);
    }
    if (status == 0) {
        note_format(train);
        status = show(train, &trained, out);
    }
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
    cutter_thread_free(&mine->cutter);
    sort_free(mine->words);
    mem_free(mine);
}

static void train_close(void *shared)
{
    struct train *train = shared;
    recipe_free(&train->recipe);
    tokenizer_free(train->cutter);
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
    .options = train_count_options,
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
    .options = train_merge_options,
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
    .folder_file = "tokenizer.json",
    .options = train_options,
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
