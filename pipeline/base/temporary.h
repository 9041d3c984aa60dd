/* temporary.h - files that disappear when the program ends: unnamed files, however it ends; files that will replace
 * another file, and folders for them, if it ends by itself or by a signal that can be caught. */
#ifndef QUERN_TEMPORARY_H
#define QUERN_TEMPORARY_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Creates an unnamed file on the file system of the folder, for reading and writing; close it with close. -1 with the
 * message. */
int temporary_open(const char *dir);

/* Writes all bytes at this offset. 0, or -1 with the message. */
int temporary_write(int file, struct slice bytes, uint64_t at);

/* Appends the `len` bytes at this offset, which must have been written. 0, or -1 with the message. */
int temporary_read(int file, struct bytes *into, size_t len, uint64_t at);

/* These bytes are no longer needed: frees their disk space, if the file system can. */
void temporary_forget(int file, uint64_t at, uint64_t end);

/* ---- beside another file ---- */

struct temporary;

/* Creates a file in the folder of `target`, an absolute path, under a random unused name. `mode`: permissions, which
 * the umask reduces. NULL, with errno. */
struct temporary *temporary_beside(const char *target, unsigned mode);

int temporary_descriptor(const struct temporary *temporary);

/* Closes it; its name stays. 0, or -1 with errno. */
int temporary_shut(struct temporary *temporary);

/* Renames it to the target. With `exchange` an older file of that name is kept, so that temporary_withdraw can restore
 * it. 0, or -1 with errno. */
int temporary_appear(struct temporary *temporary, const char *target, bool exchange);

/* Undoes temporary_appear with `exchange`, as far as that is possible. */
void temporary_withdraw(struct temporary *temporary, const char *target);

/* Closes it if it is open, and removes the file under its own name. May be NULL. */
void temporary_drop(struct temporary *temporary);

/* Creates a folder, an absolute or relative path, that disappears when it is dropped or the program ends, but only if
 * it is empty then. NULL, with errno: EEXIST if there is something of that name. */
struct temporary *temporary_folder(const char *path);

/* Removes all temporary files and ends the process by this signal, as if it had not been caught. */
void temporary_end_by_signal(int signal_number);

#endif
