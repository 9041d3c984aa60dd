/* named_sets.c - see named_sets.h. ICU has the sets of its own version of Unicode; what the reference knows otherwise
 * was found by asking it about every code point. */
#include "named_sets.h"

#include "base/diag.h"
#include "categories.h"

#include <assert.h>
#include <ctype.h>
#include <unicode/ustring.h>

USet *named_set_new(void)
{
    USet *set = uset_openEmpty();
    if (set == NULL)
        diag_die(STATUS_FAILED, "out of memory");
    return set;
}

static void apply(USet *set, UProperty property, int32_t value)
{
    UErrorCode error = U_ZERO_ERROR;
    uset_applyIntPropertyValue(set, property, value, &error);
    if (U_FAILURE(error))
        diag_die(STATUS_FAILED, "ICU has no tables of characters: %s", u_errorName(error));
}

static void add_ranges(USet *set, const uint32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        uset_addRange(set, (UChar32)ranges[i][0], (UChar32)ranges[i][1]);
}

#define ADD_RANGES(set, ranges) add_ranges(set, ranges, sizeof(ranges) / sizeof *(ranges))

/* ---- categories and scripts ---- */

void named_set_category(uint32_t mask, USet *set)
{
    size_t count;
    const struct category_range *changed = categories_changed(&count);
    apply(set, UCHAR_GENERAL_CATEGORY_MASK, (int32_t)mask);
    for (size_t i = 0; i < count; i++) {
        uset_removeRange(set, (UChar32)changed[i].first, (UChar32)changed[i].last);
        if (changed[i].mask & mask)
            uset_addRange(set, (UChar32)changed[i].first, (UChar32)changed[i].last);
    }
}

static void set_script(UScriptCode script, USet *set)
{
    size_t count;
    const struct category_range *changed = categories_changed(&count);
    apply(set, UCHAR_SCRIPT, (int32_t)script);
    for (size_t i = 0; i < count; i++) {
        uset_removeRange(set, (UChar32)changed[i].first, (UChar32)changed[i].last);
        if (changed[i].script == script)
            uset_addRange(set, (UChar32)changed[i].first, (UChar32)changed[i].last);
    }
}

static void add_category(uint32_t mask, USet *set)
{
    USet *category = named_set_new();
    named_set_category(mask, category);
    uset_addAll(set, category);
    uset_close(category);
}

/* ---- binary properties ---- */

/* What the reference has beyond ICU's set. */
static void set_alphabetic(USet *set)
{
    /* Letters of German and Cyrillic manuscripts above others, since Unicode 16; and new vowel signs. */
    static const uint32_t marks[][2] = {{0x363, 0x36f},     {0x897, 0x897},     {0x1dd3, 0x1de6},   {0x10d69, 0x10d69},
                                        {0x10efc, 0x10efc}, {0x113b8, 0x113c0}, {0x113c2, 0x113c2}, {0x113c5, 0x113c5},
                                        {0x113c7, 0x113ca}, {0x113cc, 0x113cd}, {0x1611e, 0x1612e}};
    apply(set, UCHAR_ALPHABETIC, 1);
    add_category(U_GC_L_MASK, set);
    ADD_RANGES(set, marks);
}

/* Are the reference's characters ICU's? */
static bool is_unchanged(UProperty property)
{
    static const UProperty unchanged[] = {UCHAR_ASCII_HEX_DIGIT,
                                          UCHAR_BIDI_CONTROL,
                                          UCHAR_DEFAULT_IGNORABLE_CODE_POINT,
                                          UCHAR_DEPRECATED,
                                          UCHAR_EMOJI_COMPONENT,
                                          UCHAR_EMOJI_MODIFIER,
                                          UCHAR_EMOJI_MODIFIER_BASE,
                                          UCHAR_EXTENDED_PICTOGRAPHIC,
                                          UCHAR_HEX_DIGIT,
                                          UCHAR_HYPHEN,
                                          UCHAR_JOIN_CONTROL,
                                          UCHAR_LOGICAL_ORDER_EXCEPTION,
                                          UCHAR_NONCHARACTER_CODE_POINT,
                                          UCHAR_PATTERN_SYNTAX,
                                          UCHAR_PATTERN_WHITE_SPACE,
                                          UCHAR_QUOTATION_MARK,
                                          UCHAR_RADICAL,
                                          UCHAR_REGIONAL_INDICATOR,
                                          UCHAR_SOFT_DOTTED,
                                          UCHAR_VARIATION_SELECTOR,
                                          UCHAR_WHITE_SPACE};
    for (size_t i = 0; i < sizeof unchanged / sizeof *unchanged; i++)
        if (property == unchanged[i])
            return true;
    return false;
}

