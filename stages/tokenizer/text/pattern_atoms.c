/* pattern_atoms.c - see pattern_atoms.h. */
#include "pattern_atoms.h"

#include "named_sets.h"

#include <stdio.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

void pattern_put(struct translation *to, const char *string)
{
    bytes_put(&to->out, slice_of(string));
}

bool pattern_is_rust(const struct translation *to)
{
    return to->reader.syntax == PATTERN_RUST;
}

/* ---- one character ---- */

static void put_set(struct translation *to, const USet *set)
{
    set_write(&to->writer, set, &to->out);
    to->folded = 0;
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

enum atom pattern_put_character(struct translation *to, uint32_t point)
{
    uint32_t before = to->folded;
    char text[16];
    if (!(to->options & IGNORE_CASE)) {
        bool plain =
            point < 0x80 && ((point >= '0' && point <= '9') || ((point | 0x20) >= 'a' && (point | 0x20) <= 'z'));
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        (void)snprintf(text, sizeof text, plain ? "%c" : "\\x{%x}", point);
        to->folded = 0;
        pattern_put(to, surrogate ? "[^\\x{0}-\\x{10ffff}]" : text);
        return ATOM;
    }
    if (!pattern_is_rust(to) && (pattern_folds_to_many(point) || may_fold_together(before, point))) {
        (void)pattern_refuse(&to->reader, "(?i) with letters that are one in another case");
        return FAILED;
    }
    uset_clear(to->set);
    uset_add(to->set, (UChar32)point);
    named_set_ignore_case(to->set);
    put_set(to, to->set);
    to->folded = point;
    return ATOM;
}

/* ---- escapes ---- */

static enum atom put_word_boundary(struct translation *to, bool negated)
{
    static const char *const form[2][5] = {{"(?:(?<=", ")(?!", ")|(?<!", ")(?=", "))"},
                                           {"(?:(?<=", ")(?=", ")|(?<!", ")(?!", "))"}};
    named_set_word(pattern_is_rust(to) ? WORD_RUST : WORD_ALONE, to->set);
    for (size_t i = 0; i < 5; i++) {
        pattern_put(to, form[negated][i]);
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
    if (pattern_is_rust(to) || more || (to->options & IGNORE_CASE) || to->groups[number] == GROUP_OPEN) {
        (void)pattern_refuse(&to->reader, "such a back reference");
        return FAILED;
    }
    (void)snprintf(text, sizeof text, "\\g{%u}", number);
    pattern_put(to, text);
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
        pattern_put(to, letter == 'A' ? "\\A" : "\\z");
        return ANCHOR;
    default:
        break;
    }
    if (pattern_is_rust(to)) {
        (void)pattern_refuse(&to->reader, (char[]){'\\', (char)letter, '\0'});
        return FAILED;
    }
    switch (letter) {
    case 'Z':
        pattern_put(to, "\\Z");
        return ANCHOR;
    case 'R':
        pattern_put(to, "(?>\\x{d}\\x{a}|[\\x{a}-\\x{d}\\x{85}\\x{2028}\\x{2029}])");
        return ATOM;
    case 'N':
    case 'O':
        pattern_put(to, letter == 'O' ? "(?s:.)" : "[^\\x{a}]");
        return ATOM;
    case 'G':
        pattern_put(to, "\\G");
        return ANCHOR;
    case 'K': /* what is found starts here; PCRE2 has other rules for it in a look-around */
        if (to->around > 0)
            break;
        pattern_put(to, "\\K");
        return ANCHOR;
    case 'X':
    case 'Y':
    case 'g':
    case 'k':
    case 'y':
        break;
    default: /* the letter itself */
        return pattern_put_character(to, letter);
    }
    (void)pattern_refuse(&to->reader, (char[]){'\\', (char)letter, '\0'});
    return FAILED;
}

enum atom pattern_put_escape(struct translation *to)
{
    struct pattern_escape escape = {0};
    if (pattern_read_escape(&to->reader, false, &escape, to->set) != 0)
        return FAILED;
    if (escape.kind == ESCAPE_LETTER)
        return put_letter(to, escape.point);
    if (escape.kind == ESCAPE_CHARACTER)
        return pattern_put_character(to, escape.point);
    if (pattern_is_rust(to) && to->options & IGNORE_CASE)
        named_set_ignore_case(to->set);
    put_set(to, to->set);
    return ATOM;
}

/* ---- classes ---- */

/* A character that is two or three in another case: these, each in any case. */
static void put_folded(struct translation *to, UChar32 point, int32_t length)
{
    UChar one[2], many[8];
    int32_t len = 0;
    UErrorCode error = U_ZERO_ERROR;
    U16_APPEND_UNSAFE(one, len, point);
    if (u_strFoldCase(many, 8, one, len, U_FOLD_CASE_DEFAULT, &error) != length || U_FAILURE(error))
        return;
    pattern_put(to, "|");
    for (int32_t i = 0; i < length; i++) {
        uset_clear(to->set);
        uset_add(to->set, many[i]);
        named_set_ignore_case(to->set);
        set_write(&to->writer, to->set, &to->out);
    }
}

/* Under (?i), Oniguruma's class also matches what its characters are in another case if that is more than one. */
enum atom pattern_put_class(struct translation *to)
{
    bool ignore_case = (to->options & IGNORE_CASE) != 0, folds = false;
    bool wanted = ignore_case && !pattern_is_rust(to) && !pattern_next_is(&to->reader, "^");
    uset_clear(to->set);
    if (pattern_read_class(&to->reader, ignore_case, to->set) != 0)
        return FAILED;
    for (UChar32 c = PATTERN_MANY_FIRST; wanted && !folds && c <= PATTERN_MANY_LAST; c++)
        folds = pattern_folds_to_many((uint32_t)c) && uset_contains(to->set, c);
    if (!folds) {
        put_set(to, to->set);
        return ATOM;
    }
    USet *class = uset_cloneAsThawed(to->set);
    pattern_put(to, "(?:");
    put_set(to, class);
    for (int32_t length = 2; length <= 3; length++)
        for (UChar32 c = PATTERN_MANY_FIRST; c <= PATTERN_MANY_LAST; c++)
            if (pattern_folds_to_many((uint32_t)c) && uset_contains(class, c))
                put_folded(to, c, length);
    pattern_put(to, ")");
    uset_close(class);
    return GROUP;
}
