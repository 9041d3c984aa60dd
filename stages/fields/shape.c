/* shape.c - see shape.h. */
#include "shape.h"

#include <inttypes.h>

/* ---- which members ---- */

/* Where the table of members does not tell. */
static const struct {
    const char *name;
    struct pad_rule rule;
} special[] = {
    {"input_ids", {.how = PAD_INTS, .is_id = true}},
    {"masked_input_ids", {.how = PAD_INTS, .is_id = true}},
    {"decoder_input_ids", {.how = PAD_INTS, .is_id = true, .own_length = true}},
    {"labels", {.how = PAD_INTS, .own_length = true, .value = IGNORE_INDEX}},
    {"perm_mask", {.how = PAD_SQUARE}},
    {"target_mapping", {.how = PAD_ROWS}},
};

struct pad_rule pad_rule_of(struct slice name)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (slice_is(name, special[i].name))
            return special[i].rule;
    const struct member_kind *kind = member_find(name);
    struct pad_rule rule = {.how = PAD_NOT};
    if (kind == NULL || kind->of != MEMBER_OF_EACH_TOKEN)
        return rule;
    rule.value = kind->pad;
    rule.how = kind->shape == VALUE_SPANS     ? PAD_SPANS
               : kind->shape == VALUE_STRINGS ? PAD_TOKENS
               : kind->shape == VALUE_INTS    ? PAD_INTS
                                              : PAD_NOT;
    return rule;
}

/* ---- lengths ---- */

/* Checks the length of an array and adds it to the record's. */
static int check_length(const struct padder *padder, struct pad_rule rule, struct slice name, size_t count,
                        struct pad_state *state)
{
    if (count > padder->to)
        return diag_error("%.*s: %zu items are more than %zu (--pad), and nothing is cut", (int)name.len, name.ptr,
                          count, padder->to);
    if (padder->to - count > state->added)
        state->added = padder->to - count;
    if (rule.own_length)
        return 0;
    if (state->name.ptr != NULL && count != state->count)
        return diag_error("%.*s: expected %zu items, as in %.*s, found %zu", (int)name.len, name.ptr, state->count,
                          (int)state->name.len, state->name.ptr, count);
    state->name = name;
    state->count = count;
    return 0;
}

/* ---- arrays of one item for each token ---- */

static int32_t *pad_ints(const int32_t *ints, size_t count, size_t to, int32_t value, struct arena *arena)
{
    int32_t *padded = arena_array(arena, to, sizeof *padded);
    if (count > 0)
        memcpy(padded, ints, count * sizeof *padded);
    for (size_t i = count; i < to; i++)
        padded[i] = value;
    return padded;
}

static int pad_array(const struct padder *padder, struct pad_rule rule, const struct record *in, struct slice name,
                     struct arena *arena, struct pad_state *state, struct value *padded)
{
    const int32_t *ints;
    size_t count;
    if (rec_ints(in, name, arena, &ints, &count) < 0 || check_length(padder, rule, name, count, state) < 0)
        return -1;
    if (count == padder->to)
        return 0;
    const int32_t value = rule.is_id ? padder->id : rule.value;
    *padded = (struct value){
        .kind = VALUE_INTS, .count = padder->to, .ints = pad_ints(ints, count, padder->to, value, arena)};
    return 1;
}

static int pad_spans(const struct padder *padder, struct pad_rule rule, const struct record *in, struct slice name,
                     struct arena *arena, struct pad_state *state, struct value *padded)
{
    const struct span *spans;
    size_t count;
    if (rec_spans(in, name, arena, &spans, &count) < 0 || check_length(padder, rule, name, count, state) < 0)
        return -1;
    struct span *made = arena_array(arena, padder->to, sizeof *made);
    for (size_t i = 0; i < padder->to; i++)
        made[i] = i < count ? spans[i] : (struct span){0, 0};
    *padded = (struct value){.kind = VALUE_SPANS, .count = padder->to, .spans = made};
    return 1;
}

static int pad_tokens(const struct padder *padder, struct pad_rule rule, const struct record *in, struct slice name,
                      struct arena *arena, struct pad_state *state, struct value *padded)
{
    const struct slice *tokens;
    size_t count;
    if (rec_strings(in, name, arena, &tokens, &count) < 0 || check_length(padder, rule, name, count, state) < 0)
        return -1;
    struct slice *made = arena_array(arena, padder->to, sizeof *made);
    for (size_t i = 0; i < padder->to; i++)
        made[i] = i < count ? tokens[i] : padder->token;
    *padded = (struct value){.kind = VALUE_STRINGS, .count = padder->to, .strings = made};
    return 1;
}

/* ---- matrices, and lists of lists ---- */

static void put_values(struct bytes *out, size_t count, int32_t value, bool first)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 || !first)
            bytes_byte(out, ',');
        json_put_int(out, value);
    }
}

