/* help.c - see help.h. */
#include "run/help.h"

#include "run/runner.h"
#include "run/stale.h"

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

static void print_example(const char *example)
{
    if (example == NULL)
        return;
    (void)printf("Example:\n");
    for (struct slice left = slice_of(example); left.len > 0;) {
        const char *end = memchr(left.ptr, '\n', left.len);
        size_t len = end != NULL ? (size_t)(end - left.ptr) : left.len;
        (void)printf("  %.*s\n", (int)len, left.ptr);
        len += end != NULL;
        left = (struct slice){left.ptr + len, left.len - len};
    }
    (void)printf("\n");
}

static void print_usage(const struct stage *stage)
{
    (void)printf("Usage: quern %s [OPTION]...", stage->name);
    for (const struct option *option = stage->options; option != NULL && option->name != NULL; option++)
        if (option->takes != NULL)
            (void)printf(" [%s]...", option->value);
    (void)printf(" [%s]...\n%s.\n\n", stage->operands != NULL ? stage->operands : "FILE", stage->summary);
}

void help_stage_short(const struct stage *stage)
{
    print_usage(stage);
    opt_short_help(stage->options, stdout);
    for (const struct stage *const *verb = stage->verbs; verb != NULL && *verb != NULL; verb++)
        (void)printf("  quern %s\n        %s\n", (*verb)->name, (*verb)->summary);
    (void)printf("\n\"quern %s --help\" says more: all options, defaults, an example.\n", stage->name);
}

void help_stage(const struct stage *stage)
{
    print_usage(stage);
    opt_help(stage->options, NULL, stdout);
    (void)printf("\nCommon to all filters:\n");
    if (stale_any(stage))
        opt_help(common_option_table, stage->options, stdout);
    opt_help(runner_option_table, stage->options, stdout);
    (void)printf("  -h, --help\n        -h: list the options of this filter; --help: print this\n"
                 "  -V, --version\n        print the version\n\n");
    if (stage->verbs != NULL)
        print_verbs(stage);
    print_example(stage->example);
    (void)printf("Class: %s%s%s\n", chain_class_name(stage->class), stage->lines_in ? ", reads lines" : "",
                 stage->text_out ? ", writes text" : "");
    print_members("Reads:", stage->reads);
    print_members("Writes:", stage->writes);
    print_stale(stage);
    (void)printf("Manual: man quern-%.*s\n", (int)strcspn(stage->name, " "), stage->name);
}

/* Each of the list, and its verbs behind it. */
static void list_stages(const struct stage *const *list)
{
    for (; list != NULL && *list != NULL; list++) {
        const struct stage *stage = *list;
        const char *property = stage->lines_in && stage->text_out ? "lines,text"
                               : stage->lines_in                  ? "lines"
                               : stage->text_out                  ? "text"
                                                                  : "-";
        (void)printf("%-11s  %-7s  %-5s  %s\n", stage->name, chain_class_name(stage->class), property, stage->summary);
        list_stages(stage->verbs);
    }
}

void help_list_stages(void)
{
    list_stages(stages);
}

void help_quern(void)
{
    (void)printf("Usage: quern FILTER [OPTION]... [FILE]...\n"
                 "       quern run 'FILTER ... | FILTER ...' [OPTION]... [FILE]...\n"
                 "       quern help [FILTER]\n"
                 "       quern stages\n"
                 "       quern --completion bash|zsh|fish\n"
                 "       quern --version\n"
                 "Filters that grind raw text into training sets: JSONL in, JSONL out.\n\n");
    help_list_stages();
    (void)printf("\n\"quern help FILTER\" lists its options; see also \"man quern\".\n");
}

void help_run(bool brief)
{
    (void)printf("Usage: quern run 'FILTER ... | FILTER ...' [OPTION]... [FILE]...\n"
                 "run a chain of filters in one process: the bytes of the shell pipeline, faster.\n\n");
    if (brief)
        opt_short_help(runner_option_table, stdout);
    else
        opt_help(runner_option_table, NULL, stdout);
    (void)printf("\n");
    print_example("$ echo '{\"text\":\"A  B\"}' | quern run 'normalize --space collapse | cat' -j 2\n"
                  "{\"text\":\"A B\"}");
}
