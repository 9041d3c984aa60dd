/* sort_entry.h - a key with its value as bytes, in the memory of a sorter (sort_table.h) and in its runs (sort_run.h):
 *
 *     length of the key | length of the value | key | value
 *
 * Lengths are stored with seven bits per byte, lowest first; all bytes except the last have the highest bit set. */
#ifndef QUERN_SORT_ENTRY_H
#define QUERN_SORT_ENTRY_H

#include "base/slice.h"

#include <stdint.h>

struct sort_entry {
    struct slice key, value;
};

enum { SORT_HEAD_BYTES = 2 * 10 }; /* both lengths, at most */

static inline char *sort_put_number(char *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (char)(number | 0x80);
    *at++ = (char)number;
    return at;
}

static inline const char *sort_take_number(const char *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*at++;
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return at;
    }
}

/* Writes the lengths; returns where the key goes. */
static inline char *sort_put_head(char *at, const struct sort_entry *entry)
{
    return sort_put_number(sort_put_number(at, entry->key.len), entry->value.len);
}

/* Reads the lengths; returns where the key is. */
static inline const char *sort_take_head(const char *at, struct sort_entry *entry)
{
    uint64_t key, value;
    at = sort_take_number(sort_take_number(at, &key), &value);
    entry->key.len = (size_t)key;
    entry->value.len = (size_t)value;
    return at;
}

/* The size of the entry. */
static inline size_t sort_entry_bytes(const struct sort_entry *entry)
{
    char head[SORT_HEAD_BYTES];
    return (size_t)(sort_put_head(head, entry) - head) + entry->key.len + entry->value.len;
}

static inline void sort_entry_at(const char *at, struct sort_entry *entry)
{
    entry->key.ptr = sort_take_head(at, entry);
    entry->value.ptr = entry->key.ptr + entry->key.len;
}

#endif
