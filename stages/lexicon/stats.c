/* stats.c - lexicon stats: how large a lexicon is, and what it was made of. */
#include "show.h"
#include "verbs.h"

#include <stdlib.h>

static const char *const formats[] = {"plain", "synonyms", "groups", NULL};

const struct option show_option_table[] = {
    {"format", 0, OPT_CHOICE, OPT_AT(struct show_options, format), .value = "FORMAT", .fallback = "plain",
     .choices = formats, .help = "what a file that is not compiled is"},
    {0},
};

static struct lexicon *read_groups(struct bytes *bytes, const char *name)
{
    return lexicon_read(bytes_slice(bytes), name, LEXICON_GROUPS);
}

struct lexicon *show_load(const struct show_options *options, const char *path)
{
    enum { PLAIN, SYNONYMS };
    return options->format == PLAIN      ? lexicon_load_keyed(path)
           : options->format == SYNONYMS ? lexicon_load_synonyms(path)
                                         : lexicon_load_as(path, read_groups);
}

struct slice show_format(const struct show_options *options, const struct lexicon *lexicon)
{
    return lexicon_is_compiled(lexicon) ? lexicon_about(lexicon, ABOUT_FORMAT) : slice_of(formats[options->format]);
}

struct stats {
    const struct show_options *options;
    struct lexicon *lexicon;
};

static void stats_close(void *shared)
{
    struct stats *stats = shared;
    lexicon_free(stats->lexicon);
    mem_free(stats);
}

static int stats_open(struct stage_context *context, void **shared)
{
    if (context->operands->len != 1)
        return diag_error("expected one lexicon, found %zu", context->operands->len);
    struct stats *stats = mem_zalloc(1, sizeof *stats);
    stats->options = context->options;
    stats->lexicon = show_load(stats->options, context->operands->items[0]);
    bool damaged = stats->lexicon != NULL && lexicon_verify(stats->lexicon) < 0;
    *shared = stats;
    if (stats->lexicon != NULL && !damaged)
        return 0;
    stats_close(stats);
    if (damaged)
        return diag_kind(STATUS_DATA, "%s: a damaged lexicon: its checksum is wrong; compile it again",
                         context->operands->items[0]);
    return -1;
}

struct sums {
    uint64_t senses, pairs;
};

/* A pair is counted once, in however many senses. */
static struct sums sum_up(const struct lexicon *lexicon)
{
    struct sums sums = {0, 0};
    struct synonyms synonyms = {0};
    for (size_t i = 0; i < lexicon_count(lexicon); i++) {
        size_t senses = lexicon_senses(lexicon, i);
        if (senses == 0)
            continue;
        lexicon_synonyms(lexicon, i, (struct lexicon_choice){0, true}, &synonyms);
        sums.senses += senses;
        sums.pairs += synonyms.len;
    }
    vec_free(&synonyms);
    return sums;
}

static int stats_end(void *shared, struct sink *out)
{
    const struct stats *stats = shared;
    const struct lexicon *lexicon = stats->lexicon;
    struct record *made = rec_new(sink_arena(out));
    struct sums sums = sum_up(lexicon);
    rec_set_text(made, SLICE("format"), show_format(stats->options, lexicon));
    rec_set_int(made, SLICE("entries"), (int64_t)lexicon_keys(lexicon));
    rec_set_int(made, SLICE("groups"), (int64_t)lexicon_groups(lexicon));
    rec_set_int(made, SLICE("senses"), (int64_t)sums.senses);
    rec_set_int(made, SLICE("pairs"), (int64_t)sums.pairs);
    rec_set_text(made, SLICE("source"), lexicon_about(lexicon, ABOUT_SOURCE));
    rec_set_text(made, SLICE("licence"), lexicon_about(lexicon, ABOUT_LICENCE));
    rec_set_text(made, SLICE("sha256"), lexicon_about(lexicon, ABOUT_SHA256));
    return sink_emit(out, made);
}

static const char *const writes[] = {"format", "entries", "groups", "senses", "pairs",
                                     "source", "licence", "sha256", NULL};

const struct stage lexicon_stats = {
    .name = "lexicon stats",
    .summary = "count what a lexicon holds, and check that it is not damaged",
    .example = "$ printf 'big\\tlarge\\thuge\\n' >sizes\n"
               "$ quern lexicon stats --format groups sizes | jq -c '[.entries,.pairs]'\n"
               "[3,6]",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .operands = "LEXICON",
    .options = show_option_table,
    .options_size = sizeof(struct show_options),
    .writes = writes,
    .open = stats_open,
    .close = stats_close,
    .end = stats_end,
};
