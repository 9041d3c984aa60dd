/* options.c - option tables: parsing; see options.h. Printing them is in options_print.c. */
#include "record/options.h"

#include "base/diag.h"
#include "text/json.h"
#include "text/number.h"

#include <assert.h>

/* ---- values ---- */

static void *field_of(const struct option_group *group, const struct option *option)
{
    return (char *)group->values + option->offset;
}

static int bad_value(const struct option *option, const char *text, const char *expected)
{
    return diag_error("--%s: expected %s, found \"%s\"", option->name, expected, text);
}

/* Digits with an optional sign, up to `end`. */
static bool read_integer(const char *text, const char *end, int64_t *number)
{
    return end > text && json_int(slice_between(text, end), number);
}

static int read_int(const struct option *option, const char *text, int64_t *number)
{
    if (!read_integer(text, text + strlen(text), number))
        return bad_value(option, text, "an integer");
    if ((option->min != 0 || option->max != 0) && (*number < option->min || *number > option->max))
        return diag_error("--%s: expected %lld to %lld, found \"%s\"", option->name, (long long)option->min,
                          (long long)option->max, text);
    return 0;
}

static int read_size(const struct option *option, const char *text, int64_t *bytes)
{
    static const char units[] = "KMGT";
    const char *end = text + strlen(text);
    unsigned shift = 0;
    if (end > text) {
        const char *unit = strchr(units, end[-1]);
        if (unit != NULL && *unit != '\0') {
            shift = 10 * (unsigned)(unit - units + 1);
            end--;
        }
    }
    if (!read_integer(text, end, bytes) || *bytes < 0 || *bytes > INT64_MAX >> shift)
        return bad_value(option, text, "a size such as 4096, 64K or 1G");
    *bytes <<= shift;
    if ((option->min != 0 || option->max != 0) && (*bytes < option->min || *bytes > option->max))
        return diag_error("--%s: expected %lld to %lld bytes, found \"%s\"", option->name, (long long)option->min,
                          (long long)option->max, text);
    return 0;
}

static int read_decimal(const struct option *option, const char *text, struct decimal *p)
{
    const uint64_t most = option->max > 0 ? (uint64_t)option->max : 1;
    if (decimal_read(slice_of(text), most, p))
        return 0;
    struct bytes words = {0};
    for (unsigned i = 0; option->choices != NULL && option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            *p = (struct decimal){i, OPTION_WORD};
            return 0;
        }
    }
    if (option->choices != NULL) {
        bytes_put(&words, SLICE(", or "));
        opt_put_choices(option->choices, &words);
    }
    int length = (int)words.len;
    if (most == 1)
        (void)diag_error("--%s: expected a share from 0 to 1 with at most 18 decimals%.*s, found \"%s\"", option->name,
                         length, words.items, text);
    else
        (void)diag_error("--%s: expected a number from 0 to %llu with at most %u decimals%.*s, found \"%s\"",
                         option->name, (unsigned long long)most, decimal_scale_limit(most), length, words.items, text);
    vec_free(&words);
    return -1;
}

static int read_float(const struct option *option, const char *text, double *number)
{
    const char *end = text + strlen(text);
    if (json_skip(text, end, 1, NULL) == end && json_kind((struct slice){text, 1}) == '0' &&
        number_read(text, end, number) != NULL && *number > 0)
        return 0;
    return diag_error("--%s: expected a number above 0, such as 0.5 or 1e-6, found \"%s\"", option->name, text);
}

void opt_put_choices(const char *const *choices, struct bytes *out)
{
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (i > 0)
            bytes_put(out, choices[i + 1] != NULL ? SLICE(", ") : SLICE(" or "));
        bytes_put(out, slice_of(choices[i]));
    }
}

static int find_choice(const struct option *option, const char *text, size_t len, int *which)
{
    for (int i = 0; option->choices[i] != NULL; i++) {
        if (slice_equal(slice_of(option->choices[i]), (struct slice){text, len})) {
            *which = i;
            return 0;
        }
    }
    struct bytes list = {0};
    opt_put_choices(option->choices, &list);
    (void)diag_error("--%s: expected %.*s, found \"%.*s\"", option->name, (int)list.len, list.items, (int)len, text);
    vec_free(&list);
    return -1;
}

