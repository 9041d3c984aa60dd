/* segment.c - find the sentences and words of a text.
 *
 *     quern segment [--emit sentences,words] [--sentences unicode|lines] [--lang TAG] [--abbreviations FILE]
 *                   [--no-abbreviations] [--lexicon FILE] [--phrases FILE] [--field NAME] [FILE …]
 *
 * The boundaries are ICU's (segment/breaks.c), but abbreviations end no sentence (segment/abbreviations.c), and words
 * of a lexicon take precedence (segment/entries.c). Spans count UTF-16 units until the record is set; then they are
 * converted to code points in one pass. */
#include "quern.h"
#include "segment/abbreviations.h"
#include "segment/breaks.h"
#include "segment/entries.h"

#include <inttypes.h>

struct segment_options {
    struct words emit;
    int sentences;
    const char *lang, *abbreviations, *lexicon, *phrases, *field;
    bool no_abbreviations;
};

static const char *const emit_names[] = {"sentences", "words", NULL};
enum { SENTENCES_UNICODE, SENTENCES_LINES };
static const char *const sentences_names[] = {"unicode", "lines", NULL};

static const struct option options[] = {
    {"emit", 0, OPT_WORDS, OPT_AT(struct segment_options, emit), .value = "NAME,...", .fallback = "sentences,words",
     .choices = emit_names, .help = "what to write"},
    {"sentences", 0, OPT_CHOICE, OPT_AT(struct segment_options, sentences), .value = "RULE", .fallback = "unicode",
     .choices = sentences_names, .help = "what a sentence is; lines: each line that is not blank"},
    {"lang", 0, OPT_TEXT, OPT_AT(struct segment_options, lang), .value = "TAG",
     .help = "the language, as a BCP 47 tag; by default the record says it in its member lang, if it has one"},
    {"abbreviations", 0, OPT_FILE, OPT_AT(struct segment_options, abbreviations), .value = "FILE",
     .help = "more abbreviations whose full stop ends no sentence"},
    {"no-abbreviations", 0, OPT_FLAG, OPT_AT(struct segment_options, no_abbreviations),
     .help = "do not use the built-in abbreviations of English and German"},
    {"lexicon", 0, OPT_FILE, OPT_AT(struct segment_options, lexicon), .value = "FILE",
     .help = "words that take precedence over those of ICU"},
    {"phrases", 0, OPT_FILE, OPT_AT(struct segment_options, phrases), .value = "FILE",
     .help = "phrases to find, as runs of words; written as phrases"},
    OPTION_FIELD(struct segment_options, field),
    {0},
};

static const char *const reads[] = {"text", "lang", NULL};
static const char *const writes[] = {"sentences", "words", "phrases", NULL};

enum { COUNT_SENTENCES, COUNT_WORDS, COUNT_PHRASES, COUNT_UNKNOWN_LANG };
static const char *const counters[] = {"sentences", "words", "phrases", "unknown_lang", NULL};

/* What all threads share. */
struct segment {
    const struct segment_options *options;
    bool sentences, words; /* which of them are written */
    struct abbreviations *abbreviations;
    const struct lexicon *lexicon, *phrases;
};

/* The state of one thread. */
struct segmenter {
    const struct segment *shared;
    struct breaks *breaks;
    struct passage passage;
    struct spans sentences, words, cut, phrases;
};

/* ---- open ---- */

/* *lexicon stays NULL if none is wanted. -1 with the message if it can't be loaded. */
static int open_lexicon(struct stage_context *context, const char *path, const struct lexicon **lexicon)
{
    if (path == NULL)
        return 0;
    *lexicon = chain_share(context, "lexicon", path, lexicon_load, lexicon_free);
    return *lexicon == NULL ? -1 : 0;
}

