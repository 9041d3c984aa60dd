/* phases.c - see phases.h. */
#include "run/phases.h"

#include "base/diag.h"

#include <sys/stat.h>
#include <unistd.h>

/* How a phase begins. */
enum start { START_INPUT, START_HELD, START_AGAIN };

static void add_step(struct run *run, enum step_kind kind, size_t link, bool ordered)
{
    struct step step = {.kind = kind, .link = link, .ordered = ordered, .mode = SINK_EMITS};
    vec_push(&run->steps, step);
}

static bool takes_two_passes(const struct link *link)
{
    return link->class == STAGE_WHOLE && link->stage->apply != NULL;
}

/* Its records come as they were read: from the input again, or from a spool. */
static void add_reading(struct run *run, size_t first, bool again)
{
    add_step(run, again && run->from != NULL ? STEP_READ_SPOOL : STEP_READ, first, true);
    add_step(run, STEP_PARSE, first, false);
}

/* The steps of the phase that starts with filter `first`: up to the end of the chain or the next barrier, which is
 * returned; links.len if there is none. */
static size_t plan_phase(struct run *run, size_t first, enum start start)
{
    size_t count = run->chain->links.len, link = first;
    run->steps.len = 0;
    if (start == START_HELD)
        add_step(run, STEP_HELD, link++, true);
    else
        add_reading(run, first, start == START_AGAIN);
    if (start == START_AGAIN) {
        add_step(run, STEP_APPLY, link, run->chain->links.items[link].stage->apply_in_order);
        link++;
    }
    for (; link < count; link++) {
        const struct link *own = &run->chain->links.items[link];
        add_step(run, STEP_FILTER, link, own->in_order);
        if (own->class == STAGE_WHOLE) {
            run->steps.items[run->steps.len - 1].mode = takes_two_passes(own) ? SINK_KEEPS : SINK_HOLDS;
            break;
        }
    }
    bool keeps = link < count && takes_two_passes(&run->chain->links.items[link]);
    if (!keeps || run->to != NULL)
        add_step(run, STEP_PRINT, keeps ? link + 1 : count, false);
    add_step(run, keeps ? STEP_KEEP : STEP_WRITE, keeps ? link + 1 : count, true);
    return link;
}

/* ---- input that is read twice ---- */

static int inspect_input(const char *path, struct stat *status)
{
    return strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, status) : stat(path, status);
}

/* Can each input be read again from its start? */
static bool can_read_again(const struct run *run)
{
    size_t count = run->files->len > 0 ? run->files->len : 1;
    for (size_t i = 0; i < count; i++) {
        struct stat status;
        const char *path = run->files->len > 0 ? run->files->items[i] : "-";
        if (inspect_input(path, &status) < 0 || !S_ISREG(status.st_mode))
            return false;
    }
    return true;
}

/* Notes what shows whether a file has changed. */
static void note_inputs(struct run *run)
{
    size_t count = run->files->len > 0 ? run->files->len : 1;
    run->stdin_start = lseek(STDIN_FILENO, 0, SEEK_CUR);
    for (size_t i = 0; i < count; i++) {
        struct stat status = {0};
        (void)inspect_input(run->files->len > 0 ? run->files->items[i] : "-", &status);
        vec_push(&run->inputs, status);
    }
}

static int rewind_inputs(struct run *run)
{
    for (size_t i = 0; i < run->inputs.len; i++) {
        struct stat status = {0};
        const struct stat *before = &run->inputs.items[i];
        const char *path = run->files->len > 0 ? run->files->items[i] : "-";
        const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
        if (inspect_input(path, &status) < 0)
            return diag_errno("%s", name);
        if (status.st_dev != before->st_dev || status.st_ino != before->st_ino || status.st_size != before->st_size ||
            status.st_mtim.tv_sec != before->st_mtim.tv_sec || status.st_mtim.tv_nsec != before->st_mtim.tv_nsec)
            return diag_kind(STATUS_FAILED, "%s: the file has changed between the two passes over it", name);
        if (strcmp(path, "-") == 0 && lseek(STDIN_FILENO, run->stdin_start, SEEK_SET) < 0)
            return diag_errno("%s: seek", name);
    }
    run->next_file = 0;
    return 0;
}

/* Filter `link` will see its records twice: prepares a spool unless the input can be read again. */
static int open_spool(struct run *run, size_t link)
{
    if (link == 0 && can_read_again(run)) {
        note_inputs(run);
        return 0;
    }
    run->to = spool_new(run->options->temp_dir, (uint64_t)run->options->max_spool);
    return run->to != NULL ? 0 : -1;
}

/* The spool that the phase will write, if it ends with a filter that needs one. */
static int prepare_phase(struct run *run, size_t first, enum start start)
{
    size_t link = start == START_INPUT ? first : first + 1, count = run->chain->links.len;
    while (link < count && run->chain->links.items[link].class != STAGE_WHOLE)
        link++;
    return link < count && takes_two_passes(&run->chain->links.items[link]) ? open_spool(run, link) : 0;
}