static int read_words(const struct option *option, const char *text, struct words *words)
{
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        int which;
        if (len == 0)
            return bad_value(option, text, "words separated by commas");
        if (option->choices != NULL && find_choice(option, at, len, &which) < 0)
            return -1;
        vec_push(words, mem_string(at, len));
        at += len;
        if (*at == '\0')
            return 0;
    }
}

static int read_ints(const struct option *option, const char *text, struct ints *ints)
{
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        int64_t number;
        if (!read_integer(at, at + len, &number))
            return bad_value(option, text, "integers separated by commas");
        vec_push(ints, number);
        at += len;
        if (*at == '\0')
            return 0;
    }
}

static int set_value(const struct option_group *group, const struct option *option, const char *text)
{
    void *field = field_of(group, option);
    switch (option->type) {
    case OPT_FLAG:
        *(bool *)field = true;
        return 0;
    case OPT_INT:
        return read_int(option, text, field);
    case OPT_SIZE:
        return read_size(option, text, field);
    case OPT_DECIMAL:
        return read_decimal(option, text, field);
    case OPT_FLOAT:
        return read_float(option, text, field);
    case OPT_TEXT:
    case OPT_FILE:
        *(const char **)field = text;
        return 0;
    case OPT_CHOICE:
        return find_choice(option, text, strlen(text), field);
    case OPT_WORDS:
        return read_words(option, text, field);
    case OPT_TEXTS:
        vec_push((struct words *)field, mem_string(text, strlen(text)));
        return 0;
    case OPT_INTS:
        return read_ints(option, text, field);
    }
    return -1;
}

static void release_list(const struct option_group *group, const struct option *option)
{
    if (option->type == OPT_WORDS || option->type == OPT_TEXTS) {
        words_release(field_of(group, option));
    } else if (option->type == OPT_INTS) {
        struct ints *ints = field_of(group, option);
        vec_free(ints);
    }
}

void opt_release(const struct option_group *group)
{
    for (const struct option *option = group->table; option != NULL && option->name != NULL; option++)
        release_list(group, option);
}

/* ---- parsing ---- */

/* A command line that is being parsed. */
struct parse {
    const struct option_group *groups;
    size_t group_count;
    bool *given; /* for each option of each group, in order: was it given? */
};

/* An option of the tables and its group; `number` counts through all tables. */
struct found {
    const struct option *option;
    const struct option_group *group;
    size_t number;
};

static bool next_option(const struct parse *parse, struct found *found)
{
    const struct option_group *end = parse->groups + parse->group_count;
    if (found->group == NULL) {
        found->group = parse->groups;
        found->option = found->group->table;
        found->number = 0;
    } else {
        found->option++;
        found->number++;
    }
    while (found->option == NULL || found->option->name == NULL) {
        if (++found->group >= end)
            return false;
        found->option = found->group->table;
    }
    return true;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The number of edits (insert, delete, replace, swap two neighbours) between two names. */
static size_t edit_distance(struct slice a, struct slice b)
{
    size_t width = b.len + 1, *rows = mem_zalloc(3 * width, sizeof *rows);
    size_t *before = rows, *above = rows + width, *row = rows + 2 * width;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            row[j] = smaller(above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]), smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
    }
    size_t distance = row[b.len];
    mem_free(rows);
    return distance;
}

enum { PREFIX_LETTERS = 3 };

/* One edit in four letters at most: a suggestion that is another word altogether is worse than none. The start of a
 * name, or a name with something after it, counts as one edit. */
void opt_nearest(struct slice name, const char *candidate, const char **nearest, size_t *distance)
{
    struct slice other = slice_of(candidate);
    size_t shorter = smaller(name.len, other.len);
    bool prefix = shorter >= PREFIX_LETTERS && memcmp(name.ptr, other.ptr, shorter) == 0;
    size_t far = prefix ? 1 : edit_distance(name, other);
    if (far < *distance && far <= (shorter + 2) / 4) {
        *distance = far;
        *nearest = candidate;
    }
}

static int unknown_option(const struct parse *parse, struct slice name)
{
    const char *nearest = NULL;
    size_t distance = SIZE_MAX;
    for (struct found found = {0}; next_option(parse, &found);)
        opt_nearest(name, found.option->name, &nearest, &distance);
    opt_nearest(name, "help", &nearest, &distance);
    opt_nearest(name, "version", &nearest, &distance);
    if (nearest == NULL)
        return diag_error("unknown option \"--%.*s\"", (int)name.len, name.ptr);
    return diag_error("unknown option \"--%.*s\", did you mean \"--%s\"?", (int)name.len, name.ptr, nearest);
}

