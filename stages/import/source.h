/* source.h - what the formats of import share: the plan, the record that is being gathered, what goes out.
 *
 * A format is a push parser: it is given the lines of the input one by one (their number is source->line),
 * gathers what belongs to one record, and calls source_emit or source_reject for it. */
#ifndef QUERN_IMPORT_SOURCE_H
#define QUERN_IMPORT_SOURCE_H

#include "quern.h"

/* A column, field or member of the input that becomes a member of the record. */
struct column {
    struct slice from, as;
    bool required; /* a record without it is bad */
};

enum id_kind { ID_NUMBER, ID_HASH, ID_COLUMN };

/* What the options ask for; the same for all records. */
struct plan {
    struct column *columns; /* text, label and id, as far as they are asked for, then the others, in order */
    size_t count;
    const struct column *text, *label, *id; /* among them, or NULL */
    enum id_kind id_kind;
    struct slice source; /* of the ids by number */
    struct slice lang;   /* empty: none */
    bool all;            /* carry the columns that nobody named */
    bool header;         /* csv, tsv: the first row has the names */
    bool paragraphs;     /* text: a record is a paragraph */
    char delimiter;      /* csv */
    uint64_t max_line;   /* bytes of a record */
    unsigned depth;      /* of its JSON */
};

/* The state of one reading of the input, one format's parser apart. */
struct source {
    const struct plan *plan;
    struct sink *out;
    const char *file; /* that is being read */
    uint64_t line;    /* the number of the line that is being read, in its file */
    int64_t origin;   /* and where it is in its block */
    uint64_t records; /* how many records have begun: the number of the one at hand */
    uint64_t first;   /* the line on which the record at hand began */
    bool open;        /* raw holds lines of a record that goes on */
    struct record at; /* stands for the record at hand where it is emitted */
    bool overlong;    /* a part of that record was rejected already: its length is over max_line */
    struct bytes raw; /* those lines, with the newlines between them, without the last */
};

struct format {
    void *(*start)(const struct plan *plan); /* the parser; NULL where the format has no state */
    void (*stop)(void *parser);

    /* One line, without its newline. 0, or -1 with the message where the run can't go on. */
    int (*line)(void *parser, struct source *source, struct slice line);

    /* A file has ended: what is open is completed. */
    void (*finish)(void *parser, struct source *source);
};

/* The counters of import. */
enum { COUNT_BLANK_LINES };

/* A record begins with the line that is being read. */
void source_begin(struct source *source);

/* Appends the line to the record at hand. */
void source_keep(struct source *source, struct slice line);

/* The same for formats whose records are blocks of lines: begins one where none is open, and rejects what was
 * gathered where it grows beyond max_line. */
void source_gather(struct source *source, struct slice line);

/* The block that source_gather gathered has ended: true, with its lines in the sink's arena, where they are a
 * record; false where there was none, or where it is bad. */
bool source_gathered(struct source *source, struct slice *raw);

/* Is it text: UTF-8 without NUL? 0, or -1 with the message. raw: the record at hand. */
int source_check(const struct source *source, struct slice raw);

/* The message of a mistake at raw.ptr + offset: "column 7: …", with the line where that is not the record's
 * first. Returns -1. */
int source_mistake(const struct source *source, struct slice raw, size_t offset, const char *problem);

/* The record at hand is bad, for the reason in diag_message; nothing of it is open any more. */
void source_reject(struct source *source, struct slice raw);

/* A column under the name that it has in the input. */
struct extra {
    struct slice name, value;
};

/* Emits the record at hand: values[i] is what plan->columns[i] says, decoded, with a NULL ptr where the input
 * has none. raw: for the rejection, where something is missing. */
void source_emit(struct source *source, struct slice raw, const struct slice *values, const struct extra *extras,
                 size_t extra_count);

/* The id where no column has it. */
struct slice source_id(const struct source *source, struct slice text);

/* Without the carriage return of a CRLF. */
static inline struct slice source_line(struct slice line)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Nothing but spaces, tabs and carriage returns? */
bool source_blank(struct slice line);

#endif
