/* sort_table.c - see sort_table.h. */
#include "run/sort_table.h"

#include "base/memory.h"

/* Entries are packed in chunks, so they need no index until they are sorted. */
enum { LEAST_CHUNK = 1 << 16, CHUNKS_OF_SHARE = 8 };

struct sort_table sort_table_of(const struct sort_bounds *bounds)
{
    return (struct sort_table){.bounds = bounds, .sums = bounds->combine != NULL ? map_new() : NULL};
}

static void free_chunk(const struct sort_chunk *chunk)
{
    if (chunk->room % MEM_HUGE == 0)
        mem_huge_free(chunk->bytes, chunk->room);
    else
        mem_free(chunk->bytes);
}

void sort_table_free(struct sort_table *table)
{
    map_free(table->sums);
    for (size_t i = 0; i < table->chunks.len; i++)
        free_chunk(&table->chunks.items[i]);
    vec_free(&table->chunks);
}

void sort_table_clear(struct sort_table *table)
{
    const struct sort_bounds *bounds = table->bounds;
    sort_table_free(table);
    *table = sort_table_of(bounds);
}

size_t sort_table_len(const struct sort_table *table)
{
    return table->sums != NULL ? map_len(table->sums) : table->count;
}

/* The items, and as much again because many heads may be equal. */
static size_t items_bytes(size_t count)
{
    return 2 * count * sizeof(struct sort_item);
}

size_t sort_table_bytes(const struct sort_table *table)
{
    return items_bytes(sort_table_len(table)) + (table->sums != NULL ? map_bytes(table->sums) : table->bytes);
}

/* ---- adding ---- */

static size_t chunk_room(size_t need, size_t share)
{
    size_t room = share / CHUNKS_OF_SHARE;
    room = room >= MEM_HUGE ? MEM_HUGE : room < LEAST_CHUNK ? LEAST_CHUNK : room;
    if (need <= room)
        return room;
    return need < MEM_HUGE ? need : (need + MEM_HUGE - 1) / MEM_HUGE * MEM_HUGE;
}

static bool has_place(const struct sort_table *table, size_t len)
{
    if (table->chunks.len == 0)
        return false;
    const struct sort_chunk *last = &table->chunks.items[table->chunks.len - 1];
    return last->room - last->len >= len;
}

static void add_chunk(struct sort_table *table, size_t room)
{
    struct sort_chunk chunk = {.room = room};
    chunk.bytes = room % MEM_HUGE == 0 ? mem_huge(room) : mem_alloc(room);
    vec_push(&table->chunks, chunk);
    table->bytes += room;
}

static char *put(char *to, struct slice bytes)
{
    if (bytes.len > 0)
        memcpy(to, bytes.ptr, bytes.len);
    return to + bytes.len;
}

bool sort_table_add(struct sort_table *table, const struct sort_entry *entry, size_t share)
{
    size_t len = sort_entry_bytes(entry);
    size_t room = has_place(table, len) ? 0 : chunk_room(len, share);
    if (table->count > 0 && table->bytes + room + items_bytes(table->count + 1) > share)
        return false;
    if (room > 0)
        add_chunk(table, room);
    struct sort_chunk *chunk = &table->chunks.items[table->chunks.len - 1];
    (void)put(put(sort_put_head(chunk->bytes + chunk->len, entry), entry->key), entry->value);
    chunk->len += len;
    table->count++;
    return true;
}

/* A map may double when it grows, and sorting takes memory too, so it is full at half of the share. */
bool sort_table_sum(struct sort_table *table, struct slice key, uint64_t number, size_t share)
{
    size_t known = map_len(table->sums);
    uint64_t *sum = map_put(table->sums, key);
    if (map_len(table->sums) == known) {
        *sum = table->bounds->combine(*sum, number);
        return true;
    }
    *sum = number;
    return map_bytes(table->sums) <= share / 2;
}

/* ---- sorting ---- */

static void list_sums(const struct sort_table *table, struct sort_item *items)
{
    for (size_t i = 0; i < map_len(table->sums); i++)
        items[i] =
            (struct sort_item){sort_head(table->bounds->rank, map_at(table->sums, i)->key), map_at(table->sums, i)};
}

static void list_entries(const struct sort_table *table, struct sort_item *items)
{
    for (size_t c = 0; c < table->chunks.len; c++) {
        const struct sort_chunk *chunk = &table->chunks.items[c];
        for (const char *at = chunk->bytes; at < chunk->bytes + chunk->len;) {
            struct sort_entry entry;
            sort_entry_at(at, &entry);
            *items++ = (struct sort_item){sort_head(table->bounds->rank, entry.key), at};
            at = entry.value.ptr + entry.value.len;
        }
    }
}

struct sort_item *sort_table_items(const struct sort_table *table)
{
    size_t count = sort_table_len(table);
    struct sort_item *items = mem_alloc((count + 1) * sizeof *items);
    if (table->sums != NULL)
        list_sums(table, items);
    else
        list_entries(table, items);
    sort_items(table->bounds, items, count);
    return items;
}
