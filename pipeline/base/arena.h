/* arena.h - memory for the life of a block of records: carve, then free everything at once.
 *
 * The runner resets a block's arena after the last filter has seen the block; a filter never frees.
 * In a sanitizer build each object is a malloc of its own, so that the sanitizer sees a read past its end. */
#ifndef QUERN_ARENA_H
#define QUERN_ARENA_H

#include "base/slice.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
void arena_reset(struct arena *arena);

/* Bytes aligned for any type, not zeroed; never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* count items of size bytes; the product is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Bytes reserved, unused parts of pages included. */
size_t arena_bytes(const struct arena *arena);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

/* A copy of the bytes. */
struct slice arena_copy(struct arena *arena, struct slice bytes);

/* A formatted string, as printf; a byte of zero follows it. */
struct slice arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));

#endif
