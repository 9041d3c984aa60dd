/* apertium_pair.c - see apertium_pair.h. */
#include "apertium_pair.h"

#include "apertium_tagger.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/vec.h"
#include "text/language.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".mode"

/* ---- names ---- */

static bool is_path(const char *name)
{
    size_t len = strlen(name);
    return strchr(name, '/') != NULL || (len > strlen(SUFFIX) && strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0);
}

/* The two languages of a name, with their variants: "eng" and "cat_valencia". A third part says how it translates:
 * en-eo-bytecode. */
static bool split_name(struct slice name, struct slice *source, struct slice *target)
{
    const char *end = name.ptr + name.len, *dash = name.len > 0 ? memchr(name.ptr, '-', name.len) : NULL;
    if (dash == NULL)
        return false;
    const char *second = memchr(dash + 1, '-', (size_t)(end - dash - 1));
    *source = slice_between(name.ptr, dash);
    *target = slice_between(dash + 1, second != NULL ? second : end);
    return source->len > 0 && target->len > 0;
}

/* "cat" of "cat_valencia". */
static struct slice language_of(struct slice part)
{
    const char *line = part.len > 0 ? memchr(part.ptr, '_', part.len) : NULL;
    return line != NULL ? slice_between(part.ptr, line) : part;
}

static char *string_of(const struct bytes *bytes)
{
    return mem_string(bytes->items, bytes->len);
}

char *apertium_pair_back(const char *name)
{
    const char *slash = strrchr(name, '/');
    struct slice base = slice_of(slash != NULL ? slash + 1 : name), source, target;
    struct bytes back = {0};
    bool path = is_path(name);
    if (path && base.len > strlen(SUFFIX))
        base.len -= strlen(SUFFIX);
    if (!split_name(base, &source, &target)) {
        (void)diag_error("which pair translates back? Expected a name of two languages, such as eng-spa, found \"%s\"",
                         name);
        return NULL;
    }
    bytes_append(&back, name, (size_t)(base.ptr - name));
    bytes_put(&back, language_of(target));
    bytes_byte(&back, '-');
    bytes_put(&back, language_of(source));
    if (path)
        bytes_put(&back, SLICE(SUFFIX));
    char *made = string_of(&back);
    vec_free(&back);
    return made;
}

/* ---- which are installed ---- */

/* The names of the .mode files of a folder, in order. */
static struct words list_folder(const char *folder)
{
    struct dirent **entries = NULL;
    struct words names = {0};
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct slice name = slice_of(entries[i]->d_name);
        if (name.len > strlen(SUFFIX) && strcmp(name.ptr + name.len - strlen(SUFFIX), SUFFIX) == 0)
            vec_push(&names, mem_string(name.ptr, name.len - strlen(SUFFIX)));
        free(entries[i]);
    }
    free(entries);
    return names;
}

/* Does the name say the same two languages, if with other codes, and no variant of any of them? */
static bool is_alias(const char *name, struct slice source, struct slice target)
{
    struct slice its_source, its_target;
    return split_name(slice_of(name), &its_source, &its_target) && strchr(name, '_') == NULL &&
           its_target.ptr + its_target.len == name + strlen(name) && language_same(its_source, source) &&
           language_same(its_target, target);
}

/* The pairs of Debian 12 that translate from English, into it, or from and into Spanish and Catalan. */
static const struct {
    const char *name;
    bool one_way;
} packages[] = {
    {"eng-spa", false}, {"eng-cat", false}, {"en-gl", false},  {"eo-en", false},   {"eu-en", true},
    {"hbs-eng", false}, {"isl-eng", true},  {"mkd-eng", true}, {"spa-cat", false},
};

/* The package that has the pair; NULL: none, or not known. */
static const char *package_of(struct slice source, struct slice target)
{
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (is_alias(packages[i].name, source, target) ||
            (!packages[i].one_way && is_alias(packages[i].name, target, source)))
            return packages[i].name;
    return NULL;
}

static int refuse_pair(const char *folder, const char *name, const struct words *installed)
{
    struct slice source, target;
    struct bytes list = {0};
    bool split = split_name(slice_of(name), &source, &target);
    const char *package = split ? package_of(language_of(source), language_of(target)) : NULL;
    for (size_t i = 0; i < installed->len; i++) {
        struct slice one, other;
        if (!split_name(slice_of(installed->items[i]), &one, &other) || strchr(installed->items[i], '_') != NULL ||
            other.ptr[other.len] != '\0')
            continue; /* what is left: pairs, without their variants */
        bytes_put(&list, list.len > 0 ? SLICE(", ") : SLICE(""));
        bytes_put(&list, slice_of(installed->items[i]));
    }
    if (package != NULL)
        (void)diag_error("Apertium's pair %s is not installed: apt install apertium-%s", name, package);
    else if (list.len > 0)
        (void)diag_error("Apertium has no pair \"%s\" here: expected one of %.*s, or the path of a .mode file", name,
                         (int)list.len, list.items);
    else
        (void)diag_error("no pair of Apertium is installed in %s, so not %s: apt install apertium-eng-spa, or another",
                         folder, name);
    vec_free(&list);
    return -1;
}

