/* main.c - the multi-call binary: `quern FILTER …`, `quern-FILTER …`, `quern run 'a | b'`, `quern stages`. */
#include "base/descriptor.h"
#include "base/diag.h"
#include "base/icu.h"
#include "base/version.h"
#include "run/chain.h"
#include "run/completion.h"
#include "run/runner.h"
#include "run/stale.h"

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

/* ---- help ---- */

static void print_members(const char *title, const char *const *names)
{
    if (names == NULL || *names == NULL)
        return;
    (void)printf("%s", title);
    for (; *names != NULL; names++)
        (void)printf(" %s", *names);
    (void)printf("\n");
}

static void print_verbs(const struct stage *stage)
{
    (void)printf("Verbs, each with options of its own (\"quern VERB --help\"):\n");
    for (const struct stage *const *verb = stage->verbs; *verb != NULL; verb++)
        (void)printf("  %s\n        %s\n", (*verb)->name, (*verb)->summary);
    (void)printf("\n");
}

static void print_stale(const struct stage *stage)
{
    bool any = false;
    for (size_t i = 0; i < members_count; i++) {
        if (!stale_may(stage, &members[i]))
            continue;
        (void)printf("%s %s", any ? "" : "Makes stale:", members[i].name.ptr);
        any = true;
    }
    if (any)
        (void)printf("\n");
}

static enum status help_stage(const struct stage *stage)
{
    (void)printf("Usage: quern %s [OPTION]...", stage->name);
    for (const struct option *option = stage->options; option != NULL && option->name != NULL; option++)
        if (option->takes != NULL)
            (void)printf(" [%s]...", option->value);
    (void)printf(" [%s]...\n%s.\n\n", stage->operands != NULL ? stage->operands : "FILE", stage->summary);
    opt_help(stage->options, NULL, stdout);
    (void)printf("\nCommon to all filters:\n");
    opt_help(common_option_table, stage->options, stdout);
    opt_help(runner_option_table, stage->options, stdout);
    (void)printf("  -h, --help\n        print this\n  --version\n        print the version\n\n");
    if (stage->verbs != NULL)
        print_verbs(stage);
    (void)printf("Class: %s%s%s\n", chain_class_name(stage->class), stage->lines_in ? ", reads lines" : "",
                 stage->text_out ? ", writes text" : "");
    print_members("Reads:", stage->reads);
    print_members("Writes:", stage->writes);
    print_stale(stage);
    (void)printf("Manual: man quern-%.*s\n", (int)strcspn(stage->name, " "), stage->name);
    return checked();
}

static void list_stage(const struct stage *stage)
{
    const char *property = stage->lines_in ? "lines" : stage->text_out ? "text" : "-";
    (void)printf("%-11s  %-7s  %-5s  %s\n", stage->name, chain_class_name(stage->class), property, stage->summary);
}

static void list_stages(void)
{
    for (const struct stage *const *stage = stages; *stage != NULL; stage++) {
        list_stage(*stage);
        for (const struct stage *const *verb = (*stage)->verbs; verb != NULL && *verb != NULL; verb++)
            list_stage(*verb);
    }
}

static enum status help_quern(void)
{
    (void)printf("Usage: quern FILTER [OPTION]... [FILE]...\n"
                 "       quern run 'FILTER ... | FILTER ...' [OPTION]... [FILE]...\n"
                 "       quern stages\n"
                 "       quern --completion bash|zsh|fish | --version | --help\n"
                 "Filters that grind raw text into training sets: JSONL in, JSONL out.\n\n");
    list_stages();
    (void)printf("\n\"quern FILTER --help\" lists its options; see also \"man quern\".\n");
    return checked();
}

static enum status help_run(void)
{
    (void)printf("Usage: quern run 'FILTER ... | FILTER ...' [OPTION]... [FILE]...\n"
                 "run a chain of filters in one process; the output is the shell pipeline's, byte for byte.\n\n");
    opt_help(runner_option_table, NULL, stdout);
    return checked();
}

static enum status print_version(void)
{
    version_print(stdout);
    return checked();
}

/* ---- verbs ---- */

/* --help or --version instead of a run. */
static enum status answer(char asked, const struct stage *stage)
{
    if (asked == 'V')
        return print_version();
    return stage != NULL ? help_stage(stage) : help_run();
}

static enum status run_filter(int argc, char **argv)
{
    struct chain chain = {0};
    struct runner_options options = {0};
    struct words files = {0};
    char asked = '\0';
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
        status = asked != '\0' ? answer(asked, stage) : run(&chain, &options, &files);
    chain_free(&chain);
    vec_free(&files);
    return status;
}

static int add_commands(struct chain *chain, const struct commands *commands, char *asked)
{
    const struct option_group runner = {.table = runner_option_table};
    for (size_t c = 0; c < commands->len; c++) {
        const struct words *words = &commands->items[c];
        struct words operands = {0};
        int added = chain_add(chain, (int)words->len, (char **)(uintptr_t)words->items, &runner, &operands, asked);
        if (added == 0 && operands.len > 0)
            added = diag_error("\"%s\": input files go after the chain, not inside it", operands.items[0]);
        vec_free(&operands);
        if (added < 0)
            return diag_error("%s: %s", words->items[0], diag_message());
    }
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
    char asked = '\0';
    enum status status;
    diag_program("quern-run");
    groups[1].values = &options;
    if (opt_parse(groups, 2, argc, argv, &files, &asked) < 0) {
        status = usage_error("quern run");
    } else if (asked != '\0') {
        status = answer(asked, NULL);
    } else if (files.len == 0) {
        (void)diag_error("the chain is missing: quern run 'FILTER | FILTER'");
        status = usage_error("quern run");
    } else if (words_split(files.items[0], &commands) < 0 || add_commands(&chain, &commands, &asked) < 0) {
        status = usage_error("quern run");
    } else if (asked != '\0') {
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

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "";
    if (descriptor_take_standard() < 0)
        diag_die(STATUS_FAILED, "%s", diag_message());
    icu_take_memory();
    if (strncmp(name, "quern-", 6) == 0) {
        argv[0] += (size_t)(name - argv[0]) + 6;
        return (int)run_filter(argc, argv);
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        enum status status = help_quern();
        return (int)(argc < 2 ? STATUS_USAGE : status);
    }
    if (strcmp(argv[1], "--version") == 0)
        return (int)print_version();
    if (strcmp(argv[1], "--completion") == 0)
        return (int)completion(argc - 1, argv + 1);
    if (strcmp(argv[1], "run") == 0)
        return (int)run_chain_command(argc - 1, argv + 1);
    if (strcmp(argv[1], "stages") == 0) {
        list_stages();
        return (int)checked();
    }
    return (int)run_filter(argc - 1, argv + 1);
}
