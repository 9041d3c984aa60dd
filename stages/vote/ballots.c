/* ballots.c - see ballots.h. */
#include "ballots.h"

#include "base/diag.h"

#include <string.h>

enum { FIRST_BYTES = 1 << 16 };

int ballots_open(struct ballots *ballots, uint64_t max_memory, const char *temp_dir)
{
    static const uint64_t none = 0;
    *ballots = (struct ballots){
        .groups = REGION_CLOSED, .region = REGION_CLOSED, .max_memory = max_memory, .temp_dir = temp_dir};
    ballots->numbers = hashes_new(sizeof(uint64_t), max_memory / 4, temp_dir);
    if (region_open(&ballots->groups, FIRST_BYTES, NULL) < 0 || region_open(&ballots->region, FIRST_BYTES, NULL) < 0) {
        ballots_close(ballots);
        return -1;
    }
    region_append(&ballots->region, &none, sizeof none); /* so that no ballot is at 0 */
    return 0;
}

void ballots_close(struct ballots *ballots)
{
    hashes_free(ballots->numbers);
    region_close(&ballots->groups);
    region_close(&ballots->region);
}

/* Makes room in a region that may have so many bytes in memory. */
static int reserve(const struct ballots *ballots, struct region *region, size_t more, uint64_t most)
{
    if (region->file < 0 && region->len + more > most && region_spill(region, ballots->temp_dir) < 0)
        return -1;
    return region_reserve(region, more);
}

static struct hash key_of(struct identity key)
{
    return (struct hash){key.high, key.low};
}

struct group *ballots_group_at(const struct ballots *ballots, size_t number)
{
    return (struct group *)(void *)ballots->groups.base + number;
}

struct group *ballots_group(struct ballots *ballots, struct identity key)
{
    void *number;
    const struct group made = {.key = key_of(key)};
    int found = hashes_add(ballots->numbers, made.key, &number);
    if (found < 0)
        return NULL;
    if (found > 0) {
        if (reserve(ballots, &ballots->groups, sizeof made, ballots->max_memory / 4) < 0)
            return NULL;
        region_append(&ballots->groups, &made, sizeof made);
        *(uint64_t *)number = ballots->count++;
    }
    return ballots_group_at(ballots, *(uint64_t *)number);
}

struct group *ballots_find(const struct ballots *ballots, struct identity key)
{
    const uint64_t *number = hashes_find(ballots->numbers, key_of(key));
    return number != NULL ? ballots_group_at(ballots, *number) : NULL;
}

int ballots_cast(struct ballots *ballots, struct group *group, const void *ballot, size_t len)
{
    static const char zero[sizeof(uint64_t)];
    struct region *region = &ballots->region;
    size_t padding = -len % sizeof(uint64_t);
    if (group->votes == UINT32_MAX)
        return diag_error("more than %u records in one group", UINT32_MAX);
    if (reserve(ballots, region, sizeof group->last + len + padding, ballots->max_memory / 2) < 0)
        return -1;
    uint64_t before = group->last;
    group->last = region->len;
    group->votes++;
    region_append(region, &before, sizeof before);
    region_append(region, ballot, len);
    region_append(region, zero, padding);
    return 0;
}

const void *ballots_at(const struct ballots *ballots, uint64_t place, uint64_t *before)
{
    memcpy(before, ballots->region.base + place, sizeof *before);
    return ballots->region.base + place + sizeof *before;
}
