/* dedup - lets one of equal records through.
 *
 *     quern dedup [--by MEMBER,...] [--keep first|least] [--rejected FILE] [FILE...]
 *
 * --keep first is ORDERED: a set of hashes says what has been seen. --keep least is WHOLE: the first pass finds the
 * least record for each hash, the second lets it through. The second pass is in order, in one thread, too: of records
 * that are the same byte for byte, the first must stay. */
#include "quern.h"

#include "run/hashes.h"
#include "text/json_hash.h"

struct dedup_options {
    const char *field;
    struct words by;
    int keep;
    const char *rejected;
    int64_t max_memory;
};

enum { KEEP_FIRST, KEEP_LEAST };
static const char *const keeps[] = {"first", "least", NULL};

static const struct option options[] = {
    {"by", 'b', OPT_WORDS, OPT_AT(struct dedup_options, by), .value = "MEMBER,...",
     .help = "the members that are compared; without it the one that --field names"},
    {"keep", 'k', OPT_CHOICE, OPT_AT(struct dedup_options, keep), .value = "WHICH", .fallback = "first",
     .choices = keeps,
     .help = "which of equal records stays: the first, or the one with the least identity, whatever the order of the "
             "input (which is read twice)"},
    {"rejected", 0, OPT_FILE, OPT_AT(struct dedup_options, rejected), .value = "FILE", .written = true,
     .help = "write the other records to this file"},
    {"field", 'f', OPT_TEXT, OPT_AT(struct dedup_options, field), .value = "NAME", .fallback = "text",
     .when = "!by keep=least", .help = "the member to process"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct dedup_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 0,
     .max = INT64_MAX, .help = "what the hashes may take in memory before they go to a temporary file"},
    {0},
};

/* What decides which of equal records is the least: identity, round, and a hash of its bytes. */
struct rank {
    struct hash identity;
    uint64_t bytes;
    uint32_t round;
    uint32_t gone; /* in the second pass: it has been let through */
};

struct dedup {
    const struct dedup_options *options;
    struct hashes *hashes; /* with --keep least, the value is a struct rank */
    unsigned rejected;     /* the output */
    struct json_hasher hasher;
    struct bytes buffer;
    struct arena *scratch; /* of one record */
};

static const char *const reads[] = {"text", "id", "epoch", NULL};

enum { COUNT_KEPT, COUNT_DROPPED };
static const char *const counters[] = {[COUNT_KEPT] = "kept", [COUNT_DROPPED] = "dropped", NULL};

static int dedup_open(struct stage_context *context, void **shared)
{
    const struct dedup_options *given = context->options;
    struct dedup *dedup = mem_zalloc(1, sizeof *dedup);
    bool least = given->keep == KEEP_LEAST;
    context->class = least ? STAGE_WHOLE : STAGE_ORDERED;
    dedup->options = given;
    dedup->hashes = hashes_new(least ? sizeof(struct rank) : 0, (uint64_t)given->max_memory, context->temp_dir);
    dedup->scratch = arena_new();
    if (given->rejected != NULL)
        dedup->rejected = chain_output(context, given->rejected);
    *shared = dedup;
    return 0;
}

static void dedup_close(void *shared)
{
    struct dedup *dedup = shared;
    hashes_free(dedup->hashes);
    json_hasher_release(&dedup->hasher);
    vec_free(&dedup->buffer);
    arena_free(dedup->scratch);
    mem_free(dedup);
}

/* ---- what is compared ---- */

static int hash_member(struct dedup *dedup, const struct record *in, struct slice name, struct hash *hash)
{
    const struct value *value = rec_get(in, name);
    if (value != NULL && value->kind == VALUE_TEXT) {
        *hash = json_hash_string((struct slice){value->bytes, value->count});
        return 0;
    }
    if (value == NULL)
        return member_missing(in, name, ", so the record can't be compared (--on-error skip leaves such records out)");
    struct slice json = rec_json(value, dedup->scratch);
    if (json_kind(json) == 'n')
        return diag_error("%.*s: null, so the record can't be compared (--on-error skip leaves such records out)",
                          (int)name.len, name.ptr);
    if (json_hash(&dedup->hasher, json, dedup->scratch, hash) < 0)
        return diag_error("%.*s: %s", (int)name.len, name.ptr, diag_message());
    return 0;
}

