/* codec.c - decompression: see codec.h. */
#include "base/codec.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/version.h"

#include <assert.h>
#include <bzlib.h>
#include <inttypes.h>
#include <limits.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdint.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

LIBRARY(zstd, "zstd", ZSTD_versionString)

static uint64_t window_most = (uint64_t)1 << 27; /* as the program zstd */

void codec_window(uint64_t bytes)
{
    window_most = bytes;
}

struct codec {
    enum codec_kind kind;
    bool in_frame;     /* a frame has begun and not ended */
    bool padded;       /* gzip: a member has ended, so zeros may follow */
    size_t next_bytes; /* zstd: length of the next block; 0: not known */
    union {
        ZSTD_DStream *zstd;
        LZ4F_dctx *lz4;
        z_stream gzip;
        bz_stream bzip2;
        lzma_stream xz;
    };
};

enum codec_kind codec_of(struct slice start)
{
    if (slice_starts(start, SLICE("\x28\xb5\x2f\xfd")))
        return CODEC_ZSTD;
    /* a skippable zstd frame: 0x184D2A50 to 5F, little-endian */
    if (start.len >= 4 && (start.ptr[0] & 0xf0) == 0x50 && memcmp(start.ptr + 1, "\x2a\x4d\x18", 3) == 0)
        return CODEC_ZSTD;
    if (slice_starts(start, SLICE("\x1f\x8b")))
        return CODEC_GZIP;
    if (slice_starts(start, SLICE("BZh")) && start.len >= 4 && start.ptr[3] >= '1' && start.ptr[3] <= '9')
        return CODEC_BZIP2;
    if (slice_starts(start, SLICE("\xfd"
                                  "7zXZ\0")))
        return CODEC_XZ;
    if (slice_starts(start, SLICE("\x04\x22\x4d\x18")))
        return CODEC_LZ4;
    return CODEC_NONE;
}

bool codec_may_begin(struct slice start)
{
    unsigned char first = start.len > 0 ? (unsigned char)start.ptr[0] : 0;
    return start.len < CODEC_MAGIC_BYTES && (start.len == 0 || first == 0x28 || (first & 0xf0) == 0x50 ||
                                             first == 0x1f || first == 'B' || first == 0xfd || first == 0x04);
}

static void refuse_memory(bool refused)
{
    if (refused)
        diag_die(STATUS_FAILED, "out of memory for decompression");
}

/* The largest window that is taken, as a power of two. */
static int window_log(void)
{
    int log = 10;
    while (log < 31 && (uint64_t)1 << (log + 1) <= window_most)
        log++;
    return log;
}

struct codec *codec_new(enum codec_kind kind)
{
    struct codec *codec = mem_zalloc(1, sizeof *codec);
    bool made = true;
    codec->kind = kind;
    switch (kind) {
    case CODEC_NONE:
        break;
    case CODEC_ZSTD:
        codec->zstd = ZSTD_createDStream();
        made = codec->zstd != NULL;
        if (made)
            (void)ZSTD_DCtx_setParameter(codec->zstd, ZSTD_d_windowLogMax, window_log());
        break;
    case CODEC_GZIP:
        made = inflateInit2(&codec->gzip, 15 + 16) == Z_OK; /* 15: window bits; 16: a gzip header */
        break;
    case CODEC_BZIP2:
        made = BZ2_bzDecompressInit(&codec->bzip2, 0, 0) == BZ_OK;
        break;
    case CODEC_XZ:
        codec->xz = (lzma_stream)LZMA_STREAM_INIT;
        made = lzma_stream_decoder(&codec->xz, UINT64_MAX, LZMA_CONCATENATED) == LZMA_OK;
        break;
    case CODEC_LZ4:
        made = !LZ4F_isError(LZ4F_createDecompressionContext(&codec->lz4, LZ4F_VERSION));
        break;
    }
    refuse_memory(!made);
    return codec;
}

void codec_free(struct codec *codec)
{
    if (codec == NULL)
        return;
    switch (codec->kind) {
    case CODEC_NONE:
        break;
    case CODEC_ZSTD:
        (void)ZSTD_freeDStream(codec->zstd);
        break;
    case CODEC_GZIP:
        (void)inflateEnd(&codec->gzip);
        break;
    case CODEC_BZIP2:
        (void)BZ2_bzDecompressEnd(&codec->bzip2);
        break;
    case CODEC_XZ:
        lzma_end(&codec->xz);
        break;
    case CODEC_LZ4:
        (void)LZ4F_freeDecompressionContext(codec->lz4);
        break;
    }
    mem_free(codec);
}

bool codec_in_frame(const struct codec *codec)
{
    return codec->in_frame;
}

