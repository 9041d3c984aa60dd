/* screen.c - see screen.h. */
#include "text/screen.h"

#include "base/version.h"
#include "text/text.h"

#include <utf8proc.h>

LIBRARY(utf8proc, "utf8proc", utf8proc_version)

enum cell_flags {
    CELL_ESCAPE = 1,  /* shown as an escape sequence */
    CELL_NEWLINE = 2, /* ends the line, shows nothing */
    CELL_SPACE = 4,   /* dropped at the end of a line; a line may break after it */
    CELL_WIDE = 8,    /* a line may break beside it */
    CELL_CLOSING = 16 /* punctuation that no line should begin with */
};

enum { ESCAPE_BYTES_MAX = 12 };

/* Format characters that scripts and emoji need are shown: joiners, and signs like U+0600 that precede digits. The
 * others can hide or reorder the text around them. */
static bool is_shown(uint32_t point, const utf8proc_property_t *property)
{
    switch (property->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN: /* the width of these two is unknown */
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_CF:
        return point == 0x200c || point == 0x200d || property->boundclass == UTF8PROC_BOUNDCLASS_PREPEND;
    default:
        return true;
    }
}

static bool is_closing(const utf8proc_property_t *property)
{
    return property->category == UTF8PROC_CATEGORY_PO || property->category == UTF8PROC_CATEGORY_PE ||
           property->category == UTF8PROC_CATEGORY_PF;
}

static char short_escape(uint32_t point)
{
    return point == '\n' ? 'n' : point == '\r' ? 'r' : point == '\t' ? 't' : '\0';
}

/* Writes the escape sequence of a code point; returns its length, which is also its width in columns. */
static size_t write_escape(uint32_t point, char *at)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    at[n++] = '\\';
    if (short_escape(point) != '\0') {
        at[n++] = short_escape(point);
        return n;
    }
    bool braces = point > 0xffff;
    at[n++] = 'u';
    if (braces)
        at[n++] = '{';
    for (int shift = point > 0xfffff ? 20 : braces ? 16 : 12; shift >= 0; shift -= 4)
        at[n++] = hex[point >> shift & 15];
    if (braces)
        at[n++] = '}';
    return n;
}

/* The cell of the code point at `at`, without a style. */
static struct screen_cell measure(const char *at)
{
    size_t len;
    uint32_t point = text_decode(at, &len);
    struct screen_cell cell = {.ptr = at, .len = (uint8_t)len, .columns = 1};
    if (point >= 0x20 && point < 0x7f) {
        cell.flags = point == ' ' ? CELL_SPACE : 0;
        return cell;
    }
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)point);
    if (!is_shown(point, property)) {
        char escape[ESCAPE_BYTES_MAX];
        cell.columns = (uint8_t)write_escape(point, escape);
        cell.flags = CELL_ESCAPE;
        return cell;
    }
    cell.columns = (uint8_t)property->charwidth;
    if (cell.columns > 1)
        cell.flags = CELL_WIDE;
    if (is_closing(property))
        cell.flags |= CELL_CLOSING;
    if (point == 0x3000)
        cell.flags |= CELL_SPACE;
    return cell;
}

static void put_cell(struct bytes *out, const struct screen_cell *cell)
{
    if ((cell->flags & CELL_ESCAPE) == 0) {
        bytes_append(out, cell->ptr, cell->len);
        return;
    }
    size_t decoded;
    char escape[ESCAPE_BYTES_MAX];
    size_t len = write_escape(text_decode(cell->ptr, &decoded), escape);
    bytes_append(out, escape, len);
}

void screen_escape(struct bytes *out, struct slice text)
{
    for (size_t i = 0; i < text.len;) {
        struct screen_cell cell = measure(text.ptr + i);
        put_cell(out, &cell);
        i += cell.len;
    }
}

size_t screen_columns(struct slice text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.len;) {
        struct screen_cell cell = measure(text.ptr + i);
        columns += cell.columns;
        i += cell.len;
    }
    return columns;
}

struct slice screen_cut(struct slice text, size_t columns)
{
    size_t i = 0;
    while (i < text.len) {
        struct screen_cell cell = measure(text.ptr + i);
        if (cell.columns > columns)
            break;
        columns -= cell.columns;
        i += cell.len;
    }
    return (struct slice){text.ptr, i};
}

