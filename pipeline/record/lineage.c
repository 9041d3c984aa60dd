/* lineage.c - identity, round, parent and root: see lineage.h. */
#include "record/lineage.h"

#include "base/diag.h"
#include "record/members.h"
#include "text/json.h"
#include "text/json_order.h"

#include <assert.h>
#include <inttypes.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- identity ---- */

/* Each kind of identity has its own seed of the hash. */
enum identity_kind { IDENTITY_STRING = 1, IDENTITY_NUMBER = 2, IDENTITY_TEXT = 3 };

static struct identity identity_of(struct slice bytes, enum identity_kind kind)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.ptr, bytes.len, (XXH64_hash_t)kind);
    return (struct identity){hash.high64, hash.low64};
}

/* Is the value of an id, a parent or a root a string or a number? */
static int check_id(const struct value *value, struct slice name, char *kind)
{
    *kind = rec_kind(value);
    return *kind == '"' || *kind == '0' ? 0 : rec_mismatch(name, "a string or a number", value);
}

int lineage_member(const struct record *record, struct slice name, struct arena *arena, struct identity *identity)
{
    const struct value *value = rec_get(record, name);
    struct slice text;
    char kind;
    if (value == NULL)
        return member_missing(record, name, "");
    if (check_id(value, name, &kind) < 0)
        return -1;
    if (kind == '0') {
        *identity = identity_of(rec_json(value, arena), IDENTITY_NUMBER);
        return 0;
    }
    if (rec_text(record, name, arena, &text) < 0)
        return -1;
    *identity = identity_of(text, IDENTITY_STRING);
    return 0;
}

int lineage_identity(const struct record *record, struct slice field, struct arena *arena, struct identity *identity)
{
    struct slice text;
    if (rec_present(record, SLICE("id")) != NULL)
        return lineage_member(record, SLICE("id"), arena, identity);
    if (rec_present(record, field) == NULL)
        return member_missing(
            record, SLICE("id"),
            arena_print(arena, ", and there is no %.*s to stand in for it", (int)field.len, field.ptr).ptr);
    if (rec_text(record, field, arena, &text) < 0)
        return -1;
    *identity = identity_of(text, IDENTITY_TEXT);
    return 0;
}

int lineage_root(const struct record *record, struct slice field, struct arena *arena, struct identity *root)
{
    if (rec_present(record, SLICE("root")) != NULL)
        return lineage_member(record, SLICE("root"), arena, root);
    return lineage_identity(record, field, arena, root);
}

/* ---- rounds ---- */

#define ROUNDS (INT64_C(1) << 32)

uint64_t lineage_content(const struct record *record, struct arena *arena)
{
    if (!record->derived)
        return XXH3_64bits(record->line.ptr, record->line.len);
    struct bytes printed = {0};
    rec_print(record, &printed);
    struct slice text = arena_copy(arena, bytes_slice(&printed));
    vec_free(&printed);
    return XXH3_64bits(text.ptr, text.len);
}

int lineage_round(const struct record *record, uint32_t *round)
{
    int64_t epoch = 0;
    if (rec_present(record, SLICE("epoch")) != NULL && rec_int(record, SLICE("epoch"), &epoch) < 0)
        return -1;
    if (epoch < 0 || epoch >= ROUNDS)
        return diag_error("epoch: expected 0 to %" PRId64 ", found %" PRId64, ROUNDS - 1, epoch);
    *round = (uint32_t)epoch;
    return 0;
}

int lineage_check(const struct random_options *options)
{
    if (options->epoch >= 0 && options->copies > 0 && options->epoch >= ROUNDS / options->copies)
        return diag_error("--epoch: %" PRId64 " epochs of %" PRId64 " copies are more than the limit of 2^32 rounds",
                          options->epoch + 1, options->copies);
    return 0;
}

int lineage_read(const struct record *in, struct slice field, const struct random_options *options, struct arena *arena,
                 struct lineage *lineage)
{
    uint32_t round = 0;
    if (lineage_round(in, &round) < 0)
        return -1;
    if (options->epoch >= 0 && rec_present(in, SLICE("epoch")) == NULL)
        round = (uint32_t)options->epoch;
    if (options->epoch >= 0 && round != (uint64_t)options->epoch)
        return diag_error("epoch: the record has epoch %" PRIu32 ", not %" PRId64 " (--epoch)", round, options->epoch);
    *lineage = (struct lineage){
        .round = round,
        .copies = options->copies > 0 ? options->copies : 1,
        .says_epoch = options->epoch >= 0 || options->copies > 0,
    };
    if (round >= ROUNDS / lineage->copies)
        return diag_error("epoch: %" PRId64 " copies of epoch %" PRIu32 " go beyond the last round, %" PRId64
                          " (--copies)",
                          lineage->copies, round, ROUNDS - 1);
    return lineage_identity(in, field, arena, &lineage->identity);
}

/* Copies of copies get distinct rounds, the same whether they are made at once or in steps:
 * (r N + c) M + d = r (N M) + (c M + d). */
uint32_t lineage_copy_round(const struct lineage *lineage, int64_t copy)
{
    return (uint32_t)(lineage->round * lineage->copies + copy);
}

