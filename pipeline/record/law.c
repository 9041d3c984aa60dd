/* law.c - see law.h. */
#include "record/law.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"

__extension__ typedef unsigned __int128 u128;

/* Of a law without integer weights: 2^55 for each of 256 values is below 2^64. */
static const uint64_t UNIT = (uint64_t)1 << 55;

int law_of_weights(const uint64_t *weights, size_t count, uint64_t first, struct law *law)
{
    uint64_t sum = 0, *sums = mem_zalloc(count, sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        if (__builtin_add_overflow(sum, weights[i], &sum)) {
            mem_free(sums);
            return diag_error("the sum of the weights is 2^64 or more");
        }
        sums[i] = sum;
    }
    if (sum == 0) {
        mem_free(sums);
        return diag_error("all weights are 0");
    }
    *law = (struct law){sums, count, first};
    return 0;
}

/* The weights of a mean of 10 add up to e^10 times 2^48, which is below 2^63, and there are some 60 of them. Each is
 * below 2^60, and so are the digits of the mean, so that their product is below 2^120. */
void law_poisson(struct decimal mean, struct law *law)
{
    const uint64_t zero = (uint64_t)1 << 48;
    uint64_t weights[LAW_MOST], one = 1;
    size_t count = 0;
    for (unsigned i = 0; i < mean.scale; i++)
        one *= 10;
    for (uint64_t weight = zero; weight > 0 && count < LAW_MOST; count++) {
        weights[count] = weight;
        weight = (uint64_t)((u128)weight * mean.digits / one / (count + 1));
    }
    (void)law_of_weights(weights, count, 0, law); /* their sum is neither 0 nor too large */
}

void law_free(struct law *law)
{
    mem_free(law->sums);
    *law = (struct law){0};
}

/* ---- reading ---- */

/* The digits at *at, which it passes; false if there is none, or the number is too large. */
static bool read_number(const char **at, uint64_t *number)
{
    const char *start = *at;
    *number = 0;
    for (; **at >= '0' && **at <= '9'; ++*at)
        if (__builtin_mul_overflow(*number, 10, number) || __builtin_add_overflow(*number, **at - '0', number))
            return false;
    return *at > start;
}

/* N, with nothing after it. */
static bool read_count(const char *at, size_t *count)
{
    uint64_t number;
    if (!read_number(&at, &number) || *at != '\0' || number == 0 || number > LAW_MOST)
        return false;
    *count = (size_t)number;
    return true;
}

static bool read_inverse(const char *at, uint64_t weights[LAW_MOST], size_t *count)
{
    if (!read_count(at, count))
        return false;
    for (size_t i = 0; i < *count; i++)
        weights[i] = UNIT / (i + 1);
    return true;
}

static bool read_geometric(const char *at, uint64_t weights[LAW_MOST], size_t *count)
{
    const char *colon = strchr(at, ':');
    struct decimal p;
    if (colon == NULL || !decimal_read(slice_between(at, colon), 1, &p) || p.digits == 0 ||
        !read_count(colon + 1, count))
        return false;
    uint64_t one = 1;
    for (unsigned i = 0; i < p.scale; i++)
        one *= 10;
    weights[0] = UNIT;
    for (size_t i = 1; i < *count; i++)
        weights[i] = (uint64_t)((u128)weights[i - 1] * (one - p.digits) / one);
    return true;
}

static bool read_weights(const char *at, uint64_t weights[LAW_MOST], size_t *count)
{
    for (*count = 0; *count < LAW_MOST; at++) {
        if (!read_number(&at, &weights[(*count)++]))
            return false;
        if (*at != ',')
            return *at == '\0';
    }
    return false;
}

int law_read(const char *text, struct law *law)
{
    static const struct form {
        const char *name;
        bool (*read)(const char *, uint64_t *, size_t *);
    } forms[] = {{"inverse:", read_inverse}, {"geometric:", read_geometric}, {"", read_weights}};
    const struct form *form = forms;
    while (!slice_starts(slice_of(text), slice_of(form->name)))
        form++;
    uint64_t weights[LAW_MOST];
    size_t count;
    if (!form->read(text + strlen(form->name), weights, &count))
        return diag_error("expected inverse:N, geometric:P:N or integer weights such as 4,3,2,1, of at most %d values, "
                          "found \"%s\"",
                          LAW_MOST, text);
    if (law_of_weights(weights, count, 1, law) < 0)
        return diag_within("%s: \"%s\"", diag_message(), text);
    return 0;
}

/* ---- drawing ---- */

uint64_t law_draw(const struct law *law, struct rng *rng, uint64_t n)
{
    uint64_t draw = rng_below(rng, n, law->sums[law->count - 1]);
    size_t low = 0, left = law->count; /* the number is in [low, low + left) */
    while (left > 1) {
        size_t half = left / 2;
        low = draw >= law->sums[low + half - 1] ? low + half : low;
        left -= half;
    }
    return law->first + low;
}
