/* source.c - see source.h. */
#include "source.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/vec.h"
#include "text/json.h"
#include "text/text.h"

#include <string.h>

/* ---- equally likely ---- */

static void list_ids(struct token_source *source, const struct vocabulary *vocabulary, enum id_kind least)
{
    source->ids = mem_zalloc(vocabulary->size, sizeof *source->ids);
    for (size_t id = 0; id < vocabulary->size; id++) {
        if (vocabulary->kinds[id] >= least)
            source->ids[source->count++] = (int32_t)id;
    }
}

/* ---- by counts ---- */

struct counts {
    const struct vocabulary *vocabulary;
    const char *path;
    uint64_t *of; /* by id */
    bool *seen;
};

static int read_count(struct counts *counts, struct slice line, size_t number)
{
    const char *tab = line.len > 0 ? memchr(line.ptr, '\t', line.len) : NULL;
    int64_t id, count;
    if (tab == NULL || !json_int(slice_between(line.ptr, tab), &id) ||
        !json_int(slice_between(tab + 1, line.ptr + line.len), &count) || count < 0)
        return diag_error("%s:%zu: expected an id, a tab and a count", counts->path, number);
    if (id < 0 || id > INT32_MAX || vocabulary_kind(counts->vocabulary, (int32_t)id) == ID_ABSENT)
        return diag_error("%s:%zu: %lld is not in the vocabulary of %zu ids", counts->path, number, (long long)id,
                          counts->vocabulary->size);
    if (counts->seen[id])
        return diag_error("%s:%zu: id %lld has a count already", counts->path, number, (long long)id);
    counts->seen[id] = true;
    if (vocabulary_kind(counts->vocabulary, (int32_t)id) > ID_PROTECTED)
        counts->of[id] = (uint64_t)count;
    return 0;
}

/* Empty lines and lines that begin with # are left out, as in lexicons. */
static int read_counts(struct counts *counts, struct slice text)
{
    const char *at = text_without_bom(text).ptr, *end = text.ptr + text.len;
    for (size_t number = 1; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct slice line = slice_between(at, newline != NULL ? newline : end);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0 && *line.ptr != '#' && read_count(counts, line, number) < 0)
            return -1;
        at = newline != NULL ? newline + 1 : end;
    }
    return 0;
}

/* Only those that can be drawn become candidates. */
static int make_law(struct token_source *source, const struct counts *counts)
{
    uint64_t *weights = mem_zalloc(counts->vocabulary->size, sizeof *weights);
    source->ids = mem_zalloc(counts->vocabulary->size, sizeof *source->ids);
    for (size_t id = 0; id < counts->vocabulary->size; id++) {
        if (counts->of[id] == 0)
            continue;
        weights[source->count] = counts->of[id];
        source->ids[source->count++] = (int32_t)id;
    }
    int status = 0;
    if (source->count > 0 && law_of_weights(weights, source->count, 0, &source->law) < 0)
        status = diag_within("%s: %s", counts->path, diag_message());
    mem_free(weights);
    return status;
}

static int open_counts(struct token_source *source, const struct vocabulary *vocabulary, const char *path)
{
    struct counts counts = {
        .vocabulary = vocabulary,
        .path = path,
        .of = mem_zalloc(vocabulary->size, sizeof *counts.of),
        .seen = mem_zalloc(vocabulary->size, sizeof *counts.seen),
    };
    struct bytes bytes = {0};
    int status = stream_load(path, &bytes);
    if (status == 0)
        status = read_counts(&counts, bytes_slice(&bytes));
    if (status == 0)
        status = make_law(source, &counts);
    vec_free(&bytes);
    mem_free(counts.of);
    mem_free(counts.seen);
    return status;
}

/* ---- both ---- */

static int check_candidates(struct token_source *source, const char *message)
{
    if (source->count > 0)
        return 0;
    source_close(source);
    return diag_error("%s", message);
}

int source_open_counts(struct token_source *source, const struct vocabulary *vocabulary, const char *path)
{
    *source = (struct token_source){0};
    if (open_counts(source, vocabulary, path) < 0) {
        source_close(source);
        return -1;
    }
    return check_candidates(source, "there are no tokens to draw random ones from");
}

int source_open(struct token_source *source, const struct vocabulary *vocabulary, const char *from)
{
    bool ordinary = strcmp(from, "vocabulary") == 0;
    if (!ordinary && strcmp(from, "all") != 0)
        return source_open_counts(source, vocabulary, from);
    *source = (struct token_source){0};
    list_ids(source, vocabulary, ordinary ? ID_ORDINARY : ID_PROTECTED);
    return check_candidates(source, "the vocabulary has no ordinary tokens to draw random ones from");
}

void source_close(struct token_source *source)
{
    mem_free(source->ids);
    law_free(&source->law);
    *source = (struct token_source){0};
}
