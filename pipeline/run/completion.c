/* completion.c - completion scripts: see completion.h. */
#include "run/completion.h"

#include "base/diag.h"
#include "run/chain.h"
#include "run/runner.h"

/* Calls each option of a filter that a user may write on the command line. */
static void each_option(const struct stage *stage, void (*print)(const struct stage *, const struct option *, FILE *),
                        FILE *out)
{
    const struct option *const tables[] = {stage->options, common_option_table, runner_option_table};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct option *option = tables[i]; option != NULL && option->name != NULL; option++)
            print(stage, option, out);
}

static void print_names(FILE *out)
{
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        (void)fprintf(out, "%s ", (*stage)->name);
    (void)fputs("run stages", out);
}

static void each_verb(const struct stage *stage, void (*print)(const struct stage *, const struct stage *, FILE *),
                      FILE *out)
{
    for (const struct stage *const *verb = stage->verbs; verb != NULL && *verb != NULL; verb++)
        print(stage, *verb, out);
}

/* The verb without the name of its filter. */
static const char *verb_word(const struct stage *verb)
{
    return strchr(verb->name, ' ') + 1;
}

/* Words inside a shell's single quotes: the help texts contain no single quote (a test checks that). */

static void bash_word(const struct stage *stage, const struct option *option, FILE *out)
{
    (void)stage;
    (void)fprintf(out, "--%s ", option->name);
}

static void bash_verb(const struct stage *stage, const struct stage *verb, FILE *out)
{
    (void)fprintf(out, "    %s:*) words+=' %s' ;;&\n", stage->name, verb_word(verb));
}

static void bash_choices(const struct stage *stage, const struct option *option, FILE *out)
{
    if (option->choices == NULL)
        return;
    (void)fprintf(out, "    %s:--%s) words='", stage->name, option->name);
    for (size_t i = 0; option->choices[i] != NULL; i++)
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", option->choices[i]);
    (void)fputs("' ;;\n", out);
}

