/* sort_run.c - see sort_run.h. */
#include "run/sort_run.h"

#include "base/temporary.h"

/* ---- writing ---- */

void sort_writer_open(struct sort_writer *writer, int file, uint64_t at)
{
    *writer = (struct sort_writer){.run = {file, at, at, 0}};
    vec_reserve(&writer->buffer, SORT_WRITER_BYTES);
}

static int flush(struct sort_writer *writer)
{
    if (temporary_write(writer->run.file, bytes_slice(&writer->buffer), writer->run.end) != 0)
        return -1;
    writer->run.end += writer->buffer.len;
    writer->buffer.len = 0;
    return 0;
}

static int put(struct sort_writer *writer, struct slice bytes)
{
    while (bytes.len > 0) {
        size_t room = SORT_WRITER_BYTES - writer->buffer.len, part = bytes.len < room ? bytes.len : room;
        bytes_append(&writer->buffer, bytes.ptr, part);
        bytes = (struct slice){bytes.ptr + part, bytes.len - part};
        if (part == room && flush(writer) != 0)
            return -1;
    }
    return 0;
}

int sort_writer_put(struct sort_writer *writer, const struct sort_entry *entry)
{
    char head[SORT_HEAD_BYTES];
    size_t head_len = (size_t)(sort_put_head(head, entry) - head);
    size_t len = head_len + entry->key.len + entry->value.len;
    writer->run.longest = len > writer->run.longest ? len : writer->run.longest;
    bool done = put(writer, (struct slice){head, head_len}) == 0 && put(writer, entry->key) == 0 &&
                put(writer, entry->value) == 0;
    return done ? 0 : -1;
}

int sort_writer_close(struct sort_writer *writer, struct sort_run *run)
{
    int status = flush(writer);
    *run = writer->run;
    vec_free(&writer->buffer);
    return status;
}

/* ---- reading ---- */

size_t sort_reader_bytes(size_t at_once, size_t longest)
{
    return at_once + longest + SORT_HEAD_BYTES;
}

void sort_reader_open(struct sort_reader *reader, const struct sort_run *run, size_t at_once)
{
    *reader = (struct sort_reader){.run = *run, .at_once = at_once};
    vec_reserve(&reader->buffer, sort_reader_bytes(at_once, run->longest));
}

void sort_reader_free(struct sort_reader *reader)
{
    vec_free(&reader->buffer);
}

/* Makes sure that the next `need` bytes, or all that are left, are in the buffer. */
static int provide(struct sort_reader *reader, size_t need)
{
    struct bytes *buffer = &reader->buffer;
    size_t have = buffer->len - reader->taken;
    uint64_t left = reader->run.end - reader->run.at;
    if (have >= need || left == 0)
        return 0;
    if (have > 0)
        memmove(buffer->items, buffer->items + reader->taken, have);
    buffer->len = have;
    reader->taken = 0;
    size_t more = need - have > reader->at_once ? need - have : reader->at_once;
    if (more > left)
        more = (size_t)left;
    if (temporary_read(reader->run.file, buffer, more, reader->run.at) != 0)
        return -1;
    reader->run.at += more;
    return 0;
}

int sort_reader_next(struct sort_reader *reader, struct sort_entry *entry)
{
    if (provide(reader, SORT_HEAD_BYTES) != 0)
        return -1;
    if (reader->taken == reader->buffer.len)
        return 0;
    const char *at = reader->buffer.items + reader->taken;
    size_t head_len = (size_t)(sort_take_head(at, entry) - at), len = entry->key.len + entry->value.len;
    if (provide(reader, head_len + len) != 0)
        return -1;
    entry->key.ptr = reader->buffer.items + reader->taken + head_len;
    entry->value.ptr = entry->key.ptr + entry->key.len;
    reader->taken += head_len + len;
    return 1;
}
