/* gazetteer.c - surfaces by label: see gazetteer.h. */
#include "gazetteer.h"

#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/vec.h"
#include "text/text.h"

#include <stdlib.h>
#include <unicode/uscript.h>

struct surfaces {
    struct slice *items;
    size_t len, cap;
};

struct gazetteer {
    bool same_script;
    struct map *groups; /* a label, and with same_script the script: the number of its group */
    VEC(struct surfaces) lists;
};

/* Of the first character that has one of its own. */
static UScriptCode script_of(struct slice surface)
{
    size_t size;
    for (const char *at = surface.ptr, *end = at + surface.len; at < end; at += size) {
        UErrorCode status = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript((UChar32)text_decode(at, &size), &status);
        if (script > USCRIPT_INHERITED)
            return script;
    }
    return USCRIPT_COMMON;
}

/* The label, and the script in one byte or two; in scratch. */
static struct slice group_name(const struct gazetteer *gazetteer, struct slice surface, struct slice label,
                               struct bytes *scratch)
{
    scratch->len = 0;
    bytes_put(scratch, label);
    if (gazetteer->same_script) {
        int script = script_of(surface);
        bytes_byte(scratch, (char)(script & 0xff));
        bytes_byte(scratch, (char)(script >> 8));
    }
    return bytes_slice(scratch);
}

static int compare_texts(const void *left, const void *right)
{
    return slice_compare(*(const struct slice *)left, *(const struct slice *)right);
}

static void sort_list(struct surfaces *list)
{
    size_t kept = 0;
    qsort(list->items, list->len, sizeof *list->items, compare_texts);
    for (size_t i = 0; i < list->len; i++)
        if (kept == 0 || !slice_equal(list->items[kept - 1], list->items[i]))
            list->items[kept++] = list->items[i];
    list->len = kept;
}

struct gazetteer *gazetteer_new(const struct lexicon *lexicon, const char *path, bool same_script)
{
    struct gazetteer *made = mem_zalloc(1, sizeof *made);
    struct bytes scratch = {0};
    made->same_script = same_script;
    made->groups = map_new();
    for (size_t i = 0; i < lexicon_count(lexicon); i++) {
        struct lexicon_entry entry = lexicon_entry(lexicon, i);
        if (entry.label.ptr == NULL) {
            (void)diag_error("%s:%zu: \"%.*s\" has no label; expected it after a tab", path, entry.line,
                             (int)entry.text.len, entry.text.ptr);
            vec_free(&scratch);
            gazetteer_free(made);
            return NULL;
        }
        uint64_t *number = map_put(made->groups, group_name(made, entry.text, entry.label, &scratch));
        if (*number == 0) {
            struct surfaces none = {0};
            vec_push(&made->lists, none);
            *number = made->lists.len;
        }
        vec_push(&made->lists.items[*number - 1], entry.text);
    }
    for (size_t i = 0; i < made->lists.len; i++)
        sort_list(&made->lists.items[i]);
    vec_free(&scratch);
    return made;
}

void gazetteer_free(struct gazetteer *gazetteer)
{
    if (gazetteer == NULL)
        return;
    for (size_t i = 0; i < gazetteer->lists.len; i++)
        vec_free(&gazetteer->lists.items[i]);
    vec_free(&gazetteer->lists);
    map_free(gazetteer->groups);
    mem_free(gazetteer);
}

const struct slice *gazetteer_surfaces(const struct gazetteer *gazetteer, struct slice surface, struct slice label,
                                       struct bytes *scratch, size_t *count)
{
    const uint64_t *number = map_get(gazetteer->groups, group_name(gazetteer, surface, label, scratch));
    *count = number == NULL ? 0 : gazetteer->lists.items[*number - 1].len;
    return number == NULL ? NULL : gazetteer->lists.items[*number - 1].items;
}
