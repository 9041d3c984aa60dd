/* child_options.h - the options of a filter that asks an engine (child.h). */
#ifndef QUERN_CHILD_OPTIONS_H
#define QUERN_CHILD_OPTIONS_H

#include "record/options.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHILD_KEEP, CHILD_REJECT };
extern const char *const child_failed_names[];

struct child_options {
    int64_t window, children, batch;
    int64_t timeout, start_timeout; /* seconds */
    int64_t restarts;               /* of a strict child (child.h) */
    int64_t max_reply, max_chars;   /* bytes, code points */
    const char *sentinel;
    int failed;
    const char *max_failed;
    const char *cache;
    int64_t cache_level;
    bool cache_only;
    const char *engine_id;
    int64_t max_requests;
};

/* How an engine is run. condition: as in struct option.when; NULL: none. in_flight: the default of --window. */
#define OPTIONS_CHILD_PROCESS(type, field, condition, in_flight)                                                       \
    {"window",          0,                                                                                             \
     OPT_INT,           OPT_AT(type, field.window),                                                                    \
     .value = "N",      .fallback = in_flight,                                                                         \
     .min = 1,          .max = 1 << 20,                                                                                \
     .when = condition, .help = "how many requests an engine may have before it answers the first"},                   \
        {"children",        0,                                                                                         \
         OPT_INT,           OPT_AT(type, field.children),                                                              \
         .value = "N",      .fallback = "1",                                                                           \
         .min = 1,          .max = 256,                                                                                \
         .when = condition, .help = "how many engines run side by side"},                                              \
        {"timeout",                                                                                                    \
         0,                                                                                                            \
         OPT_INT,                                                                                                      \
         OPT_AT(type, field.timeout),                                                                                  \
         .value = "SECONDS",                                                                                           \
         .fallback = "30",                                                                                             \
         .min = 1,                                                                                                     \
         .max = 1 << 20,                                                                                               \
         .when = condition,                                                                                            \
         .help = "how long an engine may answer nothing"},                                                             \
        {"start-timeout",                                                                                              \
         0,                                                                                                            \
         OPT_INT,                                                                                                      \
         OPT_AT(type, field.start_timeout),                                                                            \
         .value = "SECONDS",                                                                                           \
         .fallback = "120",                                                                                            \
         .min = 1,                                                                                                     \
         .max = 1 << 20,                                                                                               \
         .when = condition,                                                                                            \
         .help = "the same, from the start of an engine to its first answer"},                                         \
    {                                                                                                                  \
        "max-reply", 0, OPT_SIZE, OPT_AT(type, field.max_reply), .value = "SIZE", .fallback = "16M", .min = 1,         \
                                                                 .max = (int64_t)1 << 30, .when = condition,           \
                                                                 .help = "longest reply allowed, in bytes"             \
    }

#define OPTION_CHILD_MAX_FAILED(type, field, condition)                                                                \
    {                                                                                                                  \
        "max-failed", 0, OPT_TEXT, OPT_AT(type, field.max_failed),                                                     \
            .value = "N|P%", .fallback = "10%", .when = condition,                                                     \
            .help = "fail if more requests than this have failed"                                                      \
    }

/* What need not be asked again. */
#define OPTIONS_CHILD_CACHE(type, field, condition)                                                                    \
    {"cache",           0,                                                                                             \
     OPT_FILE,          OPT_AT(type, field.cache),                                                                     \
     .value = "DIR",    .written = true,                                                                               \
     .when = condition, .help = "folder where replies are kept, so that nothing is asked twice"},                      \
        {"cache-level",   0,                                                                                           \
         OPT_INT,         OPT_AT(type, field.cache_level),                                                             \
         .value = "N",    .fallback = "3",                                                                             \
         .min = 0,        .max = 19,                                                                                   \
         .when = "cache", .help = "compression of what is added to the cache, by zstd; 0: none"},                      \
        {"cache-only",    0,                                                                                           \
         OPT_FLAG,        OPT_AT(type, field.cache_only),                                                              \
         .when = "cache", .help = "start no engine; a request that is not in the cache has failed"},                   \
        {"engine-id",                                                                                                  \
         0,                                                                                                            \
         OPT_TEXT,                                                                                                     \
         OPT_AT(type, field.engine_id),                                                                                \
         .value = "NAME",                                                                                              \
         .when = "cache",                                                                                              \
         .help = "what the engine is called in the cache; by default its command"},                                    \
    {                                                                                                                  \
        "max-requests", 0, OPT_INT, OPT_AT(type, field.max_requests),                                                  \
            .value = "N", .fallback = "0", .min = 0, .max = INT64_MAX, .when = condition,                              \
            .help = "end the run after this many requests to engines; 0: no limit"                                     \
    }

/* Of the protocols with a text on a line. */
#define OPTIONS_CHILD_LINES(type, field, lines)                                                                        \
    {"batch",                                                                                                          \
     0,                                                                                                                \
     OPT_INT,                                                                                                          \
     OPT_AT(type, field.batch),                                                                                        \
     .value = "N",                                                                                                     \
     .fallback = "10000",                                                                                              \
     .min = 1,                                                                                                         \
     .max = 1 << 24,                                                                                                   \
     .when = "protocol=batch",                                                                                         \
     .help = "how many texts to give to each run of the engine"},                                                      \
    {                                                                                                                  \
        "sentinel", 0, OPT_TEXT, OPT_AT(type, field.sentinel),                                                         \
            .value = "TEXT", .fallback = "90210", .when = lines,                                                       \
            .help = "text to send in between, whose reply shows that no line was lost or added; or none"               \
    }

/* What happens to texts without an answer. */
#define OPTIONS_CHILD_UNANSWERED(type, field)                                                                          \
    {"max-chars",                                                                                                      \
     0,                                                                                                                \
     OPT_INT,                                                                                                          \
     OPT_AT(type, field.max_chars),                                                                                    \
     .value = "N",                                                                                                     \
     .fallback = "100000",                                                                                             \
     .min = 1,                                                                                                         \
     .max = INT32_MAX,                                                                                                 \
     .help = "longest text to send, in characters"},                                                                   \
    {                                                                                                                  \
        "failed", 0, OPT_CHOICE, OPT_AT(type, field.failed),                                                           \
            .value = "WHAT", .fallback = "keep", .choices = child_failed_names,                                        \
            .help = "keep: a record whose request has failed passes as it is; reject: it is bad"                       \
    }

/* Of every filter that can do without an answer. */
#define OPTIONS_CHILD(type, field, condition)                                                                          \
    OPTIONS_CHILD_PROCESS(type, field, condition, "64"), OPTION_CHILD_MAX_FAILED(type, field, condition),              \
        OPTIONS_CHILD_CACHE(type, field, condition)

/* Of those that send texts. */
#define OPTIONS_CHILD_TEXTS(type, field)                                                                               \
    OPTIONS_CHILD_LINES(type, field, "protocol=line"), OPTIONS_CHILD_UNANSWERED(type, field)

/* Of a strict child. */
#define OPTION_CHILD_RESTARTS(type, field, condition)                                                                  \
    {                                                                                                                  \
        "restarts", 0, OPT_INT, OPT_AT(type, field.restarts),                                                          \
            .value = "N", .fallback = "2", .min = 0, .max = 1 << 20, .when = condition,                                \
            .help = "how many times in a run to start an engine again that has died"                                   \
    }

#endif
