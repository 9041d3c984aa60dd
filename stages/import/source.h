/* source.h - what the formats of import share: the plan, the record that is being gathered, and the output.
 *
 * A format is a push parser: it receives the lines of the input one by one (their number is source->line), gathers the
 * lines of a record, and calls source_emit or source_reject for it. */
#ifndef QUERN_IMPORT_SOURCE_H
#define QUERN_IMPORT_SOURCE_H

#include "path.h"
#include "quern.h"

#include "../tagging/tagged.h"

/* A column, field or member of the input that becomes a member of the record. */
struct column {
    struct slice from, as;
    bool required;    /* records without it are bad */
    bool is_file;     /* {file}: the name of the file */
    struct path path; /* jsonl, json: where it is if no member has this name */
};

enum id_kind { ID_NUMBER, ID_HASH, ID_COLUMN };

/* What stands for the name of the current file in options. */
#define SOURCE_FILE SLICE("{file}")

/* What the options say about tables. */
struct table_plan {
    bool is_csv;                   /* else tsv */
    bool header;                   /* the first row has the names */
    char delimiter, quote, escape; /* '\0': none */
    bool chosen, guesses;          /* the user has named the delimiter; it is judged by the first row */
    bool quote_chosen, header_chosen;
    bool fill, cut; /* rows with fewer fields, with more */
};

/* What the options say about words and their tags. */
struct conll_plan {
    int64_t word, tag; /* columns, from 1, or from -1 backwards */
    struct slice join; /* between two words of the text */
    enum tag_scheme scheme;
    bool lenient;
};

/* What the options ask for, the same for all records. */
struct plan {
    struct column *columns; /* text, label and id, if asked for, then the others, in order */
    size_t count;
    const struct column *text, *label, *id; /* among them, or NULL */
    enum id_kind id_kind;
    struct slice source;  /* the prefix of numbered ids */
    bool source_has_file; /* which has {file} in it: records are numbered in each file */
    bool uses_file;       /* {file} is in any option */
    struct slice lang;    /* empty: none */
    bool all;             /* carry the columns that no option names */
    bool is_text;         /* the format has no columns */
    struct table_plan table;
    struct conll_plan conll;
    uint64_t max_line; /* bytes of a record */
    unsigned depth;    /* of its JSON */
};

/* The state of reading the input, except that of the parser. */
struct source {
    const struct plan *plan;
    struct sink *out;
    const char *file;     /* the current file */
    const char *charset;  /* from which it was converted; NULL: none */
    uint64_t line;        /* the number of the current line in its file */
    struct slice ending;  /* of the current line: "\n", "\r" or, at the end of the file, nothing */
    int64_t origin;       /* the number of that line in its block */
    uint64_t records;     /* how many records have begun: the number of the current one */
    uint64_t first;       /* the line on which the current record began */
    uint64_t before;      /* bytes of that line before the record */
    bool open;            /* raw holds lines of an unfinished record */
    struct record at;     /* represents the current record when it is emitted */
    bool overlong;        /* part of that record has already been rejected: it is longer than max_line */
    struct bytes raw;     /* those lines, with their ends between them but not at the end */
    struct slice gap;     /* what follows them, if there is more */
    struct slice context; /* the text around the current line, for a guess of its charset; may be empty */
    bool guessed;         /* a guess has been told */
};

struct format {
    void *(*start)(const struct plan *plan); /* the parser; NULL if the format has no state */
    void (*stop)(void *parser);

    /* One line, without its newline. 0, or -1 with the message if the run can't go on. */
    int (*line)(void *parser, struct source *source, struct slice line);

    /* A file has ended: completes the open record. */
    void (*finish)(void *parser, struct source *source);
};

/* The counters of import. */
enum { COUNT_BLANK_LINES, COUNT_FILLED_ROWS, COUNT_CUT_ROWS, COUNT_DOCUMENT_LINES, COUNT_MENDED_TAGS };

/* A record begins with the current line. */
void source_begin(struct source *source);

/* Appends the line to the current record. */
void source_keep(struct source *source, struct slice line);

/* The same for formats whose records are blocks of lines: begins a record if none is open, and rejects what was
 * gathered if it grows beyond max_line. Whatever the lines end with, there are newlines between them. */
void source_gather(struct source *source, struct slice line);

/* The block that source_gather gathered has ended: true, with its lines in the sink's arena, if they form a record;
 * false if there was no block, or it is bad. */
bool source_gathered(struct source *source, struct slice *raw);

/* Is it text, that is, UTF-8 without NUL? 0, or -1 with the message. raw: the current record. */
int source_check(struct source *source, struct slice raw);

/* The message for a mistake at raw.ptr + offset: "column 7: …", with the line unless it is the record's first. Returns
 * -1. */
int source_mistake(const struct source *source, struct slice raw, size_t offset, const char *problem);

/* Drops what was gathered. */
void source_forget(struct source *source);

/* The message for a record longer than max_line. Returns -1. */
int source_too_long(const struct source *source);

/* Rejects the current record, for the reason in diag_message; it is no longer open. */
void source_reject(struct source *source, struct slice raw);

/* A column that keeps its name from the input. */
struct extra {
    struct slice name, value;
};

/* Emits the current record: values[i] is the decoded value of plan->columns[i], with a NULL ptr if the input does not
 * have it. raw: for rejecting the record if something is missing. */
void source_emit(struct source *source, struct slice raw, const struct slice *values, const struct extra *extras,
                 size_t extra_count);

/* The same in two steps, for formats that set more members: NULL if the record is bad, and rejected. */
struct record *source_record(struct source *source, struct slice raw, const struct slice *values,
                             const struct extra *extras, size_t extra_count);
void source_emit_record(struct source *source, struct slice raw, struct record *made);

/* The name of the current file. */
struct slice source_name(const struct source *source);

/* The id, if no column has it. */
struct slice source_id(const struct source *source, struct slice text);

/* The line without the carriage return of a CRLF. */
static inline struct slice source_line(struct slice line)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Nothing but spaces, tabs and carriage returns? */
bool source_blank(struct slice line);

#endif
