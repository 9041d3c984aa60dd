/* deb822.c - fields, continuation lines, descriptions: see deb822.h. */
#include "deb822.h"

/* One field of the current paragraph. */
struct field {
    struct slice name, first, rest;
};

/* From this many fields on, names are looked up in a map; for fewer a search is faster. */
enum { FEW_FIELDS = 64 };

struct deb822 {
    const struct plan *plan;
    VEC(struct field) fields;
    struct map *names;  /* of the fields, in lower case, if there are many */
    struct bytes lower; /* scratch */
    VEC(struct slice) values;
    VEC(struct extra) extras;
};

static void *deb822_start(const struct plan *plan)
{
    struct deb822 *deb822 = mem_zalloc(1, sizeof *deb822);
    deb822->plan = plan;
    deb822->names = map_new();
    return deb822;
}

static void deb822_stop(void *parser)
{
    struct deb822 *deb822 = parser;
    vec_free(&deb822->fields);
    map_free(deb822->names);
    vec_free(&deb822->lower);
    vec_free(&deb822->values);
    vec_free(&deb822->extras);
    mem_free(deb822);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct slice trim_end(struct slice text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && is_blank(*text.ptr)) {
        text.ptr++;
        text.len--;
    }
    return trim_end(text);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool deb822_same_name(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

/* Takes the next line off. */
static struct slice next_line(struct slice *text)
{
    const char *end = text->ptr + text->len, *newline = memchr(text->ptr, '\n', text->len);
    struct slice line = slice_between(text->ptr, newline != NULL ? newline : end);
    *text = slice_between(newline != NULL ? newline + 1 : end, end);
    return line;
}

struct slice deb822_value(struct slice first, struct slice rest, bool flowed, struct arena *arena)
{
    first = trim(first);
    if (rest.len == 0)
        return first;
    char *value = arena_alloc(arena, first.len + 1 + rest.len), *to = value;
    memcpy(to, first.ptr, first.len);
    to += first.len;
    bool begun = first.len > 0, prose_before = false;
    while (rest.len > 0) {
        struct slice line = next_line(&rest);
        if (line.ptr[0] == '#')
            continue;
        line = trim_end((struct slice){line.ptr + 1, line.len - 1});
        if (slice_is(line, "."))
            line.len = 0;
        bool prose = flowed && line.len > 0 && !is_blank(line.ptr[0]);
        if (begun)
            *to++ = prose && prose_before ? ' ' : '\n';
        memcpy(to, line.ptr, line.len);
        to += line.len;
        begun = true;
        prose_before = prose;
    }
    return slice_between(value, to);
}

/* Description, and its translations: Description-en, Description-pt_BR. */
static bool is_description(struct slice name)
{
    static const struct slice description = {"description", sizeof "description" - 1};
    return name.len >= description.len && deb822_same_name((struct slice){name.ptr, description.len}, description) &&
           (name.len == description.len || name.ptr[description.len] == '-');
}

static struct slice field_value(const struct field *field, struct arena *arena)
{
    return deb822_value(field->first, field->rest, is_description(field->name), arena);
}

/* ---- a paragraph ---- */

static bool is_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] == 0x7f)
            return false;
    return name.len > 0 && name.ptr[0] != '-';
}

static void put_name(struct deb822 *deb822, struct slice name)
{
    deb822->lower.len = 0;
    for (size_t i = 0; i < name.len; i++)
        bytes_byte(&deb822->lower, lower(name.ptr[i]));
    (void)map_put(deb822->names, bytes_slice(&deb822->lower));
}

/* Does the paragraph already have a field of this name, ignoring case? If not, adds the name. */
static bool is_second(struct deb822 *deb822, struct slice name)
{
    size_t fields = deb822->fields.len;
    if (fields < FEW_FIELDS) {
        for (size_t i = 0; i < fields; i++)
            if (deb822_same_name(deb822->fields.items[i].name, name))
                return true;
        return false;
    }
    if (fields == FEW_FIELDS) {
        map_reset(deb822->names);
        for (size_t i = 0; i < fields; i++)
            put_name(deb822, deb822->fields.items[i].name);
    }
    size_t names = map_len(deb822->names);
    put_name(deb822, name);
    return map_len(deb822->names) == names;
}

