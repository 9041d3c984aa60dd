/* sort_run.c - see sort_run.h. */
#include "run/sort_run.h"

#include "base/diag.h"
#include "base/temporary.h"

struct block_head {
    uint32_t len, packed_len;
};

/* ---- writing ---- */

/* Level 1 leaves 40 % of text, at half the speed of a disk and more; with several threads it costs nothing. */
enum { LEVEL = 1 };

void sort_writer_open(struct sort_writer *writer, int file, uint64_t at, size_t block)
{
    *writer = (struct sort_writer){.run = {file, at, at, 0}, .block = block, .compressor = ZSTD_createCCtx()};
    if (writer->compressor == NULL)
        diag_die(STATUS_FAILED, "out of memory: zstd was refused a context");
    vec_reserve(&writer->plain, block);
    vec_reserve(&writer->packed, sizeof(struct block_head) + ZSTD_compressBound(block));
}

static int flush(struct sort_writer *writer)
{
    struct bytes *packed = &writer->packed;
    struct block_head head = {(uint32_t)writer->plain.len, 0};
    char *to = packed->items + sizeof head;
    size_t len = getenv("RAW") ? writer->plain.len
                               : ZSTD_compressCCtx(writer->compressor, to, packed->cap - sizeof head,
                                                   writer->plain.items, writer->plain.len, LEVEL);
    if (ZSTD_isError(len))
        return diag_error("the temporary file: zstd: %s", ZSTD_getErrorName(len));
    if (len >= writer->plain.len) {
        len = writer->plain.len;
        memcpy(to, writer->plain.items, len);
    }
    head.packed_len = (uint32_t)len;
    memcpy(packed->items, &head, sizeof head);
    writer->plain.len = 0;
    packed->len = sizeof head + len;
    if (temporary_write(writer->run.file, bytes_slice(packed), writer->run.end) != 0)
        return -1;
    writer->run.end += packed->len;
    return 0;
}

static int put(struct sort_writer *writer, struct slice bytes)
{
    while (bytes.len > 0) {
        size_t room = writer->block - writer->plain.len, part = bytes.len < room ? bytes.len : room;
        bytes_append(&writer->plain, bytes.ptr, part);
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
    bool failed = put(writer, (struct slice){head, head_len}) != 0 || put(writer, entry->key) != 0 ||
                  put(writer, entry->value) != 0;
    return failed ? -1 : 0;
}

int sort_writer_close(struct sort_writer *writer, struct sort_run *run)
{
    int status = writer->plain.len > 0 ? flush(writer) : 0;
    *run = writer->run;
    (void)ZSTD_freeCCtx(writer->compressor);
    vec_free(&writer->plain);
    vec_free(&writer->packed);
    return status;
}

/* ---- reading ---- */

void sort_unpacker_free(struct sort_unpacker *unpacker)
{
    (void)ZSTD_freeDCtx(unpacker->decompressor);
    vec_free(&unpacker->packed);
}

static int unpack(struct sort_unpacker *unpacker, size_t len, struct bytes *plain)
{
    const struct bytes *packed = &unpacker->packed;
    vec_reserve(plain, len);
    if (packed->len == len) {
        bytes_put(plain, bytes_slice(packed));
        return 0;
    }
    if (unpacker->decompressor == NULL && (unpacker->decompressor = ZSTD_createDCtx()) == NULL)
        diag_die(STATUS_FAILED, "out of memory: zstd was refused a context");
    size_t made =
        ZSTD_decompressDCtx(unpacker->decompressor, plain->items + plain->len, len, packed->items, packed->len);
    if (ZSTD_isError(made) || made != len)
        return diag_error("the temporary file is damaged: zstd: %s",
                          ZSTD_isError(made) ? ZSTD_getErrorName(made) : "a block of another length");
    plain->len += len;
    return 0;
}

/* Appends the next block to `plain`. */
static int read_block(struct sort_reader *reader)
{
    struct bytes *packed = &reader->unpacker->packed;
    struct block_head head;
    packed->len = 0;
    if (temporary_read(reader->run.file, packed, sizeof head, reader->run.at) != 0)
        return -1;
    memcpy(&head, packed->items, sizeof head);
    packed->len = 0;
    if (temporary_read(reader->run.file, packed, head.packed_len, reader->run.at + sizeof head) != 0)
        return -1;
    reader->run.at += sizeof head + head.packed_len;
    return unpack(reader->unpacker, head.len, &reader->plain);
}

/* Has the next `need` bytes in the buffer, or all if fewer are left. */
static int provide(struct sort_reader *reader, size_t need)
{
    struct bytes *plain = &reader->plain;
    if (plain->len - reader->taken >= need || reader->run.at == reader->run.end)
        return 0;
    plain->len -= reader->taken;
    if (plain->len > 0)
        memmove(plain->items, plain->items + reader->taken, plain->len);
    reader->taken = 0;
    while (plain->len < need && reader->run.at < reader->run.end)
        if (read_block(reader) != 0)
            return -1;
    return 0;
}

size_t sort_reader_bytes(size_t block, size_t longest)
{
    return block + longest + SORT_HEAD_BYTES;
}

int sort_reader_next(struct sort_reader *reader, struct sort_entry *entry)
{
    if (provide(reader, SORT_HEAD_BYTES) != 0)
        return -1;
    if (reader->taken == reader->plain.len)
        return 0;
    const char *at = reader->plain.items + reader->taken;
    size_t head_len = (size_t)(sort_take_head(at, entry) - at), len = entry->key.len + entry->value.len;
    if (provide(reader, head_len + len) != 0)
        return -1;
    entry->key.ptr = reader->plain.items + reader->taken + head_len;
    entry->value.ptr = entry->key.ptr + entry->key.len;
    reader->taken += head_len + len;
    return 1;
}

void sort_reader_free(struct sort_reader *reader)
{
    vec_free(&reader->plain);
}
