/* import.c - make records from text, tables, control files and foreign JSON.
 *
 *     quern import --format text|csv|tsv|deb822|jsonl|quarantine [--text NAME] [--label NAME]
 *                  [--id NAME|hash | --source NAME] [--member NEW=OLD …] [--encoding NAME] [FILE …]
 *
 * The options become a plan (import/source.h); each format has its own parser, which is fed lines. This file handles
 * the options and the input files. */
#include "base/charset.h"
#include "import/deb822.h"
#include "import/jsonl.h"
#include "import/lines.h"
#include "import/source.h"
#include "import/table.h"
#include "quern.h"

enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_TSV, FORMAT_DEB822, FORMAT_JSONL, FORMAT_QUARANTINE };

struct import_options {
    int format;
    const char *text, *label, *id;
    struct words members;
    bool all;
    const char *source, *lang, *encoding;
    int header;
    const char *delimiter;
    bool paragraphs;
};

static const char *const formats[] = {"text", "csv", "tsv", "deb822", "jsonl", "quarantine", NULL};
enum { HEADER_YES, HEADER_NO };
static const char *const yes_no[] = {"yes", "no", NULL};

static const struct option options[] = {
    {"format", 0, OPT_CHOICE, OPT_AT(struct import_options, format), .value = "FORMAT", .choices = formats,
     .required = true, .help = "what the input is"},
    {"text", 0, OPT_TEXT, OPT_AT(struct import_options, text), .value = "NAME",
     .help = "the column, field or member that becomes text", .when = "format=csv|tsv|deb822|jsonl"},
    {"label", 0, OPT_TEXT, OPT_AT(struct import_options, label), .value = "NAME",
     .help = "the column, field or member that becomes label", .when = "format=csv|tsv|deb822|jsonl"},
    {"id", 0, OPT_TEXT, OPT_AT(struct import_options, id), .value = "NAME",
     .help = "the column, field or member that becomes id; \"hash\": a hash of the text",
     .when = "format=text|csv|tsv|deb822|jsonl"},
    {"member", 0, OPT_WORDS, OPT_AT(struct import_options, members), .value = "NEW=OLD",
     .help = "carry the column, field or member OLD as NEW; NAME alone keeps its name",
     .when = "format=csv|tsv|deb822|jsonl"},
    {"all", 0, OPT_FLAG, OPT_AT(struct import_options, all),
     .help = "csv, tsv, deb822: also carry all others, under their own names", .when = "format=csv|tsv|deb822"},
    {"source", 0, OPT_TEXT, OPT_AT(struct import_options, source), .value = "NAME",
     .help = "without --id: number the records NAME:1, NAME:2 and so on", .when = "format=text|csv|tsv|deb822|jsonl"},
    {"lang", 0, OPT_TEXT, OPT_AT(struct import_options, lang), .value = "TAG",
     .help = "the language of all records, written as lang", .when = "format=text|csv|tsv|deb822|jsonl"},
    {"encoding", 0, OPT_TEXT, OPT_AT(struct import_options, encoding), .value = "NAME",
     .help = "charset of the input, if it is not UTF-8"},
    {"header", 0, OPT_CHOICE, OPT_AT(struct import_options, header), .value = "yes|no", .fallback = "yes",
     .choices = yes_no, .help = "csv, tsv: whether the first row of a file names the columns",
     .when = "format=csv|tsv"},
    {"delimiter", 0, OPT_TEXT, OPT_AT(struct import_options, delimiter), .value = "C",
     .help = "csv: the character between fields instead of a comma; \\t is a tab", .when = "format=csv"},
    {"paragraphs", 0, OPT_FLAG, OPT_AT(struct import_options, paragraphs),
     .help = "text: a record is a paragraph, which ends at a blank line, instead of a line", .when = "format=text"},
    {0},
};

/* ---- open: the options become a plan ---- */

struct import {
    struct plan plan;
    const struct format *format;
};

