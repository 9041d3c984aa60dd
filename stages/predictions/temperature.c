/* temperature.c - see temperature.h. */
#include "temperature.h"

#include "../fitted/head.h"
#include "base/diag.h"
#include "text/json.h"

struct reading {
    size_t classes;
    double *temperature;
};

static int read_temperature(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    struct reading *reading = state;
    const struct value *classes = rec_present(in, SLICE("classes"));
    size_t count = 0;
    if (!slice_is(head->kind, "temperature"))
        return fit_wrong_kind(head, "\"temperature\"");
    if (rec_float(in, SLICE("temperature"), reading->temperature) < 0)
        return -1;
    if (classes != NULL && rec_kind(classes) == '[')
        for (struct json_walk walk = json_walk(rec_json(classes, arena)); json_next(&walk);)
            count++;
    if (reading->classes > 0 && count > 0 && count != reading->classes)
        return diag_error("classes: the temperature is of predictions of %zu classes, not of %zu", count,
                          reading->classes);
    return *reading->temperature > 0 ? 0 : diag_error("temperature: expected a number above 0");
}

int temperature_load(const char *path, size_t classes, double *temperature)
{
    return fit_load(path, read_temperature, &(struct reading){classes, temperature});
}
