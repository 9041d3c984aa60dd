/* settings.c - see settings.h. */
#include "settings.h"

#include "base/hex.h"

#include <inttypes.h>

#define FORMAT "quern-resample-1"

const char *const settings_methods[] = {"under", "over", "random", "easyensemble", NULL};

struct record *settings_record(const struct resample *resample, struct arena *arena)
{
    const struct resample_options *given = resample->given;
    struct record *made = rec_new(arena);
    rec_set_text(made, SLICE("format"), SLICE(FORMAT));
    rec_set_text(made, SLICE("method"), slice_of(settings_methods[given->method]));
    rec_set_text(made, SLICE("label"), slice_of(given->label));
    rec_set_text(made, SLICE("field"), slice_of(given->field));
    rec_set_text(made, SLICE("within"), slice_of(given->within != NULL ? given->within : ""));
    rec_set_int(made, SLICE("seed"), given->random.seed);
    rec_set_text(made, SLICE("salt"), slice_of(given->random.salt));
    rec_set_int(made, SLICE("epoch"), given->epoch);
    rec_set_int(made, SLICE("subsets"), given->method == METHOD_EASYENSEMBLE ? given->subsets : 0);
    rec_set_int(made, SLICE("keep"), given->keep);
    return made;
}

void settings_release(struct settings *settings)
{
    vec_free(&settings->line);
    words_release(&settings->kept);
}

static int read_word(struct settings *settings, const struct record *in, const char *name, struct arena *arena,
                     const char **word)
{
    struct slice text;
    if (rec_text(in, slice_of(name), arena, &text) < 0)
        return -1;
    *word = mem_string(text.ptr, text.len);
    vec_push(&settings->kept, *word);
    return 0;
}

int settings_read(struct settings *settings, const struct record *in, struct arena *arena)
{
    struct resample_options *options = &settings->options;
    const char *format, *method;
    if (settings->open)
        return diag_error("what is before this line has lost its end: write it anew");
    settings->open = true;
    settings->lines = 0;
    if (settings->line.len > 0)
        return slice_equal(bytes_slice(&settings->line), in->line)
                   ? 0
                   : diag_error("other settings than before: all parts need the same --method, --label, --field, "
                                "--within, --seed, --salt, --epoch, --subsets and --keep");
    if (read_word(settings, in, "format", arena, &format) < 0 || strcmp(format, FORMAT) != 0)
        return diag_error("expected the format " FORMAT ", which \"quern resample count\" and plan write");
    if (read_word(settings, in, "method", arena, &method) < 0 ||
        read_word(settings, in, "label", arena, &options->label) < 0 ||
        read_word(settings, in, "field", arena, &options->field) < 0 ||
        read_word(settings, in, "within", arena, &options->within) < 0 ||
        read_word(settings, in, "salt", arena, &options->random.salt) < 0 ||
        rec_int(in, SLICE("seed"), &options->random.seed) < 0 || rec_int(in, SLICE("epoch"), &options->epoch) < 0 ||
        rec_int(in, SLICE("subsets"), &options->subsets) < 0 || rec_int(in, SLICE("keep"), &options->keep) < 0)
        return -1;
    while (settings_methods[options->method] != NULL && strcmp(settings_methods[options->method], method) != 0)
        options->method++;
    if (settings_methods[options->method] == NULL || options->subsets < 0 || options->subsets > MOST_SUBSETS)
        return diag_error("method, subsets: expected what \"quern resample count\" writes");
    if (options->within[0] == '\0')
        options->within = NULL;
    options->subset = -1;
    bytes_put(&settings->line, in->line);
    return 0;
}

struct record *settings_end_record(uint64_t lines, struct slice split, struct arena *arena)
{
    struct record *made = rec_new(arena);
    rec_set_int(made, SLICE("lines"), (int64_t)lines);
    if (!slice_equal(split, NO_SPLIT))
        rec_set_json(made, SLICE("split"), split);
    return made;
}

int settings_read_end(struct settings *settings, const struct record *in)
{
    int64_t lines;
    if (rec_int(in, SLICE("lines"), &lines) < 0)
        return -1;
    if (!settings->open || lines < 0 || (uint64_t)lines != settings->lines)
        return diag_error("lines: expected %" PRId64 " since the settings, found %" PRIu64
                          ": some are missing; write them anew",
                          lines, settings->lines);
    settings->open = false;
    return 0;
}

int settings_check_end(const struct settings *settings)
{
    return settings->open
               ? diag_kind(STATUS_DATA, "the last line is missing, which says how many there are: write it anew")
               : 0;
}

void settings_put_row(const struct row *row, char *digits)
{
    hex_put((const uint64_t[]){row->draw, row->content}, 2, digits);
}

bool settings_read_row(const char *digits, struct row *row)
{
    uint64_t words[2] = {0};
    bool good = hex_read(digits, words, 2);
    *row = (struct row){words[0], words[1]};
    return good;
}
