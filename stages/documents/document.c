/* document.c - reads and checks a tokenized document: see document.h. */
#include "document.h"

#include "../tokenizer/own_tokens.h"
#include "../tokenizer/parallel.h"
#include "base/diag.h"
#include "record/members.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- members with an item for each token ---- */

static int check_length(int member, size_t expected, size_t found)
{
    struct slice name = carried_names[member];
    if (found == expected)
        return 0;
    return diag_error("%.*s: expected %zu items, as in input_ids, found %zu", (int)name.len, name.ptr, expected, found);
}

/* Every id must have a token. */
static int check_ids(const struct document_rules *rules, const int32_t *ids, size_t count)
{
    size_t absent = rules->tokenizer == NULL ? count : tokenizer_first_absent(rules->tokenizer, ids, count);
    if (absent < count)
        return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %s", absent, ids[absent],
                          rules->model);
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0)
            return diag_error("input_ids[%zu]: expected an id, found %" PRId32, i, ids[i]);
    return 0;
}

static int read_ints(const struct document_rules *rules, int member, const struct record *in, struct arena *arena,
                     struct document *document)
{
    const int32_t **items = &document->ints[member];
    struct slice name = carried_names[member];
    if (member == CARRY_SPECIAL_TOKENS_MASK || member == CARRY_ATTENTION_MASK)
        return parallel_flags(in, name, document->count, arena, items);
    if (member != CARRY_INPUT_IDS)
        return parallel_ints(in, name, document->count, arena, items);
    return rec_ints(in, name, arena, items, &document->count) < 0 ? -1 : check_ids(rules, *items, document->count);
}

/* ---- spans of tokens ---- */

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start) : (x->end > y->end) - (x->end < y->end);
}

static int check_range(int member, size_t i, struct span range, size_t tokens)
{
    struct slice name = carried_names[member];
    if (range.end <= tokens)
        return 0;
    return diag_error("%.*s[%zu]: [%" PRIu32 ",%" PRIu32 "] ends behind the last token; there are %zu tokens",
                      (int)name.len, name.ptr, i, range.start, range.end, tokens);
}

static int read_ranges(int member, const struct record *in, struct arena *arena, struct document *document)
{
    const struct span *found;
    size_t count, kept = 0;
    bool sorted = true;
    if (rec_spans(in, carried_names[member], arena, &found, &count) < 0)
        return -1;
    struct span *spans = arena_array(arena, count, sizeof *spans);
    uint32_t *reach = arena_array(arena, count, sizeof *reach), end = 0;
    for (size_t i = 0; i < count; i++) {
        if (check_range(member, i, found[i], document->count) < 0)
            return -1;
        if (found[i].start == found[i].end)
            continue;
        sorted &= kept == 0 || spans[kept - 1].start <= found[i].start;
        spans[kept++] = found[i];
    }
    /* Entities that a user has written may come in any order. */
    if (!sorted)
        qsort(spans, kept, sizeof *spans, by_start);
    for (size_t i = 0; i < kept; i++)
        reach[i] = end = spans[i].end > end ? spans[i].end : end;
    document->ranges[member - CARRY_INTS] = (struct ranges){spans, reach, kept};
    return 0;
}

/* ---- the document ---- */

static int read_member(const struct document_rules *rules, int member, const struct record *in, struct arena *arena,
                       struct document *document)
{
    size_t count;
    if (member < CARRY_INTS)
        return read_ints(rules, member, in, arena, document);
    if (member < CARRY_RANGES_END)
        return read_ranges(member, in, arena, document);
    if (member == CARRY_TOKENS) {
        if (rec_strings(in, carried_names[member], arena, &document->tokens, &count) < 0)
            return -1;
    } else if (rec_spans(in, carried_names[member], arena, &document->offsets, &count) < 0) {
        return -1;
    }
    return check_length(member, document->count, count);
}

static int refuse_special(const struct document_rules *rules, const struct document *document)
{
    const int32_t *special = document->ints[CARRY_SPECIAL_TOKENS_MASK], *ids = document->ints[CARRY_INPUT_IDS];
    size_t count = document->count, found = 0;
    if (special == NULL)
        found = rules->tokenizer == NULL ? count : tokenizer_first_special(rules->tokenizer, ids, count);
    else
        while (found < count && special[found] == 0)
            found++;
    if (found == count)
        return 0;
    return diag_error("input_ids[%zu]: %" PRId32 " is a special token, and this filter adds its own; tokenize with "
                      "--no-special",
                      found, ids[found]);
}

