/* names.c - see names.h. */
#include "names.h"

#include "diag.h"
#include "json.h"

#include <assert.h>

struct names {
    const struct slice *strings;
    size_t count;
    struct bytes json; /* "the","mill", … each with its quotes and a comma; behind the last one CHUNK bytes more */
    uint32_t *starts;  /* of each in json, and the end */
};

/* Most strings are shorter than that, and copied whole without a look at their length. */
enum { CHUNK = 16 };

struct names *names_new(const struct slice *strings, size_t count)
{
    struct names *names = mem_zalloc(1, sizeof *names);
    names->strings = strings;
    names->count = count;
    names->starts = mem_zalloc(count + 1, sizeof *names->starts);
    size_t bytes = CHUNK;
    for (size_t i = 0; i < count; i++)
        bytes += strings[i].len + SLICE("\"\",").len;
    vec_reserve(&names->json, bytes);
    for (size_t i = 0; i < count; i++) {
        json_put_string(&names->json, strings[i]);
        bytes_byte(&names->json, ',');
        if (names->json.len > UINT32_MAX) {
            names_free(names);
            (void)diag_error("the first %zu tokens take more than 4 GiB", i + 1);
            return NULL;
        }
        names->starts[i + 1] = (uint32_t)names->json.len;
    }
    vec_reserve(&names->json, CHUNK);
    memset(names->json.items + names->json.len, 0, CHUNK);
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    vec_free(&names->json);
    mem_free(names->starts);
    mem_free(names);
}

struct slice names_string(const struct names *names, int32_t number)
{
    assert(number >= 0 && (size_t)number < names->count);
    return names->strings[number];
}

void names_put(const struct names *names, const int32_t *numbers, size_t count, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        assert(numbers[i] >= 0 && (size_t)numbers[i] < names->count);
        const uint32_t *start = names->starts + numbers[i];
        size_t len = start[1] - start[0];
        const char *from = names->json.items + start[0];
        vec_reserve(out, len + CHUNK);
        memcpy(out->items + out->len, from, CHUNK);
        if (len > CHUNK)
            memcpy(out->items + out->len + CHUNK, from + CHUNK, len - CHUNK);
        out->len += len;
    }
    out->len -= count > 0; /* the last comma */
    bytes_byte(out, ']');
}