static void print_bash(FILE *out)
{
    (void)fputs("# bash completion for quern\n"
                "_quern() {\n"
                "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= name=${COMP_WORDS[1]}\n"
                "  if [[ ${COMP_WORDS[0]##*/} == quern-* ]]; then name=${COMP_WORDS[0]##*quern-}; fi\n"
                "  if [[ $COMP_CWORD == 1 && $name == \"$cur\" ]]; then\n"
                "    COMPREPLY=($(compgen -W '--help --version --completion ",
                out);
    print_names(out);
    (void)fputs("' -- \"$cur\")); return\n  fi\n  case $name:$prev in\n", out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        each_option(*stage, bash_choices, out);
    (void)fputs("  esac\n  if [[ -z $words ]]; then case $name:${cur:0:1} in\n", out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++) {
        (void)fprintf(out, "    %s:-) words='", (*stage)->name);
        each_option(*stage, bash_word, out);
        (void)fputs("--help --version' ;;\n", out);
        each_verb(*stage, bash_verb, out);
    }
    (void)fputs("    run:-) words='", out);
    for (const struct option *option = runner_option_table; option->name != NULL; option++)
        bash_word(NULL, option, out);
    (void)fputs("--help' ;;\n  esac; fi\n"
                "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                "}\n"
                "complete -o default -F _quern quern",
                out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        (void)fprintf(out, " quern-%s", (*stage)->name);
    (void)fputc('\n', out);
}

static void zsh_option(const struct stage *stage, const struct option *option, FILE *out)
{
    (void)stage;
    (void)fprintf(out, "      '--%s", option->name);
    if (option->type == OPT_FLAG) {
        (void)fprintf(out, "[%s]' \\\n", option->help);
        return;
    }
    (void)fprintf(out, "=[%s]:%s:", option->help, option->value);
    if (option->choices != NULL) {
        (void)fputc('(', out);
        for (size_t i = 0; option->choices[i] != NULL; i++)
            (void)fprintf(out, "%s%s", i > 0 ? " " : "", option->choices[i]);
        (void)fputc(')', out);
    } else if (option->type == OPT_FILE) {
        (void)fputs("_files", out);
    }
    (void)fputs("' \\\n", out);
}

static void zsh_verb(const struct stage *stage, const struct stage *verb, FILE *out)
{
    (void)stage;
    (void)fprintf(out, "      '1:verb:(%s)' \\\n", verb_word(verb));
}

static void print_zsh(FILE *out)
{
    (void)fputs("#compdef quern", out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        (void)fprintf(out, " quern-%s", (*stage)->name);
    (void)fputs("\n# zsh completion for quern\n"
                "_quern() {\n"
                "  local name=${words[1]:t}\n"
                "  if [[ $name == quern-* ]]; then name=${name#quern-}\n"
                "  elif (( CURRENT == 2 )); then\n"
                "    compadd -- --help --version --completion ",
                out);
    print_names(out);
    (void)fputs("; return\n  else name=${words[2]}; shift words; (( CURRENT-- )); fi\n  case $name in\n", out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++) {
        (void)fprintf(out, "    %s) _arguments \\\n", (*stage)->name);
        each_option(*stage, zsh_option, out);
        each_verb(*stage, zsh_verb, out);
        (void)fputs("      '*:file:_files' ;;\n", out);
    }
    (void)fputs("    run) _arguments \\\n", out);
    for (const struct option *option = runner_option_table; option->name != NULL; option++)
        zsh_option(NULL, option, out);
    (void)fputs("      '1:chain:' '*:file:_files' ;;\n  esac\n}\n_quern \"$@\"\n", out);
}

static void fish_line(const char *name, const struct option *option, FILE *out)
{
    (void)fprintf(out, "complete -c quern -n '__fish_seen_subcommand_from %s' ", name);
    (void)fprintf(out, "-l %s", option->name);
    if (option->letter != 0)
        (void)fprintf(out, " -s %c", option->letter);
    if (option->choices != NULL) {
        (void)fputs(" -x -a '", out);
        for (size_t i = 0; option->choices[i] != NULL; i++)
            (void)fprintf(out, "%s%s", i > 0 ? " " : "", option->choices[i]);
        (void)fputc('\'', out);
    } else if (option->type == OPT_FILE) {
        (void)fputs(" -r", out);
    } else if (option->type != OPT_FLAG) {
        (void)fputs(" -x", out);
    }
    (void)fprintf(out, " -d '%s'\n", option->help);
}

static void fish_option(const struct stage *stage, const struct option *option, FILE *out)
{
    fish_line(stage->name, option, out);
}

static void fish_verb(const struct stage *stage, const struct stage *verb, FILE *out)
{
    (void)fprintf(out, "complete -c quern -n '__fish_seen_subcommand_from %s' -a %s -d '%s'\n", stage->name,
                  verb_word(verb), verb->summary);
}

static void print_fish(FILE *out)
{
    (void)fputs("# fish completion for quern\n", out);
    for (const struct stage *const *stage = stages; *stage != NULL; stage++) {
        (void)fprintf(out, "complete -c quern -f -n __fish_use_subcommand -a %s -d '%s'\n", (*stage)->name,
                      (*stage)->summary);
        each_option(*stage, fish_option, out);
        each_verb(*stage, fish_verb, out);
    }
    (void)fputs("complete -c quern -f -n __fish_use_subcommand -a run -d 'run a chain of filters in one process'\n"
                "complete -c quern -f -n __fish_use_subcommand -a stages -d 'list the filters'\n",
                out);
    for (const struct option *option = runner_option_table; option->name != NULL; option++)
        fish_line("run", option, out);
}

int completion_print(const char *shell, FILE *out)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(out);
    else if (strcmp(shell, "fish") == 0)
        print_fish(out);
    else
        return diag_error("--completion: expected bash, zsh or fish, found \"%s\"", shell);
    return 0;
}
