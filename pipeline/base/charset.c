/* charset.c - see charset.h. */
#include "base/charset.h"

#include "base/diag.h"
#include "base/memory.h"

#include <unicode/ucnv.h>
#include <unicode/ustring.h>

enum {
    UNITS = 4096,        /* UTF-16 units converted at a time */
    MARK_LEAD = 0xf8,    /* of a bad byte: F8 to FB and a continuation byte, which UTF-8 does not have */
    MARK_BYTES = 2,      /* of the mark */
    BAD_BYTES_MOST = 32, /* that ICU reports at a time */
};

struct charset {
    const char *name;
    UConverter *from;
    bool windows;       /* one of the charsets of Windows: has no control characters from U+0080 on */
    UChar units[UNITS]; /* the first may be a leading surrogate whose partner is still to come */
    size_t kept;        /* 1 in that case, else 0 */
};

static UConverter *open_converter(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = *name != '\0' ? ucnv_open(name, &status) : NULL;
    if (converter != NULL && U_SUCCESS(status)) {
        ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
        ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
        return converter;
    }
    (void)diag_error("ICU does not know this charset");
    return NULL;
}

struct charset *charset_open(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *from = open_converter(name);
    if (from == NULL)
        return NULL;
    struct charset *charset = mem_zalloc(1, sizeof *charset);
    charset->name = name;
    charset->from = from;
    const char *standard = ucnv_getStandardName(ucnv_getName(from, &status), "IANA", &status);
    charset->windows = standard != NULL && strncmp(standard, "windows-", 8) == 0;
    return charset;
}

void charset_close(struct charset *charset)
{
    if (charset == NULL)
        return;
    ucnv_close(charset->from);
    mem_free(charset);
}

const char *charset_name(const struct charset *charset)
{
    return charset->name;
}

bool charset_is_utf8(const struct charset *charset)
{
    return ucnv_getType(charset->from) == UCNV_UTF8;
}

/* Of characters of ASCII, line ends at least, one byte is not zero: the last one in the order that is the standard if
 * nothing else is known. */
const char *charset_unmarked(const struct charset *charset, struct slice start)
{
    UConverterType type = ucnv_getType(charset->from);
    size_t unit = type == UCNV_UTF16 ? 2 : type == UCNV_UTF32 ? 4 : 0, first = 0, last = 0;
    for (size_t i = 0; unit > 0 && i + unit <= start.len; i += unit) {
        first += start.ptr[i] == '\0';
        last += start.ptr[i + unit - 1] == '\0';
    }
    if (unit == 0)
        return NULL;
    if (unit == 2)
        return last > first ? "UTF-16LE" : "UTF-16BE";
    return last > first ? "UTF-32LE" : "UTF-32BE";
}

const char *charset_of_mark(struct slice start)
{
    if (slice_starts(start, SLICE("\xff\xfe\0\0")))
        return "UTF-32LE";
    if (slice_starts(start, SLICE("\0\0\xfe\xff")))
        return "UTF-32BE";
    if (slice_starts(start, SLICE("\xff\xfe")))
        return "UTF-16LE";
    return slice_starts(start, SLICE("\xfe\xff")) ? "UTF-16BE" : NULL;
}

/* ---- to UTF-8 ---- */

static char *put_mark(unsigned char bad, char *to)
{
    *to++ = (char)(MARK_LEAD | bad >> 6);
    *to++ = (char)(0x80 | (bad & 0x3f));
    return to;
}

