/* requests.c - what the engines are asked about a batch of records: see translate.h. */
#include "../rewriting/replies.h"
#include "translate.h"

/* Does the record say that it is in another language? *tag: what it says, else the source. */
static int check_language(const struct translate *translate, const struct record *in, struct arena *arena,
                          struct slice *tag, bool *other)
{
    struct slice said;
    *tag = slice_of(translate->source);
    *other = false;
    if (rec_present(in, SLICE("lang")) == NULL)
        return 0;
    if (rec_text(in, SLICE("lang"), arena, &said) < 0)
        return -1;
    *other = tag->len > 0 && !language_same(said, *tag);
    *tag = said;
    return 0;
}

/* Reads a record and cuts its text. 0, or -1 with the message: it is bad. */
static int read_job(struct translator *translator, const struct record *in, struct sink *out, struct job *job)
{
    const struct translate *translate = translator->translate;
    struct arena *arena = sink_arena(out);
    struct sentence_finder finder = {translator->breaks, &translator->passage, translate->abbreviations,
                                     &translator->sentences};
    struct slice tag;
    struct span *sentences, *fixed = NULL;
    size_t count, fixed_count = 0;
    bool other;
    if (retold_read(in, translate->field, arena, &job->retold) < 0 ||
        check_language(translate, in, arena, &tag, &other) < 0)
        return -1;
    bool brief = (int64_t)text_length(job->retold.text) < translate->given->min_chars;
    sink_count(out, COUNT_OTHER_LANG, other);
    sink_count(out, COUNT_SHORT, !other && brief);
    job->passes = other || brief;
    if (job->passes)
        return 0;
    if (!breaks_knows(translator->breaks, tag))
        tag = SLICE("");
    if (sentences_read(&finder, in, translate->field, job->retold.text, tag, arena, &sentences, &count) < 0)
        return -1;
    if (translate->given->entities == ENTITIES_AROUND) {
        fixed_count = job->retold.entity_count;
        fixed = arena_array(arena, fixed_count, sizeof *fixed);
        for (size_t i = 0; i < fixed_count; i++)
            fixed[i] = job->retold.entities[i].place;
    }
    pieces_cut(job->retold.text, sentences, count, fixed, fixed_count, arena, &job->pieces);
    return 0;
}

/* Reads all records of the batch and lists their pieces. */
static void read_batch(struct translator *translator, const struct batch *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    size_t count = 0;
    translator->jobs = arena_array(arena, in->count, sizeof *translator->jobs);
    translator->at = 0;
    for (size_t i = 0; i < in->count; i++) {
        struct job *job = &translator->jobs[i];
        *job = (struct job){.first = count};
        if (read_job(translator, in->records[i], out, job) < 0)
            job->error = arena_print(arena, "%s", diag_message()).ptr;
        else
            count += job->pieces.count;
    }
    translator->requests = arena_array(arena, count, sizeof *translator->requests);
    translator->request_count = count;
    for (size_t i = 0; i < in->count; i++) {
        const struct job *job = &translator->jobs[i];
        for (size_t j = 0; job->error == NULL && j < job->pieces.count; j++) {
            const struct piece *piece = &job->pieces.items[j];
            translator->requests[job->first + j] =
                slice_between(job->retold.text.ptr + piece->start, job->retold.text.ptr + piece->end);
        }
    }
}

static void put_member(struct bytes *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    bytes_byte(out, ',');
    json_put_string(out, slice_of(name));
    bytes_byte(out, ':');
    json_put_string(out, slice_of(value));
}

/* A text in the form of the protocol. */
static struct slice make_request(struct translator *translator, struct slice text, const char *from, const char *to,
                                 int64_t num, struct arena *arena)
{
    struct bytes *out = &translator->text;
    if (!translator->translate->objects)
        return text;
    out->len = 0;
    bytes_put(out, SLICE("{\"text\":"));
    json_put_string(out, text);
    put_member(out, "source", from);
    put_member(out, "target", to);
    bytes_put(out, SLICE(",\"num\":"));
    json_put_int(out, num);
    bytes_byte(out, '}');
    return arena_copy(arena, bytes_slice(out));
}

