/* asker.c - see asker.h. */
#include "asker.h"

#include "base/visible.h"

#include <string.h>

enum { BYTES = 256 };

struct asker {
    const struct asker_options *given;
    struct slice field;
    struct child *child;
    struct child_protocol protocol;
    unsigned char begins[BYTES]; /* what each byte of a text may begin */
};

/* ---- protocols ---- */

const char *const asker_protocols[] = {"jsonl", "fasttext", "line", "batch", NULL};

/* The request has been made a line already. */
static void put_line(uint64_t id, struct slice request, struct bytes *out)
{
    (void)id;
    bytes_put(out, request);
    bytes_byte(out, '\n');
}

/* A line with an id that no request has answers nothing, and nothing else would show it. */
static int take_object(struct slice *in, bool ended, struct arena *arena, struct child_reply *reply)
{
    const char *start = in->ptr;
    int taken = child_jsonl.take(in, ended, arena, reply);
    if (taken <= 0 || !reply->skip)
        return taken;
    struct slice line = slice_between(start, in->ptr), value;
    const char *at = json_space(line.ptr, line.ptr + line.len);
    line = slice_between(at, line.ptr + line.len);
    while (line.len > 0 && memchr(" \t\r\n", line.ptr[line.len - 1], 4) != NULL)
        line.len--;
    if (json_check(line, JSON_DEPTH) < 0 || json_kind(line) != '{' || !json_member(line, "id", &value))
        return taken;
    return diag_error("the engine answered id %.*s, which nobody asked for", (int)value.len, value.ptr);
}

static struct child_protocol protocol_of(int choice)
{
    struct child_protocol made = choice == ASKER_JSONL ? child_jsonl : choice == ASKER_BATCH ? child_batch : child_line;
    made.name = asker_protocols[choice];
    made.greeting = NULL; /* each line is a request, so that an engine needs to know nothing else */
    if (choice == ASKER_JSONL)
        made.take = take_object;
    else
        made.put = put_line;
    return made;
}

/* ---- bytes ---- */

/* What a byte of a text may begin. */
enum { PLAIN, WORD /* that fastText takes for something else */, SPACE /* or a control */ };

/* Characters of several bytes that are white space or controls begin with C2, E1, E2 or E3. */
static void fill_begins(unsigned char *begins)
{
    for (unsigned byte = 0; byte < BYTES; byte++) {
        bool space = byte < ' ' || byte == 0x7f || byte == 0xc2 || (byte >= 0xe1 && byte <= 0xe3);
        begins[byte] = space ? SPACE : byte == '<' || byte == '_' ? WORD : PLAIN;
    }
}

/* ---- open ---- */

struct asker *asker_open(struct stage_context *context, const struct asker_options *options, const char *field,
                         int (*accept)(const void *filter, struct slice request, struct slice reply),
                         const void *filter)
{
    struct commands commands = {0};
    if (words_split("command", options->command, &commands) < 0) {
        (void)diag_within("--command: %s", diag_message());
        return NULL;
    }
    struct asker *asker = mem_zalloc(1, sizeof *asker);
    *asker = (struct asker){options, slice_of(field), NULL, protocol_of(options->protocol), {0}};
    fill_begins(asker->begins);
    struct child_settings settings = {
        .options = &options->child,
        .protocol = &asker->protocol,
        .engine = options->command,
        .commands = commands,
        .strict = true,
        .accept = options->child.cache != NULL ? accept : NULL, /* else a reply is read once, by its thread */
        .filter = filter,
    };
    asker->child = child_open(context, &settings);
    if (asker->child != NULL)
        return asker;
    asker_free(asker);
    return NULL;
}

void asker_free(struct asker *asker)
{
    if (asker == NULL)
        return;
    child_free(asker->child);
    mem_free(asker);
}

bool asker_has_objects(const struct asker *asker)
{
    return asker->protocol.objects;
}

int asker_finish(const struct asker *asker)
{
    return child_finish(asker->child);
}

void asker_notes(const struct asker *asker, const struct totals *totals)
{
    (void)asker;
    uint64_t left_out = totals->counters[ASKER_LEFT_OUT];
    if (left_out > 0)
        diag_note("%llu word%s left out of what was sent: </s>, or beginning with __label__",
                  (unsigned long long)left_out, diag_s(left_out));
}

/* ---- threads ---- */

/* A record and what it asks. */
struct item {
    const char *error; /* the record is bad: why; else it has the next question */
    struct child_question *question;
};

struct asker_thread {
    const struct asker *asker;
    struct bytes text;
    struct item *items; /* of the batch */
    size_t at;          /* the next one to be answered */
    int (*answered)(void *state, const struct record *in, struct slice reply, struct sink *out);
    void *state;
};

struct asker_thread *asker_thread_open(const struct asker *asker)
{
    struct asker_thread *thread = mem_zalloc(1, sizeof *thread);
    thread->asker = asker;
    return thread;
}

void asker_thread_close(struct asker_thread *thread)
{
    vec_free(&thread->text);
    mem_free(thread);
}

/* ---- requests ---- */

/* Appends the text with a space for each character of white space and each control: a program that reads lines may take
 * any of them for the end of one. Returns whether there may be words to leave out. */
