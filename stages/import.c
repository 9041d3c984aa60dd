/* import.c - make records from text, tables, control files and foreign JSON.
 *
 *     quern import [--format text|csv|tsv|jsonl|json|deb822|conll|quarantine] [--text NAME] [--label NAME]
 *                  [--id NAME|hash | --source NAME] [--member NEW=OLD …] [--encoding NAME] [FILE …]
 *
 * The options become a plan (import/source.h); each format has its own parser, which is fed lines, or pieces of JSON.
 * This file handles the options and the input files. */
#include "base/charset.h"
#include "import/choose.h"
#include "import/conll.h"
#include "import/deb822.h"
#include "import/json.h"
#include "import/jsonl.h"
#include "import/lines.h"
#include "import/source.h"
#include "import/table.h"
#include "quern.h"

#include <inttypes.h>

struct import_options {
    int format;
    const char *text, *label, *id;
    struct words members;
    bool all;
    const char *source, *lang, *encoding;
    int header;
    const char *delimiter, *quote, *escape;
    struct words ragged;
    bool paragraphs, documents;
    int64_t word, tag;
    const char *join;
    int scheme;
    bool lenient;
};

enum { HEADER_YES, HEADER_NO };
static const char *const yes_no[] = {"yes", "no", NULL};
static const char *const ragged_choices[] = {"error", "fill", "cut", NULL};

static const struct option options[] = {
    {"format", 0, OPT_CHOICE, OPT_AT(struct import_options, format), .value = "FORMAT", .choices = choose_names,
     .fallback = "auto", .help = "what the input is; auto: what the names of the files tell"},
    {"text", 0, OPT_TEXT, OPT_AT(struct import_options, text), .value = "NAME",
     .help = "the column, field or member that becomes text; in JSON also a path, a.b[0]"},
    {"label", 0, OPT_TEXT, OPT_AT(struct import_options, label), .value = "NAME",
     .help = "the column, field or member that becomes label"},
    {"id", 0, OPT_TEXT, OPT_AT(struct import_options, id), .value = "NAME",
     .help = "the column, field or member that becomes id; \"hash\": a hash of the text"},
    {"member", 0, OPT_WORDS, OPT_AT(struct import_options, members), .value = "NEW=OLD",
     .help = "carry the column, field or member OLD as NEW; NAME alone keeps its name; OLD may be {file}"},
    {"all", 0, OPT_FLAG, OPT_AT(struct import_options, all),
     .help = "csv, tsv, deb822: also carry all others, under their own names"},
    {"source", 0, OPT_TEXT, OPT_AT(struct import_options, source), .value = "NAME",
     .help = "without --id: number the records NAME:1, NAME:2 and so on; with {file} in NAME in each file"},
    {"lang", 0, OPT_TEXT, OPT_AT(struct import_options, lang), .value = "TAG",
     .help = "the language of all records, written as lang"},
    {"encoding", 0, OPT_TEXT, OPT_AT(struct import_options, encoding), .value = "NAME",
     .help = "charset of the input, if it is not UTF-8"},
    {"header", 0, OPT_CHOICE, OPT_AT(struct import_options, header), .value = "yes|no", .fallback = "yes",
     .choices = yes_no, .help = "csv, tsv: whether the first row of a file names the columns"},
    {"delimiter", 0, OPT_TEXT, OPT_AT(struct import_options, delimiter), .value = "C",
     .help = "csv: the character between fields instead of a comma; \\t is a tab; auto: judged by the first row"},
    {"quote", 0, OPT_TEXT, OPT_AT(struct import_options, quote), .value = "C", .fallback = "\"",
     .help = "csv, tsv: the character around fields; none: quotes are text"},
    {"escape", 0, OPT_TEXT, OPT_AT(struct import_options, escape), .value = "C",
     .help = "csv, tsv: a character that takes the meaning from the one after it; of a backslash, \\n, \\t and \\r are "
             "line end, tab and carriage return, and a field of \\N is missing"},
    {"ragged", 0, OPT_WORDS, OPT_AT(struct import_options, ragged), .value = "WHAT", .fallback = "error",
     .choices = ragged_choices,
     .help = "csv, tsv: rows with fewer or more fields than the first one; fill: with empty fields; cut: the rest"},
    {"paragraphs", 0, OPT_FLAG, OPT_AT(struct import_options, paragraphs),
     .help = "text: a record is a paragraph, which ends at a blank line, instead of a line"},
    {"documents", 0, OPT_FLAG, OPT_AT(struct import_options, documents), .when = "!paragraphs",
     .help = "text: a record is a file"},
    {"word", 0, OPT_INT, OPT_AT(struct import_options, word), .value = "N", .fallback = "1", .min = -INT16_MAX,
     .max = INT16_MAX, .help = "conll: the column of the words, from 1; -1 is the last one"},
    {"tag", 0, OPT_INT, OPT_AT(struct import_options, tag), .value = "N", .fallback = "-1", .min = -INT16_MAX,
     .max = INT16_MAX, .help = "conll: the column of the tags"},
    {"join", 0, OPT_TEXT, OPT_AT(struct import_options, join), .value = "TEXT", .fallback = " ",
     .help = "conll: what comes between two words of the text"},
    {"scheme", 0, OPT_CHOICE, OPT_AT(struct import_options, scheme), .value = "SCHEME", .fallback = "bio",
     .choices = tag_schemes, .help = "conll: how the tags say where an entity begins and ends"},
    {"lenient", 0, OPT_FLAG, OPT_AT(struct import_options, lenient),
     .help = "conll: a tag that continues no entity begins one, instead of being an error"},
    {0},
};

