/* pattern.c - see pattern.h. */
#include "pattern.h"

#include "base/diag.h"
#include "base/vec.h"
#include "named_sets.h"
#include "pattern_class.h"
#include "set_writer.h"
#include "text/text.h"

#include <stdio.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

enum option {
    IGNORE_CASE = 1,
    DOT_ALL = 2,
    EXTENDED = 4, /* blanks and comments do not count */
    LINES = 8,    /* of Rust: ^ and $ are the ends of lines */
};

/* Of the groups that a back reference can refer to. */
enum { REFERENCES_MOST = 9 };
enum group { GROUP_OPEN, GROUP_CLOSED, GROUP_EMPTY /* closed, and can be empty */ };

struct translation {
    struct pattern_reader reader;
    struct bytes out;
    struct set_writer writer;
    USet *set; /* for the character at hand */
    unsigned options;
    uint32_t folded; /* the last character, if it was read under IGNORE_CASE and nothing came in between; or 0 */
    bool
        atomic; /* a group is not backtracked into: PCRE2 10.42's compiled code does so at times, its interpreter not */
    unsigned around; /* look-arounds around the place */
    bool captures;   /* there are back references */
    unsigned opened; /* capturing groups up to here */
    enum group groups[REFERENCES_MOST + 1];
    bool empty; /* the last atom, or group, can match nothing */
    bool bare;  /* one of the alternatives of the last group is an anchor and nothing else */
};

static void put(struct translation *to, const char *string)
{
    bytes_put(&to->out, slice_of(string));
}

static bool is_rust(const struct translation *to)
{
    return to->reader.syntax == PATTERN_RUST;
}

/* ---- one character ---- */

static int put_set(struct translation *to, const USet *set)
{
    set_write(&to->writer, set, &to->out);
    to->folded = 0;
    return 0;
}

/* Can the two, under (?i), be another case of one character, as ss is of U+00DF? True if in doubt. */
static bool may_fold_together(uint32_t first, uint32_t second)
{
    static const uint32_t seconds[] = {0x2be, 0x300, 0x301, 0x307, 0x308, 0x30a, 0x30c, 0x313,
                                       0x331, 0x342, 0x345, 0x399, 0x3b9, 0x552, 0x582, 0x535,
                                       0x565, 0x53b, 0x56b, 0x53d, 0x56d, 0x546, 0x576, 0x1fbe};
    for (size_t i = 0; first != 0 && i < sizeof seconds / sizeof *seconds; i++)
        if (second == seconds[i])
            return true;
    uint32_t a = first < 0x80 ? first | 0x20 : first == 0x17f ? 's' : first;
    uint32_t b = second < 0x80 ? second | 0x20 : second == 0x17f ? 's' : second;
    return (a == 's' && (b == 's' || b == 't')) || (a == 'f' && (b == 'f' || b == 'i' || b == 'l')) ||
           (a == 0x2bc && b == 'n');
}

static int put_character(struct translation *to, uint32_t point)
{
    uint32_t before = to->folded;
    char text[16];
    if (!(to->options & IGNORE_CASE)) {
        bool plain =
            point < 0x80 && ((point >= '0' && point <= '9') || ((point | 0x20) >= 'a' && (point | 0x20) <= 'z'));
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        (void)snprintf(text, sizeof text, plain ? "%c" : "\\x{%x}", point);
        to->folded = 0;
        put(to, surrogate ? "[^\\x{0}-\\x{10ffff}]" : text);
        return 0;
    }
    if (!is_rust(to) && (pattern_folds_to_many(point) || may_fold_together(before, point)))
        return pattern_refuse(&to->reader, "(?i) with letters that are one in another case");
    uset_clear(to->set);
    uset_add(to->set, (UChar32)point);
    named_set_ignore_case(to->set);
    (void)put_set(to, to->set);
    to->folded = point;
    return 0;
}

static int put_dot(struct translation *to)
{
    to->folded = 0;
    put(to, to->options & DOT_ALL ? "(?s:.)" : "[^\\x{a}]");
    return 0;
}

/* ---- escapes ---- */

/* What an atom is, for a repeat operator after it. */
enum atom { ATOM, GROUP, ANCHOR, NOTHING, FAILED };

static enum atom put_word_boundary(struct translation *to, bool negated)
{
    static const char *const form[2][5] = {{"(?:(?<=", ")(?!", ")|(?<!", ")(?=", "))"},
                                           {"(?:(?<=", ")(?=", ")|(?<!", ")(?!", "))"}};
    named_set_word(is_rust(to) ? WORD_RUST : WORD_ALONE, to->set);
    for (size_t i = 0; i < 5; i++) {
        put(to, form[negated][i]);
        if (i < 4)
            set_write(&to->writer, to->set, &to->out);
    }
    return ANCHOR;
}

