/* clock.h - how much time has passed. */
#ifndef QUERN_CLOCK_H
#define QUERN_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that never goes back. May be called in a signal handler, and after fork. */
static inline int64_t clock_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
