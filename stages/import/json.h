/* json.h - JSON that is not one object per line: an array of objects, indented objects, objects one after the other. */
#ifndef QUERN_IMPORT_JSON_H
#define QUERN_IMPORT_JSON_H

#include "source.h"

extern const struct format json_format;

#endif
