/* table.c - the header row, the width of the rows, the requested columns: see table.h. */
#include "table.h"

#include "csv.h"

#include <inttypes.h>

struct table {
    const struct plan *plan;
    struct csv row;
    size_t width;             /* fields of every row; 0 until the first row of the file */
    struct arena *arena;      /* for names, which records may still use after the next file has begun */
    VEC(struct slice) names;  /* of the columns, from the header */
    VEC(size_t) columns;      /* plan->columns[i] is field columns[i] of a row */
    VEC(size_t) extra_fields; /* fields that are carried under their own names */
    VEC(struct slice) values;
    VEC(struct extra) extras;
};

static void *table_start(const struct plan *plan)
{
    struct table *table = mem_zalloc(1, sizeof *table);
    table->plan = plan;
    table->row.delimiter = plan->delimiter;
    table->arena = arena_new();
    return table;
}

static void table_stop(void *parser)
{
    struct table *table = parser;
    vec_free(&table->row.fields);
    vec_free(&table->names);
    vec_free(&table->columns);
    vec_free(&table->extra_fields);
    vec_free(&table->values);
    vec_free(&table->extras);
    arena_free(table->arena);
    mem_free(table);
}

/* ---- the first row: which field is which column ---- */

/* The field with this number (the first is 1), or the width if there is none. */
static size_t numbered(const struct table *table, struct slice number)
{
    size_t field = 0;
    for (size_t i = 0; i < number.len; i++) {
        if (number.ptr[i] < '0' || number.ptr[i] > '9' || field > table->width)
            return table->width;
        field = field * 10 + (size_t)(number.ptr[i] - '0');
    }
    return field >= 1 && field <= table->width ? field - 1 : table->width;
}

static int no_column(const struct table *table, struct slice name)
{
    struct bytes list = {0};
    for (size_t i = 0; i < table->names.len; i++) {
        bytes_put(&list, i > 0 ? SLICE(", ") : SLICE("; there are "));
        bytes_put(&list, table->names.items[i]);
    }
    (void)diag_error("no column \"%.*s\" among %zu%.*s", (int)name.len, name.ptr, table->width, (int)list.len,
                     list.len > 0 ? list.items : "");
    vec_free(&list);
    return -1;
}

/* Finds the field of a column, by its name or else by its number. */
static int find_column(const struct table *table, struct slice name, size_t *field)
{
    *field = table->width;
    for (size_t i = 0; i < table->names.len; i++) {
        if (!slice_equal(table->names.items[i], name))
            continue;
        if (*field < table->width)
            return diag_error("two columns are called \"%.*s\" (%zu and %zu): give the number of the one you mean",
                              (int)name.len, name.ptr, *field + 1, i + 1);
        *field = i;
    }
    if (*field == table->width)
        *field = numbered(table, name);
    return *field < table->width ? 0 : no_column(table, name);
}

/* The names of members that other options set. */
static struct map *taken_names(const struct table *table)
{
    struct map *taken = map_new();
    (void)map_put(taken, SLICE("id"));
    if (table->plan->lang.len > 0)
        (void)map_put(taken, SLICE("lang"));
    for (size_t i = 0; i < table->plan->count; i++)
        (void)map_put(taken, table->plan->columns[i].as);
    return taken;
}

static bool is_named(const struct table *table, size_t field)
{
    for (size_t i = 0; i < table->columns.len; i++)
        if (table->columns.items[i] == field)
            return true;
    return false;
}

/* A column without a name is named by its number. */
static int add_extra(struct table *table, struct map *taken, size_t field)
{
    struct extra extra = {table->names.items[field], {NULL, 0}};
    if (extra.name.len == 0)
        extra.name = arena_print(table->arena, "%zu", field + 1);
    if (map_get(taken, extra.name) != NULL)
        return diag_error("--all: column %zu is called \"%.*s\", which is already a member of the record; "
                          "use --member NEW=%zu",
                          field + 1, (int)extra.name.len, extra.name.ptr, field + 1);
    (void)map_put(taken, extra.name);
    vec_push(&table->extras, extra);
    vec_push(&table->extra_fields, field);
    return 0;
}

/* --all: the fields that no option names. */
static int find_extras(struct table *table)
{
    struct map *taken = taken_names(table);
    int status = 0;
    table->extras.len = 0;
    table->extra_fields.len = 0;
    for (size_t i = 0; i < table->names.len && status == 0; i++)
        if (!is_named(table, i))
            status = add_extra(table, taken, i);
    map_free(taken);
    return status;
}

