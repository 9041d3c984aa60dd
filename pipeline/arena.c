/* arena.c - pages from which objects are carved: see arena.h. */
#include "arena.h"

#include "diag.h"
#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_BY_MALLOC 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ARENA_BY_MALLOC 1
#endif
#ifndef ARENA_BY_MALLOC
#define ARENA_BY_MALLOC 0
#endif

enum { PAGE_BYTES = 256 * 1024, ALIGNMENT = 16 };

/* A page's bytes follow its header. */
struct page {
    struct page *next;
    size_t size; /* bytes after the header */
};

struct arena {
    struct page *used;  /* the head is the one being carved */
    struct page *spare; /* of PAGE_BYTES each, kept from one block to the next */
    char *at, *end;
    size_t bytes; /* of all pages */
};

#define HEADER_BYTES ((sizeof(struct page) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

struct arena *arena_new(void)
{
    return mem_zalloc(1, sizeof(struct arena));
}

static void free_pages(struct page *page)
{
    while (page != NULL) {
        struct page *next = page->next;
        mem_free(page);
        page = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_pages(arena->used);
    free_pages(arena->spare);
    mem_free(arena);
}

void arena_reset(struct arena *arena)
{
    struct page *page = arena->used;
    while (page != NULL) {
        struct page *next = page->next;
        if (page->size == PAGE_BYTES) {
            page->next = arena->spare;
            arena->spare = page;
        } else {
            arena->bytes -= HEADER_BYTES + page->size;
            mem_free(page);
        }
        page = next;
    }
    arena->used = NULL;
    arena->at = arena->end = NULL;
}

static void *new_page(struct arena *arena, size_t size)
{
    struct page *page = NULL;
    if (size == PAGE_BYTES && arena->spare != NULL) {
        page = arena->spare;
        arena->spare = page->next;
    } else {
        if (size > SIZE_MAX - HEADER_BYTES)
            diag_die(STATUS_FAILED, "out of memory: %zu bytes", size);
        page = mem_alloc(HEADER_BYTES + size);
        page->size = size;
        arena->bytes += HEADER_BYTES + size;
    }
    page->next = arena->used;
    arena->used = page;
    return (char *)page + HEADER_BYTES;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (ARENA_BY_MALLOC)
        return new_page(arena, size != PAGE_BYTES ? size : size + 1);
    size_t rounded = size < ALIGNMENT ? ALIGNMENT : size;
    rounded += (0 - rounded) % ALIGNMENT;
    if (rounded < size)
        diag_die(STATUS_FAILED, "out of memory: %zu bytes", size);
    if (rounded > PAGE_BYTES / 4) {
        /* A large object gets a page of its own, behind the one being carved. */
        struct page *carved = arena->used;
        char *object = new_page(arena, rounded == PAGE_BYTES ? rounded + ALIGNMENT : rounded);
        if (carved != NULL) {
            struct page *own = arena->used;
            arena->used = carved;
            own->next = carved->next;
            carved->next = own;
        }
        return object;
    }
    if (arena->at == NULL || (size_t)(arena->end - arena->at) < rounded) {
        arena->at = new_page(arena, PAGE_BYTES);
        arena->end = arena->at + PAGE_BYTES;
    }
    char *object = arena->at;
    arena->at += rounded;
    return object;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        diag_die(STATUS_FAILED, "out of memory: %zu items of %zu bytes", count, size);
    return arena_alloc(arena, count * size);
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
    char *copy = arena_alloc(arena, bytes.len);
    if (bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    return (struct slice){copy, bytes.len};
}

struct slice arena_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return (struct slice){"", 0};
    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (struct slice){text, (size_t)len};
}
