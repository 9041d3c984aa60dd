/* classes.c - see classes.h.
 *
 * Debian's ICU knows Unicode 15. What the reference learned later stands here in small tables; what it does not
 * know yet is told apart by the age of a character. All of it was found by asking the reference about every
 * code point. */
#include "classes.h"

#include <threads.h>
#include <unicode/uchar.h>

struct range {
    uint32_t first, last;
};

/* \p{L} and \p{N} that came with Unicode 15.1 and 16. */
static const struct range new_letters[] = {
    {0x1c89, 0x1c8a},   {0xa7cb, 0xa7cd},   {0xa7da, 0xa7dc},   {0x105c0, 0x105f3}, {0x10d4a, 0x10d65},
    {0x10d6f, 0x10d85}, {0x10ec2, 0x10ec4}, {0x11380, 0x11389}, {0x1138b, 0x1138b}, {0x1138e, 0x1138e},
    {0x11390, 0x113b5}, {0x113b7, 0x113b7}, {0x113d1, 0x113d1}, {0x113d3, 0x113d3}, {0x11bc0, 0x11be0},
    {0x13460, 0x143fa}, {0x16100, 0x1611d}, {0x16d40, 0x16d6c}, {0x18cff, 0x18cff}, {0x1e5d0, 0x1e5ed},
    {0x1e5f0, 0x1e5f0}, {0x2ebf0, 0x2ee5d},
};
static const struct range new_numbers[] = {
    {0x10d40, 0x10d49}, {0x116d0, 0x116e3}, {0x11bf0, 0x11bf9}, {0x16130, 0x16139},
    {0x16d70, 0x16d79}, {0x1ccf0, 0x1ccf9}, {0x1e5f1, 0x1e5fa},
};

/* M* that came with Unicode 15.1 and 16; only \w asks for them. */
static const struct range new_marks[] = {
    {0x897, 0x897},     {0x10d69, 0x10d6d}, {0x10efc, 0x10efc}, {0x113b8, 0x113c0}, {0x113c2, 0x113c2},
    {0x113c5, 0x113c5}, {0x113c7, 0x113ca}, {0x113cc, 0x113d0}, {0x113d2, 0x113d2}, {0x113e1, 0x113e2},
    {0x11f5a, 0x11f5a}, {0x1611e, 0x1612f}, {0x1e5ee, 0x1e5ef},
};

/* CJK of BERT's normalizer. The gap before U+2B920 is the reference's; Google's original starts at U+2B820. */
static const struct range cjk[] = {
    {0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df}, {0x2a700, 0x2b73f},
    {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff},   {0x2f800, 0x2fa1f},
};

/* Characters that have changed their category since Unicode 8. */
static const struct {
    uint32_t point;
    uint8_t class;
} recategorized[] = {
    {0x166d, CLASS_PUNCT},  /* now a symbol */
    {0x111c9, CLASS_PUNCT}, /* now a mark */
    {0x1734, CLASS_MARK},   /* now a spacing mark */
    {0x1885, 0},
    {0x1886, 0},
    {0xa9bd, 0}, /* now marks */
};

static uint8_t table[CLASSES_POINTS];

static void set(const struct range *ranges, size_t count, uint8_t class)
{
    for (size_t i = 0; i < count; i++)
        for (uint32_t point = ranges[i].first; point <= ranges[i].last; point++)
            table[point] |= class;
}

static UBool add_range(const void *unused, UChar32 start, UChar32 limit, UCharCategory category)
{
    (void)unused;
    uint32_t mask = U_MASK(category);
    uint8_t class = 0;
    bool dated = true;
    if (mask & U_GC_L_MASK)
        class = CLASS_LETTER, dated = false;
    else if (mask & U_GC_N_MASK)
        class = CLASS_NUMBER, dated = false;
    else if (mask & U_GC_Z_MASK)
        class = CLASS_SPACE, dated = false;
    else if (mask & (U_GC_CC_MASK | U_GC_CO_MASK))
        class = CLASS_CONTROL, dated = false;
    else if (mask & U_GC_CF_MASK)
        class = CLASS_CONTROL;
    else if (mask & U_GC_P_MASK)
        class = CLASS_PUNCT;
    else if (mask & U_GC_MN_MASK)
        class = CLASS_MARK;
    else
        return true;
    for (UChar32 point = start; point < limit; point++)
        if (!dated || !classes_newer((uint32_t)point, 8, 0))
            table[point] |= class;
    return true;
}

