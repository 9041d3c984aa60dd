/* pattern_class.c - see pattern_class.h. */
#include "pattern_class.h"

#include "base/diag.h"
#include "named_sets.h"
#include "text/text.h"

#include <unicode/uchar.h>

int pattern_refuse(const struct pattern_reader *reader, const char *what)
{
    return diag_error("the expression \"%.*s\" uses %s, which is not supported", (int)reader->source.len,
                      reader->source.ptr, what);
}

int pattern_invalid(const struct pattern_reader *reader, const char *why)
{
    return diag_error("the expression \"%.*s\" is not valid at byte %zu: %s", (int)reader->source.len,
                      reader->source.ptr, reader->at + 1, why);
}

static struct slice rest_of(const struct pattern_reader *reader)
{
    return (struct slice){reader->source.ptr + reader->at, reader->source.len - reader->at};
}

bool pattern_next_is(const struct pattern_reader *reader, const char *string)
{
    return slice_starts(rest_of(reader), slice_of(string));
}

bool pattern_skip(struct pattern_reader *reader, const char *string)
{
    bool found = pattern_next_is(reader, string);
    reader->at += found ? strlen(string) : 0;
    return found;
}

uint32_t pattern_take(struct pattern_reader *reader)
{
    size_t len;
    uint32_t point = text_decode(reader->source.ptr + reader->at, &len);
    reader->at += len;
    return point;
}

/* ---- escapes ---- */

/* Digits of a base that is a power of two, `least` to `most` of them. False if there are fewer, or the number is no
 * code point. */
static bool read_digits(struct pattern_reader *reader, unsigned bits, size_t least, size_t most, uint32_t *number)
{
    size_t count = 0;
    *number = 0;
    for (; count < most && reader->at < reader->source.len; count++, reader->at++) {
        char c = reader->source.ptr[reader->at];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit >> bits != 0)
            break;
        *number = *number << bits | digit;
    }
    return count >= least && *number <= 0x10ffff;
}

/* \x, \u and \U: a number in braces, or of a fixed length. */
static int read_number(struct pattern_reader *reader, uint32_t letter, uint32_t *point)
{
    bool rust = reader->syntax == PATTERN_RUST, braces = (letter == 'x' || rust) && pattern_skip(reader, "{");
    size_t digits = braces ? 6 : letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
    size_t least = braces || (letter == 'x' && !rust) ? 1 : digits;
    if (!read_digits(reader, 4, least, digits, point) || (braces && !pattern_skip(reader, "}")))
        return pattern_refuse(reader,
                              braces ? "a number in braces that is not one code point" : "an incomplete number");
    if (letter == 'x' && !braces && *point >= 0x80 && !rust)
        return pattern_refuse(reader, "\\x with a byte beyond ASCII (write \\x{...})");
    return 0;
}

static int read_property(struct pattern_reader *reader, bool negated, enum named_word word, USet *set)
{
    struct slice rest = rest_of(reader), name;
    if (pattern_skip(reader, "{")) {
        const char *close = memchr(rest.ptr, '}', rest.len);
        if (close == NULL)
            return pattern_invalid(reader, "a property without its closing brace");
        name = slice_between(rest.ptr + 1, close);
        reader->at += name.len + 1;
    } else {
        name = (struct slice){rest.ptr, rest.len > 0 ? 1 : 0};
        reader->at += name.len;
    }
    struct slice whole = name;
    if (slice_starts(name, SLICE("^"))) {
        negated = !negated;
        name = slice_between(name.ptr + 1, name.ptr + name.len);
    }
    static const char *const prefixes[] = {
        "sc=", "script=", "Script=", "gc=", "general_category=", "General_Category="};
    for (size_t i = 0; reader->syntax == PATTERN_RUST && i < sizeof prefixes / sizeof *prefixes; i++)
        if (slice_starts(name, slice_of(prefixes[i])))
            name = slice_between(name.ptr + strlen(prefixes[i]), name.ptr + name.len);
    bool block = reader->syntax == PATTERN_ONIGURUMA && name.len > 2 && (name.ptr[0] | 0x20) == 'i' &&
                 (name.ptr[1] | 0x20) == 'n';
    if (!named_set_property(name, word, set) &&
        !(block && named_set_block(slice_between(name.ptr + 2, name.ptr + name.len), set)))
        return diag_error("the expression \"%.*s\" uses \\p{%.*s}, which is not supported", (int)reader->source.len,
                          reader->source.ptr, (int)whole.len, whole.ptr);
    if (negated)
        uset_complement(set);
    return 0;
}

