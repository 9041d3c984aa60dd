/* lexicon_plain.c - lexicons as plain text: see lexicon.h. */
#include "text/lexicon_build.h"

#include "base/diag.h"
#include "text/text.h"

struct slice lexicon_tidy(char *bytes, size_t len)
{
    const char *at = bytes, *end = bytes + len;
    char *to = bytes;
    bool space = false;
    for (size_t size; at < end; at += size) {
        if (text_is_space(text_decode(at, &size))) {
            space = true;
            continue;
        }
        if (space && to > bytes)
            *to++ = ' ';
        space = false;
        memmove(to, at, size);
        to += size;
    }
    return slice_between(bytes, to);
}

struct plain {
    struct lexicon_build *build;
    enum lexicon_use use;
    const char *name;
    size_t number; /* of the line */
    struct lexicon_lines *lines;
};

/* The next column of what is left of a line; *at is NULL after the last. */
static struct slice next_column(char **at, const char *end)
{
    char *start = *at, *tab = memchr(start, '\t', (size_t)(end - start));
    *at = tab != NULL ? tab + 1 : NULL;
    return lexicon_tidy(start, (size_t)((tab != NULL ? tab : end) - start));
}

/* The number of the entry, LEXICON_NONE with the message. */
static uint32_t add_entry(struct plain *plain, struct slice text)
{
    size_t before = lexicon_build_count(plain->build);
    uint32_t entry = lexicon_build_entry(plain->build, text);
    if (entry == LEXICON_NONE)
        (void)diag_within("%s:%zu: %s", plain->name, plain->number, diag_message());
    else if (plain->lines != NULL && lexicon_build_count(plain->build) > before)
        vec_push(plain->lines, (uint32_t)plain->number);
    return entry;
}

static int add_label(struct plain *plain, struct slice text, char *rest, const char *end)
{
    size_t before = lexicon_build_count(plain->build);
    uint32_t entry = add_entry(plain, text);
    if (entry == LEXICON_NONE)
        return -1;
    if (rest == NULL)
        return 0;
    struct slice label = next_column(&rest, end);
    if (rest != NULL)
        return diag_error("%s:%zu: expected an entry and a label, found a third column", plain->name, plain->number);
    if (lexicon_build_count(plain->build) > before)
        lexicon_build_label(plain->build, entry, label);
    return 0;
}

/* All synonyms of a word are one sense, however many lines they are on: none of the lines is more usual. */
static int add_synonyms(struct plain *plain, struct slice text, char *rest, const char *end)
{
    uint32_t entry = add_entry(plain, text);
    if (entry == LEXICON_NONE)
        return -1;
    entry = lexicon_build_keyed(plain->build, entry);
    while (rest != NULL) {
        struct slice word = next_column(&rest, end);
        uint32_t group = lexicon_build_last_group(plain->build, entry);
        if (word.len == 0)
            continue;
        if (group == LEXICON_NONE) {
            group = lexicon_build_group(plain->build, SLICE(""));
            lexicon_build_sense(plain->build, entry, group);
        }
        if (lexicon_build_member(plain->build, group, word) < 0)
            return diag_within("%s:%zu: %s", plain->name, plain->number, diag_message());
    }
    return 0;
}

static int add_group(struct plain *plain, struct slice text, char *rest, const char *end)
{
    uint32_t group = lexicon_build_group(plain->build, SLICE(""));
    for (;;) {
        uint32_t entry = text.len > 0 ? add_entry(plain, text) : LEXICON_NONE;
        if (text.len > 0 && (entry == LEXICON_NONE || lexicon_build_member(plain->build, group, text) < 0))
            return -1;
        if (text.len > 0)
            lexicon_build_sense(plain->build, lexicon_build_keyed(plain->build, entry), group);
        if (rest == NULL)
            return 0;
        text = next_column(&rest, end);
    }
}

static int read_line(struct plain *plain, char *line, char *end)
{
    if (line < end && end[-1] == '\r')
        end--;
    if (line == end || *line == '#')
        return 0;
    if (!text_is_utf8(slice_between(line, end)))
        return diag_error("%s:%zu: not UTF-8", plain->name, plain->number);
    char *rest = line;
    struct slice text = next_column(&rest, end);
    if (text.len == 0 && rest == NULL)
        return 0;
    if (text.len == 0 && plain->use != LEXICON_GROUPS)
        return diag_error("%s:%zu: %s without an entry", plain->name, plain->number,
                          plain->use == LEXICON_SYNONYMS ? "synonyms" : "a label");
    return plain->use == LEXICON_SYNONYMS ? add_synonyms(plain, text, rest, end)
           : plain->use == LEXICON_GROUPS ? add_group(plain, text, rest, end)
                                          : add_label(plain, text, rest, end);
}

int lexicon_plain_read(struct lexicon_build *build, struct bytes *text, enum lexicon_use use, const char *name,
                       struct lexicon_lines *lines)
{
    struct plain plain = {.build = build, .use = use, .name = name, .lines = lines};
    char *end = text->items + text->len;
    char *at = end - text_without_bom(bytes_slice(text)).len;
    for (plain.number = 1; at < end; plain.number++) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        if (read_line(&plain, at, newline != NULL ? newline : end) < 0)
            return -1;
        at = newline != NULL ? newline + 1 : end;
    }
    return 0;
}
