/* classes.c - see classes.h.
 *
 * Debian's ICU knows Unicode 15. Small tables here and in categories.c have what the reference learned later; the age
 * of a character shows what the reference does not know yet. All of it was found by asking the reference about every
 * code point. */
#include "classes.h"

#include "categories.h"

#include <threads.h>
#include <unicode/uchar.h>

struct range {
    uint32_t first, last;
};

/* What Rust's char::is_numeric learned with Unicode 17. */
static const struct range newest_numbers[] = {{0x11de0, 0x11de9}, {0x16ff4, 0x16ff6}};

/* CJK of BERT's normalizer. The gap before U+2B920 is the reference's; Google's original starts at U+2B820. */
static const struct range cjk[] = {
    {0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df}, {0x2a700, 0x2b73f},
    {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff},   {0x2f800, 0x2fa1f},
};

/* Characters whose category has changed since Unicode 8. */
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

static struct range within(struct range part, uint32_t first, uint32_t last)
{
    return (struct range){first > part.first ? first : part.first, last < part.last ? last : part.last};
}

static void set(struct range part, const struct range *ranges, size_t count, uint8_t class)
{
    for (size_t i = 0; i < count; i++) {
        struct range range = within(part, ranges[i].first, ranges[i].last);
        for (uint32_t point = range.first; point <= range.last; point++)
            table[point] |= class;
    }
}

static UBool add_range(const void *part, UChar32 start, UChar32 limit, UCharCategory category)
{
    struct range range = within(*(const struct range *)part, (uint32_t)start, (uint32_t)limit - 1);
    uint32_t mask = U_MASK(category);
    uint8_t class = 0;
    bool dated = true;
    if (mask & U_GC_L_MASK)
        class = CLASS_LETTER, dated = false;
    else if (mask & U_GC_N_MASK)
        class = CLASS_NUMBER | CLASS_NUMERIC, dated = false;
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
    for (uint32_t point = range.first; class != 0 && point <= range.last; point++)
        if (!dated || !classes_newer(point, 8, 0))
            table[point] |= class;
    return (uint32_t)limit <= ((const struct range *)part)->last;
}

static void make_part(struct range part)
{
    u_enumCharTypes(add_range, &part);
    size_t added;
    const struct category_range *newer = categories_changed(&added);
    for (size_t i = 0; i < added; i++)
        set(part, &(struct range){newer[i].first, newer[i].last}, 1,
            newer[i].mask & U_GC_L_MASK   ? CLASS_LETTER
            : newer[i].mask & U_GC_N_MASK ? CLASS_NUMBER | CLASS_NUMERIC
                                          : 0);
    set(part, newest_numbers, sizeof newest_numbers / sizeof *newest_numbers, CLASS_NUMERIC);
    set(part, cjk, sizeof cjk / sizeof *cjk, CLASS_CJK);
    for (size_t i = 0; i < sizeof recategorized / sizeof *recategorized; i++) {
        uint8_t *class = &table[recategorized[i].point];
        if (recategorized[i].point < part.first || recategorized[i].point > part.last)
            continue;
        *class = (uint8_t)((*class & ~(CLASS_PUNCT | CLASS_MARK)) | recategorized[i].class);
    }
}

static void make_basic(void)
{
    make_part((struct range){0, CLASSES_BASIC - 1});
    for (unsigned c = '!'; c <= '~'; c++)
        if (!(table[c] & (CLASS_LETTER | CLASS_NUMBER)))
            table[c] = CLASS_PUNCT;
    table['\t'] = table['\n'] = table['\r'] = CLASS_SPACE;
    table['\v'] = table['\f'] = table[0x85] = CLASS_SPACE | CLASS_CONTROL;
    table[0xfffd] = CLASS_CONTROL;
}

static void make_beyond(void)
{
    make_part((struct range){CLASSES_BASIC, CLASSES_POINTS - 1});
}

const uint8_t *classes_table(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_basic);
    return table;
}

uint8_t classes_beyond(uint32_t point)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_beyond);
    return table[point];
}

bool classes_is_word(uint32_t point)
{
    const uint32_t word = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return (categories_mask(point) & word) != 0 || u_isUAlphabetic((UChar32)point) ||
           u_hasBinaryProperty((UChar32)point, UCHAR_JOIN_CONTROL);
}

bool classes_newer(uint32_t point, unsigned major, unsigned minor)
{
    UVersionInfo age;
    u_charAge((UChar32)point, age);
    return age[0] == 0 || age[0] > major || (age[0] == major && age[1] > minor);
}

unsigned classes_lower(uint32_t point, uint32_t lower[2])
{
    /* Added in Unicode 16 and 17: first, last, and the lower case of the first one. */
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
    if (point == 0x130) { /* the only character whose lower case is longer */
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
