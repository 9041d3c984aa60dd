/* pattern.c - see pattern.h: groups, alternatives and repeats. */
#include "pattern.h"

#include "base/diag.h"
#include "named_sets.h"
#include "pattern_atoms.h"
#include "text/text.h"

#include <stdio.h>

/* ---- groups ---- */

static int put_alternatives(struct translation *to);

/* Reads the name of a group; the group is one like any other, as nothing can refer to it. */
static int skip_name(struct translation *to, char close)
{
    struct slice source = to->reader.source;
    const char *end = memchr(source.ptr + to->reader.at, close, source.len - to->reader.at);
    if (end == NULL || end == source.ptr + to->reader.at)
        return pattern_invalid(&to->reader, "a group without a name");
    to->reader.at = (size_t)(end + 1 - source.ptr);
    return 0;
}

/* (?i-m) or (?i-m: up to the character after the letters, which is taken. */
static int read_options(struct translation *to, unsigned *options, char *after)
{
    bool off = false;
    for (*after = 0; *after == 0;) {
        if (to->reader.at == to->reader.source.len)
            return pattern_invalid(&to->reader, "a group without its end");
        uint32_t c = pattern_take(&to->reader);
        unsigned option = c == 'i'                           ? IGNORE_CASE
                          : c == 'x' && !pattern_is_rust(to) ? EXTENDED
                          : c == 'm'                         ? pattern_is_rust(to) ? LINES : DOT_ALL
                          : c == 's' && pattern_is_rust(to)  ? DOT_ALL
                                                             : 0;
        *options = off ? *options & ~option : *options | option;
        off |= c == '-';
        if (c == ':' || c == ')')
            *after = (char)c;
        else if (option == 0 && c != '-')
            return pattern_refuse(&to->reader, c < 0x80 ? (char[]){'(', '?', (char)c, '\0'} : "(? with another letter");
    }
    return 0;
}

static int skip_comment(struct translation *to)
{
    while (to->reader.at < to->reader.source.len) {
        uint32_t c = pattern_take(&to->reader);
        if (c == ')')
            return 0;
        if (c == '\\' && to->reader.at < to->reader.source.len)
            (void)pattern_take(&to->reader);
    }
    return pattern_invalid(&to->reader, "a comment without its end");
}

/* The rest of a group whose beginning is written, with its end. */
static int put_rest(struct translation *to)
{
    if (to->reader.depth == PATTERN_NESTING)
        return pattern_refuse(&to->reader, "groups nested so deeply");
    to->reader.depth++;
    unsigned kept = to->options;
    if (put_alternatives(to) != 0)
        return -1;
    if (!pattern_skip(&to->reader, ")"))
        return pattern_invalid(&to->reader, "a group without its closing parenthesis");
    to->options = kept;
    to->reader.depth--;
    pattern_put(to, ")");
    return 0;
}

/* (?i) holds up to the end of the group: for Oniguruma that is a group of its own, with its alternatives. */
static enum atom put_options(struct translation *to)
{
    unsigned options = to->options, kept = to->options;
    char after;
    if (read_options(to, &options, &after) != 0)
        return FAILED;
    if (after == ':') {
        pattern_put(to, "(?:");
        to->options = options;
        bool done = put_rest(to) == 0;
        to->options = kept;
        return done ? GROUP : FAILED;
    }
    to->options = options;
    if (pattern_is_rust(to) && to->out.len > 0) {
        (void)pattern_refuse(&to->reader, "options that are not at its start");
        return FAILED;
    }
    if (pattern_is_rust(to))
        return NOTHING;
    pattern_put(to, "(?:");
    if (to->reader.depth == PATTERN_NESTING || (to->reader.depth++, put_alternatives(to)) != 0)
        return FAILED;
    to->reader.depth--;
    to->options = kept;
    pattern_put(to, ")");
    return ATOM;
}

