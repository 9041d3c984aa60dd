/* region.h - memory that grows without being copied, private or a file's: what store.h and hashes.h keep their data in.
 *
 * A file has no name and is mapped: the kernel decides how much of it is in memory, and nothing is left of it when the
 * program ends. All that can fail returns 0, or -1 with the message. */
#ifndef QUERN_REGION_H
#define QUERN_REGION_H

#include <stddef.h>

struct region {
    char *base;
    size_t len; /* bytes that region_append has put there */
    size_t cap; /* bytes mapped; from len on they are zero, unless the user writes there */
    int file;   /* -1: private */
};

/* One that is not open; region_close does nothing to it. */
#define REGION_CLOSED ((struct region){NULL, 0, 0, -1})

/* A new region of cap > 0 zero bytes: in a file in the folder temp_dir, or private if that is NULL. If it fails the
 * region is closed. */
int region_open(struct region *region, size_t cap, const char *temp_dir);
void region_close(struct region *region);

/* Gives it `cap` bytes, no fewer than it has; base may change. */
int region_grow(struct region *region, size_t cap);

/* Makes room for `more` bytes after len; base may change. */
int region_reserve(struct region *region, size_t more);

/* Appends bytes for which there is room. */
void region_append(struct region *region, const void *bytes, size_t len);

/* Moves a private region into a file in the folder temp_dir. If it fails the region is as before. */
int region_spill(struct region *region, const char *temp_dir);

#endif