static void make_table(void)
{
    u_enumCharTypes(add_range, NULL);
    set(new_letters, sizeof new_letters / sizeof *new_letters, CLASS_LETTER);
    set(new_numbers, sizeof new_numbers / sizeof *new_numbers, CLASS_NUMBER);
    set(cjk, sizeof cjk / sizeof *cjk, CLASS_CJK);
    for (size_t i = 0; i < sizeof recategorized / sizeof *recategorized; i++) {
        uint8_t *class = &table[recategorized[i].point];
        *class = (uint8_t)((*class & ~(CLASS_PUNCT | CLASS_MARK)) | recategorized[i].class);
    }
    for (unsigned c = '!'; c <= '~'; c++)
        if (!(table[c] & (CLASS_LETTER | CLASS_NUMBER)))
            table[c] = CLASS_PUNCT;
    table['\t'] = table['\n'] = table['\r'] = CLASS_SPACE;
    table['\v'] = table['\f'] = table[0x85] = CLASS_SPACE | CLASS_CONTROL;
    table[0xfffd] = CLASS_CONTROL;
}

const uint8_t *classes_table(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_table);
    return table;
}

bool classes_is_word(uint32_t point)
{
    UChar32 c = (UChar32)point;
    uint8_t class = classes_table()[point];
    if ((U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0 || (class & CLASS_LETTER) ||
        u_isUAlphabetic(c) || u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL))
        return true;
    if (u_isdefined(c))
        return false;
    for (size_t i = 0; i < sizeof new_marks / sizeof *new_marks; i++)
        if (point >= new_marks[i].first && point <= new_marks[i].last)
            return true;
    return (class & CLASS_NUMBER) != 0; /* all of the new ones are Nd */
}

bool classes_newer(uint32_t point, unsigned major, unsigned minor)
{
    UVersionInfo age;
    u_charAge((UChar32)point, age);
    return age[0] == 0 || age[0] > major || (age[0] == major && age[1] > minor);
}

unsigned classes_lower(uint32_t point, uint32_t lower[2])
{
    /* What came with Unicode 16 and 17: first, last, and where the first one goes. */
    static const struct {
        uint32_t first, last, to;
    } added[] = {
        {0x1c89, 0x1c89, 0x1c8a},    {0xa7cb, 0xa7cb, 0x264},     {0xa7cc, 0xa7cc, 0xa7cd}, {0xa7ce, 0xa7ce, 0xa7cf},
        {0xa7d2, 0xa7d2, 0xa7d3},    {0xa7d4, 0xa7d4, 0xa7d5},    {0xa7da, 0xa7da, 0xa7db}, {0xa7dc, 0xa7dc, 0x19b},
        {0x10d50, 0x10d65, 0x10d70}, {0x16ea0, 0x16eb8, 0x16ebb},
    };
    if (point < 0x80) {
        lower[0] = point - 'A' < 26 ? point + ('a' - 'A') : point;
        return 1;
    }
    if (point == 0x130) { /* the only one whose lower case is longer */
        lower[0] = 'i';
        lower[1] = 0x307;
        return 2;
    }
    lower[0] = (uint32_t)u_tolower((UChar32)point);
    if (lower[0] == point && point >= added[0].first)
        for (size_t i = 0; i < sizeof added / sizeof *added; i++)
            if (point >= added[i].first && point <= added[i].last)
                lower[0] = added[i].to + (point - added[i].first);
    return 1;
}