static bool set_binary(UProperty property, USet *set)
{
    static const uint32_t emoji[][2] = {{0x1fa89, 0x1fa89}, {0x1fa8f, 0x1fa8f}, {0x1fabe, 0x1fabe}, {0x1fac6, 0x1fac6},
                                        {0x1fadc, 0x1fadc}, {0x1fadf, 0x1fadf}, {0x1fae9, 0x1fae9}};
    static const uint32_t ideographs[][2] = {{0x2ebf0, 0x2ee5d}};
    switch (property) {
    case UCHAR_ALPHABETIC:
        set_alphabetic(set);
        return true;
    case UCHAR_LOWERCASE:
    case UCHAR_UPPERCASE:
    case UCHAR_CASED:
        apply(set, property, 1);
        add_category(property == UCHAR_LOWERCASE   ? U_GC_LL_MASK
                     : property == UCHAR_UPPERCASE ? U_GC_LU_MASK
                                                   : U_GC_LU_MASK | U_GC_LL_MASK,
                     set);
        return true;
    case UCHAR_DASH:
    case UCHAR_MATH:
        apply(set, property, 1);
        add_category(property == UCHAR_DASH ? U_GC_PD_MASK : U_GC_SM_MASK, set);
        return true;
    case UCHAR_EMOJI:
    case UCHAR_EMOJI_PRESENTATION:
        apply(set, property, 1);
        ADD_RANGES(set, emoji);
        return true;
    case UCHAR_IDEOGRAPHIC:
    case UCHAR_UNIFIED_IDEOGRAPH:
        apply(set, property, 1);
        ADD_RANGES(set, ideographs);
        if (property == UCHAR_IDEOGRAPHIC)
            uset_add(set, 0x18cff);
        return true;
    default:
        if (!is_unchanged(property))
            return false;
        apply(set, property, 1);
        return true;
    }
}

void named_set_space(USet *set)
{
    (void)set_binary(UCHAR_WHITE_SPACE, set);
}

void named_set_hexadecimal(USet *set)
{
    (void)set_binary(UCHAR_ASCII_HEX_DIGIT, set);
}

void named_set_word(enum named_word word, USet *set)
{
    static const uint32_t latin1[][2] = {{0xb2, 0xb3}, {0xb9, 0xb9}, {0xbc, 0xbe}};
    set_alphabetic(set);
    add_category(U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK, set);
    if (word == WORD_ALONE)
        ADD_RANGES(set, latin1);
    if (word == WORD_RUST)
        uset_addRange(set, 0x200c, 0x200d);
}

/* ---- POSIX's names ---- */

static void keep_ascii(USet *set)
{
    uset_retain(set, 0, 0x7f);
}

/* Everything that is assigned and not white space, a control or a surrogate. */
static void set_graph(USet *set)
{
    USet *space = named_set_new();
    named_set_category(~(uint32_t)(U_GC_CC_MASK | U_GC_CN_MASK | U_GC_CS_MASK), set);
    named_set_space(space);
    uset_removeAll(set, space);
    uset_close(space);
}

