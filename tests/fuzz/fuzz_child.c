/* What engines write, and files of a cache. The first byte says which: 0 line, 1 jsonl, 2 a cache. */
#include "fuzz.h"
#include "pipeline/run/child_cache.h"
#include "pipeline/run/child_protocol.h"
#include "pipeline/text/json.h"

#include <string.h>
#include <sys/stat.h>

/* What is taken off the bytes when they come in pieces of `step`, as text. */
static struct bytes take_all(const struct child_protocol *protocol, struct slice input, size_t step,
                             struct arena *arena)
{
    struct bytes seen = {0}, in = {0};
    for (size_t at = 0; at < input.len || at == 0; at += step) {
        size_t len = input.len - at < step ? input.len - at : step;
        bool ended = at + step >= input.len;
        bytes_append(&in, input.ptr + at, len);
        struct slice rest = arena_copy(arena, bytes_slice(&in)); /* so that a read behind its end is seen */
        struct child_reply reply;
        int taken;
        while ((taken = protocol->take(&rest, ended, arena, &reply)) == 1) {
            struct slice line = arena_print(arena, "%d %llu %s:", reply.skip, (unsigned long long)reply.id,
                                            reply.error != NULL ? reply.error : "-");
            LAW(reply.skip || reply.error != NULL || text_is_utf8(reply.reply));
            LAW(reply.skip || reply.error != NULL || memchr(reply.reply.ptr, '\0', reply.reply.len) == NULL);
            LAW(!protocol->objects || reply.error != NULL || json_check(reply.reply, JSON_DEPTH) == 0);
            bytes_put(&seen, line);
            if (!reply.skip && reply.error == NULL)
                bytes_put(&seen, reply.reply);
            bytes_byte(&seen, '\n');
        }
        LAW(taken == 0);
        LAW(!ended || rest.len == 0);
        in.len = 0;
        bytes_put(&in, rest);
    }
    vec_free(&in);
    return seen;
}

/* Replies do not depend on how their bytes arrive; a request is one line. */
static void check_protocol(const struct child_protocol *protocol, struct slice input, struct arena *arena)
{
    struct bytes whole = take_all(protocol, input, input.len + 1, arena), out = {0};
    for (size_t step = 1; step < 8; step += 3) {
        struct bytes pieces = take_all(protocol, input, step, arena);
        LAW(slice_equal(bytes_slice(&whole), bytes_slice(&pieces)));
        vec_free(&pieces);
    }
    bool sends = !protocol->objects || (input.len > 1 && input.ptr[0] == '{' && input.ptr[input.len - 1] == '}' &&
                                        json_check(input, JSON_DEPTH) == 0);
    if (sends && text_is_utf8(input) && (!protocol->objects || memchr(input.ptr, '\n', input.len) == NULL)) {
        protocol->put(7, input, &out);
        LAW(out.len > 0 && memchr(out.items, '\n', out.len) == out.items + out.len - 1);
    }
    vec_free(&whole);
    vec_free(&out);
}

/* No file does harm, and what is found in one is JSON. */
static void check_cache(struct slice input, struct arena *arena)
{
    const char *folder = fuzz_path("cache", arena), *file = fuzz_path("cache/a.jsonl.zst", arena);
    struct hash key = {1, 2};
    struct slice reply;
    LAW(mkdir(folder, 0700) == 0);
    (void)fuzz_file("cache/a.jsonl.zst", input, arena);
    struct cache *cache = cache_open(folder, 0, "/tmp");
    LAW(cache != NULL);
    bool there = cache_get(cache, key, arena, &reply);
    LAW(!there || json_check(arena_copy(arena, reply), JSON_DEPTH) == 0);
    cache_free(cache);
    (void)unlink(file);
    LAW(rmdir(folder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    if (size == 0)
        return -1;
    struct slice input = fuzz_slice(data + 1, size - 1, arena);
    if (data[0] % 3 == 2)
        check_cache(input, arena);
    else
        check_protocol(data[0] % 3 == 0 ? &child_line : &child_jsonl, input, arena);
    return 0;
}
