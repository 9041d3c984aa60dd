/* stop_list.c - lists of stop words: see stop_list.h. */
#include "stop_list.h"

#include "base/diag.h"
#include "text/language.h"

#include <assert.h>

static const struct stop_list_file *built_in(struct slice name)
{
    for (const struct stop_list_file *file = stop_list_files; file->name != NULL; file++)
        if (slice_is(name, file->name))
            return file;
    return NULL;
}

/* For chain_share. */
static void *load_built_in(const char *name)
{
    const struct stop_list_file *file = built_in(slice_of(name));
    assert(file != NULL);
    return lexicon_read(slice_of(file->text), name, LEXICON_KEYED);
}

const struct lexicon *stop_list_open(struct stage_context *context, const char *name)
{
    if (built_in(slice_of(name)) != NULL)
        return chain_share(context, "built-in stop words", name, load_built_in, lexicon_free);
    return chain_share(context, "keyed lexicon", name, lexicon_load_keyed, lexicon_free);
}

enum stop_kind stop_list_kind(const struct lexicon *list, struct slice key)
{
    size_t number;
    if (list == NULL || !lexicon_find(list, key, &number))
        return STOP_NONE;
    return slice_is(lexicon_entry(list, number).label, "neg") ? STOP_NEGATION : STOP_WORD;
}

int stop_lists_open(struct stage_context *context, const char *name, struct stop_lists *lists)
{
    *lists = (struct stop_lists){0};
    if (name != NULL) {
        lists->named = stop_list_open(context, name);
        return lists->named == NULL ? -1 : 0;
    }
    for (size_t i = 0; stop_list_files[i].name != NULL; i++) {
        assert(i < sizeof lists->built_in / sizeof *lists->built_in);
        lists->built_in[i] = stop_list_open(context, stop_list_files[i].name);
        if (lists->built_in[i] == NULL)
            return -1;
    }
    return 0;
}

const struct lexicon *stop_lists_for(const struct stop_lists *lists, struct slice tag)
{
    if (lists->named != NULL)
        return lists->named;
    for (size_t i = 0; stop_list_files[i].name != NULL; i++)
        if (language_is(tag, stop_list_files[i].name))
            return lists->built_in[i];
    return NULL;
}
