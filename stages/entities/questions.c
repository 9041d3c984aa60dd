/* questions.c - entities questions: a record for each kind of entity, with the question that asks for it (Li et al.
 * 2020, A Unified MRC Framework for Named Entity Recognition). */
#include "verbs.h"

#include "quern.h"

#include "base/stream.h"

#include <inttypes.h>

struct questions_options {
    const char *questions;
};

static const struct option options[] = {
    {"questions", 0, OPT_FILE, OPT_AT(struct questions_options, questions), .value = "FILE", .required = true,
     .help = "labels, one a line, each with a tab and its question"},
    {0},
};

static const char *const reads[] = {"id", "root", "entities", NULL};
static const char *const writes[] = {"question", "entities", "id", "parent", "root", NULL};

enum { COUNT_ENTITIES, COUNT_UNASKED };
static const char *const counters[] = {[COUNT_ENTITIES] = "entities", [COUNT_UNASKED] = "unasked_entities", NULL};

struct question {
    struct slice label, text;
};

struct questions {
    struct bytes bytes; /* of the file */
    VEC(struct question) items;
};

/* ---- the file ---- */

static struct slice trim(struct slice text)
{
    while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t'))
        text = (struct slice){text.ptr + 1, text.len - 1};
    while (text.len > 0 && strchr(" \t\r", text.ptr[text.len - 1]) != NULL)
        text.len--;
    return text;
}

static int read_question(struct questions *questions, struct slice line, const char *path, size_t number)
{
    if (trim(line).len == 0)
        return 0;
    if (!text_is_utf8(line) || memchr(line.ptr, '\0', line.len) != NULL)
        return diag_error("%s:%zu: not UTF-8", path, number);
    const char *end = line.ptr + line.len, *tab = memchr(line.ptr, '\t', line.len);
    struct question question = {trim(slice_between(line.ptr, tab != NULL ? tab : end)),
                                trim(slice_between(tab != NULL ? tab + 1 : end, end))};
    if (question.label.len == 0 || question.text.len == 0)
        return diag_error("%s:%zu: expected a label, a tab and a question", path, number);
    if (memchr(question.text.ptr, '\t', question.text.len) != NULL)
        return diag_error("%s:%zu: expected a label and a question, found a third column", path, number);
    vec_push(&questions->items, question);
    return 0;
}

static int read_questions(struct questions *questions, const char *path)
{
    if (stream_load(path, &questions->bytes) < 0)
        return -1;
    struct slice text = text_without_bom(bytes_slice(&questions->bytes));
    const char *at = text.ptr, *end = text.ptr + text.len;
    for (size_t number = 1; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline != NULL ? newline : end;
        if (read_question(questions, slice_between(at, stop), path, number) < 0)
            return -1;
        at = newline != NULL ? newline + 1 : end;
    }
    return questions->items.len > 0 ? 0 : diag_error("%s: no question in it", path);
}

static void questions_close(void *shared)
{
    struct questions *questions = shared;
    vec_free(&questions->bytes);
    vec_free(&questions->items);
    mem_free(questions);
}

static int questions_open(struct stage_context *context, void **shared)
{
    const struct questions_options *given = context->options;
    struct questions *questions = mem_zalloc(1, sizeof *questions);
    if (read_questions(questions, given->questions) < 0) {
        questions_close(questions);
        return -1;
    }
    *shared = questions;
    return 0;
}

/* ---- record ---- */

/* The entities with this label, as they are. Marks them as asked for. */
static struct slice entities_of(const struct question *question, const struct entity *entities, size_t count,
                                bool *asked, struct arena *arena)
{
    size_t room = 2;
    for (size_t i = 0; i < count; i++)
        room += 1 + entities[i].json.len;
    char *json = arena_alloc(arena, room), *to = json;
    *to++ = '[';
    for (size_t i = 0; i < count; i++) {
        if (entities[i].label.ptr == NULL || !slice_equal(entities[i].label, question->label))
            continue;
        if (to > json + 1)
            *to++ = ',';
        memcpy(to, entities[i].json.ptr, entities[i].json.len);
        to += entities[i].json.len;
        asked[i] = true;
    }
    *to++ = ']';
    return slice_between(json, to);
}

static int questions_record(void *shared, const struct record *in, struct sink *out)
{
    const struct questions *questions = shared;
    struct arena *arena = sink_arena(out);
    const struct entity *entities;
    size_t count;
    if (entities_read(in, SIZE_MAX, arena, &entities, &count) < 0)
        return -1;
    bool *asked = arena_array(arena, count, sizeof *asked);
    for (size_t i = 0; i < count; i++)
        asked[i] = false;
    for (size_t i = 0; i < questions->items.len; i++) {
        const struct question *question = &questions->items.items[i];
        struct record *made = rec_derive(arena, in);
        rec_set_text(made, SLICE("question"), question->text);
        rec_set_json(made, SLICE("entities"), entities_of(question, entities, count, asked, arena));
        if (lineage_child(made, in, "q", i, arena) < 0 || sink_emit(out, made) < 0)
            return -1;
    }
    sink_count(out, COUNT_ENTITIES, count);
    for (size_t i = 0; i < count; i++)
        sink_count(out, COUNT_UNASKED, !asked[i]);
    return 0;
}

static void questions_notes(const void *shared, const struct totals *totals)
{
    uint64_t unasked = totals->counters[COUNT_UNASKED], all = totals->counters[COUNT_ENTITIES];
    (void)shared;
    if (unasked > 0)
        diag_note("no question asks for %" PRIu64 " of %" PRIu64 " %s, so %s left out (--questions)", unasked, all,
                  all == 1 ? "entity" : "entities", unasked == 1 ? "it is" : "they are");
}

const struct stage entities_questions = {
    .name = "entities questions",
    .summary = "make a record for each kind of entity, with a question that asks for it",
    .example = "$ printf 'PER\\tWho?\\n' >questions\n"
               "$ echo '{\"id\":1,\"text\":\"Al ran\",\"entities\":[]}' |\n"
               "    quern entities questions --questions questions\n"
               "{\"id\":\"1#q0\",\"text\":\"Al ran\",\"entities\":[],\"question\":\"Who?\",…}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct questions_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = questions_open,
    .close = questions_close,
    .record = questions_record,
    .notes = questions_notes,
};
