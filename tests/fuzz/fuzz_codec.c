/* Compressed files, whole, cut off or spoiled: an error or an end, and the same bytes for every size of the pieces that
 * are asked for. */
#include "fuzz.h"
#include "pipeline/base/codec.h"
#include "pipeline/base/stream.h"

enum { TEXT_MOST = 1 << 20 /* of a bomb no more is read */ };

/* What came out, also before a failure. 0, 1 where there is more, -1. */
static int decompress(const char *path, size_t piece, struct bytes *out)
{
    struct input *input = stream_open(path, NULL);
    LAW(input != NULL);
    int status = 1;
    while (status == 1 && out->len < TEXT_MOST) {
        size_t before = out->len;
        status = stream_read(input, out, piece);
        LAW(out->len - before <= piece && (status != 1 || out->len > before));
    }
    if (status < 0)
        LAW(stream_read(input, out, piece) < 0);
    stream_close(input);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LARGE = 1 << 16, SMALL = 977 };
    struct arena *arena = fuzz_arena();
    struct slice from = fuzz_slice(data, size, arena);
    if (codec_of(from) == CODEC_NONE)
        return -1;
    struct bytes large = {0}, small = {0};
    const char *path = fuzz_file("compressed", from, arena);
    int status = decompress(path, LARGE, &large), status_small = decompress(path, SMALL, &small);
    size_t least = large.len < small.len ? large.len : small.len;
    LAW(status == 1 || status_small == status);
    LAW(least == 0 || memcmp(large.items, small.items, least) == 0);
    LAW(status != 0 || large.len == small.len);
    vec_free(&large);
    vec_free(&small);
    (void)unlink(path);
    return 0;
}