struct rng lineage_rng(const struct lineage *lineage, struct rng_key key, int64_t copy)
{
    return rng_start(key, lineage->identity, lineage_copy_round(lineage, copy));
}

void lineage_set(struct record *made, const struct lineage *lineage, int64_t copy)
{
    if (lineage->says_epoch)
        rec_set_int(made, SLICE("epoch"), lineage_copy_round(lineage, copy));
}

/* ---- the order of ids ---- */

int record_id_check(const struct record_id *id)
{
    int order;
    if (id->kind != '0' || json_order_numbers(id->spelling, id->spelling, &order))
        return 0;
    return diag_error("id: %.*s: its exponent is too large", (int)id->spelling.len, id->spelling.ptr);
}

static bool is_plain(struct slice number)
{
    for (size_t i = 0; i < number.len; i++)
        if (number.ptr[i] < '0' || number.ptr[i] > '9')
            return false;
    return true;
}

/* Integers without a sign by their length first: JSON has no zeros in front of them. */
static int compare_numbers(struct slice a, struct slice b)
{
    int order = 0;
    if (is_plain(a) && is_plain(b)) {
        if (a.len != b.len)
            return a.len < b.len ? -1 : 1;
    } else if (!json_order_numbers(a, b, &order)) {
        order = 0;
    }
    return order != 0 ? order : slice_compare(a, b);
}

int record_id_compare(const struct record_id *a, const struct record_id *b)
{
    if (a->kind != b->kind)
        return a->kind == '0' ? -1 : 1;
    return a->kind == '0' ? compare_numbers(a->spelling, b->spelling) : slice_compare(a->spelling, b->spelling);
}

/* ---- records made from others ---- */

int record_id_read(const struct record *record, struct arena *arena, struct record_id *id)
{
    const struct value *value = rec_present(record, SLICE("id"));
    if (value == NULL)
        return member_missing(record, SLICE("id"), ", and new records take their ids from it");
    if (check_id(value, SLICE("id"), &id->kind) < 0)
        return -1;
    if (id->kind == '"')
        return rec_text(record, SLICE("id"), arena, &id->spelling);
    id->spelling = rec_json(value, arena);
    return 0;
}

/* Not by a format string, since an id may contain a NUL. */
static struct slice child_id(struct slice parent, const char *mark, uint64_t n, struct arena *arena)
{
    struct bytes id = {0};
    bytes_put(&id, parent);
    bytes_byte(&id, '#');
    bytes_put(&id, slice_of(mark));
    json_put_int(&id, (int64_t)n);
    struct slice kept = arena_copy(arena, bytes_slice(&id));
    vec_free(&id);
    return kept;
}

int lineage_child(struct record *made, const struct record *of, const char *mark, uint64_t n, struct arena *arena)
{
    struct record_id parent = {0};
    char kind;
    if (record_id_read(of, arena, &parent) < 0)
        return -1;
    const struct value *first = rec_present(of, SLICE("root"));
    if (first != NULL && check_id(first, SLICE("root"), &kind) < 0)
        return -1;
    const struct value *id = rec_get(of, SLICE("id"));
    struct value root = first != NULL ? *first : *id;
    rec_set_text(made, SLICE("id"), child_id(parent.spelling, mark, n, arena));
    rec_set(made, SLICE("parent"), *id);
    rec_set(made, SLICE("root"), root);
    return 0;
}

static void put_place(struct bytes *id, const struct record_id *of, uint32_t token)
{
    bytes_put(id, of->spelling);
    bytes_byte(id, '@');
    json_put_int(id, token);
}

void lineage_set_id(struct record *made, const struct lineage_source *sources, size_t count, struct arena *arena)
{
    struct bytes id = {0};
    assert(count > 0);
    put_place(&id, &sources[0].id, sources[0].tokens.start);
    bytes_byte(&id, '-');
    put_place(&id, &sources[count - 1].id, sources[count - 1].tokens.end);
    rec_set_text(made, SLICE("id"), arena_copy(arena, bytes_slice(&id)));
    vec_free(&id);
}

static void put_source(struct bytes *list, const struct lineage_source *source)
{
    bytes_put(list, list->len > 1 ? SLICE(",{\"id\":") : SLICE("{\"id\":"));
    if (source->id.kind == '"')
        json_put_string(list, source->id.spelling);
    else
        bytes_put(list, source->id.spelling);
    bytes_put(list, SLICE(",\"tokens\":["));
    json_put_int(list, source->tokens.start);
    bytes_byte(list, ',');
    json_put_int(list, source->tokens.end);
    bytes_put(list, SLICE("]}"));
}

void lineage_set_sources(struct record *made, const struct lineage_source *sources, size_t count, struct arena *arena)
{
    struct bytes list = {0};
    bytes_byte(&list, '[');
    for (size_t i = 0; i < count; i++)
        put_source(&list, &sources[i]);
    bytes_byte(&list, ']');
    rec_set_json(made, SLICE("sources"), arena_copy(arena, bytes_slice(&list)));
    vec_free(&list);
}
