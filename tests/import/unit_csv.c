/* The scanner of RFC 4180 against a plain one that reads a whole file byte by byte, over every short file of an
 * alphabet that has all that matters. */
#include "../../stages/import/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* What was read, as text: fields end with '|', rows with '$', a mistake is '!', an open quote at the end '?'. */

/* The plain scanner: a row with a mistake ends with its line. */
static void plain_read(struct slice file, struct bytes *out)
{
    enum { START, PLAIN, QUOTED, CLOSED, MISTAKEN } state = START;
    size_t i = 0;
    while (i < file.len) {
        char c = file.ptr[i];
        bool line_end = c == '\n' || (c == '\r' && (i + 1 == file.len || file.ptr[i + 1] == '\n'));
        i++;
        if (state == QUOTED) {
            if (c == '"' && i < file.len && file.ptr[i] == '"')
                i++;
            else if (c == '"')
                state = CLOSED;
            if (state == QUOTED)
                bytes_byte(out, c);
        } else if (line_end) {
            i += c == '\r' && i < file.len;
            if (state != MISTAKEN)
                bytes_put(out, SLICE("|$"));
            state = START;
        } else if (state == MISTAKEN) {
            continue;
        } else if (c == ',') {
            bytes_byte(out, '|');
            state = START;
        } else if (state == CLOSED || (c == '"' && state == PLAIN)) {
            bytes_byte(out, '!');
            state = MISTAKEN;
        } else if (c == '"') {
            state = QUOTED;
        } else {
            bytes_byte(out, c);
            state = PLAIN;
        }
    }
    if (state == QUOTED)
        bytes_byte(out, '?');
    else if (state != MISTAKEN && file.len > 0 && file.ptr[file.len - 1] != '\n' && file.ptr[file.len - 1] != '\r')
        bytes_put(out, SLICE("|$"));
}

/* Cuts at newlines and feeds line by line, as import does. */
static void scan_read(struct slice file, struct bytes *out, struct arena *arena)
{
    struct csv csv = {.delimiter = ',', .quote = '"', .escape = CSV_NONE};
    struct bytes row = {0};
    bool open = false;
    for (const char *at = file.ptr, *end = file.ptr + file.len; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t from = row.len, place = 0;
        const char *problem = NULL;
        if (open)
            bytes_byte(&row, '\n');
        bytes_put(&row, slice_between(at, newline != NULL ? newline : end));
        at = newline != NULL ? newline + 1 : end;
        if (row.items == NULL)
            vec_reserve(&row, 1);
        enum csv_status status = csv_scan(&csv, bytes_slice(&row), from, &place, &problem);
        open = status == CSV_OPEN;
        assert_true(status != CSV_BAD || (place < row.len && problem != NULL));
        for (size_t i = 0; status != CSV_OPEN && i < csv.fields.len; i++) {
            bytes_put(out, csv_text(&csv, &csv.fields.items[i], bytes_slice(&row), arena));
            if (status == CSV_ROW || i + 1 < csv.fields.len)
                bytes_byte(out, '|');
        }
        if (!open) {
            bytes_byte(out, status == CSV_ROW ? '$' : '!');
            row.len = 0;
        }
    }
    if (open) {
        for (size_t i = 0; i < csv.fields.len; i++) {
            bytes_put(out, csv_text(&csv, &csv.fields.items[i], bytes_slice(&row), arena));
            bytes_byte(out, '|');
        }
        csv.field.len = row.len - csv.field.start;
        bytes_put(out, csv_text(&csv, &csv.field, bytes_slice(&row), arena));
        /* The newline that ended the last line belongs to the open field. */
        if (file.ptr[file.len - 1] == '\n')
            bytes_byte(out, '\n');
        bytes_byte(out, '?');
    }
    vec_free(&csv.fields);
    vec_free(&row);
}

static void every_short_file(void **state)
{
    (void)state;
    static const char alphabet[] = {'a', ',', '"', '\n', '\r'};
    enum { LETTERS = sizeof alphabet, LENGTH_MOST = 8 };
    struct arena *arena = arena_new();
    struct bytes plain = {0}, scanned = {0};
    size_t files = 1;
    for (size_t len = 1; len <= LENGTH_MOST; len++) {
        files *= LETTERS;
        for (size_t number = 0; number < files; number++) {
            char file[LENGTH_MOST];
            for (size_t i = 0, rest = number; i < len; i++, rest /= LETTERS)
                file[i] = alphabet[rest % LETTERS];
            plain.len = scanned.len = 0;
            plain_read((struct slice){file, len}, &plain);
            scan_read((struct slice){file, len}, &scanned, arena);
            if (!slice_equal(bytes_slice(&plain), bytes_slice(&scanned))) {
                print_error("file \"%.*s\"\nexpected %.*s\nfound    %.*s\n", (int)len, file, (int)plain.len,
                            plain.items, (int)scanned.len, scanned.items);
                fail();
            }
            arena_reset(arena);
        }
    }
    vec_free(&plain);
    vec_free(&scanned);
    arena_free(arena);
}

static void the_mistake_has_a_place(void **state)
{
    (void)state;
    const struct {
        const char *row;
        size_t place;
    } rows[] = {{"a\"", 1}, {"\"a\"b", 3}, {"1,\"\"\"\"x", 6}, {"\"\n\"\r,", 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct csv csv = {.delimiter = ',', .quote = '"', .escape = CSV_NONE};
        size_t place = 0;
        const char *problem;
        assert_int_equal(csv_scan(&csv, slice_of(rows[i].row), 0, &place, &problem), CSV_BAD);
        assert_int_equal(place, rows[i].place);
        vec_free(&csv.fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_short_file),
        cmocka_unit_test(the_mistake_has_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
