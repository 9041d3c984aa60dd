/* mask.h - the rules of mask: mask.c applies them to a record, mask_laws.c judges all records together. */
#ifndef CHECK_MASK_H
#define CHECK_MASK_H

#include "check.h"
#include "length_law.h"
#include "mask_units.h"
#include "weights.h"

enum unit_kind { UNIT_TOKEN, UNIT_WORD, UNIT_NGRAM, UNIT_SPAN, UNIT_PHRASE, UNIT_ENTITY, UNIT_MIX };
enum { BUDGET_MASKABLE, BUDGET_ALL };
enum { FILL_LOWER, FILL_NONE };
enum { REPLACE_TOKEN, REPLACE_WORD, REPLACE_UNIT };
enum { OVERSHOOT_BALANCED, OVERSHOOT_NEVER };
enum { PER_RECORD, PER_DOC };

struct mask_options {
    struct check_options common;
    int64_t mask_id, vocab_size;
    struct ints special_ids;
    int unit;
    const char *prob;
    struct ints replace;
    int64_t max_predictions;
    int budget;
    const char *lengths, *mix, *random_from, *similar;
    int fill, replace_by, overshoot, per;
    int64_t sbo;
    struct words also;
    struct random_options random;
};

enum mask_rule {
    RULE_RESTORED = RULES_COMMON,
    RULE_UNTOUCHED,
    RULE_MASKABLE,
    RULE_REPLACED,
    RULE_BUDGET,
    RULE_WHOLE,
    RULE_POSITIONS,
    RULE_SPANS,
    RULE_PAIRS,
    RULE_LEVEL,
    RULE_SIMILAR,
    LAW_SHARE,
    LAW_REPLACEMENT,
    LAW_RANDOM,
    LAW_CHOICE,
    LAW_POSITION,
    LAW_SIZE,
    LAW_LENGTHS,
    LAW_LEVELS,
    LAW_UNIFORM,
    LAW_EPOCHS,
    LAW_NEIGHBOURS,
};

enum { PLACES = 20, SIZES = 4 };

struct similar;

struct mask {
    const struct mask_options *given;
    struct decimal prob;
    bool uniform;              /* --prob uniform */
    double shares[3];          /* of masked, random, kept */
    struct length_law lengths; /* of ngram and span */
    double mix[LEVELS];        /* shares of the levels */
    struct weights random_law;
    struct similar *similar; /* NULL: without --similar */

    /* what has been seen so far */
    struct drift share, position[PLACES], size[SIZES], epochs, neighbours;
    double replaced[3], replaced_expected[3];
    double random[BUCKETS], random_expected[BUCKETS];
    double choices[PLACES], choices_expected[PLACES]; /* of similar words */
    double long_units[LENGTH_LAW_MOST + 1];
    double levels[LEVELS];
    double budgets[PLACES], budgets_expected[PLACES];
    uint64_t replaced_count, random_count, choice_count, position_tokens, size_tokens, units, level_records,
        uniform_records, overlap_tokens[2];
    struct {
        bool is;
        struct identity identity;
        uint8_t *selected;
        size_t count, room;
        double share;
    } before; /* the record before this one */
};

/* A part of the record that has a budget of its own. */
struct part {
    size_t from, to;
    size_t n; /* selected */
};

extern const char *const mask_level_names[]; /* their names, of levels and of units */
extern const char *const mask_unit_names[];

int mask_record(struct check *check, const struct record *in, struct arena *arena);
/* word_ids of the tokens, whose other arrays are set; false, with rule `shape` broken, if they can't be read. */
bool mask_read_words(struct check *check, const struct record *in, const struct row *row, struct mask_tokens *tokens,
                     struct arena *arena);
size_t mask_selected(const struct mask_tokens *tokens, size_t from, size_t to);

/* How many of `eligible` tokens, of `all`, are to be selected. */
size_t mask_budget(const struct mask *mask, size_t all, size_t eligible);

/* The longest unit that ngram or span may cut: as many words as the law allows, no more tokens than the budget, but one
 * word at least. */
size_t mask_longest(const struct mask *mask, const struct mask_tokens *tokens, const struct units *words,
                    size_t budget);

/* ---- mask_also.c ---- */

bool mask_asked(const struct mask *mask, const char *member);
/* masked_spans: the selected units of a part. */
void mask_check_spans(struct check *check, struct mask *mask, const struct record *in, const struct mask_tokens *tokens,
                      const struct part *part, struct arena *arena);
void mask_check_also(struct check *check, struct mask *mask, const struct record *in, const struct mask_tokens *tokens,
                     struct arena *arena);
void mask_count_replacements(struct check *check, struct mask *mask, const struct record *in,
                             const struct mask_tokens *tokens, struct arena *arena);

/* ---- mask_similar.c ---- */

int mask_similar_open(struct check *check, struct mask *mask);
void mask_similar_close(struct similar *similar);
/* What the selected words became, and its laws. */
void mask_check_similar(struct check *check, struct mask *mask, const struct record *in,
                        const struct mask_tokens *tokens, struct arena *arena);

/* ---- mask_laws.c ---- */

/* What is known of the choice among units with `budget` tokens: for the laws of selection. */
void mask_laws_selection(struct mask *mask, const struct mask_tokens *tokens, const struct units *units, size_t budget);
/* The selected tokens of a whole record of which each unit had the probability `share`. */
void mask_laws_overlap(struct mask *mask, const struct mask_tokens *tokens, const struct units *units, double share,
                       struct identity identity);
/* How [from, to), for which one draw decides unless replace-by is token, was replaced. */
void mask_laws_replacement(struct mask *mask, const struct mask_tokens *tokens, int32_t mask_id, size_t from,
                           size_t to);
void mask_laws_random(struct mask *mask, int32_t id, int32_t original, int32_t mask_id);
/* A selected unit of `length` words. */
void mask_laws_length(struct mask *mask, size_t length);
/* A budget drawn from 1 to `maskable`. */
void mask_laws_budget(struct mask *mask, size_t budget, size_t maskable);
void mask_laws_judge(const struct mask *mask, struct report *report);

#endif
