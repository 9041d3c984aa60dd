/* normalize.c - bring text to one form: normal form, case, accents, control characters, white space, width.
 *
 *     quern normalize [--form none|nfc|nfkc|nfd|nfkd] [--case keep|fold|lower] [--strip-accents]
 *                     [--control keep|remove] [--space keep|collapse] [--width keep|half] [--field NAME] [FILE …]
 *
 * The operations run in a fixed order: width, control, form, case, accents, space. The order matters: a removal may
 * bring a letter and its mark together, and a compatibility form may contain capitals (U+2103 is "°C") and spaces. Case
 * and accents may break the normal form, so it is applied again after each of them that has changed the text. */
#include "quern.h"

#include <inttypes.h>

enum { FORM_NONE, FORM_NFC, FORM_NFKC, FORM_NFD, FORM_NFKD };
enum { CASE_KEEP, CASE_FOLD, CASE_LOWER };

struct normalize_options {
    int form, letter_case, control, space, width; /* the last three: 0 is keep */
    bool strip_accents;
    const char *field;
};

static const char *const form_names[] = {"none", "nfc", "nfkc", "nfd", "nfkd", NULL};
static const char *const case_names[] = {"keep", "fold", "lower", NULL};
static const char *const control_names[] = {"keep", "remove", NULL};
static const char *const space_names[] = {"keep", "collapse", NULL};
static const char *const width_names[] = {"keep", "half", NULL};

static const struct option options[] = {
    {"form", 0, OPT_CHOICE, OPT_AT(struct normalize_options, form), .value = "FORM", .fallback = "nfc",
     .choices = form_names, .help = "the Unicode normal form"},
    {"case", 0, OPT_CHOICE, OPT_AT(struct normalize_options, letter_case), .value = "CASE", .fallback = "keep",
     .choices = case_names, .help = "full case folding, or lower case"},
    {"strip-accents", 0, OPT_FLAG, OPT_AT(struct normalize_options, strip_accents),
     .help = "remove the nonspacing marks (Mn) of decomposed text"},
    {"control", 0, OPT_CHOICE, OPT_AT(struct normalize_options, control), .value = "WHAT", .fallback = "keep",
     .choices = control_names, .help = "control characters other than white space, and invisible format characters"},
    {"space", 0, OPT_CHOICE, OPT_AT(struct normalize_options, space), .value = "WHAT", .fallback = "keep",
     .choices = space_names,
     .help = "runs of white space, line ends included; collapse makes each one space and trims the ends"},
    {"width", 0, OPT_CHOICE, OPT_AT(struct normalize_options, width), .value = "WHAT", .fallback = "keep",
     .choices = width_names, .help = "the full-width forms of ASCII"},
    OPTION_FIELD(struct normalize_options, field),
    {0},
};

static const char *const reads[] = {"text", "entities", "sentences", "words", "phrases", "stopwords", NULL};
static const char *const writes[] = {"text", "entities", "sentences", "words", "phrases", "stopwords", NULL};
enum { COUNT_CHANGED, COUNT_DROPPED_SPANS };
static const char *const counters[] = {"changed", "dropped_spans", NULL};

/* The state of one thread. */
struct normalizer {
    const struct normalize_options *options;
    struct text_work *work;
    struct edits edits;
    struct bytes texts[2]; /* one is read while the other is being written */
};

/* A text on its way through the operations. */
struct passage {
    struct slice text;
    struct annotations *spans; /* NULL: none to move */
    bool changed;
    size_t next; /* of normalizer.texts */
};

static int normalize_thread_open(void *shared, void **thread)
{
    struct text_work *work = text_work_new();
    if (work == NULL)
        return -1;
    struct normalizer *normalizer = mem_zalloc(1, sizeof *normalizer);
    normalizer->options = shared;
    normalizer->work = work;
    *thread = normalizer;
    return 0;
}

/* ---- one text ---- */

enum operation { WIDTH, CONTROL, FORM, CASE, ACCENTS, SPACE };

