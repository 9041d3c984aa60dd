/* plan.c - see plan.h. */
#include "plan.h"

#include "empty.h"

uint32_t plan_find(const struct plan *plan, struct slice name)
{
    const uint64_t *rule = map_get(plan->names, name);
    return rule != NULL ? (uint32_t)*rule : RULE_NONE;
}

/* The rule of a name, made if need be, which may move the rules. */
static uint32_t rule_of(struct plan *plan, struct slice name)
{
    uint64_t *number = map_put(plan->names, name);
    if (*number == RULE_NONE) {
        *number = plan->rules.len;
        struct rule rule = {.name = arena_copy(plan->arena, name), .rank = RANK_REST};
        vec_push(&plan->rules, rule);
    }
    return (uint32_t)*number;
}

static void add_choice(struct plan *plan, const struct fields_options *given)
{
    plan->keeps = given->keep.len > 0;
    plan->removes = given->drop.len > 0 || given->rename.len > 0;
    for (size_t i = 0; i < given->keep.len; i++) {
        uint32_t number = rule_of(plan, slice_of(given->keep.items[i]));
        plan->rules.items[number].keep = true;
    }
    for (size_t i = 0; i < given->drop.len; i++) {
        uint32_t number = rule_of(plan, slice_of(given->drop.items[i]));
        plan->rules.items[number].drop = true;
    }
}

/* NEW=OLD; a name can't hold a comma here, but OLD may hold a =. */
static int add_rename(struct plan *plan, const char *text)
{
    const char *sign = strchr(text, '=');
    if (sign == NULL || sign == text || sign[1] == '\0')
        return diag_error("--rename %s: expected NEW=OLD", text);
    struct slice new_name = slice_between(text, sign), old_name = slice_of(sign + 1);
    if (slice_equal(new_name, old_name))
        return diag_error("--rename %s: both names are the same", text);
    if (!text_is_utf8(new_name))
        return diag_error("--rename %s: the new name is not UTF-8", text);
    uint32_t from = rule_of(plan, old_name), to = rule_of(plan, new_name);
    struct rule *old_rule = &plan->rules.items[from], *new_rule = &plan->rules.items[to];
    if (old_rule->renamed != RULE_NONE)
        return diag_error("--rename %s: %s is renamed twice", text, sign + 1);
    if (new_rule->from != NULL)
        return diag_error("--rename %s: %s gets this name too", text, new_rule->from);
    if (old_rule->drop)
        return diag_error("--rename %s: --drop has %s; it takes the names before they change", text, sign + 1);
    if (plan->keeps && !old_rule->keep)
        return diag_error("--rename %s: --keep lacks %s; it takes the names before they change", text, sign + 1);
    old_rule->renamed = to;
    new_rule->from = sign + 1;
    return 0;
}

/* The rule of a name that --order or --fill has: a name as it goes out. RULE_NONE, with the message, if it can't. */
static uint32_t rule_out(struct plan *plan, const char *option, struct slice name)
{
    uint32_t number = rule_of(plan, name);
    const struct rule *rule = &plan->rules.items[number];
    if (rule->renamed == RULE_NONE || rule->from != NULL)
        return number;
    struct slice renamed = plan->rules.items[rule->renamed].name;
    (void)diag_error("--%s %.*s: it is renamed to %.*s, so give that name", option, (int)name.len, name.ptr,
                     (int)renamed.len, renamed.ptr);
    return RULE_NONE;
}

static void give_rank(struct plan *plan, uint32_t number)
{
    struct rule *rule = &plan->rules.items[number];
    if (rule->rank == RANK_REST)
        rule->rank = plan->ranks++;
}

static int add_order(struct plan *plan, const struct words *order)
{
    for (size_t i = 0; i < order->len; i++) {
        uint32_t number = rule_out(plan, "order", slice_of(order->items[i]));
        if (number == RULE_NONE)
            return -1;
        give_rank(plan, number);
    }
    return 0;
}

/* A value as JSON on one line: what is JSON as it is, a word without quotes as a string. */
static int read_value(struct plan *plan, const char *text, struct slice value, struct slice *json)
{
    struct bytes made = {0};
    if (value.len > 0 && json_check(value, JSON_DEPTH) == 0) {
        bytes_put(&made, value);
        for (size_t i = 0; i < made.len; i++) /* in a string there can't be one */
            if (made.items[i] == '\n' || made.items[i] == '\r')
                made.items[i] = ' ';
    } else if (value.len == 0 || strchr("\"[{", value.ptr[0]) != NULL) {
        return diag_error("--fill %s: %s", text, value.len > 0 ? diag_message() : "the value is missing");
    } else if (!text_is_utf8(value)) {
        return diag_error("--fill %s: the value is not UTF-8", text);
    } else {
        json_put_string(&made, value);
    }
    *json = arena_copy(plan->arena, bytes_slice(&made));
    vec_free(&made);
    return 0;
}

static void push_fill(struct plan *plan, struct fill fill)
{
    plan->rules.items[fill.rule].filled = true;
    vec_push(&plan->fills, fill);
}

