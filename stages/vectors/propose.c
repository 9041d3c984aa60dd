/* propose.c - see propose.h.
 *
 * A block of queries is packed once and meets all rows of the base, some hundred of them packed at a time. Tiles of a
 * few queries and rows are multiplied in registers, and their scores are compared with the limits of the queries before
 * they leave them: of nearly all tiles nothing is written at all. */
#include "propose.h"

#include "base/memory.h"
#include "lists.h"
#include "triangle.h"

#include <math.h>
#include <string.h>

enum {
    LEAST_BLOCK = 512,    /* queries of a block, in which the base is packed for each of them once */
    MOST_BLOCK = 2048,    /* more gains nothing */
    MOST_TRIANGLE = 1024, /* the same if queries are the base: small blocks for many threads */
    PACKED = 2 << 20,     /* bytes of a packed block */
    MOST_LISTS = 4 << 20, /* bytes of the lists of a block */
    PART = 512,           /* rows of the base that are packed at a time */
    NEAR = 192 << 10,     /* bytes of queries that stay in the second cache */
    RANKED = 256          /* queries whose lists are ranked at a time */
};

struct proposal {
    const struct exact *exact;
    struct tile_frame frame;
    bool symmetric;
    bool kept;          /* all runs of a block of queries stay packed */
    size_t block, part; /* queries of a block, rows of the base that are packed at a time */
    size_t room;        /* candidates of a query */
    struct lists lists; /* of all queries, if symmetric */
    struct triangle *triangle;
    bool *redo;             /* by query: more candidates than there is room for */
    struct worker *workers; /* by thread */
};

/* What a thread has. */
struct worker {
    bool ready;
    size_t packed; /* the block of queries that is packed; SIZE_MAX: none */
    float *queries, *base, *sums;
    float *query_norms, *base_norms; /* as they go into scores */
    struct lists own;                /* of a block of queries, unless symmetric */
    struct lists_scratch lists_scratch;
    struct exact_scratch *exact_scratch;
};

size_t propose_room(size_t k)
{
    return 2 * k + 14;
}

