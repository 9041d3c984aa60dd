/* mythes.c - thesauri of MyThes, as LibreOffice has them (th_*.dat).
 *
 * The first line is the encoding. Then for each word a line "word|senses", and for each sense a line
 * "(part of speech)|synonym|synonym (mark)". Not all that stands there is a synonym: broader and narrower terms,
 * antonyms and related words are marked, in the language of the thesaurus, behind the word or, in the Russian one, in
 * place of the part of speech. These are dropped. Other marks tell the register and are removed; what holds "..." or
 * brackets after that is a pattern, no word. */
#include "reader.h"

#include "base/charset.h"

static const char *const relations[] = {
    "generic term",      "similar term",      "related term",     "antonym",   /* en */
    "Oberbegriff",       "Unterbegriff",      "Antonym",          "Gegenwort", /* de */
    "pojęcie nadrzędne", "pojęcie podrzędne", "antonim",                       /* pl */
    "антоним",           "сходный термин",    "связанный термин",              /* ru */
    "antonyme",          "contraire",                                          /* fr */
};

static bool is_relation(struct slice mark)
{
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (slice_is(mark, relations[i]))
            return true;
    /* Antónimo, whose accent the Spanish file has lost. */
    return slice_starts(mark, SLICE("Ant")) && mark.len >= 8 &&
           slice_equal((struct slice){mark.ptr + mark.len - 4, 4}, SLICE("nimo"));
}

/* Is one of the marks between these brackets a relation? They are separated by commas. */
static bool has_relation(struct slice marks)
{
    for (struct slice mark; reader_field(&marks, ',', &mark);) {
        while (mark.len > 0 && mark.ptr[0] == ' ')
            mark = (struct slice){mark.ptr + 1, mark.len - 1};
        while (mark.len > 0 && mark.ptr[mark.len - 1] == ' ')
            mark.len--;
        if (is_relation(mark))
            return true;
    }
    return false;
}

static bool contains(struct slice text, const char *part)
{
    return text.len > 0 && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* Takes the marks off the end of a candidate. false if it is none. */
static bool take_marks(struct slice *candidate)
{
    struct slice text = *candidate;
    if (contains(text, "...") || contains(text, "…"))
        return false;
    for (;;) {
        while (text.len > 0 && text.ptr[text.len - 1] == ' ')
            text.len--;
        if (text.len == 0 || text.ptr[text.len - 1] != ')')
            break;
        const char *open = memrchr(text.ptr, '(', text.len);
        if (open == NULL || has_relation(slice_between(open + 1, text.ptr + text.len - 1)))
            return false;
        text.len = (size_t)(open - text.ptr);
    }
    *candidate = text;
    return text.len > 0 && !contains(text, "(") && !contains(text, ")");
}

/* The text in UTF-8, from after the first line, which names the encoding. */
static int convert(struct reader *reader)
{
    struct slice encoding;
    if (!reader_next(reader, &encoding) || encoding.len == 0)
        return reader_error(reader, "expected an encoding in the first line");
    struct bytes name = {0}, text = {0};
    /* The names of MyThes and Hunspell that ICU does not know. */
    bool windows = slice_starts(encoding, SLICE("microsoft-cp"));
    bytes_put(&name, windows ? SLICE("windows-") : SLICE(""));
    bytes_append(&name, encoding.ptr + (windows ? 12 : 0), encoding.len - (windows ? 12 : 0));
    bytes_byte(&name, '\0');
    struct charset *charset = charset_open(name.items);
    if (charset == NULL) {
        vec_free(&name);
        return reader_error(reader, "%s", arena_print(reader->arena, "%s", diag_message()).ptr);
    }
    size_t left = reader->text.len - (size_t)(reader->at - reader->text.items);
    if (!charset_is_utf8(charset)) {
        charset_convert(charset, (struct slice){reader->at, left}, true, &text);
        vec_free(&reader->text);
        reader->text = text;
        reader->at = reader->text.items;
    }
    charset_close(charset);
    vec_free(&name);
    return 0;
}

/* "(noun)" and "noun", but not "-" or "?". */
static struct slice part_of_speech(struct slice field)
{
    if (field.len >= 2 && field.ptr[0] == '(' && field.ptr[field.len - 1] == ')')
        field = (struct slice){field.ptr + 1, field.len - 2};
    return slice_is(field, "-") || slice_is(field, "?") || slice_is(field, "синоним") ? SLICE("") : field;
}

static int add_sense(struct reader *reader, uint32_t entry, struct slice line)
{
    struct slice part, candidate;
    uint32_t group = LEXICON_NONE;
    (void)reader_field(&line, '|', &part);
    part = part_of_speech(part);
    if (entry == LEXICON_NONE || is_relation(part))
        return 0;
    if (!text_is_utf8(part))
        return reader_error(reader, "not of the encoding in the first line");
    while (reader_field(&line, '|', &candidate)) {
        if (!take_marks(&candidate)) {
            sink_count(reader->out, COUNT_DROPPED, 1);
            continue;
        }
        struct slice word = reader_word(reader, candidate, 0);
        if (word.ptr == NULL)
            return -1;
        if (word.len == 0)
            continue;
        if (group == LEXICON_NONE) {
            group = lexicon_build_group(reader->build, part);
            sink_count(reader->out, COUNT_SYNSETS, 1);
            lexicon_build_sense(reader->build, entry, group);
        }
        if (lexicon_build_member(reader->build, group, word) < 0)
            return -1;
    }
    return 0;
}

/* word|senses. *entry: LEXICON_NONE if the word is empty. */
static int read_head(struct reader *reader, struct slice line, uint32_t *entry, unsigned *senses)
{
    const char *bar = memrchr(line.ptr, '|', line.len);
    *senses = 0;
    *entry = LEXICON_NONE;
    for (const char *at = bar != NULL ? bar + 1 : line.ptr + line.len; at < line.ptr + line.len; at++)
        *senses = *at >= '0' && *at <= '9' && *senses < 10000 ? *senses * 10 + (unsigned)(*at - '0') : 100000;
    if (bar == NULL || *senses == 0 || *senses > 10000)
        return reader_error(reader, "expected a word, a bar and the number of its senses");
    struct slice word = reader_word(reader, slice_between(line.ptr, bar), 0);
    if (word.ptr == NULL)
        return -1;
    if (word.len == 0)
        return 0;
    *entry = reader_entry(reader, word);
    if (*entry == LEXICON_NONE)
        return -1;
    *entry = lexicon_build_keyed(reader->build, *entry);
    return 0;
}

int read_mythes(struct reader *reader, const char *path)
{
    struct slice line;
    unsigned senses;
    uint32_t entry;
    if (reader_load(reader, path) < 0 || convert(reader) < 0)
        return -1;
    while (reader_next(reader, &line)) {
        if (line.len == 0)
            continue;
        if (read_head(reader, line, &entry, &senses) < 0)
            return -1;
        for (; senses > 0; senses--) {
            if (!reader_next(reader, &line))
                return reader_error(reader, "expected %u sense%s more at the end", senses, diag_s(senses));
            if (add_sense(reader, entry, line) < 0)
                return -1;
        }
    }
    return 0;
}