/* Finds the columns by the first row (without a header only by the number of its fields). A missing column is not a bad
 * record: nothing can be imported from the file. */
static int bind(struct table *table)
{
    table->columns.len = 0;
    for (size_t i = 0; i < table->plan->count; i++) {
        size_t field;
        if (find_column(table, table->plan->columns[i].from, &field) < 0)
            return -1;
        vec_push(&table->columns, field);
    }
    return table->plan->all ? find_extras(table) : 0;
}

static int first_row(struct table *table, struct source *source, struct slice row)
{
    table->width = table->row.fields.len;
    table->names.len = 0;
    for (size_t i = 0; table->plan->header && i < table->width; i++) {
        struct slice name = csv_text(&table->row.fields.items[i], row, table->arena);
        vec_push(&table->names, arena_copy(table->arena, name));
    }
    if (source_check(source, row) == 0 && bind(table) == 0)
        return 0;
    /* When a run can't go on, the runner's message does not say where that happened. */
    struct slice why = slice_of(diag_message());
    return diag_error("%s:%" PRIu64 ": %.*s", source->file, source->first, (int)why.len, why.ptr);
}

/* ---- the rows ---- */

static int wrong_width(const struct table *table)
{
    size_t found = table->row.fields.len;
    return diag_error("expected %zu field%s as in the %s, found %zu", table->width, table->width == 1 ? "" : "s",
                      table->plan->header ? "header" : "first row", found);
}

static void emit_row(struct table *table, struct source *source, struct slice row)
{
    if ((table->row.fields.len != table->width && wrong_width(table) < 0) || source_check(source, row) < 0) {
        source_reject(source, row);
        return;
    }
    struct arena *arena = sink_arena(source->out);
    if (source->open)
        row = arena_copy(arena, row);
    table->values.len = 0;
    for (size_t i = 0; i < table->columns.len; i++)
        vec_push(&table->values, csv_text(&table->row.fields.items[table->columns.items[i]], row, arena));
    for (size_t i = 0; i < table->extras.len; i++)
        table->extras.items[i].value = csv_text(&table->row.fields.items[table->extra_fields.items[i]], row, arena);
    source_emit(source, row, table->values.items, table->extras.items, table->extras.len);
}

/* The current row, the header or a record, is complete. */
static int complete_row(struct table *table, struct source *source, struct slice row)
{
    bool first = table->width == 0;
    if (first && first_row(table, source, row) < 0)
        return -1;
    if (first && table->plan->header)
        source->records--;
    else
        emit_row(table, source, row);
    source->open = false;
    source->raw.len = 0;
    return 0;
}

/* A quote that is never closed swallows the rest of the input: all of that is the bad record. */
static void unclosed(struct table *table, struct source *source, const char *problem)
{
    struct slice row = bytes_slice(&source->raw);
    (void)source_mistake(source, row, table->row.field.start - 1, problem);
    source_reject(source, row);
}

static int csv_line(void *parser, struct source *source, struct slice line)
{
    struct table *table = parser;
    struct slice row = line;
    size_t from = 0;
    if (source->open && source->raw.len + 1 + line.len > source->plan->max_line)
        unclosed(table, source, "this quoted field is not closed within --max-line");
    if (source->open) {
        from = source->raw.len;
        source_keep(source, line);
        row = bytes_slice(&source->raw);
    } else {
        source_begin(source);
    }
    size_t place = 0;
    const char *problem = NULL;
    switch (csv_scan(&table->row, row, from, &place, &problem)) {
    case CSV_ROW:
        return complete_row(table, source, row);
    case CSV_OPEN:
        if (!source->open)
            source_keep(source, line);
        return 0;
    case CSV_BAD:
        break;
    }
    (void)source_mistake(source, row, place, problem);
    source_reject(source, row);
    return 0;
}

static int tsv_line(void *parser, struct source *source, struct slice line)
{
    struct table *table = parser;
    line = source_line(line);
    source_begin(source);
    csv_split(&table->row, line);
    return complete_row(table, source, line);
}

static void table_finish(void *parser, struct source *source)
{
    struct table *table = parser;
    if (source->open)
        unclosed(table, source, "this quoted field is not closed");
    table->width = 0;
}

const struct format table_csv = {table_start, table_stop, csv_line, table_finish};
const struct format table_tsv = {table_start, table_stop, tsv_line, table_finish};
