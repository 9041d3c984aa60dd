/* set_writer.c - see set_writer.h. */
#include "set_writer.h"

#include "named_sets.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

/* Up to so many ranges are written as they are. */
enum { FEW_RANGES = 12 };

void set_writer_free(struct set_writer *writer)
{
    for (size_t i = 0; writer->ready && i < U_CHAR_CATEGORY_COUNT; i++)
        uset_close(writer->known[i]);
    *writer = (struct set_writer){0};
}

static UBool add_type(const void *known, UChar32 start, UChar32 limit, UCharCategory type)
{
    uset_addRange(((USet *const *)known)[type], start, limit - 1);
    return true;
}

/* Which version of Unicode PCRE2's tables are decides what is in its categories: characters that were assigned later
 * are not. If ICU's tables are the older ones, that is not known. */
static void make_known(struct set_writer *writer)
{
    char version[32] = "0";
    (void)pcre2_config(PCRE2_CONFIG_UNICODE_VERSION, version);
    char *dot, pattern[32];
    unsigned long major = strtoul(version, &dot, 10), minor = *dot == '.' ? strtoul(dot + 1, NULL, 10) : 0;
    UVersionInfo ours;
    u_getUnicodeVersion(ours);
    for (size_t i = 0; i < U_CHAR_CATEGORY_COUNT; i++)
        writer->known[i] = named_set_new();
    writer->ready = true;
    writer->categories_usable = ours[0] > major || (ours[0] == major && ours[1] >= minor);
    if (!writer->categories_usable)
        return;
    u_enumCharTypes(add_type, writer->known);
    (void)snprintf(pattern, sizeof pattern, "[:age=%lu.%lu:]", major, minor);
    UChar wide[sizeof pattern];
    u_uastrcpy(wide, pattern);
    UErrorCode error = U_ZERO_ERROR;
    USet *aged = named_set_new();
    uset_applyPattern(aged, wide, -1, 0, &error);
    writer->categories_usable = U_SUCCESS(error);
    for (size_t i = 0; i < U_CHAR_CATEGORY_COUNT; i++)
        uset_retainAll(writer->known[i], aged);
    uset_close(aged);
}

static void put(struct bytes *out, const char *string)
{
    bytes_put(out, slice_of(string));
}

static void put_ranges(struct bytes *out, const USet *set)
{
    int32_t count = uset_getItemCount(set);
    for (int32_t i = 0; i < count; i++) {
        UChar32 first, last;
        UErrorCode error = U_ZERO_ERROR;
        char text[48];
        if (uset_getItem(set, i, &first, &last, NULL, 0, &error) != 0)
            continue; /* not a range */
        int len = first == last ? snprintf(text, sizeof text, "\\x{%x}", (unsigned)first)
                                : snprintf(text, sizeof text, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
        bytes_append(out, text, (size_t)len);
    }
}

/* Replaces all categories of a letter, if they are all used, by the letter: one test instead of many. */
static void put_categories(struct bytes *out, uint32_t used)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } groups[] = {{"L", U_GC_L_MASK}, {"M", U_GC_M_MASK}, {"N", U_GC_N_MASK},
                  {"P", U_GC_P_MASK}, {"S", U_GC_S_MASK}, {"Z", U_GC_Z_MASK}};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if ((used & groups[i].mask) == groups[i].mask) {
            put(out, "\\p{");
            put(out, groups[i].name);
            put(out, "}");
            used &= ~groups[i].mask;
        }
    for (int32_t type = 0; type < U_CHAR_CATEGORY_COUNT; type++)
        if (used & U_MASK(type)) {
            put(out, "\\p{");
            put(out, u_getPropertyValueName(UCHAR_GENERAL_CATEGORY, type, U_SHORT_PROPERTY_NAME));
            put(out, "}");
        }
}

/* Chooses the categories that are mostly in the set. `beyond` becomes what is in the set and not in them, `missing`
 * what is in them and not in the set. */
static uint32_t choose(struct set_writer *writer, const USet *set, USet *beyond, USet *missing)
{
    uint32_t used = 0;
    uset_addAll(beyond, set);
    if (uset_getItemCount(set) <= FEW_RANGES)
        return 0;
    if (!writer->ready)
        make_known(writer);
    USet *with = named_set_new(), *without = named_set_new();
    for (int32_t type = 0; writer->categories_usable && type < U_CHAR_CATEGORY_COUNT; type++) {
        const USet *known = writer->known[type];
        if (U_MASK(type) & (U_GC_CN_MASK | U_GC_CC_MASK | U_GC_CS_MASK))
            continue;
        uset_clear(with);
        uset_addAll(with, known);
        uset_retainAll(with, set);
        if (uset_isEmpty(with))
            continue;
        uset_clear(without);
        uset_addAll(without, known);
        uset_removeAll(without, set);
        if (2 * uset_getItemCount(without) >= uset_getItemCount(with))
            continue;
        used |= U_MASK(type);
        uset_removeAll(beyond, known);
        uset_addAll(missing, without);
    }
    uset_close(with);
    uset_close(without);
    return used;
}

/* ASCII is written as ranges also if a category has it: PCRE2 looks it up in a table first. */
static void put_class(struct set_writer *writer, const USet *set, bool negated, struct bytes *out)
{
    USet *beyond = named_set_new(), *missing = named_set_new(), *ascii = named_set_new();
    uint32_t used = choose(writer, set, beyond, missing);
    bool subtracts = !uset_isEmpty(missing);
    uset_addAll(ascii, set);
    uset_retain(ascii, 0, 0x7f);
    uset_addAll(beyond, ascii);
    put(out, subtracts ? negated ? "(?:" : "(?:(?![" : "");
    if (subtracts && !negated) {
        put_ranges(out, missing);
        put(out, "])");
    }
    put(out, negated ? "[^" : "[");
    put_categories(out, used);
    put_ranges(out, beyond);
    put(out, "]");
    if (subtracts && negated) {
        put(out, "|[");
        put_ranges(out, missing);
        put(out, "]");
    }
    put(out, subtracts ? ")" : "");
    uset_close(beyond);
    uset_close(missing);
    uset_close(ascii);
}

void set_write(struct set_writer *writer, const USet *set, struct bytes *out)
{
    const UChar32 unassigned = 0x10fffe; /* for ever: a set that has it is written as what it has not */
    USet *part = named_set_new();
    bool negated = uset_contains(set, unassigned);
    uset_addAll(part, set);
    if (negated)
        uset_complement(part);
    uset_removeRange(part, 0xd800, 0xdfff);
    if (uset_isEmpty(part))
        put(out, negated ? "(?s:.)" : "[^\\x{0}-\\x{10ffff}]");
    else
        put_class(writer, part, negated, out);
    uset_close(part);
}
