/* conll.c - blocks of lines of columns, a word and its tag among them: see conll.h.
 *
 *     EU      NNP  B-NP  B-ORG
 *     rejects VBZ  B-VP  O
 */
#include "conll.h"

#include <inttypes.h>

struct conll {
    const struct plan *plan;
    VEC(struct slice) columns;
    struct tagged tagged; /* a line of the block is a word */
    VEC(struct slice) values;
};

static void *conll_start(const struct plan *plan)
{
    struct conll *conll = mem_zalloc(1, sizeof *conll);
    conll->plan = plan;
    conll->tagged =
        (struct tagged){.scheme = plan->conll.scheme, .lenient = plan->conll.lenient, .join = plan->conll.join};
    return conll;
}

static void conll_stop(void *parser)
{
    struct conll *conll = parser;
    vec_free(&conll->columns);
    tagged_release(&conll->tagged);
    vec_free(&conll->values);
    mem_free(conll);
}

/* ---- a line ---- */

/* The columns stand between tabs, if the line has any, so that there may be spaces in a word; else between spaces. */
static void cut_columns(struct conll *conll, struct slice line)
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    bool tabs = memchr(at, '\t', line.len) != NULL;
    conll->columns.len = 0;
    for (;;) {
        while (at < end && *at == ' ')
            at++;
        if (at == end && !tabs)
            return;
        const char *stop = at, *last;
        while (stop < end && *stop != (tabs ? '\t' : ' '))
            stop++;
        for (last = stop; last > at && last[-1] == ' ';)
            last--;
        struct slice column = slice_between(at, last);
        vec_push(&conll->columns, column);
        if (stop == end)
            return;
        at = stop + 1;
    }
}

/* The column of this number: from 1, or from -1 backwards. -1 with the message. */
static int find_column(const struct conll *conll, struct source *source, struct slice raw, struct slice line,
                       const char *what, int64_t number, struct slice *column)
{
    struct arena *arena = sink_arena(source->out);
    size_t count = conll->columns.len, place = (size_t)(number > 0 ? number : -number);
    size_t offset = (size_t)(line.ptr - raw.ptr);
    if (place > count)
        return source_mistake(source, raw, offset,
                              arena_print(arena, "expected the %s in column %" PRId64 ", found %zu column%s (--%s)",
                                          what, number, count, diag_s(count), what)
                                  .ptr);
    *column = conll->columns.items[number > 0 ? place - 1 : count - place];
    if (column->len == 0)
        return source_mistake(source, raw, (size_t)(column->ptr - raw.ptr), arena_print(arena, "empty %s", what).ptr);
    return 0;
}

static int read_line(struct conll *conll, struct source *source, struct slice raw, struct slice line)
{
    const struct conll_plan *plan = &conll->plan->conll;
    struct slice word = {0}, tag = {0};
    cut_columns(conll, line);
    if (find_column(conll, source, raw, line, "word", plan->word, &word) < 0 ||
        find_column(conll, source, raw, line, "tag", plan->tag, &tag) < 0)
        return -1;
    if (word.ptr == tag.ptr)
        return source_mistake(source, raw, (size_t)(line.ptr - raw.ptr),
                              "expected a word and its tag, found one column (--word, --tag)");
    const char *problem =
        tagged_add(&conll->tagged, word, tag, " (--tag says in which column it is, --scheme how it is spelled)",
                   sink_arena(source->out));
    return problem == NULL ? 0 : source_mistake(source, raw, (size_t)(tag.ptr - raw.ptr), problem);
}

/* ---- a block ---- */

static void emit(struct conll *conll, struct source *source, struct slice raw)
{
    struct arena *arena = sink_arena(source->out);
    conll->values.len = 0;
    for (size_t i = 0; i < conll->plan->count; i++) {
        struct slice value = {NULL, 0};
        if (&conll->plan->columns[i] == conll->plan->text)
            value = arena_copy(arena, bytes_slice(&conll->tagged.text));
        vec_push(&conll->values, value);
    }
    struct record *made = source_record(source, raw, conll->values.items, NULL, 0);
    if (made == NULL)
        return;
    tagged_set(&conll->tagged, made, arena);
    source_emit_record(source, raw, made);
}

static int read_block(struct conll *conll, struct source *source, struct slice raw)
{
    const char *end = raw.ptr + raw.len;
    tagged_clear(&conll->tagged);
    for (const char *at = raw.ptr; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline != NULL ? newline : end;
        if (read_line(conll, source, raw, source_line(slice_between(at, stop))) < 0)
            return -1;
        at = stop + 1;
    }
    size_t which;
    const char *problem = tagged_check(&conll->tagged, sink_arena(source->out), &which);
    sink_count(source->out, COUNT_MENDED_TAGS, conll->tagged.mended);
    if (problem == NULL)
        return 0;
    return source_mistake(source, raw, (size_t)(conll->tagged.words.items[which].tag.ptr - raw.ptr), problem);
}

static void complete(struct conll *conll, struct source *source)
{
    struct slice raw;
    if (!source_gathered(source, &raw))
        return;
    if (read_block(conll, source, raw) < 0) {
        source_reject(source, raw);
        return;
    }
    tagged_build(&conll->tagged);
    emit(conll, source, raw);
}

/* Between the documents of a file; not a word. */
static bool is_document_line(struct slice line)
{
    struct slice mark = SLICE("-DOCSTART-");
    return slice_starts(line, mark) && (line.len == mark.len || source_blank((struct slice){line.ptr + mark.len, 1}));
}

static int conll_line(void *parser, struct source *source, struct slice line)
{
    bool document = is_document_line(line);
    if (!document && !source_blank(line)) {
        source_gather(source, line);
        return 0;
    }
    sink_count(source->out, document ? COUNT_DOCUMENT_LINES : COUNT_BLANK_LINES, 1);
    complete(parser, source);
    return 0;
}

static void conll_finish(void *parser, struct source *source)
{
    complete(parser, source);
}

const struct format conll_format = {conll_start, conll_stop, conll_line, conll_finish};
