/* rebuild.c - the verb rebuild: the records of a recipe, with vectors made of those of their parents. */
#include "resample.h"

#include "../vectors/build.h"
#include "record/keep.h"

#include <inttypes.h>

struct rebuild_options {
    const char *recipe;
    bool wide;
};

static const struct option rebuild_options[] = {
    {"recipe", 0, OPT_FILE, OPT_AT(struct rebuild_options, recipe), .value = "FILE", .required = true,
     .help = "what \"quern resample --emit recipe\" wrote"},
    {"double", 0, OPT_FLAG, OPT_AT(struct rebuild_options, wide),
     .help = "keep and write numbers of vectors as 64-bit floats; otherwise 32-bit ones"},
    {0},
};

enum { MADE_BYTES = 256 * 1024, NUMBER_ROOM = 12 };

#define NO_SECOND UINT32_MAX

/* A line of the recipe. */
struct planned {
    const struct record *record;
    uint32_t from, to; /* places of the parents; to: NO_SECOND if there is one only */
    double gap;
};

/* A parent. */
struct held {
    struct vector vector;
    struct slice json; /* of one that is copied: its vector as its record spells it */
    bool is_there, is_copied;
};

struct rebuild {
    bool wide;
    VEC(struct planned) planned;
    struct map *places; /* of parents, by the kind and the spelling of their ids */
    struct held *held;
    struct arena *arena; /* of the recipe */
    VEC(struct arena *) arenas;
    size_t next;
};

struct rebuild_thread {
    struct rebuild *rebuild;
    struct arena *arena;
};

static void rebuild_close(void *shared)
{
    struct rebuild *rebuild = shared;
    for (size_t i = 0; i < rebuild->arenas.len; i++)
        arena_free(rebuild->arenas.items[i]);
    vec_free(&rebuild->arenas);
    vec_free(&rebuild->planned);
    arena_free(rebuild->arena);
    map_free(rebuild->places);
    mem_free(rebuild->held);
    mem_free(rebuild);
}

/* ---- the recipe ---- */

/* An id as a key: what kind it is of, and its characters. */
static struct slice key_of(struct slice json, struct arena *arena)
{
    struct bytes key = {0};
    bool text = json_kind(json) == '"';
    bytes_byte(&key, text ? '"' : '0');
    bytes_put(&key, text ? json_string(json, arena) : json);
    struct slice kept = arena_copy(arena, bytes_slice(&key));
    vec_free(&key);
    return kept;
}

static uint32_t place_of(struct rebuild *rebuild, struct slice id, struct arena *arena)
{
    size_t before = map_len(rebuild->places);
    uint64_t *place = map_put(rebuild->places, key_of(id, arena));
    if (map_len(rebuild->places) > before)
        *place = before;
    return (uint32_t)*place;
}

static int read_planned(void *state, const struct record *in, struct arena *arena)
{
    struct rebuild *rebuild = state;
    const struct value *parents = rec_present(in, SLICE("parents"));
    struct planned planned = {.to = NO_SECOND};
    size_t count = 0;
    if (parents == NULL)
        return member_missing(in, SLICE("parents"), ": this is no recipe");
    if (rec_kind(parents) != '[')
        return rec_mismatch(SLICE("parents"), "an array of ids", parents);
    for (struct json_walk walk = json_walk(rec_json(parents, arena)); json_next(&walk); count++) {
        char kind = json_kind(walk.value);
        if (kind != '"' && kind != '0')
            return diag_error("parents[%zu]: expected an id, a string or a number", count);
        *(count == 0 ? &planned.from : &planned.to) = place_of(rebuild, walk.value, arena);
    }
    if (count < 1 || count > 2)
        return diag_error("parents: expected one or two ids, found %zu", count);
    if (count == 2 && rec_float(in, SLICE("gap"), &planned.gap) < 0)
        return -1;
    planned.record = rec_copy(rebuild->arena, in);
    vec_push(&rebuild->planned, planned);
    return 0;
}

static int rebuild_open(struct stage_context *context, void **shared)
{
    const struct rebuild_options *given = context->options;
    struct rebuild *rebuild = mem_zalloc(1, sizeof *rebuild);
    rebuild->wide = given->wide;
    rebuild->places = map_new();
    rebuild->arena = arena_new();
    if (chain_read(context, given->recipe, read_planned, rebuild) < 0) {
        rebuild_close(rebuild);
        return -1;
    }
    rebuild->held = mem_zalloc(map_len(rebuild->places) + 1, sizeof *rebuild->held);
    for (size_t i = 0; i < rebuild->planned.len; i++)
        if (rebuild->planned.items[i].to == NO_SECOND)
            rebuild->held[rebuild->planned.items[i].from].is_copied = true;
    *shared = rebuild;
    return 0;
}

/* ---- the vectors ---- */

static int rebuild_thread_open(void *shared, void **thread)
{
    struct rebuild_thread *mine = mem_zalloc(1, sizeof *mine);
    *mine = (struct rebuild_thread){shared, arena_new()};
    *thread = mine;
    return 0;
}

static void rebuild_thread_close(void *thread)
{
    struct rebuild_thread *mine = thread;
    arena_free(mine->arena);
    mem_free(mine);
}

