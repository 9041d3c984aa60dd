/* verbs.h - the verbs of tfidf: filters of their own. */
#ifndef QUERN_TFIDF_VERBS_H
#define QUERN_TFIDF_VERBS_H

#include "record/stage.h"

extern const struct stage tfidf_count, tfidf_merge, tfidf_show, tfidf_keywords;

#define OPTION_TABLE_MEMORY(type, field)                                                                               \
    {                                                                                                                  \
        "max-memory", 0, OPT_SIZE, OPT_AT(type, field), .value = "SIZE", .fallback = "1G", .min = 1 << 20,             \
                                                        .max = INT64_MAX,                                              \
                                                        .help = "memory for words before they go to temporary files"   \
    }

#endif
