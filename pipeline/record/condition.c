/* condition.c - see condition.h. */
#include "record/condition.h"

#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"
#include "text/json_order.h"
#include "text/regex.h"

enum comparison { OP_HAS, OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_AT_MOST, OP_GREATER, OP_AT_LEAST, OP_MATCHES };

enum against { AGAINST_STRING, AGAINST_NUMBER, AGAINST_BOOLEAN, AGAINST_NULL };

struct condition {
    struct slice member;
    enum comparison op;
    enum against against;
    struct slice value; /* AGAINST_STRING: decoded; else as written */
    bool is_int64;      /* AGAINST_NUMBER: `integer` is the exact value */
    int64_t integer;
    struct regex *regex; /* OP_MATCHES */
};

struct conditions {
    struct arena *arena; /* of names and values */
    VEC(struct condition) list;
    bool any, invert;
};

struct condition_thread {
    struct regex_work *work; /* NULL without OP_MATCHES */
};

/* ---- the text of a condition ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

static const char *skip_space(const char *at)
{
    while (is_space(*at))
        at++;
    return at;
}

/* The end of a quoted text that starts here, after the closing quote; NULL if that is missing. */
static const char *skip_quoted(const char *at)
{
    const char quote = *at++;
    for (; *at != quote; at++) {
        if (quote == '"' && *at == '\\')
            at++;
        if (*at == '\0')
            return NULL;
    }
    return at + 1;
}

/* The end of a member's name; NULL if its closing quote is missing. */
static const char *skip_name(const char *at)
{
    if (is_quote(*at))
        return skip_quoted(at);
    while (*at != '\0' && !is_space(*at) && strchr("\"'=!<>~", *at) == NULL)
        at++;
    return at;
}

static const struct spelling {
    const char *text;
    enum comparison op;
} operators[] = {
    {"==", OP_EQUAL}, {"!=", OP_UNEQUAL}, {"<=", OP_AT_MOST}, {">=", OP_AT_LEAST},
    {"<", OP_LESS},   {">", OP_GREATER},  {"~", OP_MATCHES},
};

/* The operator at this place, NULL if there is none. */
static const struct spelling *find_operator(const char *at)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strncmp(at, operators[i].text, strlen(operators[i].text)) == 0)
            return &operators[i];
    return NULL;
}

/* The text after `has`, which is a name; NULL for any other condition, even one on a member named has. */
static const char *after_has(const char *at)
{
    if (strncmp(at, "has", 3) != 0 || !is_space(at[3]))
        return NULL;
    at = skip_space(at + 3);
    bool compares = find_operator(at) != NULL || *at == '=' || *at == '!';
    return *at == '\0' || compares ? NULL : at;
}

bool condition_is_meant(const char *operand)
{
    const char *at = skip_space(operand);
    if (after_has(at) != NULL)
        return true;
    const char *end = skip_name(at);
    if (end == NULL || end == at)
        return end == NULL;
    const char *sign = skip_space(end);
    if (sign > end && *sign != '\0' && strchr("=!~", *sign) != NULL)
        return true;
    const struct spelling *found = find_operator(sign);
    return found != NULL && found->op != OP_MATCHES;
}

/* ---- reading one ---- */

/* Decodes a quoted text, quotes included. 0, or -1 with the message. */
static int read_quoted(struct slice quoted, struct arena *arena, struct slice *text)
{
    if (quoted.ptr[0] == '\'') {
        *text = arena_copy(arena, (struct slice){quoted.ptr + 1, quoted.len - 2});
        return 0;
    }
    if (json_check(quoted, 0) < 0)
        return -1;
    *text = json_string(arena_copy(arena, quoted), arena);
    return 0;
}

/* Reads a name; *at moves to its end. 0, or -1 with the message. */
static int read_name(const char **at, struct arena *arena, struct slice *name)
{
    const char *start = *at, *end = skip_name(start);
    if (end == NULL)
        return diag_error("the closing quote is missing");
    if (end == start)
        return diag_error("expected a member name%s%s", *start != '\0' ? " before " : "", start);
    *at = end;
    struct slice spelled = slice_between(start, end);
    *name = arena_copy(arena, spelled);
    if (is_quote(*start) && read_quoted(spelled, arena, name) < 0)
        return -1;
    return text_is_utf8(*name) ? 0 : diag_error("the name is not UTF-8");
}

static bool is_number(struct slice text)
{
    return json_kind(text) == '0' && json_check(text, 0) == 0;
}

