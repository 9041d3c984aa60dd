/* main.c - the multi-call binary: `quern FILTER …`, `quern-FILTER …`, `quern run 'a | b'`, `quern stages`. */
#include "base/descriptor.h"
#include "base/diag.h"
#include "base/icu.h"
#include "base/version.h"
#include "run/chain.h"
#include "run/completion.h"
#include "run/help.h"
#include "run/runner.h"

#include <stdlib.h>

/* Checks that what stdio wrote to standard output has arrived. */
static enum status checked(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_DONE;
    (void)diag_errno("stdout: write");
    diag_report("%s", diag_message());
    return STATUS_FAILED;
}

static enum status usage_error(const char *name)
{
    diag_report("%s", diag_message());
    (void)fprintf(stderr, "Try \"%s --help\".\n", name);
    return STATUS_USAGE;
}

/* ---- verbs ---- */

/* Help or the version instead of a run. stage: NULL for `quern run`. */
static enum status answer(enum asked asked, const struct stage *stage)
{
    if (asked == ASKED_VERSION)
        version_print(stdout);
    else if (stage == NULL)
        help_run(asked == ASKED_SHORT_HELP);
    else if (asked == ASKED_SHORT_HELP)
        help_stage_short(stage);
    else
        help_stage(stage);
    return checked();
}

/* quern help [FILTER [VERB]] */
static enum status help(int argc, char **argv)
{
    int skip = 0;
    const struct stage *stage = NULL;
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "stages") == 0) {
        help_quern();
        return checked();
    }
    bool run = strcmp(argv[1], "run") == 0;
    if (!run && (stage = chain_find(argc - 1, argv + 1, &skip)) == NULL)
        return usage_error("quern");
    if (argc > 2 + skip) {
        (void)diag_error("help: unexpected \"%s\"; it takes the name of one filter", argv[2 + skip]);
        return usage_error("quern");
    }
    return answer(ASKED_HELP, stage);
}

static enum status run_filter(int argc, char **argv)
{
    struct chain chain = {0};
    struct runner_options options = {0};
    struct words files = {0};
    enum asked asked = ASKED_NOTHING;
    int skip;
    const struct stage *stage = chain_find(argc, argv, &skip);
    if (stage == NULL)
        return usage_error("quern");
    enum status status;
    int added = chain_add(&chain, argc, argv, &(struct option_group){.table = runner_option_table, .values = &options},
                          &files, &asked);
    diag_program(chain.links.items[0].program);
    if (added < 0)
        status = usage_error(chain.links.items[0].program);
    else
        status = asked != ASKED_NOTHING ? answer(asked, stage) : run(&chain, &options, &files);
    chain_free(&chain);
    vec_free(&files);
    return status;
}

/* The arguments of a filter. What was written for the shell works in a chain too: "quern mask" and "quern-mask" are
 * mask. The caller frees the list; its strings are those of `words`. */
static char **arguments_of(const struct words *words, size_t *count)
{
    const char *slash = strrchr(words->items[0], '/'), *name = slash != NULL ? slash + 1 : words->items[0];
    size_t program = words->len > 1 && strcmp(name, "quern") == 0;
    char **arguments = mem_zalloc(words->len, sizeof *arguments);
    *count = words->len - program;
    for (size_t i = 0; i < *count; i++)
        arguments[i] = (char *)(uintptr_t)words->items[program + i];
    if (program == 0 && strncmp(name, "quern-", 6) == 0)
        arguments[0] = (char *)(uintptr_t)name + 6;
    return arguments;
}

static int add_command(struct chain *chain, const struct words *words, enum asked *asked)
{
    const struct option_group runner = {.table = runner_option_table};
    struct words operands = {0};
    size_t count;
    char **arguments = arguments_of(words, &count);
    int added = chain_add(chain, (int)count, arguments, &runner, &operands, asked);
    if (added == 0 && operands.len > 0)
        added = diag_error("\"%s\": input files go after the chain, not inside it", operands.items[0]);
    if (added < 0)
        (void)diag_error("%s: %s", arguments[0], diag_message());
    vec_free(&operands);
    mem_free(arguments);
    return added;
}

static int add_commands(struct chain *chain, const struct commands *commands, enum asked *asked)
{
    for (size_t c = 0; c < commands->len; c++)
        if (add_command(chain, &commands->items[c], asked) < 0)
            return -1;
    return 0;
}

static enum status run_chain_command(int argc, char **argv)
{
    static const struct option no_options[] = {{0}};
    struct option_group groups[] = {{.table = no_options}, {.table = runner_option_table}};
    struct runner_options options = {0};
    struct words files = {0};
    struct commands commands = {0};
    struct chain chain = {0};
    enum asked asked = ASKED_NOTHING;
    enum status status;
    diag_program("quern-run");
    groups[1].values = &options;
    if (opt_parse(groups, 2, argc, argv, &files, &asked) < 0) {
        status = usage_error("quern run");
    } else if (asked != ASKED_NOTHING) {
        status = answer(asked, NULL);
    } else if (files.len == 0) {
        (void)diag_error("the chain is missing: quern run 'FILTER | FILTER'");
        status = usage_error("quern run");
    } else if (words_split("chain", files.items[0], &commands) < 0 || add_commands(&chain, &commands, &asked) < 0) {
        status = usage_error("quern run");
    } else if (asked != ASKED_NOTHING) {
        status = answer(asked, chain.links.items[chain.links.len - 1].stage);
    } else {
        struct words inputs = {files.items + 1, files.len - 1, files.len - 1};
        status = run(&chain, &options, &inputs);
    }
    chain_free(&chain);
    words_split_release(&commands);
    vec_free(&files);
    return status;
}

static enum status completion(int argc, char **argv)
{
    if (argc != 2) {
        (void)diag_error("--completion: expected one of bash, zsh and fish");
        return usage_error("quern");
    }
    return completion_print(argv[1], stdout) < 0 ? usage_error("quern") : checked();
}

static enum status stage_list(int argc, char **argv)
{
    if (argc > 1) {
        (void)diag_error("stages: unexpected \"%s\"; it takes no arguments", argv[1]);
        return usage_error("quern");
    }
    help_list_stages();
    return checked();
}

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "";
    if (descriptor_take_standard() < 0)
        diag_die(STATUS_FAILED, "%s", diag_message());
    icu_take_memory();
    if (argc == 3 && strcmp(argv[1], "--complete") == 0) {
        completion_answer(argv[2], stdout);
        return (int)checked();
    }
    if (strncmp(name, "quern-", 6) == 0) {
        argv[0] += (size_t)(name - argv[0]) + 6;
        return (int)run_filter(argc, argv);
    }
    const char *verb = argc < 2 ? "" : argv[1];
    if (argc < 2) {
        help_quern();
        (void)checked();
        return (int)STATUS_USAGE;
    }
    if (strcmp(verb, "help") == 0 || strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)
        return (int)help(argc - 1, argv + 1);
    if (strcmp(verb, "--version") == 0 || strcmp(verb, "-V") == 0)
        return (int)answer(ASKED_VERSION, NULL);
    if (strcmp(verb, "--completion") == 0)
        return (int)completion(argc - 1, argv + 1);
    if (strcmp(verb, "run") == 0)
        return (int)run_chain_command(argc - 1, argv + 1);
    if (strcmp(verb, "stages") == 0)
        return (int)stage_list(argc - 1, argv + 1);
    return (int)run_filter(argc - 1, argv + 1);
}
