/* shuffle.c - put records into a random order.
 *
 *     quern shuffle [--epoch E] [--copies N] [--seed N] [--salt WORD] [--max-memory SIZE] [FILE …]
 *     quern shuffle merge [--seed N] [--salt WORD] SHARD …
 *
 * A record's place is decided by two draws of its own, 128 bits, so that the order is the same whatever the order of
 * the input was, and shuffled shards can be merged. Records with equal draws (of one id and round) are ordered by their
 * bytes. The sort (run/sort.h) has the draws as keys; a value is the record, a zero byte, which sorts before all
 * that a record may have, and its place, which counts only if two records are equal: then either may come first. */
#include "base/heap.h"
#include "quern.h"
#include "run/sort.h"

struct shuffle_options {
    struct random_options random;
    int64_t max_memory;
    const char *field;
};

static const struct option options[] = {
    OPTIONS_RANDOM(struct shuffle_options, random),
    OPTION_FIELD(struct shuffle_options, field),
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct shuffle_options, max_memory), .value = "SIZE", .fallback = "1G",
     .min = 1 << 20, .max = INT64_MAX, .help = "memory for records before they go to temporary files"},
    {0},
};

static const struct option merge_options[] = {
    OPTIONS_SEED(struct shuffle_options, random),
    OPTION_FIELD(struct shuffle_options, field),
    {0},
};

/* What decides the order. */
struct order {
    struct random_options random;
    struct rng_key key;
    struct slice field;
};

static struct order order_of(const struct shuffle_options *given)
{
    return (struct order){given->random, rng_key(&given->random, "shuffle"), slice_of(given->field)};
}

enum { KEY_BYTES = 16 };

/* Both draws, highest byte first, so that their bytes sort as the numbers do. */
static void put_key(const struct order *order, const struct lineage *lineage, int64_t copy, char key[KEY_BYTES])
{
    struct rng rng = lineage_rng(lineage, order->key, copy);
    for (unsigned i = 0; i < KEY_BYTES; i++)
        key[i] = (char)(rng_bits(&rng, i / 8) >> (56 - i % 8 * 8));
}

/* ---- open ---- */

struct shuffle {
    struct order order;
    unsigned depth;
    struct sort_bounds bounds;
    VEC(struct sort *) sorts; /* of the threads, when these have seen all */
    struct sorted *sorted;
};

struct shuffle_thread {
    const struct shuffle *shuffle;
    struct sort *sort; /* NULL when it has been handed over */
    struct bytes value;
};

static int shuffle_open(struct stage_context *context, void **shared)
{
    const struct shuffle_options *given = context->options;
    if (lineage_check(&given->random) < 0)
        return -1;
    struct shuffle *shuffle = mem_zalloc(1, sizeof *shuffle);
    shuffle->order = order_of(given);
    shuffle->depth = context->depth;
    shuffle->bounds = (struct sort_bounds){.max_memory = (uint64_t)given->max_memory, .temp_dir = context->temp_dir};
    *shared = shuffle;
    return 0;
}

static int shuffle_thread_open(void *shared, void **thread)
{
    struct shuffle *shuffle = shared;
    struct shuffle_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shuffle = shuffle;
    mine->sort = sort_new(&shuffle->bounds);
    shuffle->bounds.threads++;
    *thread = mine;
    return 0;
}

/* ---- records ---- */

/* What a value has after the record and the zero byte. */
struct place {
    const char *file;
    uint64_t line;
};

static int put(struct shuffle_thread *mine, const struct record *record, const char key[KEY_BYTES])
{
    struct bytes *value = &mine->value;
    const struct place place = {record->file, record->line_number};
    value->len = 0;
    rec_print(record, value);
    bytes_byte(value, '\0');
    bytes_append(value, (const char *)&place, sizeof place);
    return sort_put(mine->sort, (struct slice){key, KEY_BYTES}, bytes_slice(value));
}

