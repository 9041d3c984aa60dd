/* temporary.c - see temporary.h. */
#include "base/temporary.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int temporary_open(const char *dir)
{
    struct bytes path = {0};
    bytes_put(&path, slice_of(dir));
    bytes_append(&path, "/quern-XXXXXX", sizeof "/quern-XXXXXX");
    int file = mkostemp(path.items, O_CLOEXEC);
    if (file < 0 || unlink(path.items) < 0) {
        (void)diag_errno("%s: no temporary file", path.items);
        if (file >= 0)
            (void)close(file);
        file = -1;
    }
    vec_free(&path);
    return file;
}

int temporary_write(int file, struct slice bytes, uint64_t at)
{
    while (bytes.len > 0) {
        ssize_t done = pwrite(file, bytes.ptr, bytes.len, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return diag_errno("the temporary file can't be written");
        bytes = (struct slice){bytes.ptr + done, bytes.len - (size_t)done};
        at += (uint64_t)done;
    }
    return 0;
}

int temporary_read(int file, struct bytes *into, size_t len, uint64_t at)
{
    vec_reserve(into, len);
    while (len > 0) {
        ssize_t done = pread(file, into->items + into->len, len, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return diag_errno("the temporary file can't be read");
        if (done == 0)
            return diag_error("the temporary file ends too early");
        into->len += (size_t)done;
        len -= (size_t)done;
        at += (uint64_t)done;
    }
    return 0;
}

void temporary_forget(int file, uint64_t at, uint64_t end)
{
    if (end > at)
        (void)fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)(end - at));
}
