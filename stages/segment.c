/* segment.c - find the sentences and words of a text.
 *
 *     quern segment [--emit sentences,words] [--sentences unicode|lines] [--split sentences] [--lang TAG]
 *                   [--abbreviations FILE] [--no-abbreviations] [--lexicon FILE] [--phrases FILE] [--field NAME]
 *                   [FILE …]
 *
 * The boundaries are ICU's (segmenter/breaks.c), but abbreviations end no sentence (segment/abbreviations.c), and words
 * of a lexicon take precedence (segmenter/entries.c). Spans count UTF-16 units until the record is set; then they are
 * converted to code points in one pass. */
#include "quern.h"
#include "segmenter/abbreviations.h"
#include "segmenter/cutter.h"
#include "segmenter/entries.h"

#include <inttypes.h>

struct segment_options {
    struct words emit;
    int sentences, split;
    struct word_options words;
    const char *abbreviations, *phrases, *field;
    bool no_abbreviations;
};

static const char *const emit_names[] = {"sentences", "words", NULL};
enum { SENTENCES_UNICODE, SENTENCES_LINES };
static const char *const sentences_names[] = {"unicode", "lines", NULL};
enum { SPLIT_NONE, SPLIT_SENTENCES };
static const char *const split_names[] = {"none", "sentences", NULL};

static const struct option options[] = {
    {"emit", 0, OPT_WORDS, OPT_AT(struct segment_options, emit), .value = "NAME,...", .fallback = "sentences,words",
     .choices = emit_names, .help = "what to write"},
    {"sentences", 0, OPT_CHOICE, OPT_AT(struct segment_options, sentences), .value = "RULE", .fallback = "unicode",
     .choices = sentences_names, .help = "what a sentence is; lines: each line that is not blank"},
    {"split", 0, OPT_CHOICE, OPT_AT(struct segment_options, split), .value = "WHAT", .fallback = "none",
     .choices = split_names, .help = "sentences: make a record of each sentence, with its part of all spans"},
    OPTION_LANG(struct segment_options, words.lang),
    {"abbreviations", 0, OPT_FILE, OPT_AT(struct segment_options, abbreviations), .value = "FILE",
     .help = "more abbreviations whose full stop ends no sentence"},
    {"no-abbreviations", 0, OPT_FLAG, OPT_AT(struct segment_options, no_abbreviations),
     .help = "do not use the built-in abbreviations of English and German"},
    OPTION_WORD_LEXICON(struct segment_options, words.lexicon),
    {"phrases", 0, OPT_FILE, OPT_AT(struct segment_options, phrases), .value = "FILE",
     .help = "phrases to find, as runs of words; written as phrases"},
    OPTION_FIELD(struct segment_options, field),
    {0},
};

static const char *const reads[] = {"text",  "lang",    "id",        "root",     "sentences",
                                    "words", "phrases", "stopwords", "entities", NULL};
static const char *const writes[] = {"sentences", "words", "phrases",   "id",       "parent",
                                     "root",      "text",  "stopwords", "entities", NULL};

enum {
    COUNT_SENTENCES,
    COUNT_WORDS,
    COUNT_PHRASES,
    COUNT_UNKNOWN_LANG,
    COUNT_BLANK,     /* records without a sentence, of which --split makes none */
    COUNT_CUT_SPANS, /* spans of which a sentence has a part */
    COUNT_LOST_SPANS /* and those of which none has any */
};
static const char *const counters[] = {"sentences",     "words",     "phrases",    "unknown_lang",
                                       "blank_records", "cut_spans", "lost_spans", NULL};

/* What all threads share. */
struct segment {
    const struct segment_options *options;
    bool sentences, words; /* which of them are written */
    bool splits;
    struct abbreviations *abbreviations;
    struct word_rules rules;
    const struct lexicon *phrases;
};

