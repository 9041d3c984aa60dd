/* store.c - two mapped regions, entries and slots: see store.h. */
#include "run/store.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Memory that grows without being copied, private or backed by a file. */
struct region {
    char *base;
    size_t len, cap;
    int file; /* -1: private */
};

/* The hash has 128 bits: the low half selects the slot, the high half is compared, and then the key itself. */
struct slot {
    uint64_t high;
    uint64_t place; /* offset of the entry + 1; 0: free */
};

/* Precedes the bytes of the key and the value, unaligned. */
struct entry_head {
    uint64_t low; /* half of the hash: selects the slot when the table grows */
    uint64_t number;
    uint64_t key_len, value_len;
};

struct store {
    struct region entries, slots;
    size_t slot_count, len; /* slot_count is a power of two */
    uint64_t max_memory;
    const char *temp_dir;
    bool spilled;
};

enum { FIRST_BYTES = 1 << 16, FIRST_SLOTS = 1 << 10 };

/* ---- regions ---- */

/* Allocates the file's blocks before they are written, so that a full disk gives a message, not a signal. */
static int reserve_file(int file, size_t cap)
{
    int reason = posix_fallocate(file, 0, (off_t)cap);
    if (reason == 0)
        return 0;
    errno = reason;
    return diag_errno("the temporary file can't grow to %zu bytes", cap);
}

static void region_free(struct region *region)
{
    if (region->base != NULL)
        (void)munmap(region->base, region->cap);
    if (region->file >= 0)
        (void)close(region->file);
    *region = (struct region){NULL, 0, 0, -1};
}

/* A new region of cap zero bytes: private if temp_dir is NULL. */
static int region_open(struct region *region, size_t cap, const char *temp_dir)
{
    *region = (struct region){NULL, 0, cap, -1};
    if (temp_dir != NULL) {
        region->file = temporary_open(temp_dir);
        if (region->file < 0)
            return -1;
        if (reserve_file(region->file, cap) < 0) {
            region_free(region);
            return -1;
        }
    }
    int flags = temp_dir != NULL ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    void *base = mmap(NULL, cap, PROT_READ | PROT_WRITE, flags, region->file, 0);
    if (base == MAP_FAILED) {
        (void)diag_errno("out of memory: %zu bytes can't be mapped", cap);
        region_free(region);
        return -1;
    }
    region->base = base;
    return 0;
}

/* Makes room for `more` bytes after len. */
static int region_reserve(struct region *region, size_t more)
{
    size_t need = region->len + more;
    if (need <= region->cap)
        return 0;
    size_t cap = vec_grown(region->cap, need);
    if (region->file >= 0 && reserve_file(region->file, cap) < 0)
        return -1;
    void *base = mremap(region->base, region->cap, cap, MREMAP_MAYMOVE);
    if (base == MAP_FAILED)
        return diag_errno("out of memory: %zu bytes can't be mapped", cap);
    region->base = base;
    region->cap = cap;
    return 0;
}

static void region_append(struct region *region, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(region->base + region->len, bytes, len);
    region->len += len;
}

/* ---- the table ---- */

static struct slot *slots_of(const struct store *store)
{
    return (struct slot *)(void *)store->slots.base;
}

static struct entry_head head_at(const struct store *store, uint64_t place)
{
    struct entry_head head;
    memcpy(&head, store->entries.base + place, sizeof head);
    return head;
}

static struct slice key_at(const struct store *store, uint64_t place)
{
    return (struct slice){store->entries.base + place + sizeof(struct entry_head), head_at(store, place).key_len};
}

/* The slot of the key, or the free slot for it. */
static struct slot *find_slot(const struct store *store, struct slice key, XXH128_hash_t hash)
{
    struct slot *slots = slots_of(store);
    size_t mask = store->slot_count - 1, i = (size_t)hash.low64 & mask;
    while (slots[i].place != 0 &&
           (slots[i].high != hash.high64 || !slice_equal(key_at(store, slots[i].place - 1), key)))
        i = (i + 1) & mask;
    return &slots[i];
}

/* Moves the slots to a table of `count`, in a file if the store has spilled. */
static int rebuild_slots(struct store *store, size_t count)
{
    struct region fresh;
    if (region_open(&fresh, count * sizeof(struct slot), store->spilled ? store->temp_dir : NULL) < 0)
        return -1;
    struct slot *from = slots_of(store), *to = (struct slot *)(void *)fresh.base;
    for (size_t i = 0; i < store->slot_count; i++) {
        if (from[i].place == 0)
            continue;
        size_t j = (size_t)head_at(store, from[i].place - 1).low & (count - 1);
        while (to[j].place != 0)
            j = (j + 1) & (count - 1);
        to[j] = from[i];
    }
    region_free(&store->slots);
    store->slots = fresh;
    store->slot_count = count;
    return 0;
}

static int spill(struct store *store)
{
    struct region file;
    if (region_open(&file, store->entries.cap, store->temp_dir) < 0)
        return -1;
    region_append(&file, store->entries.base, store->entries.len);
    region_free(&store->entries);
    store->entries = file;
    store->spilled = true;
    return rebuild_slots(store, store->slot_count);
}

/* ---- the store ---- */

struct store *store_new(uint64_t max_memory, const char *temp_dir)
{
    struct store *store = mem_zalloc(1, sizeof *store);
    store->max_memory = max_memory;
    store->temp_dir = temp_dir;
    store->slot_count = FIRST_SLOTS;
    store->entries.file = store->slots.file = -1;
    if (region_open(&store->entries, FIRST_BYTES, NULL) < 0 ||
        region_open(&store->slots, FIRST_SLOTS * sizeof(struct slot), NULL) < 0) {
        store_free(store);
        return NULL;
    }
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    region_free(&store->entries);
    region_free(&store->slots);
    mem_free(store);
}

bool store_get(const struct store *store, struct slice key, struct entry *entry)
{
    const struct slot *slot = find_slot(store, key, XXH3_128bits(key.ptr, key.len));
    if (slot->place == 0)
        return false;
    struct entry_head head = head_at(store, slot->place - 1);
    const char *bytes = store->entries.base + (slot->place - 1) + sizeof head;
    *entry = (struct entry){{bytes + head.key_len, head.value_len}, head.number};
    return true;
}

/* Makes room for one more entry and its slot. */
static int reserve(struct store *store, size_t bytes)
{
    size_t slots = store->len * 2 >= store->slot_count ? store->slot_count * 2 : store->slot_count;
    uint64_t need = (uint64_t)store->entries.len + bytes + (uint64_t)slots * sizeof(struct slot);
    if (!store->spilled && need > store->max_memory && spill(store) < 0)
        return -1;
    if (slots != store->slot_count && rebuild_slots(store, slots) < 0)
        return -1;
    return region_reserve(&store->entries, bytes);
}

int store_put(struct store *store, struct slice key, struct entry entry)
{
    struct entry_head head = {0, entry.number, key.len, entry.value.len};
    if (reserve(store, sizeof head + key.len + entry.value.len) < 0)
        return -1;
    XXH128_hash_t hash = XXH3_128bits(key.ptr, key.len);
    struct slot *slot = find_slot(store, key, hash);
    head.low = hash.low64;
    store->len += slot->place == 0;
    *slot = (struct slot){hash.high64, store->entries.len + 1};
    region_append(&store->entries, &head, sizeof head);
    region_append(&store->entries, key.ptr, key.len);
    region_append(&store->entries, entry.value.ptr, entry.value.len);
    return 0;
}

size_t store_len(const struct store *store)
{
    return store->len;
}

bool store_spilled(const struct store *store)
{
    return store->spilled;
}
