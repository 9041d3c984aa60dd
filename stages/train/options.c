/* options.c - see options.h. */
#include "options.h"

#include "trainer.h"

static const char *const types[] = {
    [TRAINER_BPE] = "bpe", [TRAINER_WORDPIECE] = "wordpiece", [TRAINER_UNIGRAM] = "unigram", NULL};
static const char *const letters[] = {[LETTERS_BYTES] = "bytes", [LETTERS_CHARACTERS] = "characters", NULL};
static const char *const cases[] = {[CASE_TYPE] = "type", [CASE_LOWER] = "lower", [CASE_KEEP] = "keep", NULL};
static const char *const accents[] = {
    [ACCENTS_TYPE] = "type", [ACCENTS_STRIP] = "strip", [ACCENTS_KEEP] = "keep", NULL};
static const char *const forms[] = {
    [FORM_TYPE] = "type", [FORM_NONE] = "none", [FORM_NFC] = "nfc",           [FORM_NFD] = "nfd",
    [FORM_NFKC] = "nfkc", [FORM_NFKD] = "nfkd", [FORM_NMT_NFKC] = "nmt-nfkc", NULL};
static const char *const cuts[] = {[CUT_TYPE] = "type",
                                   [CUT_GPT2] = "gpt2",
                                   [CUT_GPT4] = "gpt4",
                                   [CUT_BERT] = "bert",
                                   [CUT_WHITESPACE] = "whitespace",
                                   [CUT_NONE] = "none",
                                   NULL};
static const char *const prefixes[] = {
    [PREFIX_TYPE] = "type", [PREFIX_ALWAYS] = "always", [PREFIX_FIRST] = "first", [PREFIX_NEVER] = "never", NULL};
static const char *const formats[] = {
    [FORMAT_TOKENIZER] = "tokenizer", [FORMAT_VOCAB] = "vocab", [FORMAT_MERGES] = "merges", NULL};

enum { MOST_IDS = 1 << 28 };

/* Options that several verbs have. */
#define OPTION_TYPE(is_required)                                                                                       \
    {                                                                                                                  \
        "type", 't', OPT_CHOICE, OPT_AT(struct train_options, type), .value = "TYPE", .choices = types,                \
                                                                     .required = (is_required),                        \
                                                                     .help = "BPE as in GPT-2, WordPiece as in BERT, " \
                                                                             "or a unigram model as in "               \
                                                                             "SentencePiece"                           \
    }