static size_t round_to(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

/* ---- blocks ---- */

/* The norms of rows as they go into scores (lists.h). Missing rows of the last panel have scores above all limits. */
static void score_norms(const struct proposal *proposal, const uint32_t *rows, size_t count, float *norms)
{
    const struct tile_frame *frame = &proposal->frame;
    for (size_t i = 0; i < count; i++)
        norms[i] = (float)(frame->norms[rows[i]] * (proposal->exact->sign - frame->relative));
    for (size_t i = count; i < count + KERNEL_COLUMNS; i++)
        norms[i] = INFINITY;
}

/* Where run number `run` of a block of queries is packed. */
static float *packed_run(const struct proposal *proposal, const struct worker *worker, size_t run, size_t count)
{
    size_t rows = round_to(count, proposal->frame.shape.rows);
    return worker->queries + (proposal->kept ? run * proposal->frame.depth * rows : 0);
}

static void pack_queries(const struct proposal *proposal, struct worker *worker, size_t first, size_t count)
{
    const struct tile_frame *frame = &proposal->frame;
    const uint32_t *rows = proposal->exact->search->queries + first;
    if (worker->packed == first)
        return;
    worker->packed = first;
    score_norms(proposal, rows, count, worker->query_norms);
    for (size_t run = 0; proposal->kept && run < frame->runs; run++)
        tile_pack(frame, rows, count, run, frame->shape.rows, packed_run(proposal, worker, run, count));
}

/* A block of queries and some rows of the base that meet. */
struct meeting {
    const struct proposal *proposal;
    struct worker *worker;
    struct lists *lists;
    size_t query, queries; /* the first place, and how many */
    size_t base, rows;     /* the same of the base */
};

/* Adds what has a score below its limit to the lists. r0, c0: the places of the tile's first query and row. */
static void add_hits(const struct meeting *meeting, const struct kernel_tile *tile, size_t r0, size_t c0)
{
    const struct search *search = meeting->proposal->exact->search;
    const struct kernel_shape *shape = &meeting->proposal->frame.shape;
    bool symmetric = meeting->proposal->symmetric;
    struct lists *lists = meeting->lists;
    struct lists_scratch *scratch = &meeting->worker->lists_scratch;
    for (size_t r = 0; r < shape->rows; r++) {
        const float *sums = tile->sums + r * shape->columns;
        for (uint32_t bits = tile->query_hits[r]; bits != 0; bits &= bits - 1) {
            size_t c = (size_t)__builtin_ctz(bits);
            if (symmetric ? c0 + c > r0 + r : search->base[c0 + c] != search->queries[r0 + r])
                lists_add(lists, r0 + r - lists->first, tile->base_norms[c] + tile->factor * sums[c], c0 + c, scratch);
        }
        for (uint32_t bits = symmetric ? tile->base_hits[r] : 0; bits != 0; bits &= bits - 1) {
            size_t c = (size_t)__builtin_ctz(bits);
            if (c0 + c > r0 + r)
                lists_add(lists, c0 + c, tile->query_norms[r] + tile->factor * sums[c], r0 + r, scratch);
        }
    }
}

/* One run of the products of all tiles of a meeting; after the last one, scores are compared. */
static void multiply_run(const struct meeting *meeting, size_t run, const float *queries)
{
    const struct proposal *proposal = meeting->proposal;
    const struct tile_frame *frame = &proposal->frame;
    const struct worker *worker = meeting->worker;
    const size_t rows = frame->shape.rows, columns = frame->shape.columns, depth = tile_depth(frame, run);
    size_t near = NEAR / (depth * sizeof *queries);
    near = near < rows ? rows : near / rows * rows;
    struct kernel_tile tile = {.depth = depth, .add = run > 0, .factor = (float)(-2 * proposal->exact->sign)};
    for (size_t group = 0; group < meeting->queries; group += near) {
        size_t end = group + near < meeting->queries ? group + near : meeting->queries;
        for (size_t c = 0; c < meeting->rows; c += columns) {
            size_t c0 = meeting->base + c;
            tile.base = worker->base + c * depth;
            tile.base_norms = run + 1 == frame->runs ? worker->base_norms + c : NULL;
            tile.base_limits = proposal->symmetric ? meeting->lists->limits + c0 : NULL;
            for (size_t r = group; r < end; r += rows) {
                size_t r0 = meeting->query + r;
                /* Pairs on or below the diagonal are met elsewhere. */
                if (proposal->symmetric && c0 + columns <= r0 + 1)
                    continue;
                tile.queries = queries + r * depth;
                tile.query_norms = worker->query_norms + r;
                tile.query_limits = meeting->lists->limits + (r0 - meeting->lists->first);
                tile.sums = worker->sums;
                if (frame->runs > 1)
                    tile.sums += (r / rows * (proposal->part / columns) + c / columns) * rows * columns;
                if (frame->shape.products(&tile) && tile.base_norms != NULL)
                    add_hits(meeting, &tile, r0, c0);
            }
        }
    }
}

/* Queries, from place `first` on, meet rows of the base from place `base` on. */
static void meet(const struct proposal *proposal, struct worker *worker, struct lists *lists, size_t first,
                 size_t queries, size_t base, size_t rows)
{
    const struct tile_frame *frame = &proposal->frame;
    const struct search *search = proposal->exact->search;
    pack_queries(proposal, worker, first, queries);
    for (size_t at = base, count; at < base + rows; at += count) {
        count = base + rows - at < proposal->part ? base + rows - at : proposal->part;
        struct meeting meeting = {proposal, worker, lists, first, queries, at, count};
        score_norms(proposal, search->base + at, count, worker->base_norms);
        for (size_t run = 0; run < frame->runs; run++) {
            float *packed = packed_run(proposal, worker, run, queries);
            if (!proposal->kept)
                tile_pack(frame, search->queries + first, queries, run, frame->shape.rows, packed);
            tile_pack(frame, search->base + at, count, run, frame->shape.columns, worker->base);
            multiply_run(&meeting, run, packed);
        }
    }
}

/* Ranks the candidates of queries, of these places in search->queries. */
static void rank_lists(struct proposal *proposal, struct worker *worker, struct lists *lists, size_t first,
                       size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        size_t rows = lists_rows(lists, i - lists->first, &worker->lists_scratch);
        if (rows == SIZE_MAX)
            proposal->redo[i] = true;
        else
            exact_rank(proposal->exact, i, worker->lists_scratch.rows, rows, worker->exact_scratch);
    }
}

/* ---- threads ---- */

static struct worker *worker_of(struct proposal *proposal, size_t thread)
{
    struct worker *worker = &proposal->workers[thread];
    const struct tile_frame *frame = &proposal->frame;
    size_t rows = frame->shape.rows, columns = frame->shape.columns, block = round_to(proposal->block, rows);
    if (worker->ready)
        return worker;
    worker->ready = true;
    worker->packed = SIZE_MAX;
    worker->queries = mem_zalloc(block * frame->depth * (proposal->kept ? frame->runs : 1), sizeof(float));
    worker->base = mem_zalloc(proposal->part * frame->depth, sizeof(float));
    worker->sums = mem_zalloc(frame->runs > 1 ? block * proposal->part : rows * columns, sizeof(float));
    worker->query_norms = mem_zalloc(block + KERNEL_COLUMNS, sizeof(float));
    worker->base_norms = mem_zalloc(proposal->part + KERNEL_COLUMNS, sizeof(float));
    if (!proposal->symmetric)
        lists_open(&worker->own, frame, proposal->room, proposal->block);
    lists_scratch_open(&worker->lists_scratch, proposal->symmetric ? &proposal->lists : &worker->own);
    worker->exact_scratch = exact_scratch_new(proposal->exact);
    return worker;
}

static void worker_free(struct worker *worker)
{
    if (!worker->ready)
        return;
    mem_free(worker->queries);
    mem_free(worker->base);
    mem_free(worker->sums);
    mem_free(worker->query_norms);
    mem_free(worker->base_norms);
    lists_close(&worker->own);
    lists_scratch_close(&worker->lists_scratch);
    exact_scratch_free(worker->exact_scratch);
}

