/* split.c - send each record to one of several parts: train, dev, test.
 *
 *     quern split --into NAME=SHARE,… [--by MEMBER] [--files PREFIX [--suffix SUFFIX]] [FILE …]
 *
 * Each record draws a number of 64 bits, keyed by its root; the parts share the numbers out in their order. So a record
 * and all that was made of it are in one part, and a record stays in its part when others come or go. */
#include "quern.h"

struct split_options {
    struct words into;
    const char *by, *files, *suffix, *field;
    struct random_options random;
};

static const struct option options[] = {
    {"into", 0, OPT_WORDS, OPT_AT(struct split_options, into), .value = "NAME=SHARE,...", .required = true,
     .help = "the parts, and the share of the records that each gets; the shares add up to 1"},
    {"by", 0, OPT_TEXT, OPT_AT(struct split_options, by), .value = "MEMBER",
     .help = "records with the same value of MEMBER (an author, a document) stay together"},
    {"files", 0, OPT_TEXT, OPT_AT(struct split_options, files), .value = "PREFIX",
     .help = "write each part to a file of its own, PREFIX.NAME.jsonl, instead of the output"},
    {"suffix", 0, OPT_TEXT, OPT_AT(struct split_options, suffix), .value = "SUFFIX", .fallback = ".jsonl",
     .when = "files", .help = "how the names of these files end; .jsonl.zst or .jsonl.gz compresses"},
    OPTION_FIELD(struct split_options, field),
    OPTIONS_SEED(struct split_options, random),
    {0},
};

static const char *const reads[] = {"id", "root", "text", NULL};
static const char *const writes[] = {"split", NULL};

enum { DRAW_PART };

struct part {
    struct slice name;
    uint64_t below;  /* the part has the draws from the bound of the one before it up to this one */
    unsigned output; /* with --files */
};

struct split {
    const struct split_options *given;
    struct rng_key key;
    VEC(struct part) parts;
};

/* ---- open ---- */

/* Shares as whole numbers of 10^-18: they must add up to exactly 1. */
#define SHARE_ONE UINT64_C(1000000000000000000)

static uint64_t whole_share(struct decimal share)
{
    uint64_t whole = share.digits;
    for (unsigned scale = share.scale; scale < 18; scale++)
        whole *= 10;
    return whole;
}

static int check_name(const struct split *split, const char *word, struct slice name)
{
    if (name.len == 0 || !text_is_utf8(name))
        return diag_error("--into: expected NAME=SHARE, found \"%s\"", word);
    if (split->given->files != NULL && memchr(name.ptr, '/', name.len) != NULL)
        return diag_error("--into: \"%.*s\" has a slash, which the name of a file can't have (--files)", (int)name.len,
                          name.ptr);
    for (size_t i = 0; i < split->parts.len; i++)
        if (slice_equal(split->parts.items[i].name, name))
            return diag_error("--into: %.*s is given twice", (int)name.len, name.ptr);
    return 0;
}

static int add_part(struct split *split, const char *word, uint64_t *sum)
{
    const char *equals = strchr(word, '=');
    struct decimal share;
    if (equals == NULL || !decimal_read(slice_of(equals + 1), 1, &share))
        return diag_error("--into: expected NAME=SHARE, a share from 0 to 1 with at most 18 decimals, found \"%s\"",
                          word);
    struct part part = {.name = slice_between(word, equals)};
    if (check_name(split, word, part.name) < 0)
        return -1;
    *sum += whole_share(share);
    if (*sum > SHARE_ONE)
        return diag_error("--into: the shares add up to more than 1");
    part.below = *sum == SHARE_ONE ? UINT64_MAX : decimal_threshold((struct decimal){*sum, 18});
    vec_push(&split->parts, part);
    return 0;
}

static void add_file(struct stage_context *context, struct split *split, struct part *part)
{
    struct bytes path = {0};
    bytes_put(&path, slice_of(split->given->files));
    bytes_byte(&path, '.');
    bytes_put(&path, part->name);
    bytes_append(&path, split->given->suffix, strlen(split->given->suffix) + 1);
    part->output = chain_output(context, path.items);
    vec_free(&path);
}

static void split_close(void *shared)
{
    struct split *split = shared;
    vec_free(&split->parts);
    mem_free(split);
}

static int add_parts(struct split *split)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < split->given->into.len; i++)
        if (add_part(split, split->given->into.items[i], &sum) < 0)
            return -1;
    if (sum < SHARE_ONE)
        return diag_error("--into: the shares add up to less than 1; give the rest a part of its own, and leave it out "
                          "with \"quern select\"");
    return 0;
}

static int split_open(struct stage_context *context, void **shared)
{
    enum { PARTS_MOST = 250 };
    struct split *split = mem_zalloc(1, sizeof *split);
    split->given = context->options;
    split->key = rng_key(&split->given->random, "split");
    if (split->given->into.len > PARTS_MOST || add_parts(split) < 0) {
        if (split->given->into.len > PARTS_MOST)
            (void)diag_error("--into: %zu parts are more than %d", split->given->into.len, PARTS_MOST);
        split_close(split);
        return -1;
    }
    for (size_t i = 0; i < split->parts.len && split->given->files != NULL; i++)
        add_file(context, split, &split->parts.items[i]);
    *shared = split;
    return 0;
}

/* ---- record ---- */

static int split_record(void *shared, const struct record *in, struct sink *out)
{
    const struct split *split = shared;
    struct arena *arena = sink_arena(out);
    struct identity identity;
    const char *by = split->given->by;
    int found = by != NULL ? lineage_member(in, slice_of(by), arena, &identity)
                           : lineage_root(in, slice_of(split->given->field), arena, &identity);
    if (found < 0)
        return -1;
    struct rng rng = rng_start(split->key, identity, 0);
    uint64_t draw = rng_bits(&rng, DRAW_PART);
    const struct part *part = split->parts.items;
    while (draw >= part->below && part->below < UINT64_MAX)
        part++;
    struct record *made = rec_derive(arena, in);
    rec_set_text(made, SLICE("split"), part->name);
    return split->given->files != NULL ? sink_emit_to(out, part->output, made) : sink_emit(out, made);
}

const struct stage stage_split = {
    .name = "split",
    .summary = "divide records into train, dev and test",
    .example = "$ printf '{\"id\":\"%s\"}\\n' a b c | quern split --into train=0.5,test=0.5\n"
               "{\"id\":\"a\",\"split\":\"test\"}\n"
               "{\"id\":\"b\",\"split\":\"train\"}\n"
               "{\"id\":\"c\",\"split\":\"train\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct split_options),
    .reads = reads,
    .writes = writes,
    .open = split_open,
    .close = split_close,
    .record = split_record,
};
