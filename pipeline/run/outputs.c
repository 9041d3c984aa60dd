/* outputs.c - see outputs.h. */
#include "run/outputs.h"

#include "base/descriptor.h"
#include "base/diag.h"
#include "base/output.h"
#include "base/pack.h"
#include "base/place.h"
#include "base/temporary.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct input_file {
    char *asker;
    const char *path;
    enum input_role role;
};

struct output_file {
    const char *asker, *path; /* path NULL: standard output */
    int level;
    enum output_role role;
    struct output *output;
};

struct outputs {
    VEC(struct input_file) inputs;
    VEC(struct output_file) files;
    struct temporary *folder; /* created for some of them; or NULL */
    bool finished;
};

struct outputs *outputs_new(void)
{
    return mem_zalloc(1, sizeof(struct outputs));
}

void outputs_input(struct outputs *outputs, const char *asker, const char *path, enum input_role role)
{
    struct input_file input = {mem_string(asker, strlen(asker)), path, role};
    vec_push(&outputs->inputs, input);
}

unsigned outputs_add(struct outputs *outputs, const char *asker, const char *path, int level, enum output_role role)
{
    bool standard = path == NULL || strcmp(path, "-") == 0;
    struct output_file file = {asker, standard ? NULL : path, level, role, NULL};
    vec_push(&outputs->files, file);
    return (unsigned)(outputs->files.len - 1);
}

int outputs_folder(struct outputs *outputs, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return 0;
    outputs->folder = temporary_folder(path);
    return outputs->folder != NULL ? 0 : diag_errno("%s: can't create this folder", path);
}

/* ---- one file under two names ---- */

static bool is_stdin(const struct input_file *input)
{
    return strcmp(input->path, "-") == 0;
}

/* Only `exists` and `status`, which is all that comparing an existing file takes: there may be many inputs. */
static bool look_at_input(const struct input_file *input, struct place *place)
{
    *place = (struct place){.exists = true, .descriptor = -1};
    return (is_stdin(input) ? fstat(STDIN_FILENO, &place->status) : stat(input->path, &place->status)) == 0;
}

/* The file of an input; false if it is not a regular file, or is missing, which is reported better when it is opened.
 */
static bool find_input(const struct input_file *input, struct place *place)
{
    return look_at_input(input, place) && S_ISREG(place->status.st_mode);
}

static int find_output(const struct output_file *file, struct place *place)
{
    return file->path == NULL ? place_of_descriptor(STDOUT_FILENO, place) : place_find(file->path, place);
}

/* Is this the same as standard output? Two such outputs share one descriptor, so neither overwrites the other. */
static bool shares_stdout(const struct place *place)
{
    struct place standard;
    return place_of_descriptor(STDOUT_FILENO, &standard) == 0 && place_same(place, &standard);
}

static bool is_file(const struct place *place)
{
    return !place->exists || S_ISREG(place->status.st_mode);
}

/* Where the next write to the output goes. */
static off_t written_to(const struct place *output)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    return flags >= 0 && (flags & O_APPEND) != 0 ? output->status.st_size : lseek(STDOUT_FILENO, 0, SEEK_CUR);
}

/* If an input is standard output, would reading never end, or mix with the output? Not if there is nothing between the
 * place where reading starts and the place where writing starts: `quern cat x >x` finds x empty, as with GNU cat. That
 * is only certain for the first input: something may have been written before the next one is read. */
static bool reads_own_output(const struct input_file *input, bool first, const struct place *output)
{
    off_t from = is_stdin(input) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
    return !first || (from >= 0 && from < written_to(output));
}

static int check_input(const struct input_file *input, bool first, const struct output_file *file,
                       const struct place *output)
{
    struct place place;
    if (!find_input(input, &place) || !place_same(&place, output))
        return 0;
    const char *name = is_stdin(input) ? "standard input" : input->path;
    if (shares_stdout(output))
        return reads_own_output(input, first, output)
                   ? diag_kind(STATUS_USAGE, "%s: the input is also the output: write to another file", name)
                   : 0;
    bool in_place = output->by_descriptor || output->mounted;
    if (file->role == OUTPUT_RECORDS && input->role == INPUT_RECORDS && !in_place)
        return 0;
    return diag_kind(STATUS_USAGE, "%s %s and %s %s are the same file: give the output a name of its own", file->asker,
                     file->path, input->asker, input->path);
}