/* Is there an id, and anything to import? */
static int check_purpose(const struct import_options *given)
{
    if (given->format == FORMAT_QUARANTINE)
        return 0;
    bool hash = given->id != NULL && strcmp(given->id, "hash") == 0;
    if (given->id == NULL && given->source == NULL)
        return diag_error("the records need ids: give --id NAME, --id hash, or --source NAME (for NAME:1, NAME:2 …)");
    if (given->format == FORMAT_TEXT)
        return given->id == NULL || hash
                   ? 0
                   : diag_error("--id %s: --format text has no columns; use --id hash or --source", given->id);
    if (given->format == FORMAT_JSONL)
        return 0;
    if (hash && given->text == NULL)
        return diag_error("--id hash needs --text, whose hash it is");
    if (given->text == NULL && given->label == NULL && given->members.len == 0 && !given->all)
        return diag_error("nothing to import: give --text, --label, --member or --all");
    if (given->all && given->header == HEADER_NO)
        return diag_error("--all needs column names, so it does not go with --header no");
    return 0;
}

static int check_text(const char *option, const char *value)
{
    if (value == NULL || (*value != '\0' && text_is_utf8(slice_of(value))))
        return 0;
    return diag_error("%s: %s", option, *value == '\0' ? "empty" : "not UTF-8");
}

static int add_column(struct plan *plan, const char *option, struct slice as, struct slice from, bool required)
{
    if (as.len == 0 || from.len == 0)
        return diag_error("%s: empty name", option);
    for (size_t i = 0; i < plan->count; i++)
        if (slice_equal(plan->columns[i].as, as))
            return diag_error("%s: two columns can't both become %.*s", option, (int)as.len, as.ptr);
    plan->columns[plan->count++] = (struct column){from, as, required};
    return 0;
}

static int add_role(struct plan *plan, const char *option, const char *as, const char *from, const struct column **role)
{
    if (from == NULL)
        return 0;
    *role = &plan->columns[plan->count];
    return add_column(plan, option, slice_of(as), slice_of(from), true);
}