/* NAME=VALUE */
static int add_fill(struct plan *plan, const char *text)
{
    const char *sign = strchr(text, '=');
    if (sign == NULL || sign == text)
        return diag_error("--fill %s: expected NAME=VALUE", text);
    struct slice name = slice_between(text, sign);
    if (!text_is_utf8(name))
        return diag_error("--fill %s: the name is not UTF-8", text);
    struct fill fill = {.rule = rule_out(plan, "fill", name), .kind = FILL_VALUE};
    if (fill.rule == RULE_NONE || read_value(plan, text, slice_of(sign + 1), &fill.json) < 0)
        return -1;
    if (plan->rules.items[fill.rule].filled)
        return diag_error("--fill %s: %.*s has a value already", text, (int)name.len, name.ptr);
    push_fill(plan, fill);
    return 0;
}

/* Every member that is kept is filled and has its place, so that all records look alike. */
static int make_uniform(struct plan *plan, const struct words *keep)
{
    if (!plan->keeps)
        return diag_error("--uniform needs --keep: which members there are would be known only after the last record");
    for (size_t i = 0; i < keep->len; i++) {
        uint32_t number = plan_find(plan, slice_of(keep->items[i]));
        if (plan->rules.items[number].renamed != RULE_NONE)
            number = plan->rules.items[number].renamed;
        give_rank(plan, number);
        if (plan->rules.items[number].filled)
            continue;
        struct slice name = plan->rules.items[number].name;
        struct fill fill = {.rule = number};
        if (!empty_value(name, &fill.kind, &fill.json))
            return diag_error("--uniform: there is no empty value for %.*s; give one: --fill %.*s=VALUE", (int)name.len,
                              name.ptr, (int)name.len, name.ptr);
        push_fill(plan, fill);
    }
    for (size_t i = 0; i < plan->fills.len; i++)
        give_rank(plan, plan->fills.items[i].rule);
    return 0;
}

/* ---- presets, and padding ---- */

static void add_preset(struct plan *plan, enum preset preset)
{
    plan->keeps = true;
    for (const struct preset_member *member = preset_members(preset); member->name != NULL; member++) {
        uint32_t to = rule_of(plan, slice_of(member->name));
        if (member->make != MAKE_NOT)
            vec_push(&plan->makes, ((struct make){to, member->make}));
        if (member->from == NULL)
            continue;
        uint32_t from = rule_of(plan, slice_of(member->from));
        plan->rules.items[from].keep = true;
        if (from != to) {
            plan->rules.items[from].renamed = to;
            plan->rules.items[to].from = member->from;
        }
    }
}

static void rank_preset(struct plan *plan, enum preset preset)
{
    for (const struct preset_member *member = preset_members(preset); member->name != NULL; member++)
        give_rank(plan, rule_of(plan, slice_of(member->name)));
}

static void pad_name(struct plan *plan, struct slice name)
{
    uint32_t number = rule_of(plan, name);
    plan->rules.items[number].pad = pad_rule_of(name);
}

static void add_padding(struct plan *plan)
{
    for (size_t i = 0; i < members_count; i++)
        pad_name(plan, members[i].name);
    pad_name(plan, SLICE("decoder_input_ids")); /* no filter writes it */
}

/* ---- all of it ---- */

static int check_preset(const struct fields_options *given)
{
    if (given->preset == PRESET_NONE)
        return 0;
    const char *other = given->keep.len > 0     ? "keep"
                        : given->drop.len > 0   ? "drop"
                        : given->rename.len > 0 ? "rename"
                        : given->uniform        ? "uniform"
                                                : NULL;
    return other != NULL ? diag_error("--%s does not go with --preset, which names all members", other) : 0;
}

static int make_plan(struct plan *plan, const struct fields_options *given)
{
    if (given->keep.len > 0 && given->drop.len > 0)
        return diag_error("--drop does not go with --keep, which drops all that it does not name");
    if (given->keep.len + given->drop.len + given->rename.len + given->order.len + given->fill.len == 0 &&
        !given->uniform && given->preset == PRESET_NONE && given->pad == 0)
        return diag_error("nothing to do: give --keep, --drop, --rename, --order, --fill, --pad or --preset");
    if (check_preset(given) < 0)
        return -1;
    add_choice(plan, given);
    if (given->preset != PRESET_NONE)
        add_preset(plan, (enum preset)given->preset);
    if (given->pad > 0)
        add_padding(plan);
    plan->marks = given->pad > 0 && given->preset != PRESET_FAIRSEQ && given->preset != PRESET_SEQIO;
    for (size_t i = 0; i < given->rename.len; i++)
        if (add_rename(plan, given->rename.items[i]) < 0)
            return -1;
    if (add_order(plan, &given->order) < 0)
        return -1;
    if (given->preset != PRESET_NONE)
        rank_preset(plan, (enum preset)given->preset);
    for (size_t i = 0; i < given->fill.len; i++)
        if (add_fill(plan, given->fill.items[i]) < 0)
            return -1;
    return given->uniform ? make_uniform(plan, &given->keep) : 0;
}

struct plan *plan_new(const struct fields_options *given, struct padder padder)
{
    struct plan *plan = mem_zalloc(1, sizeof *plan);
    plan->padder = padder;
    plan->arena = arena_new();
    plan->names = map_new();
    struct rule none = {.rank = RANK_REST};
    vec_push(&plan->rules, none);
    if (make_plan(plan, given) == 0)
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    vec_free(&plan->rules);
    vec_free(&plan->fills);
    vec_free(&plan->makes);
    map_free(plan->names);
    arena_free(plan->arena);
    mem_free(plan);
}