static int check_inputs(const struct outputs *outputs, const struct output_file *file, const struct place *place)
{
    bool first = true;
    for (size_t i = 0; i < outputs->inputs.len; i++) {
        const struct input_file *input = &outputs->inputs.items[i];
        bool in_turn = input->role != INPUT_OTHER;
        if (check_input(input, first || !in_turn, file, place) < 0)
            return -1;
        first &= !in_turn;
    }
    return 0;
}

static int check_others(const struct outputs *outputs, size_t number, const struct place *place)
{
    const struct output_file *file = &outputs->files.items[number];
    for (size_t i = 0; i < number; i++) {
        const struct output_file *other = &outputs->files.items[i];
        struct place its;
        bool same = find_output(other, &its) == 0 && place_same(place, &its) && !shares_stdout(place);
        place_release(&its);
        if (same)
            return diag_kind(STATUS_USAGE, "%s %s and %s %s are the same file: give each output a name of its own",
                             other->asker, other->path, file->asker, file->path);
    }
    return 0;
}

static int check_output(const struct outputs *outputs, size_t number)
{
    struct place place;
    int done = 0;
    const char *path = outputs->files.items[number].path;
    if (path != NULL && pack_check_name(path) < 0)
        return -1;
    /* A place that can't be found can't be opened either, which is reported when that is tried. */
    if (find_output(&outputs->files.items[number], &place) == 0 && is_file(&place)) {
        done = check_inputs(outputs, &outputs->files.items[number], &place);
        if (done == 0)
            done = check_others(outputs, number, &place);
    }
    place_release(&place);
    return done;
}

/* Is this standard output, perhaps by another name? A device such as /dev/null may have any number of writers. */
static bool goes_to_stdout(const struct output_file *file)
{
    struct place place;
    if (file->path == NULL)
        return true;
    bool same =
        place_find(file->path, &place) == 0 && place.exists && !S_ISCHR(place.status.st_mode) && shares_stdout(&place);
    place_release(&place);
    return same;
}

/* Two outputs there would be one mixture. */
static int check_stdout(const struct outputs *outputs)
{
    const struct output_file *first = NULL;
    for (size_t i = 0; i < outputs->files.len; i++) {
        const struct output_file *file = &outputs->files.items[i];
        if (!goes_to_stdout(file))
            continue;
        if (first != NULL)
            return diag_kind(STATUS_USAGE, "%s %s is standard output, where %s: give one of them a file", file->asker,
                             file->path != NULL ? file->path : "-",
                             first->role == OUTPUT_RECORDS ? "the records go" : "another output goes");
        first = file;
    }
    return 0;
}

/* /dev/stdin is standard input too, unless that is a file, which is opened again from its start. */
static bool asks_for_stdin(const struct input_file *input)
{
    struct place place, standard;
    return is_stdin(input) ||
           (look_at_input(input, &place) && (S_ISFIFO(place.status.st_mode) || S_ISSOCK(place.status.st_mode)) &&
            place_of_descriptor(STDIN_FILENO, &standard) == 0 && place_same(&place, &standard));
}

static int check_stdin(const struct outputs *outputs)
{
    const char *asker = NULL;
    for (size_t i = 0; i < outputs->inputs.len; i++) {
        const struct input_file *input = &outputs->inputs.items[i];
        if (!asks_for_stdin(input))
            continue;
        if (asker != NULL && strcmp(asker, input->asker) == 0)
            return diag_kind(STATUS_USAGE, "%s asks for standard input twice: it can be read only once", asker);
        if (asker != NULL)
            return diag_kind(STATUS_USAGE,
                             "both %s and %s ask for standard input, which can be read only once: "
                             "name a file for one of them",
                             asker, input->asker);
        asker = input->asker;
    }
    return 0;
}

