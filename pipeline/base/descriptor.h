/* descriptor.h - file descriptors: the three that every process has, and reads and writes that wait. */
#ifndef QUERN_DESCRIPTOR_H
#define QUERN_DESCRIPTOR_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* To be called before anything is opened. Whoever started the process may have closed 0, 1 or 2 (`>&-`): they are taken
 * up here, so that no file that is opened later gets one of these numbers and with it our records or messages. Reading
 * and writing them still fails with EBADF. 0, or -1 with the message. */
int descriptor_take_standard(void);

/* Was it closed when the process started? */
bool descriptor_was_closed(int fd);

/* A pipe gets room for a block, if the kernel lets us. */
void descriptor_widen(int fd);

/* read(2) and write(2) of everything, which go on after a signal and wait if the descriptor is non-blocking. -1 with
 * errno. */
ssize_t descriptor_read(int fd, char *into, size_t most);
int descriptor_write(int fd, struct slice bytes);

/* Reports what close(2) would, the failure to write what the kernel has kept back, but leaves the descriptor open.
 * 0, or -1 with errno. */
int descriptor_check(int fd);

#endif
