/* lines.h - plain text: a record is a line, a paragraph or a file. */
#ifndef QUERN_IMPORT_LINES_H
#define QUERN_IMPORT_LINES_H

#include "source.h"

extern const struct format lines_format, lines_paragraphs, lines_documents;

#endif