/* A row with its own items as they are spelled. */
static int pad_row(const struct padder *padder, struct pad_rule rule, struct slice name, struct slice row,
                   struct pad_state *state, struct bytes *out)
{
    size_t count = 0;
    if (json_kind(row) != '[')
        return diag_error("%.*s: expected lists in a list, found %s", (int)name.len, name.ptr,
                          json_kind_name(json_kind(row)));
    bytes_byte(out, '[');
    for (struct json_walk walk = json_walk(row); json_next(&walk); count++) {
        if (json_kind(walk.value) != '0')
            return diag_error("%.*s: expected numbers in a list in a list, found %s", (int)name.len, name.ptr,
                              json_kind_name(json_kind(walk.value)));
        if (count > 0)
            bytes_byte(out, ',');
        bytes_put(out, walk.value);
    }
    if (check_length(padder, rule, name, count, state) < 0)
        return -1;
    put_values(out, padder->to - count, rule.is_id ? padder->id : rule.value, count == 0);
    bytes_byte(out, ']');
    return 0;
}

static int put_rows(const struct padder *padder, struct pad_rule rule, struct slice name, struct slice json,
                    struct pad_state *state, struct bytes *out)
{
    size_t rows = 0;
    bytes_byte(out, '[');
    for (struct json_walk walk = json_walk(json); json_next(&walk); rows++) {
        if (rows > 0)
            bytes_byte(out, ',');
        if (pad_row(padder, rule, name, walk.value, state, out) < 0)
            return -1;
    }
    if (rule.how == PAD_SQUARE && rows > padder->to)
        return diag_error("%.*s: %zu rows are more than %zu (--pad), and nothing is cut", (int)name.len, name.ptr, rows,
                          padder->to);
    for (; rule.how == PAD_SQUARE && rows < padder->to; rows++) {
        bytes_put(out, rows > 0 ? SLICE(",[") : SLICE("["));
        put_values(out, padder->to, rule.value, true);
        bytes_byte(out, ']');
    }
    bytes_byte(out, ']');
    return 0;
}

static int pad_rows(const struct padder *padder, struct pad_rule rule, struct slice name, struct slice json,
                    struct arena *arena, struct pad_state *state, struct value *padded)
{
    struct bytes out = {0};
    rule.own_length = rule.how == PAD_INTS; /* lists of lists: the texts of a pair differ in length */
    int done = put_rows(padder, rule, name, json, state, &out);
    if (done == 0) {
        struct slice made = arena_copy(arena, bytes_slice(&out));
        *padded = (struct value){.kind = VALUE_RAW, .count = made.len, .bytes = made.ptr};
    }
    vec_free(&out);
    return done < 0 ? -1 : 1;
}

/* The kind of the first item of an array; 0 if it has none or is no array. */
static char first_kind(struct slice json)
{
    if (json_kind(json) != '[')
        return 0;
    struct json_walk walk = json_walk(json);
    return json_next(&walk) ? json_kind(walk.value) : 0;
}

int pad_value(const struct padder *padder, struct pad_rule rule, const struct record *in, const struct member *member,
              struct arena *arena, struct pad_state *state, struct value *padded)
{
    const struct value *value = &member->value;
    bool raw = value->kind == VALUE_RAW;
    struct slice json = raw ? (struct slice){value->bytes, value->count} : (struct slice){0};
    bool is_labels = slice_is(member->name, "labels");
    if (padder->to == 0 || rule.how == PAD_NOT || rec_present(in, member->name) != value ||
        (is_labels && state->per_target))
        return 0;
    char kind = rec_kind(value);
    if (is_labels && kind == '0') /* the class of the record */
        return 0;
    if (kind != '[')
        return rec_mismatch(member->name, "an array", value);
    switch (rule.how) {
    case PAD_SPANS:
        return pad_spans(padder, rule, in, member->name, arena, state, padded);
    case PAD_TOKENS:
        return pad_tokens(padder, rule, in, member->name, arena, state, padded);
    case PAD_INTS:
        if (!raw || first_kind(json) != '[')
            return pad_array(padder, rule, in, member->name, arena, state, padded);
        return pad_rows(padder, rule, member->name, json, arena, state, padded);
    default:
        return pad_rows(padder, rule, member->name, rec_json(value, arena), arena, state, padded);
    }
}

/* ---- what presets make ---- */

/* The tokens to predict: from the members about them, else from the labels. */
struct masked {
    const int32_t *positions, *ids;
    size_t count;
};