static int check_options(const struct stage_context *context, const struct segment_options *given)
{
    bool sentences = words_has(&given->emit, SLICE("sentences"));
    const char *abbreviations = given->abbreviations != NULL ? "abbreviations"
                                : given->no_abbreviations    ? "no-abbreviations"
                                                             : NULL;
    if (given->lang != NULL && !language_is_known(slice_of(given->lang)))
        return diag_error("--lang: \"%s\" is not a language; expected its code, such as en, de or zh-Hant",
                          given->lang);
    if (!sentences && (abbreviations != NULL || opt_given(context, "sentences")))
        return diag_error("--%s has no effect without sentences (--emit)",
                          abbreviations != NULL ? abbreviations : "sentences");
    if (given->sentences == SENTENCES_LINES && abbreviations != NULL)
        return diag_error("--%s has no effect with --sentences lines", abbreviations);
    if (!words_has(&given->emit, SLICE("words")) && given->lexicon != NULL && given->phrases == NULL)
        return diag_error("--lexicon has no effect without words (--emit) or --phrases");
    return 0;
}

static int open_abbreviations(struct stage_context *context, struct segment *made)
{
    const struct segment_options *given = made->options;
    const struct lexicon *more = NULL;
    if (open_lexicon(context, given->abbreviations, &more) < 0)
        return -1;
    made->abbreviations = abbreviations_new(!given->no_abbreviations, more, given->abbreviations);
    return made->abbreviations == NULL ? -1 : 0;
}

static int segment_open(struct stage_context *context, void **shared)
{
    const struct segment_options *given = context->options;
    struct segment made = {
        .options = given,
        .sentences = words_has(&given->emit, SLICE("sentences")),
        .words = words_has(&given->emit, SLICE("words")),
    };
    if (check_options(context, given) < 0 || open_lexicon(context, given->phrases, &made.phrases) < 0)
        return -1;
    if (given->lexicon != NULL) {
        made.lexicon = chain_share(context, "words", given->lexicon, entries_load, lexicon_free);
        if (made.lexicon == NULL || entries_check(made.lexicon, given->lexicon) < 0)
            return -1;
    }
    if (open_abbreviations(context, &made) < 0)
        return -1;
    struct segment *segment = mem_alloc(sizeof *segment);
    *segment = made;
    *shared = segment;
    return 0;
}

static int segment_thread_open(void *shared, void **thread)
{
    struct segmenter *segmenter = mem_zalloc(1, sizeof *segmenter);
    segmenter->shared = shared;
    segmenter->breaks = breaks_new();
    *thread = segmenter;
    return 0;
}

/* ---- records ---- */

/* The tag of the language; "" for the rules that all languages share. */
static int language_of(const struct segmenter *segmenter, const struct record *in, struct sink *out, struct slice *tag)
{
    const struct segment *segment = segmenter->shared;
    struct arena *arena = sink_arena(out);
    *tag = SLICE("");
    if (segment->options->lang != NULL) {
        *tag = slice_of(segment->options->lang);
        return 0;
    }
    const struct value *lang = rec_present(in, SLICE("lang"));
    if (lang == NULL)
        return 0;
    if (json_kind(rec_json(lang, arena)) == '"' && rec_text(in, SLICE("lang"), arena, tag) < 0)
        return -1;
    if (!breaks_knows(segmenter->breaks, *tag)) {
        sink_count(out, COUNT_UNKNOWN_LANG, 1);
        *tag = SLICE("");
    }
    return 0;
}

/* Sets a member to the spans, which still count units. */
static void set_spans(struct record *made, struct slice name, struct segmenter *segmenter, struct spans *spans,
                      struct arena *arena)
{
    breaks_to_points(&segmenter->passage, spans);
    struct span *kept = arena_array(arena, spans->len, sizeof *kept);
    if (spans->len > 0)
        memcpy(kept, spans->items, spans->len * sizeof *kept);
    rec_set_spans(made, name, kept, spans->len);
}

static int find_sentences(struct segmenter *segmenter, struct slice tag)
{
    const struct segment *segment = segmenter->shared;
    if (segment->options->sentences == SENTENCES_LINES) {
        breaks_lines(&segmenter->passage, &segmenter->sentences);
        return 0;
    }
    if (breaks_sentences(segmenter->breaks, tag, &segmenter->passage, &segmenter->sentences) < 0)
        return -1;
    abbreviations_join(segment->abbreviations, tag, &segmenter->passage, &segmenter->sentences);
    return 0;
}

