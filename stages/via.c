/* via.c - asks another program about each record: its reply becomes a member, or variants of the record.
 *
 *     quern via --command CMD [--protocol line|jsonl|batch] (--into NAME | --set NAME,… | --op NAME [--num N]) [FILE …]
 *
 *     $ echo '{"id":1,"text":"A Mill"}' | quern via --command 'tr A-Z a-z' --protocol batch --into lower
 *     {"id":1,"text":"A Mill","lower":"a mill"}
 *
 * The engine is run by run/child.h; what a variant is, is in rewriting/retold.h. */
#include "quern.h"
#include "rewriting/distinct.h"
#include "rewriting/replies.h"
#include "rewriting/retold.h"
#include "run/child.h"

#include <string.h>

enum { EMIT_BOTH, EMIT_SYNTHETIC };
enum { MOST_VARIANTS = 1000 };

struct via_options {
    const char *command, *field, *into, *op;
    int protocol, emit;
    struct words send, set;
    int64_t num;
    struct child_options child;
};

static const char *const emit_names[] = {"both", "synthetic", NULL};

static const struct option options[] = {
    {"command", 0, OPT_TEXT, OPT_AT(struct via_options, command), .value = "CMD", .required = true,
     .help = "the program to ask, with its arguments; no shell reads it"},
    {"protocol", 0, OPT_CHOICE, OPT_AT(struct via_options, protocol), .value = "NAME", .fallback = "line",
     .choices = child_protocol_names,
     .help = "line: a text a line, a reply a line; jsonl: JSON objects with an id; batch: as line, for a program that "
             "reads all of its input first"},
    OPTION_FIELD(struct via_options, field),
    {"send", 0, OPT_WORDS, OPT_AT(struct via_options, send), .value = "NAME,...", .when = "protocol=jsonl",
     .help = "members to send besides the text"},
    {"into", 0, OPT_TEXT, OPT_AT(struct via_options, into), .value = "NAME", .when = "!op",
     .help = "the member that gets the text of the reply"},
    {"set", 0, OPT_WORDS, OPT_AT(struct via_options, set), .value = "NAME,...", .when = "protocol=jsonl",
     .help = "members that a reply may give by its \"set\""},
    {"op", 0, OPT_TEXT, OPT_AT(struct via_options, op), .value = "NAME",
     .help = "make each text of a reply a variant of the record, with an id that ends with #NAME and a number"},
    {"num", 0, OPT_INT, OPT_AT(struct via_options, num), .value = "N", .fallback = "1", .min = 1, .max = MOST_VARIANTS,
     .when = "op", .help = "how many variants of a record to make at most; a jsonl engine is told as \"num\""},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct via_options, emit), .value = "WHAT", .fallback = "both",
     .choices = emit_names, .when = "op", .help = "both: the record, then its variants; synthetic: the variants only"},
    OPTIONS_CHILD(struct via_options, child, NULL),
    OPTIONS_CHILD_TEXTS(struct via_options, child),
    {0},
};

static const char *const reads[] = {"id", "text", "root", "entities", NULL};
static const char *const writes[] = {"id", "text", "entities", "parent", "root", "op", "edits", NULL};

enum { COUNT_REQUESTS, COUNT_CACHED, COUNT_FAILED, COUNT_UNSENT, COUNT_VARIANTS, COUNT_EQUAL, COUNT_ENTITY_LOST };
static const char *const counters[] = {"requests", "cached", "failed",      "unsent",
                                       "variants", "equal",  "entity_lost", NULL};

struct via {
    const struct via_options *given;
    struct slice field;
    struct child *child;
    bool objects;
};

/* ---- replies ---- */

/* May the engine set this member? */
static int check_set(const struct via *via, struct slice set)
{
    int done = 0;
    for (struct json_walk walk = json_walk(set); done == 0 && json_next(&walk);) {
        bool named = false;
        for (size_t i = 0; i < via->given->set.len && !named; i++)
            named = json_name_is(walk.name, slice_of(via->given->set.items[i]));
        if (!named)
            done = diag_error("the reply sets \"%.*s\", which --set does not name", (int)walk.name.len, walk.name.ptr);
    }
    return done;
}

