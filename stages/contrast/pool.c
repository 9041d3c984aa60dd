/* pool.c - see pool.h.
 *
 * What the records contribute stands in one region, one after another; a table has an entry for each record; two more
 * are sorted, by text and by identity, so that a record finds itself and its texts in the pool. */
#include "pool.h"

#include "base/hash.h"
#include "base/search.h"
#include "run/region.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

struct entry {
    uint64_t place, size; /* in `contents`: bytes, or of tokens the number of items of each array */
    struct hash text;
    uint64_t group;
};

/* Sorted by hash, then by position. */
struct key {
    uint64_t position;
    struct hash hash;
};

struct pool {
    struct pool_plan plan;
    const char *temp_dir; /* NULL: all is in memory, so far */
    const char *spill_to;
    struct region contents, entries, order, by_text, by_identity; /* order: the number of the entry at a position */
    size_t count;
    bool mask, types;         /* with tokens: the records have them */
    struct map *groups;       /* numbers of the values */
    VEC(uint64_t) group_ends; /* positions; of the group number i, group_ends[i - 1] is where it begins */
};

static const struct entry *entry_at(const struct pool *pool, size_t position)
{
    const struct entry *entries = (const struct entry *)(const void *)pool->entries.base;
    const uint64_t *order = (const uint64_t *)(const void *)pool->order.base;
    return &entries[order[position]];
}

static struct key *keys_of(const struct region *region)
{
    return (struct key *)(void *)region->base;
}

/* ---- views ---- */

static int read_items(const struct record *record, struct slice name, size_t count, struct arena *arena,
                      const int32_t **items)
{
    size_t found;
    *items = NULL;
    if (rec_present(record, name) == NULL)
        return 0;
    if (rec_ints(record, name, arena, items, &found) < 0)
        return -1;
    if (found != count)
        return diag_error("%.*s: expected %zu items, as in input_ids, found %zu", (int)name.len, name.ptr, count,
                          found);
    return 0;
}

int view_read(const struct record *record, struct slice field, bool tokens, struct arena *arena, struct view *view)
{
    *view = (struct view){0};
    if (rec_present(record, field) == NULL)
        return member_missing(record, field, "");
    if (!tokens)
        return rec_text(record, field, arena, &view->text);
    if (rec_ints(record, field, arena, &view->ids, &view->count) < 0)
        return -1;
    view->text = (struct slice){(const char *)view->ids, view->count * sizeof *view->ids};
    if (!slice_is(field, "input_ids"))
        return 0;
    return read_items(record, SLICE("attention_mask"), view->count, arena, &view->mask) < 0
               ? -1
               : read_items(record, SLICE("token_type_ids"), view->count, arena, &view->types);
}

static struct hash hash_of(const struct view *view)
{
    return hash_bytes(view->text, 0);
}

struct view pool_view(const struct pool *pool, size_t position)
{
    const struct entry *entry = entry_at(pool, position);
    const char *at = pool->contents.base + entry->place;
    if (!pool->plan.tokens)
        return (struct view){.text = {at, entry->size}};
    const int32_t *arrays = (const int32_t *)(const void *)at;
    size_t count = entry->size;
    return (struct view){
        .ids = arrays,
        .mask = pool->mask ? arrays + count : NULL,
        .types = pool->types ? arrays + count * (pool->mask ? 2 : 1) : NULL,
        .count = count,
    };
}

/* ---- loading ---- */

static int spill(struct pool *pool)
{
    struct region *const regions[] = {&pool->contents, &pool->entries, &pool->order, &pool->by_text,
                                      &pool->by_identity};
    pool->temp_dir = pool->spill_to;
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (region_spill(regions[i], pool->temp_dir) < 0)
            return -1;
    return 0;
}

