/* vec.h - a growable array of any type, and a growable byte buffer.
 *
 *     VEC(int) v = {0};
 *     vec_push(&v, 7);                    items[0 .. len) are valid
 *     vec_free(&v);
 *
 * Capacity grows by half; memory comes from the checked allocators, so nothing here fails. */
#ifndef QUERN_VEC_H
#define QUERN_VEC_H

#include "base/memory.h"
#include "base/slice.h"

#include <string.h>

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t len, cap;                                                                                               \
    }

static inline size_t vec_grown(size_t cap, size_t need)
{
    size_t grown = cap + cap / 2 + 16;
    return grown > need ? grown : need;
}

/* Makes room for `more` items beyond len. */
#define vec_reserve(v, more)                                                                                           \
    do {                                                                                                               \
        size_t need_ = (v)->len + (more);                                                                              \
        if (need_ > (v)->cap) {                                                                                        \
            (v)->cap = vec_grown((v)->cap, need_);                                                                     \
            (v)->items = mem_resize((v)->items, (v)->cap, sizeof *(v)->items);                                         \
        }                                                                                                              \
    } while (0)

#define vec_push(v, item)                                                                                              \
    do {                                                                                                               \
        vec_reserve(v, 1);                                                                                             \
        (v)->items[(v)->len++] = (item);                                                                               \
    } while (0)

#define vec_free(v)                                                                                                    \
    do {                                                                                                               \
        mem_free((v)->items);                                                                                          \
        (v)->items = NULL;                                                                                             \
        (v)->len = (v)->cap = 0;                                                                                       \
    } while (0)

/* A growable byte buffer. */
struct bytes {
    char *items;
    size_t len, cap;
};

static inline void bytes_append(struct bytes *b, const char *ptr, size_t len)
{
    vec_reserve(b, len);
    if (len > 0)
        memcpy(b->items + b->len, ptr, len);
    b->len += len;
}

static inline void bytes_put(struct bytes *b, struct slice s)
{
    bytes_append(b, s.ptr, s.len);
}

static inline void bytes_byte(struct bytes *b, char c)
{
    vec_push(b, c);
}

static inline struct slice bytes_slice(const struct bytes *b)
{
    return (struct slice){b->items, b->len};
}

#endif
