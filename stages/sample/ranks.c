/* ranks.c - see ranks.h. */
#include "ranks.h"

#include "base/hex.h"

#include <stdlib.h>

/* ---- one rank ---- */

static const uint64_t *words_of(const struct rank *rank, uint64_t words[6])
{
    words[0] = rank->draw[0];
    words[1] = rank->draw[1];
    words[2] = rank->identity.high;
    words[3] = rank->identity.low;
    words[4] = rank->round;
    words[5] = rank->content;
    return words;
}

int rank_compare(const struct rank *a, const struct rank *b)
{
    uint64_t left[6], right[6];
    (void)words_of(a, left);
    (void)words_of(b, right);
    for (size_t i = 0; i < 6; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

void rank_put(const struct rank *rank, char digits[RANK_DIGITS])
{
    uint64_t words[6];
    (void)words_of(rank, words);
    hex_put(words, 6, digits);
}

bool rank_read(struct slice digits, struct rank *rank)
{
    uint64_t words[6] = {0};
    if (digits.len != RANK_DIGITS || !hex_read(digits.ptr, words, 6))
        return false;
    *rank = (struct rank){{words[0], words[1]}, {words[2], words[3]}, words[4], words[5]};
    return true;
}

/* ---- a heap ---- */

static void sift_up(struct rank *heap, size_t at)
{
    struct rank rank = heap[at];
    for (size_t parent; at > 0 && rank_compare(&heap[parent = (at - 1) / 2], &rank) < 0; at = parent)
        heap[at] = heap[parent];
    heap[at] = rank;
}

static void sift_down(struct rank *heap, size_t len)
{
    struct rank rank = heap[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < len; at = child) {
        child += child + 1 < len && rank_compare(&heap[child], &heap[child + 1]) < 0;
        if (rank_compare(&rank, &heap[child]) >= 0)
            break;
        heap[at] = heap[child];
    }
    heap[at] = rank;
}

/* One more than is wanted is kept: it tells whether there were more. */
void ranks_add(struct ranks *ranks, const struct rank *rank, size_t most)
{
    struct rank *heap = ranks->heap.items;
    if (ranks->heap.len <= most) {
        vec_push(&ranks->heap, *rank);
        sift_up(ranks->heap.items, ranks->heap.len - 1);
    } else if (rank_compare(rank, &heap[0]) < 0) {
        heap[0] = *rank;
        sift_down(heap, ranks->heap.len);
    }
}

static int by_rank(const void *a, const void *b)
{
    return rank_compare(a, b);
}

void ranks_sort(struct ranks *ranks)
{
    if (ranks->heap.len > 0)
        qsort(ranks->heap.items, ranks->heap.len, sizeof *ranks->heap.items, by_rank);
}

struct limit ranks_limit(const struct ranks *ranks, size_t most)
{
    const struct rank *heap = ranks->heap.items;
    size_t len = ranks->heap.len;
    if (len <= most)
        return (struct limit){.all = true};
    if (most == 0)
        return (struct limit){.equal = 0};
    /* The largest is one too many; the limit is the largest of the others: a child of the top. */
    size_t child = len > 2 && rank_compare(&heap[1], &heap[2]) < 0 ? 2 : 1;
    struct limit limit = {.rank = heap[child]};
    for (size_t i = 1; i < len; i++)
        limit.equal += rank_compare(&heap[i], &limit.rank) == 0;
    return limit;
}

/* ---- groups ---- */

void groups_init(struct groups *groups)
{
    *groups = (struct groups){.numbers = map_new()};
}

struct ranks *groups_at(struct groups *groups, struct slice value)
{
    size_t count = map_len(groups->numbers);
    uint64_t *number = map_put(groups->numbers, value);
    if (map_len(groups->numbers) > count) {
        const struct ranks none = {0};
        *number = count;
        vec_push(&groups->ranks, none);
    }
    return &groups->ranks.items[*number];
}

void groups_merge(struct groups *into, const struct groups *from, size_t most)
{
    for (size_t i = 0; i < map_len(from->numbers); i++) {
        const struct ranks *ranks = &from->ranks.items[i];
        struct ranks *sum = groups_at(into, map_at(from->numbers, i)->key);
        for (size_t j = 0; j < ranks->heap.len; j++)
            ranks_add(sum, &ranks->heap.items[j], most);
    }
}

void groups_release(struct groups *groups)
{
    for (size_t i = 0; i < groups->ranks.len; i++)
        vec_free(&groups->ranks.items[i].heap);
    vec_free(&groups->ranks);
    map_free(groups->numbers);
}
