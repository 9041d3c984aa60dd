/* fim.c - see fim.h. */
#include "fim.h"

#include "draws.h"

enum { MARK_PREFIX, MARK_SUFFIX, MARK_MIDDLE, MARKS };

struct fim {
    struct slice marks[MARKS];
};

/* ---- open ---- */

static int check_marks(const struct fim *fim)
{
    static const char *const names[MARKS] = {"prefix-token", "suffix-token", "middle-token"};
    for (size_t i = 0; i < MARKS; i++) {
        struct slice mark = fim->marks[i];
        if (mark.len == 0)
            return diag_error("--%s: the marker is empty", names[i]);
        if (!text_is_utf8(mark))
            return diag_error("--%s: the marker is not UTF-8", names[i]);
        for (size_t k = 0; k < i; k++)
            if (slice_equal(mark, fim->marks[k]))
                return diag_error("--%s: \"%.*s\" is the marker of --%s too", names[i], (int)mark.len, mark.ptr,
                                  names[k]);
    }
    return 0;
}

struct fim *fim_new(const struct corrupt_options *given)
{
    struct fim *fim = mem_zalloc(1, sizeof *fim);
    fim->marks[MARK_PREFIX] = slice_of(given->prefix_token);
    fim->marks[MARK_SUFFIX] = slice_of(given->suffix_token);
    fim->marks[MARK_MIDDLE] = slice_of(given->middle_token);
    if (check_marks(fim) == 0)
        return fim;
    mem_free(fim);
    return NULL;
}

void fim_free(struct fim *fim)
{
    mem_free(fim);
}

/* ---- record ---- */

/* A text in three parts. */
struct parts {
    struct slice prefix, middle, suffix;
    int32_t cuts[2]; /* in code points */
};

static struct parts cut_text(struct slice text, size_t length, struct rng *rng)
{
    uint64_t first = rng_below(rng, draw_number(DRAW_FIM_CUT, 0), length + 1);
    uint64_t second = rng_below(rng, draw_number(DRAW_FIM_CUT, 1), length + 1);
    uint64_t i = first < second ? first : second, j = first < second ? second : first;
    struct text_place place = text_start(text);
    const char *at_i = text.ptr + text_to_point(&place, i), *at_j = text.ptr + text_to_point(&place, j);
    return (struct parts){
        .prefix = slice_between(text.ptr, at_i),
        .middle = slice_between(at_i, at_j),
        .suffix = slice_between(at_j, text.ptr + text.len),
        .cuts = {(int32_t)i, (int32_t)j},
    };
}

static struct slice join(struct arena *arena, const struct slice *pieces, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += pieces[i].len;
    char *bytes = arena_alloc(arena, len), *at = bytes;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].len > 0)
            memcpy(at, pieces[i].ptr, pieces[i].len);
        at += pieces[i].len;
    }
    return (struct slice){bytes, len};
}

/* Sets the text and the members about it. Returns the counter of what became of it. */
static enum corrupt_counter set_text(const struct corrupter *corrupter, struct slice text, size_t length,
                                     struct rng *rng, struct record *made, struct arena *arena)
{
    const struct corrupt_options *given = corrupter->given;
    const struct slice *mark = corrupter->fim->marks;
    enum corrupt_counter kind = COUNT_NONE;
    struct parts parts = {0};
    if (rng_chance(rng, draw_number(DRAW_FIM, 0), given->rate)) {
        parts = cut_text(text, length, rng);
        kind = rng_chance(rng, draw_number(DRAW_FIM_SPM, 0), given->spm_rate) ? COUNT_SPM : COUNT_PSM;
        const struct slice psm[] = {mark[MARK_PREFIX], parts.prefix,      mark[MARK_SUFFIX],
                                    parts.suffix,      mark[MARK_MIDDLE], parts.middle};
        const struct slice spm[] = {mark[MARK_PREFIX], mark[MARK_SUFFIX], parts.suffix,
                                    mark[MARK_MIDDLE], parts.prefix,      parts.middle};
        rec_set_text(made, slice_of(given->field), join(arena, kind == COUNT_PSM ? psm : spm, 6));
    }
    int32_t *cuts = arena_array(arena, 2, sizeof *cuts);
    memcpy(cuts, parts.cuts, sizeof parts.cuts);
    rec_set_text(made, SLICE("fim"),
                 kind == COUNT_PSM   ? SLICE("psm")
                 : kind == COUNT_SPM ? SLICE("spm")
                                     : SLICE("none"));
    rec_set_ints(made, SLICE("fim_cuts"), cuts, 2);
    return kind;
}

/* Spans of the text stay true if another member is rearranged; without a text they are that member's. */
static void confirm_spans(const struct corrupter *corrupter, const struct record *in, struct record *made)
{
    if (strcmp(corrupter->given->field, "text") == 0 || rec_present(in, SLICE("text")) == NULL)
        return;
    for (size_t i = 0; members_of_text[i] != NULL; i++)
        rec_confirm(made, slice_of(members_of_text[i]));
}

static int check_text(const struct corrupter *corrupter, const struct record *in, struct slice text)
{
    const char *field = corrupter->given->field;
    if (rec_present(in, SLICE("fim")) != NULL)
        return diag_error("fim: already present, so the text is already rearranged");
    for (size_t i = 0; i < MARKS; i++) {
        struct slice mark = corrupter->fim->marks[i];
        if (memmem(text.ptr, text.len, mark.ptr, mark.len) != NULL)
            return diag_error("%s: the text contains the marker %.*s", field, (int)mark.len, mark.ptr);
    }
    return 0;
}

int fim_record(const struct corrupter *corrupter, const struct record *in, struct sink *out)
{
    const struct slice field = slice_of(corrupter->given->field);
    struct arena *arena = sink_arena(out);
    struct slice text;
    struct lineage lineage;
    if (rec_text(in, field, arena, &text) < 0 || check_text(corrupter, in, text) < 0 ||
        lineage_read(in, field, &corrupter->given->random, arena, &lineage) < 0)
        return -1;
    size_t length = text_length(text);
    if (length > INT32_MAX)
        return diag_error("%.*s: %zu characters are more than the limit of 2^31", (int)field.len, field.ptr, length);
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct rng rng = lineage_rng(&lineage, corrupter->key, copy);
        struct record *made = rec_derive(arena, in);
        sink_count(out, set_text(corrupter, text, length, &rng, made, arena), 1);
        confirm_spans(corrupter, in, made);
        lineage_set(made, &lineage, copy);
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}
