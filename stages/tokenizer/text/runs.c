/* runs.c - see runs.h. */
#include "runs.h"

#include "byte_masks.h"
#include "classes.h"
#include "text/text.h"

static bool is_number(uint32_t point)
{
    return (classes_of(classes_table(), point) & CLASS_NUMBER) != 0;
}

static bool is_chinese(uint32_t point)
{
    return (point >= 0x4e00 && point <= 0x9fa5) || (point >= 0x3040 && point <= 0x30ff);
}

const struct run_form runs_forms[RUNS_FORMS] = {
    [RUNS_NUMBERS] = {"\\p{N}{1,3}", 3, is_number},
    [RUNS_CHINESE] = {"[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+", SIZE_MAX, is_chinese},
};

const struct run_form *runs_find(struct slice expression)
{
    for (size_t i = 0; i < RUNS_FORMS; i++)
        if (slice_is(expression, runs_forms[i].expression))
            return &runs_forms[i];
    return NULL;
}

static size_t run_end(const struct run_form *form, const char *text, size_t at, size_t end)
{
    size_t len;
    for (size_t count = 0; at < end && count < form->most && form->holds(text_decode(text + at, &len)); count++)
        at += len;
    return at;
}

/* Letters are skipped 64 bytes at a time: only digits and characters beyond ASCII can be in a run. */
void runs_cut(const struct run_form *form, struct draft *draft, struct piece piece)
{
    byte_masks_finder *find = byte_masks_best();
    struct byte_masks masks;
    const char *text = draft->text;
    size_t done = piece.start; /* the end of the last run */
    for (size_t block = piece.start, len; block < piece.end; block += len) {
        len = byte_masks_read(find, text + block, piece.end - block, &masks);
        uint64_t candidates = (masks.digit | (masks.wide & ~masks.inside)) & mask_first(len);
        for (; candidates != 0; candidates &= candidates - 1) {
            size_t start = block + (size_t)__builtin_ctzll(candidates);
            size_t end = start < done ? start : run_end(form, text, start, piece.end);
            if (end == start)
                continue;
            draft_cut(draft, done, start, PIECE_TEXT);
            draft_cut(draft, start, end, PIECE_TEXT);
            done = end;
        }
    }
    draft_cut(draft, done, piece.end, PIECE_TEXT);
}
