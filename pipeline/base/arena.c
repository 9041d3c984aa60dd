/* arena.c - pages from which objects are carved: see arena.h. */
#include "base/arena.h"

#include "base/diag.h"
#include "base/memory.h"

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

/* Once an arena has grown to HUGE_FROM bytes, its new pages are huge pages. */
enum { PAGE_BYTES = 256 * 1024, HUGE_FROM = MEM_HUGE, ALIGNMENT = 16 };

enum page_kind { PAGE_OWN /* of a large object */, PAGE_PLAIN, PAGE_HUGE };

/* A page's bytes follow its header. */
struct page {
    struct page *next;
    size_t size; /* with the header */
    enum page_kind kind;
};

struct arena {
    struct page *carved; /* the head is the one being carved */
    struct page *spare;  /* to be carved, kept from one block to the next */
    char *at, *end;
    size_t bytes; /* of all pages */
    size_t used;  /* handed out since the last reset */
};

#define HEADER_BYTES ((sizeof(struct page) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

struct arena *arena_new(void)
{
    return mem_zalloc(1, sizeof(struct arena));
}

static void free_page(struct page *page)
{
    if (page->kind == PAGE_HUGE)
        mem_huge_free(page, page->size);
    else
        mem_free(page);
}

static void free_pages(struct page *page)
{
    while (page != NULL) {
        struct page *next = page->next;
        free_page(page);
        page = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_pages(arena->carved);
    free_pages(arena->spare);
    mem_free(arena);
}

void arena_reset(struct arena *arena)
{
    struct page *page = arena->carved;
    while (page != NULL) {
        struct page *next = page->next;
        if (page->kind != PAGE_OWN) {
            page->next = arena->spare;
            arena->spare = page;
        } else {
            arena->bytes -= page->size;
            free_page(page);
        }
        page = next;
    }
    arena->carved = NULL;
    arena->at = arena->end = NULL;
    arena->used = 0;
}

static struct page *new_page(struct arena *arena, enum page_kind kind, size_t size)
{
    struct page *page = kind == PAGE_HUGE ? mem_huge(size) : mem_alloc(size);
    page->size = size;
    page->kind = kind;
    arena->bytes += size;
    return page;
}

/* Returns an object with a page of its own, linked in after the page being carved. */
static void *own_page(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - HEADER_BYTES)
        diag_die(STATUS_FAILED, "out of memory: %zu bytes", size);
    struct page *page = new_page(arena, PAGE_OWN, HEADER_BYTES + size), *carved = arena->carved;
    struct page **place = carved != NULL ? &carved->next : &arena->carved;
    page->next = *place;
    *place = page;
    return (char *)page + HEADER_BYTES;
}

static void carve_next(struct arena *arena)
{
    struct page *page = arena->spare;
    if (page != NULL)
        arena->spare = page->next;
    else if (arena->bytes < HUGE_FROM)
        page = new_page(arena, PAGE_PLAIN, PAGE_BYTES);
    else
        page = new_page(arena, PAGE_HUGE, MEM_HUGE);
    page->next = arena->carved;
    arena->carved = page;
    arena->at = (char *)page + HEADER_BYTES;
    arena->end = (char *)page + page->size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    arena->used += size;
    if (ARENA_BY_MALLOC)
        return own_page(arena, size);
    size_t rounded = size < ALIGNMENT ? ALIGNMENT : size;
    rounded += (0 - rounded) % ALIGNMENT;
    if (rounded < size)
        diag_die(STATUS_FAILED, "out of memory: %zu bytes", size);
    if (rounded > PAGE_BYTES / 4)
        return own_page(arena, rounded);
    if (arena->at == NULL || (size_t)(arena->end - arena->at) < rounded)
        carve_next(arena);
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

size_t arena_used(const struct arena *arena)
{
    return arena->used;
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
