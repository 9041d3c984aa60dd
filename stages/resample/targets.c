/* targets.c - see targets.h. All numbers of records are integers, rounded half to even. */
#include "targets.h"

#include <inttypes.h>

static const char *const strategies[] = {"auto", "minority", "majority", "not-minority", "not-majority", "all", NULL};

/* The strategy of this name; NULL: it is a label. */
static const char *find_strategy(struct slice word)
{
    for (size_t i = 0; strategies[i] != NULL; i++)
        if (slice_is(word, strategies[i]))
            return strategies[i];
    return NULL;
}

int targets_open(const struct stage_context *context, const struct target_options *given, enum direction direction,
                 struct target_rules *rules)
{
    *rules = (struct target_rules){
        .given = given,
        .direction = direction,
        .has_ratio = opt_given(context, "ratio"),
        .has_power = opt_given(context, "power"),
        .has_total = opt_given(context, "total"),
    };
    if (rules->has_ratio && rules->has_power)
        return diag_error("--ratio does not go with --power: each says how many there shall be");
    if (given->target.len > 0 && given->strategy.len > 0)
        return diag_error("--strategy does not go with --target, which names the classes");
    if (rules->has_ratio && given->ratio.digits == 0)
        return diag_error("--ratio: expected a number above 0");
    if (rules->has_total && direction != EITHER)
        return diag_error("--total needs --method random: it makes some classes grow and others shrink");
    if (rules->has_total && given->strategy.len > 0)
        return diag_error("--strategy does not go with --total, which changes all classes");
    if (direction == EITHER && given->target.len == 0 && !rules->has_total)
        return diag_error("--method random goes up and down: expected --target LABEL=N,..., or --power A --total N");
    size_t words = 0;
    for (size_t i = 0; i < given->strategy.len; i++) {
        struct slice list = slice_of(given->strategy.items[i]), word, value;
        for (; classes_item(&list, &word, &value); words++) {
            if (value.ptr != NULL)
                return diag_error("--strategy: expected labels, found \"%s\"", given->strategy.items[i]);
            if (rules->strategy != NULL || (words > 0 && find_strategy(word) != NULL))
                return diag_error("--strategy: %s goes with nothing else",
                                  rules->strategy != NULL ? rules->strategy : find_strategy(word));
            rules->strategy = find_strategy(word);
        }
    }
    if (words == 0)
        rules->strategy = direction == GROWS ? "not-majority" : "not-minority";
    else if (rules->strategy != NULL && strcmp(rules->strategy, "auto") == 0)
        rules->strategy = direction == GROWS ? "not-majority" : "not-minority";
    return 0;
}

/* ---- the classes that change ---- */

/* The first of the largest, or of the smallest, classes. */
static size_t extreme(const struct classes *classes, const uint64_t *counts, bool largest)
{
    size_t found = 0;
    for (size_t i = 1; i < classes->count; i++) {
        uint64_t count = counts != NULL ? counts[i] : classes->items[i].count;
        uint64_t best = counts != NULL ? counts[found] : classes->items[found].count;
        if (largest ? count > best : count < best)
            found = i;
    }
    return found;
}

size_t targets_smallest(const struct classes *classes)
{
    return extreme(classes, NULL, false);
}

/* The class that a word names. -1 with the message. */
static int find_class(const struct classes *classes, const char *option, struct slice name, size_t *place)
{
    return classes_named(classes, name, place) < 0 ? diag_within("%s: %s", option, diag_message()) : 0;
}

/* The classes whose labels --strategy lists. 0, or -1 with the message. */
static int find_listed(const struct words *lists, const struct classes *classes, bool *changes)
{
    for (size_t i = 0; i < lists->len; i++) {
        struct slice list = slice_of(lists->items[i]), word, value;
        size_t place;
        while (classes_item(&list, &word, &value)) {
            if (find_class(classes, "--strategy", word, &place) < 0)
                return -1;
            changes[place] = true;
        }
    }
    return 0;
}

bool *targets_changing(const struct target_rules *rules, const struct classes *classes, const uint64_t *counts)
{
    size_t count = classes->count;
    bool *changes = mem_zalloc(count + 1, sizeof *changes);
    const char *word = rules->strategy;
    size_t largest = extreme(classes, counts, true), smallest = extreme(classes, counts, false);
    if (word == NULL && find_listed(&rules->given->strategy, classes, changes) < 0) {
        mem_free(changes);
        return NULL;
    }
    for (size_t i = 0; word != NULL && i < count; i++)
        changes[i] = strcmp(word, "all") == 0 || (strcmp(word, "minority") == 0 && i == smallest) ||
                     (strcmp(word, "majority") == 0 && i == largest) ||
                     (strcmp(word, "not-minority") == 0 && i != smallest) ||
                     (strcmp(word, "not-majority") == 0 && i != largest);
    return changes;
}

/* ---- numbers ---- */

/* The message for a number that a class can't have. */
static int refuse_target(const struct class *class, int64_t number, bool again)
{
    struct bytes name = {0};
    classes_put(class, &name);
    if (again)
        (void)diag_error("--target: %.*s is given twice", (int)name.len, name.items);
    else
        (void)diag_error("--target: %.*s has %" PRIu64 " record%s and can't %s to %" PRId64, (int)name.len, name.items,
                         class->count, diag_s(class->count), (uint64_t)number < class->count ? "grow" : "shrink",
                         number);
    vec_free(&name);
    return -1;
}

