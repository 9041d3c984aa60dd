/* categories.c - see categories.h. The table was found by asking the reference about every code point. */
#include "categories.h"

#include "base/search.h"

/* A script that ICU has no number for. */
#define NEW_SCRIPT USCRIPT_INVALID_CODE

static const struct category_range changed[] = {
    {0x897, 0x897, U_GC_MN_MASK, USCRIPT_ARABIC},
    {0x1b4e, 0x1b4f, U_GC_PO_MASK, USCRIPT_BALINESE},
    {0x1b7f, 0x1b7f, U_GC_PO_MASK, USCRIPT_BALINESE},
    {0x1c89, 0x1c89, U_GC_LU_MASK, USCRIPT_CYRILLIC},
    {0x1c8a, 0x1c8a, U_GC_LL_MASK, USCRIPT_CYRILLIC},
    {0x2427, 0x2429, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x2ffc, 0x2fff, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x31e4, 0x31e5, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x31ef, 0x31ef, U_GC_SO_MASK, USCRIPT_COMMON},
    {0xa7cb, 0xa7cc, U_GC_LU_MASK, USCRIPT_LATIN},
    {0xa7cd, 0xa7cd, U_GC_LL_MASK, USCRIPT_LATIN},
    {0xa7da, 0xa7da, U_GC_LU_MASK, USCRIPT_LATIN},
    {0xa7db, 0xa7db, U_GC_LL_MASK, USCRIPT_LATIN},
    {0xa7dc, 0xa7dc, U_GC_LU_MASK, USCRIPT_LATIN},
    {0x105c0, 0x105f3, U_GC_LO_MASK, NEW_SCRIPT},
    {0x10d40, 0x10d49, U_GC_ND_MASK, NEW_SCRIPT},
    {0x10d4a, 0x10d4d, U_GC_LO_MASK, NEW_SCRIPT},
    {0x10d4e, 0x10d4e, U_GC_LM_MASK, NEW_SCRIPT},
    {0x10d4f, 0x10d4f, U_GC_LO_MASK, NEW_SCRIPT},
    {0x10d50, 0x10d65, U_GC_LU_MASK, NEW_SCRIPT},
    {0x10d69, 0x10d6d, U_GC_MN_MASK, NEW_SCRIPT},
    {0x10d6e, 0x10d6e, U_GC_PD_MASK, NEW_SCRIPT},
    {0x10d6f, 0x10d6f, U_GC_LM_MASK, NEW_SCRIPT},
    {0x10d70, 0x10d85, U_GC_LL_MASK, NEW_SCRIPT},
    {0x10d8e, 0x10d8f, U_GC_SM_MASK, NEW_SCRIPT},
    {0x10ec2, 0x10ec4, U_GC_LO_MASK, USCRIPT_ARABIC},
    {0x10efc, 0x10efc, U_GC_MN_MASK, USCRIPT_ARABIC},
    {0x11380, 0x11389, U_GC_LO_MASK, NEW_SCRIPT},
    {0x1138b, 0x1138b, U_GC_LO_MASK, NEW_SCRIPT},
    {0x1138e, 0x1138e, U_GC_LO_MASK, NEW_SCRIPT},
    {0x11390, 0x113b5, U_GC_LO_MASK, NEW_SCRIPT},
    {0x113b7, 0x113b7, U_GC_LO_MASK, NEW_SCRIPT},
    {0x113b8, 0x113ba, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113bb, 0x113c0, U_GC_MN_MASK, NEW_SCRIPT},
    {0x113c2, 0x113c2, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113c5, 0x113c5, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113c7, 0x113ca, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113cc, 0x113cd, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113ce, 0x113ce, U_GC_MN_MASK, NEW_SCRIPT},
    {0x113cf, 0x113cf, U_GC_MC_MASK, NEW_SCRIPT},
    {0x113d0, 0x113d0, U_GC_MN_MASK, NEW_SCRIPT},
    {0x113d1, 0x113d1, U_GC_LO_MASK, NEW_SCRIPT},
    {0x113d2, 0x113d2, U_GC_MN_MASK, NEW_SCRIPT},
    {0x113d3, 0x113d3, U_GC_LO_MASK, NEW_SCRIPT},
    {0x113d4, 0x113d5, U_GC_PO_MASK, NEW_SCRIPT},
    {0x113d7, 0x113d8, U_GC_PO_MASK, NEW_SCRIPT},
    {0x113e1, 0x113e2, U_GC_MN_MASK, NEW_SCRIPT},
    {0x116d0, 0x116e3, U_GC_ND_MASK, USCRIPT_MYANMAR},
    {0x1171e, 0x1171e, U_GC_MC_MASK, USCRIPT_AHOM},
    {0x11bc0, 0x11be0, U_GC_LO_MASK, NEW_SCRIPT},
    {0x11be1, 0x11be1, U_GC_PO_MASK, NEW_SCRIPT},
    {0x11bf0, 0x11bf9, U_GC_ND_MASK, NEW_SCRIPT},
    {0x11f5a, 0x11f5a, U_GC_MN_MASK, USCRIPT_KAWI},
    {0x13460, 0x143fa, U_GC_LO_MASK, USCRIPT_EGYPTIAN_HIEROGLYPHS},
    {0x16100, 0x1611d, U_GC_LO_MASK, NEW_SCRIPT},
    {0x1611e, 0x16129, U_GC_MN_MASK, NEW_SCRIPT},
    {0x1612a, 0x1612c, U_GC_MC_MASK, NEW_SCRIPT},
    {0x1612d, 0x1612f, U_GC_MN_MASK, NEW_SCRIPT},
    {0x16130, 0x16139, U_GC_ND_MASK, NEW_SCRIPT},
    {0x16d40, 0x16d42, U_GC_LM_MASK, NEW_SCRIPT},
    {0x16d43, 0x16d6a, U_GC_LO_MASK, NEW_SCRIPT},
    {0x16d6b, 0x16d6c, U_GC_LM_MASK, NEW_SCRIPT},
    {0x16d6d, 0x16d6f, U_GC_PO_MASK, NEW_SCRIPT},
    {0x16d70, 0x16d79, U_GC_ND_MASK, NEW_SCRIPT},
    {0x18cff, 0x18cff, U_GC_LO_MASK, USCRIPT_KHITAN_SMALL_SCRIPT},
    {0x1cc00, 0x1ccef, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1ccf0, 0x1ccf9, U_GC_ND_MASK, USCRIPT_COMMON},
    {0x1cd00, 0x1ceb3, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1e5d0, 0x1e5ed, U_GC_LO_MASK, NEW_SCRIPT},
    {0x1e5ee, 0x1e5ef, U_GC_MN_MASK, NEW_SCRIPT},
    {0x1e5f0, 0x1e5f0, U_GC_LO_MASK, NEW_SCRIPT},
    {0x1e5f1, 0x1e5fa, U_GC_ND_MASK, NEW_SCRIPT},
    {0x1e5ff, 0x1e5ff, U_GC_PO_MASK, NEW_SCRIPT},
    {0x1f8b2, 0x1f8bb, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1f8c0, 0x1f8c1, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fa89, 0x1fa89, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fa8f, 0x1fa8f, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fabe, 0x1fabe, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fac6, 0x1fac6, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fadc, 0x1fadc, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fadf, 0x1fadf, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fae9, 0x1fae9, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x1fbcb, 0x1fbef, U_GC_SO_MASK, USCRIPT_COMMON},
    {0x2ebf0, 0x2ee5d, U_GC_LO_MASK, USCRIPT_HAN},
};

const struct category_range *categories_changed(size_t *count)
{
    *count = sizeof changed / sizeof *changed;
    return changed;
}

uint32_t categories_mask(uint32_t point)
{
    uint32_t mask = U_GET_GC_MASK((UChar32)point);
    if ((mask != U_GC_CN_MASK && point != 0x1171e) || point < changed[0].first)
        return mask;
    size_t low;
    search_first(low, sizeof changed / sizeof *changed, point > changed[low].last);
    return low < sizeof changed / sizeof *changed && point >= changed[low].first ? changed[low].mask : mask;
}