/* Each sequence resets the style first, so that it does not depend on the one before. */
void screen_switch(struct bytes *out, unsigned style)
{
    bytes_put(out, SLICE("\033[0"));
    if ((style & SCREEN_BOLD) != 0)
        bytes_put(out, SLICE(";1"));
    if ((style & SCREEN_DIM) != 0)
        bytes_put(out, SLICE(";2"));
    if ((style & SCREEN_UNDERLINE) != 0)
        bytes_put(out, SLICE(";4"));
    static const struct slice on[] = {{"", 0}, {";30;46", 6}, {";30;43", 6}, {";30;45", 6}};
    bytes_put(out, on[style >> 6 & 3]);
    if ((style >> 3 & 7) != 0) {
        bytes_put(out, SLICE(";3"));
        bytes_byte(out, (char)('0' + (style >> 3 & 7)));
    }
    bytes_byte(out, 'm');
}

void screen_add(struct screen *screen, struct slice text, unsigned style)
{
    for (size_t i = 0; i < text.len;) {
        struct screen_cell cell = measure(text.ptr + i);
        if (text.ptr[i] == '\n') {
            cell.columns = 0;
            cell.flags = CELL_NEWLINE;
        }
        cell.style = (uint8_t)style;
        vec_push(screen, cell);
        i += cell.len;
    }
}

void screen_add_word(struct screen *screen, struct slice word, unsigned style)
{
    for (size_t i = 0; i < word.len;) {
        struct screen_cell cell = measure(word.ptr + i);
        cell.style = (uint8_t)style;
        cell.flags &= (uint8_t)~CELL_SPACE;
        vec_push(screen, cell);
        i += cell.len;
    }
}

static bool may_break(const struct screen_cell *before, const struct screen_cell *cell)
{
    if (cell->columns == 0 || (cell->flags & (CELL_SPACE | CELL_CLOSING)) != 0)
        return false;
    if (before->columns == 0) /* a joiner may bind the two */
        return false;
    return (before->flags & CELL_SPACE) != 0 || ((before->flags | cell->flags) & CELL_WIDE) != 0;
}

/* One line: its lead, cells [start, end) without trailing space, a newline. Styles end with the line because pagers
 * forget them there. */
static void put_line(const struct screen *screen, const struct screen_layout *layout, const char *lead, size_t start,
                     size_t end, struct bytes *out)
{
    while (end > start && (screen->items[end - 1].flags & CELL_SPACE) != 0)
        end--;
    if (lead != NULL)
        bytes_put(out, slice_of(lead));
    while (start == end && out->len > 0 && out->items[out->len - 1] == ' ')
        out->len--;
    unsigned style = SCREEN_PLAIN;
    for (size_t i = start; i < end; i++) {
        const struct screen_cell *cell = &screen->items[i];
        /* A mark belongs to the character before it. */
        if (layout->color && cell->columns > 0 && cell->style != style)
            screen_switch(out, style = cell->style);
        put_cell(out, cell);
    }
    if (style != SCREEN_PLAIN)
        screen_switch(out, SCREEN_PLAIN);
    bytes_byte(out, '\n');
}

static size_t lead_columns(const char *lead)
{
    return lead == NULL ? 0 : strlen(lead);
}

/* Where the line that starts at `start` ends: at a newline, at the last possible break before it gets too long, or in
 * the middle of a word that is longer than a line. */
static size_t line_end(const struct screen *screen, size_t start, size_t room)
{
    size_t columns = 0, place = 0;
    for (size_t i = start; i < screen->len; i++) {
        const struct screen_cell *cell = &screen->items[i];
        if ((cell->flags & CELL_NEWLINE) != 0)
            return i;
        if (i > start && may_break(cell - 1, cell))
            place = i;
        columns += cell->columns;
        if (columns > room && i > start && (cell->flags & CELL_SPACE) == 0)
            return place > start ? place : i;
    }
    return screen->len;
}

void screen_flush(struct screen *screen, const struct screen_layout *layout, struct bytes *out)
{
    while (screen->len > 0 && (screen->items[screen->len - 1].flags & (CELL_SPACE | CELL_NEWLINE)) != 0)
        screen->len--;
    const char *lead = layout->first;
    for (size_t start = 0; start < screen->len;) {
        size_t used = lead_columns(lead);
        size_t end = line_end(screen, start, layout->width > used ? layout->width - used : 1);
        put_line(screen, layout, lead, start, end, out);
        start = end < screen->len && (screen->items[end].flags & CELL_NEWLINE) != 0 ? end + 1 : end;
        lead = layout->rest;
    }
    screen->len = 0;
}

void screen_free(struct screen *screen)
{
    vec_free(screen);
}
