/* reader.c - see reader.h. */
#include "reader.h"

#include "base/stream.h"

#include <stdarg.h>
#include <stdio.h>

int reader_load(struct reader *reader, const char *path)
{
    reader->text.len = 0;
    if (stream_load(path, &reader->text) < 0)
        return -1;
    SHA256Update(&reader->sha256, (const uint8_t *)reader->text.items, reader->text.len);
    reader->name = path;
    reader->line = 0;
    reader->at = text_without_bom(bytes_slice(&reader->text)).ptr;
    return 0;
}

const char *reader_path(struct reader *reader, const char *folder, const char *name)
{
    return arena_print(reader->arena, "%s/%s", folder, name).ptr;
}

bool reader_next(struct reader *reader, struct slice *line)
{
    const char *end = reader->text.items + reader->text.len;
    if (reader->at == NULL || reader->at >= end)
        return false;
    const char *newline = memchr(reader->at, '\n', (size_t)(end - reader->at));
    *line = slice_between(reader->at, newline != NULL ? newline : end);
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    reader->at = newline != NULL ? newline + 1 : end;
    reader->line++;
    return true;
}

bool reader_field(struct slice *left, char by, struct slice *field)
{
    if (left->ptr == NULL)
        return false;
    const char *end = left->ptr + left->len, *found = left->len > 0 ? memchr(left->ptr, by, left->len) : NULL;
    *field = slice_between(left->ptr, found != NULL ? found : end);
    *left = found != NULL ? slice_between(found + 1, end) : (struct slice){NULL, 0};
    return true;
}

int reader_error(const struct reader *reader, const char *format, ...)
{
    struct bytes text = {0};
    va_list values;
    va_start(values, format);
    int len = vsnprintf(NULL, 0, format, values);
    va_end(values);
    vec_reserve(&text, (size_t)len + 1);
    va_start(values, format);
    (void)vsnprintf(text.items, (size_t)len + 1, format, values);
    va_end(values);
    int status = reader->line > 0 ? diag_kind(STATUS_DATA, "%s:%zu: %s", reader->name, reader->line, text.items)
                                  : diag_kind(STATUS_DATA, "%s: %s", reader->name, text.items);
    vec_free(&text);
    return status;
}

struct slice reader_word(struct reader *reader, struct slice raw, char space)
{
    struct bytes *word = &reader->word;
    word->len = 0;
    vec_reserve(word, raw.len + 1);
    bytes_put(word, raw);
    if (!text_is_utf8(bytes_slice(word))) {
        (void)reader_error(reader, "not UTF-8");
        return (struct slice){NULL, 0};
    }
    for (size_t i = 0; space != 0 && i < word->len; i++)
        if (word->items[i] == space)
            word->items[i] = ' ';
    return lexicon_tidy(word->items, word->len);
}

/* The message of a failed call of lexicon_build, with the place; -1. */
static int failed_here(const struct reader *reader)
{
    return diag_within("%s:%zu: %s", reader->name, reader->line, diag_message());
}

uint32_t reader_entry(struct reader *reader, struct slice word)
{
    uint32_t entry = lexicon_build_entry(reader->build, word);
    if (entry == LEXICON_NONE)
        (void)failed_here(reader);
    return entry;
}

int reader_join(struct reader *reader, struct slice word, uint32_t group)
{
    uint32_t entry = reader_entry(reader, word);
    if (entry == LEXICON_NONE)
        return -1;
    if (lexicon_build_member(reader->build, group, word) < 0)
        return failed_here(reader);
    lexicon_build_sense(reader->build, lexicon_build_keyed(reader->build, entry), group);
    return 0;
}

uint32_t reader_group(struct reader *reader, struct slice name, struct slice label)
{
    uint64_t *group = map_put(reader->groups, name);
    if (*group == 0) {
        *group = (uint64_t)lexicon_build_group(reader->build, label) + 1;
        sink_count(reader->out, COUNT_SYNSETS, 1);
    }
    return (uint32_t)(*group - 1);
}

/* ---- plain text ---- */

static int read_use(struct reader *reader, const char *path, enum lexicon_use use)
{
    if (reader_load(reader, path) < 0)
        return -1;
    return lexicon_plain_read(reader->build, &reader->text, use, path, NULL) < 0
               ? diag_kind(diag_status(STATUS_DATA), "%s", arena_print(reader->arena, "%s", diag_message()).ptr)
               : 0;
}

int read_plain(struct reader *reader, const char *path)
{
    return read_use(reader, path, LEXICON_KEYED);
}

int read_synonyms(struct reader *reader, const char *path)
{
    return read_use(reader, path, LEXICON_SYNONYMS);
}

int read_groups(struct reader *reader, const char *path)
{
    return read_use(reader, path, LEXICON_GROUPS);
}