static int take(const struct parse *parse, const struct found *found, const char *text)
{
    parse->given[found->number] = true;
    return set_value(found->group, found->option, text);
}

/* --name, --name=value, --name value; advances *i past a separate value. */
static int parse_long(const struct parse *parse, int argc, char **argv, int *i, enum asked *asked)
{
    const char *text = argv[*i] + 2;
    struct slice name = {text, strcspn(text, "=")};
    const char *value = text[name.len] == '=' ? text + name.len + 1 : NULL;
    if (slice_is(name, "help") || slice_is(name, "version")) {
        *asked = name.ptr[0] == 'h' ? ASKED_HELP : ASKED_VERSION;
        return 0;
    }
    for (struct found found = {0}; next_option(parse, &found);) {
        if (!slice_is(name, found.option->name))
            continue;
        if (found.option->type == OPT_FLAG) {
            if (value != NULL)
                return diag_error("--%s takes no value", found.option->name);
            return take(parse, &found, NULL);
        }
        if (value == NULL) {
            if (*i + 1 >= argc)
                return diag_error("--%s: the value is missing: --%s %s", found.option->name, found.option->name,
                                  found.option->value);
            value = argv[++*i];
        }
        return take(parse, &found, value);
    }
    return unknown_option(parse, name);
}

/* -x, -xyz, -n7, -n 7 */
static int parse_letters(const struct parse *parse, int argc, char **argv, int *i, enum asked *asked)
{
    for (const char *at = argv[*i] + 1; *at != '\0'; at++) {
        struct found found = {0};
        if (*at == 'h' || *at == 'V') {
            *asked = *at == 'h' ? ASKED_SHORT_HELP : ASKED_VERSION;
            return 0;
        }
        do {
            if (!next_option(parse, &found))
                return diag_error("unknown option \"-%c\"", *at);
        } while (found.option->letter != *at);
        if (found.option->type != OPT_FLAG) {
            const char *value = at[1] != '\0' ? at + 1 : *i + 1 < argc ? argv[++*i] : NULL;
            if (value == NULL)
                return diag_error("-%c: the value is missing: -%c %s", *at, *at, found.option->value);
            return take(parse, &found, value);
        }
        if (take(parse, &found, NULL) < 0)
            return -1;
    }
    return 0;
}

/* "--format FORMAT is required: text, csv or tsv", or what the option is for. */
static int missing_option(const struct option *option)
{
    struct bytes choices = {0};
    if (option->choices != NULL)
        opt_put_choices(option->choices, &choices);
    else
        bytes_put(&choices, slice_of(option->help));
    (void)diag_error("--%s %s is required: %.*s", option->name, option->value, (int)choices.len, choices.items);
    vec_free(&choices);
    return -1;
}

static int fill_fallbacks(const struct parse *parse)
{
    for (struct found found = {0}; next_option(parse, &found);) {
        const struct option *option = found.option;
        if (parse->given[found.number])
            continue;
        if (option->required)
            return missing_option(option);
        if (option->fallback != NULL && set_value(found.group, option, option->fallback) < 0)
            return -1;
    }
    return 0;
}

/* An operand may be the value of an option. */
static bool take_operand(const struct parse *parse, const char *operand)
{
    for (struct found found = {0}; next_option(parse, &found);)
        if (found.option->takes != NULL && found.option->takes(operand))
            return take(parse, &found, operand) == 0;
    return false;
}

static int parse_arguments(const struct parse *parse, int argc, char **argv, struct words *operands, enum asked *asked)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        int done = 0;
        if (options && strcmp(text, "--") == 0) {
            options = false;
        } else if (options && text[0] == '-' && text[1] == '-') {
            done = parse_long(parse, argc, argv, &i, asked);
        } else if (options && text[0] == '-' && text[1] != '\0') {
            done = parse_letters(parse, argc, argv, &i, asked);
        } else {
            if (!options || !take_operand(parse, text))
                vec_push(operands, text);
        }
        if (done < 0 || *asked != ASKED_NOTHING)
            return done;
    }
    return fill_fallbacks(parse);
}

/* ---- which options go together ---- */

