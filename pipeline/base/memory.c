/* memory.c - checked allocators: see memory.h. */
#include "base/memory.h"

#include "base/diag.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *checked(void *got, size_t size)
{
    if (got == NULL && size > 0)
        diag_die(STATUS_FAILED, "out of memory: can't allocate %zu bytes", size);
    return got;
}

static size_t product(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        diag_die(STATUS_FAILED, "out of memory: %zu items of %zu bytes", count, size);
    return count * size;
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size > 0 ? size : 1), size);
}

void *mem_zalloc(size_t count, size_t size)
{
    size_t bytes = product(count, size);
    return checked(calloc(bytes > 0 ? bytes : 1, 1), bytes);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t bytes = product(count, size);
    return checked(realloc(old, bytes > 0 ? bytes : 1), bytes);
}

void *mem_huge(size_t size)
{
    char *got = mmap(NULL, size + MEM_HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED)
        return checked(NULL, size);
    size_t before = (0 - (uintptr_t)got) % MEM_HUGE;
    if (before > 0)
        (void)munmap(got, before);
    (void)munmap(got + before + size, MEM_HUGE - before);
    (void)madvise(got + before, size, MADV_HUGEPAGE);
    return got + before;
}

void mem_huge_free(void *old, size_t size)
{
    if (old != NULL)
        (void)munmap(old, size);
}

char *mem_string(const char *bytes, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

void mem_free(void *old)
{
    free(old);
}
