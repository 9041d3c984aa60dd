/* rates.c - the probabilities of tfidf: see rates.h. */
#include "rates.h"

#include "base/real.h"

__extension__ typedef unsigned __int128 u128;

/* A different word of the record. */
struct rated {
    int64_t idf;
    uint64_t frequency; /* tf times L */
    u128 distance;      /* max s - s, in units of 1 / (L 2^REAL_BITS) */
};

void rates_release(struct rates *rates)
{
    vec_free(&rates->items);
    vec_free(&rates->words);
    map_free(rates->numbers);
}

static struct slice name_of(const struct table *table, const struct draft_word *word)
{
    return table_has_keys(table) ? word->key : word->bytes;
}

/* Counts the words: those that are different, and all. */
static size_t count_words(struct rates *rates, const struct table *table, const struct draft *drafts, size_t fields)
{
    size_t all = 0;
    if (rates->numbers == NULL)
        rates->numbers = map_new();
    map_reset(rates->numbers);
    rates->words.len = 0;
    for (size_t f = 0; f < fields; f++)
        for (size_t i = 0; i < drafts[f].count; i++) {
            if (!drafts[f].words[i].counts)
                continue;
            struct slice name = name_of(table, &drafts[f].words[i]);
            uint64_t *number = map_put(rates->numbers, name);
            if (*number == 0) {
                struct rated word = {.idf = table_idf(table, name)};
                vec_push(&rates->words, word);
                *number = rates->words.len;
            }
            rates->words.items[*number - 1].frequency++;
            all++;
        }
    return all;
}

/* Sets the distances; returns their sum over all words of the record. */
static u128 set_distances(struct rates *rates)
{
    u128 most = 0, sum = 0;
    for (size_t i = 0; i < rates->words.len; i++) {
        struct rated *word = &rates->words.items[i];
        word->distance = (u128)(uint64_t)word->idf * word->frequency;
        most = word->distance > most ? word->distance : most;
    }
    for (size_t i = 0; i < rates->words.len; i++) {
        struct rated *word = &rates->words.items[i];
        word->distance = most - word->distance;
        sum += word->distance * word->frequency;
    }
    return sum;
}

/* share: distance / sum, in units of 2^-63. */
static struct rate rate_of(uint64_t share, struct decimal p, size_t words)
{
    u128 one = 1, rate = (u128)share * p.digits;
    for (unsigned i = 0; i < p.scale; i++)
        one *= 10;
    rate = rate / one * words; /* p <= 1, so that it is below 2^63 before it is multiplied */
    double power = 9223372036854775808.0;
    return (struct rate){
        .always = rate >= (u128)1 << 63,
        .threshold = (uint64_t)(rate << 1),
        .rate = (double)rate / power,
    };
}

void rates_compute(struct rates *rates, const struct table *table, struct decimal p, const struct draft *drafts,
                   size_t field_count)
{
    if (rates->of == drafts)
        return;
    size_t all = count_words(rates, table, drafts, field_count);
    u128 sum = set_distances(rates);
    unsigned shift = 0;
    while (sum >> shift >= (u128)1 << 64) /* so that a distance times 2^63 has 127 bits */
        shift++;
    uint64_t divisor = (uint64_t)(sum >> shift);
    rates->items.len = 0;
    for (size_t f = 0; f < field_count; f++)
        for (size_t i = 0; i < drafts[f].count; i++) {
            struct rate rate = {0};
            const struct draft_word *word = &drafts[f].words[i];
            if (word->counts && divisor > 0) {
                const uint64_t *number = map_get(rates->numbers, name_of(table, word));
                u128 distance = rates->words.items[*number - 1].distance >> shift;
                rate = rate_of((uint64_t)((distance << 63) / divisor), p, all);
            }
            vec_push(&rates->items, rate);
        }
    rates->of = drafts;
}

const struct rate *rates_of_field(const struct rates *rates, const struct draft *drafts, size_t field)
{
    size_t before = 0;
    for (size_t f = 0; f < field; f++)
        before += drafts[f].count;
    return rates->items.items + before;
}
