/* unigram_nbest.c - see unigram_nbest.h. */
#include "unigram_nbest.h"

#include "unigram_walk.h"

#include <stdlib.h>

void unigram_nbest_free(struct unigram_nbest *nbest)
{
    vec_free(&nbest->ways);
    vec_free(&nbest->taken);
    vec_free(&nbest->offers);
    vec_free(&nbest->main);
    vec_free(&nbest->chain);
}

/* The model and the scores that measure edges. */
struct lattice {
    const struct unigram *unigram;
    const int64_t *scores;
    int64_t unk_score;
    struct slice text;
    size_t n;
};

static int64_t score_of(const struct lattice *lattice, const struct unigram_walk *edge)
{
    return edge->unknown ? lattice->unk_score : lattice->scores[edge->id];
}

/* Of two equally good ways on, takes the one with the shorter token first. */
static void find_ways(const struct lattice *lattice, struct unigram_nbest *nbest)
{
    struct slice text = lattice->text;
    nbest->ways.len = 0;
    vec_reserve(&nbest->ways, text.len + 1);
    struct unigram_way *ways = nbest->ways.items;
    ways[text.len] = (struct unigram_way){.main = true};
    for (size_t at = text.len; at > 0;) {
        at = unigram_before(text, at);
        struct unigram_walk edge = unigram_walk(text, at);
        struct unigram_way way = {.end = (uint32_t)at};
        while (unigram_next(lattice->unigram, text, &edge)) {
            int64_t total = score_of(lattice, &edge) + ways[edge.end].best;
            if (way.end == at || total > way.best)
                way = (struct unigram_way){.best = total, .end = (uint32_t)edge.end, .id = edge.id};
        }
        ways[at] = way;
    }
    for (size_t at = 0; at < text.len; at = ways[at].end)
        ways[at].main = true;
}

static int by_loss(const void *a, const void *b)
{
    const struct unigram_detour *left = a, *right = b;
    if (left->loss != right->loss)
        return left->loss < right->loss ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* Keeps the n cheapest, in order. */
static void keep_cheapest(const struct lattice *lattice, struct unigram_nbest *nbest)
{
    struct unigram_detours *offers = &nbest->offers;
    if (offers->len > 0)
        qsort(offers->items, offers->len, sizeof *offers->items, by_loss);
    if (offers->len < lattice->n)
        return;
    offers->len = lattice->n;
    nbest->limit = offers->items[offers->len - 1].loss;
}

static void offer(const struct lattice *lattice, struct unigram_nbest *nbest, struct unigram_detour detour)
{
    if (detour.loss >= nbest->limit)
        return;
    detour.number = nbest->offered++;
    vec_push(&nbest->offers, detour);
    if (nbest->offers.len >= 4 * lattice->n)
        keep_cheapest(lattice, nbest);
}

/* Offers the detours from one place. */
static void leave(const struct lattice *lattice, struct unigram_nbest *nbest, size_t rank, size_t at)
{
    struct unigram_walk edge = unigram_walk(lattice->text, at);
    const struct unigram_way *ways = nbest->ways.items;
    int64_t before = nbest->taken.items[rank].loss;
    while (unigram_next(lattice->unigram, lattice->text, &edge)) {
        if (edge.end == ways[at].end) /* no two edges connect the same places */
            continue;
        int64_t lost = ways[at].best - score_of(lattice, &edge) - ways[edge.end].best;
        offer(
            lattice, nbest,
            (struct unigram_detour){
                .loss = before + lost, .parent = rank, .from = (uint32_t)at, .to = (uint32_t)edge.end, .id = edge.id});
    }
}

/* Offers the segmentation of that rank with one more detour. Where it follows the best segmentation again, the cheapest
 * detours are already known. */
static void expand(const struct lattice *lattice, struct unigram_nbest *nbest, size_t rank)
{
    const struct unigram_detour last = nbest->taken.items[rank];
    size_t at = last.to;
    for (; at < lattice->text.len && (rank == 0 || !nbest->ways.items[at].main); at = nbest->ways.items[at].end)
        leave(lattice, nbest, rank, at);
    if (rank == 0) {
        keep_cheapest(lattice, nbest);
        nbest->main.len = 0;
        for (size_t i = 0; i < nbest->offers.len; i++)
            vec_push(&nbest->main, nbest->offers.items[i]);
        return;
    }
    for (size_t i = 0; i < nbest->main.len; i++) {
        struct unigram_detour next = nbest->main.items[i];
        if (last.loss + next.loss >= nbest->limit)
            break;
        next.loss += last.loss;
        next.parent = rank;
        if (next.from >= at)
            offer(lattice, nbest, next);
    }
}

static void take_cheapest(struct unigram_nbest *nbest)
{
    struct unigram_detours *offers = &nbest->offers;
    size_t cheapest = 0;
    for (size_t i = 1; i < offers->len; i++)
        if (by_loss(&offers->items[i], &offers->items[cheapest]) < 0)
            cheapest = i;
    vec_push(&nbest->taken, offers->items[cheapest]);
    offers->items[cheapest] = offers->items[--offers->len];
}

void unigram_nbest(const struct unigram *unigram, const int64_t *scores, int64_t unk_score, struct slice text, size_t n,
                   struct unigram_nbest *nbest)
{
    const struct lattice lattice = {unigram, scores, unk_score, text, n};
    nbest->taken.len = nbest->offers.len = 0;
    nbest->offered = 0;
    nbest->limit = INT64_MAX;
    find_ways(&lattice, nbest);
    vec_push(&nbest->taken, (struct unigram_detour){0});
    while (nbest->taken.len < n) {
        expand(&lattice, nbest, nbest->taken.len - 1);
        if (nbest->offers.len == 0)
            break;
        take_cheapest(nbest);
    }
}

void unigram_nbest_path(struct unigram_nbest *nbest, size_t rank, size_t len, struct subwords *out)
{
    const struct unigram_way *ways = nbest->ways.items;
    nbest->chain.len = 0;
    for (; rank > 0; rank = nbest->taken.items[rank].parent)
        vec_push(&nbest->chain, rank);
    for (size_t at = 0; at < len;) {
        struct subword next = {ways[at].id, (uint32_t)at, ways[at].end};
        if (nbest->chain.len > 0) {
            const struct unigram_detour *detour = &nbest->taken.items[nbest->chain.items[nbest->chain.len - 1]];
            if (detour->from == at) {
                next = (struct subword){detour->id, detour->from, detour->to};
                nbest->chain.len--;
            }
        }
        vec_push(out, next);
        at = next.end;
    }
}
