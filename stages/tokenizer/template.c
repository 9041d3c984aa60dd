/* template.c - see template.h. */
#include "template.h"

#include "base/diag.h"

int template_add(struct template *template, int kind, int32_t type_id, int32_t id, struct slice token)
{
    if (template->count == TEMPLATE_PARTS)
        return diag_error("post_processor: more than %d parts are not supported", TEMPLATE_PARTS);
    for (size_t i = 0; kind != TEMPLATE_SPECIAL && i < template->count; i++)
        if (template->parts[i].kind == kind)
            return diag_error("post_processor: a template that uses a text twice is not supported");
    template->parts[template->count++] = (struct template_part){kind, type_id, id, token};
    return 0;
}

void template_plain(struct template *template, bool pair)
{
    template->parts[0] = (struct template_part){TEMPLATE_FIRST, 0, 0, {NULL, 0}};
    template->parts[1] = (struct template_part){TEMPLATE_SECOND, 1, 0, {NULL, 0}};
    template->count = pair ? 2 : 1;
}

size_t template_specials(const struct template *template)
{
    size_t count = 0;
    for (size_t i = 0; i < template->count; i++)
        count += template->parts[i].kind == TEMPLATE_SPECIAL;
    return count;
}

size_t template_padded(const struct padding *padding, size_t count)
{
    size_t padded = count > padding->to ? count : padding->to;
    size_t over = padding->multiple > 0 ? padded % padding->multiple : 0;
    return over > 0 ? padded + padding->multiple - over : padded;
}

/* The reference's rule: the shorter text stays whole if the longer one can be cut to the remaining room without
 * becoming the shorter one; otherwise both get half, the longer one the odd token. */
static void longest_first(size_t most, size_t counts[2])
{
    int shorter = counts[0] > counts[1];
    size_t few = counts[shorter], many;
    if (few > most || most - few < few)
        many = few;
    else
        many = most - few;
    if (few + many > most) {
        few = most / 2;
        many = few + most % 2;
    }
    counts[shorter] = few;
    counts[!shorter] = many;
}

int template_truncate(enum truncation truncation, size_t most, bool pair, size_t counts[2])
{
    size_t total = counts[0] + counts[1];
    if (most == 0)
        counts[0] = counts[1] = 0;
    if (total <= most || most == 0)
        return 0;
    size_t remove = total - most;
    if (truncation == TRUNCATE_LONGEST_FIRST) {
        if (pair)
            longest_first(most, counts);
        else
            counts[0] = most;
        return 0;
    }
    if (truncation == TRUNCATE_ONLY_SECOND && !pair)
        return diag_error("truncation only_second: the record has no second text");
    size_t *target = &counts[truncation == TRUNCATE_ONLY_SECOND];
    if (*target <= remove)
        return diag_error("truncation %s: %zu tokens must be cut, but the text has only %zu",
                          truncation == TRUNCATE_ONLY_SECOND ? "only_second" : "only_first", remove, *target);
    *target -= remove;
    return 0;
}
