/* text.h - UTF-8, code point offsets, normal forms and other rewritings of a text.
 *
 * Offsets in records are [start, end) in code points of a text (quern-record(5)); this module converts them to bytes
 * and back. Text is valid UTF-8 unless a function says otherwise. Character properties are those of ICU's Unicode
 * version; the locale does not matter. */
#ifndef QUERN_TEXT_H
#define QUERN_TEXT_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [start, end), in code points of the text it belongs to. */
struct span {
    uint32_t start, end;
};

/* The length in bytes (1 to 4) of the well-formed sequence at `at`, 0 if there is none. Any bytes. */
static inline size_t text_sequence(const char *at, const char *end)
{
    const unsigned char *s = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (left == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xe0)
        return s[0] >= 0xc2 && left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if (s[0] < 0xf0) {
        if (left < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
            return 0;
        /* no overlong forms, no surrogates */
        return (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ? 0 : 3;
    }
    if (s[0] > 0xf4 || left < 4 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
        return 0;
    return (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90) ? 0 : 4;
}

/* Decodes the sequence at `at`; *len is its length. */
static inline uint32_t text_decode(const char *at, size_t *len)
{
    const unsigned char *s = (const unsigned char *)at;
    if (s[0] < 0x80) {
        *len = 1;
        return s[0];
    }
    if (s[0] < 0xe0) {
        *len = 2;
        return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    }
    if (s[0] < 0xf0) {
        *len = 3;
        return (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    }
    *len = 4;
    return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 | (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
}

/* Encodes a code point (not a surrogate) into memory with room for 4 bytes; returns the length. */
size_t text_encode(uint32_t point, char *at);

/* Is all of it well-formed UTF-8? Any bytes. */
bool text_is_utf8(struct slice bytes);

/* The text without a byte order mark at its start. Any bytes. */
static inline struct slice text_without_bom(struct slice text)
{
    bool marked = slice_starts(text, SLICE("\xef\xbb\xbf"));
    return marked ? (struct slice){text.ptr + 3, text.len - 3} : text;
}

/* Is all of it ASCII? Any bytes. */
bool text_is_ascii(struct slice bytes);

/* The number of code points. */
size_t text_length(struct slice text);

/* Does the code point have the Unicode property White_Space? */
static inline bool text_is_space(uint32_t point)
{
    if (point < 0x80)
        return point == ' ' || (point >= '\t' && point <= '\r');
    return point == 0x85 || point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
           point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

/* ---- code points to bytes and back ---- */

/* A place in a text, for offsets that come in order or nearly so: moving it takes time proportional to the distance. */
struct text_place {
    struct slice text;
    size_t byte, point; /* the same place */
};

struct text_place text_start(struct slice text);

/* Goes to code point `point` (at most the length of the text); returns its byte. */
size_t text_to_point(struct text_place *place, size_t point);

/* Goes to byte `byte` (at most the length), at which a code point must start; returns its number. */
size_t text_to_byte(struct text_place *place, size_t byte);

/* ---- UTF-16, for ICU ---- */

struct text_units {
    uint16_t *items;
    size_t len, cap;
};

/* Appends a code point. */
void text_push_units(struct text_units *units, uint32_t point);

/* The code point that starts at a unit of well-formed UTF-16, and how many units it has: 1 or 2. */
static inline size_t text_unit_count(const uint16_t *at)
{
    return (*at & 0xfc00) == 0xd800 ? 2 : 1;
}

static inline uint32_t text_unit_point(const uint16_t *at)
{
    uint32_t unit = at[0];
    return (unit & 0xfc00) == 0xd800 ? 0x10000 + ((unit - 0xd800) << 10) + (at[1] - 0xdc00u) : unit;
}

/* ---- rewriting ----
 *
 * Each of these returns TEXT_SAME, without writing anything, if the text would not change; TEXT_CHANGED, with the new
 * text in `out` (whose contents are overwritten) and, unless `edits` is NULL, the list of edits (edits.h); or
 * TEXT_FAILED with the message. They are faster without `edits`. They fail if the text is longer than TEXT_MOST_BYTES,
 * or would become so. */

struct bytes;
struct edits;

enum text_status { TEXT_FAILED = -1, TEXT_SAME = 0, TEXT_CHANGED = 1 };

enum { TEXT_MOST_BYTES = 0x7fffffff };

enum text_form { TEXT_NFC, TEXT_NFKC, TEXT_NFD, TEXT_NFKD };

/* What one thread needs for them: scratch memory, and ICU's tables. NULL, with the message, if ICU's data is missing.
 */
struct text_work;
struct text_work *text_work_new(void);
void text_work_free(struct text_work *work);

/* A normal form of UAX #15. An edit covers a cluster: from one normalization boundary to the next. */
enum text_status text_normalize(struct text_work *work, struct slice text, enum text_form form, struct edits *edits,
                                struct bytes *out);

/* Full lower case in the root locale, with the final sigma. */
enum text_status text_lower(struct text_work *work, struct slice text, struct edits *edits, struct bytes *out);

/* Full case folding (C and F of CaseFolding.txt). */
enum text_status text_fold(struct text_work *work, struct slice text, struct edits *edits, struct bytes *out);

/* Decomposes (NFD), removes nonspacing marks (Mn) and, with `compose`, composes again. A cluster without such a mark
 * stays as it is, whatever its form. If a removed mark was between two letters, the result may not be in normal form.
 */
enum text_status text_strip_accents(struct text_work *work, struct slice text, bool compose, struct edits *edits,
                                    struct bytes *out);

/* Removes control characters (Cc) other than white space, and the invisible format characters that do not affect
 * shaping: U+00AD, U+061C, U+180E, U+200B, U+200E-200F, U+202A-202E, U+2060-2064, U+2066-206F, U+FEFF,
 * U+FFF9-FFFB.
 * The joiners U+200C and U+200D, on which words of Persian and Indic scripts and emoji depend, stay. */
enum text_status text_remove_controls(struct slice text, struct edits *edits, struct bytes *out);

/* Makes each run of white space one space, and removes it at the ends. The first character of a run becomes the space,
 * the others are deleted. */
enum text_status text_collapse_spaces(struct slice text, struct edits *edits, struct bytes *out);

/* Replaces the full-width forms of ASCII, U+FF01-FF5E and U+3000, by ASCII. (Half-width katakana become full-width by
 * NFKC.) */
enum text_status text_half_width(struct slice text, struct edits *edits, struct bytes *out);

#endif
