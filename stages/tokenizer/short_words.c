/* short_words.c - see short_words.h. */
#include "short_words.h"

#include "base/memory.h"

enum { SETS = 1 << SHORT_WORDS_SET_BITS, LINE_BYTES = 64, BYTES = SETS * LINE_BYTES };

_Static_assert(BYTES % MEM_HUGE == 0, "huge pages");
_Static_assert(SHORT_WORDS_WAYS * sizeof(struct short_word) == LINE_BYTES, "a set is a cache line");

#define ALL UINT64_MAX
const uint64_t short_word_masks[SHORT_WORD_BYTES + 1][2] = {
    {0, 0},           {ALL >> 56, 0},   {ALL >> 48, 0},   {ALL >> 40, 0},   {ALL >> 32, 0},   {ALL >> 24, 0},
    {ALL >> 16, 0},   {ALL >> 8, 0},    {ALL, 0},         {ALL, ALL >> 56}, {ALL, ALL >> 48}, {ALL, ALL >> 40},
    {ALL, ALL >> 32}, {ALL, ALL >> 24}, {ALL, ALL >> 16}, {ALL, ALL >> 8},
};

void short_words_init(struct short_words *words)
{
    words->words = mem_huge(BYTES);
}

void short_words_free(struct short_words *words)
{
    mem_huge_free(words->words, BYTES);
    *words = (struct short_words){0};
}

static bool make(const struct short_key *key, const struct subword *subwords, size_t count, struct short_word *made)
{
    if (key->high == 0 || count > SHORT_WORD_SUBWORDS)
        return false;
    *made = (struct short_word){.low = key->low, .high = key->high};
    uint32_t start = 0;
    for (size_t i = 0; i < count; i++) {
        const struct subword *subword = &subwords[i];
        if (subword->start != start || subword->id >= 1 << SHORT_ID_BITS || subword->end > SHORT_WORD_BYTES)
            return false;
        made->subwords[i] = (uint32_t)subword->id | subword->end << SHORT_ID_BITS;
        start = subword->end;
    }
    made->subwords[0] |= (uint32_t)count << (SHORT_ID_BITS + SHORT_END_BITS);
    return true;
}

bool short_words_put(struct short_words *words, const struct short_key *key, const struct subword *subwords,
                     size_t count)
{
    struct short_word made;
    if (!make(key, subwords, count, &made)) {
        uint32_t bit = short_misfit_bit(key);
        words->misfits[bit / 64] |= UINT64_C(1) << bit % 64;
        return false;
    }
    struct short_word *set = &words->words[key->set];
    set[1] = set[0];
    set[0] = made;
    return true;
}
