/* pack.c - see pack.h. */
#include "base/pack.h"

#include "base/diag.h"
#include "base/version.h"

#include <assert.h>
#include <bzlib.h>
#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

static const char *bzip2_version(void)
{
    return BZ2_bzlibVersion();
}

static const char *lz4_version(void)
{
    return LZ4_versionString();
}

LIBRARY(bzip2, "bzip2", bzip2_version)
LIBRARY(lz4, "lz4", lz4_version)
LIBRARY(lzma, "liblzma", lzma_version_string)
LIBRARY(zlib, "zlib", zlibVersion)

struct packer {
    const struct kind *kind;
    int level;
    ZSTD_CCtx *zstd; /* kept, since a new one is large */
};

struct kind {
    const char *suffix, *name;
    int most, usual; /* levels, from 1 */
    int (*pack)(struct packer *packer, struct slice text, struct bytes *into);
};

/* Room for `most` more bytes; a format's bound for text of a given length. */
static char *room(struct bytes *into, size_t most)
{
    vec_reserve(into, most);
    return into->items + into->len;
}

static int failed(const struct packer *packer, const char *why)
{
    return diag_kind(STATUS_FAILED, "%s: %s", packer->kind->name, why);
}

static int pack_zstd(struct packer *packer, struct slice text, struct bytes *into)
{
    if (packer->zstd == NULL) {
        packer->zstd = ZSTD_createCCtx();
        if (packer->zstd == NULL)
            diag_die(STATUS_FAILED, "out of memory for compression");
        (void)ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_compressionLevel, packer->level);
        (void)ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_checksumFlag, 1);
    }
    size_t bound = ZSTD_compressBound(text.len);
    size_t len = ZSTD_compress2(packer->zstd, room(into, bound), bound, text.ptr, text.len);
    if (ZSTD_isError(len))
        return failed(packer, ZSTD_getErrorName(len));
    into->len += len;
    return 0;
}

/* zlib counts in unsigned int, so a long line goes in pieces. Without a file name and a time the header is always the
 * same. */
static int pack_gzip(struct packer *packer, struct slice text, struct bytes *into)
{
    z_stream gzip = {0};
    if (deflateInit2(&gzip, packer->level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        diag_die(STATUS_FAILED, "out of memory for compression");
    gzip.next_in = (Bytef *)(uintptr_t)text.ptr;
    int done = Z_OK;
    while (done == Z_OK) {
        size_t left = (size_t)(text.ptr + text.len - (const char *)gzip.next_in);
        gzip.avail_in = left < INT_MAX ? (uInt)left : INT_MAX;
        enum { AT_ONCE = 256 * 1024 };
        gzip.next_out = (Bytef *)room(into, AT_ONCE);
        gzip.avail_out = AT_ONCE;
        done = deflate(&gzip, left <= INT_MAX ? Z_FINISH : Z_NO_FLUSH);
        into->len += AT_ONCE - gzip.avail_out;
    }
    (void)deflateEnd(&gzip);
    return done == Z_STREAM_END ? 0 : failed(packer, "can't be compressed");
}

static int pack_bzip2(struct packer *packer, struct slice text, struct bytes *into)
{
    size_t bound = text.len + text.len / 100 + 600; /* bzip2's manual */
    if (bound > UINT_MAX)
        return failed(packer, "a record of more than 4 GB can't be compressed");
    unsigned len = (unsigned)bound;
    char empty = '\0', *from = text.len > 0 ? (char *)(uintptr_t)text.ptr : &empty;
    int done = BZ2_bzBuffToBuffCompress(room(into, bound), &len, from, (unsigned)text.len, packer->level, 0, 0);
    if (done != BZ_OK)
        return failed(packer, "can't be compressed");
    into->len += len;
    return 0;
}

/* A dictionary longer than the text would only take memory. */
static int pack_xz(struct packer *packer, struct slice text, struct bytes *into)
{
    lzma_options_lzma options;
    if (lzma_lzma_preset(&options, (uint32_t)packer->level))
        return failed(packer, "unknown level");
    if (options.dict_size > text.len)
        options.dict_size = text.len > LZMA_DICT_SIZE_MIN ? (uint32_t)text.len : LZMA_DICT_SIZE_MIN;
    lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
    size_t bound = lzma_stream_buffer_bound(text.len), len = 0;
    lzma_ret done = lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text.ptr, text.len,
                                              (uint8_t *)room(into, bound), &len, bound);
    if (done == LZMA_MEM_ERROR)
        diag_die(STATUS_FAILED, "out of memory for compression");
    if (done != LZMA_OK)
        return failed(packer, "can't be compressed");
    into->len += len;
    return 0;
}

static int pack_lz4(struct packer *packer, struct slice text, struct bytes *into)
{
    LZ4F_preferences_t preferences = {.compressionLevel = packer->level,
                                      .frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled}};
    size_t bound = LZ4F_compressFrameBound(text.len, &preferences);
    size_t len = LZ4F_compressFrame(room(into, bound), bound, text.ptr, text.len, &preferences);
    if (LZ4F_isError(len))
        return failed(packer, LZ4F_getErrorName(len));
    into->len += len;
    return 0;
}

static const struct kind kinds[] = {
    {".zst", "zstd", 19, 3, pack_zstd},  {".gz", "gzip", 9, 6, pack_gzip}, {".xz", "xz", 9, 6, pack_xz},
    {".bz2", "bzip2", 9, 9, pack_bzip2}, {".lz4", "lz4", 12, 1, pack_lz4},
};

static bool ends_in(const char *name, const char *suffix)
{
    size_t len = strlen(name), suffix_len = strlen(suffix);
    return len > suffix_len && strcasecmp(name + len - suffix_len, suffix) == 0;
}

static const struct kind *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (ends_in(name, kinds[i].suffix))
            return &kinds[i];
    return NULL;
}

bool pack_named(const char *name)
{
    return kind_of(name) != NULL;
}

int pack_check_name(const char *name)
{
    static const char *const others[] = {".zip",     ".7z",   ".rar", ".tar",  ".tgz", ".br",      ".lz",
                                         ".lzma",    ".lzo",  ".z",   ".zstd", ".bz",  ".parquet", ".arrow",
                                         ".feather", ".avro", ".orc", ".xlsx", ".xls", ".docx",    ".pdf"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (ends_in(name, others[i]))
            return diag_error("%s: quern does not write %s; a name in .zst, .gz, .xz, .bz2 or .lz4 compresses", name,
                              others[i]);
    return 0;
}

int pack_check_level(const char *name, int level)
{
    const struct kind *kind = kind_of(name);
    if (kind == NULL || level <= kind->most)
        return 0;
    return diag_error("--level %d: %s has levels 1 to %d", level, kind->name, kind->most);
}

struct packer *pack_new(const char *name, int level)
{
    const struct kind *kind = kind_of(name);
    if (kind == NULL)
        return NULL;
    struct packer *packer = mem_zalloc(1, sizeof *packer);
    packer->kind = kind;
    packer->level = level > 0 ? level : kind->usual;
    return packer;
}

void pack_free(struct packer *packer)
{
    if (packer == NULL)
        return;
    (void)ZSTD_freeCCtx(packer->zstd);
    mem_free(packer);
}

int pack(struct packer *packer, struct slice text, struct bytes *into)
{
    return packer->kind->pack(packer, text, into);
}