/* Of several members the hash of their hashes, in the order of --by. */
static int hash_key(struct dedup *dedup, const struct record *in, struct hash *key)
{
    const struct words *by = &dedup->options->by;
    if (by->len == 0)
        return hash_member(dedup, in, slice_of(dedup->options->field), key);
    if (by->len == 1)
        return hash_member(dedup, in, slice_of(by->items[0]), key);
    dedup->buffer.len = 0;
    for (size_t i = 0; i < by->len; i++) {
        struct hash hash;
        if (hash_member(dedup, in, slice_of(by->items[i]), &hash) < 0)
            return -1;
        bytes_append(&dedup->buffer, (const char *)&hash, sizeof hash);
    }
    *key = hash_bytes(bytes_slice(&dedup->buffer), 0);
    return 0;
}

/* ---- which one stays ---- */

/* The bytes are those that the record has in a shell pipeline, so that a chain in one process keeps the same one. */
static int make_rank(struct dedup *dedup, const struct record *in, struct rank *rank)
{
    struct slice field = slice_of(dedup->options->field), bytes = in->line;
    struct identity identity;
    uint32_t round;
    if (lineage_identity(in, field, dedup->scratch, &identity) < 0 || lineage_round(in, &round) < 0)
        return -1;
    if (in->derived) {
        dedup->buffer.len = 0;
        rec_print(in, &dedup->buffer);
        bytes = bytes_slice(&dedup->buffer);
    }
    *rank = (struct rank){{identity.high, identity.low}, hash_bytes(bytes, 0).high, round, 0};
    return 0;
}

/* < 0, 0, > 0; 0 only if the records are the same. */
static int compare_ranks(const struct rank *a, const struct rank *b)
{
    int order = hash_compare(a->identity, b->identity);
    if (order == 0)
        order = (a->round > b->round) - (a->round < b->round);
    return order != 0 ? order : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static int let_through(struct sink *out, const struct record *in)
{
    sink_count(out, COUNT_KEPT, 1);
    return sink_emit(out, in);
}

static int drop(const struct dedup *dedup, struct sink *out, const struct record *in)
{
    sink_count(out, COUNT_DROPPED, 1);
    return dedup->options->rejected != NULL ? sink_emit_to(out, dedup->rejected, in) : 0;
}

/* The first pass of --keep least. */
static int note_rank(struct dedup *dedup, const struct record *in, struct hash key)
{
    struct rank rank;
    void *value;
    if (make_rank(dedup, in, &rank) < 0)
        return -1;
    int added = hashes_add(dedup->hashes, key, &value);
    if (added < 0)
        return -1;
    struct rank *least = value;
    if (added > 0 || compare_ranks(&rank, least) < 0)
        *least = rank;
    return 0;
}

static int dedup_record(void *shared, const struct record *in, struct sink *out)
{
    struct dedup *dedup = shared;
    struct hash key = {0, 0};
    arena_reset(dedup->scratch);
    if (hash_key(dedup, in, &key) < 0)
        return -1;
    if (dedup->options->keep == KEEP_LEAST)
        return note_rank(dedup, in, key);
    int added = hashes_add(dedup->hashes, key, NULL);
    if (added < 0)
        return -1;
    return added > 0 ? let_through(out, in) : drop(dedup, out, in);
}

/* The second pass of --keep least. */
static int dedup_apply(void *shared, const struct record *in, struct sink *out)
{
    struct dedup *dedup = shared;
    struct hash key = {0, 0};
    struct rank rank;
    arena_reset(dedup->scratch);
    if (hash_key(dedup, in, &key) < 0 || make_rank(dedup, in, &rank) < 0)
        return -1;
    struct rank *least = hashes_find(dedup->hashes, key);
    if (least == NULL || least->gone || compare_ranks(&rank, least) != 0)
        return drop(dedup, out, in);
    least->gone = 1;
    return let_through(out, in);
}

const struct stage stage_dedup = {
    .name = "dedup",
    .summary = "let one of equal records through",
    .example = "$ printf '{\"id\":%s,\"text\":\"%s\"}\\n' 1 a 2 b 3 a | quern dedup\n"
               "{\"id\":1,\"text\":\"a\"}\n"
               "{\"id\":2,\"text\":\"b\"}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct dedup_options),
    .reads = reads,
    .counters = counters,
    .open = dedup_open,
    .close = dedup_close,
    .record = dedup_record,
    .apply = dedup_apply,
    .apply_in_order = true,
};
