/* gpt2.c - see gpt2.h.
 *
 * A character is a letter, a number, white space or another. A word is a run of one kind, with one blank before it if
 * there is one; the last character of a run of white space is left for the next word; a contraction is cut off only
 * where the expression looks for one, at the start of a word, so "it's" and "O'neil" differ.
 *
 * 64 bytes at a time become a mask of bits for each kind, and the starts of words are a few operations on masks. */
#include "gpt2.h"

#include "classes.h"
#include "text/text.h"

const char gpt2_expression[] = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| "
                               "?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/* Every byte of a character has the character's kind. */
struct kinds {
    uint64_t letter, number, white;
};

/* Adds the kinds of what is not ASCII. Chinese characters are letters, and in Chinese texts they are most of it. */
static void add_wide(const char *text, const struct byte_masks *masks, uint64_t valid, struct kinds *kinds)
{
    const uint8_t *classes = classes_table();
    kinds->letter |= masks->han | masks->han << 1 | masks->han << 2;
    for (uint64_t rest = masks->wide & ~masks->inside & ~masks->han & valid; rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest), bytes;
        uint8_t class = classes_of(classes, text_decode(text + at, &bytes));
        uint64_t character = mask_first(bytes) << at;
        kinds->letter |= class & CLASS_LETTER ? character : 0;
        kinds->number |= class & CLASS_NUMBER ? character : 0;
        kinds->white |= class & CLASS_SPACE ? character : 0;
    }
}

/* The length of 's 't 're 've 'm 'll 'd at `at`, which is an apostrophe; or 0. */
static size_t contraction(const char *text, size_t at, size_t end)
{
    if (end - at < 2)
        return 0;
    char a = text[at + 1], b = end - at > 2 ? text[at + 2] : '\0';
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

/* Reads the block at the cursor. Returns its length, such that no character and no contraction continues after it. */
static size_t read_block(const struct gpt2_cursor *cursor, struct byte_masks *masks, struct kinds *kinds)
{
    const char *text = cursor->text + cursor->at;
    size_t left = cursor->end - cursor->at, len = byte_masks_read(cursor->find, text, left, masks);
    *kinds = (struct kinds){masks->letter, masks->digit, masks->white};
    if (masks->wide != 0)
        add_wide(text, masks, mask_first(len), kinds);
    uint64_t last_quotes = masks->quote & mask_first(len) & ~mask_first(len - (len < 3 ? len : 3));
    if (last_quotes != 0 && len < left && __builtin_ctzll(last_quotes) > 0)
        len = (size_t)__builtin_ctzll(last_quotes);
    return len;
}

static bool is_white(const char *at)
{
    size_t len;
    return (classes_of(classes_table(), text_decode(at, &len)) & CLASS_SPACE) != 0;
}

/* The first bytes of white space characters that are followed by something else. What is found first is their last
 * bytes; for a character of several bytes the bit is moved to its first one. */
static uint64_t last_white(const struct byte_masks *masks, uint64_t white, size_t len, bool white_follows)
{
    uint64_t ends = white & ~(white >> 1 | (uint64_t)white_follows << (len - 1));
    uint64_t starts = ends & ~masks->inside;
    for (uint64_t rest = ends & masks->inside; rest != 0; rest &= rest - 1) {
        uint64_t before = mask_first((size_t)__builtin_ctzll(rest)) & ~masks->inside;
        starts |= UINT64_C(1) << (63 - __builtin_clzll(before));
    }
    return starts;
}

static uint64_t cut_contractions(const struct gpt2_cursor *cursor, uint64_t quotes, uint64_t starts)
{
    for (uint64_t rest = quotes & starts; rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest);
        size_t len = contraction(cursor->text, cursor->at + at, cursor->end);
        if (len > 0) {
            starts &= ~(UINT64_C(2) << at);
            starts |= at + len < 64 ? UINT64_C(1) << (at + len) : 0;
        }
    }
    return starts;
}

size_t gpt2_starts(struct gpt2_cursor *cursor, uint32_t starts[GPT2_BLOCK])
{
    struct byte_masks masks;
    struct kinds kinds;
    size_t len = read_block(cursor, &masks, &kinds), behind = cursor->at + len;
    const uint64_t valid = mask_first(len);
    uint64_t letter = kinds.letter & valid, number = kinds.number & valid, white = kinds.white & valid;
    uint64_t other = valid & ~(letter | number | white);
    uint64_t changes = (letter & ~(letter << 1 | cursor->letter)) | (number & ~(number << 1 | cursor->number)) |
                       (other & ~(other << 1 | cursor->other));
    uint64_t found = changes & ~(masks.blank << 1 | cursor->blank);
    found |= white & ~(white << 1 | cursor->white);
    /* At the end of the piece nothing follows that the last one could be left for. */
    found |= last_white(&masks, white, len, behind == cursor->end || is_white(cursor->text + behind));
    found = cut_contractions(cursor, masks.quote & valid, found) & valid;
    size_t count = 0;
    for (; found != 0; found &= found - 1)
        starts[count++] = (uint32_t)(cursor->at + (size_t)__builtin_ctzll(found));
    cursor->letter = letter >> (len - 1);
    cursor->number = number >> (len - 1);
    cursor->other = other >> (len - 1);
    cursor->white = white >> (len - 1);
    cursor->blank = masks.blank >> (len - 1) & 1;
    cursor->at = behind;
    return count;
}

void gpt2_cut(struct draft *draft, struct piece piece)
{
    struct gpt2_cursor cursor = gpt2_cursor(draft->text, piece.start, piece.end);
    uint32_t starts[GPT2_BLOCK], start = piece.start;
    while (cursor.at < cursor.end) {
        size_t count = gpt2_starts(&cursor, starts);
        for (size_t i = 0; i < count; i++) {
            draft_cut(draft, start, starts[i], PIECE_TEXT);
            start = starts[i];
        }
    }
    draft_cut(draft, start, piece.end, PIECE_TEXT);
}
