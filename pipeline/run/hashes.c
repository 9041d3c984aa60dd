/* hashes.c - see hashes.h.
 *
 * Slots in one region, in ascending order of their hashes, with free ones between them:
 *
 *     | hash | value |  free  | hash | value | hash | value |  free  | …
 *
 * The high half of a hash says where its slot is at the earliest: as far into the table as it is into the range of 64
 * bits. A new hash goes to the first slot from there on whose hash is not smaller, and what stands there up to the next
 * free slot moves on by one. This is linear probing with the slots kept in order. For that, growing takes two passes
 * from one end of the table to the other and no second table, so it may be by half instead of by doubling, and a table
 * in a file is not read at random for it. */
#include "run/hashes.h"

#include "base/memory.h"
#include "run/region.h"

#include <assert.h>

__extension__ typedef unsigned __int128 u128;

struct hashes {
    struct region region;
    size_t slot_bytes;
    size_t slots;  /* in all */
    size_t homes;  /* of them, from the start: those that a hash may want; the rest takes what is pushed over the end */
    size_t len;    /* hashes */
    size_t growth; /* with so many hashes the table must grow before the next */
    uint64_t max_memory;
    const char *temp_dir;
};

enum { FIRST_SLOTS = 1024 };

struct hashes *hashes_new(size_t value_bytes, uint64_t max_memory, const char *temp_dir)
{
    assert(value_bytes % sizeof(uint64_t) == 0);
    struct hashes *hashes = mem_zalloc(1, sizeof *hashes);
    hashes->region = REGION_CLOSED;
    hashes->slot_bytes = sizeof(struct hash) + value_bytes;
    hashes->max_memory = max_memory;
    hashes->temp_dir = temp_dir;
    return hashes;
}

void hashes_free(struct hashes *hashes)
{
    if (hashes == NULL)
        return;
    region_close(&hashes->region);
    mem_free(hashes);
}

/* ---- slots ---- */

static char *slot_at(const struct hashes *hashes, size_t i)
{
    return hashes->region.base + i * hashes->slot_bytes;
}

static struct hash hash_at(const struct hashes *hashes, size_t i)
{
    struct hash hash;
    memcpy(&hash, slot_at(hashes, i), sizeof hash);
    return hash;
}

static bool is_free(struct hash hash)
{
    return hash.high == 0 && hash.low == 0;
}

/* A free slot is all zero, so no hash may be. */
static struct hash not_zero(struct hash hash)
{
    hash.low += is_free(hash);
    return hash;
}

static size_t home_of(const struct hashes *hashes, struct hash hash)
{
    return (size_t)((u128)hash.high * hashes->homes >> 64);
}

/* The slot of the hash, or the one that it would be put into; `slots` if that is beyond the end. */
static size_t find_slot(const struct hashes *hashes, struct hash hash)
{
    size_t i = home_of(hashes, hash);
    for (; i < hashes->slots; i++) {
        struct hash other = hash_at(hashes, i);
        if (is_free(other) || hash_compare(other, hash) >= 0)
            break;
    }
    return i;
}

static void move_slot(const struct hashes *hashes, size_t from, size_t to)
{
    if (from == to)
        return;
    memcpy(slot_at(hashes, to), slot_at(hashes, from), hashes->slot_bytes);
    memset(slot_at(hashes, from), 0, hashes->slot_bytes);
}

/* ---- growing ---- */

/* Moves every hash to the end of the table, in order. */
static void gather(const struct hashes *hashes, size_t slots_before)
{
    size_t to = hashes->slots;
    for (size_t from = slots_before; from-- > 0;)
        if (!is_free(hash_at(hashes, from)))
            move_slot(hashes, from, --to);
    assert(to == hashes->slots - hashes->len);
}

/* Moves every hash from there to its place, which is never after the slot where it waits: a table that is larger has no
 * fewer slots after each home, so what did fit still does. */
static void spread(const struct hashes *hashes)
{
    size_t next = 0;
    for (size_t from = hashes->slots - hashes->len; from < hashes->slots; from++) {
        size_t home = home_of(hashes, hash_at(hashes, from)), to = home > next ? home : next;
        assert(to <= from);
        move_slot(hashes, from, to);
        next = to + 1;
    }
}

/* A new size of the region. 0, or -1 with the message. */
static int resize(struct hashes *hashes, size_t slots)
{
    struct region *region = &hashes->region;
    size_t bytes = slots * hashes->slot_bytes;
    bool spills = bytes > hashes->max_memory;
    if (region->base == NULL) {
        if (region_open(region, bytes, spills ? hashes->temp_dir : NULL) < 0)
            return -1;
    } else if ((spills && region->file < 0 && region_spill(region, hashes->temp_dir) < 0) ||
               region_grow(region, bytes) < 0) {
        return -1;
    }
    region->len = bytes;
    return 0;
}

static int grow(struct hashes *hashes)
{
    size_t before = hashes->slots, slots = before == 0 ? FIRST_SLOTS : before + before / 2;
    if (resize(hashes, slots) < 0)
        return -1;
    hashes->slots = slots;
    hashes->homes = slots - slots / 32;
    hashes->growth = slots - slots / 5;
    gather(hashes, before);
    spread(hashes);
    return 0;
}

/* ---- the table ---- */

/* Makes slot i free. False if what stands there would be pushed over the end. */
static bool push_on(const struct hashes *hashes, size_t i)
{
    size_t end = i;
    while (end < hashes->slots && !is_free(hash_at(hashes, end)))
        end++;
    if (end == hashes->slots)
        return false;
    memmove(slot_at(hashes, i) + hashes->slot_bytes, slot_at(hashes, i), (end - i) * hashes->slot_bytes);
    memset(slot_at(hashes, i), 0, hashes->slot_bytes);
    return true;
}

int hashes_add(struct hashes *hashes, struct hash hash, void **value)
{
    hash = not_zero(hash);
    size_t i = find_slot(hashes, hash);
    bool found = i < hashes->slots && hash_compare(hash_at(hashes, i), hash) == 0;
    if (!found) {
        while (hashes->len >= hashes->growth || !push_on(hashes, i)) {
            if (grow(hashes) < 0)
                return -1;
            i = find_slot(hashes, hash);
        }
        memcpy(slot_at(hashes, i), &hash, sizeof hash);
        hashes->len++;
    }
    if (value != NULL)
        *value = slot_at(hashes, i) + sizeof hash;
    return found ? 0 : 1;
}

void *hashes_find(const struct hashes *hashes, struct hash hash)
{
    hash = not_zero(hash);
    size_t i = find_slot(hashes, hash);
    bool found = i < hashes->slots && hash_compare(hash_at(hashes, i), hash) == 0;
    return found ? slot_at(hashes, i) + sizeof hash : NULL;
}

size_t hashes_len(const struct hashes *hashes)
{
    return hashes->len;
}

bool hashes_spilled(const struct hashes *hashes)
{
    return hashes->region.file >= 0;
}
