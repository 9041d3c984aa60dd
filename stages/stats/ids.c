/* ids.c - see ids.h. The table has open addressing, and is never more than half full. */
#include "ids.h"

#include "base/diag.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

enum { ROOM_FIRST = 1024, LEVEL_MOST = 63, HASH_DIGITS = 16 };

static bool counts(const struct ids *ids, uint64_t hash)
{
    return ids->level == 0 || hash >> (64 - ids->level) == 0;
}

static struct id_count *find(const struct ids *ids, uint64_t hash)
{
    size_t at = hash & (ids->room - 1); /* the level looks at the other end */
    while (ids->slots[at].count > 0 && ids->slots[at].hash != hash)
        at = (at + 1) & (ids->room - 1);
    return &ids->slots[at];
}

/* Moves what counts to a table of this size. */
static void rebuild(struct ids *ids, size_t room)
{
    struct id_count *old = ids->slots;
    size_t old_room = ids->room;
    ids->slots = mem_zalloc(room, sizeof *ids->slots);
    ids->room = room;
    ids->used = 0;
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].count == 0 || !counts(ids, old[i].hash))
            continue;
        *find(ids, old[i].hash) = old[i];
        ids->used++;
    }
    mem_free(old);
}

static void raise_level(struct ids *ids, unsigned level)
{
    ids->level = level;
    rebuild(ids, ids->room);
}

static void add(struct ids *ids, uint64_t hash, uint64_t count)
{
    if (count == 0 || !counts(ids, hash))
        return;
    if ((ids->used + 1) * 2 > ids->room)
        rebuild(ids, ids->room > 0 ? ids->room * 2 : ROOM_FIRST);
    struct id_count *slot = find(ids, hash);
    ids->used += slot->count == 0;
    *slot = (struct id_count){hash, slot->count + count};
    while (ids->used > IDS_MOST && ids->level < LEVEL_MOST)
        raise_level(ids, ids->level + 1);
}

void ids_add(struct ids *ids, uint64_t hash)
{
    ids->records++;
    add(ids, hash, 1);
}

void ids_merge(struct ids *into, const struct ids *from)
{
    into->records += from->records;
    if (from->level > into->level)
        raise_level(into, from->level);
    for (size_t i = 0; i < from->room; i++)
        add(into, from->slots[i].hash, from->slots[i].count);
}

void ids_release(struct ids *ids)
{
    mem_free(ids->slots);
}

uint64_t ids_duplicates(const struct ids *ids)
{
    uint64_t more = 0;
    for (size_t i = 0; i < ids->room; i++)
        more += ids->slots[i].count > 1 ? ids->slots[i].count - 1 : 0;
    return more << ids->level;
}

/* ---- as a summary ---- */

void ids_put(const struct ids *ids, struct summary *object)
{
    summary_put_number(object, SLICE("level"), ids->level);
    summary_put_number(object, SLICE("records"), (int64_t)ids->records);
    struct summary *sample = summary_put_object(object, SLICE("sample"));
    for (size_t i = 0; i < ids->room; i++) {
        char digits[HASH_DIGITS + 1];
        if (ids->slots[i].count == 0)
            continue;
        (void)snprintf(digits, sizeof digits, "%016" PRIx64, ids->slots[i].hash);
        summary_put_number(sample, (struct slice){digits, HASH_DIGITS}, (int64_t)ids->slots[i].count);
    }
}

static bool read_hash(struct slice digits, uint64_t *hash)
{
    *hash = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char digit = digits.ptr[i];
        bool letter = digit >= 'a' && digit <= 'f';
        if (!letter && (digit < '0' || digit > '9'))
            return false;
        *hash = *hash << 4 | (uint64_t)(letter ? digit - 'a' + 10 : digit - '0');
    }
    return digits.len == HASH_DIGITS;
}

int ids_read(struct ids *into, const struct summary *object)
{
    const struct summary *sample = summary_object(object, SLICE("sample"));
    int64_t level = summary_number(object, SLICE("level")), records = summary_number(object, SLICE("records"));
    if (level < 0 || level > LEVEL_MOST || records < 0)
        return diag_error("ids: level %" PRId64 " of %" PRId64 " records is out of range", level, records);
    into->records += (uint64_t)records;
    if ((unsigned)level > into->level)
        raise_level(into, (unsigned)level);
    for (size_t i = 0; sample != NULL && i < summary_count(sample); i++) {
        struct slice name = summary_name(sample, i);
        uint64_t hash;
        if (!read_hash(name, &hash) || summary_number_at(sample, i) < 0)
            return diag_error("ids: expected hashes of %d hexadecimal digits with their counts, found %.*s",
                              HASH_DIGITS, (int)name.len, name.ptr);
        add(into, hash, (uint64_t)summary_number_at(sample, i));
    }
    return 0;
}