/* Behind the opening parenthesis. */
static enum atom put_group(struct translation *to)
{
    static const char *const simple[] = {"?:", "?>", "?=", "?!", "?<=", "?<!"};
    struct pattern_reader *reader = &to->reader;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (pattern_skip(reader, simple[i])) {
            pattern_put(to, "(");
            pattern_put(to, simple[i]);
            to->folded = i == 0 ? to->folded : 0;
            to->around += i >= 2;
            if (put_rest(to) != 0)
                return FAILED;
            to->around -= i >= 2;
            to->atomic |= i == 1;
            return i >= 2 || (i == 0 && to->bare && !pattern_is_rust(to)) ? ANCHOR : GROUP;
        }
    bool named = pattern_skip(reader, "?<") || (pattern_is_rust(to) && pattern_skip(reader, "?P<"));
    bool quoted = !named && !pattern_is_rust(to) && pattern_skip(reader, "?'");
    if ((named && skip_name(to, '>') != 0) || (quoted && skip_name(to, '\'') != 0))
        return FAILED;
    if (!named && !quoted &&
        (pattern_next_is(reader, "?~") || pattern_next_is(reader, "?(") || pattern_next_is(reader, "?{") ||
         (pattern_next_is(reader, "*") && !pattern_is_rust(to)))) {
        char what[] = {'(', reader->source.ptr[reader->at], '\0', '\0'};
        what[2] = what[1] == '?' ? reader->source.ptr[reader->at + 1] : '\0';
        (void)pattern_refuse(reader, what);
        return FAILED;
    }
    if (!named && !quoted && pattern_skip(reader, "?"))
        return put_options(to);
    if (named || quoted || !to->captures) {
        pattern_put(to, "(?:");
        return put_rest(to) == 0 ? GROUP : FAILED;
    }
    pattern_put(to, "(");
    unsigned number = ++to->opened;
    if (put_rest(to) != 0)
        return FAILED;
    if (number <= REFERENCES_MOST)
        to->groups[number] = to->empty ? GROUP_EMPTY : GROUP_CLOSED;
    return GROUP;
}

/* ---- repeats ---- */

struct repeat {
    unsigned least, most; /* most: UNLIMITED */
    bool lazy, possessive;
};

enum { UNLIMITED = 0x7fffffff, REPEATS_MOST = 100000 };

static bool read_count(struct translation *to, size_t *at, unsigned *count)
{
    struct slice source = to->reader.source;
    size_t start = *at;
    for (*count = 0; *at < source.len && source.ptr[*at] >= '0' && source.ptr[*at] <= '9'; ++*at)
        *count = *count > REPEATS_MOST ? *count : *count * 10 + (unsigned)(source.ptr[*at] - '0');
    return *at > start;
}

/* {n}, {n,}, {n,m}, {,m}: true, and the reader is behind it; otherwise the brace is a character. */
static bool read_interval(struct translation *to, struct repeat *repeat)
{
    struct slice source = to->reader.source;
    size_t at = to->reader.at;
    if (at == source.len || source.ptr[at++] != '{')
        return false;
    bool low = read_count(to, &at, &repeat->least), comma = at < source.len && source.ptr[at] == ',';
    at += comma;
    bool high = comma && read_count(to, &at, &repeat->most);
    if (at == source.len || source.ptr[at] != '}' || (!low && !high))
        return false;
    repeat->most = high ? repeat->most : comma ? UNLIMITED : repeat->least;
    to->reader.at = at + 1;
    return true;
}

/* 1, 0 if there is no repeat operator, or -1. */
static int read_repeat(struct translation *to, struct repeat *repeat)
{
    struct pattern_reader *reader = &to->reader;
    *repeat = (struct repeat){.most = UNLIMITED};
    bool interval = read_interval(to, repeat), fixed = interval && repeat->least == repeat->most;
    if (!interval) {
        if (pattern_next_is(reader, "{") && pattern_is_rust(to))
            return pattern_refuse(reader, "a brace that is no repeat");
        repeat->least = pattern_next_is(reader, "+") ? 1 : 0;
        repeat->most = pattern_next_is(reader, "?") ? 1 : UNLIMITED;
        if (!pattern_skip(reader, "*") && !pattern_skip(reader, "+") && !pattern_skip(reader, "?"))
            return 0;
    }
    if (repeat->least > REPEATS_MOST || (repeat->most > REPEATS_MOST && repeat->most != UNLIMITED))
        return pattern_invalid(reader, "too large a number of repeats");
    if (repeat->least > repeat->most) {
        if (pattern_is_rust(to))
            return pattern_invalid(reader, "a repeat whose least is more than its most");
        *repeat = (struct repeat){repeat->most, repeat->least, false, true}; /* Oniguruma's possessive interval */
        return 1;
    }
    /* For Oniguruma ? after {n}, and + after an interval, is an operator of its own. */
    if (pattern_is_rust(to) || !fixed)
        repeat->lazy = pattern_skip(reader, "?");
    if (!repeat->lazy && (pattern_is_rust(to) || !interval))
        repeat->possessive = pattern_skip(reader, "+");
    return 1;
}