static void set_zeros(unsigned zero, struct document *document, struct arena *arena)
{
    if (zero == 0)
        return;
    int32_t *zeros = arena_array(arena, document->count, sizeof *zeros);
    memset(zeros, 0, document->count * sizeof *zeros);
    for (int i = 0; i < CARRY_INTS; i++)
        if (zero & CARRY_BIT(i))
            document->ints[i] = zeros;
    document->carried |= zero;
}

/* Is the set of its members that of the first document? */
static int check_alike(const struct document_rules *rules, const struct record *in, const struct document *document)
{
    unsigned other = rules->carried ^ document->carried;
    if (other == 0 && (rules->any_round || document->round == rules->round))
        return 0;
    char first[128];
    (void)snprintf(first, sizeof first, "%s (line %" PRIu64 ")", rules->first, rules->line);
    for (int i = 0; i < CARRY_COUNT; i++) {
        struct slice name = carried_names[i];
        char why[256];
        if (!(other & CARRY_BIT(i)))
            continue;
        (void)snprintf(why, sizeof why, ", but %s has it, and all must have the same", first);
        if (rules->carried & CARRY_BIT(i))
            return member_missing(in, name, why);
        return diag_error("%.*s: %s has no such member, and all must have the same; --emit names those to write",
                          (int)name.len, name.ptr, first);
    }
    return diag_error("epoch: %" PRIu32 " here, but %s is of epoch %" PRIu32
                      ", and records of several epochs can't be combined",
                      document->round, first, rules->round);
}

static int read_all(const struct document_rules *rules, const struct record *in, struct arena *arena,
                    struct document *document)
{
    *document = (struct document){0};
    if (rec_present(in, SLICE("window")) != NULL)
        return diag_error("window: the record is a window of a text, and windows repeat parts of it; tokenize without "
                          "--overflow windows");
    if (record_id_read(in, arena, &document->id) < 0 || lineage_round(in, &document->round) < 0)
        return -1;
    document->says_epoch = rec_present(in, SLICE("epoch")) != NULL;
    unsigned looked_at = rules->wanted | rules->needed | rules->used | CARRY_BIT(CARRY_INPUT_IDS);
    for (int i = 0; i < CARRY_COUNT; i++) {
        bool needed = i == CARRY_INPUT_IDS || rules->needed & CARRY_BIT(i);
        if (!(looked_at & CARRY_BIT(i)))
            continue;
        if (rec_present(in, carried_names[i]) == NULL && needed)
            return member_missing(in, carried_names[i], "");
        if (rec_present(in, carried_names[i]) == NULL)
            continue;
        if (read_member(rules, i, in, arena, document) < 0)
            return -1;
        document->carried |= rules->wanted & CARRY_BIT(i);
    }
    if (rules->tokenizer != NULL && own_tokens_check(rules->tokenizer, rules->model, in,
                                                     document->ints[CARRY_INPUT_IDS], document->count, arena) < 0)
        return -1;
    set_zeros(rules->zeros, document, arena);
    return rules->no_special ? refuse_special(rules, document) : 0;
}

int document_read(struct document_rules *rules, const struct record *in, struct arena *arena, struct document *document)
{
    if (read_all(rules, in, arena, document) < 0)
        return -1;
    if (!rules->fixed) {
        rules->fixed = true;
        rules->carried = document->carried;
        rules->round = document->round;
        rules->line = in->line_number;
    }
    return check_alike(rules, in, document);
}

/* ---- sentences ---- */

struct sentences document_sentences(const struct document *document, struct arena *arena)
{
    const struct ranges *spans = &document->ranges[CARRY_SENTENCE_TOKENS - CARRY_INTS];
    uint32_t *starts = arena_array(arena, spans->count + 2, sizeof *starts), behind = 0;
    size_t count = 0;
    for (size_t i = 0; i < spans->count; i++) {
        struct span span = spans->spans[i];
        uint32_t start = span.start > behind ? span.start : behind;
        if (start >= span.end)
            continue;
        starts[count] = count == 0 ? 0 : start;
        count++;
        behind = span.end;
    }
    if (count == 0 && document->count > 0)
        starts[count++] = 0;
    starts[count] = (uint32_t)document->count;
    return (struct sentences){starts, count};
}