static int masked_of_labels(const struct record *in, struct arena *arena, struct masked *masked)
{
    const int32_t *labels;
    size_t count;
    if (rec_ints(in, SLICE("labels"), arena, &labels, &count) < 0)
        return -1;
    int32_t *positions = arena_array(arena, count, sizeof *positions), *ids = arena_array(arena, count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        if (labels[i] != IGNORE_INDEX) {
            positions[masked->count] = (int32_t)i;
            ids[masked->count++] = labels[i];
        }
    }
    masked->positions = positions;
    masked->ids = ids;
    return 1;
}

static int find_masked(const struct record *in, struct arena *arena, struct masked *masked)
{
    const struct slice positions = SLICE("masked_lm_positions"), ids = SLICE("masked_lm_ids");
    size_t count;
    *masked = (struct masked){0};
    if (rec_present(in, positions) == NULL && rec_present(in, ids) == NULL)
        return rec_present(in, SLICE("labels")) == NULL ? 0 : masked_of_labels(in, arena, masked);
    if (rec_ints(in, positions, arena, &masked->positions, &masked->count) < 0 ||
        rec_ints(in, ids, arena, &masked->ids, &count) < 0)
        return -1;
    if (count != masked->count)
        return diag_error("masked_lm_ids: expected %zu items, as in masked_lm_positions, found %zu", masked->count,
                          count);
    return 1;
}

static int make_masked(const struct padder *padder, enum make_how how, const struct record *in, struct arena *arena,
                       struct value *made)
{
    struct masked masked;
    int found = find_masked(in, arena, &masked);
    if (found <= 0)
        return found;
    size_t to = padder->masks > 0 ? padder->masks : masked.count;
    if (masked.count > to)
        return diag_error("masked_lm_positions: %zu predictions are more than %zu (--max-predictions), and nothing is "
                          "cut",
                          masked.count, to);
    const int32_t *items = how == MAKE_MASKED_POSITIONS ? masked.positions
                           : how == MAKE_MASKED_IDS     ? masked.ids
                                                        : pad_ints(NULL, 0, masked.count, 1, arena);
    *made = (struct value){.kind = VALUE_INTS, .count = to, .ints = pad_ints(items, masked.count, to, 0, arena)};
    return 1;
}

/* 0, 1, 2 … of the tokens, and 0 of the padding, as --pad fills position_ids. */
static int make_positions(const struct padder *padder, const struct record *in, struct arena *arena, struct value *made)
{
    const int32_t *ids;
    size_t count;
    if (rec_present(in, SLICE("input_ids")) == NULL)
        return 0;
    if (rec_ints(in, SLICE("input_ids"), arena, &ids, &count) < 0)
        return -1;
    size_t to = padder->to > count ? padder->to : count;
    int32_t *positions = arena_array(arena, to, sizeof *positions);
    for (size_t i = 0; i < to; i++)
        positions[i] = i < count ? (int32_t)i : 0;
    *made = (struct value){.kind = VALUE_INTS, .count = to, .ints = positions};
    return 1;
}

static int make_follows(const struct record *in, struct value *made)
{
    const struct slice name = SLICE("next_sentence_label");
    int64_t label;
    if (rec_present(in, name) == NULL)
        return 0;
    if (rec_int(in, name, &label) < 0)
        return -1;
    if (label != 0 && label != 1)
        return diag_error("next_sentence_label: expected 0 or 1, found %" PRId64, label);
    *made = (struct value){.kind = VALUE_INT, .integer = 1 - label};
    return 1;
}

static int make_target(const struct padder *padder, const struct record *in, struct arena *arena, struct value *made)
{
    const struct slice name = SLICE("labels");
    const int32_t *labels;
    size_t count;
    if (rec_present(in, name) == NULL)
        return 0;
    if (rec_ints(in, name, arena, &labels, &count) < 0)
        return -1;
    if (padder->to > 0 && count > padder->to)
        return diag_error("labels: %zu items are more than %zu (--pad), and nothing is cut", count, padder->to);
    size_t to = padder->to > 0 ? padder->to : count;
    int32_t *target = pad_ints(labels, count, to, padder->id, arena);
    for (size_t i = 0; i < count; i++)
        if (target[i] == IGNORE_INDEX)
            target[i] = padder->id;
    *made = (struct value){.kind = VALUE_INTS, .count = to, .ints = target};
    return 1;
}

int make_value(const struct padder *padder, enum make_how how, const struct record *in, struct arena *arena,
               struct value *made)
{
    switch (how) {
    case MAKE_NOT:
        break;
    case MAKE_POSITIONS:
        return make_positions(padder, in, arena, made);
    case MAKE_MASKED_POSITIONS:
    case MAKE_MASKED_IDS:
    case MAKE_MASKED_WEIGHTS:
        return make_masked(padder, how, in, arena, made);
    case MAKE_FOLLOWS:
        return make_follows(in, made);
    case MAKE_TARGET:
        return make_target(padder, in, arena, made);
    }
    return 0;
}
