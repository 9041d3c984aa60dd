/* choose.c - see choose.h. */
#include "choose.h"

#include <strings.h>

const char *const choose_names[] = {"auto", "text",   "csv",   "tsv",        "jsonl",
                                    "json", "deb822", "conll", "quarantine", NULL};

/* ---- by the name ---- */

static const struct {
    const char *suffix;
    int format;
} suffixes[] = {
    {".txt", FORMAT_TEXT},  {".text", FORMAT_TEXT},   {".csv", FORMAT_CSV},      {".tsv", FORMAT_TSV},
    {".tab", FORMAT_TSV},   {".jsonl", FORMAT_JSONL}, {".ndjson", FORMAT_JSONL}, {".jsonlines", FORMAT_JSONL},
    {".json", FORMAT_JSON}, {".conll", FORMAT_CONLL},
};

static bool take_suffix(struct slice *name, const char *suffix)
{
    size_t len = strlen(suffix);
    if (name->len <= len || strncasecmp(name->ptr + name->len - len, suffix, len) != 0)
        return false;
    name->len -= len;
    return true;
}

/* FORMAT_AUTO if the name does not tell. */
static int format_of_name(const char *path)
{
    static const char *const compressions[] = {".gz", ".zst", ".xz", ".bz2", ".lz4"};
    struct slice name = slice_of(path);
    for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++)
        if (take_suffix(&name, compressions[i]))
            break;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (take_suffix(&name, suffixes[i].suffix))
            return suffixes[i].format;
    return FORMAT_AUTO;
}

static int not_known(const char *file)
{
    struct slice name = slice_of(file);
    const char *which = "text, csv, tsv, jsonl, json, deb822, conll or quarantine";
    if (take_suffix(&name, ".xml") || take_suffix(&name, ".html") || take_suffix(&name, ".htm"))
        return diag_error("%s: XML and HTML are not read; make plain text of it, for instance with pandoc -t plain",
                          file);
    return diag_error("%s: --format is required, since the name does not tell it: %s", file, which);
}

int choose_format(int given, const struct words *files, bool as_text)
{
    if (given != FORMAT_AUTO)
        return given;
    if (as_text)
        return FORMAT_TEXT;
    if (files == NULL || files->len == 0)
        return not_known("standard input");
    int format = format_of_name(files->items[0]);
    for (size_t i = 0; i < files->len; i++) {
        int own = format_of_name(files->items[i]);
        if (own == FORMAT_AUTO)
            return not_known(files->items[i]);
        if (own != format)
            return diag_error(
                "%s is %s, but %s is %s: import them in two runs, or give --format if their names are wrong",
                files->items[0], choose_names[format], files->items[i], choose_names[own]);
    }
    return format;
}

/* ---- which options go with it ---- */

enum {
    TEXT = 1 << FORMAT_TEXT,
    TABLES = 1 << FORMAT_CSV | 1 << FORMAT_TSV,
    JSON = 1 << FORMAT_JSONL | 1 << FORMAT_JSON,
    DEB822 = 1 << FORMAT_DEB822,
    CONLL = 1 << FORMAT_CONLL,
};

static const struct {
    const char *option;
    int formats;
} rules[] = {
    {"text", TABLES | JSON | DEB822},
    {"label", TABLES | JSON | DEB822},
    {"id", TEXT | TABLES | JSON | DEB822 | CONLL},
    {"member", TEXT | TABLES | JSON | DEB822 | CONLL},
    {"all", TABLES | DEB822},
    {"source", TEXT | TABLES | JSON | DEB822 | CONLL},
    {"lang", TEXT | TABLES | JSON | DEB822 | CONLL},
    {"header", TABLES},
    {"delimiter", 1 << FORMAT_CSV},
    {"quote", TABLES},
    {"escape", TABLES},
    {"ragged", TABLES},
    {"paragraphs", TEXT},
    {"documents", TEXT},
    {"word", CONLL},
    {"tag", CONLL},
    {"join", CONLL},
    {"scheme", CONLL},
    {"lenient", CONLL},
};

/* guessed: the file whose name told the format; NULL: the user has named it. */
static int does_not_go(const char *option, int formats, const char *guessed, int format)
{
    struct bytes list = {0};
    for (int left = formats, number = 0; left != 0; number++) {
        if ((left & 1 << number) == 0)
            continue;
        left &= ~(1 << number);
        bytes_put(&list, list.len == 0 ? SLICE("") : left != 0 ? SLICE(", ") : SLICE(" or "));
        bytes_put(&list, slice_of(choose_names[number]));
    }
    (void)diag_error("--%s goes only with --format %.*s", option, (int)list.len, list.items);
    if (guessed != NULL)
        (void)diag_error("%s; by its name, %s is %s: if it is not, give --format", diag_message(), guessed,
                         choose_names[format]);
    vec_free(&list);
    return -1;
}

int choose_check(const struct stage_context *context, int format)
{
    bool named = opt_given(context, "format") || opt_given(context, "paragraphs") || opt_given(context, "documents");
    const char *guessed = named ? NULL : context->files->items[0];
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if ((rules[i].formats & 1 << format) == 0 && opt_given(context, rules[i].option))
            return does_not_go(rules[i].option, rules[i].formats, guessed, format);
    return 0;
}
