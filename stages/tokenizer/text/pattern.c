/* pattern.c - see pattern.h. */
#include "pattern.h"

#include "base/diag.h"
#include "base/vec.h"
#include "categories.h"
#include "classes.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

/* ---- from Oniguruma's meaning to PCRE2's ---- */

struct reader {
    struct slice source;
    size_t at;
    bool in_class;
    struct bytes out;
    struct points {
        uint32_t *items;
        size_t len, cap;
    } newer; /* newer than PCRE2's tables; found on first use */
};

static void put(struct reader *reader, const char *string)
{
    bytes_put(&reader->out, slice_of(string));
}

static int refuse(const struct reader *reader, const char *what)
{
    return diag_error("the expression \"%.*s\" uses %s, which is not supported", (int)reader->source.len,
                      reader->source.ptr, what);
}

/* A set of characters for which the two have different tables. */
struct named_set {
    const char *name;              /* as in \p{…} */
    const char *known;             /* most of it, as PCRE2 knows it, inside a class */
    uint32_t mask;                 /* the general categories of the set */
    bool (*holds)(uint32_t point); /* NULL: the categories are all of it */
};

/* Oniguruma's \w: no joiners, and the superscripts and fractions of Latin-1. */
static bool is_word(uint32_t point)
{
    if (point == 0x200c || point == 0x200d)
        return false;
    bool latin1 = point == 0xb2 || point == 0xb3 || point == 0xb9 || (point >= 0xbc && point <= 0xbe);
    return latin1 || classes_is_word(point);
}

static const struct named_set properties[] = {
    {"L", "\\p{L}", U_GC_L_MASK, NULL},    {"N", "\\p{N}", U_GC_N_MASK, NULL},    {"M", "\\p{M}", U_GC_M_MASK, NULL},
    {"P", "\\p{P}", U_GC_P_MASK, NULL},    {"S", "\\p{S}", U_GC_S_MASK, NULL},    {"Lu", "\\p{Lu}", U_GC_LU_MASK, NULL},
    {"Ll", "\\p{Ll}", U_GC_LL_MASK, NULL}, {"Lt", "\\p{Lt}", U_GC_LT_MASK, NULL}, {"Lm", "\\p{Lm}", U_GC_LM_MASK, NULL},
    {"Lo", "\\p{Lo}", U_GC_LO_MASK, NULL},
};
static const struct named_set spaces = {NULL, "\\x09-\\x0d\\x{85}\\p{Z}", 0, NULL};
static const struct named_set words = {NULL, "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}",
                                       U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK | U_GC_PC_MASK, is_word};

/* The characters that have a category, but not in PCRE2's tables: the version of the tables shows which. */
static void find_newer(struct points *newer)
{
    char version[32] = "0";
    (void)pcre2_config(PCRE2_CONFIG_UNICODE_VERSION, version);
    char *dot;
    unsigned major = (unsigned)strtoul(version, &dot, 10);
    unsigned minor = *dot == '.' ? (unsigned)strtoul(dot + 1, NULL, 10) : 0;
    for (uint32_t point = 0x80; point < CLASSES_POINTS; point++)
        if (categories_mask(point) != U_GC_CN_MASK && classes_newer(point, major, minor))
            vec_push(newer, point);
}

static void put_range(struct reader *reader, uint32_t first, uint32_t last)
{
    char range[48];
    int len = snprintf(range, sizeof range, "\\x{%x}-\\x{%x}", first, last);
    bytes_append(&reader->out, range, (size_t)len);
}

/* Appends the ranges that belong to the set but are unknown to PCRE2, because its tables are older or because it has no
 * name for the set. */
static void put_difference(struct reader *reader, const struct named_set *set)
{
    if (reader->newer.len == 0)
        find_newer(&reader->newer);
    const uint32_t *newer = reader->newer.items, *end = newer + reader->newer.len;
    uint32_t first = 0, count = 0;
    for (uint32_t point = 0x80; point <= CLASSES_POINTS; point++) {
        if (set->holds == NULL && count == 0) /* only new characters are missing */
            point = newer < end ? *newer : CLASSES_POINTS;
        bool is_new = newer < end && *newer == point;
        newer += is_new;
        bool known = point < CLASSES_POINTS && !is_new && (U_GET_GC_MASK((UChar32)point) & set->mask);
        bool holds = point < CLASSES_POINTS &&
                     (set->holds != NULL ? set->holds(point) : is_new && (categories_mask(point) & set->mask));
        if (holds && !known) {
            first = count++ == 0 ? point : first;
        } else if (count > 0) {
            put_range(reader, first, point - 1);
            count = 0;
        }
    }
}

