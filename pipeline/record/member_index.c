/* member_index.c - maps names to member numbers, by linear probing: see member_index.h. */
#include "record/member_index.h"

#include <assert.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct member_index {
    uint32_t mask;     /* slots - 1; at most half of the slots are in use */
    uint32_t names;    /* slots in use */
    uint32_t removed;  /* members */
    uint32_t *numbers; /* by slot: the last member of a name, its number + 1; 0: free */
};

/* The slot of the name, or the free slot for it. */
static uint32_t find_slot(const struct record *record, struct slice name)
{
    const struct member_index *index = record->index;
    uint32_t slot = (uint32_t)XXH3_64bits(name.ptr, name.len) & index->mask;
    while (index->numbers[slot] != 0 && !slice_equal(record->members[index->numbers[slot] - 1].name, name))
        slot = (slot + 1) & index->mask;
    return slot;
}

static void add(struct record *record, uint32_t number)
{
    struct member_index *index = record->index;
    struct member *member = &record->members[number];
    uint32_t slot = find_slot(record, member->name), held = index->numbers[slot];
    index->names += held == 0;
    index->numbers[slot] = number + 1;
    member->before = held != 0 && !record->members[held - 1].removed ? held : 0;
}

static void build(struct record *record, struct arena *arena)
{
    uint32_t slots = 4 * MEMBER_INDEX_FROM;
    while (slots / 4 < record->count)
        slots *= 2;
    record->index = arena_alloc(arena, sizeof *record->index);
    *record->index = (struct member_index){.mask = slots - 1, .numbers = arena_array(arena, slots, sizeof(uint32_t))};
    memset(record->index->numbers, 0, slots * sizeof(uint32_t));
    for (uint32_t i = 0; i < record->count; i++)
        add(record, i);
}

void member_index_add(struct record *record, struct arena *arena)
{
    if (record->index != NULL && (record->index->names + 1) * 2 <= record->index->mask) {
        add(record, record->count - 1);
        return;
    }
    if (record->index != NULL)
        member_index_settle(record);
    if (record->count > MEMBER_INDEX_FROM)
        build(record, arena);
}

struct member *member_index_find(const struct record *record, struct slice name)
{
    uint32_t number = record->index->numbers[find_slot(record, name)];
    return number == 0 || record->members[number - 1].removed ? NULL : &record->members[number - 1];
}

void member_index_remove(struct record *record, struct slice name)
{
    struct member *member = member_index_find(record, name);
    for (; member != NULL; member = member->before == 0 ? NULL : &record->members[member->before - 1]) {
        member->removed = true;
        record->index->removed++;
    }
    if (record->index->removed > record->count / 2)
        member_index_settle(record);
}

void member_index_copy(struct record *made, const struct record *in, struct arena *arena)
{
    memcpy(made->members, in->members, in->count * sizeof *made->members);
    size_t slots = (size_t)in->index->mask + 1;
    made->index = arena_alloc(arena, sizeof *made->index);
    *made->index = *in->index;
    made->index->numbers = arena_array(arena, slots, sizeof(uint32_t));
    memcpy(made->index->numbers, in->index->numbers, slots * sizeof(uint32_t));
}

void member_index_settle(struct record *record)
{
    uint32_t kept = 0;
    if (record->index->removed == 0)
        return;
    for (uint32_t i = 0; i < record->count; i++)
        if (!record->members[i].removed)
            record->members[kept++] = record->members[i];
    record->count = kept;
    if (kept <= MEMBER_INDEX_FROM) {
        record->index = NULL;
        return;
    }
    memset(record->index->numbers, 0, ((size_t)record->index->mask + 1) * sizeof(uint32_t));
    record->index->names = record->index->removed = 0;
    for (uint32_t i = 0; i < kept; i++)
        add(record, i);
}