static enum text_status operate(struct normalizer *normalizer, enum operation operation, struct slice text,
                                struct edits *edits, struct bytes *out)
{
    static const enum text_form forms[] = {
        [FORM_NFC] = TEXT_NFC, [FORM_NFKC] = TEXT_NFKC, [FORM_NFD] = TEXT_NFD, [FORM_NFKD] = TEXT_NFKD};
    const struct normalize_options *given = normalizer->options;
    switch (operation) {
    case WIDTH:
        return text_half_width(text, edits, out);
    case CONTROL:
        return text_remove_controls(text, edits, out);
    case FORM:
        return text_normalize(normalizer->work, text, forms[given->form], edits, out);
    case CASE:
        return given->letter_case == CASE_LOWER ? text_lower(normalizer->work, text, edits, out)
                                                : text_fold(normalizer->work, text, edits, out);
    case ACCENTS:
        return text_strip_accents(normalizer->work, text, given->form != FORM_NFD && given->form != FORM_NFKD, edits,
                                  out);
    case SPACE:
        return text_collapse_spaces(text, edits, out);
    }
    return TEXT_SAME;
}

/* 1 if the text changed, 0 if not, or -1. */
static int apply(struct normalizer *normalizer, enum operation operation, struct passage *passage)
{
    struct bytes *out = &normalizer->texts[passage->next];
    struct edits *edits = passage->spans != NULL ? &normalizer->edits : NULL;
    enum text_status status = operate(normalizer, operation, passage->text, edits, out);
    if (status == TEXT_FAILED)
        return diag_error("%s: %s", normalizer->options->field, diag_message());
    if (status == TEXT_SAME)
        return 0;
    if (edits != NULL)
        annotations_move(edits, passage->spans);
    passage->text = bytes_slice(out);
    passage->changed = true;
    passage->next = 1 - passage->next;
    return 1;
}

static int apply_all(struct normalizer *normalizer, struct passage *passage)
{
    const struct normalize_options *given = normalizer->options;
    const struct {
        enum operation operation;
        bool wanted, breaks_form;
    } steps[] = {
        {WIDTH, given->width != 0, false},       {CONTROL, given->control != 0, false},
        {FORM, given->form != FORM_NONE, false}, {CASE, given->letter_case != CASE_KEEP, true},
        {ACCENTS, given->strip_accents, true},   {SPACE, given->space != 0, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (!steps[i].wanted)
            continue;
        int status = apply(normalizer, steps[i].operation, passage);
        if (status > 0 && steps[i].breaks_form && given->form != FORM_NONE)
            status = apply(normalizer, FORM, passage);
        if (status < 0)
            return -1;
    }
    return 0;
}

/* ---- records ---- */

static int normalize_record(void *thread, const struct record *in, struct sink *out)
{
    struct normalizer *normalizer = thread;
    struct arena *arena = sink_arena(out);
    struct slice field = slice_of(normalizer->options->field);
    struct annotations spans;
    struct passage passage = {0};
    if (rec_text(in, field, arena, &passage.text) < 0)
        return -1;
    if (annotations_belong(in, field)) {
        int found = annotations_read(in, passage.text, arena, &spans);
        if (found < 0)
            return -1;
        passage.spans = found > 0 ? &spans : NULL;
    }
    if (apply_all(normalizer, &passage) < 0)
        return -1;
    if (!passage.changed)
        return sink_emit(out, in);
    struct record *made = rec_derive(arena, in);
    rec_set_text(made, field, arena_copy(arena, passage.text));
    if (passage.spans != NULL)
        sink_count(out, COUNT_DROPPED_SPANS, annotations_set(made, &spans, arena));
    sink_count(out, COUNT_CHANGED, 1);
    return sink_emit(out, made);
}

static void normalize_notes(const void *shared, const struct totals *totals)
{
    uint64_t dropped = totals->counters[COUNT_DROPPED_SPANS];
    (void)shared;
    if (dropped > 0)
        diag_note("dropped %" PRIu64 " span%s whose text is gone", dropped, diag_s(dropped));
}

static void normalize_thread_close(void *thread)
{
    struct normalizer *normalizer = thread;
    text_work_free(normalizer->work);
    edits_release(&normalizer->edits);
    vec_free(&normalizer->texts[0]);
    vec_free(&normalizer->texts[1]);
    mem_free(normalizer);
}

const struct stage stage_normalize = {
    .name = "normalize",
    .summary = "bring text to one form: normal form, case, accents, white space",
    .example = "$ echo '{\"text\":\"Ｃafe\\u0301  au lait\"}' |\n"
               "    quern normalize --width half --space collapse\n"
               "{\"text\":\"Café au lait\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct normalize_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .thread_open = normalize_thread_open,
    .thread_close = normalize_thread_close,
    .record = normalize_record,
    .notes = normalize_notes,
};
