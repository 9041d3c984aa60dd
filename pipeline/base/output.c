/* output.c - see output.h. */
#include "base/output.h"

#include "base/descriptor.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/pack.h"
#include "base/temporary.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_BYTES = 4 * 1024 * 1024 /* of text that is compressed together */ };

struct output {
    int fd; /* if written in place; -1: use the temporary's */
    const char *name;
    char *target; /* NULL: in place */
    char *folder; /* of the target */
    struct temporary *temporary;
    bool to_sync; /* written in place, but a file on a disk */

    struct packer *packer; /* NULL: plain */
    struct bytes frame;    /* text of the frame that is not full yet */
    struct bytes compressed;
    uint64_t written;
    uint64_t whole; /* bytes in the file up to the last piece that was written completely */
};

/* ---- opening ---- */

struct output *output_standard(void)
{
    if (descriptor_was_closed(STDOUT_FILENO)) {
        (void)diag_kind(STATUS_FAILED, "stdout: closed");
        return NULL;
    }
    struct output *output = mem_zalloc(1, sizeof *output);
    output->fd = STDOUT_FILENO;
    output->name = "stdout";
    descriptor_widen(output->fd);
    return output;
}

static bool is_standard(const struct place *place)
{
    struct place standard;
    return !descriptor_was_closed(STDOUT_FILENO) && place_of_descriptor(STDOUT_FILENO, &standard) == 0 &&
           place_same(place, &standard);
}

