/* source.c - gathering, checking, emitting and rejecting records: see source.h. */
#include "source.h"

#include "base/charset.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <inttypes.h>
#include <stdio.h>

void source_begin(struct source *source)
{
    source->records++;
    source->first = source->line;
}

void source_keep(struct source *source, struct slice line)
{
    if (source->open)
        bytes_put(&source->raw, source->gap);
    bytes_put(&source->raw, line);
    source->gap = slice_is(source->ending, "\r") ? SLICE("\r") : SLICE("\n");
    source->open = true;
}

void source_forget(struct source *source)
{
    source->raw.len = 0;
    source->open = false;
}

int source_too_long(const struct source *source)
{
    return diag_error("the record is longer than %" PRIu64 " bytes (--max-line)", source->plan->max_line);
}

/* A block that grows too long is rejected in pieces, but completely: here what was gathered, later the rest. */
void source_gather(struct source *source, struct slice line)
{
    if (!source->open) {
        source_begin(source);
    } else if (source->raw.len + 1 + line.len > source->plan->max_line) {
        (void)source_too_long(source);
        source_reject(source, bytes_slice(&source->raw));
        source->overlong = true;
        source->first = source->line;
    }
    source_keep(source, line);
    source->gap = SLICE("\n");
}

bool source_gathered(struct source *source, struct slice *raw)
{
    if (!source->open)
        return false;
    *raw = arena_copy(sink_arena(source->out), bytes_slice(&source->raw));
    bool overlong = source->overlong;
    source->overlong = false;
    source_forget(source);
    if (!overlong && source_check(source, *raw) == 0)
        return true;
    if (overlong)
        (void)source_too_long(source);
    source_reject(source, *raw);
    return false;
}

/* The number of the line that contains the offset, and the offset at which that line starts. A carriage return ends a
 * line unless a newline follows. */
static uint64_t line_of(const struct source *source, struct slice raw, size_t offset, size_t *start)
{
    uint64_t line = source->first;
    *start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (raw.ptr[i] == '\n' || (raw.ptr[i] == '\r' && i + 1 < raw.len && raw.ptr[i + 1] != '\n')) {
            line++;
            *start = i + 1;
        }
    }
    return line;
}

static int mistake(const struct source *source, uint64_t line, const char *unit, size_t place, const char *problem)
{
    if (line == source->first)
        return diag_error("%s %" PRIu64 ": %s", unit, source->before + place, problem);
    return diag_error("line %" PRIu64 ", %s %zu: %s", line, unit, place, problem);
}

int source_mistake(const struct source *source, struct slice raw, size_t offset, const char *problem)
{
    size_t start;
    uint64_t line = line_of(source, raw, offset, &start);
    if (line == source->first && source->before > 0)
        return mistake(source, line, "byte", offset + 1, problem);
    size_t column = text_length((struct slice){raw.ptr + start, offset - start}) + 1;
    return mistake(source, line, "column", column, problem);
}

/* Once, at the first line that is not UTF-8. */
static void tell_guess(struct source *source, struct slice raw)
{
    const char *guess = source->guessed ? NULL : charset_guess(source->context.len > 0 ? source->context : raw);
    source->guessed = true;
    if (guess != NULL)
        diag_note("%s: this may be %s: try --encoding %s", source->file, guess, guess);
}

/* The text has bytes that are no character of the charset from which it was converted. Places are those in the input,
 * not in the converted text. */
static int bad_in_charset(const struct source *source, struct slice raw, uint64_t line, size_t start, size_t offset)
{
    enum { BYTES_SHOWN = 4 };
    struct bytes before = {0}, bad = {0};
    const char *at = raw.ptr + offset, *end = at;
    while (end - at < 2 * BYTES_SHOWN && charset_is_mark(end, raw.ptr + raw.len))
        end += 2;
    charset_restore(source->charset, (struct slice){raw.ptr + start, offset - start}, &before);
    charset_restore(source->charset, slice_between(at, end), &bad);
    char problem[100];
    int len = 0;
    for (size_t i = 0; i < bad.len; i++)
        len += snprintf(problem + len, sizeof problem - (size_t)len, "%02X ", (unsigned char)bad.items[i]);
    (void)snprintf(problem + len, sizeof problem - (size_t)len, "is not a character of %.50s", source->charset);
    size_t place = before.len + 1;
    vec_free(&before);
    vec_free(&bad);
    return mistake(source, line, "byte", place, problem);
}

int source_check(struct source *source, struct slice raw)
{
    const char *nul = raw.len > 0 ? memchr(raw.ptr, '\0', raw.len) : NULL;
    if (nul == NULL && text_is_utf8(raw))
        return 0;
    const char *at = raw.ptr, *end = nul != NULL ? nul : raw.ptr + raw.len;
    for (size_t len; (len = text_sequence(at, end)) > 0;)
        at += len;
    size_t start, offset = (size_t)(at - raw.ptr);
    uint64_t line = line_of(source, raw, offset, &start);
    if (source->charset != NULL && at != nul)
        return bad_in_charset(source, raw, line, start, offset);
    if (source->charset == NULL)
        tell_guess(source, raw);
    return mistake(source, line, "byte", offset - start + 1,
                   at == nul ? "a NUL byte: is the input in another charset? (--encoding)"
                             : "not UTF-8: is the input in another charset? (--encoding)");
}

