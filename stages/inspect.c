/* inspect.c - tell what a tokenizer file contains.
 *
 *     quern inspect TOKENIZER …
 *
 * One record for each file; inspect/describe.c has what it says. */
#include "inspect/describe.h"
#include "quern.h"

static int inspect_open(struct stage_context *context, void **shared)
{
    if (context->operands->len == 0)
        return diag_error("expected a tokenizer: a tokenizer.json, vocab.txt or vocab.json, or a folder with one");
    *shared = (void *)(uintptr_t)context->operands;
    return 0;
}

static int inspect_end(void *operands, struct sink *out)
{
    const struct words *paths = operands;
    for (size_t i = 0; i < paths->len; i++) {
        struct arena *arena = sink_arena(out);
        struct record *made = rec_new(arena);
        if (describe_file(paths->items[i], made, arena) != 0 || sink_emit(out, made) != 0)
            return -1;
    }
    return 0;
}

static const char *const writes[] = {"file",          "format",         "supported",    "reason", "model",
                                     "vocab_size",    "merges",         "added_tokens", "ids",    "special_tokens",
                                     "unk_id",        "mask_id",        "pad_id",       "cls_id", "sep_id",
                                     "longest_token", "lowercase",      "single",       "pair",   "normalizer",
                                     "pre_tokenizer", "post_processor", "decoder",      NULL};

const struct stage stage_inspect = {
    .name = "inspect",
    .summary = "tell what a tokenizer file contains",
    .example = "$ printf '%s\\n' '[UNK]' un '##aff' '##able' >vocab.txt\n"
               "$ quern inspect vocab.txt | jq -c '[.model, .vocab_size, .longest_token]'\n"
               "[\"WordPiece\",4,\"##able\"]",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .operands = "TOKENIZER",
    .writes = writes,
    .open = inspect_open,
    .end = inspect_end,
};
