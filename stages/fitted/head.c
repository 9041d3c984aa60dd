/* head.c - see head.h. */
#include "head.h"

#include "base/diag.h"
#include "base/stream.h"
#include "base/visible.h"
#include "record/members.h"
#include "text/json.h"

enum { KIND_BYTES = 80 /* in a message */ };

void fit_head_put(const char *kind, struct bytes *json)
{
    bytes_put(json, SLICE("{\"format\":\"" FIT_FORMAT "\",\"kind\":"));
    json_put_string(json, slice_of(kind));
    bytes_put(json, SLICE(",\"options\":"));
}

int fit_head_read(const struct record *in, struct arena *arena, struct fit_head *head)
{
    struct slice format;
    *head = (struct fit_head){0};
    if (rec_present(in, SLICE("format")) == NULL)
        return diag_error("expected a table, which \"quern fit\" writes; the record has no format");
    if (rec_text(in, SLICE("format"), arena, &format) < 0)
        return -1;
    if (!slice_is(format, FIT_FORMAT))
        return diag_error("format: expected \"" FIT_FORMAT "\", found \"%.*s\"", (int)visible_cut(format, 80).len,
                          format.ptr);
    const struct value *partial = rec_present(in, SLICE("partial")), *split = rec_present(in, SLICE("split"));
    head->partial = partial != NULL && rec_kind(partial) == 't';
    if (split != NULL)
        head->split = rec_json(split, arena);
    if (rec_text(in, SLICE("kind"), arena, &head->kind) < 0)
        return -1;
    const struct value *options = rec_present(in, SLICE("options"));
    if (options == NULL)
        return member_missing(in, SLICE("options"), ": the table is not whole");
    if (rec_kind(options) != '{')
        return rec_mismatch(SLICE("options"), "an object", options);
    head->options = rec_json(options, arena);
    return 0;
}

int fit_wrong_kind(const struct fit_head *head, const char *expected)
{
    return diag_error("kind: expected %s, found \"%.*s\"", expected, (int)visible_cut(head->kind, KIND_BYTES).len,
                      head->kind.ptr);
}

/* ---- a file ---- */

static int load(struct slice text, struct arena *arena,
                int (*read)(void *, const struct record *, const struct fit_head *, struct arena *), void *state)
{
    struct record record;
    struct fit_head head;
    if (json_is_blank(text))
        return diag_error("empty: expected a table, which \"quern fit\" writes");
    const char *newline = memchr(text.ptr, '\n', text.len), *end = text.ptr + text.len;
    if (newline != NULL && json_is_blank(slice_between(newline, end)))
        text = slice_between(text.ptr, newline);
    else if (newline != NULL && json_skip(text.ptr, newline, JSON_DEPTH, NULL) == newline)
        return diag_error("more than one line: expected one table (\"quern fit merge\" makes one of several)");
    if (rec_parse(&record, text, JSON_DEPTH, arena) < 0 || fit_head_read(&record, arena, &head) < 0)
        return -1;
    if (head.partial)
        return diag_error("a partial table, which \"quern fit merge\" completes");
    return read(state, &record, &head, arena);
}

int fit_load(const char *path, int (*read)(void *, const struct record *, const struct fit_head *, struct arena *),
             void *state)
{
    struct bytes text = {0};
    struct arena *arena = arena_new();
    int status = stream_load(path, &text);
    if (status == 0 && load(bytes_slice(&text), arena, read, state) < 0)
        status = diag_within("%s: %s", path, diag_message());
    arena_free(arena);
    vec_free(&text);
    return status;
}
