/* triangle.c - see triangle.h. */
#include "triangle.h"

#include "base/memory.h"

#include <pthread.h>

struct triangle {
    size_t blocks;
    bool *taken;  /* by block */
    bool *done;   /* by i * blocks + j */
    size_t *next; /* by i: the first j whose pair is not done; `blocks` if there is none */
    size_t first; /* the first i of which there is one */
    pthread_mutex_t lock;
    pthread_cond_t given;
};

struct triangle *triangle_new(size_t blocks)
{
    struct triangle *triangle = mem_zalloc(1, sizeof *triangle);
    triangle->blocks = blocks;
    triangle->taken = mem_zalloc(blocks, sizeof *triangle->taken);
    triangle->done = mem_zalloc(blocks * blocks, sizeof *triangle->done);
    triangle->next = mem_zalloc(blocks, sizeof *triangle->next);
    for (size_t i = 0; i < blocks; i++)
        triangle->next[i] = i;
    (void)pthread_mutex_init(&triangle->lock, NULL);
    (void)pthread_cond_init(&triangle->given, NULL);
    return triangle;
}

void triangle_free(struct triangle *triangle)
{
    (void)pthread_mutex_destroy(&triangle->lock);
    (void)pthread_cond_destroy(&triangle->given);
    mem_free(triangle->taken);
    mem_free(triangle->done);
    mem_free(triangle->next);
    mem_free(triangle);
}

/* Takes the first free pair with this i. */
static bool take_in(struct triangle *triangle, size_t i, size_t *j)
{
    bool *done = triangle->done + i * triangle->blocks;
    if (triangle->taken[i])
        return false;
    for (size_t at = triangle->next[i]; at < triangle->blocks; at++) {
        if (done[at] || triangle->taken[at])
            continue;
        done[at] = true;
        triangle->taken[i] = triangle->taken[at] = true;
        while (triangle->next[i] < triangle->blocks && done[triangle->next[i]])
            triangle->next[i]++;
        while (triangle->first < triangle->blocks && triangle->next[triangle->first] == triangle->blocks)
            triangle->first++;
        *j = at;
        return true;
    }
    return false;
}

static bool take(struct triangle *triangle, size_t last, size_t *i, size_t *j)
{
    *i = last;
    if (last < triangle->blocks && take_in(triangle, last, j))
        return true;
    for (*i = triangle->first; *i < triangle->blocks; ++*i)
        if (take_in(triangle, *i, j))
            return true;
    return false;
}

bool triangle_take(struct triangle *triangle, size_t last, size_t *i, size_t *j)
{
    (void)pthread_mutex_lock(&triangle->lock);
    bool found;
    while (!(found = take(triangle, last, i, j)) && triangle->first < triangle->blocks)
        (void)pthread_cond_wait(&triangle->given, &triangle->lock);
    /* Whoever waits for a pair must hear that the last one is gone. */
    if (triangle->first == triangle->blocks)
        (void)pthread_cond_broadcast(&triangle->given);
    (void)pthread_mutex_unlock(&triangle->lock);
    return found;
}

void triangle_give(struct triangle *triangle, size_t i, size_t j)
{
    (void)pthread_mutex_lock(&triangle->lock);
    triangle->taken[i] = triangle->taken[j] = false;
    (void)pthread_cond_broadcast(&triangle->given);
    (void)pthread_mutex_unlock(&triangle->lock);
}
