/* temporary.h - files that are gone when the program ends: those without a name, however it ends; those that are to
 * replace another file, when it ends by itself or by a signal that can be caught. */
#ifndef QUERN_TEMPORARY_H
#define QUERN_TEMPORARY_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
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

/* ---- beside another file ---- */

struct temporary;

/* A new one in the folder of `target`, an absolute path, under a random name that nothing else had. `mode`:
 * permissions, cut down by the umask. NULL, with errno. */
struct temporary *temporary_beside(const char *target, unsigned mode);

int temporary_descriptor(const struct temporary *temporary);

/* Closes it; its name stays. 0, or -1 with errno. */
int temporary_shut(struct temporary *temporary);

/* Renames it to the target. With `exchange` an older file under that name is kept, so that temporary_withdraw can bring
 * it back. 0, or -1 with errno. */
int temporary_appear(struct temporary *temporary, const char *target, bool exchange);

/* Undoes temporary_appear with `exchange`, as far as that is possible. */
void temporary_withdraw(struct temporary *temporary, const char *target);

/* Closes it if it is open, removes what is under its own name. May be NULL. */
void temporary_drop(struct temporary *temporary);

/* Removes all of them and ends the process by this signal, as if nothing had caught it. */
void temporary_end_by_signal(int signal_number);

#endif