/* ---- open: the options become a plan ---- */

struct import {
    struct plan plan;
    const struct format *format;
};

static int check_id(const struct import_options *given, int format)
{
    bool hash = given->id != NULL && strcmp(given->id, "hash") == 0;
    bool file = given->id != NULL && slice_equal(slice_of(given->id), SOURCE_FILE);
    if (given->id == NULL && given->source == NULL)
        return diag_error("the records need ids: give --id NAME, --id hash, or --source NAME (for NAME:1, NAME:2 …)");
    if (given->id != NULL && given->source != NULL)
        return diag_error("--id and --source both say what the ids are: give one of them");
    if (file && !given->documents)
        return diag_error("--id {file}: a file has many records; use --source '{file}', or --documents");
    bool is_text = format == FORMAT_TEXT || format == FORMAT_CONLL;
    if (is_text && given->id != NULL && !hash && !file)
        return diag_error("--id %s: --format %s has no named columns; use --id hash or --source", given->id,
                          choose_names[format]);
    if (hash && given->text == NULL && !is_text && format != FORMAT_JSONL && format != FORMAT_JSON)
        return diag_error("--id hash needs --text, whose hash it is");
    return 0;
}

/* Is there an id, and anything to import? */
static int check_purpose(const struct import_options *given, int format)
{
    if (format == FORMAT_QUARANTINE)
        return 0;
    if (check_id(given, format) < 0)
        return -1;
    if (format == FORMAT_TEXT || format == FORMAT_CONLL || format == FORMAT_JSONL || format == FORMAT_JSON)
        return 0;
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
    bool is_file = slice_equal(from, SOURCE_FILE);
    plan->uses_file |= is_file;
    plan->columns[plan->count++] = (struct column){from, as, required, is_file, path_read(from)};
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
    if (plan->is_text && !slice_equal(from, SOURCE_FILE))
        return diag_error("--member %s: this format has no named columns, only {file}", word);
    return check_text("--member", word) < 0 ? -1 : add_column(plan, "--member", as, from, false);
}

