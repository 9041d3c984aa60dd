/* made.h - for the programs that make records for laws_*.sh. They share nothing with quern, nor its random numbers. */
#ifndef TESTS_CHECK_MADE_H
#define TESTS_CHECK_MADE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of NAME=VALUE among the arguments, or `otherwise`. */
static inline const char *made_word(char **arguments, const char *name, const char *otherwise)
{
    size_t length = strlen(name);
    for (; *arguments != NULL; arguments++) {
        if (strncmp(*arguments, name, length) == 0 && (*arguments)[length] == '=')
            return *arguments + length + 1;
    }
    return otherwise;
}

static inline int made_number(char **arguments, const char *name, int otherwise)
{
    const char *word = made_word(arguments, name, NULL);
    return word != NULL ? (int)strtol(word, NULL, 10) : otherwise;
}

static inline bool made_is(const char *word, const char *other)
{
    return strcmp(word, other) == 0;
}

/* In [0, 1): splitmix64, whose only state is a counter. */
static inline double made_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static inline int made_below(uint64_t *state, int n)
{
    return (int)(made_random(state) * n);
}

static inline bool made_chance(uint64_t *state, double share)
{
    return made_random(state) < share;
}

/* The state of a program, and its draws; made_… take another one. */
static uint64_t state;

static inline int below(int n)
{
    return made_below(&state, n);
}

static inline bool chance(double share)
{
    return made_chance(&state, share);
}

/* order[0 .. n) in random order (Fisher and Yates) */
static inline void made_shuffle(int *order, int n)
{
    for (int i = n - 1; i > 0; i--) {
        int k = below(i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
}

/* "NAME":[n,n,...] */
static inline void made_print(const char *name, const int *numbers, int count)
{
    printf("\"%s\":[", name);
    for (int i = 0; i < count; i++)
        printf("%s%d", i > 0 ? "," : "", numbers[i]);
    putchar(']');
}

/* To be returned by main: output that could not be written is a failure. */
static inline int made_end(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

#endif
