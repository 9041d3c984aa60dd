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

/* For a table or a store of megabytes: zeroed, of huge pages where the kernel has them, which are filled in a fraction
 * of the time and found faster. To be freed with its size, which is a multiple of MEM_HUGE. */
enum { MEM_HUGE = 2 * 1024 * 1024 };
void *mem_huge(size_t size);
void mem_huge_free(void *old, size_t size);

char *mem_string(const char *bytes, size_t len); /* a NUL-terminated copy */
void mem_free(void *old);

#endif
