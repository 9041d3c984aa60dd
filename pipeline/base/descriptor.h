/* descriptor.h - file descriptors: the three standard ones, and reads and writes that wait. */
#ifndef QUERN_DESCRIPTOR_H
#define QUERN_DESCRIPTOR_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Call this before opening anything. The parent process may have closed 0, 1 or 2 (`>&-`). This reserves the closed
 * ones, so that no file opened later gets one of these numbers, and with it our records or messages. Reading and
 * writing them still fails with EBADF. 0, or -1 with the message. */
int descriptor_take_standard(void);

/* Was it closed when the process started? */
bool descriptor_was_closed(int fd);

/* Enlarges the buffer of a pipe to hold a block, if the kernel permits. */
void descriptor_widen(int fd);

/* read(2), and write(2) of all the bytes. Both continue after a signal and wait if the descriptor is non-blocking. -1
 * with errno. */
ssize_t descriptor_read(int fd, char *into, size_t most);
int descriptor_write(int fd, struct slice bytes);

/* Reports the error that close(2) would report, a failed write of data that the kernel still held, but leaves the
 * descriptor open. 0, or -1 with errno. */
int descriptor_check(int fd);

#endif
