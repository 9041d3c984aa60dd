/* cutter.c - see cutter.h. */
#include "cutter.h"

#include "../tokenizer/files/component.h"
#include "../tokenizer/files/load.h"
#include "base/diag.h"
#include "writer.h"

/* The tokenizer.json that would be written if nothing were learned. */
static void write_empty(const struct recipe *recipe, struct bytes *out)
{
    const struct trainer_options options = {
        .type = recipe->type, .reserved = recipe->reserved.items, .reserved_count = recipe->reserved.len};
    struct trained trained;
    trainer_start(&trained, &options);
    writer_tokenizer(recipe, &trained, out);
    trainer_release(&trained);
}

struct tokenizer *cutter_new(const struct recipe *recipe)
{
    struct tokenizer *cutter = tokenizer_new();
    struct slice root, model;
    write_empty(recipe, &cutter->file);
    if (component_root(bytes_slice(&cutter->file), &root) == 0) {
        struct slice members = tokenizer_json_members(cutter, root, &model);
        if (tokenizer_load_json(cutter, members, model) == 0) {
            tokenizer_ready(cutter);
            return cutter;
        }
    }
    tokenizer_free(cutter);
    return NULL;
}

int cutter_cut(const struct tokenizer *cutter, struct cutter_thread *thread, struct slice text)
{
    if (text.len > UINT32_MAX)
        return diag_error("a text of %zu bytes is too long to be tokenized", text.len);
    draft_start(&thread->draft, text, cutter->pretokenizer.needs_origins);
    added_apply(&cutter->added, &thread->draft);
    if (normalizer_apply(&cutter->normalizer, &thread->normalizer, &thread->draft) != 0)
        return -1;
    return pretokenizer_apply(&cutter->pretokenizer, &thread->pretokenizer, &thread->draft);
}

void cutter_thread_free(struct cutter_thread *thread)
{
    draft_free(&thread->draft);
    normalizer_thread_free(&thread->normalizer);
    pretokenizer_thread_free(&thread->pretokenizer);
}