/* The bytes of the input: a text that was converted, with bytes that could not be, is kept in its own charset. */
static struct slice restored(const struct source *source, struct slice raw)
{
    struct arena *arena = sink_arena(source->out);
    if (source->charset == NULL || text_is_utf8(raw))
        return arena_copy(arena, raw);
    struct bytes bytes = {0};
    charset_restore(source->charset, raw, &bytes);
    struct slice kept = arena_copy(arena, bytes_slice(&bytes));
    vec_free(&bytes);
    return kept;
}

void source_reject(struct source *source, struct slice raw)
{
    struct record *bad = rec_new(sink_arena(source->out));
    bad->derived = false;
    bad->line = restored(source, raw);
    bad->origin = source->origin;
    bad->file = source->file;
    bad->line_number = source->first;
    sink_reject(source->out, bad);
    source_forget(source);
}

static struct slice hash_id(const struct source *source, struct slice text)
{
    XXH128_hash_t hash = XXH3_128bits(text.ptr, text.len);
    return arena_print(sink_arena(source->out), "%016" PRIx64 "%016" PRIx64, hash.high64, hash.low64);
}

struct slice source_name(const struct source *source)
{
    return slice_of(source->file);
}

/* NAME:N, with {file} in NAME replaced. */
struct slice source_id(const struct source *source, struct slice text)
{
    const struct plan *plan = source->plan;
    if (plan->id_kind == ID_HASH)
        return hash_id(source, text);
    const struct slice name = plan->source, file = source_name(source), mark = SOURCE_FILE;
    size_t most = name.len + 1 + JSON_INT_BYTES;
    if (plan->source_has_file)
        most += name.len / mark.len * file.len;
    char *id = arena_alloc(sink_arena(source->out), most), *to = id;
    for (size_t i = 0; i < name.len;) {
        bool is_file = plan->source_has_file && slice_starts((struct slice){name.ptr + i, name.len - i}, mark);
        struct slice part = is_file ? file : (struct slice){name.ptr + i, 1};
        memcpy(to, part.ptr, part.len);
        to += part.len;
        i += is_file ? mark.len : 1;
    }
    *to++ = ':';
    return slice_between(id, json_write_int(to, (int64_t)source->records));
}

static int missing(const struct plan *plan, const struct slice *values)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct slice from = plan->columns[i].from;
        if (plan->columns[i].is_file)
            continue;
        if (plan->columns[i].required && values[i].ptr == NULL)
            return diag_error("%.*s: missing", (int)from.len, from.ptr);
        if (&plan->columns[i] == plan->id && values[i].len == 0)
            return diag_error("%.*s: empty, but it is the id", (int)from.len, from.ptr);
    }
    return 0;
}

struct record *source_record(struct source *source, struct slice raw, const struct slice *values,
                             const struct extra *extras, size_t extra_count)
{
    const struct plan *plan = source->plan;
    if (missing(plan, values) < 0) {
        source_reject(source, raw);
        return NULL;
    }
    source->at = (struct record){.origin = source->origin, .file = source->file, .line_number = source->first};
    sink_at(source->out, &source->at);
    struct record *made = rec_new(sink_arena(source->out));
    struct slice text = plan->text != NULL ? values[plan->text - plan->columns] : (struct slice){NULL, 0};
    if (plan->id == NULL)
        rec_set_text(made, SLICE("id"), source_id(source, text));
    else
        rec_set_text(made, SLICE("id"), plan->id->is_file ? source_name(source) : values[plan->id - plan->columns]);
    if (plan->text != NULL)
        rec_set_text(made, SLICE("text"), text);
    if (plan->label != NULL)
        rec_set_text(made, SLICE("label"), values[plan->label - plan->columns]);
    if (plan->lang.len > 0)
        rec_set_text(made, SLICE("lang"), plan->lang);
    for (size_t i = 0; i < plan->count; i++) {
        const struct column *column = &plan->columns[i];
        if (column == plan->id || column == plan->text || column == plan->label)
            continue;
        if (column->is_file)
            rec_set_text(made, column->as, source_name(source));
        else if (values[i].ptr != NULL)
            rec_set_text(made, column->as, values[i]);
    }
    for (size_t i = 0; i < extra_count; i++)
        if (extras[i].value.ptr != NULL)
            rec_set_text(made, extras[i].name, extras[i].value);
    return made;
}

void source_emit_record(struct source *source, struct slice raw, struct record *made)
{
    if (sink_emit(source->out, made) < 0)
        source_reject(source, raw);
}

void source_emit(struct source *source, struct slice raw, const struct slice *values, const struct extra *extras,
                 size_t extra_count)
{
    struct record *made = source_record(source, raw, values, extras, extra_count);
    if (made != NULL)
        source_emit_record(source, raw, made);
}

bool source_blank(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r')
            return false;
    return true;
}
