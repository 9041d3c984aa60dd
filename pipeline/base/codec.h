/* codec.h - decompression of zstd, gzip, bzip2, xz and lz4, recognised by their magic numbers. Consecutive frames or
 * members form one stream. */
#ifndef QUERN_CODEC_H
#define QUERN_CODEC_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum codec_kind { CODEC_NONE, CODEC_ZSTD, CODEC_GZIP, CODEC_BZIP2, CODEC_XZ, CODEC_LZ4 };

enum { CODEC_MAGIC_BYTES = 6 /* the longest magic number */ };

/* The compression, judged by the first bytes of a file. */
enum codec_kind codec_of(struct slice start);

/* Are these first bytes too few to tell? */
bool codec_may_begin(struct slice start);

/* The largest window of zstd that is taken from now on, by default 128 MiB. Decompression needs so much memory. */
void codec_window(uint64_t bytes);

struct codec;
struct codec *codec_new(enum codec_kind kind);
void codec_free(struct codec *codec);

/* One step consumes bytes of `from`, writes to `to`, and advances both, even if it fails. At most UINT_MAX bytes each.
 */
struct codec_step {
    const char *from;
    size_t from_len;
    char *to;
    size_t to_len;
    bool ended; /* nothing comes after `from` */
};

/* 0, or -1 with the message. */
int codec_step(struct codec *codec, struct codec_step *step);

/* Has a frame begun whose end has not been seen? */
bool codec_in_frame(const struct codec *codec);

#endif
