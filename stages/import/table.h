/* table.h - tables: csv and tsv. Every file has its own header row. */
#ifndef QUERN_IMPORT_TABLE_H
#define QUERN_IMPORT_TABLE_H

#include "source.h"

extern const struct format table_format;

#endif
