/* short_words.h - a cache of the ids of words of up to 15 bytes.
 *
 * Nearly every word of a text is short and was seen before. A word is two numbers here, with its subwords next to it,
 * so that a hit is one cache line and no call. Fixed size (8 MiB), two places for each word, of which the less recently
 * used one is replaced: the contents change how long a word takes, never the result. Longer words, and words with more
 * subwords, are in word_cache.h; a bit under their keys says so. */
#ifndef QUERN_TOKENIZER_SHORT_WORDS_H
#define QUERN_TOKENIZER_SHORT_WORDS_H

#include "models/subwords.h"

#include <stdbool.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SHORT_WORD_BYTES = 15, SHORT_WORD_SUBWORDS = 4, SHORT_WORDS_WAYS = 2, SHORT_WORDS_SET_BITS = 17 };

struct short_word {
    uint64_t low, high; /* the bytes, padded with zeros, and the length in the last one; 0: free */
    uint32_t
        subwords[SHORT_WORD_SUBWORDS]; /* id, then the end in the word; the first one also has the number of subwords */
};
enum { SHORT_ID_BITS = 24, SHORT_END_BITS = 4 };

enum { SHORT_MISFIT_BITS = 15 };

struct short_words {
    struct short_word *words;                        /* aligned to cache lines; those of a set are neighbours */
    uint64_t misfits[(1 << SHORT_MISFIT_BITS) / 64]; /* a bit for the set of each word that was refused */
};

struct short_key {
    uint64_t low, high; /* high is 0: too long, never in the cache */
    uint32_t set;
};

void short_words_init(struct short_words *words);
void short_words_free(struct short_words *words);

extern const uint64_t short_word_masks[SHORT_WORD_BYTES + 1][2];

/* Sets the place of a key and prefetches it. */
static inline void short_key_place(const struct short_words *words, struct short_key *key)
{
    uint64_t hash = (key->low * 0x9e3779b97f4a7c15u) ^ (key->high * 0xc2b2ae3d27d4eb4fu);
    key->set = (uint32_t)(hash >> (64 - SHORT_WORDS_SET_BITS)) * SHORT_WORDS_WAYS;
    __builtin_prefetch(&words->words[key->set]);
}

/* ASCII letters to lower case. */
static inline uint64_t short_key_lower(uint64_t bytes)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low = bytes & 0x7f * each, from_a = low + (0x80 - 'A') * each, beyond_z = low + (0x80 - 'Z' - 1) * each;
    return bytes | ((from_a ^ beyond_z) & ~bytes & 0x80 * each) >> 2;
}

/* 16 bytes must be readable from the start of the word. */
static inline struct short_key short_key_portable(const char *word, size_t len, bool lower)
{
    struct short_key key = {0};
    char bytes[16] = {0};
    memcpy(bytes, word, len);
    bytes[15] = (char)len;
    memcpy(&key.low, bytes, 8);
    memcpy(&key.high, bytes + 8, 8);
    if (lower) {
        key.low = short_key_lower(key.low);
        key.high = short_key_lower(key.high);
    }
    return key;
}

#ifdef __SSE2__
static inline struct short_key short_key_sse2(const char *word, size_t len, bool lower)
{
    struct short_key key = {0};
    const __m128i mask = _mm_loadu_si128((const __m128i *)(const void *)short_word_masks[len]);
    __m128i bytes = _mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)word), mask);
    if (lower) { /* the comparison is signed, so all bytes are shifted by 128 */
        __m128i from_a = _mm_sub_epi8(bytes, _mm_set1_epi8((char)('A' + 128)));
        __m128i upper = _mm_cmplt_epi8(from_a, _mm_set1_epi8((char)(26 - 128)));
        bytes = _mm_or_si128(bytes, _mm_and_si128(upper, _mm_set1_epi8('a' - 'A')));
    }
    _mm_storel_epi64((__m128i *)(void *)&key.low, bytes);
    _mm_storel_epi64((__m128i *)(void *)&key.high, _mm_unpackhi_epi64(bytes, bytes));
    key.high |= (uint64_t)len << 56;
    return key;
}
#endif

/* The key of 1 to 15 bytes, with their ASCII letters in lower case if `lower`; its place is not set. readable: bytes
 * from the start of the word to the end of its text. */
static inline struct short_key short_key_of(const char *word, size_t len, size_t readable, bool lower)
{
    char bytes[16];
    if (readable < sizeof bytes) {
        memset(bytes, 0, sizeof bytes);
        word = memcpy(bytes, word, len);
    }
#ifdef __SSE2__
    return short_key_sse2(word, len, lower);
#else
    return short_key_portable(word, len, lower);
#endif
}

static inline bool short_word_is(const struct short_word *word, const struct short_key *key)
{
    return ((word->low ^ key->low) | (word->high ^ key->high)) == 0;
}

/* NULL if it is not there; valid until the next put. Not for a key that is too long. */
static inline const struct short_word *short_words_get(struct short_words *words, const struct short_key *key)
{
    struct short_word *set = &words->words[key->set];
    if (short_word_is(&set[0], key))
        return &set[0];
    if (!short_word_is(&set[1], key))
        return NULL;
    struct short_word used = set[1];
    set[1] = set[0];
    set[0] = used;
    return &set[0];
}

static inline uint32_t short_misfit_bit(const struct short_key *key)
{
    return key->set / SHORT_WORDS_WAYS >> (SHORT_WORDS_SET_BITS - SHORT_MISFIT_BITS);
}

/* False if no word of such a key was refused. */
static inline bool short_words_misfit(const struct short_words *words, const struct short_key *key)
{
    uint32_t bit = short_misfit_bit(key);
    return (words->misfits[bit / 64] >> bit % 64 & 1) != 0;
}

static inline size_t short_word_count(const struct short_word *word)
{
    return word->subwords[0] >> (SHORT_ID_BITS + SHORT_END_BITS);
}

/* Always writes SHORT_WORD_SUBWORDS ids, so that there is no branch on their number. */
static inline void short_word_ids(const struct short_word *word, int32_t *ids)
{
    uint32_t subwords[SHORT_WORD_SUBWORDS];
    memcpy(subwords, word->subwords, sizeof subwords);
    for (size_t i = 0; i < SHORT_WORD_SUBWORDS; i++)
        subwords[i] &= (1u << SHORT_ID_BITS) - 1;
    memcpy(ids, subwords, sizeof subwords);
}

static inline int32_t short_word_id(const struct short_word *word, size_t i)
{
    return (int32_t)(word->subwords[i] & ((1u << SHORT_ID_BITS) - 1));
}

static inline uint32_t short_word_end(const struct short_word *word, size_t i)
{
    return word->subwords[i] >> SHORT_ID_BITS & ((1u << SHORT_END_BITS) - 1);
}

/* False if it does not fit: too long, too many subwords, an id beyond 2^24, or gaps between subwords. */
bool short_words_put(struct short_words *words, const struct short_key *key, const struct subword *subwords,
                     size_t count);

#endif