/* \d, \s, \w, \h and \p, or the complement of one. 1 if it is one of these, 0, or -1. */
static int read_set(struct pattern_reader *reader, uint32_t letter, bool in_class, USet *set)
{
    bool rust = reader->syntax == PATTERN_RUST;
    enum named_word word = rust ? WORD_RUST : in_class ? WORD_CLASS : WORD_ALONE;
    switch (letter | 0x20) {
    case 'd':
        named_set_category(U_GC_ND_MASK, set);
        break;
    case 's':
        named_set_space(set);
        break;
    case 'w':
        named_set_word(word, set);
        break;
    case 'h':
        named_set_hexadecimal(set);
        break;
    case 'p':
        if (!rust && !pattern_next_is(reader, "{"))
            return 0; /* the letter itself */
        return read_property(reader, letter == 'P', word, set) == 0 ? 1 : -1;
    default:
        return 0;
    }
    if (letter < 'a')
        uset_complement(set);
    return 1;
}

/* The control character of a letter; 0 if there is none. */
static uint32_t control_of(uint32_t letter, bool in_class)
{
    static const char letters[] = "tnrfaevb", controls[] = "\t\n\r\f\a\033\v\b";
    const char *found = letter < 0x80 && letter != 0 ? strchr(letters, (int)letter) : NULL;
    if (found == NULL || (*found == 'b' && !in_class))
        return 0;
    return (uint32_t)controls[found - letters];
}

int pattern_read_escape(struct pattern_reader *reader, bool in_class, struct pattern_escape *escape, USet *set)
{
    if (reader->at == reader->source.len)
        return pattern_invalid(reader, "a backslash at its end");
    const bool rust = reader->syntax == PATTERN_RUST;
    uint32_t letter = pattern_take(reader), control = control_of(letter, in_class && !rust);
    *escape = (struct pattern_escape){ESCAPE_CHARACTER, letter};
    int found = (letter | 0x20) < 0x80 ? read_set(reader, letter, in_class, set) : 0;
    if (found != 0) {
        escape->kind = ESCAPE_SET;
        return found > 0 ? 0 : -1;
    }
    if (control != 0) {
        escape->point = control;
        return 0;
    }
    if (letter == 'x' || letter == 'u' || (letter == 'U' && rust))
        return read_number(reader, letter, &escape->point);
    if (letter == '0' && !rust) {
        (void)read_digits(reader, 3, 0, 2, &escape->point);
        return escape->point < 0x80 ? 0 : pattern_refuse(reader, "an octal number beyond ASCII");
    }
    bool alphanumeric = letter < 0x80 && (u_isalpha((UChar32)letter) || u_isdigit((UChar32)letter));
    if (!alphanumeric)
        return 0;
    bool octal = in_class && letter <= '9';
    if (octal || strchr("cCMo", (int)letter) != NULL || (rust && in_class))
        return pattern_refuse(reader, octal ? "an octal number" : (char[]){'\\', (char)letter, '\0'});
    escape->kind = in_class ? ESCAPE_CHARACTER : ESCAPE_LETTER;
    return 0;
}

/* ---- case ---- */