int outputs_check(struct outputs *outputs)
{
    if (check_stdin(outputs) < 0 || check_stdout(outputs) < 0)
        return -1;
    for (size_t i = 0; i < outputs->files.len; i++)
        if (check_output(outputs, i) < 0)
            return -1;
    return 0;
}

int outputs_check_level(const struct outputs *outputs)
{
    const int level = outputs->files.items[OUTPUTS_RECORDS].level;
    bool has_effect = false;
    for (size_t i = 0; i < outputs->files.len; i++) {
        const struct output_file *file = &outputs->files.items[i];
        if (file->level == 0 || file->path == NULL || !pack_named(file->path))
            continue;
        has_effect = true;
        if (pack_check_level(file->path, file->level) < 0)
            return -1;
    }
    return level == 0 || has_effect ? 0
                                    : diag_error("--level goes only with an output that is compressed: a name in .zst, "
                                                 ".gz, .xz, .bz2 or .lz4");
}

/* ---- the run ---- */

static struct output *open_file(const struct output_file *file)
{
    struct place place;
    struct output *output = NULL;
    if (file->path == NULL)
        return output_standard();
    if (place_find(file->path, &place) == 0)
        output = output_open(&place, file->path, file->level);
    else
        (void)diag_errno("%s", file->path);
    place_release(&place);
    return output;
}

int outputs_open(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->files.len; i++) {
        struct output_file *file = &outputs->files.items[i];
        file->output = open_file(file);
        if (file->output == NULL)
            return -1;
    }
    return 0;
}

bool outputs_is_standard(const struct outputs *outputs, unsigned output)
{
    return outputs->files.items[output].path == NULL;
}

int outputs_write(struct outputs *outputs, unsigned output, struct slice bytes)
{
    return output_write(outputs->files.items[output].output, bytes);
}

uint64_t outputs_written(const struct outputs *outputs, unsigned output)
{
    return output_written(outputs->files.items[output].output);
}

/* The records get their name last, and irrevocably. A crash between two outputs leaves one without its name, and then
 * it is better to have the counters but not the records, on which a make rule depends. */
static int appear_all(const struct outputs *outputs)
{
    for (size_t i = outputs->files.len; i-- > 0;) {
        if (output_appear(outputs->files.items[i].output, i > 0) == 0)
            continue;
        for (size_t back = i + 1; back < outputs->files.len; back++)
            output_revoke(outputs->files.items[back].output);
        return -1;
    }
    return 0;
}

int outputs_finish(struct outputs *outputs)
{
    sigset_t all, before;
    for (size_t i = 0; i < outputs->files.len; i++)
        if (output_complete(outputs->files.items[i].output) < 0)
            return -1;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int done = appear_all(outputs);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    outputs->finished = done == 0;
    for (size_t i = 0; done == 0 && i < outputs->files.len; i++)
        done = output_sync_folder(outputs->files.items[i].output);
    return done;
}

/* An older file stays if there is nothing to replace it. */
static int keep_refused(struct output *output)
{
    int left = output_written(output) > 0 ? output_salvage(output) : 1;
    if (left != 0)
        return left < 0 ? -1 : 0;
    return output_appear(output, false) < 0 ? -1 : output_sync_folder(output);
}

static void keep_all_refused(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->files.len; i++) {
        const struct output_file *file = &outputs->files.items[i];
        if (file->role == OUTPUT_REFUSED && file->output != NULL && keep_refused(file->output) < 0)
            diag_report("%s", diag_message());
    }
}

void outputs_free(struct outputs *outputs)
{
    if (outputs == NULL)
        return;
    const struct output_file *records = outputs->files.items;
    if (!outputs->finished && outputs->files.len > 0 && records->output != NULL &&
        (output_in_place(records->output) || output_written(records->output) == 0))
        keep_all_refused(outputs);
    for (size_t i = 0; i < outputs->files.len; i++)
        output_free(outputs->files.items[i].output);
    temporary_drop(outputs->folder); /* only if it is empty */
    for (size_t i = 0; i < outputs->inputs.len; i++)
        mem_free(outputs->inputs.items[i].asker);
    vec_free(&outputs->inputs);
    vec_free(&outputs->files);
    mem_free(outputs);
}
