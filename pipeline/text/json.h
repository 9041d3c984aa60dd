/* json.h - JSON text: validate, walk, decode, print.
 *
 * A value is a slice of the text that contains it; nothing is built. json_check and json_skip validate all of RFC 8259
 * (and the UTF-8 of strings). Every other reader here takes a validated slice and may crash on one that is not.
 * Duplicate names are legal, and the last one counts. The escape of a lone surrogate is legal and decodes to U+FFFD. */
#ifndef QUERN_JSON_H
#define QUERN_JSON_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    JSON_DEPTH = 1024,        /* the default bound on nesting */
    JSON_DEPTH_LIMIT = 65536, /* the largest bound that may be asked for */
};

/* The first byte that is not white space, or end. */
const char *json_space(const char *at, const char *end);

/* Is there nothing but white space? */
bool json_is_blank(struct slice text);

/* Validates the value that starts at `at` (white space before it is skipped). Returns its end, or NULL if the text is
 * not JSON or is nested deeper than `depth`: then diag_message says why, and *bad (unless bad is NULL) is the place. */
const char *json_skip(const char *at, const char *end, unsigned depth, const char **bad);

/* Validates a whole document: one value, white space around it. 0, or -1 with the message. */
int json_check(struct slice document, unsigned depth);

/* The kind of a value, by its first byte: '{' '[' '"' '0' (a number) 't' 'f' 'n'. */
char json_kind(struct slice value);

/* "an array", "null" and so on, for messages; NULL if no value is of this kind. */
const char *json_kind_name(char kind);

/* Walks the items of an array or the members of an object.
 *
 *     struct json_walk walk = json_walk(value);
 *     while (json_next(&walk))
 *         … walk.name (members only: the bytes between the quotes, still escaped), walk.value … */
struct json_walk {
    struct slice name, value;
    const char *at, *end;
    bool members;
};

struct json_walk json_walk(struct slice container);
bool json_next(struct json_walk *walk);

/* The value of a member of an object; false if the object has no such member. The last of equal names counts. */
bool json_member(struct slice object, const char *name, struct slice *value);

/* Does the (escaped) name mean this name? */
bool json_name_is(struct slice raw, struct slice name);

/* Decodes a string value, quotes included. Points into the text if it has no escapes, else into the
 * arena. */
struct slice json_string(struct slice value, struct arena *arena);

/* Reads a number that is an integer of 64 bits; false for any other value (1.0 and 1e3 are not integers). */
bool json_int(struct slice value, int64_t *number);

/* Append to a buffer in canonical form: no white space, "\u00XX" only for control characters without a short escape,
 * '/' and everything from U+0080 on unescaped. The bytes of a string must be valid UTF-8. */
void json_put_string(struct bytes *out, struct slice text);
void json_put_int(struct bytes *out, int64_t number);

/* Like json_put_string, for bytes that may not be UTF-8; invalid ones become U+FFFD. */
void json_put_lossy(struct bytes *out, struct slice bytes);

/* A finite float, in the form of RFC 8785 (text/number.h). */
void json_put_float(struct bytes *out, double number);

/* [0.1,2] */
void json_put_floats(struct bytes *out, const double *numbers, size_t count);

/* Like json_put_int, but writes to memory with room for JSON_INT_BYTES; returns the end. For loops over arrays. */
enum { JSON_INT_BYTES = 28 }; /* eight more than the longest number: digits are stored eight at a time */
char *json_write_int(char *at, int64_t number);

struct span;

/* Arrays with their brackets. The memory must have room for this many bytes per item, plus JSON_INT_BYTES. */
enum { JSON_INT32_BYTES = 12, JSON_SPAN_BYTES = 24 };
char *json_write_ints(char *at, const int32_t *ints, size_t count);
char *json_write_spans(char *at, const struct span *spans, size_t count);

/* The commas from `at` to `end`. */
size_t json_count_commas(const char *at, const char *end);

/* Reads an array of spans that has no white space and whose numbers have up to nine digits, as quern writes it. false
 * for any other valid JSON. There is room for half as many spans as the array has commas, and one more. */
bool json_read_spans(struct slice array, struct span *spans, size_t *count);

/* Reads the numbers of an array from after its bracket on, as long as they have up to seven digits and are separated by
 * nothing but commas, which nearly all numbers of records are. Returns where it has stopped: at a number that is still
 * to be read; the last few numbers of an array are always left. Valid JSON that ends with a bracket at `end`. */
const char *json_read_ints(const char *at, const char *end, int32_t *ints, size_t *count);

#endif
