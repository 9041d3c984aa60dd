/* version.c - see version.h. */
#include "base/version.h"

#include <string.h>

static struct library *libraries; /* by name */

void library_add(struct library *library)
{
    struct library **at = &libraries;
    while (*at != NULL && strcmp((*at)->name, library->name) < 0)
        at = &(*at)->next;
    library->next = *at;
    *at = library;
}

void version_print(FILE *out)
{
    (void)fprintf(out, "quern %s\n", QUERN_VERSION);
    for (const struct library *at = libraries; at != NULL; at = at->next)
        (void)fprintf(out, "%s %s\n", at->name, at->version());
}
