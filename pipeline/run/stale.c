/* stale.c - compares a copy with the record that it was derived from: see stale.h. */
#include "run/stale.h"

#include "base/diag.h"

struct slice stale_field(const struct stage *stage, const void *options)
{
    for (const struct option *option = stage->options; option != NULL && option->name != NULL; option++)
        if (strcmp(option->name, "field") == 0 && option->type == OPT_TEXT)
            return slice_of(*(const char *const *)(const void *)((const char *)options + option->offset));
    return SLICE("text");
}

/* ---- what has changed ---- */

enum change { UNCHANGED, ADDED, REPLACED };

static bool are_same_spans(const struct record *a, const struct record *b, struct slice name, struct arena *arena)
{
    const struct span *spans[2];
    size_t counts[2];
    return rec_spans(a, name, arena, &spans[0], &counts[0]) == 0 &&
           rec_spans(b, name, arena, &spans[1], &counts[1]) == 0 && counts[0] == counts[1] &&
           (counts[0] == 0 || memcmp(spans[0], spans[1], counts[0] * sizeof *spans[0]) == 0);
}

/* Are the two values the same text or the same spans, however they are spelled? Other shapes compare by spelling. */
static bool is_same(const struct record *record, const struct value *now, const struct value *before, struct slice name)
{
    struct arena *arena = record->arena;
    struct slice texts[2];
    const struct member_kind *kind = member_find(name);
    if (kind != NULL && kind->shape == VALUE_SPANS)
        return are_same_spans(record, record->from, name, arena);
    if (rec_text(record, name, arena, &texts[0]) == 0 && rec_text(record->from, name, arena, &texts[1]) == 0)
        return slice_equal(texts[0], texts[1]);
    return slice_equal(rec_json(now, arena), rec_json(before, arena));
}

static enum change change_of(const struct record *record, struct slice name)
{
    const struct member *member = rec_member(record, name);
    if (member == NULL || !member->fresh)
        return UNCHANGED;
    const struct value *before = rec_present(record->from, name);
    if (before == NULL)
        return ADDED;
    return is_same(record, &member->value, before, name) ? UNCHANGED : REPLACED;
}

/* Changes in what spans and tokens describe. They can't have described a text that is only added now. */
struct changes {
    bool text, tokens;
    enum change spans[MEMBERS_IN_TOKENS]; /* as members_with_tokens */
};

/* Has anything changed that makes other members stale? */
static bool find_changes(const struct link *link, const struct record *record, struct changes *changes)
{
    bool any = false;
    *changes = (struct changes){.text = change_of(record, SLICE("text")) == REPLACED};
    changes->tokens = changes->text;
    if (!slice_is(link->field, "text") && change_of(record, link->field) == REPLACED) {
        changes->tokens = true;
        changes->text = changes->text || rec_present(record->from, SLICE("text")) == NULL;
    }
    for (size_t i = 0; i < MEMBERS_IN_TOKENS; i++) {
        changes->spans[i] = change_of(record, slice_of(members_with_tokens[i]));
        any = any || changes->spans[i] != UNCHANGED;
    }
    return any || changes->tokens;
}

/* ---- what is stale ---- */

static bool is_listed(const char *const *names, struct slice name)
{
    for (; names != NULL && *names != NULL; names++)
        if (slice_is(name, *names))
            return true;
    return false;
}

/* word_ids number the words of the tokenizer or those of `words`; the latter only if the record already had `words`. */
static bool spans_changed(const struct member_kind *kind, const struct changes *changes)
{
    for (size_t i = 0; kind->spans != NULL && i < MEMBERS_IN_TOKENS; i++)
        if (strcmp(kind->spans, members_with_tokens[i]) == 0)
            return changes->spans[i] == REPLACED || (changes->spans[i] == ADDED && kind->of == MEMBER_OF_SPANS);
    return false;
}

static bool is_stale(const struct member_kind *kind, const struct changes *changes)
{
    switch (kind->of) {
    case MEMBER_OF_RECORD:
        return false;
    case MEMBER_OF_TEXT:
    case MEMBER_OF_CONTENT:
        return changes->text;
    case MEMBER_OF_EACH_SPAN:
        return changes->text || spans_changed(kind, changes);
    case MEMBER_OF_TOKENS:
    case MEMBER_OF_EACH_TOKEN:
    case MEMBER_OF_SPANS:
        break;
    }
    return changes->tokens || spans_changed(kind, changes);
}

/* A member that the filter left as it was. Of several with the same name the last counts. */
static bool is_stale_member(const struct stage *stage, const struct record *record, const struct member *member,
                            const struct changes *changes)
{
    if (member->fresh)
        return false;
    const struct member_kind *kind = member_find(member->name);
    return ((kind != NULL && is_stale(kind, changes)) || is_listed(stage->invalidates, member->name)) &&
           rec_present(record, member->name) == &member->value;
}

int stale_refuse(const struct link *link, struct record *record)
{
    struct changes changes;
    if (record->from == NULL || (!find_changes(link, record, &changes) && link->stage->invalidates == NULL))
        return 0;
    rec_settle(record);
    for (uint32_t i = 0, gone; i < record->count; i += 1 - gone) {
        const struct member *member = &record->members[i];
        struct slice name = member->name;
        gone = 0;
        if (!is_stale_member(link->stage, record, member, &changes))
            continue;
        if (!link->common.drop_stale)
            return diag_error("%.*s: stale: %s changed what it describes (--drop-stale removes it)", (int)name.len,
                              name.ptr, link->stage->name);
        gone = record->count;
        rec_remove(record, name);
        gone -= record->count; /* all of them are up to this place: others of the same name come before it */
    }
    return 0;
}

bool stale_may(const struct stage *stage, const struct member_kind *kind)
{
    struct changes changes = {0};
    if (is_listed(stage->invalidates, kind->name))
        return true;
    if (stage->reads == NULL ||
        is_listed(stage->writes, kind->name)) /* the filter makes records, or sets the member itself */
        return false;
    changes.text = changes.tokens = is_listed(stage->writes, SLICE("text"));
    for (size_t i = 0; i < MEMBERS_IN_TOKENS; i++)
        if (is_listed(stage->writes, slice_of(members_with_tokens[i])))
            changes.spans[i] = REPLACED;
    return is_stale(kind, &changes);
}

bool stale_any(const struct stage *stage)
{
    for (size_t i = 0; i < members_count; i++)
        if (stale_may(stage, &members[i]))
            return true;
    return stage->sets_any;
}