/* An object must have what the options make something of. */
static int accept_reply(const void *filter, struct slice request, struct slice reply)
{
    const struct via *via = filter;
    struct slice value;
    (void)request;
    if (!via->objects)
        return 0;
    bool found;
    if (replies_check(reply, &found) < 0)
        return -1;
    bool set = json_member(reply, "set", &value);
    if (set && json_kind(value) != '{')
        return diag_error("the reply has a \"set\" that is no object");
    if (via->given->op != NULL)
        return found ? 0 : diag_error("the reply has neither \"text\" nor \"texts\"");
    if (set && check_set(via, value) < 0)
        return -1;
    bool text = json_member(reply, "text", &value);
    if (via->given->into != NULL && !text && !set)
        return diag_error("the reply has neither \"text\" nor \"set\"");
    return via->given->into != NULL || set ? 0 : diag_error("the reply has no \"set\"");
}

/* ---- open ---- */

/* Members of a request that it has anyway. */
static const char *const request_names[] = {"id", "text", "num", NULL};

static int check_names(const struct via_options *given)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (given->into == NULL && given->op == NULL && given->set.len == 0)
        return diag_error("what becomes of a reply? Expected --into NAME, --set NAME,... or --op NAME");
    if (given->op != NULL && (given->op[0] == '\0' || given->op[strspn(given->op, letters)] != '\0'))
        return diag_error("--op: expected letters, digits, _ and -, found \"%s\"", given->op);
    if (given->op != NULL && given->set.len > 0)
        return diag_error("--set does not go with --op");
    for (size_t i = 0; i < given->send.len; i++)
        for (const char *const *taken = request_names; *taken != NULL; taken++)
            if (strcmp(given->send.items[i], *taken) == 0)
                return diag_error("--send: each request has its own \"%s\"; fields --rename gives the member another "
                                  "name",
                                  *taken);
    return 0;
}

static void via_close(void *shared)
{
    struct via *via = shared;
    child_free(via->child);
    mem_free(via);
}

static int via_open(struct stage_context *context, void **shared)
{
    const struct via_options *given = context->options;
    struct commands commands = {0};
    if (check_names(given) < 0)
        return -1;
    if (words_split("command", given->command, &commands) < 0)
        return diag_within("--command: %s", diag_message());
    struct via *via = mem_zalloc(1, sizeof *via);
    const struct child_protocol *protocol = child_protocols[given->protocol];
    *via = (struct via){.given = given, .field = slice_of(given->field), .objects = protocol->objects};
    struct child_settings settings = {
        .options = &given->child,
        .protocol = protocol,
        .engine = given->command,
        .commands = commands,
        .accept = accept_reply,
        .filter = via,
    };
    via->child = child_open(context, &settings);
    if (via->child == NULL) {
        via_close(via);
        return -1;
    }
    *shared = via;
    return 0;
}

/* ---- threads ---- */

/* A record and what it asks. */
struct item {
    struct retold retold;            /* --op: what is retold; else only the text in it */
    const char *error;               /* the record is bad: why */
    struct child_question *question; /* NULL: nothing is asked */
};

struct asker {
    const struct via *via;
    struct distinct distinct;
    struct bytes text;
    struct item *items; /* of the batch */
    size_t at;          /* the next one to be written */
};

static void via_thread_close(void *thread)
{
    struct asker *asker = thread;
    distinct_release(&asker->distinct);
    vec_free(&asker->text);
    mem_free(asker);
}

static int via_thread_open(void *shared, void **thread)
{
    struct asker *asker = mem_zalloc(1, sizeof *asker);
    asker->via = shared;
    *thread = asker;
    return distinct_open(&asker->distinct);
}

/* ---- requests ---- */