static int add_columns(struct plan *plan, const struct import_options *given)
{
    plan->columns = mem_zalloc(given->members.len + 3, sizeof *plan->columns);
    plan->id_kind = given->id == NULL ? ID_NUMBER : strcmp(given->id, "hash") == 0 ? ID_HASH : ID_COLUMN;
    const char *text = plan->is_text ? "text" : given->text;
    if (add_role(plan, "--text", "text", text, &plan->text) < 0 ||
        add_role(plan, "--label", "label", given->label, &plan->label) < 0 ||
        add_role(plan, "--id", "id", plan->id_kind == ID_COLUMN ? given->id : NULL, &plan->id) < 0)
        return -1;
    for (size_t i = 0; i < given->members.len; i++)
        if (add_member(plan, given->members.items[i]) < 0)
            return -1;
    return 0;
}

/* An ASCII character, as a user writes it. '\0' with the message if it is none. */
static char read_character(const char *option, const char *text, const char *except)
{
    if (strcmp(text, "\\t") == 0)
        text = "\t";
    if (strlen(text) == 1 && (unsigned char)text[0] < 0x80 && strchr(except, text[0]) == NULL)
        return text[0];
    (void)diag_error("%s %s: expected one ASCII character%s", option, text,
                     except[0] == '"' ? " other than a quote or a line end" : ", not a line end");
    return '\0';
}