/* A file that is already open is written through that descriptor or at its end: opening it again would start at 0. */
static int open_in_place(struct output *output, const struct place *place)
{
    bool regular = S_ISREG(place->status.st_mode);
    if (place->descriptor >= 0 || (regular && is_standard(place)))
        output->fd =
            fcntl(place->descriptor >= 0 ? place->descriptor : STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    else if (place->by_descriptor)
        output->fd = open(place->path, O_WRONLY | O_CLOEXEC | (regular ? O_APPEND : 0));
    else
        output->fd = open(place->path, O_WRONLY | O_CLOEXEC | (regular ? O_TRUNC : 0));
    output->to_sync = regular && place->mounted;
    return output->fd < 0 ? -1 : 0;
}

static int open_beside(struct output *output, const struct place *place)
{
    unsigned mode = place->exists ? place->status.st_mode & 0777 : 0666;
    output->fd = -1;
    output->temporary = temporary_beside(place->path, mode);
    if (output->temporary == NULL)
        return -1;
    output->target = mem_string(place->path, strlen(place->path));
    output->folder = mem_string(place->path, (size_t)(strrchr(place->path, '/') + 1 - place->path));
    return 0;
}

struct output *output_open(const struct place *place, const char *name, int level)
{
    struct output *output = mem_zalloc(1, sizeof *output);
    output->name = name;
    bool replaces = !place->by_descriptor && !place->mounted &&
                    (!place->exists || (S_ISREG(place->status.st_mode) && !is_standard(place)));
    if ((replaces ? open_beside(output, place) : open_in_place(output, place)) < 0) {
        (void)diag_errno("%s", name);
        output_free(output);
        return NULL;
    }
    output->packer = pack_new(name, level);
    return output;
}

bool output_in_place(const struct output *output)
{
    return output->target == NULL;
}

/* ---- writing ---- */

static int fd_of(const struct output *output)
{
    return output->temporary != NULL ? temporary_descriptor(output->temporary) : output->fd;
}

/* The reader of our output is gone: end silently, as a program that does not handle SIGPIPE would. */
static void end_by_pipe(void)
{
    temporary_end_by_signal(SIGPIPE);
    _exit(128 + SIGPIPE);
}

static int write_piece(struct output *output, struct slice bytes)
{
    if (descriptor_write(fd_of(output), bytes) < 0) {
        if (errno == EPIPE)
            end_by_pipe();
        return diag_errno("%s: write", output->name);
    }
    output->whole += bytes.len;
    return 0;
}

static int write_frame(struct output *output, struct slice text)
{
    output->compressed.len = 0;
    if (pack(output->packer, text, &output->compressed) < 0)
        return diag_within("%s: %s", output->name, diag_message());
    return write_piece(output, bytes_slice(&output->compressed));
}

/* A frame ends with the line that reaches FRAME_BYTES, so the compressed bytes depend only on the text, not on the
 * pieces in which it arrives. */
static int write_frames(struct output *output)
{
    while (output->frame.len >= FRAME_BYTES) {
        const char *at = output->frame.items + FRAME_BYTES - 1;
        const char *newline = memchr(at, '\n', output->frame.len - (FRAME_BYTES - 1));
        if (newline == NULL)
            return 0;
        size_t len = (size_t)(newline + 1 - output->frame.items);
        if (write_frame(output, (struct slice){output->frame.items, len}) < 0)
            return -1;
        memmove(output->frame.items, newline + 1, output->frame.len - len);
        output->frame.len -= len;
    }
    return 0;
}

int output_write(struct output *output, struct slice bytes)
{
    output->written += bytes.len;
    if (output->packer == NULL)
        return write_piece(output, bytes);
    bytes_put(&output->frame, bytes);
    return write_frames(output);
}

uint64_t output_written(const struct output *output)
{
    return output->written;
}

/* ---- the end ---- */

static int write_rest(struct output *output)
{
    if (output->packer == NULL || (output->frame.len == 0 && output->written > 0))
        return 0;
    int done = write_frame(output, bytes_slice(&output->frame));
    output->frame.len = 0;
    return done;
}

int output_complete(struct output *output)
{
    int fd = fd_of(output);
    if (write_rest(output) < 0)
        return -1;
    if ((output->temporary != NULL || output->to_sync) && fsync(fd) < 0)
        return diag_errno("%s", output->name);
    if ((output->temporary != NULL ? temporary_shut(output->temporary) : descriptor_check(fd)) < 0)
        return diag_errno("%s: close", output->name);
    return 0;
}

int output_appear(struct output *output, bool revocable)
{
    if (output->temporary != NULL && temporary_appear(output->temporary, output->target, revocable) < 0)
        return diag_errno("%s: rename", output->name);
    return 0;
}

void output_revoke(struct output *output)
{
    if (output->temporary != NULL)
        temporary_withdraw(output->temporary, output->target);
}

/* A folder that we may not read can't be synced, and some file systems can't sync folders. Nothing is allocated here:
 * running out of memory now would fail a run that has done its work. */
int output_sync_folder(const struct output *output)
{
    if (output->target == NULL)
        return 0;
    int fd = open(output->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == EACCES)
        return 0;
    bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS);
    int reason = errno;
    if (fd >= 0)
        (void)close(fd); /* nothing was written to it */
    errno = reason;
    return synced ? 0 : diag_errno("%s: written, but its folder can't be synced", output->name);
}

/* Truncates to the end of the last complete piece. An output written in place can't be truncated. */
static int drop_torn(struct output *output)
{
    int fd = fd_of(output);
    off_t whole = (off_t)output->whole;
    if (output->temporary == NULL || (ftruncate(fd, whole) == 0 && lseek(fd, whole, SEEK_SET) == whole))
        return 0;
    return diag_errno("%s: can't remove the incomplete end", output->name);
}

int output_salvage(struct output *output)
{
    if (drop_torn(output) < 0 || (write_rest(output) < 0 && drop_torn(output) < 0))
        return -1;
    return output->whole == 0 ? 1 : output_complete(output);
}

void output_free(struct output *output)
{
    if (output == NULL)
        return;
    temporary_drop(output->temporary);
    if (output->fd > STDERR_FILENO)
        (void)close(output->fd); /* checked before */
    pack_free(output->packer);
    vec_free(&output->frame);
    vec_free(&output->compressed);
    mem_free(output->target);
    mem_free(output->folder);
    mem_free(output);
}
