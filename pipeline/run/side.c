/* side.c - inputs that filters read themselves: see stage.h. */
#include "base/diag.h"
#include "base/stream.h"
#include "record/stage.h"
#include "text/json.h"

/* Small, since a filter may have many inputs open. */
enum { READ_AT_ONCE = 64 * 1024 };

struct side {
    struct input *input;
    const char *name; /* for messages */
    uint64_t max_line;
    unsigned depth;
    struct bytes block;
    struct slice left; /* of the block */
    uint64_t line;     /* the number of the last line read */
    struct record record;
    struct arena *arena; /* of the record */
};

struct side *side_open(const struct stage_context *context, const char *path)
{
    struct input *input = stream_open(path, NULL);
    if (input == NULL)
        return NULL;
    struct side *side = mem_zalloc(1, sizeof *side);
    side->input = input;
    side->name = stream_name(input);
    side->max_line = (uint64_t)context->max_line;
    side->depth = context->depth;
    side->arena = arena_new();
    return side;
}

void side_close(struct side *side)
{
    if (side == NULL)
        return;
    stream_close(side->input);
    vec_free(&side->block);
    arena_free(side->arena);
    mem_free(side);
}

/* The next line that is not blank: 1, 0 or -1. */
static int next_line(struct side *side, struct slice *line)
{
    for (;;) {
        while (stream_next_line(&side->left, line)) {
            side->line++;
            if (!json_is_blank(*line))
                return 1;
        }
        side->block.len = 0;
        int got = stream_lines(side->input, &side->block, READ_AT_ONCE, side->max_line);
        if (got <= 0)
            return got;
        side->left = bytes_slice(&side->block);
    }
}

static int parse(struct side *side, struct slice line)
{
    if (line.len <= side->max_line)
        return rec_parse(&side->record, line, side->depth, side->arena);
    side->record.line.len = (size_t)side->max_line;
    return diag_error("the line is longer than --max-line %llu bytes", (unsigned long long)side->max_line);
}

int side_next(struct side *side, const struct record **record)
{
    struct slice line;
    arena_reset(side->arena);
    int got = next_line(side, &line);
    if (got <= 0)
        return got;
    side->record = (struct record){.line = line};
    int parsed = parse(side, line);
    side->record.file = side->name;
    side->record.line_number = side->line;
    *record = &side->record;
    return parsed == 0 ? 1 : SIDE_BAD;
}

int chain_read(struct stage_context *context, const char *path,
               int (*record)(void *state, const struct record *record, struct arena *arena), void *state)
{
    struct side *side = side_open(context, path);
    const struct record *in;
    int got = side != NULL ? 1 : -1;
    while (got > 0 && (got = side_next(side, &in)) > 0) {
        if (got == 1 && record(state, in, side->arena) == 0)
            continue;
        got = diag_kind(diag_status(STATUS_DATA), "%s:%llu: %s", path, (unsigned long long)in->line_number,
                        diag_message());
    }
    side_close(side);
    return got;
}
