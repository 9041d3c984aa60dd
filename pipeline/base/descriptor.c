/* descriptor.c - see descriptor.h. */
#include "base/descriptor.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_BYTES = 256 * 1024 }; /* larger pipes are slower and run into the kernel's limit for one user */

/* O_PATH gives a descriptor that can be neither read nor written, and does not need /dev/null. */
int descriptor_take_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/", O_PATH) != fd)
            return diag_errno("descriptor %d is closed and can't be reserved", fd);
    return 0;
}

bool descriptor_was_closed(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || (flags & O_PATH) != 0;
}

void descriptor_widen(int fd)
{
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* Should a call that failed be repeated? Waits for a non-blocking descriptor first. */
static bool again(int fd, short events)
{
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    struct pollfd wanted = {.fd = fd, .events = events};
    return poll(&wanted, 1, -1) >= 0 || errno == EINTR;
}

ssize_t descriptor_read(int fd, char *into, size_t most)
{
    ssize_t got;
    do
        got = read(fd, into, most);
    while (got < 0 && again(fd, POLLIN));
    return got;
}

int descriptor_write(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t wrote = write(fd, bytes.ptr, bytes.len);
        if (wrote < 0 && !again(fd, POLLOUT))
            return -1;
        if (wrote > 0)
            bytes = (struct slice){bytes.ptr + wrote, bytes.len - (size_t)wrote};
    }
    return 0;
}

/* The kernel flushes whenever a descriptor is closed, even a copy. */
int descriptor_check(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return copy < 0 ? -1 : close(copy);
}
