/* temperature.c - see temperature.h. */
#include "temperature.h"

#include "../fitted/head.h"
#include "base/diag.h"

static int read_temperature(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    double *temperature = state;
    (void)arena;
    if (!slice_is(head->kind, "temperature"))
        return fit_wrong_kind(head, "\"temperature\"");
    if (rec_float(in, SLICE("temperature"), temperature) < 0)
        return -1;
    return *temperature > 0 ? 0 : diag_error("temperature: expected a number above 0");
}

int temperature_load(const char *path, double *temperature)
{
    return fit_load(path, read_temperature, temperature);
}