static enum atom put_reference(struct translation *to, unsigned number)
{
    char text[16];
    struct slice source = to->reader.source;
    bool more = to->reader.at < source.len && source.ptr[to->reader.at] >= '0' && source.ptr[to->reader.at] <= '9';
    if (is_rust(to) || more || (to->options & IGNORE_CASE) || to->groups[number] == GROUP_OPEN) {
        (void)pattern_refuse(&to->reader, "such a back reference");
        return FAILED;
    }
    (void)snprintf(text, sizeof text, "\\g{%u}", number);
    put(to, text);
    to->empty = to->groups[number] == GROUP_EMPTY;
    return ATOM;
}

/* An escape that is neither a character nor a set. */
static enum atom put_letter(struct translation *to, uint32_t letter)
{
    to->folded = 0;
    if (letter >= '1' && letter <= '9')
        return put_reference(to, letter - '0');
    switch (letter) {
    case 'b':
    case 'B':
        return put_word_boundary(to, letter == 'B');
    case 'A':
    case 'z':
        put(to, letter == 'A' ? "\\A" : "\\z");
        return ANCHOR;
    default:
        break;
    }
    if (is_rust(to)) {
        (void)pattern_refuse(&to->reader, (char[]){'\\', (char)letter, '\0'});
        return FAILED;
    }
    switch (letter) {
    case 'Z':
        put(to, "\\Z");
        return ANCHOR;
    case 'R':
        put(to, "(?>\\x{d}\\x{a}|[\\x{a}-\\x{d}\\x{85}\\x{2028}\\x{2029}])");
        return ATOM;
    case 'N':
    case 'O':
        put(to, letter == 'O' ? "(?s:.)" : "[^\\x{a}]");
        return ATOM;
    case 'G':
        put(to, "\\G");
        return ANCHOR;
    case 'K': /* what is found starts here; PCRE2 has other rules for it in a look-around */
        if (to->around > 0)
            break;
        put(to, "\\K");
        return ANCHOR;
    case 'X':
    case 'Y':
    case 'g':
    case 'k':
    case 'y':
        break;
    default: /* the letter itself */
        return put_character(to, letter) == 0 ? ATOM : FAILED;
    }
    (void)pattern_refuse(&to->reader, (char[]){'\\', (char)letter, '\0'});
    return FAILED;
}

static enum atom put_escape(struct translation *to)
{
    struct pattern_escape escape;
    if (pattern_read_escape(&to->reader, false, &escape, to->set) != 0)
        return FAILED;
    if (escape.kind == ESCAPE_LETTER)
        return put_letter(to, escape.point);
    if (escape.kind == ESCAPE_CHARACTER)
        return put_character(to, escape.point) == 0 ? ATOM : FAILED;
    if (is_rust(to) && to->options & IGNORE_CASE)
        named_set_ignore_case(to->set);
    return put_set(to, to->set) == 0 ? ATOM : FAILED;
}

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
        unsigned option = c == 'i'                   ? IGNORE_CASE
                          : c == 'x' && !is_rust(to) ? EXTENDED
                          : c == 'm'                 ? is_rust(to) ? LINES : DOT_ALL
                          : c == 's' && is_rust(to)  ? DOT_ALL
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
    put(to, ")");
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
        put(to, "(?:");
        to->options = options;
        bool done = put_rest(to) == 0;
        to->options = kept;
        return done ? GROUP : FAILED;
    }
    to->options = options;
    if (is_rust(to) && to->out.len > 0) {
        (void)pattern_refuse(&to->reader, "options that are not at its start");
        return FAILED;
    }
    if (is_rust(to))
        return NOTHING;
    put(to, "(?:");
    if (to->reader.depth == PATTERN_NESTING || (to->reader.depth++, put_alternatives(to)) != 0)
        return FAILED;
    to->reader.depth--;
    to->options = kept;
    put(to, ")");
    return ATOM;
}

/* Behind the opening parenthesis. */
static enum atom put_group(struct translation *to)
{
    static const char *const simple[] = {"?:", "?>", "?=", "?!", "?<=", "?<!"};
    struct pattern_reader *reader = &to->reader;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (pattern_skip(reader, simple[i])) {
            put(to, "(");
            put(to, simple[i]);
            to->folded = i == 0 ? to->folded : 0;
            to->around += i >= 2;
            if (put_rest(to) != 0)
                return FAILED;
            to->around -= i >= 2;
            to->atomic |= i == 1;
            return i >= 2 || (i == 0 && to->bare && !is_rust(to)) ? ANCHOR : GROUP;
        }
    bool named = pattern_skip(reader, "?<") || (is_rust(to) && pattern_skip(reader, "?P<"));
    bool quoted = !named && !is_rust(to) && pattern_skip(reader, "?'");
    if ((named && skip_name(to, '>') != 0) || (quoted && skip_name(to, '\'') != 0))
        return FAILED;
    if (!named && !quoted &&
        (pattern_next_is(reader, "?~") || pattern_next_is(reader, "?(") || pattern_next_is(reader, "?{") ||
         (pattern_next_is(reader, "*") && !is_rust(to)))) {
        char what[] = {'(', reader->source.ptr[reader->at], '\0', '\0'};
        what[2] = what[1] == '?' ? reader->source.ptr[reader->at + 1] : '\0';
        (void)pattern_refuse(reader, what);
        return FAILED;
    }
    if (!named && !quoted && pattern_skip(reader, "?"))
        return put_options(to);
    if (named || quoted || !to->captures) {
        put(to, "(?:");
        return put_rest(to) == 0 ? GROUP : FAILED;
    }
    put(to, "(");
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
        if (pattern_next_is(reader, "{") && is_rust(to))
            return pattern_refuse(reader, "a brace that is no repeat");
        repeat->least = pattern_next_is(reader, "+") ? 1 : 0;
        repeat->most = pattern_next_is(reader, "?") ? 1 : UNLIMITED;
        if (!pattern_skip(reader, "*") && !pattern_skip(reader, "+") && !pattern_skip(reader, "?"))
            return 0;
    }
    if (repeat->least > REPEATS_MOST || (repeat->most > REPEATS_MOST && repeat->most != UNLIMITED))
        return pattern_invalid(reader, "too large a number of repeats");
    if (repeat->least > repeat->most) {
        if (is_rust(to))
            return pattern_invalid(reader, "a repeat whose least is more than its most");
        *repeat = (struct repeat){repeat->most, repeat->least, false, true}; /* Oniguruma's possessive interval */
        return 1;
    }
    /* For Oniguruma ? after {n}, and + after an interval, is an operator of its own. */
    if (is_rust(to) || !fixed)
        repeat->lazy = pattern_skip(reader, "?");
    if (!repeat->lazy && (is_rust(to) || !interval))
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
    put(to, text);
    put(to, repeat->lazy ? "?" : repeat->possessive ? "+" : "");
}

