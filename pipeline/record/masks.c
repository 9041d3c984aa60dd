/* masks.c - see masks.h. */
#include "record/masks.h"

#include "record/members.h"

enum {
    MANY_KEPT = 4, /* so many selected tokens are hardly all kept: each is with a chance of one in ten */
    MANY_NEXT = 2,
};

/* Is one id in at least half of the places? A candidate is found by Boyer and Moore's majority vote, then counted. */
static bool one_id_prevails(const int32_t *ids, const int32_t *labels, size_t count)
{
    size_t votes = 0, labelled = 0, same = 0;
    int32_t candidate = 0;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] == IGNORE_INDEX)
            continue;
        if (votes == 0)
            candidate = ids[i];
        votes += ids[i] == candidate ? 1 : (size_t)-1;
        labelled++;
    }
    for (size_t i = 0; i < count; i++)
        same += labels[i] != IGNORE_INDEX && ids[i] == candidate;
    return 2 * same >= labelled;
}

bool masks_are(const struct record *record, const int32_t *ids, const int32_t *labels, const int32_t *special,
               size_t count)
{
    size_t labelled = 0, unlabelled = 0, kept = 0, next = 0, zeros = 0, ones = 0;
    if (rec_present(record, SLICE("perm_order")) != NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] == IGNORE_INDEX) {
            unlabelled += special == NULL || special[i] == 0;
            continue;
        }
        labelled++;
        kept += labels[i] == ids[i];
        next += i + 1 < count && labels[i] == ids[i + 1];
        zeros += labels[i] == 0;
        ones += labels[i] == 1;
    }
    if (labelled == count && count > 0 && special == NULL) /* a decoder's; masks leave some tokens alone */
        return false;
    if ((kept == labelled && labelled >= MANY_KEPT) || (next == labelled && labelled >= MANY_NEXT))
        return false;
    if (zeros > 0 && zeros + ones == labelled && labelled > 1)
        return false;
    return unlabelled > 0 || labelled == 0 || one_id_prevails(ids, labels, count);
}
