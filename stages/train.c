/* train - learns the vocabulary of a tokenizer from a stream.
 *
 *     quern train --type bpe|wordpiece [--vocab-size N] [--min-count N] [--special LIST] [--format FORMAT] [FILE …]
 *
 *     $ printf '%s\n' '{"text":"hug pug"}' '{"text":"hugs pun"}' > texts.jsonl
 *     $ quern train --type wordpiece --special '[UNK]' --vocab-size 14 --format vocab texts.jsonl | paste -s -d ' '
 *     [UNK] ##g ##n ##s ##u g h n p s u ##ug hug
 *
 * Each thread counts the words of its records, cut by the same normalizer and pre-tokenizer that will cut them for
 * the tokenizer that comes out. The tables add up in `merge`; `end` learns from their sum (tokenizer/trainer.h), in
 * which neither the order of the records nor that of the threads can be seen. */
#include "quern.h"
#include "tokenizer/draft.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/pretokenizer.h"
#include "tokenizer/trainer.h"
#include "tokenizer/writer.h"

enum train_case { CASE_LOWER, CASE_KEEP };
enum train_format { FORMAT_TOKENIZER, FORMAT_VOCAB, FORMAT_MERGES };

struct train_options {
    int type, letter_case, format;
    int64_t vocab_size, min_count, limit_alphabet;
    struct words special;
    const char *field;
};

static const char *const types[] = {[TRAINER_BPE] = "bpe", [TRAINER_WORDPIECE] = "wordpiece", NULL};
static const char *const cases[] = {[CASE_LOWER] = "lower", [CASE_KEEP] = "keep", NULL};
static const char *const formats[] = {
    [FORMAT_TOKENIZER] = "tokenizer", [FORMAT_VOCAB] = "vocab", [FORMAT_MERGES] = "merges", NULL};

enum { MOST_IDS = 1 << 28 };

static const struct option options[] = {
    {"type", 't', OPT_CHOICE, OPT_AT(struct train_options, type), .value = "TYPE", .choices = types, .required = true,
     .help = "byte-level BPE, or WordPiece as BERT uses it"},
    {"vocab-size", 0, OPT_INT, OPT_AT(struct train_options, vocab_size), .value = "N", .fallback = "30000", .min = 1,
     .max = MOST_IDS, .help = "stop at so many ids, special tokens and alphabet included"},
    {"min-count", 0, OPT_INT, OPT_AT(struct train_options, min_count), .value = "N", .fallback = "2", .min = 1,
     .max = INT64_MAX, .help = "stop where no pair of pieces occurs so often"},
    {"special", 0, OPT_WORDS, OPT_AT(struct train_options, special), .value = "LIST",
     .help = "the special tokens, ids from 0, or none; without it those of BERT or RoBERTa"},
    {"case", 0, OPT_CHOICE, OPT_AT(struct train_options, letter_case), .value = "CASE", .fallback = "lower",
     .choices = cases, .help = "wordpiece: lower case without accents, or as it is; bpe keeps the case"},
    {"limit-alphabet", 0, OPT_INT, OPT_AT(struct train_options, limit_alphabet), .value = "N", .fallback = "1000",
     .min = 1, .max = MOST_IDS, .help = "wordpiece: keep the N most frequent characters"},
    {"format", 0, OPT_CHOICE, OPT_AT(struct train_options, format), .value = "FORMAT", .fallback = "tokenizer",
     .choices = formats, .help = "write tokenizer.json, the vocabulary (vocab.txt, vocab.json) or merges.txt"},
    OPTION_FIELD(struct train_options, field),
    {0},
};

static const char *const reads[] = {"text", NULL};

enum { COUNT_WORDS, COUNT_DIFFERENT, COUNT_PIECES, COUNT_MERGES };
static const char *const counters[] = {[COUNT_WORDS] = "words",
                                       [COUNT_DIFFERENT] = "different_words",
                                       [COUNT_PIECES] = "pieces",
                                       [COUNT_MERGES] = "merges",
                                       NULL};

