/* replies.c - see replies.h. */
#include "replies.h"

#include "base/diag.h"
#include "text/json.h"

#include <string.h>

/* Does the string have an escape for a byte of zero? */
static bool has_nul(struct slice string)
{
    static const char nul[] = "\\u0000";
    for (size_t i = 0; i + sizeof nul - 1 <= string.len; i++)
        if (string.ptr[i] == '\\') {
            if (memcmp(string.ptr + i, nul, sizeof nul - 1) == 0)
                return true;
            i++; /* what is escaped, perhaps another backslash */
        }
    return false;
}

/* What is sent is not blank, so that an empty text answers nothing. */
static int check_text(struct slice value, const char *name)
{
    if (json_kind(value) != '"')
        return diag_error("the reply has \"%s\" with something else than a string", name);
    if (slice_equal(value, SLICE("\"\"")))
        return diag_error("the reply is empty");
    return has_nul(value) ? diag_error("the reply has a byte of zero") : 0;
}

int replies_check(struct slice object, bool *found)
{
    struct slice text, texts;
    bool has_text = json_member(object, "text", &text), has_texts = json_member(object, "texts", &texts);
    *found = has_text || has_texts;
    if (has_text && check_text(text, "text") < 0)
        return -1;
    if (has_texts && json_kind(texts) != '[')
        return diag_error("the reply has \"texts\" that are not an array");
    for (struct json_walk walk = json_walk(has_texts ? texts : SLICE("[]")); json_next(&walk);)
        if (check_text(walk.value, "texts") < 0)
            return -1;
    return 0;
}

struct slice *replies_read(struct slice reply, bool object, struct arena *arena, size_t *count)
{
    struct slice value = reply;
    size_t room = 1;
    bool several = object && json_member(reply, "texts", &value);
    if (several) {
        room = 0;
        for (struct json_walk walk = json_walk(value); json_next(&walk);)
            room++;
    }
    struct slice *texts = arena_array(arena, room, sizeof *texts);
    *count = room;
    if (!several) {
        if (object)
            (void)json_member(reply, "text", &value);
        *texts = object ? json_string(value, arena) : reply;
        return texts;
    }
    size_t made = 0;
    for (struct json_walk walk = json_walk(value); json_next(&walk);)
        texts[made++] = json_string(walk.value, arena);
    return texts;
}
