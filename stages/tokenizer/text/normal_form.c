/* normal_form.c - see normal_form.h. */
#include "normal_form.h"

#include "base/diag.h"
#include "base/vec.h"
#include "classes.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

int normal_form_load(struct normal_form_tables *tables)
{
    UErrorCode error = U_ZERO_ERROR;
    tables->composed = unorm2_getNFCInstance(&error);
    tables->decomposed = unorm2_getNFDInstance(&error);
    tables->compatible = unorm2_getNFKDInstance(&error);
    return U_SUCCESS(error) ? 0 : diag_kind(STATUS_FAILED, "ICU can't load its normal forms: %s", u_errorName(error));
}

static bool unknown(uint32_t point)
{
    return point >= 0x300 && classes_newer(point, 9, 0);
}

uint8_t normal_form_class(uint32_t point)
{
    return point < 0x300 || unknown(point) ? 0 : u_getCombiningClass((UChar32)point);
}

bool normal_form_interacts(uint32_t point)
{
    return point >= 0x300 && (u_getCombiningClass((UChar32)point) != 0 ||
                              u_getIntPropertyValue((UChar32)point, UCHAR_NFC_QUICK_CHECK) != UNORM_YES);
}

static void decompose(struct normal_form form, uint32_t point, struct normal_form_scratch *out)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = form.compatibility ? form.tables->compatible : form.tables->decomposed;
    enum { LONGEST = 32 }; /* U+FDFA has 18 */
    UChar units[LONGEST];
    int32_t count = -1;
    bool is_unknown = unknown(point);
    if (point >= 0x80 && !is_unknown)
        count = unorm2_getDecomposition(normalizer, (UChar32)point, units, LONGEST, &error);
    if (count < 0 || U_FAILURE(error)) {
        uint8_t class = point < 0x300 || is_unknown ? 0 : u_getCombiningClass((UChar32)point);
        vec_push(out, ((struct counted){point, 0, class}));
        return;
    }
    int32_t change = 0;
    for (int32_t i = 0; i < count; change = 1) {
        uint32_t part = units[i++];
        if (U16_IS_LEAD(part)) /* ICU's tables are well-formed */
            part = (uint32_t)U16_GET_SUPPLEMENTARY(part, units[i++]);
        vec_push(out,
                 ((struct counted){part, change, u_getCombiningClass((UChar32)part)})); /* no newer than the whole */
    }
}

/* Sorts a run of marks by class, keeping the order within a class; in linear time, since a run can be the whole
 * text. */
static void order_marks(struct counted *marks, size_t count, struct counted *spare)
{
    size_t place[256] = {0};
    for (size_t i = 0; i < count; i++)
        place[marks[i].class]++;
    size_t sum = 0;
    for (size_t class = 0; class < 256; class ++) {
        size_t here = place[class];
        place[class] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        spare[place[marks[i].class]++] = marks[i];
    memcpy(marks, spare, count * sizeof *marks);
}

static void order_all(struct normal_form_scratch *scratch)
{
    if (scratch->len > scratch->order_cap) {
        scratch->order_cap = scratch->cap;
        scratch->order = mem_resize(scratch->order, scratch->order_cap, sizeof *scratch->order);
    }
    for (size_t i = 0; i < scratch->len;) {
        size_t end = i;
        bool ordered = true;
        while (end < scratch->len && scratch->items[end].class != 0) {
            ordered &= end == i || scratch->items[end - 1].class <= scratch->items[end].class;
            end++;
        }
        if (!ordered)
            order_marks(scratch->items + i, end - i, scratch->order);
        i = end + 1;
    }
}

static bool compose_pair(const UNormalizer2 *composer, uint32_t first, uint32_t second, uint32_t *composed)
{
    UChar32 pair = unorm2_composePair(composer, (UChar32)first, (UChar32)second);
    if (pair < 0 || unknown((uint32_t)pair))
        return false;
    *composed = (uint32_t)pair;
    return true;
}

/* In place: a starter absorbs the marks after it that it composes with, unless one of the same or a higher class comes
 * in between (Unicode Standard, D117). */
static void compose_all(const UNormalizer2 *composer, struct normal_form_scratch *scratch)
{
    struct counted *items = scratch->items;
    size_t out = 0, starter = SIZE_MAX;
    int last_class = -1; /* of what was kept after the starter; -1: nothing */
    for (size_t i = 0; i < scratch->len; i++) {
        struct counted item = items[i];
        uint32_t composed;
        bool blocked = last_class >= 0 && last_class >= item.class;
        if (starter != SIZE_MAX && !blocked && compose_pair(composer, items[starter].point, item.point, &composed)) {
            items[starter].point = composed;
            items[starter].change += item.change - 1;
            continue;
        }
        if (item.class == 0) {
            starter = out;
            last_class = -1;
        } else if (starter != SIZE_MAX) {
            last_class = item.class;
        }
        items[out++] = item;
    }
    scratch->len = out;
}

void normal_form_apply(struct normal_form form, const struct symbols *in, struct symbols *out,
                       struct normal_form_scratch *scratch)
{
    scratch->len = 0;
    for (size_t i = 0; i < in->len; i++)
        decompose(form, in->items[i].point, scratch);
    order_all(scratch);
    if (form.compose)
        compose_all(form.tables->composed, scratch);
    out->len = 0;
    vec_reserve(out, scratch->len);
    size_t at = 0;
    for (size_t i = 0; i < scratch->len; i++) {
        const struct counted *item = &scratch->items[i];
        size_t from = item->change > 0 && at > 0 ? at - 1 : at;
        out->items[out->len++] = (struct symbol){item->point, in->items[from].origin};
        if (item->change <= 0)
            at += (size_t)(1 - item->change);
    }
}

void normal_form_scratch_free(struct normal_form_scratch *scratch)
{
    vec_free(scratch);
    mem_free(scratch->order);
    scratch->order = NULL;
    scratch->order_cap = 0;
}