/* What a question came to: texts without white space at their ends, or why there is none. */
static struct result read_answer(const struct translate *translate, const struct child_question *question,
                                 struct arena *arena, struct sink *out)
{
    struct result result = {.reason = question->reason};
    sink_count(out, COUNT_REQUESTS, 1);
    sink_count(out, COUNT_CACHED, question->cached);
    if (question->state == CHILD_ANSWERED) {
        struct slice *texts = replies_read(question->reply, translate->objects, arena, &result.count);
        size_t kept = 0;
        for (size_t i = 0; i < result.count; i++) {
            texts[kept] = pieces_trim(texts[i]);
            kept += texts[kept].len > 0;
        }
        result = (struct result){texts, kept, kept == 0 ? "the reply is blank" : NULL};
    }
    sink_count(out, COUNT_FAILED, result.count == 0);
    return result;
}

/* Translates texts; results[i] are those of texts[i]. 0, or -1 with the message: the run can't go on. */
static int translate_all(struct translator *translator, struct child *child, const struct slice *texts, size_t count,
                         const char *from, const char *to, int64_t num, struct sink *out, struct result *results)
{
    struct arena *arena = sink_arena(out);
    struct child_question *questions = arena_array(arena, count, sizeof *questions);
    size_t sent = 0;
    for (size_t i = 0; i < count; i++) {
        bool sends = child_may_send(child, texts[i]);
        results[i] = (struct result){.texts = sends ? NULL : &texts[i], .count = !sends}; /* too long: it stays */
        sink_count(out, COUNT_UNSENT, !sends);
        if (sends)
            questions[sent++].request = make_request(translator, texts[i], from, to, num, arena);
    }
    if (child_ask(child, questions, sent, arena) < 0)
        return -1;
    sent = 0;
    for (size_t i = 0; i < count; i++)
        if (results[i].count == 0)
            results[i] = read_answer(translator->translate, &questions[sent++], arena, out);
    return 0;
}

/* All pieces there and back: results[piece]. */
static int take_route(struct translator *translator, const struct route *route, struct sink *out,
                      struct result *results)
{
    const struct translate *translate = translator->translate;
    struct arena *arena = sink_arena(out);
    size_t count = translator->request_count, samples = 0, at = 0;
    struct result *there = arena_array(arena, count, sizeof *there);
    if (translate_all(translator, route->there, translator->requests, count, translate->source, route->pivot,
                      translate->given->num, out, there) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        samples += there[i].count;
    struct slice *texts = arena_array(arena, samples, sizeof *texts);
    struct result *back = arena_array(arena, samples, sizeof *back);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < there[i].count; j++)
            texts[at++] = there[i].texts[j];
    if (translate_all(translator, route->back, texts, samples, route->pivot, translate->source, 1, out, back) < 0)
        return -1;
    at = 0;
    for (size_t i = 0; i < count; i++) {
        struct slice *made = arena_array(arena, there[i].count, sizeof *made);
        results[i] = (struct result){.texts = made, .reason = there[i].reason};
        for (size_t j = 0; j < there[i].count; j++, at++) {
            if (back[at].count > 0)
                made[results[i].count++] = back[at].texts[0];
            else
                results[i].reason = back[at].reason;
        }
    }
    return 0;
}

int requests_ask(struct translator *translator, const struct batch *in, struct sink *out)
{
    const struct translate *translate = translator->translate;
    struct arena *arena = sink_arena(out);
    read_batch(translator, in, out);
    translator->results = arena_array(arena, translate->route_count, sizeof *translator->results);
    for (size_t i = 0; i < translate->route_count; i++) {
        translator->results[i] = arena_array(arena, translator->request_count, sizeof **translator->results);
        if (take_route(translator, &translate->routes[i], out, translator->results[i]) < 0)
            return -1;
    }
    return 0;
}
