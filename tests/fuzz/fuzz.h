/* fuzz.h - what the fuzz targets share.
 *
 * A target is one function of any bytes, which must neither crash nor break a law. libFuzzer calls it with what it
 * finds (make fuzz), driver.c with the seeds and some thousand mutations of them (make test). */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "pipeline/base/arena.h"
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/text/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* 0: done; -1: not worth keeping as a seed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(condition) ((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))

static inline void fuzz_broken(const char *law, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: broken: %s\n", file, line, law);
    abort();
}

/* Memory until the next call. */
static inline struct arena *fuzz_arena(void)
{
    static struct arena *arena;
    if (arena == NULL)
        arena = arena_new();
    arena_reset(arena);
    return arena;
}

/* The bytes in memory of their own, so that a read behind their end is seen. */
static inline struct slice fuzz_slice(const uint8_t *data, size_t size, struct arena *arena)
{
    return arena_copy(arena, (struct slice){(const char *)data, size});
}

/* The same as UTF-8: what is none becomes '?'. */
static inline struct slice fuzz_text(const uint8_t *data, size_t size, struct arena *arena)
{
    char *text = arena_alloc(arena, size);
    if (size > 0)
        memcpy(text, data, size);
    for (size_t at = 0; at < size;) {
        size_t len = text_sequence(text + at, text + size);
        if (len == 0)
            text[at++] = '?';
        else
            at += len;
    }
    return (struct slice){text, size};
}

/* The name of a file of this process in $TMPDIR; the same names for every input. */
static inline const char *fuzz_path(const char *name, struct arena *arena)
{
    const char *folder = getenv("TMPDIR");
    return arena_print(arena, "%s/quern_fuzz.%d.%s", folder != NULL ? folder : "/tmp", (int)getpid(), name).ptr;
}

static inline const char *fuzz_file(const char *name, struct slice bytes, struct arena *arena)
{
    const char *path = fuzz_path(name, arena);
    FILE *file = fopen(path, "wb");
    LAW(file != NULL);
    LAW(bytes.len == 0 || fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
    LAW(fclose(file) == 0);
    return path;
}

#endif
