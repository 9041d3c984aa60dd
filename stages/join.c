/* join.c - add the members of the records of a second stream.
 *
 *     quern join --with FILE --on MEMBER[,MEMBER …] [--member NAME,…] [--unmatched keep|drop|error]
 *                [--duplicates error|first|last] [--overwrite] [FILE …]
 *
 * The members that the second stream adds for a key are stored as bytes (run/store.h): the number of members, then for
 * each the number of its name, the length of its value and the value as it appears in FILE. */
#include "quern.h"
#include "run/store.h"

#include <inttypes.h>

struct join_options {
    const char *with;
    struct words on, members;
    int unmatched, duplicates;
    bool overwrite;
    int64_t max_memory;
};

enum { UNMATCHED_KEEP, UNMATCHED_DROP, UNMATCHED_ERROR };
static const char *const unmatched[] = {"keep", "drop", "error", NULL};
enum { DUPLICATES_ERROR, DUPLICATES_FIRST, DUPLICATES_LAST };
static const char *const duplicates[] = {"error", "first", "last", NULL};

static const struct option options[] = {
    {"with", 0, OPT_FILE, OPT_AT(struct join_options, with), .value = "FILE", .required = true,
     .help = "the second stream, whose members are added to the records"},
    {"on", 0, OPT_WORDS, OPT_AT(struct join_options, on), .value = "NAME,...", .required = true,
     .help = "the members that make up the key, with the same names in both streams"},
    {"member", 0, OPT_WORDS, OPT_AT(struct join_options, members), .value = "NAME,...",
     .help = "the members to add; by default all that are not part of the key"},
    {"unmatched", 0, OPT_CHOICE, OPT_AT(struct join_options, unmatched), .value = "WHAT", .fallback = "keep",
     .choices = unmatched, .help = "what to do with a record whose key is not in FILE"},
    {"duplicates", 0, OPT_CHOICE, OPT_AT(struct join_options, duplicates), .value = "WHICH", .fallback = "error",
     .choices = duplicates, .help = "which record of FILE to use if several have the same key but different values"},
    {"overwrite", 0, OPT_FLAG, OPT_AT(struct join_options, overwrite),
     .help = "replace members that the record already has by those of FILE"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct join_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 0,
     .max = INT64_MAX, .help = "how much memory FILE may take before it moves to temporary files"},
    {0},
};

struct join {
    const struct join_options *options;
    struct store *store;
    struct map *names; /* of the members that are added; the number of a name is its index here */
};

enum { COUNT_MATCHED, COUNT_UNMATCHED, COUNT_NOT_REPLACED };

/* ---- keys and values as bytes ---- */

static void put_number(struct bytes *out, uint64_t number)
{
    bytes_append(out, (const char *)&number, sizeof number);
}

static uint64_t take_number(struct slice *from)
{
    uint64_t number;
    memcpy(&number, from->ptr, sizeof number);
    *from = (struct slice){from->ptr + sizeof number, from->len - sizeof number};
    return number;
}

/* One member of the key: its type, length and value; strings are decoded, so that "\u0061" equals "a". */
static int put_key_part(struct bytes *key, const struct record *record, struct slice name, struct arena *arena)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, ", but it is part of the key");
    struct slice part = rec_json(value, arena);
    char kind = json_kind(part);
    if (kind == '{' || kind == '[' || kind == 'n')
        return diag_error("%.*s: expected a string, a number or a boolean as part of the key, found %s", (int)name.len,
                          name.ptr, json_kind_name(kind));
    if (kind == '"')
        part = json_string(part, arena);
    bytes_byte(key, kind);
    put_number(key, part.len);
    bytes_put(key, part);
    return 0;
}

static int make_key(const struct join_options *given, const struct record *record, struct arena *arena,
                    struct bytes *key)
{
    key->len = 0;
    for (size_t i = 0; i < given->on.len; i++)
        if (put_key_part(key, record, slice_of(given->on.items[i]), arena) < 0)
            return -1;
    return 0;
}

/* The members that a record of FILE adds. */
static void make_value(struct join *join, const struct record *record, struct arena *arena, struct bytes *value)
{
    const struct join_options *given = join->options;
    value->len = 0;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct member *member = &record->members[i];
        bool wanted =
            given->members.len > 0 ? words_has(&given->members, member->name) : !words_has(&given->on, member->name);
        if (!wanted || rec_get(record, member->name) != &member->value)
            continue;
        uint64_t names = map_len(join->names), *name = map_put(join->names, member->name);
        if (map_len(join->names) > names)
            *name = names;
        struct slice json = rec_json(&member->value, arena);
        put_number(value, *name);
        put_number(value, json.len);
        bytes_put(value, json);
    }
}

/* ---- the second stream ---- */

struct loading {
    struct join *join;
    struct bytes key, value;
    uint64_t records;
};