/* Sentences, words and phrases of the passage: 0, or -1 with the message. */
static int segment_passage(struct segmenter *segmenter, struct slice tag)
{
    const struct segment *segment = segmenter->shared;
    const struct passage *passage = &segmenter->passage;
    if (segment->sentences && find_sentences(segmenter, tag) < 0)
        return -1;
    if (!segment->words && segment->phrases == NULL)
        return 0;
    if (breaks_words(segmenter->breaks, tag, passage, &segmenter->words) < 0)
        return -1;
    if (segment->lexicon != NULL) {
        entries_cut(segment->lexicon, passage, &segmenter->words, &segmenter->cut);
        struct spans swapped = segmenter->words;
        segmenter->words = segmenter->cut;
        segmenter->cut = swapped;
    }
    if (segment->phrases != NULL)
        entries_phrases(segment->phrases, passage, &segmenter->words, &segmenter->phrases);
    return 0;
}

static int segment_record(void *thread, const struct record *in, struct sink *out)
{
    struct segmenter *segmenter = thread;
    const struct segment *segment = segmenter->shared;
    struct arena *arena = sink_arena(out);
    struct slice field = slice_of(segment->options->field), text, tag;
    if (rec_text(in, field, arena, &text) < 0 || language_of(segmenter, in, out, &tag) < 0)
        return -1;
    if (breaks_passage(&segmenter->passage, text) < 0 || segment_passage(segmenter, tag) < 0)
        return diag_error("%s: %s", segment->options->field, diag_message());
    struct record *made = rec_derive(arena, in);
    if (segment->sentences) {
        set_spans(made, SLICE("sentences"), segmenter, &segmenter->sentences, arena);
        sink_count(out, COUNT_SENTENCES, segmenter->sentences.len);
    }
    if (segment->words) {
        set_spans(made, SLICE("words"), segmenter, &segmenter->words, arena);
        sink_count(out, COUNT_WORDS, segmenter->words.len);
    }
    if (segment->phrases != NULL) {
        set_spans(made, SLICE("phrases"), segmenter, &segmenter->phrases, arena);
        sink_count(out, COUNT_PHRASES, segmenter->phrases.len);
    }
    return sink_emit(out, made);
}

/* ---- the end ---- */

static void segment_notes(const void *shared, const struct totals *totals)
{
    uint64_t unknown = totals->counters[COUNT_UNKNOWN_LANG];
    (void)shared;
    if (unknown > 0)
        diag_note("the lang of %" PRIu64 " of %" PRIu64
                  " record%s is not the code of a language, such as en or zh-Hant; "
                  "segmented without",
                  unknown, totals->out, diag_s(totals->out));
}

/* ---- close ---- */

static void segment_thread_close(void *thread)
{
    struct segmenter *segmenter = thread;
    breaks_free(segmenter->breaks);
    vec_free(&segmenter->passage.units);
    vec_free(&segmenter->sentences);
    vec_free(&segmenter->words);
    vec_free(&segmenter->cut);
    vec_free(&segmenter->phrases);
    mem_free(segmenter);
}

static void segment_close(void *shared)
{
    struct segment *segment = shared;
    abbreviations_free(segment->abbreviations);
    mem_free(segment);
}

const struct stage stage_segment = {
    .name = "segment",
    .summary = "find the sentences and words of a text",
    .example = "$ echo '{\"text\":\"Oh. I see!\"}' | quern segment\n"
               "{\"text\":\"Oh. I see!\",\"sentences\":[[0,3],[4,10]],\"words\":[[0,2],…]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct segment_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = segment_open,
    .close = segment_close,
    .thread_open = segment_thread_open,
    .thread_close = segment_thread_close,
    .record = segment_record,
    .notes = segment_notes,
};
