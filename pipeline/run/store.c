/* store.c - two mapped regions, entries and slots: see store.h. */
#include "run/store.h"

#include "base/hash.h"
#include "base/memory.h"
#include "run/region.h"

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
static struct slot *find_slot(const struct store *store, struct slice key, struct hash hash)
{
    struct slot *slots = slots_of(store);
    size_t mask = store->slot_count - 1, i = (size_t)hash.low & mask;
    while (slots[i].place != 0 && (slots[i].high != hash.high || !slice_equal(key_at(store, slots[i].place - 1), key)))
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
    region_close(&store->slots);
    store->slots = fresh;
    store->slot_count = count;
    return 0;
}

static int spill(struct store *store)
{
    if (region_spill(&store->entries, store->temp_dir) < 0)
        return -1;
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
    store->entries = store->slots = REGION_CLOSED;
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
    region_close(&store->entries);
    region_close(&store->slots);
    mem_free(store);
}

bool store_get(const struct store *store, struct slice key, struct entry *entry)
{
    const struct slot *slot = find_slot(store, key, hash_bytes(key, 0));
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
    struct hash hash = hash_bytes(key, 0);
    struct slot *slot = find_slot(store, key, hash);
    head.low = hash.low;
    store->len += slot->place == 0;
    *slot = (struct slot){hash.high, store->entries.len + 1};
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