/* The state of one thread. */
struct segmenter {
    const struct segment *shared;
    struct cutter cutter;
    struct spans sentences, phrases;
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
    if (!sentences && given->split == SPLIT_NONE && (abbreviations != NULL || opt_given(context, "sentences")))
        return diag_error("--%s has no effect without sentences (--emit)",
                          abbreviations != NULL ? abbreviations : "sentences");
    if (given->sentences == SENTENCES_LINES && abbreviations != NULL)
        return diag_error("--%s has no effect with --sentences lines", abbreviations);
    if (!words_has(&given->emit, SLICE("words")) && given->words.lexicon != NULL && given->phrases == NULL)
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
        .splits = given->split == SPLIT_SENTENCES,
    };
    if (check_options(context, given) < 0 || word_rules_open(context, &given->words, &made.rules) < 0 ||
        open_lexicon(context, given->phrases, &made.phrases) < 0 || open_abbreviations(context, &made) < 0)
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
    cutter_open(&segmenter->cutter, &segmenter->shared->rules);
    *thread = segmenter;
    return 0;
}

/* ---- records ---- */

/* The spans, which still count units, in code points. */
static const struct span *points_of(struct segmenter *segmenter, struct spans *spans, struct arena *arena)
{
    breaks_to_points(&segmenter->cutter.passage, spans);
    struct span *kept = arena_array(arena, spans->len, sizeof *kept);
    if (spans->len > 0)
        memcpy(kept, spans->items, spans->len * sizeof *kept);
    return kept;
}

static int find_sentences(struct segmenter *segmenter, struct slice tag)
{
    const struct segment *segment = segmenter->shared;
    if (segment->options->sentences == SENTENCES_LINES) {
        breaks_lines(&segmenter->cutter.passage, &segmenter->sentences);
        return 0;
    }
    if (breaks_sentences(segmenter->cutter.breaks, tag, &segmenter->cutter.passage, &segmenter->sentences) < 0)
        return -1;
    abbreviations_join(segment->abbreviations, tag, &segmenter->cutter.passage, &segmenter->sentences);
    return 0;
}

/* Sentences, words and phrases of the passage: 0, or -1 with the message. */
static int segment_passage(struct segmenter *segmenter, struct slice tag)
{
    const struct segment *segment = segmenter->shared;
    const struct passage *passage = &segmenter->cutter.passage;
    if ((segment->sentences || segment->splits) && find_sentences(segmenter, tag) < 0)
        return -1;
    if (!segment->words && segment->phrases == NULL)
        return 0;
    if (cutter_words(&segmenter->cutter, tag) < 0)
        return -1;
    if (segment->phrases != NULL)
        entries_phrases(segment->phrases, passage, &segmenter->cutter.words, &segmenter->phrases);
    return 0;
}

/* ---- a record for each sentence ---- */

/* The spans to cut: all that the record has, unless they are of another text. Then those that were found just now. */
static const struct record *spans_to_cut(const struct segment *segment, const struct record *made, struct arena *arena)
{
    if (annotations_belong(made, slice_of(segment->options->field)))
        return made;
    struct record *found = rec_derive(arena, made);
    for (const char *const *name = members_of_text; *name != NULL; name++) {
        const struct member *member = rec_member(made, slice_of(*name));
        if (member != NULL && !member->fresh)
            rec_remove(found, slice_of(*name));
    }
    return found;
}

/* Counts the spans that do not lie in one of the sentences as a whole. */
static void count_cut(const struct annotation_pieces *cut, size_t count, struct sink *out)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &cut->annotations->members[i];
        if (member->count == 0)
            continue;
        bool *found = arena_array(sink_arena(out), member->count, sizeof *found);
        memset(found, 0, member->count * sizeof *found);
        for (size_t piece = 0; piece < count; piece++)
            for (uint32_t j = cut->of[i].first[piece]; j < cut->of[i].first[piece + 1]; j++) {
                uint32_t item = cut->of[i].items[j];
                struct span whole = member->before[item];
                found[item] = true;
                sink_count(out, COUNT_CUT_SPANS,
                           whole.start < cut->pieces[piece].start || whole.end > cut->pieces[piece].end);
            }
        for (size_t j = 0; j < member->count; j++)
            sink_count(out, COUNT_LOST_SPANS, !found[j]);
    }
}

