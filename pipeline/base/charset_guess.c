/* charset_guess.c - which charset a text may be in: see charset.h.
 *
 * ICU's detector needs a dozen characters of Chinese, Japanese or Korean to tell their charsets apart. For less, those
 * in which the text is whole are compared by how many of its characters are among the common ones, which these charsets
 * keep together. */
#include "base/charset.h"

#include <unicode/ucsdet.h>

enum { SURE = 20 /* of 100: ICU's confidence, from which on it is believed */ };

/* A charset of one or two bytes, by the first byte of a pair. */
struct pairs {
    const char *name;
    unsigned char first, last;               /* first bytes */
    unsigned char second;                    /* second bytes start here */
    unsigned char signs_first, signs_last;   /* first bytes of punctuation and syllables */
    unsigned char common_first, common_last; /* first bytes of the common ideographs */
};

/* If two fit equally well, it is the first: the narrower one. But Japanese has kana, and Chinese does not. */
static const struct pairs all_pairs[] = {
    {"EUC-KR", 0xa1, 0xfe, 0xa1, 0xa1, 0xa3, 0xb0, 0xc8},    {"GB18030", 0x81, 0xfe, 0x40, 0xa1, 0xa3, 0xb0, 0xd7},
    {"EUC-JP", 0xa1, 0xfe, 0xa1, 0xa1, 0xa5, 0xb0, 0xcf},    {"Big5", 0xa1, 0xf9, 0x40, 0xa1, 0xa3, 0xa4, 0xc6},
    {"Shift_JIS", 0x81, 0xfc, 0x40, 0x81, 0x83, 0x88, 0x97},
};

static bool is_between(unsigned char byte, unsigned char first, unsigned char last)
{
    return byte >= first && byte <= last;
}

/* The share of common characters among the pairs, in percent; 0 if the text is not in this charset. */
static size_t common_share(const struct pairs *pairs, struct slice text)
{
    size_t count = 0, common = 0, high = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char first = (unsigned char)text.ptr[i];
        if (first < 0x80)
            continue;
        if (!is_between(first, pairs->first, pairs->last) || i + 1 == text.len ||
            (unsigned char)text.ptr[i + 1] < pairs->second)
            return 0;
        i++;
        count++;
        high += (unsigned char)text.ptr[i] >= 0x80;
        common += is_between(first, pairs->signs_first, pairs->signs_last) ||
                  is_between(first, pairs->common_first, pairs->common_last);
    }
    return high > 0 ? common * 100 / count : 0; /* letters with accents stand alone */
}

static const char *guess_pairs(struct slice text)
{
    enum { MOSTLY = 60 };
    const char *best = NULL;
    size_t most = MOSTLY;
    for (size_t i = 0; i < sizeof all_pairs / sizeof *all_pairs; i++) {
        size_t share = common_share(&all_pairs[i], text);
        if (share > most) {
            most = share;
            best = all_pairs[i].name;
        }
    }
    return best;
}

/* UTF-16 without a mark: of characters of ASCII every second byte is zero. */
static const char *guess_wide(struct slice text)
{
    size_t zeros[2] = {0};
    for (size_t i = 0; i < text.len; i++)
        zeros[i % 2] += text.ptr[i] == '\0';
    if (zeros[0] + zeros[1] <= text.len / 4)
        return NULL;
    return zeros[1] >= zeros[0] ? "UTF-16LE" : "UTF-16BE";
}

static size_t count_high(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (unsigned char)text.ptr[i] >= 0x80;
    return count;
}

/* The names of ICU that it can give; of the single-byte ones those of Windows, which have all characters of the others.
 */