static int read_field(struct deb822 *deb822, const struct source *source, struct slice paragraph, struct slice line)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    size_t at = (size_t)(line.ptr - paragraph.ptr);
    struct field field = {slice_between(line.ptr, colon != NULL ? colon : line.ptr), {NULL, 0}, {NULL, 0}};
    if (!is_name(field.name))
        return source_mistake(source, paragraph, at, "expected \"Name: value\" or a line that starts with a space");
    if (is_second(deb822, field.name))
        return source_mistake(source, paragraph, at, "the paragraph already has this field");
    field.first = slice_between(colon + 1, line.ptr + line.len);
    field.rest = slice_between(line.ptr + line.len, line.ptr + line.len);
    vec_push(&deb822->fields, field);
    return 0;
}

static int read_fields(struct deb822 *deb822, const struct source *source, struct slice paragraph)
{
    deb822->fields.len = 0;
    for (struct slice left = paragraph; left.len > 0;) {
        struct slice line = next_line(&left);
        if (line.len > 0 && is_blank(line.ptr[0])) {
            if (deb822->fields.len == 0)
                return source_mistake(source, paragraph, (size_t)(line.ptr - paragraph.ptr),
                                      "a continuation line without a field before it");
            struct field *field = &deb822->fields.items[deb822->fields.len - 1];
            const char *start = field->rest.len > 0 ? field->rest.ptr : line.ptr;
            field->rest = slice_between(start, line.ptr + line.len);
        } else if (line.len > 0 && line.ptr[0] != '#' && read_field(deb822, source, paragraph, line) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Collects the wanted values and, with --all, the fields that no option names. */
static void pick(struct deb822 *deb822, struct arena *arena)
{
    const struct plan *plan = deb822->plan;
    deb822->values.len = 0;
    deb822->extras.len = 0;
    vec_reserve(&deb822->values, plan->count);
    for (size_t i = 0; i < plan->count; i++)
        deb822->values.items[i] = (struct slice){NULL, 0};
    for (size_t i = 0; i < deb822->fields.len; i++) {
        const struct field *field = &deb822->fields.items[i];
        bool named = false;
        for (size_t j = 0; j < plan->count; j++) {
            if (deb822_same_name(plan->columns[j].from, field->name)) {
                deb822->values.items[j] = field_value(field, arena);
                named = true;
            }
        }
        if (plan->all && !named) {
            struct extra extra = {field->name, field_value(field, arena)};
            vec_push(&deb822->extras, extra);
        }
    }
}

/* --all: a field must not have the same name as a member made from another field. */
static int check_extras(const struct deb822 *deb822)
{
    const struct plan *plan = deb822->plan;
    for (size_t i = 0; i < deb822->extras.len; i++) {
        struct slice name = deb822->extras.items[i].name;
        bool taken = slice_is(name, "id") || (plan->lang.len > 0 && slice_is(name, "lang"));
        for (size_t j = 0; j < plan->count; j++)
            taken = taken || slice_equal(plan->columns[j].as, name);
        if (taken)
            return diag_error("%.*s: the record already has a member of this name; use --member NEW=%.*s",
                              (int)name.len, name.ptr, (int)name.len, name.ptr);
    }
    return 0;
}

static void complete(struct deb822 *deb822, struct source *source)
{
    struct slice paragraph;
    if (!source_gathered(source, &paragraph))
        return;
    if (read_fields(deb822, source, paragraph) < 0) {
        source_reject(source, paragraph);
        return;
    }
    pick(deb822, sink_arena(source->out));
    if (check_extras(deb822) < 0)
        source_reject(source, paragraph);
    else
        source_emit(source, paragraph, deb822->values.items, deb822->extras.items, deb822->extras.len);
}

static int deb822_line(void *parser, struct source *source, struct slice line)
{
    if (source_blank(line))
        complete(parser, source);
    else if (source->open || line.ptr[0] != '#')
        source_gather(source, line);
    return 0;
}

static void deb822_finish(void *parser, struct source *source)
{
    complete(parser, source);
}

const struct format deb822_format = {deb822_start, deb822_stop, deb822_line, deb822_finish};