static bool find_named(const struct parse *parse, struct slice name, struct found *found)
{
    for (*found = (struct found){0}; next_option(parse, found);)
        if (slice_is(name, found->option->name))
            return true;
    return false;
}

static const char *text_of(const struct found *found)
{
    const void *field = field_of(found->group, found->option);
    if (found->option->type == OPT_CHOICE)
        return found->option->choices[*(const int *)field];
    return *(const char *const *)field;
}

/* One alternative of `when`: NAME, !NAME, NAME=VALUE|VALUE. */
static bool holds(const struct parse *parse, struct slice rule)
{
    bool inverted = rule.ptr[0] == '!';
    const char *end = rule.ptr + rule.len, *name = rule.ptr + inverted;
    const char *equals = memchr(name, '=', (size_t)(end - name));
    struct found other;
    bool found = find_named(parse, slice_between(name, equals != NULL ? equals : end), &other);
    assert(found);
    if (!found || equals == NULL)
        return parse->given[other.number] != inverted;
    const char *text = text_of(&other);
    for (const char *at = equals + 1; text != NULL && at < end; at++) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        struct slice value = slice_between(at, bar != NULL ? bar : end);
        if (slice_is(value, text))
            return true;
        at += value.len;
    }
    return false;
}

/* "--format csv or tsv": as a user would write it. */
static void put_rule(struct slice rule, struct bytes *out)
{
    bytes_put(out, SLICE("--"));
    for (size_t i = rule.ptr[0] == '!'; i < rule.len; i++) {
        if (rule.ptr[i] == '|')
            bytes_put(out, memchr(rule.ptr + i + 1, '|', rule.len - i - 1) != NULL ? SLICE(", ") : SLICE(" or "));
        else
            bytes_byte(out, rule.ptr[i] == '=' ? ' ' : rule.ptr[i]);
    }
}

/* "goes only with --a, or --b", "goes only without --a, or with --b"; of one that must not be given "does not go with
 * --a". */
static int check_when(const struct parse *parse, const struct option *option)
{
    struct bytes rules = {0};
    bool first = option->when[0] != '!', with = !first;
    bool alone = strchr(option->when, ' ') == NULL;
    for (const char *at = option->when; *at != '\0';) {
        struct slice rule = {at, strcspn(at, " ")};
        if (holds(parse, rule)) {
            vec_free(&rules);
            return 0;
        }
        bool positive = *at != '!';
        bytes_put(&rules, rules.len > 0 ? SLICE(", or ") : SLICE(""));
        if (!alone && positive != with)
            bytes_put(&rules, positive ? SLICE("with ") : SLICE("without "));
        with = positive;
        put_rule(rule, &rules);
        at += rule.len;
        at += strspn(at, " ");
    }
    (void)diag_error("--%s %s %.*s", option->name,
                     !alone  ? "goes only"
                     : first ? "goes only with"
                             : "does not go with",
                     (int)rules.len, rules.items);
    vec_free(&rules);
    return -1;
}

static int check_together(const struct parse *parse)
{
    for (struct found found = {0}; next_option(parse, &found);)
        if (found.option->when != NULL && parse->given[found.number] && check_when(parse, found.option) < 0)
            return -1;
    return 0;
}

/* ---- all of it ---- */

size_t opt_count(const struct option *table)
{
    size_t count = 0;
    while (table != NULL && table[count].name != NULL)
        count++;
    return count;
}

static void tell_given(const struct parse *parse)
{
    const bool *given = parse->given;
    for (size_t g = 0; g < parse->group_count; g++) {
        size_t count = opt_count(parse->groups[g].table);
        if (parse->groups[g].given != NULL && count > 0)
            memcpy(parse->groups[g].given, given, count * sizeof *given);
        given += count;
    }
}

int opt_parse(const struct option_group *groups, size_t group_count, int argc, char **argv, struct words *operands,
              enum asked *asked)
{
    size_t count = 0;
    for (size_t g = 0; g < group_count; g++)
        count += opt_count(groups[g].table);
    struct parse parse = {groups, group_count, mem_zalloc(count, sizeof(bool))};
    *asked = ASKED_NOTHING;
    int done = parse_arguments(&parse, argc, argv, operands, asked);
    if (done == 0 && *asked == ASKED_NOTHING)
        done = check_together(&parse);
    tell_given(&parse);
    mem_free(parse.given);
    return done;
}
