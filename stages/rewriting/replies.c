/* replies.c - see replies.h. */
#include "replies.h"

#include "base/diag.h"
#include "text/json.h"

static bool is_texts(struct slice value)
{
    if (json_kind(value) != '[')
        return false;
    for (struct json_walk walk = json_walk(value); json_next(&walk);)
        if (json_kind(walk.value) != '"')
            return false;
    return true;
}

int replies_check(struct slice object, bool *found)
{
    struct slice text, texts;
    bool has_text = json_member(object, "text", &text), has_texts = json_member(object, "texts", &texts);
    *found = has_text || has_texts;
    if (has_text && json_kind(text) != '"')
        return diag_error("the reply has a \"text\" that is no string");
    if (has_texts && !is_texts(texts))
        return diag_error("the reply has \"texts\" that are no array of strings");
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
