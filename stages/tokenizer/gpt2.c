/* gpt2.c - see gpt2.h.
 *
 * A character is a letter, a number, white space or another. A piece is a run of one kind, with one blank before
 * it where there is one; of a run of white space the last character is left for what follows; a contraction is
 * cut off where the expression looks for it, at the start of a piece, so "it's" and "O'neil" differ. */
#include "gpt2.h"

#include "classes.h"
#include "text.h"

const char gpt2_expression[] = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

enum { KINDS = CLASS_LETTER | CLASS_NUMBER | CLASS_SPACE };

static unsigned kind_at(const uint8_t *classes, const char *text, size_t at, size_t *len)
{
    unsigned char byte = (unsigned char)text[at];
    if (byte < 0x80) {
        *len = 1;
        return classes[byte] & KINDS;
    }
    return classes[text_decode(text + at, len)] & KINDS;
}

static size_t run_end(const uint8_t *classes, const char *text, size_t at, size_t end, unsigned kind)
{
    if (kind == CLASS_LETTER)
        at = classes_letters_end(text, at, end);
    while (at < end) {
        unsigned char byte = (unsigned char)text[at];
        size_t len = 1;
        if (byte < 0x80 ? (classes[byte] & KINDS) != kind : kind_at(classes, text, at, &len) != kind)
            break;
        at += len;
    }
    return at;
}

/* The length of 's 't 're 've 'm 'll 'd at `at`, which is an apostrophe; 0. */
static size_t contraction(const char *text, size_t at, size_t end)
{
    if (end - at < 2)
        return 0;
    char a = text[at + 1], b = end - at > 2 ? text[at + 2] : '\0';
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

/* The end of the piece that starts with white space. */
static size_t space_end(const uint8_t *classes, const char *text, size_t at, size_t end)
{
    size_t last = at; /* the last character of the run */
    for (size_t next = at, len; next < end && kind_at(classes, text, next, &len) == CLASS_SPACE; next += len)
        last = next;
    size_t len;
    (void)kind_at(classes, text, last, &len);
    return last + len == end || last == at ? last + len : last;
}

void gpt2_cut(struct draft *draft, struct piece piece)
{
    const uint8_t *classes = classes_table();
    const char *text = draft->text;
    for (size_t at = piece.start, end = piece.end; at < end;) {
        size_t start = at, len;
        unsigned kind = kind_at(classes, text, at, &len);
        if (text[at] == ' ' && at + 1 < end) {
            unsigned next = kind_at(classes, text, at + 1, &len);
            if (next != CLASS_SPACE)
                at++;
            kind = next;
        }
        size_t cut = text[start] == '\'' ? contraction(text, start, end) : 0;
        if (cut > 0)
            at = start + cut;
        else if (kind == CLASS_SPACE)
            at = space_end(classes, text, start, end);
        else
            at = run_end(classes, text, at, end, kind);
        draft_cut(draft, start, at, PIECE_TEXT);
    }
}