static int step_zstd(struct codec *codec, struct codec_step *step)
{
    /* zstd discards the output of a failing call, so decode one block per call and keep what came before. */
    bool more = codec->next_bytes > 0 && codec->next_bytes < step->from_len;
    ZSTD_inBuffer in = {step->from, more ? codec->next_bytes : step->from_len, 0};
    ZSTD_outBuffer out = {step->to, step->to_len, 0};
    size_t left = ZSTD_decompressStream(codec->zstd, &out, &in);
    refuse_memory(ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation);
    if (ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge)
        return diag_error("zstd: compressed with a window of more than %" PRIu64
                          " MiB (zstd --long=N): give --max-window "
                          "SIZE, for --long=31 --max-window 2G, which takes so much memory",
                          window_most >> 20);
    if (ZSTD_isError(left))
        return diag_error("zstd: %s", ZSTD_getErrorName(left));
    if (in.pos > 0 || out.pos > 0)
        codec->in_frame = left != 0;
    codec->next_bytes = left;
    step->from_len -= in.pos;
    step->to_len -= out.pos;
    return 0;
}

/* Tapes and block devices pad a file with zeros, which gzip accepts after the last member. */
static void pass_padding(struct codec_step *step)
{
    while (step->from_len > 0 && *step->from == '\0') {
        step->from++;
        step->from_len--;
    }
}

static int step_gzip(struct codec *codec, struct codec_step *step)
{
    z_stream *gzip = &codec->gzip;
    if (codec->padded)
        pass_padding(step);
    if (codec->padded && step->from_len == 0)
        return 0;
    codec->padded = false;
    /* zlib's type for input is not const unless ZLIB_CONST is set */
    gzip->next_in = (Bytef *)(uintptr_t)step->from;
    gzip->avail_in = (uInt)step->from_len;
    gzip->next_out = (Bytef *)step->to;
    gzip->avail_out = (uInt)step->to_len;
    if (step->from_len > 0)
        codec->in_frame = true;
    int done = inflate(gzip, Z_NO_FLUSH);
    step->from_len = gzip->avail_in;
    step->to_len = gzip->avail_out;
    refuse_memory(done == Z_MEM_ERROR);
    if (done == Z_STREAM_END) {
        codec->in_frame = false;
        codec->padded = true;
        done = inflateReset(gzip);
    }
    if (done != Z_OK && done != Z_BUF_ERROR)
        return diag_error("gzip: %s", gzip->msg != NULL ? gzip->msg : "the compressed data is damaged");
    return 0;
}

static int step_bzip2(struct codec *codec, struct codec_step *step)
{
    bz_stream *bzip2 = &codec->bzip2;
    bzip2->next_in = (char *)(uintptr_t)step->from;
    bzip2->avail_in = (unsigned)step->from_len;
    bzip2->next_out = step->to;
    bzip2->avail_out = (unsigned)step->to_len;
    if (step->from_len > 0)
        codec->in_frame = true;
    int done = BZ2_bzDecompress(bzip2);
    step->from_len = bzip2->avail_in;
    step->to_len = bzip2->avail_out;
    if (done == BZ_STREAM_END) {
        codec->in_frame = false;
        (void)BZ2_bzDecompressEnd(bzip2);
        memset(bzip2, 0, sizeof *bzip2);
        done = BZ2_bzDecompressInit(bzip2, 0, 0);
    }
    refuse_memory(done == BZ_MEM_ERROR);
    return done == BZ_OK ? 0 : diag_error("bzip2: the compressed data is damaged");
}

static int step_xz(struct codec *codec, struct codec_step *step)
{
    lzma_stream *xz = &codec->xz;
    xz->next_in = (const uint8_t *)step->from;
    xz->avail_in = step->from_len;
    xz->next_out = (uint8_t *)step->to;
    xz->avail_out = step->to_len;
    codec->in_frame = true;
    lzma_ret done = lzma_code(xz, step->ended && step->from_len == 0 ? LZMA_FINISH : LZMA_RUN);
    step->from_len = xz->avail_in;
    step->to_len = xz->avail_out;
    refuse_memory(done == LZMA_MEM_ERROR);
    if (done == LZMA_STREAM_END)
        codec->in_frame = false;
    else if (done != LZMA_OK && done != LZMA_BUF_ERROR)
        return diag_error(done == LZMA_OPTIONS_ERROR ? "xz: compressed with options that liblzma does not know"
                                                     : "xz: the compressed data is damaged");
    return 0;
}

static int step_lz4(struct codec *codec, struct codec_step *step)
{
    size_t took = step->from_len, gave = step->to_len;
    if (took > 0)
        codec->in_frame = true;
    size_t left = LZ4F_decompress(codec->lz4, step->to, &gave, step->from, &took, NULL);
    if (LZ4F_isError(left)) {
        step->from_len = 0;
        return diag_error("lz4: the compressed data is damaged (%s)", LZ4F_getErrorName(left));
    }
    step->from_len -= took;
    step->to_len -= gave;
    if (left == 0)
        codec->in_frame = false;
    return 0;
}

int codec_step(struct codec *codec, struct codec_step *step)
{
    assert(step->from_len <= UINT_MAX && step->to_len <= UINT_MAX); /* zlib and bzip2 count in unsigned int */
    switch (codec->kind) {
    case CODEC_ZSTD:
        return step_zstd(codec, step);
    case CODEC_GZIP:
        return step_gzip(codec, step);
    case CODEC_BZIP2:
        return step_bzip2(codec, step);
    case CODEC_XZ:
        return step_xz(codec, step);
    case CODEC_LZ4:
        return step_lz4(codec, step);
    case CODEC_NONE:
        break;
    }
    return 0;
}
