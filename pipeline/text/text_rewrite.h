/* text_rewrite.h - how the rewritings of text.h make their new text; for text_rewrite.c and text_forms.c.
 *
 * A rewriting looks for changes and writes only those; the text between two changes is copied in one piece, and nothing
 * is copied before the first change. */
#ifndef QUERN_TEXT_REWRITE_H
#define QUERN_TEXT_REWRITE_H

#include "base/slice.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>

struct rewrite {
    struct edits *edits; /* may be NULL */
    struct bytes *out;
    const char *from; /* the old text up to here is in `out` */
    const char *end;
    bool changed;
};

/* 0, or -1 with the message: the text is too long. */
int rewrite_start(struct rewrite *rewrite, struct slice text, struct edits *edits, struct bytes *out);

/* Copies the text between the last change and `start`, and continues at `end`. The caller appends the replacement of
 * [start, end) and records the edit. */
void rewrite_flush(struct rewrite *rewrite, const char *start, const char *end);

/* Replaces [start, end), which is `points` code points long, by `made`. */
void rewrite_put(struct rewrite *rewrite, const char *start, const char *end, size_t points, struct slice made);

enum text_status rewrite_finish(struct rewrite *rewrite);

/* The first byte that is `least` (0x80 or more) or greater. */
const char *rewrite_next(const char *at, const char *end, unsigned char least);

#endif
