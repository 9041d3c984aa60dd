/* report.c - see report.h. */
#include "run/report.h"

#include "base/version.h"
#include "text/json.h"

static uint64_t written(const struct run *run)
{
    uint64_t bytes = outputs_written(run->outputs, OUTPUTS_RECORDS);
    for (unsigned i = 0; i < run->chain->outputs.len; i++)
        bytes += outputs_written(run->outputs, run->filter_outputs + i);
    return bytes;
}

void report_counters(const struct run *run, struct bytes *out)
{
    const struct {
        const char *name;
        uint64_t value;
    } totals[] = {
        {"in", run->in},
        {"out", run->out},
        {"skipped", reject_count(run->policy)},
        {"bytes_in", run->bytes_in},
        {"bytes_out", written(run)},
    };
    bytes_put(out, SLICE("{\"quern\":\"" QUERN_VERSION "\""));
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        bytes_byte(out, ',');
        json_put_string(out, slice_of(totals[i].name));
        bytes_byte(out, ':');
        json_put_int(out, (int64_t)totals[i].value);
    }
    bytes_put(out, SLICE(",\"filters\":["));
    for (size_t link = 0; link < run->chain->links.len; link++) {
        const struct link *own = &run->chain->links.items[link];
        bytes_put(out, link > 0 ? SLICE(",{\"filter\":") : SLICE("{\"filter\":"));
        json_put_string(out, slice_of(own->stage->name));
        /* One string, since everything but sums must be equal if counters are to be added up. */
        struct bytes chosen = {0};
        chain_options(own, &chosen);
        bytes_put(out, SLICE(",\"options\":"));
        json_put_string(out, bytes_slice(&chosen));
        vec_free(&chosen);
        for (size_t i = 0; i < COUNTERS_EACH && sink_counter_name(own->stage, i) != NULL; i++) {
            bytes_byte(out, ',');
            json_put_string(out, slice_of(sink_counter_name(own->stage, i)));
            bytes_byte(out, ':');
            json_put_int(out, (int64_t)run->counters[link * COUNTERS_EACH + i]);
        }
        bytes_byte(out, '}');
    }
    bytes_put(out, SLICE("]}\n"));
}

void report_configuration(const struct run *run, struct bytes *out)
{
    bytes_put(out, SLICE("{\"quern\":\"" QUERN_VERSION "\",\"chain\":"));
    chain_describe(run->chain, out);
    bytes_put(out, SLICE(",\"run\":{"));
    opt_json(&(struct option_group){.table = runner_option_table, .values = (void *)(uintptr_t)run->options}, out);
    bytes_put(out, SLICE("}}\n"));
}
