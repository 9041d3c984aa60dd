/* region.c - see region.h. */
#include "run/region.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Allocates the file's blocks before they are written, so that a full disk gives a message, not a signal. */
static int reserve_file(int file, size_t cap)
{
    int reason = posix_fallocate(file, 0, (off_t)cap);
    if (reason == 0)
        return 0;
    errno = reason;
    return diag_errno("the temporary file can't grow to %zu bytes", cap);
}

/* A table of hashes is read at random places: with small pages nearly each of them costs a walk through the page table
 * on top. */
static void ask_for_huge_pages(const struct region *region)
{
    if (region->file < 0 && region->cap >= MEM_HUGE)
        (void)madvise(region->base, region->cap, MADV_HUGEPAGE);
}

void region_close(struct region *region)
{
    if (region->base != NULL)
        (void)munmap(region->base, region->cap);
    if (region->file >= 0)
        (void)close(region->file);
    *region = REGION_CLOSED;
}

int region_open(struct region *region, size_t cap, const char *temp_dir)
{
    *region = REGION_CLOSED;
    if (temp_dir != NULL) {
        region->file = temporary_open(temp_dir);
        if (region->file < 0)
            return -1;
        if (reserve_file(region->file, cap) < 0) {
            region_close(region);
            return -1;
        }
    }
    int flags = temp_dir != NULL ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    void *base = mmap(NULL, cap, PROT_READ | PROT_WRITE, flags, region->file, 0);
    if (base == MAP_FAILED) {
        (void)diag_errno("out of memory: %zu bytes can't be mapped", cap);
        region_close(region);
        return -1;
    }
    region->base = base;
    region->cap = cap;
    ask_for_huge_pages(region);
    return 0;
}

int region_grow(struct region *region, size_t cap)
{
    if (region->file >= 0 && reserve_file(region->file, cap) < 0)
        return -1;
    void *base = mremap(region->base, region->cap, cap, MREMAP_MAYMOVE);
    if (base == MAP_FAILED)
        return diag_errno("out of memory: %zu bytes can't be mapped", cap);
    region->base = base;
    region->cap = cap;
    ask_for_huge_pages(region);
    return 0;
}

int region_reserve(struct region *region, size_t more)
{
    size_t need = region->len + more;
    return need <= region->cap ? 0 : region_grow(region, vec_grown(region->cap, need));
}

void region_append(struct region *region, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(region->base + region->len, bytes, len);
    region->len += len;
}

int region_spill(struct region *region, const char *temp_dir)
{
    struct region file;
    if (region_open(&file, region->cap, temp_dir) < 0)
        return -1;
    region_append(&file, region->base, region->len);
    region_close(region);
    *region = file;
    return 0;
}