/* Inside a class the brackets are already there. */
static int put_set(struct reader *reader, bool negated, const struct named_set *set)
{
    if (reader->in_class && negated)
        return refuse(reader, "a negated set inside a class");
    if (!reader->in_class)
        put(reader, negated ? "[^" : "[");
    put(reader, set->known);
    if (set->mask != 0)
        put_difference(reader, set);
    if (!reader->in_class)
        put(reader, "]");
    return 0;
}

static int put_property(struct reader *reader, bool negated)
{
    struct slice rest = {reader->source.ptr + reader->at, reader->source.len - reader->at};
    const char *close = rest.len > 0 && rest.ptr[0] == '{' ? memchr(rest.ptr, '}', rest.len) : NULL;
    if (close == NULL)
        return refuse(reader, "a property without braces");
    struct slice name = slice_between(rest.ptr + 1, close);
    reader->at += name.len + 2;
    if (name.len > 0 && name.ptr[0] == '^') {
        negated = !negated;
        name.ptr++;
        name.len--;
    }
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (slice_is(name, properties[i].name))
            return put_set(reader, negated, &properties[i]);
    put(reader, negated ? "\\P{" : "\\p{");
    bytes_put(&reader->out, name);
    put(reader, "}");
    return 0;
}

static int put_escape(struct reader *reader)
{
    if (reader->at == reader->source.len)
        return refuse(reader, "a backslash at its end");
    char c = reader->source.ptr[reader->at++];
    switch (c) {
    case 's':
    case 'S':
        return put_set(reader, c == 'S', &spaces);
    case 'w':
    case 'W':
        return put_set(reader, c == 'W', &words);
    case 'p':
    case 'P':
        return put_property(reader, c == 'P');
    case 'h': /* \h: a hexadecimal digit in Oniguruma, a blank in PCRE2 */
    case 'H':
    case 'R':
    case 'X':
    case 'y':
    case 'Y':
    case 'b':
    case 'B':
        return refuse(reader, (char[]){'\\', c, '\0'});
    default:
        put(reader, (char[]){'\\', c, '\0'});
        return 0;
    }
}

static bool next_is(const struct reader *reader, const char *string)
{
    return slice_starts((struct slice){reader->source.ptr + reader->at, reader->source.len - reader->at},
                        slice_of(string));
}

static int rewrite(struct reader *reader)
{
    size_t class_start = 0;
    while (reader->at < reader->source.len) {
        if (reader->in_class && (next_is(reader, "&&") || next_is(reader, "[")))
            return refuse(reader, "a class inside a class");
        if (!reader->in_class && next_is(reader, "}+"))
            return refuse(reader, "a repeated {n,m}");
        if (!reader->in_class && (next_is(reader, "(?m") || next_is(reader, "(?x")))
            return refuse(reader, "an option other than (?i)");
        char c = reader->source.ptr[reader->at++];
        if (c == '\\') {
            if (put_escape(reader) != 0)
                return -1;
            continue;
        }
        if (c == '[') {
            reader->in_class = true;
            class_start = reader->at + (next_is(reader, "^") ? 1 : 0);
        } else if (c == ']' && reader->at - 1 > class_start) {
            reader->in_class = false;
        }
        bytes_byte(&reader->out, c);
    }
    return 0;
}

struct regex *pattern_new(struct slice expression)
{
    struct reader reader = {.source = expression};
    /* In Ruby ^ and $ are always anchors of lines. */
    struct regex *pattern = rewrite(&reader) == 0 ? regex_new(bytes_slice(&reader.out), REGEX_LINES) : NULL;
    vec_free(&reader.out);
    vec_free(&reader.newer);
    return pattern;
}
