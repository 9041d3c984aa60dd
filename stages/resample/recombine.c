/* recombine.c - new texts made of the sentences of several of a class: see synthesis.h. */
#include "draws.h"
#include "synthesis.h"

#include "base/hash.h"

#include <stdlib.h>

enum { TRIES = 16, MOST_SENTENCES = 1 << 16 };

static const struct point *point_at(const struct synthesis *synthesis, uint32_t rank)
{
    return synthesis->points->items.items[rank];
}

static const struct told *told_at(const struct synthesis *synthesis, uint32_t rank)
{
    return point_at(synthesis, rank)->told;
}

/* ---- who gives a sentence ---- */

/* Givers of a sentence at one place: of each base the ranks in givers[base * k], found[base] of them. */
struct givers {
    uint32_t *ranks, *found;
    size_t k;
};

/* The k lowest draws other than the base. */
static void give_by_draws(const struct synthesis *synthesis, const struct ranks *bases, const struct ranks *have,
                          struct givers *givers)
{
    struct drawn *drawn = mem_zalloc(have->len + 1, sizeof *drawn);
    for (size_t i = 0; i < have->len; i++) {
        const struct point *point = point_at(synthesis, have->items[i]);
        struct rng rng = rng_start(synthesis->key, point->identity, point->round);
        drawn[i] = (struct drawn){rng_bits(&rng, draw_number(PURPOSE_CHOICE, 0)), have->items[i]};
    }
    qsort(drawn, have->len, sizeof *drawn, by_draw);
    for (size_t i = 0; i < bases->len; i++)
        for (size_t j = 0; j < have->len && givers->found[i] < givers->k; j++)
            if (drawn[j].place != bases->items[i])
                givers->ranks[i * givers->k + givers->found[i]++] = drawn[j].place;
    mem_free(drawn);
}

static void give_by_nearness(const struct synthesis *synthesis, const struct ranks *bases, const struct ranks *have,
                             struct givers *givers)
{
    const struct points_search search = {.queries = bases, .base = have, .k = givers->k, .cosine = synthesis->cosine};
    struct neighbors *found = points_neighbors(synthesis->points, &search, synthesis->crew);
    for (size_t i = 0; i < bases->len; i++) {
        givers->found[i] = found->found[i];
        for (size_t j = 0; j < found->found[i]; j++)
            givers->ranks[i * givers->k + j] = found->numbers[i * found->k + j];
    }
    neighbors_free(found);
}

/* The givers at a place; bases that have no sentence there get none. */
static struct givers find_givers(const struct synthesis *synthesis, const struct ranks *bases, const struct ranks *own,
                                 size_t place)
{
    struct ranks have = {0};
    struct givers givers = {.k = synthesis->k};
    for (size_t i = 0; i < own->len; i++)
        if (told_at(synthesis, own->items[i])->count > place)
            vec_push(&have, own->items[i]);
    givers.ranks = mem_zalloc(bases->len * givers.k + 1, sizeof *givers.ranks);
    givers.found = mem_zalloc(bases->len + 1, sizeof *givers.found);
    if (point_at(synthesis, own->items[0])->has_vector)
        give_by_nearness(synthesis, bases, &have, &givers);
    else
        give_by_draws(synthesis, bases, &have, &givers);
    vec_free(&have);
    return givers;
}

/* ---- texts ---- */

/* The text that the sentences of these make, between the white space of the base. */
static void put_text(const struct synthesis *synthesis, uint32_t base, const uint32_t *voters, struct bytes *text)
{
    const struct told *told = told_at(synthesis, base);
    const char *at = told->text.ptr;
    text->len = 0;
    for (size_t i = 0; i < told->count; i++) {
        bytes_put(text, slice_between(at, told->parts[i].ptr));
        bytes_put(text, told_at(synthesis, voters[i])->parts[i]);
        at = told->parts[i].ptr + told->parts[i].len;
    }
    bytes_put(text, slice_between(at, told->text.ptr + told->text.len));
}

/* Adds the text to those that there are; false if it is one of them. */
static bool is_new(struct map *texts, struct slice text)
{
    struct hash hash = hash_bytes(text, 0);
    size_t before = map_len(texts);
    *map_put(texts, (struct slice){(const char *)&hash, sizeof hash}) = 1;
    return map_len(texts) > before;
}

/* ---- which records are made ---- */

struct recombining {
    struct synthesis *synthesis;
    struct map *texts; /* hashes of those that there are */
    struct bytes text;
    struct ranks own, bases; /* of the class: points that may give sentences, and those that are bases */
    struct givers *givers;   /* by place */
    size_t places;
};

