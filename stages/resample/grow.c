/* grow.c - which points become parents of new records: see synthesis.h. */
#include "draws.h"
#include "synthesis.h"

#include "base/hash.h"
#include "text/json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* One class that grows. */
struct growth {
    size_t class;
    uint64_t more;        /* records to be made */
    struct ranks own;     /* its points */
    struct ranks bases;   /* those that become parents, ascending */
    struct ranks pool;    /* where their neighbours are looked for */
    uint64_t *uses;       /* how often each of the bases does */
    VEC(uint64_t) others; /* of each of its points: how many of its neighbours are of other classes, */
    VEC(uint64_t) looked; /* of how many */
};

static const struct point *point_at(const struct synthesis *synthesis, uint32_t rank)
{
    return synthesis->points->items.items[rank];
}

static struct rng rng_of(const struct synthesis *synthesis, const struct point *point)
{
    return rng_start(synthesis->key, point->identity, point->round);
}

/* ---- how often ---- */

void synthesis_share(const struct synthesis *synthesis, const struct ranks *bases, uint64_t more, uint64_t *uses)
{
    size_t count = bases->len;
    uint64_t rest = more % count;
    struct drawn *drawn = mem_zalloc(count, sizeof *drawn);
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_of(synthesis, point_at(synthesis, bases->items[i]));
        drawn[i] = (struct drawn){rng_bits(&rng, draw_number(PURPOSE_CHOICE, 0)), (uint32_t)i};
        uses[i] = more / count;
    }
    qsort(drawn, count, sizeof *drawn, by_draw);
    for (uint64_t i = 0; i < rest; i++)
        uses[drawn[i].place]++;
    mem_free(drawn);
}

/* With replacement. */
static void share_by_draws(const struct synthesis *synthesis, struct growth *growth)
{
    const struct class *class = &synthesis->points->classes->items[growth->class];
    struct hash hash = hash_bytes(tallies_key(&synthesis->points->tallies, class->number), 0);
    struct rng rng = rng_start(synthesis->key, (struct identity){hash.high, hash.low},
                               point_at(synthesis, growth->bases.items[0])->round); /* all have one */
    for (uint64_t i = 0; i < growth->more; i++)
        growth->uses[rng_below(&rng, draw_number(PURPOSE_BASE, i), growth->bases.len)]++;
}

__extension__ typedef unsigned __int128 u128;

/* In proportion to the neighbours of other classes, by largest remainder; of equal ones the lower rank first. */
static void share_in_proportion(const struct synthesis *synthesis, struct growth *growth, uint64_t sum)
{
    size_t count = growth->bases.len;
    struct drawn *rests = mem_zalloc(count, sizeof *rests);
    uint64_t left = growth->more;
    for (size_t i = 0; i < count; i++) {
        u128 product = (u128)growth->more * growth->others.items[i];
        uint64_t rest = (uint64_t)(product % sum);
        growth->uses[i] = (uint64_t)(product / sum);
        if (synthesis->round == ROUND_RINT)
            growth->uses[i] += (u128)rest * 2 > sum || ((u128)rest * 2 == sum && growth->uses[i] % 2 == 1);
        left -= growth->uses[i] < left ? growth->uses[i] : left;
        rests[i] = (struct drawn){sum - rest, (uint32_t)i};
    }
    qsort(rests, count, sizeof *rests, by_draw);
    for (size_t i = 0; synthesis->round == ROUND_REMAINDER && i < left; i++)
        growth->uses[rests[i].place]++;
    mem_free(rests);
}

/* ---- which ---- */

/* How many of the k nearest points of each of the class are of others? */
static void count_others(const struct synthesis *synthesis, struct growth *growth, size_t k)
{
    struct ranks all = {0};
    for (uint32_t rank = 0; rank < synthesis->points->items.len; rank++)
        vec_push(&all, rank);
    const struct points_search search = {.queries = &growth->own, .base = &all, .k = k, .cosine = synthesis->cosine};
    struct neighbors *found = points_neighbors(synthesis->points, &search, synthesis->crew);
    for (size_t i = 0; i < growth->own.len; i++) {
        uint64_t others = 0;
        for (size_t j = 0; j < found->found[i]; j++)
            others += point_at(synthesis, found->numbers[i * found->k + j])->class != growth->class;
        vec_push(&growth->others, others);
        vec_push(&growth->looked, found->found[i]);
    }
    neighbors_free(found);
    vec_free(&all);
}

