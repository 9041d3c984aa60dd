/* length_law.c - see length_law.h. */
#include "length_law.h"

#include "base/decimal.h"
#include "base/diag.h"
#include "text/json.h"

static int bad(const char *text)
{
    return diag_error("--lengths: expected inverse:N, geometric:P:N or integer weights, found \"%s\"", text);
}

/* Cuts the text at the first `mark`; the rest is empty if there is none. */
static struct slice part(struct slice *rest, char mark)
{
    const char *at = rest->len > 0 ? memchr(rest->ptr, mark, rest->len) : NULL;
    struct slice first = {rest->ptr, at != NULL ? (size_t)(at - rest->ptr) : rest->len};
    *rest = at != NULL ? (struct slice){at + 1, rest->len - first.len - 1} : (struct slice){NULL, 0};
    return first;
}

static double to_double(struct decimal decimal)
{
    double value = (double)decimal.digits;
    for (unsigned i = 0; i < decimal.scale; i++)
        value /= 10;
    return value;
}

static void normalize(struct length_law *law)
{
    double sum = 0;
    for (size_t n = 1; n <= law->most; n++)
        sum += law->share[n];
    for (size_t n = 1; n <= law->most; n++)
        law->share[n] /= sum;
}

static int read_weights(const char *text, struct slice rest, struct length_law *law)
{
    double sum = 0;
    while (rest.len > 0) {
        int64_t weight;
        struct slice number = part(&rest, ',');
        if (law->most == LENGTH_LAW_MOST || !json_int(number, &weight) || weight < 0)
            return bad(text);
        law->share[++law->most] = (double)weight;
        sum += (double)weight;
    }
    if (sum <= 0)
        return bad(text);
    normalize(law);
    return 0;
}

int length_law_read(const char *text, struct length_law *law)
{
    struct slice rest = slice_of(text), name = part(&rest, ':');
    struct decimal p = {0};
    int64_t most;
    *law = (struct length_law){0};
    bool geometric = slice_is(name, "geometric");
    if (!geometric && !slice_is(name, "inverse"))
        return read_weights(text, slice_of(text), law);
    if (geometric && !decimal_read(part(&rest, ':'), 1, &p))
        return bad(text);
    if (!json_int(rest, &most) || most < 1 || most > LENGTH_LAW_MOST)
        return bad(text);
    law->most = (size_t)most;
    double power = 1;
    for (size_t n = 1; n <= law->most; n++) {
        law->share[n] = geometric ? power : 1 / (double)n;
        power *= 1 - to_double(p);
    }
    normalize(law);
    return 0;
}
