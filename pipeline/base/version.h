/* version.h - the version of quern, and those of the libraries that can change a byte of its output. */
#ifndef QUERN_VERSION_H
#define QUERN_VERSION_H

#include <stdio.h>

/* Changing any byte that a filter writes makes a new major version. */
#define QUERN_VERSION "0.2.0"

struct library {
    const char *name;
    const char *(*version)(void); /* of the loaded library */
    struct library *next;
};

/* A file that uses such a library registers it, outside any function:
 *
 *     LIBRARY(zstd, "zstd", ZSTD_versionString)
 *
 * so that no other file has to know about it. */
void library_add(struct library *library);
#define LIBRARY(id, title, function)                                                                                   \
    __attribute__((constructor)) static void add_library_##id(void)                                                    \
    {                                                                                                                  \
        static struct library library = {.name = (title), .version = (function)};                                      \
        library_add(&library);                                                                                         \
    }

/* Prints quern's own version and those of the libraries, sorted by name, one per line. */
void version_print(FILE *out);

#endif
