/* cat - reads and validates records; the output is the input, byte for byte. */
#include "quern.h"

struct cat_options {
    bool check;
};

static const struct option options[] = {
    {"check", 0, OPT_FLAG, OPT_AT(struct cat_options, check),
     .help = "write nothing: the exit status says whether every record is valid"},
    {0},
};

static int cat_record(void *state, const struct record *in, struct sink *out)
{
    const struct cat_options *chosen = state;
    return chosen->check ? 0 : sink_emit(out, in);
}

const struct stage stage_cat = {
    .name = "cat",
    .summary = "read and validate records",
    .example = "$ printf '{\"id\":1}\\n{\"id\": 2.0}\\n' | quern cat\n"
               "{\"id\":1}\n"
               "{\"id\": 2.0}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct cat_options),
    .record = cat_record,
};
