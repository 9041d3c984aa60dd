/* charsmap.h - the table of replacements that SentencePiece compiles its normalization into.
 *
 * A blob: the size of a trie (32 bits, little-endian), the trie (a double array as Darts builds it), then the
 * replacements, each ending with a NUL. The trie's values are offsets of replacements. */
#ifndef QUERN_TOKENIZER_CHARSMAP_H
#define QUERN_TOKENIZER_CHARSMAP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct charsmap {
    uint32_t *units;
    size_t count;
    struct slice replacements;
    /* Shortcuts: characters that no key of the table starts with, and ASCII characters that stay as they are unless a
     * character beyond ASCII follows. */
    uint8_t untouched[0x10000 / 8];
    bool plain[128];
    bool printable; /* all printable ones are such */
};

/* The blob must live as long as the map; an empty one maps nothing. 0, or -1 with the message. */
int charsmap_read(struct charsmap *map, struct slice blob);
void charsmap_free(struct charsmap *map);

/* The replacement of the longest (shortest) key that the text starts with, and the length of the key. False if there is
 * no such key. */
bool charsmap_longest(const struct charsmap *map, struct slice text, struct slice *becomes, size_t *len);
bool charsmap_shortest(const struct charsmap *map, struct slice text, struct slice *becomes, size_t *len);

/* Is it known that no key starts with this character? */
static inline bool charsmap_untouched(const struct charsmap *map, uint32_t point)
{
    return point < 0x10000 && (map->untouched[point >> 3] >> (point & 7) & 1) != 0;
}

#endif
