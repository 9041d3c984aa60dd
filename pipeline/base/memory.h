/* memory.h - checked allocators for objects that live as long as the run.
 *
 * None of them returns NULL: when memory is exhausted the program ends with a message and status 1.
 * Objects that live only as long as a record come from an arena (arena.h). */
#ifndef QUERN_MEMORY_H
#define QUERN_MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);            /* zeroed; count * size is checked */
void *mem_resize(void *old, size_t count, size_t size); /* realloc; count * size is checked */

/* For a table or a store of megabytes: zeroed, in huge pages if the kernel has them (fewer page faults, fewer TLB
 * misses). Free it with its size, which is a multiple of MEM_HUGE. */
enum { MEM_HUGE = 2 * 1024 * 1024 };
void *mem_huge(size_t size);
void mem_huge_free(void *old, size_t size);

char *mem_string(const char *bytes, size_t len); /* a NUL-terminated copy */
void mem_free(void *old);

#endif