bool pattern_folds_to_many(uint32_t point)
{
    /* Status F of CaseFolding.txt. */
    static const uint32_t many[][2] = {
        {0xdf, 0xdf},     {0x130, 0x130},   {0x149, 0x149},   {0x1f0, 0x1f0},   {0x390, 0x390},   {0x3b0, 0x3b0},
        {0x587, 0x587},   {0x1e96, 0x1e9a}, {0x1e9e, 0x1e9e}, {0x1f50, 0x1f50}, {0x1f52, 0x1f52}, {0x1f54, 0x1f54},
        {0x1f56, 0x1f56}, {0x1f80, 0x1faf}, {0x1fb2, 0x1fb4}, {0x1fb6, 0x1fb7}, {0x1fbc, 0x1fbc}, {0x1fc2, 0x1fc4},
        {0x1fc6, 0x1fc7}, {0x1fcc, 0x1fcc}, {0x1fd2, 0x1fd3}, {0x1fd6, 0x1fd7}, {0x1fe2, 0x1fe4}, {0x1fe6, 0x1fe7},
        {0x1ff2, 0x1ff4}, {0x1ff6, 0x1ff7}, {0x1ffc, 0x1ffc}, {0xfb00, 0xfb06}, {0xfb13, 0xfb17},
    };
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        if (point >= many[i][0] && point <= many[i][1])
            return true;
    return false;
}

/* ---- classes ---- */

enum { POINTS_LAST = 0x10ffff };

/* What comes before the place in a class. */
enum class_state {
    CLASS_START,    /* nothing: at the start, or after && */
    CLASS_VALUE,    /* a character, which may start a range */
    CLASS_SET,      /* \d and the like */
    CLASS_RANGE,    /* a character and - */
    CLASS_COMPLETE, /* a range, or a class */
};

struct class_reader {
    struct pattern_reader *reader;
    USet *now, *all; /* the union since the last operator; what is before it */
    USet *scratch;
    enum class_state state;
    uint32_t value; /* in CLASS_VALUE, CLASS_RANGE */
    char op;        /* & - ~, or 0 */
};

static void flush(struct class_reader *class)
{
    if (class->state == CLASS_VALUE)
        uset_add(class->now, (UChar32) class->value);
}

static int add_value(struct class_reader *class, uint32_t value)
{
    if (class->state == CLASS_RANGE) {
        if (class->value > value)
            return pattern_invalid(class->reader, "a range that runs backwards");
        uset_addRange(class->now, (UChar32) class->value, (UChar32)value);
        class->state = CLASS_COMPLETE;
        return 0;
    }
    flush(class);
    class->state = CLASS_VALUE;
    class->value = value;
    return 0;
}

static int add_set(struct class_reader *class, const USet *set, enum class_state next)
{
    if (class->state == CLASS_RANGE)
        return pattern_invalid(class->reader, "a range that ends with a set");
    flush(class);
    uset_addAll(class->now, set);
    class->state = next;
    return 0;
}

/* Combines what is before the operator with what is after it. */
static void operate(struct class_reader *class)
{
    flush(class);
    class->state = CLASS_START;
    switch (class->op) {
    case '&':
        uset_retainAll(class->all, class->now);
        break;
    case '-':
        uset_removeAll(class->all, class->now);
        break;
    case '~': /* the symmetric difference */
        uset_clear(class->scratch);
        uset_addAll(class->scratch, class->now);
        uset_removeAll(class->scratch, class->all);
        uset_removeAll(class->all, class->now);
        uset_addAll(class->all, class->scratch);
        break;
    default:
        uset_addAll(class->all, class->now);
        break;
    }
    uset_clear(class->now);
}

/* A hyphen that is a range, or itself. */
static int read_hyphen(struct class_reader *class)
{
    struct pattern_reader *reader = class->reader;
    bool last = pattern_next_is(reader, "]") || pattern_next_is(reader, "&&");
    if (class->state == CLASS_SET && !last)
        return pattern_invalid(reader, "a range that starts with a set");
    if (class->state == CLASS_VALUE && !last) {
        class->state = CLASS_RANGE;
        return 0;
    }
    return add_value(class, '-');
}