/* Makes room for one more record. */
static int reserve(struct pool *pool, size_t bytes)
{
    const size_t fixed = sizeof(struct entry) + sizeof(uint64_t) + 2 * sizeof(struct key);
    size_t need = pool->contents.len + bytes + (pool->count + 1) * fixed;
    if (pool->temp_dir == NULL && need > pool->plan.max_memory && spill(pool) < 0)
        return -1;
    return region_reserve(&pool->contents, bytes) < 0 || region_reserve(&pool->entries, sizeof(struct entry)) < 0 ||
                   region_reserve(&pool->order, sizeof(uint64_t)) < 0 ||
                   region_reserve(&pool->by_text, sizeof(struct key)) < 0 ||
                   region_reserve(&pool->by_identity, sizeof(struct key)) < 0
               ? -1
               : 0;
}

/* Text and tokens of a pool's records look alike for all that is drawn from it. */
static int check_members(struct pool *pool, const struct record *record, const struct view *view)
{
    if (pool->count == 0) {
        pool->mask = view->mask != NULL;
        pool->types = view->types != NULL;
    }
    bool mask = pool->mask != (view->mask != NULL), types = pool->types != (view->types != NULL);
    if (!mask && !types)
        return 0;
    struct slice name = mask ? SLICE("attention_mask") : SLICE("token_type_ids");
    if (mask ? pool->mask : pool->types)
        return member_missing(record, name, ", but the first record of the pool has it");
    return diag_error("%.*s: the first record of the pool does not have it", (int)name.len, name.ptr);
}

static void put_contents(struct pool *pool, const struct view *view)
{
    region_append(&pool->contents, view->text.ptr, view->text.len);
    if (view->mask != NULL)
        region_append(&pool->contents, view->mask, view->count * sizeof *view->mask);
    if (view->types != NULL)
        region_append(&pool->contents, view->types, view->count * sizeof *view->types);
}

static struct slice identity_bytes(const struct identity *identity)
{
    return (struct slice){(const char *)identity, sizeof *identity};
}

static int find_group(struct pool *pool, const struct record *record, struct arena *arena, uint64_t *group)
{
    struct identity value;
    *group = 0;
    if (pool->plan.from == POOL_ANY)
        return 0;
    if (lineage_member(record, pool->plan.by, arena, &value) < 0)
        return -1;
    size_t groups = map_len(pool->groups);
    uint64_t *number = map_put(pool->groups, identity_bytes(&value));
    if (map_len(pool->groups) > groups) {
        *number = groups;
        vec_push(&pool->group_ends, 0);
    }
    *group = *number;
    pool->group_ends.items[*number]++; /* how many, until the pool is complete */
    return 0;
}

/* The text that stands for a record without an id. */
static struct slice identity_field(const struct pool *pool)
{
    return pool->plan.tokens ? SLICE("text") : pool->plan.field;
}

static int load_record(void *state, const struct record *record, struct arena *arena)
{
    struct pool *pool = state;
    struct view view;
    struct identity identity;
    struct entry entry = {.place = pool->contents.len};
    if (view_read(record, pool->plan.field, pool->plan.tokens, arena, &view) < 0 ||
        check_members(pool, record, &view) < 0 ||
        lineage_identity(record, identity_field(pool), arena, &identity) < 0 ||
        find_group(pool, record, arena, &entry.group) < 0)
        return -1;
    entry.size = pool->plan.tokens ? view.count : view.text.len;
    entry.text = hash_of(&view);
    if (reserve(pool, view.text.len * (pool->plan.tokens ? 3 : 1)) < 0)
        return -1;
    put_contents(pool, &view);
    struct key by_text = {pool->count, entry.text};
    struct key by_identity = {pool->count, {identity.high, identity.low}};
    uint64_t number = pool->count;
    region_append(&pool->entries, &entry, sizeof entry);
    region_append(&pool->order, &number, sizeof number);
    region_append(&pool->by_text, &by_text, sizeof by_text);
    region_append(&pool->by_identity, &by_identity, sizeof by_identity);
    pool->count++;
    return 0;
}

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = hash_compare(a->hash, b->hash);
    return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