#define OPTION_LETTERS                                                                                                 \
    {                                                                                                                  \
        "letters", 0, OPT_CHOICE, OPT_AT(struct train_options, letters),                                               \
            .value = "KIND", .fallback = "bytes", .choices = letters, .when = "type=bpe",                              \
            .help = "bytes, as in GPT-2; or characters, as in BPE of SentencePiece"                                    \
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

/* How texts are cut into words. */
#define OPTIONS_CUT                                                                                                    \
    {"special",       0,                                                                                               \
     OPT_WORDS,       OPT_AT(struct train_options, special),                                                           \
     .value = "LIST", .help = "special tokens, ids from 0, or none; default: those of RoBERTa, BERT or ALBERT"},       \
        {"user-defined",  0,                                                                                           \
         OPT_WORDS,       OPT_AT(struct train_options, user_defined),                                                  \
         .value = "LIST", .help = "strings that are always one token, wherever they occur"},                           \
        {"normalization",  0,                                                                                          \
         OPT_CHOICE,       OPT_AT(struct train_options, form),                                                         \
         .value = "FORM",  .fallback = "type",                                                                         \
         .choices = forms, .help = "how to normalize texts; type: as the model type does"},                            \
        {"case",           0,                                                                                          \
         OPT_CHOICE,       OPT_AT(struct train_options, letter_case),                                                  \
         .value = "CASE",  .fallback = "type",                                                                         \
         .choices = cases, .help = "lower: convert to lower case; type: lower for wordpiece, else keep"},              \
        {"accents",          0,                                                                                        \
         OPT_CHOICE,         OPT_AT(struct train_options, accents),                                                    \
         .value = "WHAT",    .fallback = "type",                                                                       \
         .choices = accents, .help = "strip: remove accents; type: strip for wordpiece in lower case, else keep"},     \
        {"pre-tokenizer", 0,                                                                                           \
         OPT_CHOICE,      OPT_AT(struct train_options, cut),                                                           \
         .value = "KIND", .fallback = "type",                                                                          \
         .choices = cuts, .help = "how to cut texts into words; type: as the model type does; none: not at all"},      \
        {"pattern",                                                                                                    \
         0,                                                                                                            \
         OPT_TEXT,                                                                                                     \
         OPT_AT(struct train_options, pattern),                                                                        \
         .value = "REGEX",                                                                                             \
         .when = "type=bpe",                                                                                           \
         .help = "cut texts into the matches of this expression, and what is between them"},                           \
        {"split-digits", 0, OPT_FLAG, OPT_AT(struct train_options, split_digits),                                      \
         .help = "make each digit a word of its own"},                                                                 \
    {                                                                                                                  \
        "prefix-space", 0, OPT_CHOICE, OPT_AT(struct train_options, prefix),                                           \
            .value = "WHEN", .fallback = "type", .choices = prefixes, .when = "type=bpe|unigram",                      \
            .help = "put a space before a text: always, also after special tokens; first: only at its start; never; "  \
                    "type: as the model type does"                                                                     \
    }
#define OPTION_TEXT                                                                                                    \
    {                                                                                                                  \
        "field", 'f', OPT_TEXT, OPT_AT(struct train_options, field),                                                   \
            .value = "NAME", .fallback = "text", .when = "!from-counts", .help = "the member to work on"               \
    }

const struct option train_options[] = {
    OPTION_TYPE(true),
    OPTION_LETTERS,
    {"from-counts", 0, OPT_FLAG, OPT_AT(struct train_options, from_counts),
     .help = "read word counts, as written by count and merge"},
    {"vocab-size", 0, OPT_INT, OPT_AT(struct train_options, vocab_size), .value = "N", .fallback = "30000", .min = 1,
     .max = MOST_IDS, .help = "stop at this many ids, including special tokens and alphabet"},
    {"min-count", 0, OPT_INT, OPT_AT(struct train_options, min_count), .value = "N", .fallback = "2", .min = 1,
     .max = INT64_MAX, .when = "type=bpe|wordpiece", .help = "stop when no pair of pieces occurs this often"},
    {"max-piece-length", 0, OPT_INT, OPT_AT(struct train_options, max_piece), .value = "N", .fallback = "0", .min = 0,
     .max = MOST_IDS, .help = "longest piece, in letters; 0: 16 for unigram, no limit for the others"},
    OPTION_MAX_WORDS,
    OPTION_MAX_MEMORY,
    OPTIONS_CUT,
    {"role", 0, OPT_WORDS, OPT_AT(struct train_options, roles), .value = "ROLE=TOKEN",
     .help = "which special token is bos, eos, unk, sep, pad, cls or mask; default: known by their usual names"},
    {"character-coverage", 0, OPT_DECIMAL, OPT_AT(struct train_options, coverage), .value = "P", .fallback = "0.9995",
     .when = "type=wordpiece|unigram letters=characters",
     .help = "keep the most frequent characters that make up this share of the text; by default at least 1000, and "
             "all of them if --limit-alphabet is given"},
    {"limit-alphabet", 0, OPT_INT, OPT_AT(struct train_options, limit_alphabet), .value = "N", .fallback = "0",
     .min = 0, .max = MOST_IDS, .when = "type=wordpiece|unigram letters=characters",
     .help = "keep at most N characters; 0: any number"},
    {"alphabet", 0, OPT_TEXT, OPT_AT(struct train_options, alphabet), .value = "TEXT",
     .when = "type=wordpiece|unigram letters=characters",
     .help = "characters that are kept in any case, also if they do not occur"},
    {"byte-fallback", 0, OPT_FLAG, OPT_AT(struct train_options, byte_fallback),
     .when = "type=unigram letters=characters", .help = "write unknown characters as bytes: adds <0x00> to <0xFF>"},
    {"format", 0, OPT_CHOICE, OPT_AT(struct train_options, format), .value = "FORMAT", .fallback = "tokenizer",
     .choices = formats, .help = "write tokenizer.json, the vocabulary (vocab.txt, vocab.json) or merges.txt"},
    OPTION_TEXT,
    {0},
};

const struct option train_count_options[] = {
    OPTION_TYPE(true), OPTION_LETTERS, OPTION_MAX_MEMORY, OPTIONS_CUT, OPTION_FIELD(struct train_options, field), {0},
};

const struct option train_merge_options[] = {
    OPTION_TYPE(false), /* these two: to know how words are spelled */
    OPTION_LETTERS,     OPTION_MAX_WORDS, OPTION_MAX_MEMORY, {0},
};