/* [:name:], behind its opening bracket: 1, 0 if it is not one, or -1. */
static int read_posix(struct class_reader *class)
{
    struct pattern_reader *reader = class->reader;
    struct slice rest = rest_of(reader);
    const char *close = memmem(rest.ptr, rest.len, ":]", 2), *bracket = memchr(rest.ptr, ']', rest.len);
    if (!pattern_next_is(reader, ":") || close == NULL || bracket != close + 1)
        return 0;
    struct slice name = slice_between(rest.ptr + 1, close);
    bool negated = slice_starts(name, SLICE("^"));
    if (negated)
        name = slice_between(name.ptr + 1, name.ptr + name.len);
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] | 0x20) < 'a' || (name.ptr[i] | 0x20) > 'z')
            return 0; /* a class that starts with a colon */
    if (!named_set_posix(name, reader->syntax == PATTERN_RUST, class->scratch))
        return pattern_invalid(reader, "an unknown name between [: and :]");
    if (negated)
        uset_complement(class->scratch);
    reader->at += (size_t)(close + 2 - rest.ptr);
    return add_set(class, class->scratch, CLASS_SET) == 0 ? 1 : -1;
}

static int read_nested(struct class_reader *class, bool ignore_case)
{
    struct pattern_reader *reader = class->reader;
    int posix = read_posix(class);
    if (posix != 0)
        return posix > 0 ? 0 : -1;
    if (class->state == CLASS_RANGE)
        return pattern_refuse(reader, "a range that ends with a class");
    if (reader->depth == PATTERN_NESTING)
        return pattern_refuse(reader, "classes nested so deeply");
    reader->depth++;
    USet *nested = named_set_new();
    /* Rust ignores case in every class, Oniguruma in the outermost, which has the characters of the others. */
    int status = pattern_read_class(reader, ignore_case && reader->syntax == PATTERN_RUST, nested);
    reader->depth--;
    if (status == 0)
        status = add_set(class, nested, CLASS_COMPLETE);
    uset_close(nested);
    return status;
}

static int read_operator(struct class_reader *class)
{
    static const char *const operators[] = {"&&", "--", "~~"};
    struct pattern_reader *reader = class->reader;
    for (size_t i = 0; i < (reader->syntax == PATTERN_RUST ? 3 : 1); i++)
        if (!(class->state == CLASS_START && i == 1) && pattern_skip(reader, operators[i])) {
            operate(class);
            class->op = operators[i][0];
            return 1;
        }
    return 0;
}

static int read_member(struct class_reader *class, bool ignore_case)
{
    struct pattern_reader *reader = class->reader;
    if (read_operator(class))
        return 0;
    uint32_t c = pattern_take(reader);
    if (c == '[')
        return read_nested(class, ignore_case);
    if (c == '-')
        return read_hyphen(class);
    if (c != '\\')
        return add_value(class, c);
    struct pattern_escape escape = {0};
    if (pattern_read_escape(reader, true, &escape, class->scratch) != 0)
        return -1;
    return escape.kind == ESCAPE_SET ? add_set(class, class->scratch, CLASS_SET) : add_value(class, escape.point);
}

static int read_members(struct class_reader *class, bool ignore_case)
{
    struct pattern_reader *reader = class->reader;
    if (pattern_next_is(reader, "]")) { /* itself, if it comes first */
        reader->at++;
        if (memchr(reader->source.ptr + reader->at, ']', reader->source.len - reader->at) == NULL)
            return pattern_invalid(reader, "an empty class");
        if (add_value(class, ']') != 0)
            return -1;
    }
    for (;;) {
        if (reader->at == reader->source.len)
            return pattern_invalid(reader, "a class without its closing bracket");
        if (pattern_skip(reader, "]"))
            break;
        if (read_member(class, ignore_case) != 0)
            return -1;
    }
    operate(class);
    return 0;
}

int pattern_read_class(struct pattern_reader *reader, bool ignore_case, USet *set)
{
    struct class_reader class = {reader, named_set_new(), named_set_new(), named_set_new(), CLASS_START, 0, 0};
    bool negated = pattern_skip(reader, "^");
    int status = read_members(&class, ignore_case);
    if (status == 0 && ignore_case)
        named_set_ignore_case(class.all);
    if (status == 0 && negated)
        uset_complement(class.all);
    if (status == 0)
        uset_addAll(set, class.all);
    uset_close(class.now);
    uset_close(class.all);
    uset_close(class.scratch);
    return status;
}