/* Makes a group of what was written since `start`. */
static void enclose(struct translation *to, size_t start)
{
    static const char open[] = "(?:";
    const size_t len = sizeof open - 1;
    put(to, open);
    memmove(to->out.items + start + len, to->out.items + start, to->out.len - start - len);
    memcpy(to->out.items + start, open, len);
    put(to, ")");
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
        bool plain = count == 0 && repeat.most == UNLIMITED && repeat.least <= 1 && !is_rust(to);
        if (atom == ANCHOR || (to->empty && repeat.most > 1 && !plain)) /* engines differ in when such a loop ends */
            return pattern_refuse(&to->reader, "a repeat of what can be empty");
        if (count > 0 && is_rust(to))
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

/* ^ and $. */
static enum atom put_line_anchor(struct translation *to, bool start)
{
    to->folded = 0;
    if (!is_rust(to))
        put(to, start ? "(?m:^)" : "(?m:$)");
    else if (to->options & LINES)
        put(to, start ? "(?<![^\\x{a}])" : "(?![^\\x{a}])");
    else
        put(to, start ? "\\A" : "\\z");
    return ANCHOR;
}

/* A character that is two or three in another case: these, each in any case. */
static void put_folded(struct translation *to, UChar32 point, int32_t length)
{
    UChar one[2], many[8];
    int32_t len = 0;
    UErrorCode error = U_ZERO_ERROR;
    U16_APPEND_UNSAFE(one, len, point);
    if (u_strFoldCase(many, 8, one, len, U_FOLD_CASE_DEFAULT, &error) != length || U_FAILURE(error))
        return;
    put(to, "|");
    for (int32_t i = 0; i < length; i++) {
        uset_clear(to->set);
        uset_add(to->set, many[i]);
        named_set_ignore_case(to->set);
        set_write(&to->writer, to->set, &to->out);
    }
}

/* Under (?i), Oniguruma's class also matches what its characters are in another case if that is more than one. */
static enum atom put_class(struct translation *to)
{
    bool ignore_case = (to->options & IGNORE_CASE) != 0, folds = false;
    bool wanted = ignore_case && !is_rust(to) && !pattern_next_is(&to->reader, "^");
    uset_clear(to->set);
    if (pattern_read_class(&to->reader, ignore_case, to->set) != 0)
        return FAILED;
    for (UChar32 c = PATTERN_MANY_FIRST; wanted && !folds && c <= PATTERN_MANY_LAST; c++)
        folds = pattern_folds_to_many((uint32_t)c) && uset_contains(to->set, c);
    if (!folds)
        return put_set(to, to->set) == 0 ? ATOM : FAILED;
    USet *class = uset_cloneAsThawed(to->set);
    put(to, "(?:");
    (void)put_set(to, class);
    for (int32_t length = 2; length <= 3; length++)
        for (UChar32 c = PATTERN_MANY_FIRST; c <= PATTERN_MANY_LAST; c++)
            if (pattern_folds_to_many((uint32_t)c) && uset_contains(class, c))
                put_folded(to, c, length);
    put(to, ")");
    uset_close(class);
    return GROUP;
}

static enum atom put_atom(struct translation *to)
{
    uint32_t c = pattern_take(&to->reader);
    to->empty = false;
    switch (c) {
    case '\\':
        return put_escape(to);
    case '(':
        return put_group(to);
    case '[':
        return put_class(to);
    case '.':
        return put_dot(to) == 0 ? ATOM : FAILED;
    case '^':
    case '$':
        return put_line_anchor(to, c == '^');
    default:
        return put_character(to, c) == 0 ? ATOM : FAILED;
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
            put(to, "|");
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
