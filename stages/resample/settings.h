/* settings.h - what counts and plans of parts begin with, and how they spell rows. See shards in resample.h.
 *
 *     quern resample count --method under part1.jsonl >counts1        for each part
 *     quern resample plan counts1 counts2 … >plan
 *     quern resample apply --plan plan part1.jsonl                    for each part, in order
 *
 * A file of counts, and a plan, begins with the settings that the parts must share. Then counts have for each class its
 * number of records, and rows: 32 hexadecimal digits each, a draw and a hash, the lowest first. A plan has for each
 * class how many there shall be, how often each record stays, and up to which row one is taken once more. Both end with
 * the number of these lines. */
#ifndef QUERN_RESAMPLE_SETTINGS_H
#define QUERN_RESAMPLE_SETTINGS_H

#include "resample.h"

/* The methods that can be applied to parts; their numbers are those of enum method. */
extern const char *const settings_methods[];

/* What the draws and the classes depend on, as the first line. */
struct record *settings_record(const struct resample *resample, struct arena *arena);

/* The settings of a file, as options. */
struct settings {
    struct resample_options options;
    struct bytes line; /* as it was read */
    struct words kept; /* what the options point to */
    bool open;         /* a part has begun, and not ended */
    uint64_t lines;    /* of that part, so far: to be counted by the reader */
};
void settings_release(struct settings *settings);

/* Reads the first line of a file, which must be the same as that of the file before. 0, or -1 with the message. */
int settings_read(struct settings *settings, const struct record *in, struct arena *arena);

/* The last line of counts and of a plan: how many there are between the settings and it, so that a file that was cut is
 * noticed; and of which split the records are. */
struct record *settings_end_record(uint64_t lines, struct slice split, struct arena *arena);

/* Reads such a line. 0, or -1 with the message. */
int settings_read_end(struct settings *settings, const struct record *in);

/* After the last line of all: did every part end? 0, or -1 with the message. */
int settings_check_end(const struct settings *settings);

enum { ROW_DIGITS = 32 };
void settings_put_row(const struct row *row, char *digits);
bool settings_read_row(const char *digits, struct row *row);

#endif