static inline char *put_character(uint32_t c, char *to)
{
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* ICU, as Windows, gives bytes that are no characters to private use, or has them as control characters. */
static bool may_be_no_character(const struct charset *charset, uint32_t c)
{
    return (c >= 0xf8c0 && c <= 0xf8fe) || (charset->windows && c >= 0x80 && c <= 0x9f);
}

/* The byte, if this character is one; else 0. */
static char byte_of(const struct charset *charset, uint32_t c)
{
    UErrorCode status = U_ZERO_ERROR;
    const UChar unit = (UChar)c;
    char text[BAD_BYTES_MOST];
    UConverter *to = open_converter(charset->name);
    int32_t len = to != NULL ? ucnv_fromUChars(to, text, sizeof text, &unit, 1, &status) : 0;
    ucnv_close(to);
    return len == 1 && U_SUCCESS(status) ? text[0] : '\0';
}

static bool is_lead(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_trail(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

enum { RUN = 8 };

static bool is_ascii_run(const UChar *units)
{
    uint64_t halves[2];
    memcpy(halves, units, sizeof halves);
    return ((halves[0] | halves[1]) & 0xff80ff80ff80ff80u) == 0;
}

/* Copies ASCII; returns how many units. */
static size_t put_ascii(const UChar *units, size_t count, char *to)
{
    size_t i = 0;
    for (; count - i >= RUN && is_ascii_run(units + i); i += RUN)
        for (size_t j = 0; j < RUN; j++)
            to[i + j] = (char)units[i + j];
    for (; i < count && units[i] < 0x80; i++)
        to[i] = (char)units[i];
    return i;
}

/* The character that begins with this unit; its second one follows, unless it is the last. */
static uint32_t take_pair(const UChar *units, size_t *i, size_t count)
{
    uint32_t c = units[(*i)++];
    if (!is_lead(c) || *i == count || !is_trail(units[*i]))
        return c;
    return 0x10000 + ((c - 0xd800) << 10) + (units[(*i)++] - 0xdc00u);
}

/* Three bytes for each unit are enough: a mark has two. */
static void put_units(struct charset *charset, size_t count, struct bytes *into)
{
    const UChar *units = charset->units;
    vec_reserve(into, count * 3);
    char *to = into->items + into->len;
    charset->kept = count > 0 && is_lead(units[count - 1]);
    count -= charset->kept;
    for (size_t i = 0; i < count;) {
        uint32_t c = units[i];
        if (c < 0x80) {
            size_t len = put_ascii(units + i, count - i, to);
            to += len;
            i += len;
        } else if (c >= 0x800 && c < 0xd800) {
            to = put_character(c, to);
            i++;
        } else {
            c = take_pair(units, &i, count);
            char byte = may_be_no_character(charset, c) ? byte_of(charset, c) : '\0';
            to = byte != '\0' ? put_mark((unsigned char)byte, to)
                              : put_character(is_lead(c) || is_trail(c) ? 0xfffd : c, to);
        }
    }
    if (charset->kept > 0)
        charset->units[0] = units[count];
    into->len = (size_t)(to - into->items);
}

void charset_convert(struct charset *charset, struct slice from, bool ended, struct bytes *into)
{
    const char *at = from.ptr, *end = from.ptr + from.len;
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        UChar *to = charset->units + charset->kept;
        ucnv_toUnicode(charset->from, &to, charset->units + UNITS, &at, end, NULL, ended, &status);
        put_units(charset, (size_t)(to - charset->units), into);
        if (U_SUCCESS(status))
            return;
        if (status == U_BUFFER_OVERFLOW_ERROR)
            continue;
        UErrorCode ignored = U_ZERO_ERROR;
        char bad[BAD_BYTES_MOST];
        int8_t count = sizeof bad;
        ucnv_getInvalidChars(charset->from, bad, &count, &ignored);
        vec_reserve(into, sizeof bad * MARK_BYTES);
        for (int8_t i = 0; i < count; i++)
            into->len = (size_t)(put_mark((unsigned char)bad[i], into->items + into->len) - into->items);
        if (status == U_TRUNCATED_CHAR_FOUND)
            return;
    }
}

/* ---- and back ---- */

bool charset_is_mark(const char *at, const char *end)
{
    return end - at >= MARK_BYTES && ((unsigned char)at[0] & 0xfc) == MARK_LEAD &&
           ((unsigned char)at[1] & 0xc0) == 0x80;
}

static void put_restored(UConverter *to, struct slice text, struct bytes *into)
{
    UChar units[UNITS];
    int32_t count = 0;
    UErrorCode status = U_ZERO_ERROR;
    (void)u_strFromUTF8WithSub(units, UNITS, &count, text.ptr, (int32_t)text.len, 0xfffd, NULL, &status);
    const UChar *unit = units, *end = units + count;
    do {
        char bytes[1024], *at = bytes;
        status = U_ZERO_ERROR;
        ucnv_fromUnicode(to, &at, bytes + sizeof bytes, &unit, end, NULL, false, &status);
        bytes_append(into, bytes, (size_t)(at - bytes));
        if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
            bytes_byte(into, '?');
    } while (U_FAILURE(status));
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

void charset_restore(const char *name, struct slice text, struct bytes *into)
{
    UConverter *to = open_converter(name);
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (to != NULL && at < end) {
        if (charset_is_mark(at, end)) {
            bytes_byte(into, (char)((unsigned char)at[0] << 6 | ((unsigned char)at[1] & 0x3f)));
            at += MARK_BYTES;
            continue;
        }
        const char *start = at++;
        while (at < end && at - start < UNITS && !charset_is_mark(at, end))
            at++;
        while (at < end && at - start > UNITS / 2 && is_continuation(*at))
            at--;
        put_restored(to, slice_between(start, at), into);
    }
    ucnv_close(to);
}