bool named_set_posix(struct slice name, bool ascii, USet *set)
{
    bool known = true;
    if (slice_is(name, "alpha") || slice_is(name, "alnum")) {
        set_alphabetic(set);
        if (slice_is(name, "alnum"))
            add_category(U_GC_ND_MASK, set);
    } else if (slice_is(name, "graph") || slice_is(name, "print")) {
        set_graph(set);
        if (slice_is(name, "print"))
            add_category(U_GC_ZS_MASK, set);
    } else if (slice_is(name, "blank")) {
        named_set_category(U_GC_ZS_MASK, set);
        uset_add(set, '\t');
    } else if (slice_is(name, "lower") || slice_is(name, "upper")) {
        (void)set_binary(slice_is(name, "lower") ? UCHAR_LOWERCASE : UCHAR_UPPERCASE, set);
    } else if (slice_is(name, "punct")) {
        named_set_category(U_GC_P_MASK | U_GC_S_MASK, set);
    } else if (slice_is(name, "cntrl") || slice_is(name, "digit")) {
        named_set_category(slice_is(name, "cntrl") ? U_GC_CC_MASK : U_GC_ND_MASK, set);
    } else if (slice_is(name, "space")) {
        named_set_space(set);
    } else if (slice_is(name, "xdigit")) {
        named_set_hexadecimal(set);
    } else if (slice_is(name, "word")) {
        named_set_word(WORD_CLASS, set);
    } else if (slice_is(name, "ascii")) {
        uset_clear(set);
        uset_addRange(set, 0, 0x7f);
    } else {
        known = false;
    }
    if (known && ascii)
        keep_ascii(set);
    return known;
}

/* ---- by name ---- */

enum { NAME_MOST = 48 };

/* The name without what does not matter; false if it is too long or has a character that no name has. */
static bool make_key(struct slice name, char key[NAME_MOST])
{
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == ' ' || c == '-' || c == '_')
            continue;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if ((!letter && !digit) || len + 1 == NAME_MOST)
            return false;
        key[len++] = (char)(letter ? c | 0x20 : c);
    }
    key[len] = '\0';
    return len > 0;
}

bool named_set_property(struct slice name, enum named_word word, USet *set)
{
    char key[NAME_MOST];
    if (!make_key(name, key))
        return false;
    if (strcmp(key, "any") == 0 || strcmp(key, "assigned") == 0) {
        named_set_category(key[1] == 'n' ? UINT32_MAX : ~(uint32_t)U_GC_CN_MASK, set);
        return true;
    }
    int32_t mask = u_getPropertyValueEnum(UCHAR_GENERAL_CATEGORY_MASK, key);
    if (mask != UCHAR_INVALID_CODE) {
        named_set_category((uint32_t)mask, set);
        return true;
    }
    if (strcmp(key, "word") == 0)
        named_set_word(word, set);
    if (strcmp(key, "word") == 0 || named_set_posix(slice_of(key), false, set))
        return true;
    int32_t script = u_getPropertyValueEnum(UCHAR_SCRIPT, key);
    if (script != UCHAR_INVALID_CODE) {
        set_script((UScriptCode)script, set);
        return !uset_isEmpty(set);
    }
    UProperty property = u_getPropertyEnum(key);
    return property != UCHAR_INVALID_CODE && set_binary(property, set);
}

bool named_set_block(struct slice name, USet *set)
{
    char key[NAME_MOST];
    if (!make_key(name, key))
        return false;
    int32_t block = u_getPropertyValueEnum(UCHAR_BLOCK, key);
    if (block == UCHAR_INVALID_CODE || block == UBLOCK_NO_BLOCK)
        return false;
    apply(set, UCHAR_BLOCK, block);
    return !uset_isEmpty(set);
}

/* ---- case ---- */

void named_set_ignore_case(USet *set)
{
    /* Pairs since Unicode 16: the first and last capital, and the first one's small letter. */
    static const uint32_t pairs[][3] = {
        {0x1c89, 0x1c89, 0x1c8a}, {0xa7cb, 0xa7cb, 0x264}, {0xa7cc, 0xa7cc, 0xa7cd},
        {0xa7da, 0xa7da, 0xa7db}, {0xa7dc, 0xa7dc, 0x19b}, {0x10d50, 0x10d65, 0x10d70},
    };
    uset_closeOver(set, USET_CASE_INSENSITIVE);
    uset_removeAllStrings(set);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (uint32_t c = pairs[i][0]; c <= pairs[i][1]; c++) {
            UChar32 capital = (UChar32)c, small = (UChar32)(pairs[i][2] + c - pairs[i][0]);
            if (uset_contains(set, capital) || uset_contains(set, small)) {
                uset_add(set, capital);
                uset_add(set, small);
            }
        }
}
