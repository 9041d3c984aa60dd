/* told.c - see told.h. */
#include "told.h"

#include "record/keep.h"

static int check_sentences(const struct told *told)
{
    for (size_t i = 1; i < told->count; i++)
        if (told->sentences[i].start < told->sentences[i - 1].end)
            return diag_error("sentences[%zu]: starts before the one before it ends", i);
    return 0;
}

/* Is the span within a sentence? */
static bool is_within(const struct told *told, struct span span)
{
    size_t i;
    search_first(i, told->count, told->sentences[i].end < span.end);
    return i < told->count && told->sentences[i].start <= span.start && span.end <= told->sentences[i].end;
}

static bool crosses(const struct told *told)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &told->annotations.members[i];
        for (size_t j = 0; !slice_is(member->name, "sentences") && j < member->count; j++)
            if (!is_within(told, member->before[j]))
                return true;
    }
    return false;
}

/* The bytes of the sentences. */
static void cut_text(struct told *told, struct arena *arena)
{
    struct text_place place = text_start(told->text);
    told->parts = arena_array(arena, told->count, sizeof *told->parts);
    for (size_t i = 0; i < told->count; i++) {
        size_t start = text_to_point(&place, told->sentences[i].start);
        size_t end = text_to_point(&place, told->sentences[i].end);
        told->parts[i] = (struct slice){told->text.ptr + start, end - start};
    }
}

struct told *told_read(const struct record *in, struct arena *arena)
{
    struct told *told = arena_alloc(arena, sizeof *told);
    const struct record *kept = rec_copy(arena, in);
    const struct value *lang = rec_present(kept, SLICE("lang"));
    *told = (struct told){0};
    if (rec_text(kept, SLICE("text"), arena, &told->text) < 0 ||
        rec_spans(kept, SLICE("sentences"), arena, &told->sentences, &told->count) < 0)
        return NULL;
    int found = annotations_read(kept, told->text, arena, &told->annotations);
    if (found < 0 || check_sentences(told) < 0)
        return NULL;
    if (lang != NULL)
        told->lang = rec_json(lang, arena);
    told->crosses = crosses(told);
    if (told->count > 0 && annotations_cut(&told->annotations, told->sentences, told->count, arena, &told->pieces) < 0)
        return NULL;
    cut_text(told, arena);
    return told;
}