static void put_repeat(struct translation *to, const struct repeat *repeat)
{
    char text[48];
    if (repeat->most == UNLIMITED)
        (void)snprintf(text, sizeof text, "{%u,}", repeat->least);
    else
        (void)snprintf(text, sizeof text, "{%u,%u}", repeat->least, repeat->most);
    pattern_put(to, text);
    pattern_put(to, repeat->lazy ? "?" : repeat->possessive ? "+" : "");
}

/* Makes a group of what was written since `start`. */
static void enclose(struct translation *to, size_t start)
{
    static const char open[] = "(?:";
    const size_t len = sizeof open - 1;
    pattern_put(to, open);
    memmove(to->out.items + start + len, to->out.items + start, to->out.len - start - len);
    memcpy(to->out.items + start, open, len);
    pattern_put(to, ")");
}

/* Comments and, under EXTENDED, blanks. Between an atom and its repeat they do not part the two. */
static int skip_blanks(struct translation *to)
{
    struct slice source = to->reader.source;
    while (to->reader.at < source.len) {
        if (pattern_skip(&to->reader, "(?#")) {
            if (skip_comment(to) != 0)
                return -1;
            continue;
        }
        char c = source.ptr[to->reader.at];
        if (!(to->options & EXTENDED) || c == '\0' || strchr(" \t\n\r\f#", c) == NULL)
            break;
        const char *line = c == '#' ? memchr(source.ptr + to->reader.at, '\n', source.len - to->reader.at) : NULL;
        to->reader.at = c != '#' ? to->reader.at + 1 : line != NULL ? (size_t)(line + 1 - source.ptr) : source.len;
    }
    return 0;
}

static int put_repeats(struct translation *to, size_t start, enum atom atom)
{
    struct repeat repeat;
    int found;
    for (size_t count = 0; (found = read_repeat(to, &repeat)) > 0; count++) {
        if (atom == NOTHING)
            return pattern_refuse(&to->reader, "a repeat of nothing");
        bool plain = count == 0 && repeat.most == UNLIMITED && repeat.least <= 1 && !pattern_is_rust(to);
        if (atom == ANCHOR || (to->empty && repeat.most > 1 && !plain)) /* engines differ in when such a loop ends */
            return pattern_refuse(&to->reader, "a repeat of what can be empty");
        if (count > 0 && pattern_is_rust(to))
            return pattern_refuse(&to->reader, "a repeat of a repeat");
        if (count > 0)
            enclose(to, start);
        put_repeat(to, &repeat);
        to->atomic |= repeat.possessive && (atom == GROUP || count > 0);
        to->folded = 0;
        to->empty |= repeat.least == 0;
        if (skip_blanks(to) != 0)
            return -1;
    }
    return found;
}

/* ---- the whole ---- */

static enum atom put_dot(struct translation *to)
{
    to->folded = 0;
    pattern_put(to, to->options & DOT_ALL ? "(?s:.)" : "[^\\x{a}]");
    return ATOM;
}

/* ^ and $. */
static enum atom put_line_anchor(struct translation *to, bool start)
{
    to->folded = 0;
    if (!pattern_is_rust(to))
        pattern_put(to, start ? "(?m:^)" : "(?m:$)");
    else if (to->options & LINES)
        pattern_put(to, start ? "(?<![^\\x{a}])" : "(?![^\\x{a}])");
    else
        pattern_put(to, start ? "\\A" : "\\z");
    return ANCHOR;
}

static enum atom put_atom(struct translation *to)
{
    uint32_t c = pattern_take(&to->reader);
    to->empty = false;
    switch (c) {
    case '\\':
        return pattern_put_escape(to);
    case '(':
        return put_group(to);
    case '[':
        return pattern_put_class(to);
    case '.':
        return put_dot(to);
    case '^':
    case '$':
        return put_line_anchor(to, c == '^');
    default:
        return pattern_put_character(to, c);
    }
}