/* RoBERTa's and BERT's, in the order of their ids. */
static const char *const bpe_special[] = {"<s>", "<pad>", "</s>", "<unk>", "<mask>", NULL};
static const char *const wordpiece_special[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", NULL};

struct train {
    const struct train_options *options;
    VEC(struct slice) special;
    struct normalizer normalizer;
    struct pretokenizer pretokenizer;
    struct map *words; /* the words of all threads -> how often they occur */
};

struct train_thread {
    const struct train *train;
    struct draft draft;
    struct normalizer_thread normalizer;
    struct pretokenizer_thread pretokenizer;
    struct map *words;
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
            return diag_error("--special: a token with a control character");
    if (has_special(train, text))
        return diag_error("--special: %s stands there twice", token);
    vec_push(&train->special, text);
    return 0;
}

static int add_specials(struct train *train)
{
    const struct words *given = &train->options->special;
    if (given->len == 1 && slice_is(slice_of(given->items[0]), "none"))
        return 0;
    const char *const *custom = train->options->type == TRAINER_BPE ? bpe_special : wordpiece_special;
    if (given->len == 0)
        for (; *custom != NULL; custom++)
            (void)add_special(train, *custom);
    for (size_t i = 0; i < given->len; i++)
        if (add_special(train, given->items[i]) != 0)
            return -1;
    return 0;
}

static int check_options(const struct train *train)
{
    const struct train_options *chosen = train->options;
    if (chosen->type == TRAINER_BPE) {
        int64_t least = 256 + (int64_t)train->special.len;
        if (chosen->vocab_size < least)
            return diag_error("--vocab-size: %lld is too small: 256 bytes and %zu special tokens need %lld",
                              (long long)chosen->vocab_size, train->special.len, (long long)least);
        return 0;
    }
    if (chosen->format == FORMAT_MERGES)
        return diag_error("--format merges: a WordPiece vocabulary has none");
    if (!has_special(train, SLICE("[UNK]")))
        return diag_error("--special: WordPiece needs [UNK], for words that can't be cut");
    return 0;
}

/* How the tokenizer that comes out will cut a text: what the writer says of it. */
static int set_pipeline(struct train *train)
{
    if (train->options->type == TRAINER_BPE) {
        train->pretokenizer.byte_level = true;
        return pretokenizer_add(&train->pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_GPT2});
    }
    bool lower = train->options->letter_case == CASE_LOWER;
    if (normalizer_add_bert(&train->normalizer, true, true, lower, lower) != 0)
        return -1;
    return pretokenizer_add(&train->pretokenizer, (struct pretokenizer_step){.kind = PRETOKENIZE_BERT});
}

static void train_close(void *shared);

static int train_open(struct stage_context *context, void **shared)
{
    struct train *train = mem_zalloc(1, sizeof *train);
    train->options = context->options;
    train->words = map_new();
    if (add_specials(train) != 0 || check_options(train) != 0 || set_pipeline(train) != 0) {
        train_close(train);
        return -1;
    }
    normalizer_ready(&train->normalizer);
    *shared = train;
    return 0;
}

static int train_thread_open(void *shared, void **thread)
{
    struct train_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->train = shared;
    mine->words = map_new();
    *thread = mine;
    return 0;
}

/* ---- records ---- */

static int train_record(void *state, const struct record *in, struct sink *out)
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
        ++*map_put(mine->words, (struct slice){mine->draft.text + piece.start, piece.end - piece.start});
    }
    sink_count(out, COUNT_WORDS, mine->draft.pieces.len);
    return 0;
}

static int train_records(void *thread, const struct batch *in, struct sink *out)
{
    return sink_each(out, in, train_record, thread);
}

static int train_merge(void *shared, void *thread)
{
    struct train *train = shared;
    struct train_thread *mine = thread;
    if (map_len(train->words) == 0) {
        struct map *empty = train->words;
        train->words = mine->words;
        mine->words = empty;
        return 0;
    }
    for (size_t i = 0; i < map_len(mine->words); i++)
        *map_put(train->words, map_at(mine->words, i)->key) += map_at(mine->words, i)->value;
    map_free(mine->words);
    mine->words = NULL;
    return 0;
}

/* ---- end ---- */

static int show(const struct train *train, const struct trained *trained, struct sink *out)
{
    struct bytes text = {0};
    if (train->options->format == FORMAT_TOKENIZER)
        writer_tokenizer(trained, train->options->letter_case == CASE_LOWER, &text);
    else if (train->options->format == FORMAT_VOCAB)
        writer_vocab(trained, &text);
    else
        writer_merges(trained, &text);
    struct slice shown = arena_copy(sink_arena(out), bytes_slice(&text));
    vec_free(&text);
    return sink_emit(out, rec_show(sink_arena(out), shown));
}

static int train_end(void *shared, struct sink *out)
{
    const struct train *train = shared;
    const struct train_options *chosen = train->options;
    const struct trainer_options given = {
        .type = (enum trainer_type)chosen->type,
        .vocab_size = (size_t)chosen->vocab_size,
        .min_count = (uint64_t)chosen->min_count,
        .limit_alphabet = (size_t)chosen->limit_alphabet,
        .special = train->special.items,
        .special_count = train->special.len,
    };
    struct trained trained;
    if (trainer_learn(train->words, &given, &trained) != 0)
        return -1;
    sink_count(out, COUNT_DIFFERENT, map_len(train->words));
    sink_count(out, COUNT_PIECES, map_len(trained.vocabulary));
    sink_count(out, COUNT_MERGES, trained.merges.len);
    if (map_len(trained.vocabulary) < given.vocab_size)
        diag_note("%zu of %zu ids: no pair of pieces occurs %llu times any more", map_len(trained.vocabulary),
                  given.vocab_size, (unsigned long long)given.min_count);
    int status = show(train, &trained, out);
    trainer_release(&trained);
    return status;
}

/* ---- close ---- */

static void train_thread_close(void *thread)
{
    struct train_thread *mine = thread;
    draft_free(&mine->draft);
    normalizer_thread_free(&mine->normalizer);
    pretokenizer_thread_free(&mine->pretokenizer);
    map_free(mine->words);
    mem_free(mine);
}

static void train_close(void *shared)
{
    struct train *train = shared;
    vec_free(&train->special);
    pretokenizer_free(&train->pretokenizer);
    map_free(train->words);
    mem_free(train);
}

const struct stage stage_train = {
    .name = "train",
    .summary = "learn the vocabulary of a tokenizer",
    .class = STAGE_SINK,
    .options = options,
    .options_size = sizeof(struct train_options),
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
