/* tokens.c - see tokens.h. */
#include "tokens.h"

#include "../tokenizer/tokenizer.h"
#include "base/diag.h"
#include "base/search.h"
#include "record/masks.h"
#include "record/members.h"
#include "text/text.h"

#include <inttypes.h>

/* ---- reading ---- */

static bool has(const struct record *record, const char *name)
{
    return rec_present(record, slice_of(name)) != NULL;
}

static int check_count(const struct token_row *row, const char *name, size_t count)
{
    if (count != row->count)
        return diag_error("%s: expected %zu items, as in %s, found %zu", name, row->count,
                          row->input_ids != NULL ? "input_ids" : "tokens", count);
    return 0;
}

/* Where the tokens of a second text begin: at the first of its type; else after a special token between other tokens,
 * or where offsets start over. */
static int find_second(const struct record *record, struct arena *arena, struct token_row *row)
{
    const int32_t *types = NULL, *special = row->special_tokens_mask;
    size_t count;
    row->second = row->count;
    if (has(record, "token_type_ids") && (rec_ints(record, SLICE("token_type_ids"), arena, &types, &count) != 0 ||
                                          check_count(row, "token_type_ids", count) != 0))
        return -1;
    const struct span *last = NULL;
    for (size_t i = 0; i < row->count; i++) {
        if (special != NULL ? special[i] != 0 : row->offsets[i].start == row->offsets[i].end)
            continue;
        bool parted = special != NULL && i > 0 && special[i - 1] != 0;
        if ((types != NULL && types[i] == 1) || (last != NULL && (parted || row->offsets[i].start < last->start))) {
            row->second = i;
            break;
        }
        last = &row->offsets[i];
    }
    return 0;
}

static int bad_place(size_t token, struct slice text, bool in_bytes, struct span span)
{
    bool counts_bytes = !in_bytes && span.start <= span.end && span.end <= text.len;
    return diag_error("offset_mapping[%zu]: expected a span of the text (%zu %s), found [%" PRIu32 ",%" PRIu32 ")%s",
                      token, in_bytes ? text.len : text_length(text), in_bytes ? "bytes" : "code points", span.start,
                      span.end, counts_bytes ? ": in bytes? (--offsets)" : "");
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

/* The code point that begins at a byte; false if none does. */
static bool find_point(const size_t *starts, size_t length, uint32_t *place)
{
    size_t point;
    search_first(point, length, starts[point] < *place);
    bool found = starts[point] == *place;
    *place = (uint32_t)point;
    return found;
}

/* Cuts tokens [from, to) out of their text. */
static int cut_pieces(struct token_row *row, size_t from, size_t to, struct slice text, bool in_bytes,
                      struct arena *arena, struct span *offsets, struct slice *pieces)
{
    size_t length = text_length(text);
    const size_t *starts = byte_starts(text, length, arena);
    for (size_t i = from; i < to; i++) {
        struct span span = row->offsets[i];
        if (span.start > span.end || span.end > (in_bytes ? text.len : length))
            return bad_place(i, text, in_bytes, span);
        if (in_bytes && (!find_point(starts, length, &span.start) || !find_point(starts, length, &span.end)))
            return diag_error("offset_mapping[%zu]: [%" PRIu32 ",%" PRIu32 ") begins or ends inside a character", i,
                              row->offsets[i].start, row->offsets[i].end);
        offsets[i] = span;
        pieces[i] = (struct slice){text.ptr + starts[span.start], starts[span.end] - starts[span.start]};
    }
    return 0;
}

static int read_offsets(const struct record *record, const struct slice texts[2], bool in_bytes, struct arena *arena,
                        struct token_row *row)
{
    size_t count;
    row->second = row->count;
    if ((texts[0].ptr == NULL && texts[1].ptr == NULL) || !has(record, "offset_mapping"))
        return 0;
    if (rec_spans(record, SLICE("offset_mapping"), arena, &row->offsets, &count) != 0 ||
        check_count(row, "offset_mapping", count) != 0 || find_second(record, arena, row) != 0)
        return -1;
    struct span *offsets = arena_array(arena, row->count, sizeof *offsets);
    struct slice *pieces = arena_array(arena, row->count, sizeof *pieces);
    memcpy(offsets, row->offsets, row->count * sizeof *offsets);
    memset(pieces, 0, row->count * sizeof *pieces);
    if ((texts[0].ptr != NULL && cut_pieces(row, 0, row->second, texts[0], in_bytes, arena, offsets, pieces) != 0) ||
        (texts[1].ptr != NULL &&
         cut_pieces(row, row->second, row->count, texts[1], in_bytes, arena, offsets, pieces) != 0))
        return -1;
    row->offsets = offsets;
    row->pieces = pieces;
    return 0;
}

/* If the number of labels differs, they belong to a decoder. */
static int read_labels(const struct record *record, struct arena *arena, struct token_row *row)
{
    const int32_t *labels;
    size_t count;
    if (row->input_ids == NULL || !has(record, "labels"))
        return 0;
    if (rec_ints(record, SLICE("labels"), arena, &labels, &count) != 0)
        return -1;
    if (count == row->count && masks_are(record, row->input_ids, labels, row->special_tokens_mask, count))
        row->labels = labels;
    return 0;
}

static int read_documents(const struct record *record, struct arena *arena, struct token_row *row)
{
    size_t count;
    if (!has(record, "doc_ids"))
        return 0;
    if (rec_ints(record, SLICE("doc_ids"), arena, &row->doc_ids, &count) != 0)
        return -1;
    return check_count(row, "doc_ids", count);
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

int tokens_read(const struct record *record, const struct slice texts[2], bool in_bytes, struct arena *arena,
                struct token_row *row)
{
    *row = (struct token_row){0};
    if (has(record, "input_ids") && rec_ints(record, SLICE("input_ids"), arena, &row->input_ids, &row->count) != 0)
        return -1;
    if (read_names(record, arena, row) != 0)
        return -1;
    if (row->count > 0 && (read_labels(record, arena, row) != 0 || read_documents(record, arena, row) != 0 ||
                           read_offsets(record, texts, in_bytes, arena, row) != 0))
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

/* The record's own names date from before it was masked. */
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
        return SLICE("\"\""); /* an empty token without an id */
    return name_of_id(names, id, arena);
}

static void add_separator(const struct token_row *row, const struct token_names *names, size_t i, struct screen *screen)
{
    if (row->doc_ids != NULL && row->doc_ids[i] != row->doc_ids[i - 1]) {
        screen_add(screen, SLICE(" || "), SCREEN_DIM);
        return;
    }
    bool pieces = row->tokens == NULL && row->pieces != NULL && names->tokenizer == NULL;
    bool touch = pieces && i != row->second && row->pieces[i - 1].len > 0 && row->pieces[i].len > 0 &&
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