static int read_number(struct condition *condition)
{
    int order;
    if (!json_order_numbers(condition->value, condition->value, &order))
        return diag_error("an exponent of more than 18 digits is too large");
    condition->against = AGAINST_NUMBER;
    condition->is_int64 = json_int(condition->value, &condition->integer);
    return 0;
}

/* Reads the rest of the condition as its value. 0, or -1 with the message. */
static int read_value(const char *at, struct condition *condition, struct arena *arena)
{
    size_t len = strlen(at);
    while (len > 0 && is_space(at[len - 1]))
        len--;
    struct slice spelled = {at, len};
    if (len == 0)
        return diag_error("the value is missing; \"\" is the empty string");
    if (is_quote(*at)) {
        const char *end = skip_quoted(at);
        if (end == NULL)
            return diag_error("the closing quote is missing");
        if (end != at + len)
            return diag_error("unexpected text after the closing quote: %s", end);
        return read_quoted(spelled, arena, &condition->value);
    }
    condition->value = arena_copy(arena, spelled);
    if (condition->op == OP_MATCHES)
        return 0;
    if (is_number(spelled))
        return read_number(condition);
    if (slice_is(spelled, "true") || slice_is(spelled, "false"))
        condition->against = AGAINST_BOOLEAN;
    else if (slice_is(spelled, "null"))
        condition->against = AGAINST_NULL;
    bool equality = condition->op == OP_EQUAL || condition->op == OP_UNEQUAL;
    if (condition->against != AGAINST_STRING && !equality)
        return diag_error("%.*s can be compared only with == and !=; the string is written \"%.*s\"", (int)len, at,
                          (int)len, at);
    return 0;
}

static int read_comparison(const char *at, struct condition *condition, struct arena *arena)
{
    const struct spelling *found = find_operator(at);
    if (found == NULL && *at == '=')
        return diag_error("there is no operator =; use ==");
    if (found == NULL)
        return diag_error("expected 'MEMBER OP VALUE' (OP is ==, !=, <, <=, >, >= or ~) or 'has MEMBER'");
    condition->op = found->op;
    if (read_value(skip_space(at + strlen(found->text)), condition, arena) < 0)
        return -1;
    if (!text_is_utf8(condition->value))
        return diag_error("the value is not UTF-8");
    if (condition->op != OP_MATCHES)
        return 0;
    condition->regex = regex_new(condition->value, 0);
    return condition->regex != NULL ? 0 : -1;
}

static int read_condition(const char *text, struct condition *condition, struct arena *arena)
{
    const char *at = skip_space(text), *name = after_has(at);
    if (name != NULL)
        at = name;
    if (read_name(&at, arena, &condition->member) < 0)
        return -1;
    at = skip_space(at);
    if (name == NULL)
        return read_comparison(at, condition, arena);
    condition->op = OP_HAS;
    return *at == '\0' ? 0 : diag_error("expected one name after has, also found: %s", at);
}

struct conditions *conditions_new(const struct words *texts, bool any, bool invert)
{
    struct conditions *conditions = mem_zalloc(1, sizeof *conditions);
    conditions->arena = arena_new();
    conditions->any = any;
    conditions->invert = invert;
    for (size_t i = 0; i < texts->len; i++) {
        struct condition condition = {0};
        int done = read_condition(texts->items[i], &condition, conditions->arena);
        vec_push(&conditions->list, condition);
        if (done < 0) {
            (void)diag_error("the condition '%s': %s", texts->items[i], diag_message());
            conditions_free(conditions);
            return NULL;
        }
    }
    return conditions;
}

void conditions_free(struct conditions *conditions)
{
    if (conditions == NULL)
        return;
    for (size_t i = 0; i < conditions->list.len; i++)
        regex_free(conditions->list.items[i].regex);
    vec_free(&conditions->list);
    arena_free(conditions->arena);
    mem_free(conditions);
}

/* ---- one record ---- */

struct condition_thread *condition_thread_new(const struct conditions *conditions)
{
    struct condition_thread *thread = mem_zalloc(1, sizeof *thread);
    for (size_t i = 0; i < conditions->list.len && thread->work == NULL; i++)
        if (conditions->list.items[i].regex != NULL)
            thread->work = regex_work_new();
    return thread;
}

void condition_thread_free(struct condition_thread *thread)
{
    if (thread == NULL)
        return;
    regex_work_free(thread->work);
    mem_free(thread);
}

static struct slice raw_of(const struct value *value)
{
    return (struct slice){value->bytes, value->count};
}

