/* untag.c - entities untag: an array of words and one of tags, as data sets of the Hub have them, become a text with
 * `words` and `entities`.
 *
 * The tags mean what they mean to import --format conll: tagging/tagged.h. */
#include "labels.h"
#include "verbs.h"

#include "base/visible.h"

#include "../tagging/tagged.h"

#include <inttypes.h>

struct untag_options {
    const char *words, *tags, *join;
    int scheme;
    bool lenient;
    struct words labels;
};

static const struct option options[] = {
    {"words", 0, OPT_TEXT, OPT_AT(struct untag_options, words), .value = "NAME", .fallback = "tokens",
     .help = "the member that has the words, an array of strings"},
    {"tags", 0, OPT_TEXT, OPT_AT(struct untag_options, tags), .value = "NAME", .fallback = "tags",
     .help = "the member that has their tags"},
    {"scheme", 0, OPT_CHOICE, OPT_AT(struct untag_options, scheme), .value = "SCHEME", .fallback = "bio",
     .choices = tag_schemes, .help = "how the tags say where an entity begins and ends"},
    {"join", 0, OPT_TEXT, OPT_AT(struct untag_options, join), .value = "TEXT", .fallback = " ",
     .help = "what comes between two words of the text"},
    {"lenient", 0, OPT_FLAG, OPT_AT(struct untag_options, lenient),
     .help = "a tag that continues no entity begins one, instead of being an error"},
    {"labels", 0, OPT_WORDS, OPT_AT(struct untag_options, labels), .value = "TAG,...",
     .help = "what numbers among the tags stand for, in their order, from 0: O,B-PER,I-PER"},
    {0},
};

static const char *const reads[] = {"tokens", "tags", NULL};
static const char *const writes[] = {"text", "words", "entities", NULL};

enum { COUNT_WORDS, COUNT_MENDED };
static const char *const counters[] = {[COUNT_WORDS] = "words", [COUNT_MENDED] = "mended_tags", NULL};

struct untag {
    const struct untag_options *given;
    struct slice words, tags; /* the names of the members */
};

/* The state of one thread. */
struct untagger {
    const struct untag *shared;
    struct tagged tagged;
};

/* ---- open ---- */

/* Every label is a tag, and is there once. */
static int check_labels(const struct untag_options *given)
{
    struct map *numbers = map_new();
    struct arena *arena = arena_new();
    int status = labels_number(&given->labels, 0, numbers);
    for (size_t i = 0; status == 0 && i < given->labels.len; i++) {
        struct tagged_word word;
        const char *problem = tagged_read((enum tag_scheme)given->scheme, slice_of(given->labels.items[i]),
                                          " (--scheme says how tags are spelled)", arena, &word);
        if (problem != NULL)
            status = diag_error("--labels: %s", problem);
    }
    arena_free(arena);
    map_free(numbers);
    return status;
}

static int untag_open(struct stage_context *context, void **shared)
{
    const struct untag_options *given = context->options;
    if (strcmp(given->words, given->tags) == 0)
        return diag_error("--words and --tags are the same member, %s", given->words);
    if (!text_is_utf8(slice_of(given->join)))
        return diag_error("--join: not UTF-8");
    if (check_labels(given) < 0)
        return -1;
    struct untag *untag = mem_alloc(sizeof *untag);
    *untag = (struct untag){given, slice_of(given->words), slice_of(given->tags)};
    *shared = untag;
    return 0;
}

static void untag_close(void *shared)
{
    mem_free(shared);
}

static int untag_thread_open(void *shared, void **thread)
{
    const struct untag *untag = shared;
    struct untagger *untagger = mem_zalloc(1, sizeof *untagger);
    untagger->shared = untag;
    untagger->tagged = (struct tagged){.scheme = (enum tag_scheme)untag->given->scheme,
                                       .lenient = untag->given->lenient,
                                       .join = slice_of(untag->given->join)};
    *thread = untagger;
    return 0;
}

static void untag_thread_close(void *thread)
{
    struct untagger *untagger = thread;
    tagged_release(&untagger->tagged);
    mem_free(untagger);
}

/* ---- the arrays ---- */

static int read_words(const struct untag *untag, const struct record *in, struct arena *arena,
                      const struct slice **words, size_t *count)
{
    if (rec_present(in, untag->words) == NULL)
        return member_missing_named(in, untag->words, "(--words names the member that has the words)");
    if (rec_strings(in, untag->words, arena, words, count) < 0)
        return -1;
    for (size_t i = 0; i < *count; i++)
        if ((*words)[i].len == 0)
            return diag_error("%s[%zu]: an empty word, which can't be found in a text", untag->given->words, i);
    return 0;
}

