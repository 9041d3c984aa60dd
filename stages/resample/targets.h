/* targets.h - how many records of each class there shall be. */
#ifndef QUERN_RESAMPLE_TARGETS_H
#define QUERN_RESAMPLE_TARGETS_H

#include "tallies.h"

/* Which way the classes go. */
enum direction { GROWS, SHRINKS, EITHER };

/* What the user says; the same in `resample` and `resample plan`. */
struct target_options {
    struct words strategy, target;
    struct decimal ratio, power;
    int64_t total;
};

#define OPTIONS_TARGET(type, field)                                                                                    \
    {"strategy",                                                                                                       \
     0,                                                                                                                \
     OPT_TEXTS,                                                                                                        \
     OPT_AT(type, field.strategy),                                                                                     \
     .value = "WHICH,...",                                                                                             \
     .help = "the classes that change: auto, minority, majority, not-minority, not-majority, all, or labels"},         \
        {"ratio",                                                                                                      \
         0,                                                                                                            \
         OPT_DECIMAL,                                                                                                  \
         OPT_AT(type, field.ratio),                                                                                    \
         .value = "R",                                                                                                 \
         .when = "!target",                                                                                            \
         .help = "grow to R times the largest class, or shrink to the smallest divided by R"},                         \
        {"target",                                                                                                     \
         0,                                                                                                            \
         OPT_TEXTS,                                                                                                    \
         OPT_AT(type, field.target),                                                                                   \
         .value = "LABEL=N,...",                                                                                       \
         .help = "these numbers of records"},                                                                          \
        {"power",                                                                                                      \
         0,                                                                                                            \
         OPT_DECIMAL,                                                                                                  \
         OPT_AT(type, field.power),                                                                                    \
         .value = "A",                                                                                                 \
         .when = "!target",                                                                                            \
         .help = "make the classes' shares as their numbers of records to the power of A: 1 as they are, 0 equal"},    \
    {                                                                                                                  \
        "total", 0, OPT_INT, OPT_AT(type, field.total), .value = "N", .min = 1, .max = INT64_MAX, .when = "power",     \
                                                        .help = "grow and shrink to N records together"                \
    }

/* What was given, since 0 is a value too. */
struct target_rules {
    const struct target_options *given;
    enum direction direction;
    bool has_ratio, has_power, has_total;
    const char *strategy; /* NULL: the labels that are listed */
};

/* Are the options possible for this direction? 0, or -1 with the message. */
int targets_open(const struct stage_context *context, const struct target_options *given, enum direction direction,
                 struct target_rules *rules);

/* The class with the fewest records; of equal ones the first. */
size_t targets_smallest(const struct classes *classes);

/* Which classes does --strategy name? counts: how many records of each class there are, instead of its own count; NULL:
 * that. An array to be freed; NULL with the message. */
bool *targets_changing(const struct target_rules *rules, const struct classes *classes, const uint64_t *counts);

/* The targets of classes, in their order: an array to be freed. NULL with the message. */
uint64_t *targets_find(const struct target_rules *rules, const struct classes *classes);

#endif
