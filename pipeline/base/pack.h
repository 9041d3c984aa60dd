/* pack.h - compression of outputs, by their names: .zst, .gz, .xz, .bz2, .lz4. The same text makes the same bytes. */
#ifndef QUERN_PACK_H
#define QUERN_PACK_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>

/* Is a file of this name compressed? */
bool pack_named(const char *name);

/* 0, or -1 with the message if the name asks for a format that is not written, such as .zip. */
int pack_check_name(const char *name);

/* 0, or -1 with the message if the compression of a file of this name does not have the level. */
int pack_check_level(const char *name, int level);

struct packer;

/* NULL if a file of this name is not compressed. level: 0 is the default of the format. */
struct packer *pack_new(const char *name, int level);
void pack_free(struct packer *packer);

/* Appends the text as one frame, member or stream; those of a file follow each other. 0, or -1 with the message. */
int pack(struct packer *packer, struct slice text, struct bytes *into);

#endif
