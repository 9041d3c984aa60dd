/* allowance.c - see allowance.h. */
#include "run/allowance.h"

#include "base/diag.h"
#include "text/json.h"

int allowance_read(const char *option, const char *text, struct allowance *allowance)
{
    struct slice number = slice_of(text);
    int64_t count;
    *allowance = (struct allowance){.count = UINT64_MAX};
    if (number.len > 0 && json_int(number, &count) && count >= 0) {
        allowance->count = (uint64_t)count;
        return 0;
    }
    allowance->percent = number.len > 1 && number.ptr[number.len - 1] == '%' &&
                         decimal_read((struct slice){number.ptr, number.len - 1}, 100, &allowance->share);
    return allowance->percent ? 0
                              : diag_error("%s: expected a count or a share such as 0.5%%, found \"%s\"", option, text);
}

bool allowance_exceeded(const struct allowance *allowance, uint64_t bad, uint64_t all)
{
    return bad > (allowance->percent ? decimal_share(allowance->share, all) / 100 : allowance->count);
}
