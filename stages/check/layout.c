/* layout.c - see layout.h. */
#include "layout.h"

#include "../tokenizer/parts.h"
#include "base/diag.h"

static int add(struct layout *layout, int kind, int32_t id, int32_t type)
{
    if (layout->count == LAYOUT_PARTS)
        return diag_error("--template: expected at most %d parts", LAYOUT_PARTS);
    layout->parts[layout->count++] = (struct layout_part){kind, id, type};
    layout->specials += kind == LAYOUT_SPECIAL;
    layout->pair = layout->pair || kind == LAYOUT_SECOND;
    return 0;
}

/* "name" or "name:2" */
static int add_word(const struct kinds *kinds, struct slice word, struct layout *layout)
{
    int32_t type = 0, id;
    size_t len = word.len;
    while (len > 0 && word.ptr[len - 1] >= '0' && word.ptr[len - 1] <= '9')
        len--;
    if (len > 1 && len < word.len && word.ptr[len - 1] == ':') {
        for (size_t i = len; i < word.len && i < len + 3; i++)
            type = type * 10 + (word.ptr[i] - '0');
        word.len = len - 1;
    }
    if (slice_is(word, "$A") || slice_is(word, "$B"))
        return add(layout, slice_is(word, "$B") ? LAYOUT_SECOND : LAYOUT_FIRST, 0, type);
    return kinds_find(kinds, "template", word, &id) < 0 ? -1 : add(layout, LAYOUT_SPECIAL, id, type);
}

int layout_read(const struct kinds *kinds, const char *text, struct layout *layout)
{
    *layout = (struct layout){0};
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (len > 0 && add_word(kinds, (struct slice){text, len}, layout) < 0)
            return -1;
        text += len + (text[len] == ' ');
    }
    return 0;
}

void layout_of_model(const struct kinds *kinds, bool pair, struct layout *layout)
{
    const struct template *template = pair ? &kinds->tokenizer->pair : &kinds->tokenizer->single;
    *layout = (struct layout){0};
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        int kind = part->kind == TEMPLATE_SPECIAL  ? LAYOUT_SPECIAL
                   : part->kind == TEMPLATE_SECOND ? LAYOUT_SECOND
                                                   : LAYOUT_FIRST;
        (void)add(layout, kind, part->id, part->type_id);
    }
}