static int shuffle_record(void *state, const struct record *in, struct sink *out)
{
    struct shuffle_thread *mine = state;
    const struct order *order = &mine->shuffle->order;
    struct lineage lineage;
    if (lineage_read(in, order->field, &order->random, sink_arena(out), &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        const struct record *made = in;
        char key[KEY_BYTES];
        if (lineage.says_epoch) {
            struct record *copied = rec_derive(sink_arena(out), in);
            lineage_set(copied, &lineage, copy);
            made = copied;
        }
        put_key(order, &lineage, copy, key);
        if (put(mine, made, key) < 0)
            return -1;
    }
    return 0;
}

static int shuffle_merge(void *shared, void *thread)
{
    struct shuffle *shuffle = shared;
    struct shuffle_thread *mine = thread;
    vec_push(&shuffle->sorts, mine->sort);
    mine->sort = NULL;
    return 0;
}

/* ---- end ---- */

enum { BYTES_AT_ONCE = 256 * 1024 };

static int emit_value(const struct shuffle *shuffle, struct slice value, struct sink *out)
{
    struct place place;
    struct arena *arena = sink_arena(out);
    struct slice line = arena_copy(arena, (struct slice){value.ptr, value.len - sizeof place - 1});
    struct record *record = arena_alloc(arena, sizeof *record);
    memcpy(&place, value.ptr + line.len + 1, sizeof place);
    if (rec_parse(record, line, shuffle->depth, arena) < 0)
        return -1;
    record->file = place.file;
    record->line_number = place.line;
    return sink_emit(out, record);
}

static int shuffle_end(void *shared, struct sink *out)
{
    struct shuffle *shuffle = shared;
    struct slice key, value;
    if (shuffle->sorted == NULL)
        shuffle->sorted = sort_all(shuffle->sorts.items, shuffle->sorts.len);
    for (size_t bytes = 0; bytes < BYTES_AT_ONCE; bytes += value.len) {
        int more = sorted_next(shuffle->sorted, &key, &value);
        if (more != 1)
            return more;
        if (emit_value(shuffle, value, out) < 0)
            return -1;
    }
    return 1;
}

/* ---- close ---- */

static void shuffle_thread_close(void *thread)
{
    struct shuffle_thread *mine = thread;
    sort_free(mine->sort);
    vec_free(&mine->value);
    mem_free(mine);
}

static void shuffle_close(void *shared)
{
    struct shuffle *shuffle = shared;
    sorted_free(shuffle->sorted);
    for (size_t i = 0; i < shuffle->sorts.len; i++)
        sort_free(shuffle->sorts.items[i]);
    vec_free(&shuffle->sorts);
    mem_free(shuffle);
}

/* ---- merge: shuffled shards, read side by side ---- */

struct shard {
    struct side *side;
    const struct record *record; /* the next one */
    char key[KEY_BYTES];         /* of that */
    struct bytes last;           /* of the record before it: key and line */
};

struct merge {
    struct order order;
    struct shard *shards;
    size_t count;
    struct heap heap; /* of the shards that have a record */
    bool begun;
};

static void merge_close(void *shared)
{
    struct merge *merge = shared;
    for (size_t i = 0; i < merge->count; i++) {
        side_close(merge->shards[i].side);
        vec_free(&merge->shards[i].last);
    }
    mem_free(merge->shards);
    mem_free(merge->heap.items);
    mem_free(merge);
}

static int merge_open(struct stage_context *context, void **shared)
{
    const struct shuffle_options *given = context->options;
    const struct words *paths = context->operands;
    if (paths->len == 0)
        return diag_error("expected shards: files that quern shuffle has written");
    struct merge *merge = mem_zalloc(1, sizeof *merge);
    merge->order = order_of(given);
    merge->order.random.epoch = -1;
    merge->shards = mem_zalloc(paths->len, sizeof *merge->shards);
    merge->heap.items = mem_zalloc(paths->len, sizeof *merge->heap.items);
    for (; merge->count < paths->len; merge->count++) {
        struct side *side = side_open(context, paths->items[merge->count]);
        if (side == NULL) {
            merge_close(merge);
            return -1;
        }
        merge->shards[merge->count].side = side;
    }
    *shared = merge;
    return 0;
}

static bool is_before(const void *context, uint32_t a, uint32_t b)
{
    const struct merge *merge = context;
    const struct shard *x = &merge->shards[a], *y = &merge->shards[b];
    int order = memcmp(x->key, y->key, KEY_BYTES);
    return (order != 0 ? order : slice_compare(x->record->line, y->record->line)) < 0;
}

/* Remembers the record, and looks whether it comes after the one before. */
static int check_order(struct shard *shard)
{
    const struct record *record = shard->record;
    struct slice last = bytes_slice(&shard->last);
    int order = last.len == 0 ? -1 : memcmp(last.ptr, shard->key, KEY_BYTES);
    if (order == 0)
        order = slice_compare((struct slice){last.ptr + KEY_BYTES, last.len - KEY_BYTES}, record->line);
    if (order > 0)
        return diag_kind(
            STATUS_DATA,
            "%s:%llu: not in the order of shuffle: this record belongs before the one above it: give merge the "
            "--seed, --salt and --field of the shards, or shuffle this one",
            record->file, (unsigned long long)record->line_number);
    shard->last.len = 0;
    bytes_append(&shard->last, shard->key, KEY_BYTES);
    bytes_put(&shard->last, record->line);
    return 0;
}

static int read_key(const struct merge *merge, struct shard *shard, struct arena *arena)
{
    struct lineage lineage;
    if (lineage_read(shard->record, merge->order.field, &merge->order.random, arena, &lineage) < 0)
        return -1;
    put_key(&merge->order, &lineage, 0, shard->key);
    return 0;
}

/* The shard's next record that is not bad: 1, 0 if there is none, or -1. */
static int advance(struct merge *merge, struct shard *shard, struct sink *out)
{
    for (;;) {
        int got = side_next(shard->side, &shard->record);
        if (got <= 0)
            return got;
        sink_took(out, shard->record);
        if (got == 1 && read_key(merge, shard, sink_arena(out)) == 0)
            return check_order(shard) == 0 ? 1 : -1;
        sink_reject(out, shard->record);
    }
}

static int merge_begin(struct merge *merge, struct sink *out)
{
    merge->begun = true;
    for (size_t i = 0; i < merge->count; i++) {
        int more = advance(merge, &merge->shards[i], out);
        if (more < 0)
            return -1;
        if (more == 1)
            merge->heap.items[merge->heap.len++] = (uint32_t)i;
    }
    heap_order(&merge->heap, is_before, merge);
    return 0;
}

static int emit_first(struct merge *merge, struct sink *out)
{
    struct shard *first = &merge->shards[merge->heap.items[0]];
    if (sink_emit(out, rec_copy(sink_arena(out), first->record)) < 0)
        return -1;
    int more = advance(merge, first, out);
    if (more < 0)
        return -1;
    if (more == 0)
        heap_drop(&merge->heap, is_before, merge);
    else
        heap_settle(&merge->heap, 0, is_before, merge);
    return 0;
}

static int merge_end(void *shared, struct sink *out)
{
    struct merge *merge = shared;
    if (!merge->begun && merge_begin(merge, out) < 0)
        return -1;
    for (size_t bytes = 0; bytes < BYTES_AT_ONCE;) {
        if (merge->heap.len == 0)
            return 0;
        bytes += merge->shards[merge->heap.items[0]].record->line.len;
        if (emit_first(merge, out) < 0)
            return -1;
    }
    return 1;
}

/* ---- the filters ---- */

static const char *const reads[] = {"id", "text", "epoch", NULL};
static const char *const writes[] = {"epoch", NULL};

static const struct stage shuffle_merge_shards = {
    .name = "shuffle merge",
    .summary = "merge shuffled shards into the order of all",
    .example = "$ printf '{\"id\":\"%s\"}\\n' a b | quern shuffle >one\n"
               "$ printf '{\"id\":\"%s\"}\\n' c d | quern shuffle >two\n"
               "$ quern shuffle merge one two\n"
               "{\"id\":\"b\"}\n"
               "{\"id\":\"d\"}\n"
               "{\"id\":\"a\"}\n"
               "{\"id\":\"c\"}",
    .class = STAGE_WHOLE,
    .lines_in = true,
    .operands = "SHARD",
    .options = merge_options,
    .options_size = sizeof(struct shuffle_options),
    .reads = reads,
    .open = merge_open,
    .close = merge_close,
    .end = merge_end,
};

static const struct stage *const verbs[] = {&shuffle_merge_shards, NULL};

const struct stage stage_shuffle = {
    .name = "shuffle",
    .summary = "put records into a random order",
    .example = "$ printf '{\"id\":\"%s\"}\\n' a b c d | quern shuffle\n"
               "{\"id\":\"b\"}\n"
               "{\"id\":\"d\"}\n"
               "{\"id\":\"a\"}\n"
               "{\"id\":\"c\"}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct shuffle_options),
    .verbs = verbs,
    .reads = reads,
    .writes = writes,
    .open = shuffle_open,
    .close = shuffle_close,
    .thread_open = shuffle_thread_open,
    .thread_close = shuffle_thread_close,
    .record = shuffle_record,
    .merge = shuffle_merge,
    .end = shuffle_end,
};
