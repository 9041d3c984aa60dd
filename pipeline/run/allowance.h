/* allowance.h - how much may go wrong: "12" or "0.5%". */
#ifndef QUERN_ALLOWANCE_H
#define QUERN_ALLOWANCE_H

#include "base/decimal.h"

#include <stdbool.h>
#include <stdint.h>

struct allowance {
    uint64_t count; /* UINT64_MAX: no limit of this kind */
    bool percent;   /* the limit is `share` percent of all instead */
    struct decimal share;
};

/* 0, or -1 with the message, which names the option. */
int allowance_read(const char *option, const char *text, struct allowance *allowance);

/* Are `bad` of `all` too many? */
bool allowance_exceeded(const struct allowance *allowance, uint64_t bad, uint64_t all);

#endif
