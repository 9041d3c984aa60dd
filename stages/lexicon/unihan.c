/* unihan.c - characters of the Unihan database (UAX #38): homophones, simplified and traditional forms.
 *
 * kHanyuPinlu gives the readings of some 3,800 common characters, with how often each was seen: "zhe(12) zhuó(3)".
 * Characters with the same reading, tone included, are synonyms, the most frequent first; a character has a sense for
 * each reading, the most frequent first, and the sum as its weight. kSimplifiedVariant and kTraditionalVariant give the
 * other form: a sense for each of the two. */
#include "reader.h"

#include <stdlib.h>

struct reading {
    struct slice text;
    uint32_t point;
    uint64_t count;
};

struct unihan {
    struct reader *reader;
    VEC(struct reading) readings;
};

/* "U+4E00"; false if it is none. */
static bool read_point(struct slice text, uint32_t *point)
{
    *point = 0;
    if (text.len < 6 || text.len > 8 || !slice_starts(text, SLICE("U+")))
        return false;
    for (size_t i = 2; i < text.len; i++) {
        char c = text.ptr[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 99;
        if (digit > 15)
            return false;
        *point = *point * 16 + digit;
    }
    return *point <= 0x10ffff && (*point < 0xd800 || *point > 0xdfff) && *point > 0;
}

static struct slice character(uint32_t point, char bytes[4])
{
    return (struct slice){bytes, text_encode(point, bytes)};
}

/* "yī(32747) yí(12)" */
static int add_readings(struct unihan *unihan, uint32_t point, struct slice left)
{
    for (struct slice field; reader_field(&left, ' ', &field);) {
        const char *open = field.len > 0 ? memchr(field.ptr, '(', field.len) : NULL;
        struct reading reading = {.point = point};
        int64_t count;
        if (open == NULL || field.ptr[field.len - 1] != ')' ||
            !json_int(slice_between(open + 1, field.ptr + field.len - 1), &count) || count < 0 || !text_is_utf8(field))
            return reader_error(unihan->reader, "expected readings with their frequencies, as in yī(32747)");
        reading.text = slice_between(field.ptr, open);
        reading.count = (uint64_t)count;
        vec_push(&unihan->readings, reading);
    }
    return 0;
}

/* "U+4E07", or several, with what follows a "<" being the source. */
static int add_variants(struct reader *reader, uint32_t point, struct slice left, struct slice label)
{
    char bytes[4];
    uint32_t entry = reader_entry(reader, character(point, bytes)), group = LEXICON_NONE;
    if (entry == LEXICON_NONE)
        return -1;
    for (struct slice field, name; reader_field(&left, ' ', &field);) {
        uint32_t variant;
        (void)reader_field(&field, '<', &name);
        if (!read_point(name, &variant))
            return reader_error(reader, "expected characters as U+4E07, found \"%.*s\"", (int)name.len, name.ptr);
        if (variant == point)
            continue;
        if (group == LEXICON_NONE) {
            group = lexicon_build_group(reader->build, label);
            sink_count(reader->out, COUNT_SYNSETS, 1);
            lexicon_build_sense(reader->build, lexicon_build_keyed(reader->build, entry), group);
        }
        if (lexicon_build_member(reader->build, group, character(variant, bytes)) < 0)
            return -1;
    }
    return 0;
}

static int add_line(struct unihan *unihan, struct slice line)
{
    struct slice name, field;
    uint32_t point;
    if (!reader_field(&line, '\t', &name) || !reader_field(&line, '\t', &field) || line.ptr == NULL ||
        !read_point(name, &point))
        return reader_error(unihan->reader, "expected a character, a field and its value, separated by tabs");
    if (slice_is(field, "kHanyuPinlu"))
        return add_readings(unihan, point, line);
    if (slice_is(field, "kSimplifiedVariant"))
        return add_variants(unihan->reader, point, line, SLICE("simplified"));
    if (slice_is(field, "kTraditionalVariant"))
        return add_variants(unihan->reader, point, line, SLICE("traditional"));
    return 0;
}

static int most_frequent_first(const void *left, const void *right)
{
    const struct reading *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->point != b->point ? (a->point > b->point) - (a->point < b->point) : slice_compare(a->text, b->text);
}

static int by_character(const void *left, const void *right)
{
    const struct reading *a = left, *b = right;
    return a->point != b->point ? (a->point > b->point) - (a->point < b->point) : most_frequent_first(left, right);
}

/* First the groups, then the senses of each character: each in its own order. */
static int add_homophones(struct unihan *unihan)
{
    struct reader *reader = unihan->reader;
    struct reading *readings = unihan->readings.items;
    size_t count = unihan->readings.len;
    char bytes[4];
    qsort(readings, count, sizeof *readings, most_frequent_first);
    for (size_t i = 0; i < count; i++) {
        uint32_t group = reader_group(reader, readings[i].text, readings[i].text);
        struct slice word = character(readings[i].point, bytes);
        if (reader_entry(reader, word) == LEXICON_NONE || lexicon_build_member(reader->build, group, word) < 0)
            return -1;
    }
    qsort(readings, count, sizeof *readings, by_character);
    for (size_t i = 0, next; i < count; i = next) {
        uint64_t sum = 0;
        uint32_t entry = reader_entry(reader, character(readings[i].point, bytes));
        for (next = i; next < count && readings[next].point == readings[i].point; next++) {
            sum += readings[next].count;
            lexicon_build_sense(reader->build, lexicon_build_keyed(reader->build, entry),
                                reader_group(reader, readings[next].text, SLICE("")));
        }
        lexicon_build_weight(reader->build, entry, sum);
    }
    return 0;
}

int read_unihan(struct reader *reader, const char *path)
{
    struct unihan unihan = {.reader = reader};
    struct slice line;
    int status = reader_load(reader, path);
    while (status == 0 && reader_next(reader, &line))
        if (line.len > 0 && line.ptr[0] != '#')
            status = add_line(&unihan, line);
    if (status == 0 && unihan.readings.len > 0)
        status = add_homophones(&unihan);
    vec_free(&unihan.readings);
    return status;
}
