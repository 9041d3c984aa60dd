/* spool.c - see spool.h. */
#include "run/spool.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/temporary.h"

#include <unistd.h>
#include <zstd.h>

/* Precedes each part of the file. Only this process reads it. */
struct part {
    uint64_t lines;      /* bytes of the lines */
    uint64_t compressed; /* bytes after compression */
    uint64_t runs;
};

/* Consecutive lines of one file. */
struct run_of_lines {
    struct line_place first;
    uint64_t count;
};

struct spool {
    int file;
    uint64_t max_bytes, end, at; /* at: the offset of the next read */
    ZSTD_CCtx *compressor;
    ZSTD_DCtx *decompressor;
    struct bytes buffer;
    VEC(struct run_of_lines) runs;
};

enum { LEVEL = 1 };

struct spool *spool_new(const char *dir, uint64_t max_bytes)
{
    int file = temporary_open(dir);
    if (file < 0)
        return NULL;
    struct spool *spool = mem_zalloc(1, sizeof *spool);
    spool->file = file;
    spool->max_bytes = max_bytes;
    spool->compressor = ZSTD_createCCtx();
    spool->decompressor = ZSTD_createDCtx();
    if (spool->compressor == NULL || spool->decompressor == NULL)
        diag_die(STATUS_FAILED, "out of memory for compression");
    (void)ZSTD_CCtx_setParameter(spool->compressor, ZSTD_c_compressionLevel, LEVEL);
    return spool;
}

void spool_free(struct spool *spool)
{
    if (spool == NULL)
        return;
    (void)close(spool->file);
    (void)ZSTD_freeCCtx(spool->compressor);
    (void)ZSTD_freeDCtx(spool->decompressor);
    vec_free(&spool->buffer);
    vec_free(&spool->runs);
    mem_free(spool);
}

static void add_place(struct spool *spool, const struct record *record)
{
    struct run_of_lines *last = spool->runs.len > 0 ? &spool->runs.items[spool->runs.len - 1] : NULL;
    if (last != NULL && last->first.file == record->file && last->first.line + last->count == record->line_number) {
        last->count++;
        return;
    }
    struct run_of_lines run = {{record->file, record->line_number}, 1};
    vec_push(&spool->runs, run);
}

static int append(struct spool *spool, const void *bytes, size_t len)
{
    if (temporary_write(spool->file, (struct slice){bytes, len}, spool->end) < 0)
        return -1;
    spool->end += len;
    return 0;
}

static int write_part(struct spool *spool, struct slice lines, const struct record *const *records, size_t count)
{
    spool->runs.len = 0;
    for (size_t i = 0; i < count; i++)
        add_place(spool, records[i]);
    size_t bound = ZSTD_compressBound(lines.len), runs_len = spool->runs.len * sizeof *spool->runs.items;
    spool->buffer.len = 0;
    vec_reserve(&spool->buffer, bound);
    size_t compressed = ZSTD_compress2(spool->compressor, spool->buffer.items, bound, lines.ptr, lines.len);
    if (ZSTD_isError(compressed))
        return diag_kind(STATUS_FAILED, "the temporary file for the second pass can't be compressed: zstd: %s",
                         ZSTD_getErrorName(compressed));
    struct part part = {lines.len, compressed, spool->runs.len};
    if (spool->end + sizeof part + runs_len + compressed > spool->max_bytes)
        return diag_kind(
            STATUS_FAILED,
            "the temporary file for the second pass would be longer than --max-spool %llu bytes; give the input as "
            "a file, which can be read twice, or a larger --max-spool",
            (unsigned long long)spool->max_bytes);
    if (append(spool, &part, sizeof part) < 0 || append(spool, spool->runs.items, runs_len) < 0)
        return -1;
    return append(spool, spool->buffer.items, compressed);
}

/* Writes the lines in parts of about a block. */
int spool_write(struct spool *spool, struct slice lines, const struct record *const *records, size_t count)
{
    while (count > 0) {
        struct slice line, left = lines;
        size_t taken = 0;
        if (count <= BLOCK_LINES && lines.len <= BLOCK_BYTES) {
            left.len = 0;
            taken = count;
        }
        while (taken < count && taken < BLOCK_LINES && lines.len - left.len < BLOCK_BYTES &&
               stream_next_line(&left, &line))
            taken++;
        if (write_part(spool, (struct slice){lines.ptr, lines.len - left.len}, records, taken) < 0)
            return -1;
        lines = left;
        records += taken;
        count -= taken;
    }
    return 0;
}

static int take(struct spool *spool, struct bytes *into, size_t len)
{
    into->len = 0;
    if (temporary_read(spool->file, into, len, spool->at) < 0)
        return -1;
    spool->at += len;
    return 0;
}

static void read_places(const struct bytes *buffer, size_t runs, struct block *block)
{
    for (size_t i = 0; i < runs; i++) {
        struct run_of_lines run;
        memcpy(&run, buffer->items + i * sizeof run, sizeof run);
        for (uint64_t n = 0; n < run.count; n++) {
            struct line_place place = {run.first.file, run.first.line + n};
            vec_push(&block->places, place);
        }
    }
}

int spool_read(struct spool *spool, struct block *block)
{
    struct part part;
    if (spool->at == spool->end)
        return 0;
    if (take(spool, &spool->buffer, sizeof part) < 0)
        return -1;
    memcpy(&part, spool->buffer.items, sizeof part);
    if (take(spool, &spool->buffer, (size_t)part.runs * sizeof(struct run_of_lines)) < 0)
        return -1;
    read_places(&spool->buffer, (size_t)part.runs, block);
    if (take(spool, &spool->buffer, (size_t)part.compressed) < 0)
        return -1;
    vec_reserve(&block->raw, (size_t)part.lines);
    size_t len = ZSTD_decompressDCtx(spool->decompressor, block->raw.items, (size_t)part.lines, spool->buffer.items,
                                     spool->buffer.len);
    if (ZSTD_isError(len) || len != part.lines)
        return diag_kind(STATUS_FAILED, "the temporary file can't be read back: zstd: %s", ZSTD_getErrorName(len));
    block->raw.len = len;
    return 1;
}
