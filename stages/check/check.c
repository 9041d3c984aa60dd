/* check.c - the run of a task, and how it reads records: see check.h. */
#include "check.h"

/* ---- the run ---- */

int check_open(struct stage_context *context, const struct task *task, const struct check_options *given, void **shared)
{
    struct check *check = mem_zalloc(1, sizeof *check);
    check->task = task;
    check->options = context->options;
    check->report = report_new(task->rules);
    int status = 0;
    if (given->model != NULL) {
        check->kinds = kinds_of_model(context, given->model);
        status = check->kinds != NULL ? 0 : -1;
    }
    if (status == 0 && task->open != NULL)
        status = task->open(check, context);
    if (status == 0 && given->against != NULL) {
        check->against = true;
        check->side = side_open(context, given->against);
        status = check->side != NULL ? 0 : -1;
    }
    if (status < 0) {
        check_close(check);
        return -1;
    }
    if (!check->against)
        report_unchecked(check->report, RULE_JOIN, "without --against");
    *shared = check;
    return 0;
}

int check_record(void *state, const struct record *in, struct sink *out)
{
    struct check *check = state;
    report_at(check->report, in);
    report_checked(check->report, RULE_SHAPE);
    return check->task->record(check, in, sink_arena(out));
}

/* The report is written even if a rule is broken, so it is emitted by a call of its own. */
int check_end(void *shared, struct sink *out)
{
    struct check *check = shared;
    struct arena *arena = sink_arena(out);
    if (check->printed)
        return report_error(check->report);
    report_at(check->report, NULL);
    if (check->task->end != NULL && check->task->end(check, arena) < 0)
        return -1;
    if (check_rest(check) < 0)
        return -1;
    struct bytes text = {0};
    report_print(check->report, &text);
    int status = sink_emit(out, rec_show(arena, arena_copy(arena, bytes_slice(&text))));
    vec_free(&text);
    check->printed = true;
    return status < 0 ? -1 : report_failed(check->report) ? 1 : 0;
}

void check_close(void *shared)
{
    struct check *check = shared;
    if (check->task->close != NULL && check->state != NULL)
        check->task->close(check);
    side_close(check->side);
    kinds_free(check->kinds);
    report_free(check->report);
    mem_free(check);
}

/* ---- reading ---- */