static const char *known_name(const char *name)
{
    static const char *const names[][2] = {
        {"GB18030", "GB18030"},
        {"Big5", "Big5"},
        {"Shift_JIS", "Shift_JIS"},
        {"EUC-JP", "EUC-JP"},
        {"EUC-KR", "EUC-KR"},
        {"ISO-2022-JP", "ISO-2022-JP"},
        {"ISO-2022-KR", "ISO-2022-KR"},
        {"ISO-2022-CN", "ISO-2022-CN"},
        {"ISO-8859-1", "windows-1252"},
        {"ISO-8859-2", "ISO-8859-2"},
        {"ISO-8859-5", "ISO-8859-5"},
        {"ISO-8859-6", "windows-1256"},
        {"ISO-8859-7", "windows-1253"},
        {"ISO-8859-8", "windows-1255"},
        {"ISO-8859-8-I", "windows-1255"},
        {"ISO-8859-9", "windows-1254"},
        {"windows-1250", "windows-1250"},
        {"windows-1251", "windows-1251"},
        {"windows-1252", "windows-1252"},
        {"windows-1253", "windows-1253"},
        {"windows-1254", "windows-1254"},
        {"windows-1255", "windows-1255"},
        {"windows-1256", "windows-1256"},
        {"KOI8-R", "KOI8-R"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i][0]) == 0)
            return names[i][1];
    return NULL;
}

static const char *ask_detector(struct slice text)
{
    UErrorCode status = U_ZERO_ERROR;
    const char *best = NULL;
    int32_t count = 0;
    UCharsetDetector *detector = ucsdet_open(&status);
    ucsdet_setText(detector, text.ptr, (int32_t)text.len, &status);
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &count, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < count && best == NULL; i++)
        if (ucsdet_getConfidence(matches[i], &status) >= SURE)
            best = known_name(ucsdet_getName(matches[i], &status));
    ucsdet_close(detector);
    return best;
}

/* Counts the characters of UTF-8 beyond ASCII, and bytes that are none. */
static void count_utf8(struct slice text, size_t *good, size_t *bad)
{
    *good = *bad = 0;
    for (size_t i = 0; i < text.len;) {
        unsigned char first = (unsigned char)text.ptr[i++];
        size_t more = first < 0x80    ? 0
                      : first >= 0xf0 ? 3
                      : first >= 0xe0 ? 2
                      : first >= 0xc0 ? 1
                                      : SIZE_MAX,
               found = 0;
        while (found < more && i < text.len && ((unsigned char)text.ptr[i] & 0xc0) == 0x80) {
            found++;
            i++;
        }
        *good += first >= 0x80 && found == more;
        *bad += found != more;
    }
}

/* A few bad bytes in a text of UTF-8 do not make it one in another charset. */
static bool is_mostly_utf8(struct slice text)
{
    size_t good, bad;
    count_utf8(text, &good, &bad);
    return good > bad;
}

/* Hardly any text in another charset is UTF-8 by chance, unless it is very short. The last character may be cut. */
bool charset_was_utf8(const char *name, struct slice text)
{
    enum { ENOUGH_BYTES = 4096, ENOUGH = 3 };
    struct bytes before = {0};
    size_t good, bad;
    if (text.len > ENOUGH_BYTES)
        text.len = ENOUGH_BYTES;
    charset_restore(name, text, &before);
    count_utf8(bytes_slice(&before), &good, &bad);
    vec_free(&before);
    return good >= ENOUGH && bad <= 1;
}

const char *charset_guess(struct slice text)
{
    enum { BYTES_MOST = 64 * 1024, FEW_PAIRS = 64, FEW_HIGH = 4 };
    if (text.len > BYTES_MOST)
        text.len = BYTES_MOST;
    const char *guess = guess_wide(text);
    size_t high = count_high(text);
    if (guess != NULL || high == 0 || is_mostly_utf8(text))
        return guess;
    if (high < FEW_PAIRS)
        guess = guess_pairs(text);
    if (guess == NULL && high >= FEW_HIGH)
        guess = ask_detector(text);
    if (guess == NULL)
        guess = guess_pairs(text);
    return guess != NULL ? guess : "windows-1252";
}