static bool put_spaced(const struct asker *asker, struct slice text, struct bytes *out)
{
    bool words = false;
    for (const char *at = text.ptr, *end = at + text.len; at < end;) {
        const char *start = at;
        size_t len;
        for (; at < end && asker->begins[(unsigned char)*at] != SPACE; at++)
            words |= asker->begins[(unsigned char)*at] == WORD;
        bytes_append(out, start, (size_t)(at - start));
        if (at == end)
            break;
        uint32_t point = text_decode(at, &len);
        bool space = point < 0xa0 || text_is_space(point);
        bytes_append(out, space ? " " : at, space ? 1 : len);
        at += len;
    }
    return words;
}

/* fastText ends a line at the word </s>, and takes a word that begins with __label__ for a label, not for text. */
static bool is_left_out(struct slice word)
{
    return slice_equal(word, SLICE("</s>")) || slice_starts(word, SLICE("__label__"));
}

/* Removes such words; returns how many. */
static uint64_t leave_out(struct bytes *text)
{
    uint64_t count = 0;
    char *to = text->items;
    for (const char *at = text->items, *end = at + text->len, *stop; at < end; at = stop + 1) {
        stop = memchr(at, ' ', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        struct slice word = slice_between(at, stop);
        bool left_out = is_left_out(word);
        count += left_out;
        if (left_out)
            continue;
        memmove(to, word.ptr, word.len);
        to += word.len;
        if (stop < end)
            *to++ = ' ';
    }
    text->len = (size_t)(to - text->items);
    return count;
}

static struct slice make_request(struct asker_thread *thread, struct slice text, struct arena *arena, struct sink *out)
{
    const struct asker *asker = thread->asker;
    struct bytes *made = &thread->text;
    made->len = 0;
    if (asker->protocol.objects) {
        bytes_put(made, SLICE("{\"text\":"));
        json_put_string(made, text);
        bytes_byte(made, '}');
    } else {
        bool words = put_spaced(asker, text, made);
        if (words && asker->given->protocol == ASKER_FASTTEXT)
            sink_count(out, ASKER_LEFT_OUT, leave_out(made));
    }
    return arena_copy(arena, bytes_slice(made));
}

/* Asks about all records of the batch. 0, or -1 with the message: the run can't go on. */
static int ask_all(struct asker_thread *thread, const struct batch *in, struct sink *out)
{
    const struct asker *asker = thread->asker;
    struct arena *arena = sink_arena(out);
    struct child_question *questions = arena_array(arena, in->count, sizeof *questions);
    size_t count = 0;
    thread->items = arena_array(arena, in->count, sizeof *thread->items);
    thread->at = 0;
    for (size_t i = 0; i < in->count; i++) {
        struct item *item = &thread->items[i];
        struct slice text;
        *item = (struct item){0};
        if (rec_text(in->records[i], asker->field, arena, &text) < 0) {
            item->error = arena_print(arena, "%s", diag_message()).ptr;
            continue;
        }
        item->question = &questions[count++];
        item->question->request = make_request(thread, text, arena, out);
        item->question->record = in->records[i];
    }
    return child_ask(asker->child, questions, count, arena);
}

static int answer_one(void *state, const struct record *in, struct sink *out)
{
    struct asker_thread *thread = state;
    const struct item *item = &thread->items[thread->at++];
    const struct child_question *question = item->question;
    if (item->error != NULL)
        return diag_error("%s", item->error);
    sink_count(out, ASKER_REQUESTS, 1);
    sink_count(out, ASKER_CACHED, question->cached);
    if (question->state == CHILD_FAILED)
        return diag_error("%s", question->reason);
    return thread->answered(thread->state, in, question->reply, out);
}

int asker_records(struct asker_thread *thread, const struct batch *in, struct sink *out,
                  int (*answered)(void *state, const struct record *in, struct slice reply, struct sink *out),
                  void *state)
{
    thread->answered = answered;
    thread->state = state;
    if (ask_all(thread, in, out) < 0)
        return -1;
    for (size_t i = 0; i < in->count; i++)
        if (sink_one(out, in->records[i], answer_one, thread) < 0)
            return -1;
    return 0;
}

/* ---- answers ---- */

enum { SHOWN_BYTES = 40 /* of an answer, in a message */ };

static bool is_between(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static struct slice strip(struct slice line)
{
    while (line.len > 0 && is_between(line.ptr[0]))
        line = (struct slice){line.ptr + 1, line.len - 1};
    while (line.len > 0 && is_between(line.ptr[line.len - 1]))
        line.len--;
    return line;
}

static int expect_number(const char *at, const char *end)
{
    const char *stop = at;
    while (stop < end && !is_between(*stop))
        stop++;
    struct slice word = visible_cut(slice_between(at, stop), SHOWN_BYTES);
    return diag_error("expected numbers, found \"%.*s\"", (int)word.len, word.ptr);
}

int asker_numbers(struct slice line, struct arena *arena, const double **numbers, size_t *count)
{
    line = strip(line);
    if (line.len >= 2 && line.ptr[0] == '[' && line.ptr[line.len - 1] == ']')
        line = strip((struct slice){line.ptr + 1, line.len - 2});
    double *read = arena_array(arena, line.len / 2 + 1, sizeof *read);
    const char *end = line.ptr + line.len;
    size_t n = 0;
    for (const char *at = line.ptr, *stop; at < end; at = stop) {
        while (is_between(*at)) /* the last character is none */
            at++;
        stop = json_skip(at, end, 1, NULL);
        if (stop == NULL || json_kind(slice_between(at, stop)) != '0' || (stop < end && !is_between(*stop)) ||
            number_read(at, end, &read[n]) == NULL)
            return expect_number(at, end);
        n++;
    }
    *numbers = read;
    *count = n;
    return 0;
}
