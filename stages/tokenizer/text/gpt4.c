/* gpt4.c - see gpt4.h.
 *
 * word_end finds where the next word ends, word by word, as the expression does. It is exact for every form and fast
 * enough for the occasional word. Most words are found as in gpt2.c, 64 bytes at a time as masks of bits. A block of
 * masks starts where a word starts, so nothing before it matters; it ends before the first character that the masks
 * can't decide, and its last word is left to the next block, which sees what follows. */
#include "gpt4.h"

#include "categories.h"
#include "classes.h"
#include "text/text.h"

#include <threads.h>
#include <unicode/uchar.h>

#define CONTRACTION "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define CAPITALS "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define SMALL "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define LEAD "[^\\r\\n\\p{L}\\p{N}]?"
#define BEHIND "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

const struct gpt4_form gpt4_forms[GPT4_FORMS] = {
    [GPT4_CL100K] =
        {"'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|"
         "\\s++\\z|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
         .numbers = 3, .contractions = true, .whole_end = true},
    [GPT4_LLAMA3] = {CONTRACTION "|" LEAD "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" BEHIND, .numbers = 3,
                     .contractions = true},
    [GPT4_QWEN2] = {CONTRACTION "|" LEAD "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" BEHIND, .numbers = 1,
                    .contractions = true},
    [GPT4_QWEN3_5] = {CONTRACTION "|" LEAD "[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" BEHIND,
                      .numbers = 1, .contractions = true, .marks = true},
    [GPT4_O200K] = {LEAD CAPITALS "*" SMALL "+" CONTRACTION "?|" LEAD CAPITALS "+" SMALL "*" CONTRACTION "?|"
                                  "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" BEHIND,
                    .numbers = 3, .contractions = true, .cased = true},
    [GPT4_TEKKEN] = {LEAD CAPITALS "*" SMALL "+|" LEAD CAPITALS "+" SMALL "*|"
                                   "\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" BEHIND,
                     .numbers = 1, .cased = true},
    [GPT4_DEEPSEEK] =
        {"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
         " ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
         .marks = true, .signs = true},
};

const struct gpt4_form *gpt4_find(struct slice expression)
{
    for (size_t i = 0; i < GPT4_FORMS; i++)
        if (slice_is(expression, gpt4_forms[i].expression))
            return &gpt4_forms[i];
    return NULL;
}

/* ---- characters ---- */

/* CAPITAL, SMALL: the expression's two sets. Characters without case, and marks, are in both. */
enum {
    LETTER = 1,
    NUMBER = 2,
    SPACE = 4,
    NEWLINE = 8,
    CAPITAL = 16,
    SMALL_LETTER = 32,
    MARK = 64,
    SIGN = 128, /* \p{P}, \p{S} */
    CASELESS = CAPITAL | SMALL_LETTER,
};

static unsigned find_kind(uint32_t point)
{
    const uint32_t both = U_GC_LM_MASK | U_GC_LO_MASK | U_GC_M_MASK, mask = categories_mask(point);
    unsigned kind = classes_of(classes_table(), point) & CLASS_SPACE ? SPACE : 0;
    kind |= point == '\r' || point == '\n' ? NEWLINE : 0;
    kind |= mask & U_GC_L_MASK ? LETTER : 0;
    kind |= mask & U_GC_N_MASK ? NUMBER : 0;
    kind |= mask & U_GC_M_MASK ? MARK : 0;
    kind |= mask & (U_GC_P_MASK | U_GC_S_MASK) ? SIGN : 0;
    kind |= mask & (U_GC_LU_MASK | U_GC_LT_MASK | both) ? CAPITAL : 0;
    kind |= mask & (U_GC_LL_MASK | both) ? SMALL_LETTER : 0;
    return kind;
}

/* Of the basic plane. */
static unsigned char table[CLASSES_BASIC];