/* The path of the pair's file, to be freed. NULL, with the message, if there is none. */
static char *find_mode(const char *folder, const char *name)
{
    if (is_path(name))
        return mem_string(name, strlen(name));
    struct words installed = list_folder(folder);
    struct slice source, target;
    const char *found = NULL;
    bool split = split_name(slice_of(name), &source, &target);
    for (size_t i = 0; i < installed.len; i++)
        if (strcmp(installed.items[i], name) == 0)
            found = installed.items[i];
    for (size_t i = 0; split && found == NULL && i < installed.len; i++)
        if (is_alias(installed.items[i], source, target))
            found = installed.items[i];
    char *path = NULL;
    if (found != NULL) {
        struct bytes whole = {0};
        bytes_put(&whole, slice_of(folder));
        bytes_byte(&whole, '/');
        bytes_put(&whole, slice_of(found));
        bytes_put(&whole, SLICE(SUFFIX));
        path = string_of(&whole);
        vec_free(&whole);
    } else {
        (void)refuse_pair(folder, name, &installed);
    }
    words_release(&installed);
    return path;
}

/* ---- the pipeline ---- */

/* The programs that take -z. */
static const char *const programs[] = {"lt-proc",
                                       "apertium-tagger",
                                       "apertium-pretransfer",
                                       "apertium-posttransfer",
                                       "apertium-transfer",
                                       "apertium-interchunk",
                                       "apertium-postchunk",
                                       "apertium-anaphora",
                                       "lrx-proc",
                                       "lsx-proc",
                                       "rtx-proc",
                                       "cg-proc",
                                       "hfst-proc",
                                       NULL};

static int check_program(const char *path, const char *program)
{
    const char *slash = strrchr(program, '/');
    struct bytes list = {0};
    for (size_t i = 0; programs[i] != NULL; i++) {
        if (strcmp(slash != NULL ? slash + 1 : program, programs[i]) == 0) {
            vec_free(&list);
            return 0;
        }
        bytes_put(&list, i > 0 ? SLICE(", ") : SLICE(""));
        bytes_put(&list, slice_of(programs[i]));
    }
    (void)diag_error("%s: \"%s\" is not known to answer text by text (-z); the programs that do: %.*s", path, program,
                     (int)list.len, list.items);
    vec_free(&list);
    return -1;
}

/* The text of a mode file with $1 and $2 replaced, as the shell would: not between single quotes. Any other $ is left,
 * for words_split to refuse. */
static void put_arguments(struct slice mode, struct bytes *out)
{
    char quote = '\0';
    for (const char *at = mode.ptr, *end = at + mode.len; at < end; at++) {
        if ((*at == '\'' || *at == '"') && (quote == '\0' || quote == *at))
            quote = quote == '\0' ? *at : '\0';
        bool backslash = *at == '\\' && quote != '\'' && at + 1 < end;
        if (backslash)
            bytes_byte(out, *at++);
        bool argument = !backslash && *at == '$' && quote != '\'' && at + 1 < end && (at[1] == '1' || at[1] == '2');
        if (argument && at + 2 < end && at[2] >= '0' && at[2] <= '9')
            argument = false;
        if (!argument) {
            bytes_byte(out, *at);
            continue;
        }
        at++;
        bytes_put(out, *at == '1' ? SLICE("-n") : SLICE(""));
    }
    bytes_byte(out, '\0');
}

static void insert_option(struct words *command, const char *option)
{
    vec_push(command, NULL);
    memmove(command->items + 2, command->items + 1, (command->len - 2) * sizeof *command->items);
    command->items[1] = mem_string(option, strlen(option));
}

static int read_mode(const char *path, struct commands *commands)
{
    struct bytes file = {0}, text = {0};
    int done = stream_load(path, &file);
    if (done == 0 && file.len > 0 && memchr(file.items, '\0', file.len) != NULL)
        done = diag_error("%s: not a text", path);
    if (done == 0) {
        put_arguments(bytes_slice(&file), &text);
        done = words_split("pipeline", text.items, commands);
        if (done < 0)
            (void)diag_within("%s: expected the pipeline of an Apertium pair: %s", path, diag_message());
    }
    for (size_t i = 0; done == 0 && i < commands->len; i++) {
        struct words *command = &commands->items[i];
        done = check_program(path, command->items[0]);
        if (done == 0)
            insert_option(command, "-z");
    }
    vec_free(&file);
    vec_free(&text);
    return done;
}

int apertium_pair_open(const char *folder, const char *name, struct apertium_pair *pair)
{
    struct apertium_memory memory = {0};
    *pair = (struct apertium_pair){0};
    char *path = find_mode(folder, name);
    if (path == NULL)
        return -1;
    int done = read_mode(path, &pair->commands);
    if (done == 0)
        done = apertium_tagger_memory(&pair->commands, &memory);
    pair->first = memory.primer;
    pair->fresh = memory.fresh;
    mem_free(path);
    if (done < 0)
        apertium_pair_release(pair);
    return done;
}

void apertium_pair_release(struct apertium_pair *pair)
{
    words_split_release(&pair->commands);
}
