/* compile.c - lexicon compile: word lists, thesauri and wordnets become one file that is mapped into memory. */
#include "reader.h"
#include "verbs.h"

enum format_number { FORMAT_CILIN = 5, FORMAT_WNDB = 3 };

static const char *const format_names[] = {"plain", "synonyms",  "groups",  "wndb",   "mythes", "cilin",  "omw",
                                           "jieba", "iso-codes", "gettext", "unihan", "cedict", "wn-lmf", NULL};
static int (*const readers[])(struct reader *, const char *) = {
    read_plain, read_synonyms,  read_groups,  read_wndb,   read_mythes, read_cilin,  read_omw,
    read_jieba, read_iso_codes, read_gettext, read_unihan, read_cedict, read_wn_lmf,
};

static const char *const inflect_names[] = {"none", "en", NULL};
static const char *const ambiguous_names[] = {"skip", "keep", NULL};

static const struct option options[] = {
    {"format", 0, OPT_CHOICE, OPT_AT(struct compile_options, format), .value = "FORMAT", .required = true,
     .choices = format_names, .help = "what the sources are"},
    {"inflect", 0, OPT_CHOICE, OPT_AT(struct compile_options, inflect), .value = "LANG", .fallback = "none",
     .choices = inflect_names, .when = "format=wndb",
     .help = "en: also the inflected forms of English words, each with the same form of its synonyms"},
    {"ambiguous", 0, OPT_CHOICE, OPT_AT(struct compile_options, ambiguous), .value = "WHAT", .fallback = "skip",
     .choices = ambiguous_names, .when = "format=cilin",
     .help = "words that are in several groups: skip gives them no synonyms, keep gives them those of all"},
    {"related", 0, OPT_FLAG, OPT_AT(struct compile_options, related), .when = "format=cilin",
     .help = "take the groups of related words (#) for synonyms too"},
    {"label", 0, OPT_TEXT, OPT_AT(struct compile_options, label), .value = "LABEL",
     .when = "format=iso-codes|gettext|jieba", .help = "the label of all entries, instead of the format's own"},
    {"source", 0, OPT_TEXT, OPT_AT(struct compile_options, source), .value = "TEXT", .fallback = "",
     .help = "where the sources come from, for lexicon stats"},
    {"licence", 0, OPT_TEXT, OPT_AT(struct compile_options, licence), .value = "TEXT", .fallback = "",
     .help = "their licence, for lexicon stats"},
    {0},
};

static const char *const counters[] = {[COUNT_SYNSETS] = "groups",
                                       [COUNT_RELATED] = "related_groups",
                                       [COUNT_SINGLE] = "single_groups",
                                       [COUNT_DROPPED] = "dropped_candidates",
                                       NULL};

struct compile {
    const struct compile_options *options;
    const struct words *sources;
    struct bytes image; /* until it is written */
};

static int compile_open(struct stage_context *context, void **shared)
{
    const struct compile_options *given = context->options;
    if (context->operands->len == 0)
        return diag_error("expected a source: the file, or for --format wndb the folder, to compile");
    if (context->terminal)
        return diag_error("a compiled lexicon is not text for a terminal: give -o FILE");
    if (!text_is_utf8(slice_of(given->source)) || !text_is_utf8(slice_of(given->licence)) ||
        (given->label != NULL && !text_is_utf8(slice_of(given->label))))
        return diag_error("--source, --licence and --label are UTF-8");
    struct compile *compile = mem_zalloc(1, sizeof *compile);
    compile->options = given;
    compile->sources = context->operands;
    *shared = compile;
    return 0;
}

static void compile_close(void *shared)
{
    struct compile *compile = shared;
    mem_free(compile->image.items);
    mem_free(compile);
}

static int read_sources(struct reader *reader, const struct words *sources)
{
    for (size_t i = 0; i < sources->len; i++) {
        arena_reset(reader->arena);
        map_reset(reader->groups);
        if (readers[reader->options->format](reader, sources->items[i]) < 0)
            return -1;
    }
    return 0;
}

static int finish(struct compile *compile, struct reader *reader)
{
    char sha256[SHA256_DIGEST_STRING_LENGTH];
    (void)SHA256End(&reader->sha256, sha256);
    lexicon_build_about(reader->build, ABOUT_FORMAT, slice_of(format_names[compile->options->format]));
    lexicon_build_about(reader->build, ABOUT_SOURCE, slice_of(compile->options->source));
    lexicon_build_about(reader->build, ABOUT_LICENCE, slice_of(compile->options->licence));
    lexicon_build_about(reader->build, ABOUT_SHA256, slice_of(sha256));
    return lexicon_build_finish(reader->build, &compile->image);
}

static int compile_end(void *shared, struct sink *out)
{
    struct compile *compile = shared;
    struct reader reader = {.options = compile->options, .out = out};
    reader.build = lexicon_build_new(BUILD_BYTES | BUILD_KEYS);
    if (reader.build == NULL)
        return -1;
    reader.arena = arena_new();
    reader.groups = map_new();
    SHA256Init(&reader.sha256);
    int status = read_sources(&reader, compile->sources) < 0 ? -1 : finish(compile, &reader);
    lexicon_build_free(reader.build);
    arena_free(reader.arena);
    map_free(reader.groups);
    vec_free(&reader.text);
    vec_free(&reader.word);
    return status < 0 ? -1 : sink_emit(out, rec_bytes(sink_arena(out), bytes_slice(&compile->image)));
}

const struct stage lexicon_compile = {
    .name = "lexicon compile",
    .summary = "make a lexicon that starts at once, of word lists, thesauri and wordnets",
    .example = "$ printf 'big\\tlarge\\thuge\\n' >sizes\n"
               "$ quern lexicon compile --format groups sizes -o sizes.lex\n"
               "$ quern lexicon get sizes.lex huge\n"
               "{\"word\":\"huge\",\"senses\":[{\"synonyms\":[\"big\",\"large\"]}]}",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .text_out = true,
    .operands = "SOURCE",
    .options = options,
    .options_size = sizeof(struct compile_options),
    .counters = counters,
    .open = compile_open,
    .close = compile_close,
    .end = compile_end,
};