/* The characters between and around fields. */
static int set_characters(struct table_plan *table, const struct import_options *given, int format,
                          const struct stage_context *context)
{
    *table = (struct table_plan){.delimiter = format == FORMAT_TSV ? '\t' : ',', .quote = '"'};
    table->is_csv = format == FORMAT_CSV;
    table->guesses = given->delimiter != NULL && strcmp(given->delimiter, "auto") == 0;
    table->header = given->header == HEADER_YES;
    table->quote_chosen = opt_given(context, "quote");
    table->header_chosen = opt_given(context, "header");
    if (given->delimiter != NULL && !table->guesses) {
        table->delimiter = read_character("--delimiter", given->delimiter, "\"\r\n");
        table->chosen = true;
    }
    if (strcmp(given->quote, "none") == 0)
        table->quote = '\0';
    else
        table->quote = read_character("--quote", given->quote, "\r\n");
    if (given->escape != NULL)
        table->escape = read_character("--escape", given->escape, "\r\n");
    if (table->delimiter == '\0' || (table->quote == '\0' && strcmp(given->quote, "none") != 0) ||
        (table->escape == '\0' && given->escape != NULL))
        return -1;
    if (table->quote == table->delimiter || (table->escape != '\0' && table->escape == table->delimiter))
        return diag_error("--delimiter, --quote and --escape must be different characters");
    for (size_t i = 0; i < given->ragged.len; i++) {
        table->fill |= strcmp(given->ragged.items[i], "fill") == 0;
        table->cut |= strcmp(given->ragged.items[i], "cut") == 0;
        if (strcmp(given->ragged.items[i], "error") == 0 && given->ragged.len > 1)
            return diag_error("--ragged: error does not go with fill or cut");
    }
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

static const struct format *format_of(const struct import_options *given, int format)
{
    static const struct format *const parsers[] = {
        [FORMAT_TEXT] = &lines_format,  [FORMAT_CSV] = &table_format,
        [FORMAT_TSV] = &table_format,   [FORMAT_DEB822] = &deb822_format,
        [FORMAT_JSONL] = &jsonl_format, [FORMAT_JSON] = &json_format,
        [FORMAT_CONLL] = &conll_format, [FORMAT_QUARANTINE] = &jsonl_quarantine,
    };
    return given->paragraphs ? &lines_paragraphs : given->documents ? &lines_documents : parsers[format];
}

static void import_close(void *shared)
{
    struct import *import = shared;
    for (size_t i = 0; i < import->plan.count; i++)
        path_free(&import->plan.columns[i].path);
    mem_free(import->plan.columns);
    mem_free(import);
}

static bool has_file(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (slice_starts((struct slice){text.ptr + i, text.len - i}, SOURCE_FILE))
            return true;
    return false;
}

static int make_plan(struct plan *plan, const struct import_options *given, int format,
                     const struct stage_context *context)
{
    plan->source = given->source != NULL ? slice_of(given->source) : (struct slice){"", 0};
    plan->source_has_file = plan->uses_file = has_file(plan->source);
    plan->lang = given->lang != NULL ? slice_of(given->lang) : (struct slice){"", 0};
    plan->all = given->all;
    plan->is_text = format == FORMAT_TEXT || format == FORMAT_CONLL;
    plan->conll = (struct conll_plan){given->word, given->tag, slice_of(given->join), (enum tag_scheme)given->scheme,
                                      given->lenient};
    plan->max_line = (uint64_t)context->max_line;
    plan->depth = context->depth;
    return set_characters(&plan->table, given, format, context) < 0 ? -1 : add_columns(plan, given);
}

static int check_conll(const struct import_options *given)
{
    if (given->word == 0 || given->tag == 0)
        return diag_error("--%s: columns are counted from 1, or backwards from -1", given->word == 0 ? "word" : "tag");
    if (given->word == given->tag)
        return diag_error("--word and --tag are the same column, %" PRId64, given->word);
    return text_is_utf8(slice_of(given->join)) ? 0 : diag_error("--join: not UTF-8");
}

static int check_lang(const char *lang)
{
    if (lang == NULL || language_is_known(slice_of(lang)))
        return 0;
    return diag_error("--lang: \"%s\" is not a language; expected its code, such as en, de or zh-Hant", lang);
}

static int import_open(struct stage_context *context, void **shared)
{
    const struct import_options *given = context->options;
    int format = choose_format(given->format, context->files, given->paragraphs || given->documents);
    if (format < 0 || choose_check(context, format) < 0 || check_purpose(given, format) < 0 ||
        check_text("--text", given->text) < 0 || check_text("--label", given->label) < 0 ||
        check_text("--id", given->id) < 0 || check_text("--source", given->source) < 0 || check_lang(given->lang) < 0 ||
        check_encoding(given->encoding) < 0 || check_conll(given) < 0)
        return -1;
    struct import *import = mem_zalloc(1, sizeof *import);
    import->format = format_of(given, format);
    if (make_plan(&import->plan, given, format, context) < 0) {
        import_close(import);
        return -1;
    }
    context->encoding = given->encoding;
    context->pieces = format == FORMAT_JSON;
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

/* The first line of a file. text: as much of it as has been read. 0, or -1 with the message if the run can't go on. */
static int begin_file(struct reading *reading, const struct record *line, struct slice text)
{
    struct source *source = &reading->source;
    source->origin = line->origin;
    source->context = (struct slice){NULL, 0};
    if (source->file != NULL)
        reading->format->finish(reading->parser, source);
    source->file = line->file;
    source->charset = sink_charset(source->out);
    if (source->plan->source_has_file)
        source->records = 0;
    if (source->plan->uses_file && !text_is_utf8(slice_of(line->file)))
        return diag_error("%s: the name of the file is not UTF-8, so it can't stand for {file}", line->file);
    if (source->charset != NULL && charset_was_utf8(source->charset, text))
        diag_note("%s: this is UTF-8, so --encoding %s makes other characters of it", line->file, source->charset);
    return 0;
}

static int import_records(void *thread, const struct batch *in, struct sink *out)
{
    struct reading *reading = thread;
    struct source *source = &reading->source;
    source->out = out;
    for (size_t i = 0; i < in->count; i++) {
        const struct record *line = in->records[i];
        /* The same file may be named twice: then its name is at another place. */
        bool begins = source->file != line->file;
        if (begins && begin_file(reading, line, context_of(in)) < 0)
            return -1;
        if (!begins)
            source->origin = line->origin;
        source->line = line->line_number;
        source->ending = line->tail;
        source->context = context_of(in);
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

static const char *const writes[] = {"id", "text", "label", "lang", "words", "entities", NULL};
static const char *const counters[] = {
    [COUNT_BLANK_LINES] = "blank_lines",       [COUNT_FILLED_ROWS] = "filled_rows", [COUNT_CUT_ROWS] = "cut_rows",
    [COUNT_DOCUMENT_LINES] = "document_lines", [COUNT_MENDED_TAGS] = "mended_tags", NULL};

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
