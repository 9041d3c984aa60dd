/* Files of any kind through the whole of import; the first byte says as what. Every line that comes out is a record. */
#include "fuzz.h"
#include "pipeline/base/stream.h"
#include "pipeline/run/runner.h"
#include "pipeline/text/json.h"

enum { ARGUMENTS_MOST = 12 };

static const char *const ways[][ARGUMENTS_MOST] = {
    {"import", "--format", "csv", "--source", "s", "--text", "a", "--label", "b", "--all"},
    {"import", "--format", "csv", "--id", "hash", "--text", "1", "--header", "no", "--delimiter", ";"},
    {"import", "--format", "tsv", "--id", "a", "--text", "b", "--all"},
    {"import", "--format", "deb822", "--id", "Package", "--text", "Description", "--all"},
    {"import", "--format", "jsonl", "--id", "id", "--text", "text", "--label", "label"},
    {"import", "--format", "quarantine"},
    {"import", "--format", "text", "--id", "hash", "--paragraphs"},
    {"import", "--format", "text", "--source", "s", "--encoding", "UTF-16LE"},
    {"import", "--format", "json", "--source", "s", "--text", "a.b[0]"},
    {"import", "--format", "json", "--source", "{file}", "--encoding", "UTF-16", "--member", "x=a[-1]"},
    {"import", "--format", "csv", "--id", "hash", "--text", "1", "--escape", "\\", "--ragged", "fill,cut"},
    {"import", "--format", "csv", "--source", "s", "--all", "--delimiter", "auto", "--quote", "'"},
    {"import", "--format", "tsv", "--source", "s", "--all", "--quote", "none", "--escape", "\\"},
    {"import", "--documents", "--id", "{file}", "--encoding", "GBK"},
    {"import", "--format", "text", "--source", "s", "--encoding", "ISO-2022-JP", "--paragraphs"},
    {"import", "--format", "text", "--source", "s", "--encoding", "UTF-16"},
};

enum { WAYS = sizeof ways / sizeof *ways };

static void check_lines(const char *path)
{
    struct bytes out = {0};
    LAW(stream_load(path, &out) == 0);
    LAW(out.len == 0 || out.items[out.len - 1] == '\n');
    for (size_t at = 0; at < out.len;) {
        const char *line = out.items + at, *newline = memchr(line, '\n', out.len - at);
        LAW(line[0] == '{' && json_check(slice_between(line, newline), JSON_DEPTH) == 0);
        at += (size_t)(newline - line) + 1;
    }
    vec_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *quiet;
    struct arena *arena = fuzz_arena();
    if (size == 0)
        return -1;
    if (quiet == NULL)
        quiet = fopen("/dev/null", "w");
    const char *const *way = ways[data[0] % WAYS];
    const char *from = fuzz_file("in", fuzz_slice(data + 1, size - 1, arena), arena);
    const char *to = fuzz_path("out", arena);
    const char *arguments[ARGUMENTS_MOST + 8] = {NULL};
    int count = 0;
    for (; count < ARGUMENTS_MOST && way[count] != NULL; count++)
        arguments[count] = way[count];
    const char *const common[] = {"-q", "--on-error", "skip", "-o", to, from};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        arguments[count++] = common[i];

    struct chain chain = {0};
    struct runner_options options = {0};
    struct words files = {0};
    enum asked asked = ASKED_NOTHING;
    LAW(chain_add(&chain, count, (char **)(uintptr_t)arguments,
                  &(struct option_group){runner_option_table, &options, NULL}, &files, &asked) == 0);
    /* Nobody wants to read the messages; what a sanitizer says does not go through this stream. */
    FILE *messages = stderr;
    stderr = quiet;
    enum status status = run(&chain, &options, &files);
    stderr = messages;
    if (status == STATUS_DONE)
        check_lines(to);
    chain_free(&chain);
    vec_free(&files);
    (void)unlink(from);
    (void)unlink(to);
    return 0;
}
