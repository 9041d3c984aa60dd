/* table_lines.c - see table_lines.h. */
#include "table_lines.h"

#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>

static const char NO_TABLE[] = "not a table as \"quern tfidf count\" writes it";

/* ---- one line ---- */

/* The member as JSON; ptr is NULL if the record does not have it. */
static int read_object(const struct record *in, struct slice name, struct arena *arena, struct slice *object)
{
    const struct value *value = rec_present(in, name);
    *object = (struct slice){0};
    if (value == NULL)
        return 0;
    *object = rec_json(value, arena);
    return json_kind(*object) == '{' ? 0 : rec_mismatch(name, "an object", value);
}

/* Labels and numbers of records, whose sum must be `records`. */
static int read_labels(const struct record *in, struct arena *arena, int64_t records, struct slice *labels)
{
    int64_t number, sum = 0;
    if (read_object(in, SLICE("labels"), arena, labels) < 0)
        return -1;
    if (labels->ptr == NULL)
        return 0;
    for (struct json_walk walk = json_walk(*labels); json_next(&walk);) {
        if (!json_int(walk.value, &number) || number < 0 || number > records - sum)
            return diag_error("labels: %.*s: expected a number of records, at most %" PRId64 " in all, found %.*s",
                              (int)walk.name.len, walk.name.ptr, records, (int)walk.value.len, walk.value.ptr);
        sum += number;
    }
    if (sum != records)
        return diag_error("labels: the sum is %" PRId64 ", expected %" PRId64, sum, records);
    return 0;
}

static int read_head(const struct record *in, struct arena *arena, struct table_head *head)
{
    struct slice format;
    if (rec_text(in, SLICE("format"), arena, &format) < 0)
        return diag_within("%s: %s", NO_TABLE, diag_message());
    if (!slice_is(format, TABLE_FORMAT))
        return diag_error("%s: format: expected \"" TABLE_FORMAT "\", found \"%.*s\"", NO_TABLE, (int)format.len,
                          format.ptr);
    head->documents = -1;
    if (rec_int(in, SLICE("records"), &head->records) < 0 ||
        (rec_present(in, SLICE("documents")) != NULL && rec_int(in, SLICE("documents"), &head->documents) < 0) ||
        read_object(in, SLICE("options"), arena, &head->options) < 0)
        return -1;
    if (head->records < 0)
        return diag_error("records: expected 0 or more, found %" PRId64, head->records);
    return read_labels(in, arena, head->records, &head->labels);
}

static int read_word(const struct record *in, struct arena *arena, struct table_word *word)
{
    if (rec_text(in, SLICE("word"), arena, &word->word) < 0)
        return diag_within("%s: %s", NO_TABLE, diag_message());
    if (rec_int(in, SLICE("documents"), &word->documents) < 0 || rec_int(in, SLICE("weight"), &word->weight) < 0)
        return -1;
    if (word->word.len == 0)
        return diag_error("word: empty");
    if (word->documents < 1)
        return diag_error("documents: expected 1 or more, found %" PRId64, word->documents);
    if (word->weight < 0)
        return diag_error("weight: expected 0 or more, found %" PRId64, word->weight);
    return read_labels(in, arena, word->documents, &word->labels);
}

int table_line_read(const struct record *in, struct arena *arena, struct table_head *head, struct table_word *word)
{
    if (rec_present(in, SLICE("format")) != NULL)
        return read_head(in, arena, head) < 0 ? -1 : TABLE_HEAD;
    return read_word(in, arena, word) < 0 ? -1 : TABLE_WORD;
}

bool table_labels_next(struct json_walk *walk, struct arena *arena, struct slice *label, int64_t *records)
{
    if (!json_next(walk))
        return false;
    *label = json_string((struct slice){walk->name.ptr - 1, walk->name.len + 2}, arena);
    (void)json_int(walk->value, records);
    return true;
}

/* ---- all lines ---- */

static int check_head(struct table_lines *lines, const struct table_head *head)
{
    if (lines->tables > 0 && table_lines_end(lines) < 0)
        return diag_within("the table before this line: %s", diag_message());
    lines->tables++;
    lines->records = head->records;
    lines->missing = head->documents;
    lines->labels = head->labels.ptr != NULL;
    lines->last.len = 0;
    lines->words = 0;
    return 0;
}

static int check_word(struct table_lines *lines, const struct table_word *word)
{
    struct slice last = bytes_slice(&lines->last);
    if (lines->tables == 0)
        return diag_error("%s: the first line is missing, which has the members format, records and options", NO_TABLE);
    if (lines->words > 0 && slice_compare(last, word->word) >= 0)
        return diag_error(
            "word: \"%.*s\" comes after \"%.*s\"; expected the words in the order of their bytes, each once",
            (int)word->word.len, word->word.ptr, (int)last.len, last.ptr);
    if (word->documents > lines->records)
        return diag_error("documents: expected at most %" PRId64 ", the records of the table, found %" PRId64,
                          lines->records, word->documents);
    if ((word->labels.ptr != NULL) != lines->labels)
        return diag_error("labels: %s, unlike in the first line", lines->labels ? "missing" : "present");
    if (lines->missing >= 0) {
        if (word->documents > lines->missing)
            return diag_error("documents: the sum of all words so far is larger than the first line says");
        lines->missing -= word->documents;
    }
    lines->last.len = 0;
    bytes_put(&lines->last, word->word);
    lines->words++;
    return 0;
}

int table_lines_next(struct table_lines *lines, const struct record *in, struct arena *arena, struct table_head *head,
                     struct table_word *word)
{
    int line = table_line_read(in, arena, head, word);
    if (line < 0)
        return -1;
    return (line == TABLE_HEAD ? check_head(lines, head) : check_word(lines, word)) < 0 ? -1 : line;
}

int table_lines_end(const struct table_lines *lines)
{
    if (lines->tables == 0)
        return diag_error("no table: expected the output of \"quern tfidf count\"");
    if (lines->missing > 0)
        return diag_error("the table is not complete: words are missing after \"%.*s\"", (int)lines->last.len,
                          lines->last.items);
    return 0;
}

void table_lines_release(struct table_lines *lines)
{
    vec_free(&lines->last);
}
