/* conll.c - blocks of lines of columns, a word and its tag among them: see conll.h.
 *
 *     EU      NNP  B-NP  B-ORG
 *     rejects VBZ  B-VP  O
 *
 * A tag is O, or a letter, a dash and the label of an entity. */
#include "conll.h"

#include "base/visible.h"

#include <inttypes.h>

/* What a tag says of its word, by its letter. */
enum part { PART_OUTSIDE, PART_BEGIN, PART_INSIDE, PART_END, PART_SINGLE, PART_NONE };

/* A line of a block. */
struct tagged {
    struct slice word, tag, label; /* label: the part of the tag behind the dash */
    enum part part;
    struct span place; /* of the word, in the text */
};

struct conll {
    const struct plan *plan;
    VEC(struct slice) columns;
    VEC(struct tagged) lines;
    struct bytes text, entities;
    VEC(struct slice) values;
};

static void *conll_start(const struct plan *plan)
{
    struct conll *conll = mem_zalloc(1, sizeof *conll);
    conll->plan = plan;
    return conll;
}

static void conll_stop(void *parser)
{
    struct conll *conll = parser;
    vec_free(&conll->columns);
    vec_free(&conll->lines);
    vec_free(&conll->text);
    vec_free(&conll->entities);
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

static enum part part_of(char letter, enum tag_scheme scheme)
{
    switch (letter) {
    case 'B':
        return PART_BEGIN;
    case 'I':
        return PART_INSIDE;
    case 'E':
        return scheme == SCHEME_BIOES ? PART_END : PART_NONE;
    case 'S':
        return scheme == SCHEME_BIOES ? PART_SINGLE : PART_NONE;
    default:
        return PART_NONE;
    }
}

/* The message for a tag, which is quoted in it. */
static int bad_tag(struct source *source, struct slice raw, struct slice tag, const char *before, const char *after)
{
    enum { TAG_BYTES = 40 };
    struct slice shown = visible_cut(tag, TAG_BYTES);
    struct slice problem = arena_print(sink_arena(source->out), "%s\"%.*s%s\"%s", before, (int)shown.len, shown.ptr,
                                       shown.len < tag.len ? VISIBLE_ELLIPSIS : "", after);
    return source_mistake(source, raw, (size_t)(tag.ptr - raw.ptr), problem.ptr);
}

static int read_tag(const struct conll *conll, struct source *source, struct slice raw, struct tagged *line)
{
    struct slice tag = line->tag;
    enum tag_scheme scheme = conll->plan->conll.scheme;
    if (slice_is(tag, "O")) {
        line->part = PART_OUTSIDE;
        return 0;
    }
    line->part = tag.len > 2 && tag.ptr[1] == '-' ? part_of(tag.ptr[0], scheme) : PART_NONE;
    if (line->part == PART_NONE)
        return bad_tag(source, raw, tag,
                       scheme == SCHEME_BIOES ? "expected the tag O, or B-, I-, E- or S- with a label, found "
                                              : "expected the tag O, or B- or I- with a label, found ",
                       " (--tag says in which column it is, --scheme how it is spelled)");
    line->label = (struct slice){tag.ptr + 2, tag.len - 2};
    return 0;
}

static int read_line(struct conll *conll, struct source *source, struct slice raw, struct slice line)
{
    const struct conll_plan *plan = &conll->plan->conll;
    struct tagged read = {0};
    cut_columns(conll, line);
    if (find_column(conll, source, raw, line, "word", plan->word, &read.word) < 0 ||
        find_column(conll, source, raw, line, "tag", plan->tag, &read.tag) < 0)
        return -1;
    if (read.word.ptr == read.tag.ptr)
        return source_mistake(source, raw, (size_t)(line.ptr - raw.ptr),
                              "expected a word and its tag, found one column (--word, --tag)");
    if (read_tag(conll, source, raw, &read) < 0)
        return -1;
    vec_push(&conll->lines, read);
    return 0;
}

/* ---- a block ---- */

static void put_text(struct conll *conll)
{
    struct slice join = conll->plan->conll.join;
    uint32_t point = 0, join_points = (uint32_t)text_length(join);
    conll->text.len = 0;
    for (size_t i = 0; i < conll->lines.len; i++) {
        struct tagged *line = &conll->lines.items[i];
        if (i > 0) {
            bytes_put(&conll->text, join);
            point += join_points;
        }
        line->place.start = point;
        point += (uint32_t)text_length(line->word);
        line->place.end = point;
        bytes_put(&conll->text, line->word);
    }
}

/* Does the tag continue the entity of the line before it? */
static bool continues(const struct conll *conll, size_t i)
{
    const struct tagged *line = &conll->lines.items[i], *before = line - 1;
    if (i == 0 || (line->part != PART_INSIDE && line->part != PART_END))
        return false;
    return (before->part == PART_BEGIN || before->part == PART_INSIDE) && slice_equal(before->label, line->label);
}

/* A tag must continue an entity if it says so; in BIOES it must also be continued if it says so. In IOB1 an I begins
 * an entity where there is none to continue. */
static int check_tag(const struct conll *conll, struct source *source, struct slice raw, size_t i)
{
    const struct conll_plan *plan = &conll->plan->conll;
    const struct tagged *line = &conll->lines.items[i];
    bool follows = line->part == PART_INSIDE || line->part == PART_END;
    bool open = line->part == PART_BEGIN || line->part == PART_INSIDE;
    bool torn = follows && !continues(conll, i) && plan->scheme != SCHEME_IOB1;
    bool left = open && plan->scheme == SCHEME_BIOES && !(i + 1 < conll->lines.len && continues(conll, i + 1));
    if (plan->lenient || (!torn && !left)) {
        sink_count(source->out, COUNT_MENDED_TAGS, torn || left);
        return 0;
    }
    if (torn)
        return bad_tag(source, raw, line->tag, "", " continues no entity (--lenient: it begins one)");
    return bad_tag(source, raw, line->tag, "", " is not continued (--lenient: the entity ends here)");
}

static void put_entity(struct bytes *out, uint32_t start, uint32_t end, struct slice label)
{
    bytes_put(out, out->len > 1 ? SLICE(",{\"start\":") : SLICE("{\"start\":"));
    json_put_int(out, start);
    bytes_put(out, SLICE(",\"end\":"));
    json_put_int(out, end);
    bytes_put(out, SLICE(",\"label\":"));
    json_put_string(out, label);
    bytes_byte(out, '}');
}

static void put_entities(struct conll *conll)
{
    const struct tagged *lines = conll->lines.items;
    size_t count = conll->lines.len;
    conll->entities.len = 0;
    bytes_byte(&conll->entities, '[');
    for (size_t i = 0, next; i < count; i = next) {
        next = i + 1;
        if (lines[i].part == PART_OUTSIDE)
            continue;
        while (next < count && continues(conll, next))
            next++;
        put_entity(&conll->entities, lines[i].place.start, lines[next - 1].place.end, lines[i].label);
    }
    bytes_byte(&conll->entities, ']');
}

static void emit(struct conll *conll, struct source *source, struct slice raw)
{
    struct arena *arena = sink_arena(source->out);
    conll->values.len = 0;
    for (size_t i = 0; i < conll->plan->count; i++) {
        struct slice value = {NULL, 0};
        if (&conll->plan->columns[i] == conll->plan->text)
            value = arena_copy(arena, bytes_slice(&conll->text));
        vec_push(&conll->values, value);
    }
    struct record *made = source_record(source, raw, conll->values.items, NULL, 0);
    if (made == NULL)
        return;
    struct span *words = arena_array(arena, conll->lines.len, sizeof *words);
    for (size_t i = 0; i < conll->lines.len; i++)
        words[i] = conll->lines.items[i].place;
    rec_set_spans(made, SLICE("words"), words, conll->lines.len);
    rec_set_json(made, SLICE("entities"), arena_copy(arena, bytes_slice(&conll->entities)));
    source_emit_record(source, raw, made);
}

static int read_block(struct conll *conll, struct source *source, struct slice raw)
{
    const char *end = raw.ptr + raw.len;
    conll->lines.len = 0;
    for (const char *at = raw.ptr; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline != NULL ? newline : end;
        if (read_line(conll, source, raw, source_line(slice_between(at, stop))) < 0)
            return -1;
        at = stop + 1;
    }
    for (size_t i = 0; i < conll->lines.len; i++)
        if (check_tag(conll, source, raw, i) < 0)
            return -1;
    return 0;
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
    put_text(conll);
    put_entities(conll);
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
