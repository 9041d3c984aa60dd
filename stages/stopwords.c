/* stopwords.c - remove stop words from a text, mark them, or put something else in their place.
 *
 *     quern stopwords [--list NAME|FILE] [--mode remove|mark|mask] [--with TEXT] [--keep none|negations]
 *                     [--inside-entities] [--allow-empty] [--lang TAG] [--lexicon FILE] [--field NAME] [FILE …]
 *
 *     $ echo '{"text":"The mill of the town"}' | quern stopwords --list en
 *     {"text":"mill town"}
 *
 * A word is one of the member `words`, or else one that `segment` would find. */
#include "base/visible.h"
#include "quern.h"
#include "words/part.h"
#include "words/places.h"
#include "words/stop_cache.h"
#include "words/text_words.h"

#include <inttypes.h>

enum { MODE_REMOVE, MODE_MARK, MODE_MASK };
enum { KEEP_NONE, KEEP_NEGATIONS };
enum { LANG_SHOWN_BYTES = 40 };

struct stopwords_options {
    const char *list, *with, *field;
    int mode, keep;
    bool inside_entities, allow_empty;
    struct word_options words;
};

static const char *const mode_names[] = {"remove", "mark", "mask", NULL};
static const char *const keep_names[] = {"none", "negations", NULL};

static const struct option options[] = {
    {"list", 0, OPT_FILE, OPT_AT(struct stopwords_options, list), .value = "NAME|FILE",
     .help = "the stop words: a list of your own, or en or zh, which are built in; by default that of the language"},
    {"mode", 0, OPT_CHOICE, OPT_AT(struct stopwords_options, mode), .value = "HOW", .fallback = "remove",
     .choices = mode_names,
     .help = "remove: delete them with the white space in front; mark: write their places as stopwords; mask: replace "
             "each of them"},
    {"with", 0, OPT_TEXT, OPT_AT(struct stopwords_options, with), .value = "TEXT", .fallback = "_", .when = "mode=mask",
     .help = "what replaces a stop word"},
    {"keep", 0, OPT_CHOICE, OPT_AT(struct stopwords_options, keep), .value = "WHAT", .fallback = "none",
     .choices = keep_names, .help = "which stop words to leave alone; negations: those with the label neg in the list"},
    {"inside-entities", 0, OPT_FLAG, OPT_AT(struct stopwords_options, inside_entities),
     .help = "also those that share a character with an entity"},
    {"allow-empty", 0, OPT_FLAG, OPT_AT(struct stopwords_options, allow_empty), .when = "mode=remove",
     .help = "also if no letter or digit is left then; otherwise such a text stays as it is"},
    OPTION_LANG(struct stopwords_options, words.lang),
    OPTION_WORD_LEXICON(struct stopwords_options, words.lexicon),
    OPTION_FIELD(struct stopwords_options, field),
    {0},
};

static const char *const reads[] = {"text", "lang", "words", "entities", "sentences", "phrases", "stopwords", NULL};
static const char *const writes[] = {"text", "words", "entities", "sentences", "phrases", "stopwords", NULL};

enum {
    COUNT_WORDS,
    COUNT_STOPWORDS,   /* that were removed, marked or masked */
    COUNT_NEGATIONS,   /* that stayed by --keep */
    COUNT_IN_ENTITIES, /* that stayed because of an entity */
    COUNT_CHANGED,     /* texts */
    COUNT_ALL_STOP,    /* texts that stayed because nothing would be left of them */
    COUNT_DROPPED_SPANS
};
static const char *const counters[] = {"words",   "stopwords",      "negations",     "in_entities",
                                       "changed", "only_stopwords", "dropped_spans", NULL};

/* What all threads share. */
struct stopwords {
    const struct stopwords_options *given;
    struct word_rules words;
    struct stop_lists lists;
};

/* The state of one thread, and of the record that it works on. */
struct stopper {
    const struct stopwords *shared;
    struct cutter cutter;
    struct stop_cache *cache;
    VEC(struct span) entities; /* merged: places_merge */
    VEC(struct part) closed;   /* the same with their bytes */
    VEC(struct part) found;    /* the stop words, in order */
    struct edits edits;
    struct bytes made;
};

/* ---- open ---- */