/* {"text":"…","num":3,"NAME":…}; the protocol adds the id. */
static struct slice make_object(struct asker *asker, const struct record *in, struct slice text, struct arena *arena)
{
    const struct via_options *given = asker->via->given;
    struct bytes *out = &asker->text;
    out->len = 0;
    bytes_put(out, SLICE("{\"text\":"));
    json_put_string(out, text);
    if (given->op != NULL) {
        bytes_put(out, SLICE(",\"num\":"));
        json_put_int(out, given->num);
    }
    for (size_t i = 0; i < given->send.len; i++) {
        const struct value *value = rec_get(in, slice_of(given->send.items[i]));
        if (value == NULL)
            continue;
        bytes_byte(out, ',');
        json_put_string(out, slice_of(given->send.items[i]));
        bytes_byte(out, ':');
        bytes_put(out, rec_json(value, arena));
    }
    bytes_byte(out, '}');
    return arena_copy(arena, bytes_slice(out));
}

/* 0, or -1 with the message: the record is bad. */
static int read_item(const struct via *via, const struct record *in, struct arena *arena, struct item *item)
{
    if (via->given->op != NULL)
        return retold_read(in, via->field, arena, &item->retold);
    return rec_text(in, via->field, arena, &item->retold.text);
}

/* Asks about all records of the batch. 0, or -1 with the message: the run can't go on. */
static int ask_all(struct asker *asker, const struct batch *in, struct sink *out)
{
    const struct via *via = asker->via;
    struct arena *arena = sink_arena(out);
    struct child_question *questions = arena_array(arena, in->count, sizeof *questions);
    size_t count = 0;
    asker->items = arena_array(arena, in->count, sizeof *asker->items);
    asker->at = 0;
    for (size_t i = 0; i < in->count; i++) {
        struct item *item = &asker->items[i];
        *item = (struct item){0};
        if (read_item(via, in->records[i], arena, item) < 0) {
            item->error = arena_print(arena, "%s", diag_message()).ptr;
        } else if (child_may_send(via->child, item->retold.text)) {
            struct slice text = item->retold.text;
            item->question = &questions[count++];
            item->question->request = via->objects ? make_object(asker, in->records[i], text, arena) : text;
        }
    }
    return child_ask(via->child, questions, count, arena);
}

/* ---- answers ---- */

/* Sets what the reply says. */
static struct record *set_reply(const struct via *via, const struct record *in, struct slice reply, struct arena *arena)
{
    struct record *made = rec_derive(arena, in);
    struct slice value, into = slice_of(via->given->into != NULL ? via->given->into : "");
    if (!via->objects) {
        rec_set_text(made, into, reply);
        return made;
    }
    if (into.len > 0 && json_member(reply, "text", &value))
        rec_set_text(made, into, json_string(value, arena));
    if (json_member(reply, "set", &value))
        for (struct json_walk walk = json_walk(value); json_next(&walk);)
            for (size_t i = 0; i < via->given->set.len; i++)
                if (json_name_is(walk.name, slice_of(via->given->set.items[i])))
                    rec_set_json(made, slice_of(via->given->set.items[i]), walk.value);
    return made;
}

/* 1 if the text made a variant, 0 if not, -1 with the message. */
static int emit_variant(struct asker *asker, const struct item *item, struct slice text, uint64_t number,
                        struct sink *out)
{
    const char *op = asker->via->given->op;
    struct arena *arena = sink_arena(out);
    struct slice old = item->retold.text;
    struct span *places = arena_array(arena, item->retold.entity_count, sizeof *places);
    struct changes changes = {0};
    int is_new = distinct_add(&asker->distinct, &text, 1);
    if (is_new <= 0) {
        sink_count(out, COUNT_EQUAL, is_new == 0);
        return is_new;
    }
    if (!retold_find(&item->retold, text, places, arena)) {
        sink_count(out, COUNT_ENTITY_LOST, 1);
        return 0;
    }
    struct part whole = {0, (uint32_t)old.len, {0, (uint32_t)text_length(old)}};
    changes_put(&changes, (struct change){.part = whole, .text = text});
    struct record *made = retold_make(&item->retold, &changes, text, places, op, number, slice_of(op), arena);
    changes_release(&changes);
    sink_count(out, COUNT_VARIANTS, 1);
    return made == NULL || sink_emit(out, made) < 0 ? -1 : 1;
}