static void take_all(struct growth *growth)
{
    for (size_t i = 0; i < growth->own.len; i++)
        vec_push(&growth->bases, growth->own.items[i]);
}

/* Points in danger: at least half of their m neighbours are of other classes, but not all. */
static void take_danger(struct synthesis *synthesis, struct growth *growth)
{
    count_others(synthesis, growth, synthesis->m);
    for (size_t i = 0; i < growth->own.len; i++) {
        uint64_t others = growth->others.items[i], looked = growth->looked.items[i];
        if (2 * others >= looked && others < looked)
            vec_push(&growth->bases, growth->own.items[i]);
    }
    if (growth->bases.len > 0)
        return;
    synthesis->no_danger++;
    synthesis->skipped += growth->more;
    growth->more = 0;
}

/* Decides the bases and how often each is used. */
static void find_bases(struct synthesis *synthesis, struct growth *growth)
{
    uint64_t sum = 0;
    if (synthesis->kind == MAKES_BORDERLINE1 || synthesis->kind == MAKES_BORDERLINE2)
        take_danger(synthesis, growth);
    else
        take_all(growth);
    growth->uses = mem_zalloc(growth->bases.len + 1, sizeof *growth->uses);
    if (growth->bases.len == 0)
        return;
    if (synthesis->kind == MAKES_ADASYN) {
        count_others(synthesis, growth, synthesis->k);
        for (size_t i = 0; i < growth->others.len; i++)
            sum += growth->others.items[i];
        synthesis->no_others += sum == 0;
    }
    if (sum > 0)
        share_in_proportion(synthesis, growth, sum);
    else if (synthesis->iid)
        share_by_draws(synthesis, growth);
    else
        synthesis_share(synthesis, &growth->bases, growth->more, growth->uses);
}

/* ---- of which neighbours ---- */

int synthesis_alone(struct synthesis *synthesis, uint32_t base, uint32_t first, uint64_t uses)
{
    const struct point *point = point_at(synthesis, base);
    synthesis->alone += uses;
    if (synthesis->small == SMALL_ERROR)
        return diag_kind(STATUS_DATA,
                         "%s:%" PRIu64
                         ": id %.*s: it has no neighbour of its class to make a record with; --small copy "
                         "or --small skip says what to do",
                         point->file, point->line, (int)point->json.len, point->json.ptr);
    if (synthesis->small == SMALL_SKIP) {
        synthesis->skipped += uses;
        return 0;
    }
    if (synthesis->spelled == NULL)
        synthesis->spelled = mem_zalloc(synthesis->points->items.len + 1, sizeof *synthesis->spelled);
    synthesis->spelled[base] = SLICE("");
    for (uint32_t n = 0; n < uses; n++)
        vec_push(&synthesis->rows, ((struct made){.base = base, .other = NO_PARENT, .number = first + n}));
    return 0;
}

static void make_between(struct synthesis *synthesis, const struct growth *growth, uint32_t base, uint64_t uses,
                         const uint32_t *neighbors, size_t count)
{
    struct rng rng = rng_of(synthesis, point_at(synthesis, base));
    size_t voters = synthesis->voters.len;
    if (synthesis_votes(synthesis->kind)) {
        vec_push(&synthesis->voters, base);
        for (size_t i = 0; i < count; i++)
            vec_push(&synthesis->voters, neighbors[i]);
    }
    for (uint32_t n = 1; n <= uses; n++) {
        struct made made = {.base = base, .other = NO_PARENT, .number = n, .voters = voters};
        made.voter_count = (uint32_t)(synthesis->voters.len - voters);
        if (synthesis->kind == MAKES_SMOTEN || synthesis->kind == MAKES_COMBINE) {
            vec_push(&synthesis->rows, made);
            continue;
        }
        made.other = neighbors[rng_below(&rng, draw_number(PURPOSE_NEIGHBOR, n), count)];
        made.gap = draw_uniform(&rng, draw_number(PURPOSE_GAP, n));
        if (synthesis->kind == MAKES_BORDERLINE2 && point_at(synthesis, made.other)->class != growth->class)
            made.gap /= 2; /* less than half of the way: the new point is of the base's class */
        vec_push(&synthesis->rows, made);
    }
}