static void make_table(void)
{
    for (uint32_t point = 0; point < CLASSES_BASIC; point++)
        table[point] = (unsigned char)find_kind(point);
}

static inline unsigned kind_of(const struct gpt4_cursor *cursor, uint32_t point)
{
    return point < CLASSES_BASIC ? cursor->kinds[point] : find_kind(point);
}

struct gpt4_cursor gpt4_cursor(const struct gpt4_form *form, const char *text, size_t start, size_t end)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_table);
    return (struct gpt4_cursor){
        .form = form, .kinds = table, .find = byte_masks_best(), .text = text, .at = start, .end = end};
}

/* 0 at the end of the text, as for a character of no kind. */
static unsigned kind_at(const struct gpt4_cursor *cursor, size_t at, size_t *len)
{
    *len = 0;
    return at < cursor->end ? kind_of(cursor, text_decode(cursor->text + at, len)) : 0;
}

/* The kinds of characters in a word. */
static unsigned letters_of(const struct gpt4_form *form)
{
    return form->cased ? CASELESS : form->marks ? LETTER | MARK : LETTER;
}

/* Is it one of the others: not white space, and not part of words or numbers? */
static bool is_other(const struct gpt4_form *form, unsigned kind)
{
    return form->signs ? kind & SIGN : !(kind & (SPACE | LETTER | NUMBER | (form->marks ? MARK : 0)));
}

