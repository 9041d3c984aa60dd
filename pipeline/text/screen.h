/* screen.h - text for people: made safe for a terminal, measured in columns, wrapped, styled.
 *
 * A record must not control the terminal that shows it: control characters, bidirectional overrides, invisible format
 * characters and unassigned code points come out as \n, \t, \u001b, \u{e0041}. Columns follow East Asian width: wide
 * characters take 2, combining marks 0. Lines are built from cells, one for each code point:
 *
 *     struct screen screen = {0};
 *     screen_add(&screen, SLICE("plain, "), 0);
 *     screen_add(&screen, SLICE("red"), SCREEN_RED);
 *     screen_flush(&screen, &(struct screen_layout){.width = 80, .color = true}, &out);
 *     screen_free(&screen);
 *
 * Text is valid UTF-8. */
#ifndef QUERN_SCREEN_H
#define QUERN_SCREEN_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* One colour or one background, and any of the attributes. */
enum screen_style {
    SCREEN_PLAIN = 0,
    SCREEN_BOLD = 1,
    SCREEN_DIM = 2,
    SCREEN_UNDERLINE = 4,
    SCREEN_RED = 1 << 3, /* the colours: n << 3, where n is the terminal's number */
    SCREEN_GREEN = 2 << 3,
    SCREEN_YELLOW = 3 << 3,
    SCREEN_BLUE = 4 << 3,
    SCREEN_MAGENTA = 5 << 3,
    SCREEN_CYAN = 6 << 3,
    SCREEN_ON_CYAN = 1 << 6, /* the backgrounds, each with black letters */
    SCREEN_ON_YELLOW = 2 << 6,
    SCREEN_ON_MAGENTA = 3 << 6,
};

/* Appends the text with everything unsafe escaped, including line ends. */
void screen_escape(struct bytes *out, struct slice text);

/* The width of the escaped text in columns. */
size_t screen_columns(struct slice text);

/* The longest start of the text that takes at most this many columns when escaped. */
struct slice screen_cut(struct slice text, size_t columns);

/* Appends the control sequence that switches to a style. */
void screen_switch(struct bytes *out, unsigned style);

struct screen_cell {
    const char *ptr; /* into the text that was added */
    uint8_t len;     /* bytes */
    uint8_t columns;
    uint8_t style;
    uint8_t flags;
};

struct screen {
    struct screen_cell *items;
    size_t len, cap;
};

struct screen_layout {
    size_t width;             /* columns of a line */
    bool color;               /* false: styles are left out */
    const char *first, *rest; /* printed before the first line and before each following one; ASCII, NULL: "" */
};

/* Appends cells; the text must live until the flush. A newline in it ends a line. */
void screen_add(struct screen *screen, struct slice text, unsigned style);

/* Like screen_add, but for an indivisible text such as a token: its line ends are escaped, and lines do not break at
 * its spaces. */
void screen_add_word(struct screen *screen, struct slice word, unsigned style);

/* Appends the cells to `out`, wrapped into lines, each with its newline; nothing if there are no cells. Lines break at
 * spaces and around wide characters; a word is broken only if it is longer than a line. Spaces at the end of a line and
 * line ends at the end of the text are dropped. Empties the screen. */
void screen_flush(struct screen *screen, const struct screen_layout *layout, struct bytes *out);

void screen_free(struct screen *screen);

#endif