/* Record number `number` of a base, the one at this place among the bases. */
static void make_text(struct recombining *work, size_t place, uint32_t number)
{
    struct synthesis *synthesis = work->synthesis;
    uint32_t base = work->bases.items[place];
    const struct told *told = told_at(synthesis, base);
    size_t first = synthesis->voters.len;
    struct rng rng = rng_start(synthesis->key, point_at(synthesis, base)->identity, point_at(synthesis, base)->round);
    for (uint64_t try = 0; try < TRIES; try++) {
        synthesis->voters.len = first;
        for (size_t i = 0; i < told->count; i++) {
            const struct givers *givers = &work->givers[i];
            uint64_t draw = draw_number((uint64_t)PURPOSE_NOISE + number, try * MOST_SENTENCES + i);
            uint64_t which = rng_below(&rng, draw, (uint64_t)givers->found[place] + 1);
            vec_push(&synthesis->voters, which == 0 ? base : givers->ranks[place * givers->k + which - 1]);
        }
        put_text(synthesis, base, synthesis->voters.items + first, &work->text);
        if (!is_new(work->texts, bytes_slice(&work->text)))
            continue;
        vec_push(&synthesis->rows, ((struct made){.base = base,
                                                  .other = NO_PARENT,
                                                  .number = number,
                                                  .voters = first,
                                                  .voter_count = (uint32_t)told->count}));
        return;
    }
    synthesis->voters.len = first;
    synthesis->skipped++;
    synthesis->repeated++;
}

static void recombine_class(struct recombining *work, size_t class, uint64_t more)
{
    struct synthesis *synthesis = work->synthesis;
    work->own.len = work->bases.len = 0;
    work->places = 0;
    for (uint32_t rank = 0; rank < synthesis->points->items.len; rank++) {
        const struct told *told = told_at(synthesis, rank);
        if (point_at(synthesis, rank)->class != class)
            continue;
        synthesis->crossing += told->crosses;
        if (told->crosses || told->count == 0 || told->count > MOST_SENTENCES)
            continue;
        vec_push(&work->own, rank);
        work->places = told->count > work->places ? told->count : work->places;
    }
    if (work->own.len == 0) {
        synthesis->skipped += more;
        return;
    }
    uint64_t *uses = mem_zalloc(work->own.len, sizeof *uses);
    synthesis_share(synthesis, &work->own, more, uses);
    size_t kept = 0;
    for (size_t i = 0; i < work->own.len; i++) {
        if (uses[i] == 0)
            continue;
        vec_push(&work->bases, work->own.items[i]);
        uses[kept++] = uses[i];
    }
    work->givers = mem_zalloc(work->places + 1, sizeof *work->givers);
    for (size_t i = 0; i < work->places; i++)
        work->givers[i] = find_givers(synthesis, &work->bases, &work->own, i);
    for (size_t i = 0; i < work->bases.len; i++)
        for (uint32_t n = 1; n <= uses[i]; n++)
            make_text(work, i, n);
    for (size_t i = 0; i < work->places; i++) {
        mem_free(work->givers[i].ranks);
        mem_free(work->givers[i].found);
    }
    mem_free(work->givers);
    mem_free(uses);
}

int synthesis_plan_texts(struct synthesis *synthesis)
{
    const struct points *points = synthesis->points;
    struct recombining work = {.synthesis = synthesis, .texts = map_new()};
    for (uint32_t rank = 0; rank < points->items.len; rank++)
        (void)is_new(work.texts, told_at(synthesis, rank)->text);
    for (size_t i = 0; i < points->classes->count; i++)
        if (synthesis->targets[i] > points->classes->items[i].count)
            recombine_class(&work, i, synthesis->targets[i] - points->classes->items[i].count);
    map_free(work.texts);
    vec_free(&work.text);
    vec_free(&work.own);
    vec_free(&work.bases);
    return synthesis_finish(synthesis);
}

/* ---- a made record ---- */

void synthesis_set_text(const struct synthesis *synthesis, const struct made *made, struct record *record,
                        struct arena *arena)
{
    const struct told *told = told_at(synthesis, made->base);
    const uint32_t *voters = synthesis->voters.items + made->voters;
    struct annotation_source *sources = arena_array(arena, told->count, sizeof *sources);
    struct bytes text = {0};
    put_text(synthesis, made->base, voters, &text);
    rec_set_text(record, SLICE("text"), arena_copy(arena, bytes_slice(&text)));
    vec_free(&text);
    if (told->lang.len > 0)
        rec_set_json(record, SLICE("lang"), told->lang);
    uint32_t at = 0, before = 0;
    for (size_t i = 0; i < told->count; i++) {
        const struct told *giver = told_at(synthesis, voters[i]);
        at += told->sentences[i].start - before;
        sources[i] = (struct annotation_source){&giver->pieces, i, at};
        at += giver->sentences[i].end - giver->sentences[i].start;
        before = told->sentences[i].end;
    }
    annotations_set_joined(record, sources, told->count, arena);
}
