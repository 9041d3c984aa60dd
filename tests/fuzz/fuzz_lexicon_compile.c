/* Files of any kind through lexicon compile; the first byte says as what. What comes out is a lexicon. */
#include "lexicon_laws.h"
#include "pipeline/run/runner.h"

#include <sys/stat.h>

static const char *const formats[] = {"plain",     "synonyms", "groups", "mythes", "cilin",  "omw", "jieba",
                                      "iso-codes", "gettext",  "unihan", "cedict", "wn-lmf", "wndb"};
enum { FORMATS = sizeof formats / sizeof *formats, WNDB = FORMATS - 1 };

/* The folder of WordNet: the input is data.*, index.* and the exceptions, with a NUL between two. */
static const char *make_folder(struct slice text, struct arena *arena)
{
    static const char *const names[] = {"data.noun", "index.noun", "noun.exc", "data.verb", "index.verb", "verb.exc",
                                        "data.adj",  "index.adj",  "adj.exc",  "data.adv",  "index.adv"};
    const char *folder = fuzz_path("wordnet", arena);
    (void)mkdir(folder, 0700);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *end = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
        struct slice part = end != NULL ? slice_between(text.ptr, end) : text;
        FILE *file = fopen(arena_print(arena, "%s/%s%c", folder, names[i], '\0').ptr, "wb");
        LAW(file != NULL && (part.len == 0 || fwrite(part.ptr, 1, part.len, file) == part.len) && fclose(file) == 0);
        text = end != NULL ? slice_between(end + 1, text.ptr + text.len) : (struct slice){text.ptr, 0};
    }
    return folder;
}

static enum status compile(const char *format, const char *from, const char *to, bool more)
{
    static FILE *quiet;
    if (quiet == NULL)
        quiet = fopen("/dev/null", "w");
    const char *arguments[12] = {"lexicon", "compile", "--format", format, "-q", "-o", to, from};
    int count = 8;
    if (more && strcmp(format, "wndb") == 0) {
        arguments[count++] = "--inflect";
        arguments[count++] = "en";
    } else if (more && strcmp(format, "cilin") == 0) {
        arguments[count++] = "--related";
    }
    struct chain chain = {0};
    struct runner_options options = {0};
    struct words files = {0};
    enum asked asked = ASKED_NOTHING;
    LAW(chain_add(&chain, count, (char **)(uintptr_t)arguments,
                  &(struct option_group){runner_option_table, &options, NULL}, &files, &asked) == 0);
    FILE *messages = stderr;
    stderr = quiet;
    enum status status = run(&chain, &options, &files);
    stderr = messages;
    chain_free(&chain);
    vec_free(&files);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena();
    if (size == 0)
        return -1;
    unsigned format = (data[0] & 0x7fU) % FORMATS;
    struct slice text = fuzz_slice(data + 1, size - 1, arena);
    const char *from = format == WNDB ? make_folder(text, arena) : fuzz_file("source", text, arena);
    const char *to = fuzz_path("lex", arena);
    if (compile(formats[format], from, to, data[0] & 0x80) == STATUS_DONE) {
        struct lexicon *lexicon = lexicon_load(to);
        LAW(lexicon != NULL && lexicon_verify(lexicon) == 0);
        check_lexicon(lexicon);
        lexicon_free(lexicon);
    }
    (void)unlink(to);
    if (format != WNDB)
        (void)unlink(from);
    return 0;
}
