/* entities_questions.c - the rules of entities questions. */
#include "entities.h"

#include "text/json.h"

struct questions_options {
    struct check_options common;
    const char *questions;
};

static const struct option options[] = {
    OPTION_AGAINST(struct questions_options, common.against),
    {"questions", 0, OPT_FILE, OPT_AT(struct questions_options, questions), .value = "FILE", .required = true,
     .help = "the labels and their questions, as the filter had them"},
    {0},
};

enum { QUESTIONS_UNTOUCHED = RULES_COMMON, QUESTIONS_LINES, QUESTIONS_PARENT, QUESTIONS_QUESTION, QUESTIONS_ENTITIES };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "lines", "parent", "question", "entities", NULL};

struct question {
    struct slice label, text;
};

struct questions {
    VEC(struct question) items;
    struct arena *arena; /* of their texts */
    size_t next;         /* without --against: the question that is to come */
    struct bytes before; /* the members that the record before shares with all of its parent */
};

/* ---- the file ---- */

static struct slice trim(struct slice text)
{
    for (; text.len > 0 && strchr(" \t", text.ptr[0]) != NULL; text.len--)
        text.ptr++;
    while (text.len > 0 && strchr(" \t\r", text.ptr[text.len - 1]) != NULL)
        text.len--;
    return text;
}

static int read_question(void *state, struct slice line)
{
    struct questions *questions = state;
    const char *tab = memchr(line.ptr, '\t', line.len), *end = line.ptr + line.len;
    if (trim(line).len == 0)
        return 0;
    if (tab == NULL)
        return diag_error("expected a label, a tab and a question");
    vec_push(&questions->items, ((struct question){
                                    arena_copy(questions->arena, trim(slice_between(line.ptr, tab))),
                                    arena_copy(questions->arena, trim(slice_between(tab + 1, end))),
                                }));
    return 0;
}

static int questions_open(struct check *check, struct stage_context *context)
{
    const struct questions_options *given = context->options;
    struct questions *questions = check->state = mem_zalloc(1, sizeof *questions);
    questions->arena = arena_new();
    report_unchecked(check->report, QUESTIONS_LINES, "with --against, see join");
    if (entity_lines(given->questions, read_question, questions) < 0)
        return -1;
    return questions->items.len > 0 ? 0 : diag_error("%s: no question in it", given->questions);
}

static void questions_close(struct check *check)
{
    struct questions *questions = check->state;
    vec_free(&questions->items);
    vec_free(&questions->before);
    arena_free(questions->arena);
    mem_free(questions);
}

/* ---- joining ---- */

static struct slice json_of(const struct record *record, const char *name, struct arena *arena)
{
    const struct value *value = rec_present(record, slice_of(name));
    return value != NULL ? rec_json(value, arena) : SLICE("none");
}

/* The id of number k of those that are made of a record with this id, which is JSON. */
static struct slice id_of(struct slice parent, size_t k, struct arena *arena)
{
    struct slice spelling = json_kind(parent) == '"' ? json_string(parent, arena) : parent;
    return arena_print(arena, "%.*s#q%zu", (int)spelling.len, spelling.ptr, k);
}

static bool has_id(const struct record *in, struct slice id, struct arena *arena)
{
    struct slice found;
    return rec_text(in, SLICE("id"), arena, &found) == 0 && slice_equal(found, id);
}

/* The record of --against that this one is made of; as check_source does, but each has one for each question. */
static int find_source(struct check *check, const struct record *in, struct arena *arena, const struct record **source)
{
    const struct questions *questions = check->state;
    const struct record *next;
    *source = NULL;
    report_checked(check->report, RULE_JOIN);
    check->copies = (int64_t)questions->items.len;
    for (;;) {
        if (check->source == NULL || ++check->copy == check->copies) {
            check->copy = 0;
            if (check_next(check, &next) < 0)
                return -1;
        }
        if (check->source == NULL) {
            report_broken(check->report, RULE_JOIN,
                          "expected no record after those of --against, or one of the next "
                          "there, found id %.*s",
                          (int)json_of(in, "id", arena).len, json_of(in, "id", arena).ptr);
            return 0;
        }
        struct slice id = id_of(json_of(check->source, "id", arena), (size_t)check->copy, arena);
        if (has_id(in, id, arena) && slice_equal(json_of(in, "epoch", arena), json_of(check->source, "epoch", arena)))
            break;
        report_broken(check->report, RULE_JOIN, "expected id \"%.*s\" (--against, line %" PRIu64 "), found %.*s",
                      (int)id.len, id.ptr, check->source->line_number, (int)json_of(in, "id", arena).len,
                      json_of(in, "id", arena).ptr);
    }
    *source = check->source;
    return 0;
}

/* ---- without --against ---- */

static const char *const changed[] = {"question", "entities", "entity_tokens", "id", "parent", "root", NULL};

/* All that a record shares with the others of its parent. */
static void put_shared(const struct record *in, struct bytes *out, struct arena *arena)
{
    for (uint32_t i = 0; i < in->count; i++) {
        const struct member *member = &in->members[i];
        bool own = slice_is(member->name, "question") || slice_is(member->name, "entities") ||
                   slice_is(member->name, "entity_tokens") || slice_is(member->name, "id");
        if (own || member->removed)
            continue;
        bytes_put(out, member->name);
        bytes_byte(out, ':');
        bytes_put(out, rec_json(&member->value, arena));
        bytes_byte(out, ',');
    }
}