/* The length of the contraction at a quote, in upper or lower case; U+017F is an s. 0 if there is none. */
static size_t contraction(const char *quote, size_t left)
{
    if (left < 2)
        return 0;
    unsigned char first = (unsigned char)quote[1], second = left > 2 ? (unsigned char)quote[2] : 0;
    if (first == 0xc5 && second == 0xbf)
        return 3;
    char a = (char)(first | 0x20), b = (char)(second | 0x20);
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

/* ---- word by word ---- */

static size_t run_end(const struct gpt4_cursor *cursor, size_t at, unsigned kind)
{
    size_t len;
    while (kind_at(cursor, at, &len) & kind)
        at += len;
    return at;
}

/* Capitals, then small letters. If no small letter follows, the last caseless one is used as one, and the next word
 * starts after it. */
static size_t cased_end(const struct gpt4_cursor *cursor, size_t at)
{
    size_t len, caseless_end = 0;
    unsigned kind;
    for (; (kind = kind_at(cursor, at, &len)) & CAPITAL; at += len)
        if (kind & SMALL_LETTER)
            caseless_end = at + len;
    if (kind & SMALL_LETTER)
        at = run_end(cursor, at, SMALL_LETTER);
    else if (caseless_end != 0)
        at = caseless_end;
    if (!cursor->form->contractions || at == cursor->end || cursor->text[at] != '\'')
        return at;
    return at + contraction(cursor->text + at, cursor->end - at);
}

static size_t numbers_end(const struct gpt4_cursor *cursor, size_t at)
{
    size_t len;
    for (size_t i = 0; i < cursor->form->numbers && kind_at(cursor, at, &len) & NUMBER; i++)
        at += len;
    return at;
}

static size_t others_end(const struct gpt4_cursor *cursor, size_t at)
{
    size_t len;
    while (at < cursor->end && is_other(cursor->form, kind_at(cursor, at, &len)))
        at += len;
    while (at < cursor->end &&
           (cursor->text[at] == '\n' || cursor->text[at] == '\r' || (cursor->form->cased && cursor->text[at] == '/')))
        at++;
    return at;
}

/* White space up to its last newline; without one, all of it except the last character, which is left for what follows,
 * if anything does. */
static size_t white_end(const struct gpt4_cursor *cursor, size_t start)
{
    size_t at = start, len, last = start, behind_newline = 0;
    unsigned kind;
    for (; (kind = kind_at(cursor, at, &len)) & SPACE; at += len) {
        last = at;
        behind_newline = kind & NEWLINE ? at + len : behind_newline;
    }
    if (at == cursor->end && cursor->form->whole_end)
        return at;
    if (behind_newline != 0)
        return behind_newline;
    return at == cursor->end || last == start ? at : last;
}

/* Characters that no alternative matches, except a last one that goes with letters. */
static size_t rest_end(const struct gpt4_cursor *cursor, size_t start)
{
    size_t at = start, len, last = start;
    const unsigned known = SPACE | SIGN | LETTER | MARK;
    for (; at < cursor->end && !(kind_at(cursor, at, &len) & known); at += len)
        last = at;
    return kind_at(cursor, at, &len) & (LETTER | MARK) ? last : at;
}

static bool is_ascii_letter(const struct gpt4_cursor *cursor, size_t at)
{
    return at < cursor->end && (unsigned char)cursor->text[at] < 0x80 &&
           cursor->kinds[(unsigned char)cursor->text[at]] & LETTER;
}

static size_t word_end(const struct gpt4_cursor *cursor)
{
    const struct gpt4_form *form = cursor->form;
    const char *word = cursor->text + cursor->at;
    const unsigned in_word = letters_of(form);
    size_t len, next_len;
    unsigned kind = kind_at(cursor, cursor->at, &len), next = kind_at(cursor, cursor->at + len, &next_len);
    if (*word == '\'' && form->contractions && !form->cased) {
        size_t whole = contraction(word, cursor->end - cursor->at);
        if (whole > 0)
            return cursor->at + whole;
    }
    if (form->signs && kind & SIGN && is_ascii_letter(cursor, cursor->at + 1) && len == 1)
        return classes_letters_end(cursor->text, cursor->at + 1, cursor->end);
    const unsigned no_lead = NEWLINE | LETTER | in_word | (form->signs ? SIGN : NUMBER);
    bool lead = !(kind & no_lead) && next & in_word;
    if (kind & in_word || lead) {
        size_t start = cursor->at + (lead ? len : 0);
        return form->cased ? cased_end(cursor, start) : run_end(cursor, start, in_word);
    }
    if (kind & NUMBER && !form->signs)
        return numbers_end(cursor, cursor->at);
    bool blank = *word == ' ' && next_len > 0 && is_other(form, next);
    if (is_other(form, kind) || blank)
        return others_end(cursor, cursor->at + (blank ? len : 0));
    return kind & SPACE ? white_end(cursor, cursor->at) : rest_end(cursor, cursor->at);
}

/* ---- a block ---- */

/* Every byte of a character has the character's kind. */
struct masks {
    uint64_t letter, capital, number, white, newline;
    uint64_t blank, quote;
    uint64_t wide, inside; /* >= 0x80; the inside bytes do not start a character */
};

/* Adds the kinds of what is not ASCII. Returns the length of the block, which ends before a character that the masks of
 * its neighbours can't decide. */
static size_t add_wide(const struct gpt4_cursor *cursor, const struct byte_masks *bytes, size_t len,
                       struct masks *masks)
{
    const char *text = cursor->text + cursor->at;
    const unsigned letters = letters_of(cursor->form);
    uint64_t rest = bytes->wide & ~bytes->inside & mask_first(len);
    if (!cursor->form->cased && !cursor->form->signs) { /* in Chinese texts most characters are Chinese */
        masks->letter |= bytes->han | bytes->han << 1 | bytes->han << 2;
        rest &= ~bytes->han;
    }
    for (; rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest), count;
        unsigned kind = kind_of(cursor, text_decode(text + at, &count));
        if ((cursor->form->cased && (kind & CASELESS) == CASELESS) || (cursor->form->signs && !(kind & (SIGN | SPACE))))
            return at;
        uint64_t character = mask_first(count) << at;
        masks->letter |= kind & letters ? character : 0;
        masks->capital |= kind & CAPITAL ? character : 0;
        masks->number |= kind & NUMBER ? character : 0;
        masks->white |= kind & SPACE ? character : 0;
    }
    return len;
}