static size_t left_of(size_t all, size_t first, size_t most)
{
    return all - first < most ? all - first : most;
}

static void search_block(void *state, size_t item, size_t thread)
{
    struct proposal *proposal = state;
    const struct search *search = proposal->exact->search;
    struct worker *worker = worker_of(proposal, thread);
    size_t first = item * proposal->block, count = left_of(search->query_count, first, proposal->block);
    lists_start(&worker->own, first, count);
    meet(proposal, worker, &worker->own, first, count, 0, search->base_count);
    rank_lists(proposal, worker, &worker->own, first, count);
}

static void search_triangle(void *state, size_t thread)
{
    struct proposal *proposal = state;
    struct worker *worker = worker_of(proposal, thread);
    size_t all = proposal->exact->search->query_count, block = proposal->block, i, j;
    for (size_t last = SIZE_MAX; triangle_take(proposal->triangle, last, &i, &j); last = i) {
        meet(proposal, worker, &proposal->lists, i * block, left_of(all, i * block, block), j * block,
             left_of(all, j * block, block));
        triangle_give(proposal->triangle, i, j);
    }
}

static void rank_part(void *state, size_t item, size_t thread)
{
    struct proposal *proposal = state;
    size_t first = item * RANKED, count = left_of(proposal->exact->search->query_count, first, RANKED);
    rank_lists(proposal, worker_of(proposal, thread), &proposal->lists, first, count);
}

/* ---- the whole ---- */

static size_t common_multiple(size_t a, size_t b)
{
    size_t multiple = a;
    while (multiple % b != 0)
        multiple += a;
    return multiple;
}

/* How many queries are packed at a time, and how many rows of the base. */
static void choose_sizes(struct proposal *proposal, size_t tile, size_t threads)
{
    const struct search *search = proposal->exact->search;
    const struct kernel_shape *shape = &proposal->frame.shape;
    size_t unit = common_multiple(shape->rows, shape->columns), of_row = search->rows->dims * sizeof(float);
    size_t most = proposal->symmetric ? MOST_TRIANGLE : MOST_BLOCK, count = search->query_count;
    size_t block = PACKED / of_row < LEAST_BLOCK ? LEAST_BLOCK : PACKED / of_row < most ? PACKED / of_row : most;
    if (!proposal->symmetric && block * proposal->room * sizeof(struct lists_item) > MOST_LISTS)
        block = MOST_LISTS / (proposal->room * sizeof(struct lists_item)) + 1;
    /* All threads get something, and much the same. */
    size_t blocks = proposal->symmetric ? 4 * threads : threads;
    if (threads > 1)
        blocks = round_to((count + block - 1) / block, blocks);
    else
        blocks = (count + block - 1) / block;
    block = tile > 0 ? tile : (count + blocks - 1) / blocks;
    proposal->block = round_to(block, unit);
    proposal->part = round_to(tile > 0 ? tile : PART, shape->columns);
    proposal->kept = proposal->frame.runs == 1 || proposal->block * of_row <= 2 * PACKED;
}

static void search_again(struct proposal *proposal, struct search_way *way, struct crew *crew)
{
    size_t count = proposal->exact->search->query_count;
    uint32_t *places = mem_alloc(count * sizeof *places);
    way->redone = 0;
    for (size_t i = 0; i < count; i++)
        if (proposal->redo[i])
            places[way->redone++] = (uint32_t)i;
    exact_search(proposal->exact, places, way->redone, crew);
    mem_free(places);
}

void propose_search(const struct exact *exact, struct search_way *way, bool symmetric, struct crew *crew)
{
    size_t threads = crew_threads(crew), count = exact->search->query_count;
    size_t room = way->candidates > 0 ? way->candidates : propose_room(exact->k);
    struct proposal proposal = {.exact = exact,
                                .symmetric = symmetric,
                                .room = room > exact->k ? room : exact->k + 1,
                                .redo = mem_zalloc(count, sizeof *proposal.redo),
                                .workers = mem_zalloc(threads, sizeof *proposal.workers)};
    struct kernel_shape shape = way->shape != NULL ? *way->shape : kernel_shape_of(way->kernel);
    tile_frame_open(&proposal.frame, exact, shape, crew);
    choose_sizes(&proposal, way->tile, threads);
    size_t blocks = (count + proposal.block - 1) / proposal.block;
    if (symmetric) {
        lists_open(&proposal.lists, &proposal.frame, proposal.room, count);
        lists_start(&proposal.lists, 0, count);
        proposal.triangle = triangle_new(blocks);
        crew_all(crew, search_triangle, &proposal);
        crew_each(crew, (count + RANKED - 1) / RANKED, rank_part, &proposal);
        triangle_free(proposal.triangle);
        lists_close(&proposal.lists);
    } else {
        crew_each(crew, blocks, search_block, &proposal);
    }
    for (size_t i = 0; i < threads; i++)
        worker_free(&proposal.workers[i]);
    mem_free(proposal.workers);
    tile_frame_close(&proposal.frame);
    search_again(&proposal, way, crew);
    mem_free(proposal.redo);
}