/* made: the record with the spans that were found. */
static int split(const struct segment *segment, const struct record *in, const struct record *made, struct slice text,
                 const struct span *sentences, size_t count, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct annotations annotations;
    struct annotation_pieces cut;
    sink_count(out, COUNT_BLANK, count == 0);
    if (annotations_read(spans_to_cut(segment, made, arena), text, arena, &annotations) < 0)
        return -1;
    if (count == 0)
        return 0;
    if (annotations_cut(&annotations, sentences, count, arena, &cut) < 0)
        return -1;
    count_cut(&cut, count, out);
    struct text_place place = text_start(text);
    for (size_t i = 0; i < count; i++) {
        struct record *part = rec_derive(arena, made);
        size_t start = text_to_point(&place, sentences[i].start), end = text_to_point(&place, sentences[i].end);
        rec_set_text(part, slice_of(segment->options->field), (struct slice){text.ptr + start, end - start});
        annotations_set_piece(part, &cut, i, arena);
        if (lineage_child(part, in, "s", i, arena) < 0 || sink_emit(out, part) < 0)
            return -1;
    }
    return 0;
}

/* ---- the record ---- */

static int segment_record(void *thread, const struct record *in, struct sink *out)
{
    struct segmenter *segmenter = thread;
    const struct segment *segment = segmenter->shared;
    struct arena *arena = sink_arena(out);
    struct slice field = slice_of(segment->options->field), text, tag;
    bool unknown;
    if (rec_text(in, field, arena, &text) < 0 || cutter_language(&segmenter->cutter, in, arena, &tag, &unknown) < 0)
        return -1;
    sink_count(out, COUNT_UNKNOWN_LANG, unknown);
    if (breaks_passage(&segmenter->cutter.passage, text) < 0 || segment_passage(segmenter, tag) < 0)
        return diag_error("%s: %s", segment->options->field, diag_message());
    struct record *made = rec_derive(arena, in);
    const struct span *sentences = NULL;
    size_t count = segmenter->sentences.len;
    if (segment->sentences || segment->splits) {
        sentences = points_of(segmenter, &segmenter->sentences, arena);
        sink_count(out, COUNT_SENTENCES, count);
    }
    if (segment->sentences)
        rec_set_spans(made, SLICE("sentences"), sentences, count);
    if (segment->words) {
        rec_set_spans(made, SLICE("words"), points_of(segmenter, &segmenter->cutter.words, arena),
                      segmenter->cutter.words.len);
        sink_count(out, COUNT_WORDS, segmenter->cutter.words.len);
    }
    if (segment->phrases != NULL) {
        rec_set_spans(made, SLICE("phrases"), points_of(segmenter, &segmenter->phrases, arena), segmenter->phrases.len);
        sink_count(out, COUNT_PHRASES, segmenter->phrases.len);
    }
    return segment->splits ? split(segment, in, made, text, sentences, count, out) : sink_emit(out, made);
}

/* ---- the end ---- */

static void segment_notes(const void *shared, const struct totals *totals)
{
    uint64_t unknown = totals->counters[COUNT_UNKNOWN_LANG], blank = totals->counters[COUNT_BLANK];
    (void)shared;
    if (unknown > 0)
        diag_note("the lang of %" PRIu64 " of %" PRIu64
                  " record%s is not the code of a language, such as en or zh-Hant; "
                  "segmented without",
                  unknown, totals->in, diag_s(totals->in));
    if (blank > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no sentence, so --split made nothing of %s", blank,
                  totals->in, diag_s(totals->in), blank == 1 ? "has" : "have", blank == 1 ? "it" : "them");
}

/* ---- close ---- */

static void segment_thread_close(void *thread)
{
    struct segmenter *segmenter = thread;
    cutter_release(&segmenter->cutter);
    vec_free(&segmenter->sentences);
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