/* ---- the phases ---- */

static int merge_states(struct run *run, size_t link)
{
    const struct link *held = &run->chain->links.items[link];
    if (held->stage->merge == NULL || held->class != STAGE_WHOLE)
        return 0;
    if (held->in_order)
        return held->stage->merge(held->shared, run->ordered_states[link]);
    for (size_t thread = 0; thread < run->threads; thread++)
        if (held->stage->merge(held->shared, run->thread_states[thread][link]) < 0)
            return -1;
    return 0;
}

/* Between the two passes of a filter. */
static int turn_back(struct run *run, size_t link)
{
    const struct link *own = &run->chain->links.items[link];
    struct block *block = block_new(run->chain->links.len, run->chain->outputs.len);
    struct sink sink = sink_start(run->chain, block, link, false);
    sink.mode = SINK_HOLDS;
    sink.crew = run->crew;
    int status = own->stage->end != NULL ? own->stage->end(own->shared, &sink) : 0;
    for (size_t i = 0; i < run->chain->links.len * COUNTERS_EACH; i++)
        run->counters[i] += block->counters[i];
    block_free(block);
    if (status < 0)
        return -1;
    run->parts = own->stage->parts != NULL ? own->stage->parts(own->shared) : 0;
    run->next_part = 0;
    run->from = run->to;
    run->to = NULL;
    return run->from == NULL ? rewind_inputs(run) : 0;
}

static void run_phase(struct run *run)
{
    bool *ordered = mem_zalloc(run->steps.len, sizeof *ordered);
    for (size_t i = 0; i < run->steps.len; i++)
        ordered[i] = run->steps.items[i].ordered;
    schedule_run(run->schedule, ordered, run->steps.len, steps_perform, run);
    mem_free(ordered);
}

static int fail(struct run *run)
{
    diag_report("%s", diag_message());
    run->status = diag_status(STATUS_FAILED);
    return -1;
}

int phases_run(struct run *run)
{
    size_t first = 0, count = run->chain->links.len;
    for (enum start start = START_INPUT;;) {
        if (prepare_phase(run, first, start) < 0)
            return fail(run);
        run->second_pass = start == START_AGAIN;
        if (run->progress != NULL && start != START_INPUT)
            progress_next_pass(run->progress, start == START_AGAIN && run->from == NULL);
        size_t barrier = plan_phase(run, first, start);
        run_phase(run);
        spool_free(run->from);
        run->from = NULL;
        run->parts = run->next_part = 0;
        if (run->status != STATUS_DONE)
            return -1;
        if (barrier == count)
            return 0;
        bool again = takes_two_passes(&run->chain->links.items[barrier]);
        if (merge_states(run, barrier) < 0 || (again && turn_back(run, barrier) < 0))
            return fail(run);
        start = again ? START_AGAIN : START_HELD;
        first = barrier;
    }
}

/* ---- the states ---- */

int phases_open(struct run *run)
{
    size_t count = run->chain->links.len;
    run->counters = mem_zalloc(count * COUNTERS_EACH, sizeof *run->counters);
    run->finished = mem_zalloc(count, sizeof *run->finished);
    run->ordered_states = mem_zalloc(count, sizeof *run->ordered_states);
    run->thread_states = mem_zalloc(run->threads, sizeof *run->thread_states);
    for (size_t thread = 0; thread < run->threads; thread++)
        run->thread_states[thread] = mem_zalloc(count, sizeof *run->thread_states[thread]);
    for (size_t link = 0; link < count; link++) {
        const struct link *own = &run->chain->links.items[link];
        bool ordered = own->in_order;
        for (size_t thread = 0; thread < (ordered ? 1 : run->threads); thread++) {
            void **state = ordered ? &run->ordered_states[link] : &run->thread_states[thread][link];
            *state = own->shared;
            if (own->stage->thread_open != NULL && own->stage->thread_open(own->shared, state) < 0) {
                *state = NULL;
                return -1;
            }
        }
    }
    return 0;
}

static void close_states(struct run *run)
{
    for (size_t link = 0; link < run->chain->links.len; link++) {
        void (*close_state)(void *) = run->chain->links.items[link].stage->thread_close;
        if (close_state == NULL)
            continue;
        for (size_t thread = 0; thread < run->threads; thread++)
            if (run->thread_states[thread] != NULL && run->thread_states[thread][link] != NULL)
                close_state(run->thread_states[thread][link]);
        if (run->ordered_states[link] != NULL)
            close_state(run->ordered_states[link]);
    }
}

void phases_close(struct run *run)
{
    spool_free(run->from);
    spool_free(run->to);
    vec_free(&run->inputs);
    vec_free(&run->skipped);
    vec_free(&run->steps);
    if (run->thread_states == NULL)
        return;
    close_states(run);
    for (size_t thread = 0; thread < run->threads; thread++)
        mem_free(run->thread_states[thread]);
    mem_free(run->thread_states);
    mem_free(run->ordered_states);
    mem_free(run->finished);
    mem_free(run->counters);
}
