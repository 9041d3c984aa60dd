/* crew.h - the threads of a run: the only place that starts threads for work.
 *
 * Threads are started for one piece of work and joined after it; the calling thread is one of them. Fewer threads than
 * asked for are slower, not wrong. */
#ifndef QUERN_CREW_H
#define QUERN_CREW_H

#include <stddef.h>

struct crew;

/* threads: at least 1. */
struct crew *crew_new(size_t threads);
void crew_free(struct crew *crew); /* may be NULL */

size_t crew_threads(const struct crew *crew);

/* Calls work(state, thread) once in each thread; thread numbers start at 0. */
void crew_all(struct crew *crew, void (*work)(void *state, size_t thread), void *state);

/* Calls task(state, item, thread) once for each item below count, in any order and in any thread: a thread that has
 * ended one takes the next. */
void crew_each(struct crew *crew, size_t count, void (*task)(void *state, size_t item, size_t thread), void *state);

#endif
