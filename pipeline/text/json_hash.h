/* json_hash.h - one hash for all spellings of a JSON value: for finding values that mean the same.
 *
 *     strings        by their code points, whatever is escaped
 *     numbers        by their exact value: 1e2, 100 and 100.0 are equal, 0 and -0 too
 *     arrays         by their items, in order
 *     objects        by their members, in any order; if a name is given twice, both members count
 *     white space    never counts
 *
 * Values of different types are never equal: 17 is not "17". */
#ifndef QUERN_JSON_HASH_H
#define QUERN_JSON_HASH_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stddef.h>

/* An object or array that is being read. */
struct json_open {
    size_t start; /* of an object: where in `form` the bytes of its present member begin; SIZE_MAX: an array */
    struct hash sum;
    uint64_t members;
};

/* What one thread needs for it; zero it before the first use. */
struct json_hasher {
    struct bytes form;
    VEC(struct json_open) open;
};

/* The hash of a string, decoded. */
struct hash json_hash_string(struct slice text);

/* The hash of a valid value, without white space around it. 0, or -1 with the message: the exponent of a number in it
 * has more than 18 digits. The arena holds what is decoded on the way. */
int json_hash(struct json_hasher *hasher, struct slice value, struct arena *arena, struct hash *hash);

void json_hasher_release(struct json_hasher *hasher);

#endif
