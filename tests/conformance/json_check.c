/* Prints "accepted NAME" or "refused NAME" for each file: is it one JSON document? */
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <stdio.h>

static int load(const char *path, struct bytes *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return diag_errno("%s", path);
    size_t got;
    do {
        vec_reserve(text, 65536);
        got = fread(text->items + text->len, 1, 65536, file);
        text->len += got;
    } while (got > 0);
    int failed = ferror(file);
    (void)fclose(file);
    return failed ? diag_errno("%s", path) : 0;
}

int main(int argc, char **argv)
{
    struct bytes text = {0};
    for (int i = 1; i < argc; i++) {
        text.len = 0;
        if (load(argv[i], &text) < 0)
            diag_die(STATUS_FAILED, "%s", diag_message());
        const char *slash = strrchr(argv[i], '/');
        (void)printf("%s %s\n", json_check(bytes_slice(&text), JSON_DEPTH) == 0 ? "accepted" : "refused",
                     slash != NULL ? slash + 1 : argv[i]);
    }
    vec_free(&text);
    return fflush(stdout) == 0 ? 0 : 1;
}