/* LABEL=N */
static int set_target(const struct target_rules *rules, const struct classes *classes, struct slice label,
                      struct slice value, uint64_t *targets, bool *is_given)
{
    int64_t number;
    size_t place;
    if (value.len == 0 || !json_int(value, &number) || number < 0)
        return diag_error("--target: expected LABEL=N, found \"%.*s%s%.*s\"", (int)label.len, label.ptr,
                          value.ptr != NULL ? "=" : "", (int)value.len, value.ptr);
    if (find_class(classes, "--target", label, &place) < 0)
        return -1;
    uint64_t count = classes->items[place].count;
    bool grows = rules->direction == GROWS, shrinks = rules->direction == SHRINKS;
    if ((grows && (uint64_t)number < count) || (shrinks && (uint64_t)number > count) || is_given[place])
        return refuse_target(&classes->items[place], number, is_given[place]);
    is_given[place] = true;
    targets[place] = (uint64_t)number;
    return 0;
}

static int set_given(const struct target_rules *rules, const struct classes *classes, uint64_t *targets, bool *is_given)
{
    const struct words *lists = &rules->given->target;
    for (size_t i = 0; i < lists->len; i++) {
        struct slice list = slice_of(lists->items[i]), label, value;
        while (classes_item(&list, &label, &value))
            if (set_target(rules, classes, label, value, targets, is_given) < 0)
                return -1;
    }
    return 0;
}

/* Half to even, never past what is there. */
static uint64_t toward(const struct target_rules *rules, uint64_t count, uint64_t target)
{
    if (rules->direction == GROWS)
        return target > count ? target : count;
    return target < count ? target : count;
}

/* round(scale * weight), half to even; the weight is at most that of a class with `scale` records. */
static uint64_t share_of(uint64_t scale, double weight)
{
    double product = (double)scale * weight; /* exact enough: of counts below 2^53, the weight decides */
    uint64_t whole = (uint64_t)product;
    double rest = product - (double)whole;
    return whole + (rest > 0.5 || (rest == 0.5 && (whole & 1) != 0));
}

/* round(count / ratio), half to even; UINT64_MAX for what is beyond all counts. */
static uint64_t quotient_of(uint64_t count, struct decimal ratio)
{
    if (!decimal_is_whole(ratio) && decimal_floor(ratio, INT64_MAX) <= count)
        return UINT64_MAX;
    return decimal_quotient(count, ratio);
}

/* (count / base)^A */
static double power_of(const struct target_rules *rules, uint64_t count, uint64_t base)
{
    return real_pow((double)count / (double)base, decimal_float(rules->given->power));
}

/* --power --total: shares by the largest remainder; of equal remainders the first class's. */
static void set_total(const struct target_rules *rules, const struct classes *classes, uint64_t *targets)
{
    size_t count = classes->count;
    uint64_t total = (uint64_t)rules->given->total, left = total;
    uint64_t largest = classes->items[extreme(classes, NULL, true)].count;
    double *weights = mem_zalloc(count, sizeof *weights), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += weights[i] = power_of(rules, classes->items[i].count, largest);
    for (size_t i = 0; i < count; i++) {
        weights[i] = (double)total * (weights[i] / sum);
        targets[i] = (uint64_t)weights[i];
        weights[i] -= (double)targets[i];
        left -= targets[i] < left ? targets[i] : left;
    }
    for (; left > 0; left--) {
        size_t most = 0;
        for (size_t i = 1; i < count; i++)
            if (weights[i] > weights[most])
                most = i;
        targets[most]++;
        weights[most] = -1;
    }
    mem_free(weights);
}

uint64_t *targets_find(const struct target_rules *rules, const struct classes *classes)
{
    size_t count = classes->count;
    uint64_t *targets = mem_zalloc(count + 1, sizeof *targets);
    for (size_t i = 0; i < count; i++)
        targets[i] = classes->items[i].count;
    if (rules->has_total) {
        set_total(rules, classes, targets);
        return targets;
    }
    if (rules->given->target.len > 0) {
        bool *is_given = mem_zalloc(count + 1, sizeof *is_given);
        int done = set_given(rules, classes, targets, is_given);
        mem_free(is_given);
        if (done == 0)
            return targets;
        mem_free(targets);
        return NULL;
    }
    bool *changes = targets_changing(rules, classes, NULL);
    uint64_t base = classes->items[extreme(classes, NULL, rules->direction == GROWS)].count;
    for (size_t i = 0; changes != NULL && i < count; i++) {
        uint64_t target = base;
        if (!changes[i])
            continue;
        if (rules->has_ratio)
            target = rules->direction == GROWS ? decimal_share(rules->given->ratio, base)
                                               : quotient_of(base, rules->given->ratio);
        if (rules->has_power)
            target = share_of(base, power_of(rules, targets[i], base));
        targets[i] = toward(rules, targets[i], target);
    }
    if (changes == NULL) {
        mem_free(targets);
        return NULL;
    }
    mem_free(changes);
    return targets;
}