bool check_ints(struct check *check, const struct record *in, struct slice name, struct arena *arena, size_t count,
                const int32_t **ints, size_t *found)
{
    size_t items;
    if (rec_ints(in, name, arena, ints, &items) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    if (count != SIZE_MAX && items != count) {
        report_broken(check->report, RULE_SHAPE, "%.*s: expected %zu items, found %zu", (int)name.len, name.ptr, count,
                      items);
        return false;
    }
    if (found != NULL)
        *found = items;
    return true;
}

bool check_spans(struct check *check, const struct record *in, struct slice name, struct arena *arena, size_t limit,
                 bool empty, const struct span **spans, size_t *count)
{
    if (rec_spans(in, name, arena, spans, count) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        struct span span = (*spans)[i];
        if (span.end <= limit && (span.start < span.end || (empty && span.start == span.end)))
            continue;
        report_broken(check->report, RULE_SHAPE,
                      "%.*s[%zu]: expected a range of %zu items, found [%" PRIu32 ",%" PRIu32 "]", (int)name.len,
                      name.ptr, i, limit, span.start, span.end);
        return false;
    }
    return true;
}

bool check_int(struct check *check, const struct record *in, struct slice name, int64_t *number)
{
    if (rec_int(in, name, number) == 0)
        return true;
    report_broken(check->report, RULE_SHAPE, "%s", diag_message());
    return false;
}

/* tokens and offset_mapping */
static bool check_other_arrays(struct check *check, const struct record *in, struct arena *arena, size_t count)
{
    const struct slice *strings;
    const struct span *spans;
    size_t found = count, other = count;
    if ((check_has(in, "tokens") && rec_strings(in, SLICE("tokens"), arena, &strings, &found) < 0) ||
        (check_has(in, "offset_mapping") && rec_spans(in, SLICE("offset_mapping"), arena, &spans, &other) < 0)) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    if (found == count && other == count)
        return true;
    report_broken(check->report, RULE_SHAPE, "%s: expected %zu items, as in input_ids, found %zu",
                  found != count ? "tokens" : "offset_mapping", count, found != count ? found : other);
    return false;
}

static bool check_ids(struct check *check, const char *name, const int32_t *ids, size_t count, bool ignored)
{
    for (size_t i = 0; check->kinds != NULL && i < count; i++) {
        if (kinds_of(check->kinds, ids[i]) != ID_NONE || (ignored && ids[i] == IGNORE_INDEX))
            continue;
        report_broken(check->report, RULE_SHAPE, "%s[%zu]: expected an id of the vocabulary, found %" PRId32, name, i,
                      ids[i]);
        return false;
    }
    return true;
}

bool check_row(struct check *check, const struct record *in, struct arena *arena, bool labels, struct row *row)
{
    *row = (struct row){0};
    const struct {
        const char *name;
        const int32_t **items;
    } arrays[] = {
        {"special_tokens_mask", &row->special_tokens_mask},
        {"word_ids", &row->word_ids},
        {"token_type_ids", &row->token_type_ids},
        {"attention_mask", &row->attention_mask},
        {"doc_ids", &row->doc_ids},
        {"position_ids", &row->position_ids},
        {"labels", &row->labels},
    };
    if (!check_ints(check, in, SLICE("input_ids"), arena, SIZE_MAX, &row->input_ids, &row->count))
        return false;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        bool is_labels = arrays[i].items == &row->labels;
        if (is_labels ? !labels : !check_has(in, arrays[i].name))
            continue;
        if (!check_ints(check, in, slice_of(arrays[i].name), arena, row->count, arrays[i].items, NULL))
            return false;
    }
    return check_other_arrays(check, in, arena, row->count) &&
           check_ids(check, "input_ids", row->input_ids, row->count, false);
}

static bool is_listed(struct slice name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (slice_is(name, *names))
            return true;
    return false;
}

static bool has_all(struct check *check, size_t rule, const struct record *from, const struct record *in,
                    const char *const *changed, const char *where, struct arena *arena)
{
    for (uint32_t i = 0; i < from->count; i++) {
        const struct member *member = &from->members[i];
        if (member->removed || rec_member(from, member->name) != member || is_listed(member->name, changed))
            continue;
        const struct value *value = rec_get(in, member->name);
        if (value != NULL && slice_equal(rec_json(value, arena), rec_json(&member->value, arena)))
            continue;
        report_broken(check->report, rule, "%.*s: expected the value that it has in the record before, found %s",
                      (int)member->name.len, member->name.ptr, value != NULL ? "another" : where);
        return false;
    }
    return true;
}

void check_untouched(struct check *check, size_t rule, const struct record *source, const struct record *in,
                     const char *const *changed, struct arena *arena)
{
    report_checked(check->report, rule);
    if (has_all(check, rule, source, in, changed, "none", arena))
        (void)has_all(check, rule, in, source, changed, "a member that the filter does not write", arena);
}

void check_kept(struct check *check, size_t rule, const struct record *source, const struct record *in,
                const char *const *changed, struct arena *arena)
{
    report_checked(check->report, rule);
    (void)has_all(check, rule, in, source, changed, "a member that the filter does not write", arena);
}

/* ---- joining ---- */

int check_next(struct check *check, const struct record **source)
{
    *source = check->source = NULL;
    if (check->side == NULL)
        return 0;
    int got = side_next(check->side, source);
    if (got == SIDE_BAD)
        return diag_kind(STATUS_DATA, "--against: %s:%" PRIu64 ": %s", (*source)->file, (*source)->line_number,
                         diag_message());
    if (got < 0)
        return -1;
    if (got == 0) {
        *source = NULL;
        side_close(check->side);
        check->side = NULL;
    }
    check->source = *source;
    return 0;
}