/* The records are placed group by group, and the tables sorted. */
static void complete(struct pool *pool)
{
    const struct entry *entries = (const struct entry *)(const void *)pool->entries.base;
    uint64_t *order = (uint64_t *)(void *)pool->order.base;
    struct key *by_text = keys_of(&pool->by_text), *by_identity = keys_of(&pool->by_identity);
    uint64_t start = 0;
    for (size_t group = 0; group < pool->group_ends.len; group++) {
        uint64_t size = pool->group_ends.items[group];
        pool->group_ends.items[group] = start; /* where the next one of it goes */
        start += size;
    }
    for (size_t i = 0; i < pool->count; i++) {
        uint64_t position = pool->plan.from == POOL_ANY ? i : pool->group_ends.items[entries[i].group]++;
        order[position] = i;
        by_text[i].position = by_identity[i].position = position;
    }
    qsort(by_text, pool->count, sizeof *by_text, compare_keys);
    qsort(by_identity, pool->count, sizeof *by_identity, compare_keys);
}

struct pool *pool_load(struct stage_context *context, const struct pool_plan *plan)
{
    enum { FIRST_BYTES = 1 << 16 };
    struct pool *pool = mem_zalloc(1, sizeof *pool);
    struct region *const regions[] = {&pool->contents, &pool->entries, &pool->order, &pool->by_text,
                                      &pool->by_identity};
    pool->plan = *plan;
    pool->spill_to = context->temp_dir;
    pool->groups = map_new();
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        *regions[i] = REGION_CLOSED;
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        if (region_open(regions[i], FIRST_BYTES, NULL) < 0) {
            pool_free(pool);
            return NULL;
        }
    }
    if (chain_read(context, plan->path, load_record, pool) < 0) {
        pool_free(pool);
        return NULL;
    }
    complete(pool);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    region_close(&pool->contents);
    region_close(&pool->entries);
    region_close(&pool->order);
    region_close(&pool->by_text);
    region_close(&pool->by_identity);
    map_free(pool->groups);
    vec_free(&pool->group_ends);
    mem_free(pool);
}

size_t pool_len(const struct pool *pool)
{
    return pool->count;
}

/* ---- candidates ---- */

static uint64_t position_in(const struct left_out *list, size_t i)
{
    uint64_t position;
    memcpy(&position, list->positions + i * list->stride, sizeof position);
    return position;
}

/* How many of the list are below `end`. */
static size_t count_below(const struct left_out *list, size_t end)
{
    size_t low;
    search_first(low, list->count, position_in(list, low) < end);
    return low;
}

/* Adds the part of a list that lies in the range. */
static void leave_out(struct candidates *candidates, struct left_out list, struct range range)
{
    size_t first = count_below(&list, range.first), end = count_below(&list, range.end);
    if (first >= end)
        return;
    list.positions += first * list.stride;
    list.count = end - first;
    candidates->lists[candidates->list_count++] = list;
    candidates->count -= list.count;
}

/* The same for what is a candidate by its value. */
static void leave_out_candidates(struct candidates *candidates, struct left_out list)
{
    struct range before = {candidates->of.first, candidates->gap.first};
    struct range behind = {candidates->gap.end, candidates->of.end};
    leave_out(candidates, list, before);
    leave_out(candidates, list, behind);
}

/* The keys with this hash. */
static struct left_out find_keys(const struct pool *pool, const struct region *table, struct hash hash)
{
    const struct key *keys = keys_of(table);
    size_t first[2];
    for (int above = 0; above < 2; above++) {
        search_first(first[above], pool->count, hash_compare(keys[first[above]].hash, hash) < above);
    }
    return (struct left_out){(const char *)&keys[first[0]].position, first[1] - first[0], sizeof *keys};
}

