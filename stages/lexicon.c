/* lexicon.c - lexicons: compile them, look into them.
 *
 *     quern lexicon compile --format FORMAT SOURCE … -o FILE
 *     quern lexicon get FILE WORD …
 *     quern lexicon stats FILE
 *     quern lexicon list NAME
 *
 *     $ printf 'big\tlarge\thuge\n' >sizes
 *     $ quern lexicon compile --format groups sizes -o sizes.lex
 *     $ quern lexicon get sizes.lex huge
 *     {"word":"huge","senses":[{"synonyms":["big","large"]}]}
 *
 * Each verb is a filter of its own, in lexicon/, where each foreign format has a reader. The form of a compiled lexicon
 * is in pipeline/text/lexicon_form.h. */
#include "lexicon/verbs.h"
#include "quern.h"

static int lexicon_open(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected what to do: compile, get, stats or list");
}

static const struct option options[] = {{0}};
static const struct stage *const verbs[] = {&lexicon_compile, &lexicon_get, &lexicon_stats, &lexicon_list, NULL};

const struct stage stage_lexicon = {
    .name = "lexicon",
    .summary = "compile lexicons, and look into them",
    .example = "$ printf 'big\\tlarge\\thuge\\n' >sizes\n"
               "$ quern lexicon compile --format groups sizes -o sizes.lex\n"
               "$ quern lexicon get sizes.lex huge\n"
               "{\"word\":\"huge\",\"senses\":[{\"synonyms\":[\"big\",\"large\"]}]}",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .operands = "LEXICON",
    .options = options,
    .verbs = verbs,
    .open = lexicon_open,
};
