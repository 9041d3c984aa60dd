/* verbs.h - the verbs of fit: filters of their own. */
#ifndef QUERN_FIT_VERBS_H
#define QUERN_FIT_VERBS_H

#include "record/stage.h"

extern const struct stage fit_tfidf, fit_scale, fit_whiten, fit_linear, fit_temperature, fit_shares, fit_thresholds,
    fit_merge;

#define OPTION_FIT_WITHIN(type, field)                                                                                 \
    {                                                                                                                  \
        "within", 0, OPT_TEXT, OPT_AT(type, field), .value = "NAME=VALUE",                                             \
                                                    .help = "look only at the records with this value"                 \
    }
#define OPTION_FIT_PARTIAL(type, field)                                                                                \
    {                                                                                                                  \
        "partial", 0, OPT_FLAG, OPT_AT(type, field),                                                                   \
            .help = "write the sums alone, for \"fit merge\": of a part that is too small to stand by itself"          \
    }
#define OPTION_FIT_MEMORY(type, field)                                                                                 \
    {                                                                                                                  \
        "max-memory", 0, OPT_SIZE, OPT_AT(type, field), .value = "SIZE", .fallback = "1G", .min = 1 << 20,             \
                                                        .max = INT64_MAX,                                              \
                                                        .help = "memory for terms before they go to temporary files"   \
    }
#define OPTIONS_FIT_PRUNING(type, field)                                                                               \
    {"min-df",                                                                                                         \
     0,                                                                                                                \
     OPT_INT,                                                                                                          \
     OPT_AT(type, field.min_df),                                                                                       \
     .value = "N",                                                                                                     \
     .fallback = "1",                                                                                                  \
     .min = 1,                                                                                                         \
     .max = INT64_MAX,                                                                                                 \
     .help = "leave out the terms of fewer than N documents"},                                                         \
        {"max-df",     0,                                                                                              \
         OPT_DECIMAL,  OPT_AT(type, field.max_df),                                                                     \
         .value = "P", .fallback = "1",                                                                                \
         .max = 1,     .help = "leave out the terms of more than the share P of the documents"},                       \
    {                                                                                                                  \
        "max-features", 0, OPT_INT, OPT_AT(type, field.max_features), .value = "N", .fallback = "0", .min = 0,         \
                                                                      .max = INT32_MAX,                                \
                                                                      .help = "keep the N terms of the most "          \
                                                                              "documents, of equal ones the smaller "  \
                                                                              "bytes; 0: all"                          \
    }

#endif