/* The first slash that may belong to others before a newline, or the length of the block. */
static size_t find_tail(const char *text, const struct byte_masks *bytes, size_t len)
{
    for (uint64_t rest = bytes->sign & bytes->newline << 1 & mask_first(len); rest != 0; rest &= rest - 1)
        if (text[__builtin_ctzll(rest)] == '/')
            return (size_t)__builtin_ctzll(rest);
    return len;
}

/* Reads the masks of the block at the cursor, with nothing after its end; returns its length. */
static size_t read_block(const struct gpt4_cursor *cursor, struct masks *masks)
{
    const char *text = cursor->text + cursor->at;
    struct byte_masks bytes;
    size_t len = byte_masks_read(cursor->find, text, cursor->end - cursor->at, &bytes);
    *masks = (struct masks){.letter = bytes.letter,
                            .capital = bytes.capital,
                            .number = bytes.digit,
                            .white = bytes.white,
                            .newline = bytes.newline,
                            .blank = bytes.blank,
                            .quote = bytes.quote,
                            .wide = bytes.wide,
                            .inside = bytes.inside};
    if (bytes.wide != 0)
        len = add_wide(cursor, &bytes, len, masks);
    if (cursor->form->cased)
        len = find_tail(text, &bytes, len);
    uint64_t known = bytes.letter | bytes.white | bytes.sign | bytes.wide;
    if (cursor->form->signs && (~known & mask_first(len)) != 0)
        len = (size_t)__builtin_ctzll(~known);
    uint64_t valid = mask_first(len);
    masks->letter &= valid;
    masks->capital &= valid;
    masks->number &= valid;
    masks->white &= valid;
    masks->newline &= valid;
    masks->quote &= valid;
    masks->inside &= valid;
    return len;
}

static uint64_t number_starts(const struct masks *masks, size_t most)
{
    const uint64_t number = masks->number, characters = number & ~masks->inside, runs = number & ~(number << 1);
    if (most == 1)
        return characters;
    if ((number & number << 1 & number << 2 & number << 3) == 0)
        return runs; /* of at most `most` bytes */
    uint64_t starts = 0;
    size_t count = 0;
    for (uint64_t rest = characters; rest != 0; rest &= rest - 1) {
        uint64_t character = rest & -rest;
        count = runs & character || count == most ? 0 : count;
        starts |= count++ == 0 ? character : 0;
    }
    return starts;
}

/* The white space of `gap` without the part that belongs to the others before it: a run starts, starts again after its
 * last newline, and leaves its last character for what follows. */
static uint64_t white_starts(const struct masks *masks, uint64_t gap, size_t len)
{
    uint64_t starts = gap & ~(gap << 1);
    uint64_t ends = gap & ~masks->newline & ~(gap >> 1) & mask_first(len - 1);
    starts |= ends & ~masks->inside;
    for (uint64_t rest = ends & masks->inside; rest != 0; rest &= rest - 1) {
        uint64_t before = mask_first((size_t)__builtin_ctzll(rest)) & ~masks->inside;
        starts |= UINT64_C(1) << (63 - __builtin_clzll(before));
    }
    for (uint64_t rest = masks->newline & gap; rest != 0;) {
        uint64_t behind = ~gap & ~mask_first((size_t)__builtin_ctzll(rest));
        uint64_t upto = behind != 0 ? mask_first((size_t)__builtin_ctzll(behind)) : UINT64_MAX;
        starts |= UINT64_C(2) << (63 - __builtin_clzll(masks->newline & gap & upto));
        rest &= ~upto;
    }
    return starts;
}

/* The start of a run of white space that reaches the end of the block, or the end. */
static size_t last_gap(uint64_t gap, size_t len)
{
    uint64_t others = ~(gap << (64 - len)); /* the end of the block is the highest bit */
    return others != 0 ? len - (size_t)__builtin_clzll(others) : 0;
}

