/* options.h - a filter's options as one table.
 *
 * The table is the only declaration of an option: parsing, defaults, --help, completion and the test of the man page
 * all use it. An entry fills one field of the filter's options struct:
 *
 *     struct mask_options { struct decimal prob; … };
 *     static const struct option options[] = {
 *         {"prob", 0, OPT_DECIMAL, OPT_AT(struct mask_options, prob), .fallback = "0.15", .value = "P",
 *          .help = "share of the tokens to select"},
 *         {0},
 *     };
 *
 * The fallback is parsed by the same code as the user's values, so that help and code can't differ. */
#ifndef QUERN_OPTIONS_H
#define QUERN_OPTIONS_H

#include "base/decimal.h"
#include "base/slice.h"
#include "base/vec.h"
#include "record/rng.h"
#include "record/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_type {               /* the field's type */
                   OPT_FLAG = 1, /* bool: no value; true if given */
                   OPT_INT,      /* int64_t, in [min, max] if those are set */
                   OPT_SIZE,     /* int64_t, bytes: 64K, 1G (powers of 1024), in [min, max] */
                   OPT_DECIMAL,  /* struct decimal, from 0 to 1, or to max if that is set; or one of the words in
                                    choices: then its scale is OPTION_WORD, and its digits are the word's index */
                   OPT_FLOAT,    /* double: a finite number above 0; 0 if not given and without a fallback */
                   OPT_TEXT,     /* const char *; NULL if not given and without a fallback */
                   OPT_FILE,     /* const char *: the name of a file, for completion */
                   OPT_CHOICE,   /* int: index into choices */
                   OPT_WORDS,    /* struct words: a,b,c; repeating the option appends */
                   OPT_TEXTS,    /* struct words: each value as given; repeating the option appends */
                   OPT_INTS,     /* struct ints: 80,10,10 */
};

enum { OPTION_WORD = 255 /* a scale that no number has */ };

struct ints {
    int64_t *items;
    size_t len, cap;
};

struct option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_type type;
    size_t offset;        /* OPT_AT */
    const char *value;    /* the placeholder in the help: "FILE" */
    const char *fallback; /* the default, as a user would write it; NULL: none */
    const char *help;
    const char *const *choices; /* OPT_CHOICE, OPT_DECIMAL; OPT_WORDS: the allowed words, NULL: any; ends in NULL.
                                   OPT_TEXT: for help and completion only */
    int64_t min, max;           /* OPT_INT and OPT_SIZE, unless both are 0; OPT_DECIMAL: max, at most 10 */
    bool required;
    bool written; /* OPT_FILE: a file that the filter writes (chain_output), not one that it reads */
    /* What the option requires; giving it otherwise is an error. Alternatives separated by spaces, each the name of an
     * option that must be given, or NAME=VALUE[|VALUE]…, or !NAME for one that must not be given. NULL: nothing. */
    const char *when;
    bool (*takes)(const char *operand); /* OPT_TEXTS: an operand before "--" that this accepts is a value of the option
                                           instead of an input file */
};

#define OPT_AT(type, field) offsetof(type, field)

/* Options that several filters share. */
#define OPTION_FIELD(type, field)                                                                                      \
    {                                                                                                                  \
        "field", 'f', OPT_TEXT, OPT_AT(type, field), .value = "NAME", .fallback = "text",                              \
                                                     .help = "the member to process"                                   \
    }
#define OPTION_MODEL(type, field)                                                                                      \
    {                                                                                                                  \
        "model", 'm', OPT_FILE, OPT_AT(type, field),                                                                   \
            .value = "FILE",                                                                                           \
            .help = "the tokenizer: tokenizer.json, vocab.txt, vocab.json, a .model, tiktoken ranks, or a folder"      \
    }
/* For choices that do not depend on the round. */
#define OPTIONS_SEED(type, field) OPTIONS_SEED_WHEN(type, field, NULL)
#define OPTIONS_SEED_WHEN(type, field, condition)                                                                      \
    {"seed",                                                                                                           \
     's',                                                                                                              \
     OPT_INT,                                                                                                          \
     OPT_AT(type, field.seed),                                                                                         \
     .value = "N",                                                                                                     \
     .fallback = "0",                                                                                                  \
     .when = condition,                                                                                                \
     .help = "seed of all random choices"},                                                                            \
    {                                                                                                                  \
        "salt", 0, OPT_TEXT, OPT_AT(type, field.salt), .value = "WORD", .fallback = "", .when = condition,             \
                                                       .help = "different words make two uses of this filter choose "  \
                                                               "differently"                                           \
    }
#define OPTIONS_RANDOM(type, field) OPTIONS_RANDOM_WHEN(type, field, NULL)
/* In a filter that is random only with other options: see `when`. */
#define OPTIONS_RANDOM_WHEN(type, field, condition)                                                                    \
    OPTIONS_SEED_WHEN(type, field, condition),                                                                         \
        {"epoch",                                                                                                      \
         0,                                                                                                            \
         OPT_INT,                                                                                                      \
         OPT_AT(type, field.epoch),                                                                                    \
         .value = "E",                                                                                                 \
         .fallback = "-1",                                                                                             \
         .min = -1,                                                                                                    \
         .max = UINT32_MAX,                                                                                            \
         .when = condition,                                                                                            \
         .help =                                                                                                       \
             "make the choices of epoch E and set the member epoch; -1: use the epoch of the record, 0 if missing"},   \
    {                                                                                                                  \
        "copies", 0, OPT_INT, OPT_AT(type, field.copies),                                                              \
            .value = "N", .fallback = "0", .min = 0, .max = INT32_MAX, .when = condition,                              \
            .help = "make N records of each, for epochs 0 to N-1 (with --epoch E: from E*N on), and set epoch; 0: "    \
                    "make one"                                                                                         \
    }

/* A table and the struct that it fills. */
struct option_group {
    const struct option *table;
    void *values;
    bool *given; /* for each option of the table, in order: did the user give it? May be NULL */
};

/* How many options a table has. */
size_t opt_count(const struct option *table);

/* Fills every field with its fallback (zero without one), then reads the arguments. GNU rules: options and
 * operands in any order, --name=value, --name value, -n7, -n 7, -xyz, "--" ends the options. argv[0] is not
 * an argument. -h, --help, -V and --version stop with *asked set.
 * 0, or -1 with the message: for an unknown option it names the nearest one. The values point into argv. */
enum asked { ASKED_NOTHING, ASKED_SHORT_HELP, ASKED_HELP, ASKED_VERSION };
int opt_parse(const struct option_group *groups, size_t group_count, int argc, char **argv, struct words *operands,
              enum asked *asked);

/* Offers a candidate for the name nearest to `name`; start with *distance = SIZE_MAX. Candidates that are too far away
 * are ignored: more than an edit in four letters. */
void opt_nearest(struct slice name, const char *candidate, const char **nearest, size_t *distance);

/* Frees the lists in a struct. */
void opt_release(const struct option_group *group);

/* Prints the table as help: each entry is a paragraph of 80 columns, with the default. Omits letters that are already
 * used in `before`, a table that is searched first (or NULL). */
void opt_help(const struct option *table, const struct option *before, FILE *out);

/* Prints a line for each option, its help cut to fit into 80 columns. */
void opt_short_help(const struct option *table, FILE *out);

/* Appends "a, b or c". */
void opt_put_choices(const char *const *choices, struct bytes *out);

/* Appends the values as the members of a JSON object, in the order of the table (without braces). */
void opt_json(const struct option_group *group, struct bytes *out);

#endif
