/* decimal.c - see decimal.h. */
#include "decimal.h"

#include <assert.h>

__extension__ typedef unsigned __int128 u128;

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

unsigned decimal_scale_limit(uint64_t most)
{
    unsigned limit = 19;
    for (uint64_t bound = 1; limit > 0 && bound <= most; bound *= 10)
        limit--;
    return limit;
}

bool decimal_read(struct slice text, uint64_t most, struct decimal *decimal)
{
    const unsigned scale_limit = decimal_scale_limit(most);
    struct decimal read = {0};
    uint64_t one = 1;
    bool digits = false, point = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || (point && read.scale == scale_limit) || read.digits > most * one)
            return false;
        digits = true;
        read.digits = read.digits * 10 + (uint64_t)(c - '0');
        if (point) {
            read.scale++;
            one *= 10;
        }
    }
    if (!digits || read.digits > most * one)
        return false;
    *decimal = read;
    return true;
}

uint64_t decimal_share(struct decimal p, uint64_t n)
{
    uint64_t one = power_of_ten(p.scale);
    u128 product = (u128)p.digits * n;
    uint64_t whole = (uint64_t)(product / one), rest = (uint64_t)(product % one);
    bool up = rest > one / 2 || (one > 1 && rest * 2 == one && whole % 2 == 1);
    return whole + (up ? 1 : 0);
}

uint64_t decimal_quotient(uint64_t n, struct decimal d)
{
    assert(d.digits > 0);
    u128 dividend = (u128)n * power_of_ten(d.scale);
    uint64_t whole = (uint64_t)(dividend / d.digits), rest = (uint64_t)(dividend % d.digits), left = d.digits - rest;
    return whole + (rest > left || (rest == left && whole % 2 == 1));
}

uint64_t decimal_floor(struct decimal p, uint64_t n)
{
    return (uint64_t)((u128)p.digits * n / power_of_ten(p.scale));
}

uint64_t decimal_least(struct decimal p, uint64_t n)
{
    uint64_t one = power_of_ten(p.scale);
    u128 product = (u128)p.digits * n;
    return (uint64_t)(product / one) + (product % one != 0);
}

double decimal_float(struct decimal p)
{
    return (double)p.digits / (double)power_of_ten(p.scale); /* 10^18 is a float */
}

bool decimal_is_whole(struct decimal p)
{
    return p.digits >= power_of_ten(p.scale);
}

uint64_t decimal_threshold(struct decimal p)
{
    assert(!decimal_is_whole(p));
    return (uint64_t)(((u128)p.digits << 64) / power_of_ten(p.scale));
}
