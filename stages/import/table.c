/* table.c - the header row, the width of the rows, the requested columns: see table.h. */
#include "table.h"

#include "csv.h"

#include <inttypes.h>

struct table {
    const struct plan *plan;
    struct csv row;
    size_t width;             /* fields of every row; 0 until the first row of the file */
    bool begun;               /* the first line of the file has been looked at */
    bool noted;               /* the note about quotes has been given */
    bool header_noted;        /* that about the header */
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
    table->row.quote = plan->table.quote != '\0' ? plan->table.quote : CSV_NONE;
    table->row.escape =
        plan->table.escape != '\0' && plan->table.escape != plan->table.quote ? plan->table.escape : CSV_NONE;
    table->row.loose = !plan->table.is_csv;
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

static const char delimiters[] = ",;\t|";

/* The delimiter that the text seems to have; '\0' if none. */
static char guess_delimiter(const struct csv *csv, struct slice line)
{
    size_t counts[sizeof delimiters] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        const char *found = line.ptr[i] != '\0' ? strchr(delimiters, line.ptr[i]) : NULL;
        quoted ^= line.ptr[i] == csv->quote;
        if (found != NULL && !quoted)
            counts[found - delimiters]++;
    }
    for (size_t i = 1; i < sizeof delimiters - 1; i++)
        if (counts[i] > counts[best])
            best = i;
    return counts[best] > 0 ? delimiters[best] : '\0';
}

/* A table of one column whose name has a delimiter of others in it. The message, or NULL. */
static const char *other_delimiter(const struct table *table)
{
    if (table->names.len != 1)
        return NULL;
    switch (guess_delimiter(&(struct csv){.quote = CSV_NONE}, table->names.items[0])) {
    case ';':
        return table->plan->table.is_csv ? "--delimiter ';'" : "--format csv --delimiter ';'";
    case '\t':
        return "--format tsv";
    case '|':
        return table->plan->table.is_csv ? "--delimiter '|'" : "--format csv --delimiter '|'";
    case ',':
        return table->plan->table.is_csv ? NULL : "--format csv";
    default:
        return NULL;
    }
}

static int no_column(const struct table *table, struct slice name)
{
    struct bytes list = {0};
    const char *other = other_delimiter(table);
    for (size_t i = 0; i < table->names.len; i++) {
        bytes_put(&list, i > 0 ? SLICE(", ") : SLICE("; there are "));
        bytes_put(&list, table->names.items[i]);
    }
    (void)diag_error("no column \"%.*s\" among %zu%.*s%s%s", (int)name.len, name.ptr, table->width, (int)list.len,
                     list.len > 0 ? list.items : "", other != NULL ? "; try " : "", other != NULL ? other : "");
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
        if (!table->plan->columns[i].is_file && table->columns.items[i] == field)
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

/* Columns that are only known by their numbers may be those of a table without a header. */
static void note_header(struct table *table, const struct source *source)
{
    const struct plan *plan = table->plan;
    bool named =
        table->header_noted || !plan->table.header || plan->table.header_chosen || plan->all || plan->count == 0;
    for (size_t i = 0; i < plan->count && !named; i++)
        for (size_t j = 0; j < table->names.len && !named; j++)
            named = slice_equal(plan->columns[i].from, table->names.items[j]);
    if (named)
        return;
    table->header_noted = true;
    diag_note("%s:%" PRIu64 ": the first row has the names of the columns; if it is a record, give --header no",
              source->file, source->first);
}

/* Finds the columns by the first row (without a header only by the number of its fields). A missing column is not a bad
 * record: nothing can be imported from the file. */
static int bind(struct table *table)
{
    const struct table_plan *plan = &table->plan->table;
    const char *other = plan->is_csv && !plan->chosen && !plan->guesses ? other_delimiter(table) : NULL;
    if (other != NULL)
        return diag_error("the only column is called \"%.*s\"; try %s (or --delimiter , if it is one column)",
                          (int)table->names.items[0].len, table->names.items[0].ptr, other);
    table->columns.len = 0;
    for (size_t i = 0; i < table->plan->count; i++) {
        size_t field = 0;
        if (!table->plan->columns[i].is_file && find_column(table, table->plan->columns[i].from, &field) < 0)
            return -1;
        vec_push(&table->columns, field);
    }
    return table->plan->all ? find_extras(table) : 0;
}

static int first_row(struct table *table, struct source *source, struct slice row)
{
    table->width = table->row.fields.len;
    table->names.len = 0;
    for (size_t i = 0; table->plan->table.header && i < table->width; i++) {
        struct slice name = csv_text(&table->row, &table->row.fields.items[i], row, table->arena);
        vec_push(&table->names, arena_copy(table->arena, name));
    }
    if (source_check(source, row) == 0 && bind(table) == 0) {
        note_header(table, source);
        return 0;
    }
    /* When a run can't go on, the runner's message does not say where that happened. */
    struct slice why = slice_of(diag_message());
    return diag_error("%s:%" PRIu64 ": %.*s", source->file, source->first, (int)why.len, why.ptr);
}

/* ---- the rows ---- */

static int wrong_width(const struct table *table)
{
    size_t found = table->row.fields.len;
    return diag_error("expected %zu field%s as in the %s, found %zu (%s)", table->width, table->width == 1 ? "" : "s",
                      table->plan->table.header ? "header" : "first row", found,
                      found < table->width ? "--ragged fill adds empty ones" : "--ragged cut drops the others");
}

/* --ragged. 0, or -1 with the message. */
static int fit_row(struct table *table, struct source *source)
{
    size_t found = table->row.fields.len;
    if (found == table->width)
        return 0;
    if (found < table->width ? !table->plan->table.fill : !table->plan->table.cut)
        return wrong_width(table);
    sink_count(source->out, found < table->width ? COUNT_FILLED_ROWS : COUNT_CUT_ROWS, 1);
    while (table->row.fields.len < table->width)
        vec_push(&table->row.fields, (struct csv_field){0});
    table->row.fields.len = table->width;
    return 0;
}

/* Excel quotes a field of tab-separated text if it has a tab, a line end, a quote or a comma. Quotes around anything
 * else may be part of the text. */
static void note_quotes(struct table *table, const struct source *source, struct slice row)
{
    for (size_t i = 0; i < table->row.fields.len && !table->noted; i++) {
        const struct csv_field *field = &table->row.fields.items[i];
        bool needed = !field->quoted || field->coded;
        for (size_t j = 0; j < field->len && !needed; j++)
            needed = strchr("\t\r\n,", row.ptr[field->start + j]) != NULL;
        table->noted = !needed;
    }
    if (table->noted)
        diag_note("%s:%" PRIu64 ": quotes around a field were removed; if they are part of the text, give --quote none",
                  source->file, source->first);
}

/* Does the row have the names of the columns once more? Then tables have been put together with their headers. */
static int check_header(const struct table *table, struct slice row)
{
    size_t count = table->names.len;
    if (count < 2 || count != table->row.fields.len)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const struct csv_field *field = &table->row.fields.items[i];
        if (field->coded || !slice_equal((struct slice){row.ptr + field->start, field->len}, table->names.items[i]))
            return 0;
    }
    return diag_error("this row repeats the header: were tables put together with their headers?");
}