/* A parent has a record for each question, in order, and these differ in nothing else. *k: the question. */
static bool check_lines(struct check *check, const struct record *in, struct arena *arena, size_t *k)
{
    struct questions *questions = check->state;
    struct bytes shared = {0};
    put_shared(in, &shared, arena);
    report_checked(check->report, QUESTIONS_LINES);
    for (*k = 0; *k < questions->items.len; ++*k)
        if (has_id(in, id_of(json_of(in, "parent", arena), *k, arena), arena))
            break;
    bool known = *k < questions->items.len, right = known && *k == questions->next;
    if (!right)
        report_broken(check->report, QUESTIONS_LINES, "id: expected that of parent with \"#q%zu\" appended, found %.*s",
                      questions->next, (int)json_of(in, "id", arena).len, json_of(in, "id", arena).ptr);
    else if (*k > 0) {
        report_checked(check->report, QUESTIONS_UNTOUCHED);
        if (!slice_equal(bytes_slice(&shared), bytes_slice(&questions->before)))
            report_broken(check->report, QUESTIONS_UNTOUCHED,
                          "expected the members of the record before, which is of "
                          "the same parent");
    }
    questions->next = known && *k + 1 < questions->items.len ? *k + 1 : 0;
    vec_free(&questions->before);
    questions->before = shared;
    return right;
}

/* ---- a record ---- */

static void check_parent(struct check *check, const struct record *in, const struct record *source, struct arena *arena)
{
    struct slice parent = json_of(in, "parent", arena), root = json_of(in, "root", arena);
    struct slice id = source != NULL ? json_of(source, "id", arena) : parent;
    struct slice first = source == NULL ? root : check_has(source, "root") ? json_of(source, "root", arena) : id;
    report_checked(check->report, QUESTIONS_PARENT);
    if (!slice_equal(parent, id))
        report_broken(check->report, QUESTIONS_PARENT, "parent: expected %.*s, found %.*s", (int)id.len, id.ptr,
                      (int)parent.len, parent.ptr);
    else if (!slice_equal(root, first) || !check_has(in, "root"))
        report_broken(check->report, QUESTIONS_PARENT, "root: expected %.*s, found %.*s", (int)first.len, first.ptr,
                      (int)root.len, root.ptr);
}

static bool has_label(const struct entity_list *list, size_t i, struct slice label)
{
    return list->labels[i].ptr != NULL && slice_equal(list->labels[i], label);
}

/* The entities of this label, all of them, in their order and with their bytes. */
static void check_entities(struct check *check, const struct record *in, const struct record *source,
                           struct slice label, struct arena *arena)
{
    struct entity_list list, all;
    size_t next = 0;
    if (!entity_list_read(check, in, arena, &list) || (source != NULL && !entity_list_read(check, source, arena, &all)))
        return;
    report_checked(check->report, QUESTIONS_ENTITIES);
    for (size_t i = 0; i < list.count; i++) {
        if (has_label(&list, i, label))
            continue;
        report_broken(check->report, QUESTIONS_ENTITIES, "entities[%zu]: expected the label \"%.*s\", found %.*s", i,
                      (int)label.len, label.ptr, (int)list.json[i].len, list.json[i].ptr);
        return;
    }
    for (size_t i = 0; source != NULL && i < all.count; i++) {
        if (!has_label(&all, i, label))
            continue;
        if (next < list.count && slice_equal(list.json[next], all.json[i])) {
            next++;
            continue;
        }
        report_broken(check->report, QUESTIONS_ENTITIES, "entities[%zu]: expected %.*s, as in --against", next,
                      (int)all.json[i].len, all.json[i].ptr);
        return;
    }
    if (source != NULL && next < list.count)
        report_broken(check->report, QUESTIONS_ENTITIES, "entities[%zu]: expected none that is not in --against", next);
}

static int questions_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct questions *questions = check->state;
    const struct record *source = NULL;
    struct slice text;
    size_t k = 0;
    if (check->against) {
        if (find_source(check, in, arena, &source) < 0)
            return -1;
        if (source == NULL)
            return 0;
        k = (size_t)check->copy;
        entity_untouched(check, QUESTIONS_UNTOUCHED, source, in, changed, arena);
    } else if (!check_lines(check, in, arena, &k)) {
        return 0;
    }
    const struct question *question = &questions->items.items[k];
    check_parent(check, in, source, arena);
    if (rec_text(in, SLICE("question"), arena, &text) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return 0;
    }
    report_checked(check->report, QUESTIONS_QUESTION);
    if (!slice_equal(text, question->text))
        report_broken(check->report, QUESTIONS_QUESTION, "question: expected \"%.*s\", found \"%.*s\"",
                      (int)question->text.len, question->text.ptr, (int)text.len, text.ptr);
    check_entities(check, in, source, question->label, arena);
    return 0;
}

static int questions_end(struct check *check, struct arena *arena)
{
    const struct questions *questions = check->state;
    (void)arena;
    if (!check->against && questions->next > 0)
        report_broken(check->report, QUESTIONS_LINES, "expected a record with \"#q%zu\", found the end",
                      questions->next);
    return 0;
}

static const struct task task = {rules, questions_open, questions_record, questions_end, questions_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct questions_options *)context->options)->common, shared);
}

const struct stage stage_check_entities_questions = {
    .name = "check entities questions",
    .summary = "verify what entities questions has written",
    .example = "$ printf 'PER\\tWho?\\n' >questions\n"
               "$ echo '{\"id\":1,\"text\":\"Al ran\",\"entities\":[]}' |\n"
               "    quern entities questions --questions questions |\n"
               "    quern check entities questions --questions questions | grep lines\n"
               "lines                     1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct questions_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
