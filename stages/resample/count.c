/* count.c - the verb count: the classes and draws of a part. See settings.h. */
#include "settings.h"

#include <stdlib.h>

enum { ROWS_OF_LINE = 1024 };

static int by_row(const void *a, const void *b)
{
    return row_compare(a, b);
}

static const struct option count_options[] = {
    {"method", 0, OPT_CHOICE, OPT_AT(struct resample_options, method), .value = "NAME", .required = true,
     .choices = settings_methods, .help = "what will happen to the classes"},
    {"label", 0, OPT_TEXT, OPT_AT(struct resample_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class"},
    {"subsets", 0, OPT_INT, OPT_AT(struct resample_options, subsets), .value = "T", .fallback = "10", .min = 1,
     .max = MOST_SUBSETS, .when = "method=easyensemble", .help = "how many subsets to draw"},
    {"keep", 0, OPT_INT, OPT_AT(struct resample_options, keep), .value = "N", .min = 1, .max = INT64_MAX,
     .help = "write only the N lowest draws of each class: no more of it will be chosen"},
    {"within", 0, OPT_TEXT, OPT_AT(struct resample_options, within), .value = "NAME=VALUE",
     .help = "sample only the records with this value"},
    OPTION_FIELD(struct resample_options, field),
    OPTIONS_SEED(struct resample_options, random),
    {"epoch", 0, OPT_INT, OPT_AT(struct resample_options, epoch), .value = "E", .fallback = "-1", .min = -1,
     .max = UINT32_MAX, .help = "make the choices of epoch E; -1: of the epoch of the record, 0 if missing"},
    {0},
};

static int count_open(struct stage_context *context, void **shared)
{
    struct resample *resample = resample_new(context->options);
    if (resample_open_within(resample) < 0) {
        resample_free(resample);
        return -1;
    }
    *shared = resample;
    return 0;
}

static int emit_rows(struct slice key, int64_t subset, struct row *rows, size_t count, int64_t keep, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    qsort(rows, count, sizeof *rows, by_row);
    if (keep > 0 && (uint64_t)keep < count)
        count = (size_t)keep;
    for (size_t i = 0; i < count; i += ROWS_OF_LINE) {
        size_t here = count - i < ROWS_OF_LINE ? count - i : ROWS_OF_LINE;
        char *digits = arena_array(arena, here, ROW_DIGITS);
        for (size_t j = 0; j < here; j++)
            settings_put_row(&rows[i + j], digits + j * ROW_DIGITS);
        struct record *made = rec_new(arena);
        rec_set_json(made, SLICE("label"), key);
        if (subset >= 0)
            rec_set_int(made, SLICE("subset"), subset);
        rec_set_text(made, SLICE("rows"), (struct slice){digits, here * ROW_DIGITS});
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

static int emit_class(const struct resample *resample, size_t number, struct sink *out)
{
    const struct resample_options *given = resample->given;
    struct class *class = &resample->classes.items.items[number];
    struct slice key = classes_key(&resample->classes, number);
    struct record *made = rec_new(sink_arena(out));
    rec_set_json(made, SLICE("label"), key);
    rec_set_int(made, SLICE("count"), (int64_t) class->count);
    if (sink_emit(out, made) < 0)
        return -1;
    if (given->method != METHOD_EASYENSEMBLE)
        return emit_rows(key, -1, class->rows.items, class->rows.len, given->keep, out);
    struct row *rows = mem_zalloc(class->origins.len + 1, sizeof *rows);
    int done = 0;
    for (int64_t t = 0; done == 0 && t < given->subsets; t++) {
        for (size_t i = 0; i < class->origins.len; i++)
            rows[i] = resample_subset(resample, &class->origins.items[i], (uint64_t)t);
        done = emit_rows(key, t, rows, class->origins.len, given->keep, out);
    }
    mem_free(rows);
    return done;
}

static int count_end(void *shared, struct sink *out)
{
    struct resample *resample = shared;
    if (resample->order == NULL) {
        if (resample_check_splits(resample) < 0 || sink_emit(out, settings_record(resample, sink_arena(out))) < 0)
            return -1;
        resample->order = classes_order(&resample->classes);
    }
    if (resample->next == resample->classes.items.len)
        return 0;
    return emit_class(resample, resample->order[resample->next++], out) < 0 ? -1 : 1;
}

static const char *const count_reads[] = {"id", "text", "epoch", "label", "split", NULL};
static const char *const count_writes[] = {NULL};

const struct stage resample_count = {
    .name = "resample count",
    .summary = "count the classes of a part, and list its draws",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 b | quern resample count --method under | jq -c "
               "'del(.rows)'\n"
               "{\"format\":\"quern-resample-1\",\"method\":\"under\",…}\n"
               "{\"label\":\"a\",\"count\":1}\n"
               "{\"label\":\"a\"}\n"
               "{\"label\":\"b\",\"count\":1}\n"
               "{\"label\":\"b\"}",
    .class = STAGE_WHOLE,
    .options = count_options,
    .options_size = sizeof(struct resample_options),
    .reads = count_reads,
    .writes = count_writes,
    .sets_any = true,
    .open = count_open,
    .close = resample_free,
    .thread_open = rows_thread_open,
    .thread_close = rows_thread_close,
    .record = rows_record,
    .merge = rows_merge,
    .end = count_end,
};