/* A list without a negation would let "not" through, whatever --keep says. */
static int check_keep(const struct stopwords_options *given, const struct lexicon *list)
{
    if (given->keep != KEEP_NEGATIONS || list == NULL)
        return 0;
    for (size_t i = 0; i < lexicon_count(list); i++)
        if (slice_is(lexicon_entry(list, i).label, "neg"))
            return 0;
    return diag_error("--keep negations has no effect: no line of %s has a tab and the label neg", given->list);
}

static int open_lists(struct stage_context *context, struct stopwords *made)
{
    const struct stopwords_options *given = made->given;
    if (stop_lists_open(context, given->list, &made->lists) < 0)
        return -1;
    if (given->list == NULL && given->words.lang != NULL &&
        stop_lists_for(&made->lists, slice_of(given->words.lang)) == NULL)
        return diag_error("--lang: there is no built-in list of stop words for \"%s\"; --list FILE names one of your "
                          "own",
                          given->words.lang);
    return check_keep(given, made->lists.named);
}

static int stopwords_open(struct stage_context *context, void **shared)
{
    struct stopwords made = {.given = context->options};
    if (made.given->with[0] == '\0')
        return diag_error("--with: expected a text; --mode remove deletes stop words");
    if (word_rules_open(context, &made.given->words, &made.words) < 0 || open_lists(context, &made) < 0)
        return -1;
    struct stopwords *stopwords = mem_alloc(sizeof *stopwords);
    *stopwords = made;
    *shared = stopwords;
    return 0;
}

static void stopwords_close(void *shared)
{
    mem_free(shared);
}

static void stopwords_thread_close(void *thread)
{
    struct stopper *stopper = thread;
    cutter_release(&stopper->cutter);
    stop_cache_free(stopper->cache);
    vec_free(&stopper->entities);
    vec_free(&stopper->closed);
    vec_free(&stopper->found);
    edits_release(&stopper->edits);
    vec_free(&stopper->made);
    mem_free(stopper);
}

static int stopwords_thread_open(void *shared, void **thread)
{
    struct stopper *stopper = mem_zalloc(1, sizeof *stopper);
    stopper->shared = shared;
    cutter_open(&stopper->cutter, &stopper->shared->words);
    stopper->cache = stop_cache_new();
    if (stopper->cache == NULL) {
        stopwords_thread_close(stopper);
        return -1;
    }
    *thread = stopper;
    return 0;
}

/* ---- which words are stop words ---- */

/* A text, and the members with spans of it. */
struct original {
    const struct record *in;
    struct slice field, text;
    struct annotations annotations;
    bool annotated; /* the record has such members */
};

static int no_list(const struct record *in, struct slice tag, struct arena *arena)
{
    const struct value *lang = rec_present(in, SLICE("lang"));
    if (lang == NULL)
        return diag_error("no list of stop words: the record has no lang to choose one by (--list NAME|FILE names a "
                          "list, --lang TAG the language)");
    struct slice found = visible_cut(rec_json(lang, arena), LANG_SHOWN_BYTES);
    return diag_error("lang: no list of stop words for %.*s%s (--list NAME|FILE names one)", (int)found.len, found.ptr,
                      tag.len > 0 ? "" : ", which is not the code of a language, such as en or zh");
}

/* The places of the entities: a word that shares a character with one stays, and so does their white space. */
static void close_entities(struct stopper *stopper, const struct original *original)
{
    stopper->entities.len = stopper->closed.len = 0;
    if (!original->annotated || stopper->shared->given->inside_entities)
        return;
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &original->annotations.members[i];
        for (size_t j = 0; member->objects && j < member->count; j++)
            vec_push(&stopper->entities, member->spans[j]);
    }
    stopper->entities.len = places_merge(stopper->entities.items, stopper->entities.len);
    struct text_place place = text_start(original->text);
    for (size_t i = 0; i < stopper->entities.len; i++) {
        struct part part = {.place = stopper->entities.items[i]};
        part.start = (uint32_t)text_to_point(&place, part.place.start);
        part.end = (uint32_t)text_to_point(&place, part.place.end);
        vec_push(&stopper->closed, part);
    }
}