/* NEW=OLD, or NAME. */
static int add_member(struct plan *plan, const char *word)
{
    const char *equals = strchr(word, '=');
    struct slice as = equals != NULL ? slice_between(word, equals) : slice_of(word);
    struct slice from = equals != NULL ? slice_of(equals + 1) : as;
    static const char *const roles[] = {"id", "text", "label", "lang"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (slice_is(as, roles[i]))
            return diag_error("--member %s: that is what --%s is for", word, roles[i]);
    return check_text("--member", word) < 0 ? -1 : add_column(plan, "--member", as, from, false);
}

static int add_columns(struct plan *plan, const struct import_options *given)
{
    plan->columns = mem_zalloc(given->members.len + 3, sizeof *plan->columns);
    plan->id_kind = given->id == NULL ? ID_NUMBER : strcmp(given->id, "hash") == 0 ? ID_HASH : ID_COLUMN;
    const char *text = given->format == FORMAT_TEXT ? "text" : given->text;
    if (add_role(plan, "--text", "text", text, &plan->text) < 0 ||
        add_role(plan, "--label", "label", given->label, &plan->label) < 0 ||
        add_role(plan, "--id", "id", plan->id_kind == ID_COLUMN ? given->id : NULL, &plan->id) < 0)
        return -1;
    for (size_t i = 0; i < given->members.len; i++)
        if (add_member(plan, given->members.items[i]) < 0)
            return -1;
    return 0;
}

static int set_delimiter(struct plan *plan, const struct import_options *given)
{
    const char *delimiter = given->delimiter != NULL ? given->delimiter : ",";
    if (strcmp(delimiter, "\\t") == 0)
        delimiter = "\t";
    plan->delimiter = given->format == FORMAT_TSV ? '\t' : delimiter[0];
    if (strlen(delimiter) != 1 || strchr("\"\r\n", delimiter[0]) != NULL || (unsigned char)delimiter[0] >= 0x80)
        return diag_error("--delimiter %s: expected one ASCII character other than a quote or a line end", delimiter);
    return 0;
}

static int check_encoding(const char *name)
{
    if (name == NULL)
        return 0;
    struct charset *charset = charset_open(name);
    if (charset == NULL)
        return diag_within("--encoding %s: %s", name, diag_message());
    charset_close(charset);
    return 0;
}

static const struct format *format_of(const struct import_options *given)
{
    static const struct format *const parsers[] = {
        [FORMAT_TEXT] = &lines_format,    [FORMAT_CSV] = &table_csv,      [FORMAT_TSV] = &table_tsv,
        [FORMAT_DEB822] = &deb822_format, [FORMAT_JSONL] = &jsonl_format, [FORMAT_QUARANTINE] = &jsonl_quarantine,
    };
    return given->paragraphs ? &lines_paragraphs : parsers[given->format];
}

static void import_close(void *shared)
{
    struct import *import = shared;
    mem_free(import->plan.columns);
    mem_free(import);
}

static int import_open(struct stage_context *context, void **shared)
{
    const struct import_options *given = context->options;
    if (check_purpose(given) < 0 || check_text("--text", given->text) < 0 || check_text("--label", given->label) < 0 ||
        check_text("--id", given->id) < 0 || check_text("--source", given->source) < 0 ||
        check_text("--lang", given->lang) < 0 || check_encoding(given->encoding) < 0)
        return -1;
    struct import *import = mem_zalloc(1, sizeof *import);
    struct plan *plan = &import->plan;
    import->format = format_of(given);
    plan->source = given->source != NULL ? slice_of(given->source) : (struct slice){"", 0};
    plan->lang = given->lang != NULL ? slice_of(given->lang) : (struct slice){"", 0};
    plan->all = given->all;
    plan->header = given->header == HEADER_YES;
    plan->max_line = (uint64_t)context->max_line;
    plan->depth = context->depth;
    if (set_delimiter(plan, given) < 0 || add_columns(plan, given) < 0) {
        import_close(import);
        return -1;
    }
    context->encoding = given->encoding;
    *shared = import;
    return 0;
}

/* ---- the lines ---- */

struct reading {
    const struct format *format;
    void *parser;
    struct source source;
};

static int import_thread_open(void *shared, void **thread)
{
    const struct import *import = shared;
    struct reading *reading = mem_zalloc(1, sizeof *reading);
    reading->format = import->format;
    reading->source.plan = &import->plan;
    if (import->format->start != NULL)
        reading->parser = import->format->start(&import->plan);
    *thread = reading;
    return 0;
}

static void import_thread_close(void *thread)
{
    struct reading *reading = thread;
    if (reading->format->stop != NULL)
        reading->format->stop(reading->parser);
    vec_free(&reading->source.raw);
    mem_free(reading);
}

/* The lines of a batch are next to each other. */
static struct slice context_of(const struct batch *in)
{
    const struct slice first = in->records[0]->line, last = in->records[in->count - 1]->line;
    return slice_between(first.ptr, last.ptr + last.len);
}

static int import_records(void *thread, const struct batch *in, struct sink *out)
{
    struct reading *reading = thread;
    struct source *source = &reading->source;
    source->out = out;
    for (size_t i = 0; i < in->count; i++) {
        const struct record *line = in->records[i];
        /* The same file may be named twice. */
        bool ended = source->file != NULL && (source->file != line->file || line->line_number <= source->line);
        if (ended) {
            source->context = (struct slice){NULL, 0};
            reading->format->finish(reading->parser, source);
        }
        source->context = context_of(in);
        source->file = line->file;
        source->charset = sink_charset(out);
        source->line = line->line_number;
        source->ending = line->tail;
        source->origin = line->origin;
        sink_at(out, line);
        if (reading->format->line(reading->parser, source, line->line) < 0)
            return -1;
    }
    return 0;
}

static int import_end(void *thread, struct sink *out)
{
    struct reading *reading = thread;
    reading->source.out = out;
    reading->source.context = (struct slice){NULL, 0};
    if (reading->source.file != NULL)
        reading->format->finish(reading->parser, &reading->source);
    return 0;
}

static const char *const writes[] = {"id", "text", "label", "lang", NULL};
static const char *const counters[] = {[COUNT_BLANK_LINES] = "blank_lines", NULL};

const struct stage stage_import = {
    .name = "import",
    .summary = "make records of text, tables, control files and foreign JSON",
    .example = "$ printf 'review,stars\\n\"Plain, but good\",4\\nDull,2\\n' |\n"
               "    quern import --format csv --text review --label stars --source shop\n"
               "{\"id\":\"shop:1\",\"text\":\"Plain, but good\",\"label\":\"4\"}\n"
               "{\"id\":\"shop:2\",\"text\":\"Dull\",\"label\":\"2\"}",
    .class = STAGE_ORDERED,
    .lines_in = true,
    .options = options,
    .options_size = sizeof(struct import_options),
    .writes = writes,
    .counters = counters,
    .open = import_open,
    .close = import_close,
    .thread_open = import_thread_open,
    .thread_close = import_thread_close,
    .records = import_records,
    .end = import_end,
};