static int find_range(const struct pool *pool, const struct record *record, struct arena *arena,
                      struct candidates *candidates)
{
    candidates->of = (struct range){0, pool->count};
    candidates->gap = (struct range){pool->count, pool->count};
    if (pool->plan.from == POOL_ANY)
        return 0;
    struct identity value;
    if (lineage_member(record, pool->plan.by, arena, &value) < 0)
        return -1;
    const uint64_t *group = map_get(pool->groups, identity_bytes(&value));
    struct range range = {0, 0};
    if (group != NULL)
        range = (struct range){*group > 0 ? pool->group_ends.items[*group - 1] : 0, pool->group_ends.items[*group]};
    if (pool->plan.from == POOL_SAME) {
        candidates->of = range;
        candidates->gap = (struct range){range.end, range.end};
    } else if (group != NULL) {
        candidates->gap = range;
    }
    return 0;
}

/* Positions of the record itself that are not in a list yet because of their texts. */
static struct left_out other_texts(const struct pool *pool, struct left_out own, const struct hash *texts,
                                   size_t text_count, struct arena *arena)
{
    uint64_t *positions = arena_array(arena, own.count, sizeof *positions);
    size_t count = 0;
    for (size_t i = 0; i < own.count; i++) {
        size_t position = position_in(&own, i);
        struct hash text = entry_at(pool, position)->text;
        bool listed = false;
        for (size_t j = 0; j < text_count; j++)
            listed = listed || hash_compare(text, texts[j]) == 0;
        if (!listed)
            positions[count++] = position;
    }
    return (struct left_out){(const char *)positions, count, sizeof *positions};
}

int pool_candidates(const struct pool *pool, const struct record *record, const struct view *views, size_t view_count,
                    size_t draws, struct arena *arena, struct candidates *candidates)
{
    struct identity identity;
    struct hash texts[2];
    *candidates = (struct candidates){0};
    if (lineage_identity(record, identity_field(pool), arena, &identity) < 0 ||
        find_range(pool, record, arena, candidates) < 0)
        return -1;
    candidates->count = candidates->of.end - candidates->of.first - (candidates->gap.end - candidates->gap.first);
    size_t text_count = 0;
    for (size_t i = 0; i < view_count; i++) {
        texts[text_count] = hash_of(&views[i]);
        if (i > 0 && hash_compare(texts[0], texts[1]) == 0)
            continue;
        leave_out_candidates(candidates, find_keys(pool, &pool->by_text, texts[text_count]));
        text_count++;
    }
    struct left_out own = find_keys(pool, &pool->by_identity, (struct hash){identity.high, identity.low});
    leave_out_candidates(candidates, other_texts(pool, own, texts, text_count, arena));
    uint64_t *taken = arena_array(arena, draws, sizeof *taken);
    candidates->lists[candidates->list_count] = (struct left_out){(const char *)taken, 0, sizeof *taken};
    return 0;
}

/* How many positions from the first one up to this one are candidates. */
static size_t candidates_up_to(const struct candidates *candidates, size_t position)
{
    size_t end = position + 1, count = end - candidates->of.first;
    if (end > candidates->gap.first)
        count -= (end < candidates->gap.end ? end : candidates->gap.end) - candidates->gap.first;
    for (size_t i = 0; i <= candidates->list_count; i++)
        count -= count_below(&candidates->lists[i], end);
    return count;
}

size_t candidates_take(struct candidates *candidates, size_t n)
{
    assert(n < candidates->count);
    size_t low;
    search_first(low, candidates->of.end - 1, low < candidates->of.first + n || candidates_up_to(candidates, low) <= n);
    struct left_out *taken = &candidates->lists[candidates->list_count];
    uint64_t *positions = (uint64_t *)(uintptr_t)(const void *)taken->positions;
    size_t place = count_below(taken, low);
    memmove(positions + place + 1, positions + place, (taken->count - place) * sizeof *positions);
    positions[place] = low;
    taken->count++;
    candidates->count--;
    return low;
}