static int load_record(void *state, const struct record *record, struct arena *arena)
{
    struct loading *loading = state;
    struct join *join = loading->join;
    loading->records++;
    if (make_key(join->options, record, arena, &loading->key) < 0)
        return -1;
    make_value(join, record, arena, &loading->value);
    struct slice key = bytes_slice(&loading->key), value = bytes_slice(&loading->value);
    struct entry before;
    if (store_get(join->store, key, &before)) {
        if (join->options->duplicates == DUPLICATES_FIRST || slice_equal(before.value, value))
            return 0;
        if (join->options->duplicates == DUPLICATES_ERROR)
            return diag_error("another record has the same key: number %" PRIu64 " of the file "
                              "(--duplicates first or last picks one)",
                              before.number);
    }
    return store_put(join->store, key, (struct entry){value, loading->records});
}

static void join_close(void *shared)
{
    struct join *join = shared;
    store_free(join->store);
    map_free(join->names);
    mem_free(join);
}

static int join_open(struct stage_context *context, void **shared)
{
    const struct join_options *given = context->options;
    for (size_t i = 0; i < given->members.len; i++)
        if (words_has(&given->on, slice_of(given->members.items[i])))
            return diag_error("--member %s: already part of the key", given->members.items[i]);
    struct store *store = store_new((uint64_t)given->max_memory, context->temp_dir);
    if (store == NULL)
        return -1;
    struct join *join = mem_zalloc(1, sizeof *join);
    *join = (struct join){given, store, map_new()};
    struct loading loading = {.join = join};
    int status = chain_read(context, given->with, load_record, &loading);
    vec_free(&loading.key);
    vec_free(&loading.value);
    if (status < 0) {
        join_close(join);
        return -1;
    }
    *shared = join;
    return 0;
}

/* ---- the first stream ---- */

struct joining {
    const struct join *join;
    struct bytes key;
};

static int join_thread_open(void *shared, void **thread)
{
    struct joining *joining = mem_zalloc(1, sizeof *joining);
    joining->join = shared;
    *thread = joining;
    return 0;
}

static void join_thread_close(void *thread)
{
    struct joining *joining = thread;
    vec_free(&joining->key);
    mem_free(joining);
}

static const struct record *with_members(const struct join *join, const struct record *in, struct slice value,
                                         struct sink *out)
{
    struct record *made = rec_derive(sink_arena(out), in);
    while (value.len > 0) {
        struct slice name = map_at(join->names, (size_t)take_number(&value))->key;
        size_t len = (size_t)take_number(&value);
        if (join->options->overwrite || rec_present(in, name) == NULL)
            rec_set_json(made, name, (struct slice){value.ptr, len});
        else
            sink_count(out, COUNT_NOT_REPLACED, 1);
        value = (struct slice){value.ptr + len, value.len - len};
    }
    return made;
}

static int join_record(void *thread, const struct record *in, struct sink *out)
{
    struct joining *joining = thread;
    const struct join *join = joining->join;
    struct entry entry;
    if (make_key(join->options, in, sink_arena(out), &joining->key) < 0)
        return -1;
    if (store_get(join->store, bytes_slice(&joining->key), &entry)) {
        sink_count(out, COUNT_MATCHED, 1);
        return sink_emit(out, with_members(join, in, entry.value, out));
    }
    sink_count(out, COUNT_UNMATCHED, 1);
    if (join->options->unmatched == UNMATCHED_KEEP)
        return sink_emit(out, in);
    return join->options->unmatched == UNMATCHED_DROP
               ? 0
               : diag_error("%s has no record with this key (--unmatched keep or drop goes on)", join->options->with);
}

static void join_notes(const void *shared, const struct totals *totals)
{
    const struct join_options *given = ((const struct join *)shared)->options;
    uint64_t unmatched_count = totals->counters[COUNT_UNMATCHED], left = totals->counters[COUNT_NOT_REPLACED];
    if (unmatched_count > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no match in %s%s", unmatched_count, totals->in,
                  diag_s(totals->in), unmatched_count == 1 ? "has" : "have", given->with,
                  given->unmatched != UNMATCHED_DROP ? ""
                  : unmatched_count == 1             ? " and was dropped"
                                                     : " and were dropped");
    if (left > 0)
        diag_note("did not replace %" PRIu64 " member%s that the records already have (--overwrite does)", left,
                  diag_s(left));
}

static const char *const counters[] = {
    [COUNT_MATCHED] = "matched", [COUNT_UNMATCHED] = "unmatched", [COUNT_NOT_REPLACED] = "not_replaced", NULL};

const struct stage stage_join = {
    .name = "join",
    .summary = "add the members of the records of a second stream",
    .example = "$ printf '{\"id\":\"%s\",\"label\":\"%s\"}\\n' a games b net >labels.jsonl\n"
               "$ echo '{\"id\":\"b\",\"text\":\"A browser\"}' |\n"
               "    quern join --with labels.jsonl --on id\n"
               "{\"id\":\"b\",\"text\":\"A browser\",\"label\":\"net\"}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct join_options),
    .sets_any = true,
    .counters = counters,
    .open = join_open,
    .close = join_close,
    .thread_open = join_thread_open,
    .thread_close = join_thread_close,
    .record = join_record,
    .notes = join_notes,
};
