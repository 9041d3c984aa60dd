/* count.c - the verb count: the classes and draws of a part. See settings.h. */
#include "settings.h"

enum { ROWS_OF_LINE = 1024, LINES_OF_CALL = 8 };

/* The settings, then each class, a part of it in each call. */
struct counting {
    struct classes *classes; /* in their order */
    size_t next;             /* of these: which is written next */
    int64_t subset;
    struct row *rows; /* of the class, or of a subset of it: the lowest first */
    size_t count, at;
    uint64_t lines;
};

static const struct option count_options[] = {
    {"method", 0, OPT_CHOICE, OPT_AT(struct resample_options, method), .value = "NAME", .required = true,
     .choices = settings_methods, .help = "what will happen to the classes"},
    {"label", 0, OPT_TEXT, OPT_AT(struct resample_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class"},
    {"subsets", 0, OPT_INT, OPT_AT(struct resample_options, subsets), .value = "T", .fallback = "10", .min = 1,
     .max = MOST_SUBSETS, .when = "method=easyensemble", .help = "how many subsets to draw"},
    {"keep", 0, OPT_INT, OPT_AT(struct resample_options, keep), .value = "N", .min = 1, .max = INT64_MAX,
     .help = "hold and write only the N + 1 lowest draws of each class: at most N of it can be chosen"},
    {"within", 0, OPT_TEXT, OPT_AT(struct resample_options, within), .value = "NAME=VALUE",
     .help = "sample only the records with this value"},
    OPTION_FIELD(struct resample_options, field),
    OPTIONS_SEED(struct resample_options, random),
    {"epoch", 0, OPT_INT, OPT_AT(struct resample_options, epoch), .value = "E", .fallback = "-1", .min = -1,
     .max = UINT32_MAX, .help = "make the choices of epoch E; -1: use the epoch of the record, 0 if missing"},
    {0},
};

static int count_open(struct stage_context *context, void **shared)
{
    struct resample *resample = resample_new(context->options);
    if (resample_open_within(resample) < 0) {
        resample_free(resample);
        return -1;
    }
    resample->counting = mem_zalloc(1, sizeof *resample->counting);
    *shared = resample;
    return 0;
}

/* ---- what is written ---- */

/* Lists the rows of the next class, or of its next subset. */
static void list_rows(struct resample *resample, struct counting *counting)
{
    const struct resample_options *given = resample->given;
    struct tally *class = &resample->tallies.items.items[counting->classes->items[counting->next].number];
    bool subsets = given->method == METHOD_EASYENSEMBLE;
    counting->count = subsets ? class->origins.len : class->rows.len;
    counting->at = 0;
    if (subsets)
        counting->rows = mem_resize(counting->rows, counting->count, sizeof *counting->rows);
    else
        counting->rows = class->rows.items;
    for (size_t i = 0; subsets && i < counting->count; i++) {
        struct rng rng = resample_rng(resample, &class->origins.items[i]);
        counting->rows[i] = resample_subset(&rng, &class->origins.items[i], (uint64_t)counting->subset);
    }
    rows_sort(counting->rows, counting->count);
    if (given->keep > 0 && (uint64_t)given->keep < counting->count)
        counting->count = (size_t)given->keep + 1;
}

/* Up to LINES_OF_CALL lines of rows. */
static int emit_rows(const struct resample *resample, struct counting *counting, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct slice key = tallies_key(&resample->tallies, counting->classes->items[counting->next].number);
    for (int line = 0; line < LINES_OF_CALL && counting->at < counting->count; line++) {
        size_t left = counting->count - counting->at, here = left < ROWS_OF_LINE ? left : ROWS_OF_LINE;
        char *digits = arena_array(arena, here, ROW_DIGITS);
        for (size_t i = 0; i < here; i++)
            settings_put_row(&counting->rows[counting->at + i], digits + i * ROW_DIGITS);
        counting->at += here;
        struct record *made = rec_new(arena);
        rec_set_json(made, SLICE("label"), key);
        if (resample->given->method == METHOD_EASYENSEMBLE)
            rec_set_int(made, SLICE("subset"), counting->subset);
        rec_set_text(made, SLICE("rows"), (struct slice){digits, here * ROW_DIGITS});
        counting->lines++;
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

static int emit_count(const struct resample *resample, struct counting *counting, struct sink *out)
{
    size_t number = counting->classes->items[counting->next].number;
    struct record *made = rec_new(sink_arena(out));
    rec_set_json(made, SLICE("label"), tallies_key(&resample->tallies, number));
    rec_set_int(made, SLICE("count"), (int64_t)resample->tallies.items.items[number].count);
    counting->lines++;
    return sink_emit(out, made);
}

static int count_end(void *shared, struct sink *out)
{
    struct resample *resample = shared;
    struct counting *counting = resample->counting;
    if (counting->classes == NULL) {
        if (splits_check(resample->splits, "sampled") < 0 ||
            sink_emit(out, settings_record(resample, sink_arena(out))) < 0)
            return -1;
        counting->classes = tallies_classes(&resample->tallies);
    }
    if (counting->next == resample->tallies.items.len) {
        struct slice split = map_len(resample->splits) > 0 ? map_at(resample->splits, 0)->key : NO_SPLIT;
        return sink_emit(out, settings_end_record(counting->lines, split, sink_arena(out)));
    }
    if (counting->at == counting->count) { /* a new class, or subset */
        if (counting->subset == 0 && emit_count(resample, counting, out) < 0)
            return -1;
        list_rows(resample, counting);
    }
    if (emit_rows(resample, counting, out) < 0)
        return -1;
    if (counting->at == counting->count) {
        bool last = resample->given->method != METHOD_EASYENSEMBLE || ++counting->subset == resample->given->subsets;
        counting->subset = last ? 0 : counting->subset;
        counting->next += last;
    }
    return 1;
}

static void count_close(void *shared)
{
    struct resample *resample = shared;
    if (resample->given->method == METHOD_EASYENSEMBLE)
        mem_free(resample->counting->rows);
    classes_free(resample->counting->classes);
    mem_free(resample->counting);
    resample_free(resample);
}

static const char *const count_reads[] = {"id", "text", "epoch", "label", "split", NULL};
static const char *const count_writes[] = {NULL};

const struct stage resample_count = {
    .name = "resample count",
    .summary = "count the classes of a part, and list its draws",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 b >part\n"
               "$ quern resample count --method under part | jq -c 'del(.rows)'\n"
               "{\"format\":\"quern-resample-1\",\"method\":\"under\",…}\n"
               "{\"label\":\"a\",\"count\":1}\n"
               "{\"label\":\"a\"}\n"
               "{\"label\":\"b\",\"count\":1}\n"
               "{\"label\":\"b\"}\n"
               "{\"lines\":4}",
    .class = STAGE_WHOLE,
    .options = count_options,
    .options_size = sizeof(struct resample_options),
    .reads = count_reads,
    .writes = count_writes,
    .sets_any = true,
    .open = count_open,
    .close = count_close,
    .thread_open = rows_thread_open,
    .thread_close = rows_thread_close,
    .record = rows_record,
    .merge = rows_merge,
    .end = count_end,
};
