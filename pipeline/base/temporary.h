/* temporary.h - files without a name, which are gone when they are closed, however the program ends. */
#ifndef QUERN_TEMPORARY_H
#define QUERN_TEMPORARY_H

#include "base/slice.h"
#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

/* A new one on the file system of the folder, for reading and writing; to be closed with close. -1 with the message. */
int temporary_open(const char *dir);

/* Writes all bytes at this place. 0, or -1 with the message. */
int temporary_write(int file, struct slice bytes, uint64_t at);

/* Appends the `len` bytes at this place, which must have been written. 0, or -1 with the message. */
int temporary_read(int file, struct bytes *into, size_t len, uint64_t at);

/* These bytes are not needed any more: the disk has its room back, if the file system can do that. */
void temporary_forget(int file, uint64_t at, uint64_t end);

#endif