/* The type of the member differs from that of the condition's value. */
static int refuse(const struct condition *condition, const struct value *value)
{
    static const char *const expected[] = {
        [AGAINST_STRING] = "a string", [AGAINST_NUMBER] = "a number", [AGAINST_BOOLEAN] = "true or false"};
    const char *relation = condition->op == OP_MATCHES ? "searches for" : "compares with";
    const struct slice shown = condition->value;
    (void)rec_mismatch(condition->member, expected[condition->against], value);
    if (condition->against != AGAINST_STRING && rec_kind(value) == '"')
        return diag_error("%s (the condition %s %.*s; the string is written \"%.*s\")", diag_message(), relation,
                          (int)shown.len, shown.ptr, (int)shown.len, shown.ptr);
    return diag_error("%s (the condition %s %s%.*s)", diag_message(), relation,
                      condition->against == AGAINST_STRING && condition->op != OP_MATCHES ? "the string " : "",
                      (int)shown.len, shown.ptr);
}

static int order_string(const struct condition *condition, const struct value *value, struct arena *arena)
{
    return value->kind == VALUE_TEXT ? slice_compare(raw_of(value), condition->value)
                                     : json_order_string(raw_of(value), condition->value, arena);
}

/* 0, or -1 with the message. */
static int order_number(const struct condition *condition, const struct value *value, struct arena *arena, int *order)
{
    int64_t number = value->integer;
    if (condition->is_int64 &&
        (value->kind == VALUE_INT || (value->kind == VALUE_RAW && json_int(raw_of(value), &number)))) {
        *order = (number > condition->integer) - (number < condition->integer);
        return 0;
    }
    if (json_order_numbers(rec_json(value, arena), condition->value, order))
        return 0;
    return diag_error("%.*s: an exponent of more than 18 digits is too large to compare", (int)condition->member.len,
                      condition->member.ptr);
}

static bool satisfies(enum comparison op, int order)
{
    switch (op) {
    case OP_EQUAL:
        return order == 0;
    case OP_UNEQUAL:
        return order != 0;
    case OP_LESS:
        return order < 0;
    case OP_AT_MOST:
        return order <= 0;
    case OP_GREATER:
        return order > 0;
    case OP_AT_LEAST:
        return order >= 0;
    default:
        return false;
    }
}

static int match(const struct condition *condition, const struct value *value, struct condition_thread *thread,
                 struct arena *arena)
{
    struct slice text = value->kind == VALUE_TEXT ? raw_of(value) : json_string(raw_of(value), arena);
    size_t start, end;
    int found = regex_find(condition->regex, thread->work, text, 0, &start, &end);
    if (found < 0)
        return diag_error("%.*s: %s", (int)condition->member.len, condition->member.ptr, diag_message());
    return found;
}

/* Does the member, which is neither missing nor null, satisfy the comparison? 1, 0, or -1 with the message. */
static int compare(const struct condition *condition, const struct value *value, struct condition_thread *thread,
                   struct arena *arena)
{
    const char kind = rec_kind(value);
    int order = 0;
    switch (condition->against) {
    case AGAINST_STRING:
        if (kind != '"')
            return refuse(condition, value);
        if (condition->op == OP_MATCHES)
            return match(condition, value, thread, arena);
        order = order_string(condition, value, arena);
        break;
    case AGAINST_NUMBER:
        if (kind != '0')
            return refuse(condition, value);
        if (order_number(condition, value, arena, &order) < 0)
            return -1;
        break;
    case AGAINST_BOOLEAN:
        if (kind != 't' && kind != 'f')
            return refuse(condition, value);
        order = kind != condition->value.ptr[0];
        break;
    case AGAINST_NULL:
        order = 1; /* not null, so unequal to it */
        break;
    }
    return satisfies(condition->op, order);
}

static int holds(const struct condition *condition, struct condition_thread *thread, const struct record *record,
                 struct arena *arena)
{
    const struct value *value = rec_get(record, condition->member);
    if (value == NULL || condition->op == OP_HAS)
        return value != NULL;
    if (rec_kind(value) == 'n')
        return condition->against == AGAINST_NULL && condition->op == OP_EQUAL;
    return compare(condition, value, thread, arena);
}

int conditions_hold(const struct conditions *conditions, struct condition_thread *thread, const struct record *record,
                    struct arena *arena)
{
    bool result = !conditions->any;
    for (size_t i = 0; i < conditions->list.len && result != conditions->any; i++) {
        int held = holds(&conditions->list.items[i], thread, record, arena);
        if (held < 0)
            return -1;
        result = held;
    }
    return result != conditions->invert;
}