static int emit_variants(struct asker *asker, const struct item *item, struct sink *out)
{
    const struct via *via = asker->via;
    size_t count;
    const struct slice *texts = replies_read(item->question->reply, via->objects, sink_arena(out), &count);
    uint64_t number = 0;
    distinct_reset(&asker->distinct);
    if (distinct_add(&asker->distinct, &item->retold.text, 1) < 0)
        return -1;
    for (size_t i = 0; i < count && number < (uint64_t)via->given->num; i++) {
        int made = emit_variant(asker, item, texts[i], number + 1, out);
        if (made < 0)
            return -1;
        number += (uint64_t)made;
    }
    return 0;
}

static int write_record(void *thread, const struct record *in, struct sink *out)
{
    struct asker *asker = thread;
    const struct via *via = asker->via;
    const struct item *item = &asker->items[asker->at++];
    const struct child_question *question = item->question;
    if (item->error != NULL)
        return diag_error("%s", item->error);
    sink_count(out, COUNT_UNSENT, question == NULL);
    sink_count(out, COUNT_REQUESTS, question != NULL);
    sink_count(out, COUNT_CACHED, question != NULL && question->cached);
    bool failed = question != NULL && question->state == CHILD_FAILED;
    sink_count(out, COUNT_FAILED, failed);
    if (failed && child_refuse(via->child, in, question->reason) < 0)
        return -1;
    bool answered = question != NULL && !failed;
    if (via->given->op != NULL)
        return (via->given->emit == EMIT_BOTH && sink_emit(out, in) < 0) ||
                       (answered && emit_variants(asker, item, out) < 0)
                   ? -1
                   : 0;
    return sink_emit(out, answered ? set_reply(via, in, question->reply, sink_arena(out)) : in);
}

static int via_records(void *thread, const struct batch *in, struct sink *out)
{
    struct asker *asker = thread;
    if (ask_all(asker, in, out) < 0)
        return -1;
    for (size_t i = 0; i < in->count; i++)
        if (sink_one(out, in->records[i], write_record, asker) < 0)
            return -1;
    return 0;
}

/* ---- the end ---- */

static int via_finish(void *shared)
{
    const struct via *via = shared;
    return child_finish(via->child);
}

static void via_notes(const void *shared, const struct totals *totals)
{
    const struct via *via = shared;
    if (totals->counters[COUNT_FAILED] > 0)
        diag_note("%llu of %llu requests have failed; their records have %s",
                  (unsigned long long)totals->counters[COUNT_FAILED],
                  (unsigned long long)totals->counters[COUNT_REQUESTS],
                  via->given->op != NULL ? "no variants" : "no reply");
    if (totals->counters[COUNT_UNSENT] > 0)
        diag_note("%llu text%s not sent: blank, or longer than --max-chars",
                  (unsigned long long)totals->counters[COUNT_UNSENT], diag_s(totals->counters[COUNT_UNSENT]));
}

const struct stage stage_via = {
    .name = "via",
    .summary = "ask another program about each record",
    .example = "$ echo '{\"text\":\"A Mill\"}' |\n"
               "    quern via --command 'tr A-Z a-z' --protocol batch --into lower\n"
               "{\"text\":\"A Mill\",\"lower\":\"a mill\"}\n",
    .class = STAGE_ASYNC,
    .options = options,
    .options_size = sizeof(struct via_options),
    .reads = reads,
    .writes = writes,
    .sets_any = true,
    .counters = counters,
    .open = via_open,
    .close = via_close,
    .thread_open = via_thread_open,
    .thread_close = via_thread_close,
    .records = via_records,
    .finish = via_finish,
    .notes = via_notes,
};
