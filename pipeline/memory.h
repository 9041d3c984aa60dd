/* memory.h - checked allocators for what lives as long as the run.
 *
 * None of them returns NULL: when memory is exhausted the program ends with a message and status 1.
 * What lives only as long as a record comes from an arena (arena.h). */
#ifndef QUERN_MEMORY_H
#define QUERN_MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);            /* zeroed; count * size is checked */
void *mem_resize(void *old, size_t count, size_t size); /* realloc; count * size is checked */
char *mem_string(const char *bytes, size_t len);        /* a NUL-terminated copy */
void mem_free(void *old);

#endif