/* An atom with its repeats. *bare: it is an anchor. */
static int put_piece(struct translation *to, bool *bare)
{
    struct repeat repeat;
    size_t start = to->out.len, at = to->reader.at;
    int repeated = read_repeat(to, &repeat);
    if (repeated != 0)
        return repeated < 0 ? -1 : pattern_refuse(&to->reader, "a repeat of nothing");
    to->reader.at = at;
    enum atom atom = put_atom(to);
    *bare = atom == ANCHOR;
    to->empty |= atom == ANCHOR || atom == NOTHING;
    return atom == FAILED || skip_blanks(to) != 0 ? -1 : put_repeats(to, start, atom);
}

/* What is known of a group up to now. */
struct alternatives {
    size_t pieces; /* of the alternative at hand */
    bool anchor;   /* the last one of them is an anchor */
    bool empty;    /* all of them can be empty */
    bool any_empty, any_bare;
};

static void end_alternative(struct alternatives *group)
{
    group->any_empty |= group->empty;
    group->any_bare |= group->pieces == 1 && group->anchor;
    group->pieces = 0;
    group->empty = true;
}

/* Up to the end of the group, or of the expression. */
static int put_alternatives(struct translation *to)
{
    struct pattern_reader *reader = &to->reader;
    struct alternatives group = {.empty = true};
    for (;;) {
        if (skip_blanks(to) != 0)
            return -1;
        if (reader->at == reader->source.len || pattern_next_is(reader, ")"))
            break;
        if (pattern_skip(reader, "|")) {
            pattern_put(to, "|");
            to->folded = 0;
            end_alternative(&group);
            continue;
        }
        if (put_piece(to, &group.anchor) != 0)
            return -1;
        group.empty &= to->empty;
        group.pieces++;
    }
    end_alternative(&group);
    to->empty = group.any_empty;
    to->bare = group.any_bare;
    if (reader->at < reader->source.len && reader->depth == 0)
        return pattern_invalid(reader, "a closing parenthesis without its opening one");
    return 0;
}

/* Is there a backslash before a digit, and no group with a name, which makes the others ones without a number? */
static bool has_references(struct slice expression)
{
    bool found = false;
    for (size_t at = 0; at + 2 < expression.len; at++) {
        char next = expression.ptr[at + 1];
        if (expression.ptr[at] == '(' && next == '?' && strchr("<'", expression.ptr[at + 2]) != NULL &&
            (at + 3 == expression.len || strchr("=!", expression.ptr[at + 3]) == NULL))
            return false;
        if (expression.ptr[at] != '\\')
            continue;
        found |= next >= '1' && next <= '9';
        at++;
    }
    return found || (expression.len >= 2 && expression.ptr[expression.len - 2] == '\\');
}

static struct regex *translate(struct slice expression, enum pattern_syntax syntax)
{
    struct translation to = {.reader = {.source = expression, .syntax = syntax},
                             .captures = has_references(expression)};
    struct regex *pattern = NULL;
    if (!text_is_utf8(expression)) {
        (void)diag_error("an expression is not UTF-8");
        return NULL;
    }
    to.set = named_set_new();
    if (put_alternatives(&to) == 0)
        pattern = regex_translated(bytes_slice(&to.out), expression, to.atomic);
    uset_close(to.set);
    set_writer_free(&to.writer);
    vec_free(&to.out);
    return pattern;
}

struct regex *pattern_new(struct slice expression)
{
    return translate(expression, PATTERN_ONIGURUMA);
}

struct regex *pattern_new_rust(struct slice expression)
{
    return translate(expression, PATTERN_RUST);
}

int pattern_next(const struct regex *pattern, struct regex_work *work, struct slice text,
                 struct pattern_matches *matches, size_t *start, size_t *end)
{
    while (matches->from <= text.len) {
        int found = regex_find(pattern, work, text, matches->from, start, end);
        if (found <= 0)
            return found;
        if (*start == *end && matches->found && matches->end == *end) {
            size_t len = 1;
            if (matches->from < text.len)
                (void)text_decode(text.ptr + matches->from, &len);
            matches->from += len;
            continue;
        }
        *matches = (struct pattern_matches){*end, *end, true};
        return 1;
    }
    return 0;
}
