/* version.h - the version of quern, and those of the libraries that can change a byte of its output. */
#ifndef QUERN_VERSION_H
#define QUERN_VERSION_H

#include <stdio.h>

/* A change of any byte that a filter writes is a new major version. */
#define QUERN_VERSION "0.2.0"

struct library {
    const char *name;
    const char *(*version)(void); /* of the library that is loaded */
    struct library *next;
};

/* Who uses a library says so, in the file that uses it, outside any function:
 *
 *     LIBRARY(zstd, "zstd", ZSTD_versionString)
 *
 * so that nobody else has to know of it. */
void library_add(struct library *library);
#define LIBRARY(id, title, function)                                                                                   \
    __attribute__((constructor)) static void add_library_##id(void)                                                    \
    {                                                                                                                  \
        static struct library library = {.name = (title), .version = (function)};                                      \
        library_add(&library);                                                                                         \
    }

/* Prints quern's own version and those of the libraries, by name, a line each. */
void version_print(FILE *out);

#endif
