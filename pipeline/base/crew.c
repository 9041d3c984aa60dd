/* crew.c - see crew.h. */
#include "base/crew.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>

struct crew {
    size_t threads;
};

/* What one thread does. */
struct share {
    void (*work)(void *state, size_t thread);
    void *state;
    size_t thread;
};

struct crew *crew_new(size_t threads)
{
    struct crew *crew = mem_zalloc(1, sizeof *crew);
    crew->threads = threads;
    return crew;
}

void crew_free(struct crew *crew)
{
    mem_free(crew);
}

size_t crew_threads(const struct crew *crew)
{
    return crew->threads;
}

static void *do_share(void *argument)
{
    const struct share *share = argument;
    share->work(share->state, share->thread);
    return NULL;
}

void crew_all(struct crew *crew, void (*work)(void *state, size_t thread), void *state)
{
    pthread_t *threads = mem_zalloc(crew->threads, sizeof *threads);
    struct share *shares = mem_zalloc(crew->threads, sizeof *shares);
    size_t started = 1;
    for (size_t i = 0; i < crew->threads; i++)
        shares[i] = (struct share){work, state, i};
    while (started < crew->threads && pthread_create(&threads[started], NULL, do_share, &shares[started]) == 0)
        started++;
    (void)do_share(&shares[0]);
    for (size_t i = 1; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    mem_free(shares);
    mem_free(threads);
}

struct items {
    void (*task)(void *state, size_t item, size_t thread);
    void *state;
    size_t count;
    atomic_size_t next;
};

static void take_items(void *state, size_t thread)
{
    struct items *items = state;
    for (size_t item; (item = atomic_fetch_add(&items->next, 1)) < items->count;)
        items->task(items->state, item, thread);
}

void crew_each(struct crew *crew, size_t count, void (*task)(void *state, size_t item, size_t thread), void *state)
{
    struct items items = {.task = task, .state = state, .count = count};
    crew_all(crew, take_items, &items);
}
