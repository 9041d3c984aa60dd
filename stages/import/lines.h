/* lines.h - plain text: a record is a line or a paragraph. */
#ifndef QUERN_IMPORT_LINES_H
#define QUERN_IMPORT_LINES_H

#include "source.h"

extern const struct format lines_format, lines_paragraphs;

#endif
