/* options.h - the options of train and its verbs, and what they fill. */
#ifndef QUERN_TRAIN_OPTIONS_H
#define QUERN_TRAIN_OPTIONS_H

#include "base/decimal.h"
#include "record/options.h"
#include "record/words.h"

#include <stdbool.h>
#include <stdint.h>

/* Values of choices; TYPE means: what is usual for the type. */
enum train_letters { LETTERS_BYTES, LETTERS_CHARACTERS };
enum train_case { CASE_TYPE, CASE_LOWER, CASE_KEEP };
enum train_accents { ACCENTS_TYPE, ACCENTS_STRIP, ACCENTS_KEEP };
enum train_form { FORM_TYPE, FORM_NONE, FORM_NFC, FORM_NFD, FORM_NFKC, FORM_NFKD, FORM_NMT_NFKC };
enum train_cut { CUT_TYPE, CUT_GPT2, CUT_GPT4, CUT_BERT, CUT_WHITESPACE, CUT_NONE, CUT_PATTERN /* --pattern */ };
enum train_prefix { PREFIX_TYPE, PREFIX_ALWAYS, PREFIX_FIRST, PREFIX_NEVER };
enum train_format { FORMAT_TOKENIZER, FORMAT_VOCAB, FORMAT_MERGES };

struct train_options {
    int type;        /* enum trainer_type */
    int letters;     /* enum train_letters */
    int letter_case; /* enum train_case */
    int accents;     /* enum train_accents */
    int form;        /* enum train_form */
    int cut;         /* enum train_cut */
    int prefix;      /* enum train_prefix */
    int format;      /* enum train_format */
    bool from_counts, split_digits, byte_fallback;
    int64_t vocab_size, min_count, max_piece, limit_alphabet;
    int64_t max_words, max_memory;
    struct decimal coverage;
    struct words special, user_defined, roles;
    const char *pattern, *alphabet, *field;
};

/* Of train, train count and train merge; each ends with {0}. */
extern const struct option train_options[], train_count_options[], train_merge_options[];

#endif
