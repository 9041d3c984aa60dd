/* hash.c - see hash.h. */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash hash_bytes(struct slice bytes, uint64_t seed)
{
    XXH128_hash_t made = XXH3_128bits_withSeed(bytes.ptr, bytes.len, seed);
    return (struct hash){made.high64, made.low64};
}