/* Keeps the vector if the record is a parent. No two threads see one id, unless it stands twice. */
static int rebuild_record(void *thread, const struct record *in, struct sink *out)
{
    struct rebuild_thread *mine = thread;
    struct rebuild *rebuild = mine->rebuild;
    struct arena *arena = sink_arena(out);
    struct record_id id;
    enum vector_form form;
    struct vector vector;
    if (record_id_read(in, arena, &id) < 0)
        return -1;
    const uint64_t *place = map_get(rebuild->places, key_of(rec_json(rec_get(in, SLICE("id")), arena), arena));
    if (place == NULL)
        return 0;
    if (vector_read(in, rebuild->wide, arena, &form, &vector) < 0)
        return -1;
    struct held *held = &rebuild->held[*place];
    if (__atomic_exchange_n(&held->is_there, true, __ATOMIC_RELAXED))
        return diag_error("id: it stands twice: each record needs one of its own");
    held->vector = vector_keep(&vector, mine->arena);
    if (held->is_copied)
        held->json = arena_copy(mine->arena, rec_json(rec_get(in, slice_of(vector_form_names[form])), arena));
    return 0;
}

static int rebuild_merge(void *shared, void *thread)
{
    struct rebuild *rebuild = shared;
    struct rebuild_thread *mine = thread;
    vec_push(&rebuild->arenas, mine->arena);
    mine->arena = NULL;
    return 0;
}

/* ---- the records ---- */

static int check_parent(const struct rebuild *rebuild, const struct planned *planned, uint32_t place)
{
    const struct vector *vector = &rebuild->held[place].vector, *first = &rebuild->held[planned->from].vector;
    struct slice key = map_at(rebuild->places, place)->key;
    const struct record *record = planned->record;
    if (!rebuild->held[place].is_there)
        return diag_kind(STATUS_DATA, "%s:%" PRIu64 ": parents: no record with the id \"%.*s\" has a vector",
                         record->file, record->line_number, (int)key.len - 1, key.ptr + 1);
    if ((vector->indices == NULL) != (first->indices == NULL) ||
        (vector->indices == NULL && vector->count != first->count))
        return diag_kind(STATUS_DATA, "%s:%" PRIu64 ": parents: the vector of \"%.*s\" has another form or length",
                         record->file, record->line_number, (int)key.len - 1, key.ptr + 1);
    return 0;
}

static int emit_planned(const struct rebuild *rebuild, const struct planned *planned, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_derive(arena, rec_copy(arena, planned->record));
    const struct vector *from = &rebuild->held[planned->from].vector;
    struct vector *vector = arena_alloc(arena, sizeof *vector);
    if (check_parent(rebuild, planned, planned->from) < 0 ||
        (planned->to != NO_SECOND && check_parent(rebuild, planned, planned->to) < 0))
        return -1;
    *vector = *from;
    if (planned->to != NO_SECOND)
        *vector = vector_between(from, &rebuild->held[planned->to].vector, planned->gap, rebuild->wide, arena);
    rec_remove(made, SLICE("features"));
    rec_remove(made, SLICE("sparse"));
    struct slice name = slice_of(vector_form_names[vector->indices != NULL ? FORM_SPARSE : FORM_FEATURES]);
    if (planned->to == NO_SECOND)
        rec_set_json(made, name, arena_copy(arena, rebuild->held[planned->from].json));
    else if (rec_set_vector(made, name, vector) < 0)
        return -1;
    return sink_emit(out, made);
}

static int rebuild_end(void *shared, struct sink *out)
{
    struct rebuild *rebuild = shared;
    for (size_t bytes = 0; rebuild->next < rebuild->planned.len && bytes < MADE_BYTES; rebuild->next++) {
        const struct planned *planned = &rebuild->planned.items[rebuild->next];
        if (emit_planned(rebuild, planned, out) < 0)
            return -1;
        bytes += planned->record->line.len + rebuild->held[planned->from].vector.count * NUMBER_ROOM;
    }
    return rebuild->next < rebuild->planned.len;
}

static const char *const rebuild_reads[] = {"id", "parents", "gap", "features", "sparse", NULL};
static const char *const rebuild_writes[] = {"features", "sparse", NULL};

const struct stage resample_rebuild = {
    .name = "resample rebuild",
    .summary = "make the records of a recipe, with vectors made of those that are read",
    .example = "$ printf '{\"id\":%d,\"features\":[%d]}\\n' 1 0 2 8 >vectors\n"
               "$ echo '{\"id\":\"1#sm1\",\"parents\":[1,2],\"gap\":0.25}' >recipe\n"
               "$ quern resample rebuild --recipe recipe vectors\n"
               "{\"id\":\"1#sm1\",\"parents\":[1,2],\"gap\":0.25,\"features\":[2]}",
    .class = STAGE_WHOLE,
    .options = rebuild_options,
    .options_size = sizeof(struct rebuild_options),
    .reads = rebuild_reads,
    .writes = rebuild_writes,
    .open = rebuild_open,
    .close = rebuild_close,
    .thread_open = rebuild_thread_open,
    .thread_close = rebuild_thread_close,
    .record = rebuild_record,
    .merge = rebuild_merge,
    .end = rebuild_end,
};
