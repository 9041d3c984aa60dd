/* sentences.c - see sentences.h. */
#include "sentences.h"

#include "base/diag.h"
#include "record/annotations.h"

static struct span *keep(const struct span *spans, size_t count, struct arena *arena)
{
    struct span *kept = arena_array(arena, count, sizeof *kept);
    if (count > 0)
        memcpy(kept, spans, count * sizeof *kept);
    return kept;
}

/* Those that the record has. */
static int read_given(const struct record *record, struct slice text, struct arena *arena, struct span **sentences,
                      size_t *count)
{
    const struct span *given;
    if (rec_spans(record, SLICE("sentences"), arena, &given, count) < 0)
        return -1;
    size_t points = *count > 0 ? text_length(text) : 0;
    for (size_t i = 0; i < *count; i++) {
        if (given[i].start > given[i].end || given[i].end > points)
            return diag_error("sentences[%zu]: expected a span of the text, which has %zu characters", i, points);
        if (i > 0 && given[i].start < given[i - 1].end)
            return diag_error("sentences[%zu]: starts at %u, before the end of the sentence before it, %u", i,
                              given[i].start, given[i - 1].end);
    }
    *sentences = keep(given, *count, arena);
    return 0;
}

int sentences_read(const struct sentence_finder *finder, const struct record *record, struct slice field,
                   struct slice text, struct slice tag, struct arena *arena, struct span **sentences, size_t *count)
{
    struct passage *passage = finder->passage;
    if (annotations_belong(record, field) && rec_present(record, SLICE("sentences")) != NULL)
        return read_given(record, text, arena, sentences, count);
    if (breaks_passage(passage, text) < 0 || breaks_sentences(finder->breaks, tag, passage, finder->found) < 0)
        return diag_error("%.*s: %s", (int)field.len, field.ptr, diag_message());
    abbreviations_join(finder->abbreviations, tag, passage, finder->found);
    breaks_to_points(passage, finder->found);
    *count = finder->found->len;
    *sentences = keep(finder->found->items, *count, arena);
    return 0;
}
