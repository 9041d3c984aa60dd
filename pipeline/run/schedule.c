/* schedule.c - moves blocks through steps: see schedule.h. */
#include "run/schedule.h"

#include <assert.h>
#include <pthread.h>

enum { BLOCKS_EACH = 3 /* in flight for each thread: one in work, others waiting for an ordered step */ };

struct step {
    bool ordered;
    bool busy;     /* ordered: it is working on a block */
    uint64_t turn; /* ordered: the number of the next block */
};

struct schedule {
    struct crew *crew;
    size_t filters, outputs;
    schedule_perform *perform;
    void *context;

    pthread_mutex_t lock; /* of all fields below */
    pthread_cond_t changed;
    struct step *steps;
    size_t step_count;
    struct block **window; /* in flight, oldest first */
    size_t in_flight, window_size;
    struct block **idle;
    size_t idle_count;
    uint64_t next_block;
    bool ended; /* begin no more blocks */
};

struct schedule *schedule_new(struct crew *crew, size_t filters, size_t outputs)
{
    size_t threads = crew_threads(crew);
    struct schedule *schedule = mem_zalloc(1, sizeof *schedule);
    schedule->crew = crew;
    schedule->filters = filters;
    schedule->outputs = outputs;
    schedule->window_size = threads == 1 ? 1 : threads * BLOCKS_EACH;
    schedule->window = mem_zalloc(schedule->window_size, sizeof *schedule->window);
    schedule->idle = mem_zalloc(schedule->window_size, sizeof *schedule->idle);
    (void)pthread_mutex_init(&schedule->lock, NULL);
    (void)pthread_cond_init(&schedule->changed, NULL);
    return schedule;
}

void schedule_free(struct schedule *schedule)
{
    if (schedule == NULL)
        return;
    for (size_t i = 0; i < schedule->idle_count; i++)
        block_free(schedule->idle[i]);
    mem_free(schedule->idle);
    mem_free(schedule->window);
    (void)pthread_mutex_destroy(&schedule->lock);
    (void)pthread_cond_destroy(&schedule->changed);
    mem_free(schedule);
}

static struct block *begin_block(struct schedule *schedule)
{
    struct block *block = schedule->idle_count > 0 ? schedule->idle[--schedule->idle_count]
                                                   : block_new(schedule->filters, schedule->outputs);
    block->number = schedule->next_block++;
    block->step = 0;
    block->busy = true;
    schedule->window[schedule->in_flight++] = block;
    return block;
}

static void end_block(struct schedule *schedule, struct block *block)
{
    size_t at = 0;
    while (schedule->window[at] != block)
        at++;
    schedule->in_flight--;
    memmove(schedule->window + at, schedule->window + at + 1, (schedule->in_flight - at) * sizeof *schedule->window);
    block_reset(block);
    schedule->idle[schedule->idle_count++] = block;
}

static bool may_enter(const struct schedule *schedule, const struct block *block)
{
    const struct step *step = &schedule->steps[block->step];
    return !step->ordered || (!step->busy && step->turn == block->number);
}

/* The oldest block that can go on, or a new one; waits for either. NULL when there is nothing left. */
static struct block *pick_block(struct schedule *schedule)
{
    for (;;) {
        for (size_t i = 0; i < schedule->in_flight; i++) {
            struct block *block = schedule->window[i];
            if (!block->busy && may_enter(schedule, block)) {
                block->busy = true;
                return block;
            }
        }
        if (!schedule->ended && !schedule->steps[0].busy && schedule->steps[0].turn == schedule->next_block &&
            schedule->in_flight < schedule->window_size)
            return begin_block(schedule);
        if (schedule->ended && schedule->in_flight == 0)
            return NULL;
        (void)pthread_cond_wait(&schedule->changed, &schedule->lock);
    }
}

/* Moves the block as far as it can go. The lock is held at the call and at the return. */
static void advance(struct schedule *schedule, size_t thread, struct block *block)
{
    while (may_enter(schedule, block)) {
        struct step *step = &schedule->steps[block->step];
        step->busy = step->ordered;
        (void)pthread_mutex_unlock(&schedule->lock);
        schedule->perform(schedule->context, thread, block->step, block);
        (void)pthread_mutex_lock(&schedule->lock);
        schedule->ended = schedule->ended || block->last;
        if (step->ordered) {
            step->busy = false;
            /* A block that will come back keeps its turn. */
            step->turn += block->first_waiting > block->step;
            (void)pthread_cond_broadcast(&schedule->changed);
        }
        if (++block->step == schedule->step_count && block->last_waiting != STEP_NONE)
            block->step = block->last_waiting;
        if (block->step == schedule->step_count) {
            end_block(schedule, block);
            (void)pthread_cond_broadcast(&schedule->changed);
            return;
        }
    }
    block->busy = false;
}

static void work(void *state, size_t thread)
{
    struct schedule *schedule = state;
    (void)pthread_mutex_lock(&schedule->lock);
    for (struct block *block; (block = pick_block(schedule)) != NULL;)
        advance(schedule, thread, block);
    (void)pthread_mutex_unlock(&schedule->lock);
}

void schedule_run(struct schedule *schedule, const bool *ordered, size_t step_count, schedule_perform *perform,
                  void *context)
{
    assert(step_count >= 2 && ordered[0] && ordered[step_count - 1]);
    schedule->perform = perform;
    schedule->context = context;
    schedule->steps = mem_zalloc(step_count, sizeof *schedule->steps);
    schedule->step_count = step_count;
    for (size_t i = 0; i < step_count; i++)
        schedule->steps[i].ordered = ordered[i];
    schedule->next_block = 0;
    schedule->ended = false;

    crew_all(schedule->crew, work, schedule);
    mem_free(schedule->steps);
}
