/* list.c - lexicon list: prints a list of stop words that is built in. */
#include "../words/stop_list.h"
#include "quern.h"
#include "verbs.h"

static int list_open(struct stage_context *context, void **shared)
{
    const struct words *operands = context->operands;
    struct bytes names = {0};
    *shared = NULL;
    for (size_t i = 0; stop_list_files[i].name != NULL; i++) {
        if (operands->len == 1 && strcmp(operands->items[0], stop_list_files[i].name) == 0)
            *shared = (void *)(uintptr_t)&stop_list_files[i];
        bytes_put(&names, i > 0 ? SLICE(", ") : SLICE(""));
        bytes_put(&names, slice_of(stop_list_files[i].name));
    }
    int status = 0;
    if (operands->len != 1)
        status = diag_error("expected the name of a built-in list: %.*s", (int)names.len, names.items);
    else if (*shared == NULL)
        status = diag_error("%s: no built-in list; there are %.*s", operands->items[0], (int)names.len, names.items);
    vec_free(&names);
    return status;
}

static int list_end(void *shared, struct sink *out)
{
    const struct stop_list_file *file = shared;
    return sink_emit(out, rec_bytes(sink_arena(out), slice_of(file->text)));
}

const struct stage lexicon_list = {
    .name = "lexicon list",
    .summary = "print a built-in list of stop words",
    .example = "$ quern lexicon list en | grep -c neg\n…",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .text_out = true,
    .operands = "NAME",
    .open = list_open,
    .end = list_end,
};
