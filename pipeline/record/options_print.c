/* options_print.c - option tables as help, and their values as JSON: see options.h. */
#include "record/options.h"
#include "text/json.h"

/* ---- help ---- */

enum { HELP_INDENT = 8, HELP_COLUMNS = 80 };

/* Prints words, wrapped into lines. */
static void print_wrapped(const char *text, FILE *out)
{
    size_t column = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (column > 0 && column + 1 + len > HELP_COLUMNS - HELP_INDENT) {
            (void)fputc('\n', out);
            column = 0;
        }
        (void)fprintf(out, "%*s%.*s", column == 0 ? HELP_INDENT : 1, "", (int)len, at);
        column += len + (column > 0);
        at += len;
        at += strspn(at, " ");
    }
    (void)fputc('\n', out);
}

static void print_option(const struct option *option, bool letter, FILE *out)
{
    struct bytes text = {0};
    (void)fprintf(out, letter ? "  -%c, " : "  ", option->letter);
    (void)fprintf(out, "--%s%s%s\n", option->name, option->type == OPT_FLAG ? "" : " ",
                  option->type == OPT_FLAG ? "" : option->value);
    bytes_put(&text, slice_of(option->help));
    if (option->choices != NULL) {
        bytes_put(&text, option->type == OPT_WORDS     ? SLICE(": any of ")
                         : option->type == OPT_DECIMAL ? SLICE("; or ")
                                                       : SLICE(": "));
        opt_put_choices(option->choices, &text);
    }
    if (option->required) {
        bytes_put(&text, SLICE(" (required)"));
    } else if (option->fallback != NULL && option->fallback[0] != '\0') {
        bytes_put(&text, SLICE(" (default: "));
        bytes_put(&text, slice_of(option->fallback));
        bytes_byte(&text, ')');
    }
    bytes_byte(&text, '\0');
    print_wrapped(text.items, out);
    vec_free(&text);
}

static bool has_letter(const struct option *table, char letter)
{
    for (; table != NULL && table->name != NULL; table++)
        if (table->letter == letter)
            return true;
    return false;
}

void opt_help(const struct option *table, const struct option *before, FILE *out)
{
    for (const struct option *option = table; option != NULL && option->name != NULL; option++)
        print_option(option, option->letter != 0 && !has_letter(before, option->letter), out);
}

/* ---- short help ---- */

enum { SHORT_INDENT = 30 };

/* "token|word" if that is short, else the placeholder. */
static void put_short_value(const struct option *option, struct bytes *out)
{
    size_t start = out->len;
    for (size_t i = 0; option->type == OPT_CHOICE && option->choices[i] != NULL; i++) {
        bytes_put(out, i > 0 ? SLICE("|") : SLICE(""));
        bytes_put(out, slice_of(option->choices[i]));
    }
    if (out->len > start && out->len < SHORT_INDENT - 3)
        return;
    out->len = start;
    bytes_put(out, slice_of(option->value));
}

/* As many words as fit on the line. */
static void put_start(const char *text, size_t columns, struct bytes *out)
{
    size_t len = strlen(text);
    if (len > columns) {
        for (len = columns - 1; text[len] != ' ';)
            len--;
        while (strchr(" ,;:(", text[len - 1]) != NULL)
            len--;
    }
    bytes_append(out, text, len);
    bytes_put(out, text[len] != '\0' ? SLICE("\xe2\x80\xa6") : SLICE(""));
}

void opt_short_help(const struct option *table, FILE *out)
{
    for (const struct option *option = table; option != NULL && option->name != NULL; option++) {
        struct bytes line = {0};
        char letter[] = {'-', option->letter, ',', '\0'};
        bytes_put(&line, slice_of(option->letter != 0 ? letter : "   "));
        bytes_put(&line, SLICE(" --"));
        bytes_put(&line, slice_of(option->name));
        if (option->type != OPT_FLAG) {
            bytes_byte(&line, ' ');
            put_short_value(option, &line);
        }
        do
            bytes_byte(&line, ' ');
        while (line.len < SHORT_INDENT - 2);
        put_start(option->help, line.len + 2 < HELP_COLUMNS - 10 ? HELP_COLUMNS - 2 - line.len : 10, &line);
        (void)fprintf(out, "  %.*s\n", (int)line.len, line.items);
        vec_free(&line);
    }
}

/* ---- as JSON ---- */

static void put_list_mark(struct bytes *out, size_t i)
{
    if (i > 0)
        bytes_byte(out, ',');
}

static void put_value(const struct option *option, const void *field, struct bytes *out)
{
    switch (option->type) {
    case OPT_FLAG:
        bytes_put(out, *(const bool *)field ? SLICE("true") : SLICE("false"));
        break;
    case OPT_INT:
    case OPT_SIZE:
        json_put_int(out, *(const int64_t *)field);
        break;
    case OPT_DECIMAL: {
        const struct decimal *p = field;
        if (p->scale == OPTION_WORD) {
            json_put_string(out, slice_of(option->choices[p->digits]));
            break;
        }
        json_put_int(out, (int64_t)p->digits);
        if (p->scale > 0) {
            bytes_put(out, SLICE("e-"));
            json_put_int(out, p->scale);
        }
        break;
    }
    case OPT_FLOAT:
        json_put_float(out, *(const double *)field);
        break;
    case OPT_TEXT:
    case OPT_FILE: {
        const char *text = *(const char *const *)field;
        json_put_lossy(out, slice_of(text != NULL ? text : ""));
        break;
    }
    case OPT_CHOICE:
        json_put_string(out, slice_of(option->choices[*(const int *)field]));
        break;
    case OPT_WORDS:
    case OPT_TEXTS: {
        const struct words *words = field;
        bytes_byte(out, '[');
        for (size_t i = 0; i < words->len; i++) {
            put_list_mark(out, i);
            json_put_lossy(out, slice_of(words->items[i]));
        }
        bytes_byte(out, ']');
        break;
    }
    case OPT_INTS: {
        const struct ints *ints = field;
        bytes_byte(out, '[');
        for (size_t i = 0; i < ints->len; i++) {
            put_list_mark(out, i);
            json_put_int(out, ints->items[i]);
        }
        bytes_byte(out, ']');
        break;
    }
    }
}

void opt_json(const struct option_group *group, struct bytes *out)
{
    bool first = true;
    for (const struct option *option = group->table; option != NULL && option->name != NULL; option++) {
        if (!first)
            bytes_byte(out, ',');
        first = false;
        json_put_string(out, slice_of(option->name));
        bytes_byte(out, ':');
        put_value(option, (const char *)group->values + option->offset, out);
    }
}