static uint64_t cut_contractions(const struct gpt4_cursor *cursor, const struct masks *masks, uint64_t starts)
{
    const bool cased = cursor->form->cased;
    size_t end = 0; /* of the last contraction: a quote there starts a word */
    for (uint64_t rest = masks->quote & (cased ? masks->letter << 1 : starts); rest != 0; rest &= rest - 1) {
        size_t at = (size_t)__builtin_ctzll(rest);
        size_t len =
            cased && at == end ? 0 : contraction(cursor->text + cursor->at + at, cursor->end - cursor->at - at);
        if (len == 0)
            continue;
        end = at + len;
        starts &= cased ? ~(mask_first(len) << at) : UINT64_MAX;
        starts |= end < 64 ? UINT64_C(1) << end : 0;
    }
    return starts;
}

/* Where words start in the block at the cursor, as far as known; *whole: the block is the rest of the text. */
static uint64_t block_starts(const struct gpt4_cursor *cursor, bool *whole)
{
    struct masks masks;
    const struct gpt4_form *form = cursor->form;
    const size_t len = read_block(cursor, &masks);
    *whole = len == cursor->end - cursor->at;
    if (len == 0)
        return 1;
    uint64_t other = mask_first(len) & ~(masks.letter | masks.number | masks.white);
    uint64_t tails = masks.newline & ~(masks.newline + (masks.newline & other << 1));
    uint64_t gap = masks.white & ~tails;
    uint64_t others = other & ~(other << 1 | masks.blank << 1);
    uint64_t behind_first = (masks.inside + (others << 1)) & ~masks.inside; /* the character after such a start */
    behind_first &= form->signs ? ~(masks.wide << 1) : UINT64_MAX;
    uint64_t starts = others | (masks.letter & ~(masks.letter << 1 | (gap & ~masks.newline) << 1 | behind_first));
    if (form->cased)
        starts |= masks.capital & (masks.letter & ~masks.capital) << 1;
    starts |= number_starts(&masks, form->numbers) | white_starts(&masks, gap, len);
    if (form->contractions && masks.quote != 0)
        starts = cut_contractions(cursor, &masks, starts);
    if (!*whole || form->whole_end) {
        size_t last = last_gap(gap, len);
        starts &= last < len ? mask_first(last + 1) : UINT64_MAX;
    }
    return (starts | 1) & mask_first(len);
}

size_t gpt4_starts(struct gpt4_cursor *cursor, uint32_t starts[GPT4_BLOCK])
{
    enum { WALK = 16 };
    bool whole;
    size_t count = 0;
    uint64_t found = block_starts(cursor, &whole);
    if (found == 1 && !whole) {
        while (count < WALK && cursor->at < cursor->end) {
            starts[count++] = (uint32_t)cursor->at;
            cursor->at = word_end(cursor);
        }
        return count;
    }
    size_t last = 63 - (size_t)__builtin_clzll(found), next = whole ? cursor->end : cursor->at + last;
    if (!whole)
        found &= ~(UINT64_C(1) << last);
    for (; found != 0; found &= found - 1)
        starts[count++] = (uint32_t)(cursor->at + (size_t)__builtin_ctzll(found));
    cursor->at = next;
    return count;
}

void gpt4_cut(const struct gpt4_form *form, struct draft *draft, struct piece piece)
{
    struct gpt4_cursor cursor = gpt4_cursor(form, draft->text, piece.start, piece.end);
    uint32_t starts[GPT4_BLOCK], start = piece.start;
    while (cursor.at < cursor.end) {
        size_t count = gpt4_starts(&cursor, starts);
        for (size_t i = 0; i < count; i++) {
            draft_cut(draft, start, starts[i], PIECE_TEXT);
            start = starts[i];
        }
    }
    draft_cut(draft, start, piece.end, PIECE_TEXT);
}
