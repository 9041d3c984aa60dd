/* word_run.c - see word_run.h.
 *
 * A word is its count, its length, both in groups of seven bits, the lowest first, and its bytes. */
#include "word_run.h"

#include "base/temporary.h"

enum { WRITTEN_AT_ONCE = 1 << 18, NUMBER_BYTES = 10 };

static void put_number(struct bytes *out, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        bytes_byte(out, (char)(number | 0x80));
    bytes_byte(out, (char)number);
}

static int flush(struct word_run *run, struct bytes *out)
{
    if (temporary_write(run->file, bytes_slice(out), run->end) != 0)
        return -1;
    run->end += out->len;
    out->len = 0;
    return 0;
}

int word_run_write(struct word_run *run, const struct map_entry *const *sorted, size_t count)
{
    struct bytes out = {0};
    int status = 0;
    run->end = run->at;
    for (size_t i = 0; i < count && status == 0; i++) {
        put_number(&out, sorted[i]->value);
        put_number(&out, sorted[i]->key.len);
        bytes_put(&out, sorted[i]->key);
        if (out.len >= WRITTEN_AT_ONCE)
            status = flush(run, &out);
    }
    if (status == 0)
        status = flush(run, &out);
    vec_free(&out);
    return status;
}

/* ---- reading ---- */

/* Has the next `need` bytes in the buffer, or all where fewer are left. */
static int provide(struct word_reader *reader, size_t need)
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

static uint64_t take_number(struct word_reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)reader->buffer.items[reader->taken++];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
}

int word_run_next(struct word_reader *reader, struct slice *word, uint64_t *count)
{
    if (provide(reader, 2 * (size_t)NUMBER_BYTES) != 0)
        return -1;
    if (reader->taken == reader->buffer.len)
        return 0;
    *count = take_number(reader);
    size_t len = (size_t)take_number(reader);
    if (provide(reader, len) != 0)
        return -1;
    *word = (struct slice){reader->buffer.items + reader->taken, len};
    reader->taken += len;
    return 1;
}