static void emit_row(struct table *table, struct source *source, struct slice row)
{
    if (check_header(table, row) < 0 || fit_row(table, source) < 0 || source_check(source, row) < 0) {
        source_reject(source, row);
        return;
    }
    if (!table->plan->table.is_csv && !table->plan->table.quote_chosen && !table->noted)
        note_quotes(table, source, row);
    struct arena *arena = sink_arena(source->out);
    if (source->open)
        row = arena_copy(arena, row);
    table->values.len = 0;
    for (size_t i = 0; i < table->columns.len; i++)
        vec_push(&table->values, csv_text(&table->row, &table->row.fields.items[table->columns.items[i]], row, arena));
    for (size_t i = 0; i < table->extras.len; i++)
        table->extras.items[i].value =
            csv_text(&table->row, &table->row.fields.items[table->extra_fields.items[i]], row, arena);
    source_emit(source, row, table->values.items, table->extras.items, table->extras.len);
}

/* An empty line is no row; nor is one of blanks, unless the table has only one column. */
static bool is_no_row(const struct table *table, struct slice row)
{
    const struct csv_field *field = table->row.fields.items;
    if (table->row.fields.len != 1 || field->quoted)
        return false;
    return field->len == 0 || (table->width != 1 && source_blank(row));
}

/* The current row, the header or a record, is complete. */
static int complete_row(struct table *table, struct source *source, struct slice row)
{
    if (is_no_row(table, row)) {
        source->records--;
        sink_count(source->out, COUNT_BLANK_LINES, 1);
        source_forget(source);
        return 0;
    }
    bool first = table->width == 0;
    if (first && first_row(table, source, row) < 0)
        return -1;
    if (first && table->plan->table.header)
        source->records--;
    else
        emit_row(table, source, row);
    source_forget(source);
    return 0;
}

/* A mistake with quotes. In tab-separated text they may be part of the text. */
static void reject_quotes(const struct table *table, struct source *source, struct slice row, size_t place,
                          const char *problem)
{
    (void)source_mistake(source, row, place, problem);
    if (!table->plan->table.is_csv && !table->plan->table.quote_chosen)
        (void)diag_error("%s (if quotes are part of the text: --quote none)", diag_message());
    source_reject(source, row);
}

/* A quote that is never closed swallows the rest of the input: all of that is the bad record. */
static void unclosed(struct table *table, struct source *source, const char *problem)
{
    size_t start = table->row.field.start;
    reject_quotes(table, source, bytes_slice(&source->raw), start > 0 ? start - 1 : 0, problem);
}

/* The first line of a file: Excel's "sep=;" names the delimiter. Is it that? */
static bool begin_table(struct table *table, struct slice line)
{
    const struct table_plan *plan = &table->plan->table;
    table->begun = true;
    table->row.delimiter = plan->delimiter;
    if (plan->guesses) {
        char guess = guess_delimiter(&table->row, line);
        table->row.delimiter = guess != '\0' ? guess : plan->delimiter;
    }
    line = source_line(line);
    if (!plan->is_csv || plan->chosen || line.len != 5 || !slice_starts(line, SLICE("sep=")) ||
        line.ptr[4] == plan->quote)
        return false;
    table->row.delimiter = line.ptr[4];
    return true;
}

static int table_line(void *parser, struct source *source, struct slice line)
{
    struct table *table = parser;
    struct slice row = line;
    size_t from = 0;
    if (!table->begun && begin_table(table, line))
        return 0;
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
    reject_quotes(table, source, row, place, problem);
    return 0;
}

static void table_finish(void *parser, struct source *source)
{
    struct table *table = parser;
    if (source->open)
        unclosed(table, source, "this quoted field is not closed");
    table->width = 0;
    table->begun = false;
}

const struct format table_format = {table_start, table_stop, table_line, table_finish};