/* Drops the bases that are not used: nobody needs their neighbours. */
static void drop_unused(struct growth *growth)
{
    size_t kept = 0;
    for (size_t i = 0; i < growth->bases.len; i++) {
        if (growth->uses[i] == 0)
            continue;
        growth->bases.items[kept] = growth->bases.items[i];
        growth->uses[kept++] = growth->uses[i];
    }
    growth->bases.len = kept;
}

static int make_rows(struct synthesis *synthesis, struct growth *growth)
{
    int status = 0;
    drop_unused(growth);
    bool whole = synthesis->kind == MAKES_BORDERLINE2;
    for (uint32_t rank = 0; rank < synthesis->points->items.len; rank++)
        if (whole || point_at(synthesis, rank)->class == growth->class)
            vec_push(&growth->pool, rank);
    const struct points_search search = {
        .queries = &growth->bases, .base = &growth->pool, .k = synthesis->k, .cosine = synthesis->cosine};
    struct neighbors *found =
        synthesis->nominal != NULL
            ? nominal_neighbors(synthesis->nominal, &growth->bases, &growth->own, synthesis->k, synthesis->crew)
            : points_neighbors(synthesis->points, &search, synthesis->crew);
    bool cut = false;
    for (size_t i = 0; i < growth->bases.len && status == 0; i++) {
        size_t count = found->found[i];
        cut = cut || (count > 0 && count < synthesis->k);
        if (count == 0)
            status = synthesis_alone(synthesis, growth->bases.items[i], 1, growth->uses[i]);
        else
            make_between(synthesis, growth, growth->bases.items[i], growth->uses[i], found->numbers + i * found->k,
                         count);
    }
    synthesis->cut += cut;
    neighbors_free(found);
    return status;
}

static void make_noisy(struct synthesis *synthesis, struct growth *growth)
{
    synthesis->deviations[growth->class] = points_deviations(synthesis->points, &growth->own);
    for (size_t i = 0; i < growth->bases.len; i++)
        for (uint32_t n = 1; n <= growth->uses[i]; n++)
            vec_push(&synthesis->rows,
                     ((struct made){.base = growth->bases.items[i], .other = NO_PARENT, .number = n}));
}

static void release_growth(struct growth *growth)
{
    vec_free(&growth->own);
    vec_free(&growth->bases);
    vec_free(&growth->pool);
    vec_free(&growth->others);
    vec_free(&growth->looked);
    mem_free(growth->uses);
}

/* 0, or -1 with the message. */
static int grow(struct synthesis *synthesis, size_t class, uint64_t more)
{
    struct growth growth = {.class = class, .more = more};
    int status = 0;
    for (uint32_t rank = 0; rank < synthesis->points->items.len; rank++)
        if (point_at(synthesis, rank)->class == class)
            vec_push(&growth.own, rank);
    find_bases(synthesis, &growth);
    if (synthesis->kind == MAKES_ROSE)
        make_noisy(synthesis, &growth);
    else if (growth.more > 0)
        status = make_rows(synthesis, &growth);
    release_growth(&growth);
    return status;
}

/* The point whose id is the number that this string spells: its rank, or SIZE_MAX. */
static size_t find_twin(const struct points *points, const struct record_id *id)
{
    struct slice text = id->spelling;
    const char *bad;
    if (id->kind == '0' || text.len == 0 || json_kind(text) != '0' ||
        json_skip(text.ptr, text.ptr + text.len, 1, &bad) != text.ptr + text.len)
        return SIZE_MAX;
    return points_find(points, &(struct record_id){'0', text});
}

/* What is made of 17 and of "17" has ids of one form: of the string the numbers go on where those of the number end. */
static void number_twins(struct synthesis *synthesis)
{
    const struct points *points = synthesis->points;
    uint32_t *uses = mem_zalloc(points->items.len + 1, sizeof *uses);
    for (size_t i = 0; i < synthesis->rows.len; i++)
        uses[synthesis->rows.items[i].base]++;
    for (size_t i = 0; i < synthesis->rows.len; i++) {
        size_t twin = find_twin(points, &point_at(synthesis, synthesis->rows.items[i].base)->id);
        synthesis->rows.items[i].before = twin != SIZE_MAX ? uses[twin] : 0;
    }
    mem_free(uses);
}

