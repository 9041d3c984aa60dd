/* tokens.c - see tokens.h. */
#include "tokens.h"

#include "../tokenizer/tokenizer.h"
#include "diag.h"
#include "text.h"

#include <inttypes.h>

enum { IGNORE_INDEX = -100 }; /* of `labels`: this token is not to be predicted */

/* ---- reading ---- */

static bool has(const struct record *record, const char *name)
{
    return rec_get(record, slice_of(name)) != NULL;
}

static int check_count(const struct token_row *row, const char *name, size_t count)
{
    if (count != row->count)
        return diag_error("%s: expected %zu items, as in %s, found %zu", name, row->count,
                          row->input_ids != NULL ? "input_ids" : "tokens", count);
    return 0;
}

/* Where each code point of the text begins, and where the text ends. */
static const size_t *byte_starts(struct slice text, size_t length, struct arena *arena)
{
    size_t *starts = arena_array(arena, length + 1, sizeof *starts);
    size_t byte = 0;
    for (size_t i = 0; i < length; i++) {
        starts[i] = byte;
        byte += text_sequence(text.ptr + byte, text.ptr + text.len);
    }
    starts[length] = byte;
    return starts;
}

static int cut_pieces(struct token_row *row, struct slice text, struct arena *arena)
{
    size_t length = text_length(text);
    const size_t *starts = byte_starts(text, length, arena);
    struct slice *pieces = arena_array(arena, row->count, sizeof *pieces);
    for (size_t i = 0; i < row->count; i++) {
        struct span span = row->offsets[i];
        if (span.start > span.end || span.end > length)
            return diag_error("offset_mapping[%zu]: expected a span of the text (%zu code points), found [%" PRIu32
                              ",%" PRIu32 ")",
                              i, length, span.start, span.end);
        pieces[i] = (struct slice){text.ptr + starts[span.start], starts[span.end] - starts[span.start]};
    }
    row->pieces = pieces;
    return 0;
}

static int read_offsets(const struct record *record, const struct slice *text, struct arena *arena,
                        struct token_row *row)
{
    size_t count;
    if (text == NULL || !has(record, "offset_mapping"))
        return 0;
    if (rec_spans(record, SLICE("offset_mapping"), arena, &row->offsets, &count) != 0 ||
        check_count(row, "offset_mapping", count) != 0)
        return -1;
    return cut_pieces(row, *text, arena);
}

/* Labels of another number belong to a decoder; labels without -100 are no choice among the tokens. */
static int read_labels(const struct record *record, struct arena *arena, struct token_row *row)
{
    const int32_t *labels;
    size_t count;
    if (row->input_ids == NULL || !has(record, "labels"))
        return 0;
    if (rec_ints(record, SLICE("labels"), arena, &labels, &count) != 0)
        return -1;
    for (size_t i = 0; i < count && count == row->count; i++)
        if (labels[i] == IGNORE_INDEX)
            row->labels = labels;
    return 0;
}

static int read_names(const struct record *record, struct arena *arena, struct token_row *row)
{
    size_t count;
    if (has(record, "tokens")) {
        if (rec_strings(record, SLICE("tokens"), arena, &row->tokens, &count) != 0)
            return -1;
        if (row->input_ids == NULL)
            row->count = count;
        if (check_count(row, "tokens", count) != 0)
            return -1;
    }
    if (row->count == 0 || !has(record, "special_tokens_mask"))
        return 0;
    if (rec_ints(record, SLICE("special_tokens_mask"), arena, &row->special_tokens_mask, &count) != 0)
        return -1;
    return check_count(row, "special_tokens_mask", count);
}

int tokens_read(const struct record *record, const struct slice *text, struct arena *arena, struct token_row *row)
{
    *row = (struct token_row){0};
    if (has(record, "input_ids") && rec_ints(record, SLICE("input_ids"), arena, &row->input_ids, &row->count) != 0)
        return -1;
    if (read_names(record, arena, row) != 0)
        return -1;
    if (row->count > 0 && (read_labels(record, arena, row) != 0 || read_offsets(record, text, arena, row) != 0))
        return -1;
    return 0;
}

/* ---- showing ---- */

static struct slice name_of_id(const struct token_names *names, int32_t id, struct arena *arena)
{
    struct slice token = {0};
    if (names->tokenizer != NULL)
        token = tokenizer_token(names->tokenizer, id);
    return token.len > 0 ? token : arena_print(arena, "#%" PRId32, id);
}

/* The record's own names are those from before it was masked. */
static bool own_name(const struct token_row *row, size_t i, struct slice *name)
{
    if (row->tokens != NULL)
        *name = row->tokens[i];
    else if (row->pieces != NULL)
        *name = row->pieces[i];
    else
        return false;
    return name->len > 0;
}

/* A token as it was before masking; `id` is its id then. */
static struct slice original_name(const struct token_row *row, const struct token_names *names, size_t i, int32_t id,
                                  struct arena *arena)
{
    struct slice name;
    if (own_name(row, i, &name) && (row->tokens != NULL || names->tokenizer == NULL))
        return name;
    if (row->input_ids == NULL)
        return SLICE("\"\""); /* an empty token, and no id to tell it by */
    return name_of_id(names, id, arena);
}

static void add_separator(const struct token_row *row, const struct token_names *names, size_t i, struct screen *screen)
{
    bool pieces = row->tokens == NULL && row->pieces != NULL && names->tokenizer == NULL;
    bool touch = pieces && row->pieces[i - 1].len > 0 && row->pieces[i].len > 0 &&
                 row->offsets[i - 1].end == row->offsets[i].start;
    screen_add(screen, touch ? SLICE("|") : SLICE(" "), SCREEN_DIM);
}

static char mask_letter(const struct token_row *row, const struct token_names *names, size_t i)
{
    if (row->input_ids[i] == row->labels[i])
        return 'K';
    if (names->mask_id < 0)
        return 'C';
    return row->input_ids[i] == names->mask_id ? 'M' : 'R';
}

static void add_masked(const struct token_row *row, const struct token_names *names, size_t i, struct arena *arena,
                       struct screen *screen)
{
    char letter = mask_letter(row, names, i);
    struct slice original = original_name(row, names, i, row->labels[i], arena);
    struct slice shown = letter == 'K' ? original : name_of_id(names, row->input_ids[i], arena);
    unsigned style = letter == 'K' ? SCREEN_GREEN : letter == 'R' ? SCREEN_MAGENTA : SCREEN_RED;
    screen_add_word(screen, shown, style | SCREEN_BOLD);
    if (letter == 'K') {
        screen_add_word(screen, SLICE("{K}"), style);
        return;
    }
    screen_add_word(screen, arena_print(arena, "{%c:", letter), style);
    screen_add_word(screen, original, style);
    screen_add_word(screen, SLICE("}"), style);
}

void tokens_add(const struct token_row *row, const struct token_names *names, struct arena *arena,
                struct screen *screen)
{
    for (size_t i = 0; i < row->count; i++) {
        if (i > 0)
            add_separator(row, names, i, screen);
        if (row->labels != NULL && row->labels[i] != IGNORE_INDEX) {
            add_masked(row, names, i, arena, screen);
            continue;
        }
        bool special = row->special_tokens_mask != NULL && row->special_tokens_mask[i] != 0;
        int32_t id = row->input_ids != NULL ? row->input_ids[i] : 0;
        screen_add_word(screen, original_name(row, names, i, id, arena), special ? SCREEN_DIM : SCREEN_PLAIN);
    }
}
