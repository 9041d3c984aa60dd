/* screen.h - text for eyes: made safe for a terminal, measured in columns, wrapped, styled.
 *
 * What a record holds may not steer the terminal that shows it: control characters, bidirectional overrides,
 * invisible format characters and what Unicode does not assign come out as \n, \t, \u001b, \u{e0041}.
 * Columns are those of East Asian width: wide characters take 2, combining marks 0.
 * Lines are built from cells, one for each code point:
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
    SCREEN_RED = 1 << 3, /* the colours: n << 3, n the terminal's own number */
    SCREEN_GREEN = 2 << 3,
    SCREEN_YELLOW = 3 << 3,
    SCREEN_BLUE = 4 << 3,
    SCREEN_MAGENTA = 5 << 3,
    SCREEN_CYAN = 6 << 3,
    SCREEN_ON_CYAN = 1 << 6, /* the backgrounds, each with black letters */
    SCREEN_ON_YELLOW = 2 << 6,
    SCREEN_ON_MAGENTA = 3 << 6,
};

/* Appends the text with everything escaped that is not safe, line ends too. */
void screen_escape(struct bytes *out, struct slice text);

/* The columns of the text when it has been escaped. */
size_t screen_columns(struct slice text);

/* The longest start of the text that takes at most so many columns when it has been escaped. */
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
    const char *first, *rest; /* what stands before the first line and before each that follows; ASCII, NULL: "" */
};

/* Appends cells; the text must live until the flush. A newline in it ends a line. */
void screen_add(struct screen *screen, struct slice text, unsigned style);

/* As screen_add, but for what is one thing, like a token: line ends in it are escaped, and its spaces are not
 * where a line breaks. */
void screen_add_word(struct screen *screen, struct slice word, unsigned style);

/* Appends the cells to `out`, wrapped into lines, each with its newline; nothing where there are no cells.
 * Lines break at spaces and around wide characters, in a word only where it is longer than a line. Space at
 * the end of a line and line ends at the end of the whole are dropped. Empties the screen. */
void screen_flush(struct screen *screen, const struct screen_layout *layout, struct bytes *out);

void screen_free(struct screen *screen);

#endif