/* Records that an earlier run has made have ids like those that are made now. */
static int check_ids(const struct synthesis *synthesis)
{
    bool any = false;
    for (size_t i = 0; i < synthesis->points->items.len && !any; i++)
        any = memchr(point_at(synthesis, (uint32_t)i)->id.spelling.ptr, '#',
                     point_at(synthesis, (uint32_t)i)->id.spelling.len) != NULL;
    struct arena *arena = arena_new();
    int status = 0;
    for (size_t i = 0; any && i < synthesis->rows.len && status == 0; i++) {
        struct record *record = synthesis_record(synthesis, &synthesis->rows.items[i], arena);
        struct record_id id;
        if (record == NULL || record_id_read(record, arena, &id) < 0)
            status = -1;
        else if (points_find(synthesis->points, &id) != SIZE_MAX)
            status =
                diag_kind(STATUS_DATA,
                          "there is a record with the id \"%.*s\" already, which a new one would get: give what an "
                          "earlier run made ids of its own",
                          (int)id.spelling.len, id.spelling.ptr);
        arena_reset(arena);
    }
    arena_free(arena);
    return status;
}

/* Can a made vector have numbers beyond those of floats? */
static bool may_overflow(const struct synthesis *synthesis)
{
    const struct points *points = synthesis->points;
    double limit = points->wide ? DBL_MAX : (double)FLT_MAX, largest = 0, noise = 0;
    for (uint32_t rank = 0; rank < points->items.len; rank++)
        for (size_t i = 0; i < point_at(synthesis, rank)->vector.count; i++)
            largest = fmax(largest, fabs(vector_number(&point_at(synthesis, rank)->vector, i)));
    if (synthesis->kind != MAKES_ROSE)
        return points->wide && largest > limit / 2; /* the difference of two of them */
    for (size_t i = 0; i < points->classes->count; i++)
        for (uint32_t j = 0; synthesis->deviations[i] != NULL && j < points->rows.dims; j++)
            noise = fmax(noise, synthesis->deviations[i][j]);
    return !(largest + synthesis->width * noise * 9 < limit); /* of 52 bits, no number is 9 deviations away */
}

static int check_numbers(const struct synthesis *synthesis)
{
    struct arena *arena = arena_new();
    int status = 0;
    bool any = may_overflow(synthesis);
    for (size_t i = 0; any && i < synthesis->rows.len && status == 0; i++) {
        const struct made *made = &synthesis->rows.items[i];
        const struct point *base = point_at(synthesis, made->base);
        struct vector vector = synthesis_vector(synthesis, made, arena);
        for (size_t j = 0; j < vector.count && status == 0; j++)
            if (!isfinite(vector_number(&vector, j)))
                status = diag_kind(STATUS_DATA,
                                   "%s:%" PRIu64 ": id %.*s: %s[%zu]: too large: a record made of it would not "
                                   "have a finite number there; scale it (quern fit scale)",
                                   base->file, base->line, (int)base->json.len, base->json.ptr,
                                   vector.indices != NULL ? "sparse" : "features", j);
        arena_reset(arena);
    }
    arena_free(arena);
    return status;
}

int synthesis_finish(struct synthesis *synthesis)
{
    number_twins(synthesis);
    return check_numbers(synthesis) < 0 ? -1 : check_ids(synthesis);
}

int synthesis_plan(struct synthesis *synthesis)
{
    const struct points *points = synthesis->points;
    double dims = (double)points->rows.dims, count = (double)points->items.len;
    if (synthesis->kind == MAKES_ROSE) {
        synthesis->deviations = mem_zalloc(points->classes->count + 1, sizeof *synthesis->deviations);
        synthesis->width = synthesis->shrinkage * real_pow(4 / ((dims + 2) * count), 1 / (dims + 4));
    }
    if (points->items.items[0]->has_nominal)
        synthesis->nominal = nominal_new(points, points->items.items[0]->has_vector);
    for (size_t i = 0; i < points->classes->count; i++) {
        uint64_t now = points->classes->items[i].count;
        if (synthesis->targets[i] > now && grow(synthesis, i, synthesis->targets[i] - now) < 0)
            return -1;
    }
    return synthesis_finish(synthesis);
}

void synthesis_release(struct synthesis *synthesis)
{
    for (size_t i = 0; synthesis->deviations != NULL && i < synthesis->points->classes->count; i++)
        mem_free(synthesis->deviations[i]);
    mem_free(synthesis->deviations);
    mem_free(synthesis->spelled);
    nominal_free(synthesis->nominal);
    vec_free(&synthesis->voters);
    vec_free(&synthesis->rows);
}