static const char *id_of(const struct record *record, struct arena *arena)
{
    const struct value *id = rec_present(record, SLICE("id"));
    struct slice text = id != NULL ? rec_json(id, arena) : SLICE("(none)");
    return arena_print(arena, "%.*s", (int)text.len, text.ptr).ptr;
}

struct key {
    struct identity identity;
    bool has_epoch;
    uint32_t epoch;
};

static int read_key(const struct record *record, struct arena *arena, struct key *key)
{
    key->has_epoch = check_has(record, "epoch");
    if (lineage_round(record, &key->epoch) < 0)
        return -1;
    return lineage_identity(record, SLICE("text"), arena, &key->identity);
}

/* The record that is to be made of the source as number `copy`. 0, or -1 with the message. */
static int expected_key(const struct check *check, const struct random_options *random, struct arena *arena,
                        struct key *key)
{
    if (read_key(check->source, arena, key) < 0)
        return -1;
    if (random == NULL || (random->epoch < 0 && random->copies == 0))
        return 0;
    uint64_t round = random->epoch >= 0 ? (uint64_t)random->epoch : key->epoch;
    uint64_t copies = random->copies > 0 ? (uint64_t)random->copies : 1;
    key->has_epoch = true;
    key->epoch = (uint32_t)(round * copies + (uint64_t)check->copy);
    return 0;
}

static bool key_equal(const struct key *a, const struct key *b)
{
    return a->identity.high == b->identity.high && a->identity.low == b->identity.low && a->epoch == b->epoch &&
           a->has_epoch == b->has_epoch;
}

/* Takes the next record of --against, if all that is made of the one before has come. */
static int next_source(struct check *check, const struct random_options *random)
{
    const struct record *next;
    if (check->source != NULL && ++check->copy < check->copies)
        return 0;
    check->copy = 0;
    check->copies = random != NULL && random->copies > 0 ? random->copies : 1;
    return check_next(check, &next);
}

static int bad_source(const struct check *check)
{
    return diag_kind(STATUS_DATA, "--against: %s:%" PRIu64 ": %s", check->source->file, check->source->line_number,
                     diag_message());
}

int check_source(struct check *check, const struct record *in, const struct random_options *random, struct arena *arena,
                 const struct record **source)
{
    struct key key, expected;
    *source = NULL;
    if (!check->against)
        return 0;
    if (read_key(in, arena, &key) < 0) {
        report_broken(check->report, RULE_JOIN, "%s", diag_message());
        return 0;
    }
    report_checked(check->report, RULE_JOIN);
    for (;;) {
        if (next_source(check, random) < 0)
            return -1;
        if (check->source == NULL) {
            report_broken(check->report, RULE_JOIN,
                          "expected no record after those of --against, or one of the next "
                          "there, found id %s",
                          id_of(in, arena));
            return 0;
        }
        if (expected_key(check, random, arena, &expected) < 0)
            return bad_source(check);
        if (key_equal(&key, &expected))
            break;
        report_broken(check->report, RULE_JOIN,
                      "expected the record of id %s and epoch %" PRIu32 " (--against, line %" PRIu64
                      "), found id %s and epoch %" PRIu32,
                      id_of(check->source, arena), expected.epoch, check->source->line_number, id_of(in, arena),
                      key.epoch);
    }
    *source = check->source;
    return 0;
}

int check_rest(struct check *check)
{
    uint64_t left = check->source != NULL && check->copy + 1 < check->copies, line = 0;
    const struct record *next;
    if (left > 0)
        line = check->source->line_number;
    while (check->side != NULL) {
        if (check_next(check, &next) < 0)
            return -1;
        left += next != NULL;
        if (next != NULL && line == 0)
            line = next->line_number;
    }
    if (left > 0)
        report_broken(check->report, RULE_JOIN,
                      "expected records of %" PRIu64 " more of --against, the first of line %" PRIu64 ", found the end",
                      left, line);
    return 0;
}