/* Fills stopper->found. 0, or -1 with the message. */
static int find_stopwords(struct stopper *stopper, struct slice text, const struct text_words *words,
                          const struct lexicon *list, struct sink *out)
{
    bool keeps_negations = stopper->shared->given->keep == KEEP_NEGATIONS;
    size_t next = 0, negations = 0, in_entities = 0; /* next: the first entity that ends after the word's start */
    stopper->found.len = 0;
    for (size_t i = 0; i < words->count; i++) {
        const struct text_word *word = &words->items[i];
        enum stop_kind kind;
        if (stop_cache_kind(stopper->cache, list, word->bytes, &kind) < 0)
            return -1;
        if (kind == STOP_NONE)
            continue;
        while (next < stopper->closed.len && stopper->closed.items[next].place.end <= word->place.start)
            next++;
        if (kind == STOP_NEGATION && keeps_negations) {
            negations++;
        } else if (next < stopper->closed.len && stopper->closed.items[next].place.start < word->place.end) {
            in_entities++;
        } else {
            uint32_t start = (uint32_t)(word->bytes.ptr - text.ptr);
            struct part part = {start, start + (uint32_t)word->bytes.len, word->place};
            vec_push(&stopper->found, part);
        }
    }
    sink_count(out, COUNT_WORDS, words->count);
    sink_count(out, COUNT_NEGATIONS, negations);
    sink_count(out, COUNT_IN_ENTITIES, in_entities);
    return 0;
}

/* ---- the new text ---- */

/* Appends the text up to the part, and what stands there instead of it. *done: what of the text has been seen. */
static void put_change(struct stopper *stopper, const struct original *original, struct part part, struct slice with,
                       struct part *done)
{
    bytes_append(&stopper->made, original->text.ptr + done->end, part.start - done->end);
    bytes_put(&stopper->made, with);
    if (original->annotated) {
        edits_keep(&stopper->edits, part.place.start - done->place.end);
        edits_replace(&stopper->edits, part.place.end - part.place.start, text_length(with));
    }
    *done = part;
}

static void start_text(struct stopper *stopper)
{
    stopper->made.len = 0;
    edits_reset(&stopper->edits);
}

static void end_text(struct stopper *stopper, const struct original *original, struct part done)
{
    bytes_append(&stopper->made, original->text.ptr + done.end, original->text.len - done.end);
}

/* Deletes the stop words by the rule of part.h, but no white space of an entity. */
static void remove_words(struct stopper *stopper, const struct original *original)
{
    struct part done = {0};
    uint32_t taken = 0;
    size_t next = 0; /* the first entity that ends after the start of the word */
    start_text(stopper);
    for (size_t i = 0; i < stopper->found.len; i++) {
        struct part word = stopper->found.items[i];
        const struct part *closed = stopper->closed.items;
        for (; next < stopper->closed.len && closed[next].end <= word.start; next++)
            taken = closed[next].end > taken ? closed[next].end : taken;
        struct part part = part_to_delete(original->text, word, &taken);
        if (next < stopper->closed.len && part.end > closed[next].start) {
            part.end = taken = closed[next].start;
            part.place.end = closed[next].place.start;
        }
        put_change(stopper, original, part, SLICE(""), &done);
    }
    end_text(stopper, original, done);
}

static void mask_words(struct stopper *stopper, const struct original *original)
{
    struct part done = {0};
    start_text(stopper);
    for (size_t i = 0; i < stopper->found.len; i++)
        put_change(stopper, original, stopper->found.items[i], slice_of(stopper->shared->given->with), &done);
    end_text(stopper, original, done);
}

/* Is there a letter or a digit in what remove_words has left? */
static bool anything_left(const struct stopper *stopper, const struct text_words *words)
{
    size_t next = 0;
    for (size_t i = 0; i < words->count; i++) {
        if (next < stopper->found.len && stopper->found.items[next].place.start == words->items[i].place.start)
            next++;
        else if (words->items[i].counts)
            return true;
    }
    return word_counts(bytes_slice(&stopper->made)); /* `words` may leave some of the text out */
}

/* ---- spans ---- */

/* Spans of which nothing is left. That the members with the words lose some is what was asked for. */
static size_t count_dropped(const struct annotation *member)
{
    size_t dropped = 0;
    if (slice_is(member->name, "words") || slice_is(member->name, "stopwords"))
        return 0;
    for (size_t i = 0; i < member->count; i++)
        dropped += member->spans[i].start == member->spans[i].end && member->before[i].start < member->before[i].end;
    return dropped;
}

