/* json_end.c - see json_end.h.
 *
 * If the machine has SSE2, long containers are scanned in blocks of 64 bytes, with a bit for each quote, backslash and
 * bracket. Which quotes are escaped, which bytes are inside strings and whether the last bracket can be in the block is
 * computed for the whole block at once. */
#include "text/json_end.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

const char *json_end_of_string(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

static bool is_open(char c)
{
    return c == '{' || c == '[';
}

static bool is_close(char c)
{
    return c == '}' || c == ']';
}

#if defined(__SSE2__)

enum { BLOCK = 64, VECTOR = 16 };

struct block {
    uint64_t quotes, backslashes, opens, closes;
};

static uint64_t bits_of(__m128i found, unsigned shift)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(found) << shift;
}

static struct block read_block(const char *at)
{
    struct block block = {0};
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}'), difference = _mm_set1_epi8('{' - '[');
    for (unsigned i = 0; i < BLOCK; i += VECTOR) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        __m128i curly = _mm_or_si128(bytes, difference); /* [ and ] become { and }; no other byte does */
        block.quotes |= bits_of(_mm_cmpeq_epi8(bytes, quote), i);
        block.backslashes |= bits_of(_mm_cmpeq_epi8(bytes, backslash), i);
        block.opens |= bits_of(_mm_cmpeq_epi8(curly, open), i);
        block.closes |= bits_of(_mm_cmpeq_epi8(curly, close), i);
    }
    return block;
}

/* What one block tells the next. */
struct skim {
    uint64_t depth;
    bool escaped;       /* is the next byte escaped? */
    uint64_t in_string; /* all bits or none */
};

/* Keeps only the brackets outside strings. */
static void clean(struct skim *skim, struct block *block)
{
    uint64_t escaped = skim->escaped, backslashes = block->backslashes & ~escaped;
    skim->escaped = false;
    while (backslashes != 0) {
        uint64_t backslash = backslashes & (~backslashes + 1), next = backslash << 1;
        skim->escaped = next == 0;
        escaped |= next;
        backslashes &= ~(backslash | next);
    }
    uint64_t inside =
        block->quotes & ~escaped; /* in the end: from each opening quote up to the closing one, exclusive */
    for (unsigned shift = 1; shift < BLOCK; shift *= 2)
        inside ^= inside << shift;
    inside ^= skim->in_string;
    skim->in_string = inside >> (BLOCK - 1) != 0 ? UINT64_MAX : 0;
    block->opens &= ~inside;
    block->closes &= ~inside;
}

/* The number of bytes up to and including the one that closes the container; 0 if the block does not have it. */
static size_t close_in(struct skim *skim, const struct block *block)
{
    for (uint64_t brackets = block->opens | block->closes; brackets != 0; brackets &= brackets - 1) {
        size_t at = (size_t)__builtin_ctzll(brackets);
        if (block->opens >> at & 1)
            skim->depth++;
        else if (--skim->depth == 0)
            return at + 1;
    }
    return 0;
}

/* Starts at a place between tokens, `depth` containers deep. */
static const char *skim_blocks(const char *at, const char *limit, size_t depth)
{
    struct skim skim = {.depth = depth};
    for (;; at += BLOCK) {
        char rest[BLOCK] = {0};
        bool whole = limit - at >= BLOCK;
        if (!whole)
            memcpy(rest, at, (size_t)(limit - at));
        struct block block = read_block(whole ? at : rest);
        clean(&skim, &block);
        size_t end = close_in(&skim, &block);
        if (end > 0)
            return at + end;
    }
}

#endif

static const char *end_of_container(const char *at, const char *limit)
{
    size_t open = 0;
#if defined(__SSE2__)
    const char *start = at;
#endif
    do {
        if (*at == '"') {
            at = json_end_of_string(at);
            continue;
        }
        open += is_open(*at);
        open -= is_close(*at);
        at++;
#if defined(__SSE2__)
        if (open > 0 && at - start >= BLOCK)
            return skim_blocks(at, limit, open);
#endif
    } while (open > 0);
    (void)limit;
    return at;
}

const char *json_end_of_value(const char *at, const char *limit)
{
    if (*at == '"')
        return json_end_of_string(at);
    if (is_open(*at))
        return end_of_container(at, limit);
    while (*at != ',' && !is_close(*at) && *at != ' ' && *at != '\t' && *at != '\n' && *at != '\r')
        at++;
    return at;
}
