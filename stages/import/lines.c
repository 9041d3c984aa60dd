/* lines.c - lines, paragraphs and files of text: see lines.h. */
#include "lines.h"

static int text_line(void *parser, struct source *source, struct slice line)
{
    (void)parser;
    if (source_blank(line)) {
        sink_count(source->out, COUNT_BLANK_LINES, 1);
        return 0;
    }
    source_begin(source);
    struct slice text = source_line(line);
    if (source_check(source, text) < 0)
        source_reject(source, line);
    else
        source_emit(source, line, &text, NULL, 0);
    return 0;
}

/* Without carriage returns, which are only left where a newline follows, or the end. */
static struct slice newlines_only(struct slice raw, struct arena *arena)
{
    if (memchr(raw.ptr, '\r', raw.len) == NULL)
        return raw;
    char *text = arena_alloc(arena, raw.len), *to = text;
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] != '\r')
            *to++ = raw.ptr[i];
    return slice_between(text, to);
}

static void complete(struct source *source)
{
    struct slice raw;
    if (!source_gathered(source, &raw))
        return;
    struct slice text = newlines_only(raw, sink_arena(source->out));
    source_emit(source, raw, &text, NULL, 0);
}

static int paragraph_line(void *parser, struct source *source, struct slice line)
{
    (void)parser;
    if (source_blank(line)) {
        sink_count(source->out, COUNT_BLANK_LINES, 1);
        complete(source);
    } else {
        source_gather(source, line);
    }
    return 0;
}

static void nothing_open(void *parser, struct source *source)
{
    (void)parser;
    (void)source;
}

static void finish_paragraph(void *parser, struct source *source)
{
    (void)parser;
    complete(source);
}

/* ---- a file is a record ---- */

static int document_line(void *parser, struct source *source, struct slice line)
{
    (void)parser;
    source_gather(source, line);
    return 0;
}

static bool is_blank(struct slice raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] != '\n' && !source_blank((struct slice){raw.ptr + i, 1}))
            return false;
    return true;
}

/* A file of blank lines holds no text. */
static void finish_document(void *parser, struct source *source)
{
    (void)parser;
    struct slice raw = bytes_slice(&source->raw);
    if (source->open && !source->overlong && is_blank(raw)) {
        source_forget(source);
        source->records--;
        sink_count(source->out, COUNT_BLANK_LINES, 1);
    } else {
        complete(source);
    }
}

const struct format lines_format = {NULL, NULL, text_line, nothing_open};
const struct format lines_paragraphs = {NULL, NULL, paragraph_line, finish_paragraph};
const struct format lines_documents = {NULL, NULL, document_line, finish_document};