/* The tag that a number stands for. */
static int numbered_tag(const struct untag_options *given, struct slice value, size_t i, struct slice *tag)
{
    enum { SHOWN_BYTES = 40 };
    int64_t number;
    if (given->labels.len == 0)
        return diag_error("%s[%zu]: expected a string, found a number (--labels says what numbers stand for)",
                          given->tags, i);
    if (!json_int(value, &number) || number < 0 || (uint64_t)number >= given->labels.len) {
        struct slice shown = visible_cut(value, SHOWN_BYTES);
        return diag_error("%s[%zu]: expected an integer from 0 to %zu, found %.*s%s (--labels)", given->tags, i,
                          given->labels.len - 1, (int)shown.len, shown.ptr,
                          shown.len < value.len ? VISIBLE_ELLIPSIS : "");
    }
    *tag = slice_of(given->labels.items[number]);
    return 0;
}

static int read_tag(const struct untag_options *given, struct slice value, size_t i, struct arena *arena,
                    struct slice *tag)
{
    char kind = json_kind(value);
    if (kind == '0')
        return numbered_tag(given, value, i, tag);
    if (kind != '"')
        return diag_error("%s[%zu]: expected %s, found %s", given->tags, i,
                          given->labels.len > 0 ? "a string or a number" : "a string", json_kind_name(kind));
    *tag = json_string(value, arena);
    return 0;
}

/* The tags, as strings, one for each word. */
static int read_tags(const struct untag *untag, const struct record *in, size_t count, struct arena *arena,
                     struct slice *tags)
{
    const struct untag_options *given = untag->given;
    const struct value *value = rec_present(in, untag->tags);
    if (value == NULL)
        return member_missing_named(in, untag->tags, "(--tags names the member that has the tags)");
    if (rec_kind(value) != '[')
        return rec_mismatch(untag->tags, "an array of tags", value);
    size_t found = 0;
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk); found++)
        if (found < count && read_tag(given, walk.value, found, arena, &tags[found]) < 0)
            return -1;
    if (found != count)
        return diag_error("%s: expected %zu items, as in %s, found %zu", given->tags, count, given->words, found);
    return 0;
}

/* ---- record ---- */

static bool is_given(const struct untag *untag, struct slice name)
{
    return slice_equal(name, untag->words) || slice_equal(name, untag->tags);
}

/* What would be overwritten is refused, but the arrays themselves may have these names. */
static int check_room(const struct untag *untag, const struct record *in)
{
    for (const char *const *name = writes; *name != NULL; name++)
        if (!is_given(untag, slice_of(*name)) && rec_present(in, slice_of(*name)) != NULL)
            return diag_error("%s: already present, and untag makes a new one of the words (to make it anew: quern "
                              "fields --drop text,words,entities)",
                              *name);
    return 0;
}

static int decode(struct untagger *untagger, const struct slice *words, const struct slice *tags, size_t count,
                  struct arena *arena)
{
    struct tagged *tagged = &untagger->tagged;
    const char *name = untagger->shared->given->tags, *problem = NULL;
    size_t which;
    tagged_clear(tagged);
    for (which = 0; which < count; which++)
        if ((problem = tagged_add(tagged, words[which], tags[which], " (--scheme says how tags are spelled)", arena)) !=
            NULL)
            return diag_error("%s[%zu]: %s", name, which, problem);
    if ((problem = tagged_check(tagged, arena, &which)) != NULL)
        return diag_error("%s[%zu]: %s", name, which, problem);
    tagged_build(tagged);
    return 0;
}

static int untag_record(void *thread, const struct record *in, struct sink *out)
{
    struct untagger *untagger = thread;
    const struct untag *untag = untagger->shared;
    struct arena *arena = sink_arena(out);
    const struct slice *words = NULL;
    size_t count = 0;
    if (read_words(untag, in, arena, &words, &count) < 0)
        return -1;
    struct slice *tags = arena_array(arena, count, sizeof *tags);
    if (read_tags(untag, in, count, arena, tags) < 0 || check_room(untag, in) < 0 ||
        decode(untagger, words, tags, count, arena) < 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    rec_remove(made, untag->words);
    rec_remove(made, untag->tags);
    rec_set_text(made, SLICE("text"), arena_copy(arena, bytes_slice(&untagger->tagged.text)));
    tagged_set(&untagger->tagged, made, arena);
    sink_count(out, COUNT_WORDS, count);
    sink_count(out, COUNT_MENDED, untagger->tagged.mended);
    return sink_emit(out, made);
}

static void untag_notes(const void *shared, const struct totals *totals)
{
    uint64_t mended = totals->counters[COUNT_MENDED], words = totals->counters[COUNT_WORDS];
    (void)shared;
    if (mended > 0)
        diag_note("%" PRIu64 " of %" PRIu64
                  " tags did not fit %s neighbours, so entities begin or end there (--lenient)",
                  mended, words, mended == 1 ? "its" : "their");
}

const struct stage entities_untag = {
    .name = "entities untag",
    .summary = "make a text with entities of arrays of words and tags",
    .example = "$ echo '{\"tokens\":[\"In\",\"Rome\"],\"tags\":[\"O\",\"B-LOC\"]}' | quern entities untag\n"
               "{\"text\":\"In Rome\",\"words\":[[0,2],[3,7]],\"entities\":[{\"start\":3,…}]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct untag_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = untag_open,
    .close = untag_close,
    .thread_open = untag_thread_open,
    .thread_close = untag_thread_close,
    .record = untag_record,
    .notes = untag_notes,
};