static void move_spans(struct stopper *stopper, struct original *original, struct record *made, struct sink *out)
{
    annotations_move(&stopper->edits, &original->annotations);
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &original->annotations.members[i];
        if (stopper->shared->given->mode == MODE_REMOVE)
            places_trim(original->text, bytes_slice(&stopper->made), member->before, member->spans, member->count);
        sink_count(out, COUNT_DROPPED_SPANS, count_dropped(member));
    }
    (void)annotations_set(made, &original->annotations, sink_arena(out));
}

/* ---- records ---- */

static int emit_marked(const struct stopper *stopper, const struct record *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_derive(arena, in);
    struct span *spans = arena_array(arena, stopper->found.len, sizeof *spans);
    for (size_t i = 0; i < stopper->found.len; i++)
        spans[i] = stopper->found.items[i].place;
    rec_set_spans(made, SLICE("stopwords"), spans, stopper->found.len);
    return sink_emit(out, made);
}

static int emit_changed(struct stopper *stopper, struct original *original, const struct text_words *words,
                        struct sink *out)
{
    const struct stopwords_options *given = stopper->shared->given;
    struct arena *arena = sink_arena(out);
    if (given->mode == MODE_MASK) {
        mask_words(stopper, original);
    } else {
        remove_words(stopper, original);
        if (!given->allow_empty && !anything_left(stopper, words)) {
            sink_count(out, COUNT_ALL_STOP, 1);
            return sink_emit(out, original->in);
        }
    }
    sink_count(out, COUNT_STOPWORDS, stopper->found.len);
    if (slice_equal(bytes_slice(&stopper->made), original->text)) /* each was masked by itself */
        return sink_emit(out, original->in);
    struct record *made = rec_derive(arena, original->in);
    rec_set_text(made, original->field, arena_copy(arena, bytes_slice(&stopper->made)));
    if (original->annotated)
        move_spans(stopper, original, made, out);
    sink_count(out, COUNT_CHANGED, 1);
    return sink_emit(out, made);
}

static int stopwords_record(void *thread, const struct record *in, struct sink *out)
{
    struct stopper *stopper = thread;
    const struct stopwords *shared = stopper->shared;
    struct arena *arena = sink_arena(out);
    struct original original = {.in = in, .field = slice_of(shared->given->field)};
    struct text_words words;
    if (rec_text(in, original.field, arena, &original.text) < 0 ||
        text_words_read(&stopper->cutter, in, original.field, original.text, arena, &words) < 0)
        return -1;
    const struct lexicon *list = stop_lists_for(&shared->lists, words.tag);
    if (list == NULL)
        return no_list(in, words.tag, arena);
    if (annotations_belong(in, original.field)) {
        int found = annotations_read(in, original.text, arena, &original.annotations);
        if (found < 0)
            return -1;
        original.annotated = found > 0;
    }
    close_entities(stopper, &original);
    if (find_stopwords(stopper, original.text, &words, list, out) < 0)
        return -1;
    if (shared->given->mode == MODE_MARK) {
        sink_count(out, COUNT_STOPWORDS, stopper->found.len);
        return emit_marked(stopper, in, out);
    }
    return stopper->found.len == 0 ? sink_emit(out, in) : emit_changed(stopper, &original, &words, out);
}

/* ---- the end ---- */

static void stopwords_notes(const void *shared, const struct totals *totals)
{
    uint64_t all = totals->counters[COUNT_ALL_STOP], dropped = totals->counters[COUNT_DROPPED_SPANS];
    (void)shared;
    if (all > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s kept %s stop words, because no letter or digit would be left "
                  "(--allow-empty removes them)",
                  all, totals->in, diag_s(totals->in), all == 1 ? "its" : "their");
    if (dropped > 0)
        diag_note("dropped %" PRIu64 " span%s whose text is gone", dropped, diag_s(dropped));
}

const struct stage stage_stopwords = {
    .name = "stopwords",
    .summary = "remove, mark or mask stop words",
    .example = "$ echo '{\"text\":\"The mill of the town\"}' | quern stopwords --list en\n"
               "{\"text\":\"mill town\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct stopwords_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = stopwords_open,
    .close = stopwords_close,
    .thread_open = stopwords_thread_open,
    .thread_close = stopwords_thread_close,
    .record = stopwords_record,
    .notes = stopwords_notes,
};
