/* completion_scripts.c - what the shells read: see completion.c for what the scripts ask. */
#include "base/diag.h"
#include "record/stage.h"
#include "run/completion.h"

#include <string.h>

const char *const completion_shells[] = {"bash", "zsh", "fish", NULL};

/* bash itself takes = and : for the end of a word. Inside the quotes of a chain a common start of the candidates goes
 * in as a whole; the last candidate gets a second one beside it, since bash closes the quote after an only one. If
 * there is nothing to put in, the candidates are listed without what is before them, and a blank is among them, so that
 * bash finds no common start to put in instead of the line. */
static const char bash_script[] =
    "# bash completion for quern\n"
    "_quern() {\n"
    "  local quern=quern line=${COMP_LINE:0:COMP_POINT} kind place word part head common found name IFS=$'\\n'\n"
    "  type -P quern >/dev/null || quern=${COMP_WORDS[0]}\n"
    "  mapfile -t found < <(\"$quern\" --complete \"$line\" 2>/dev/null)\n"
    "  IFS=' ' read -r kind place word part <<<\"${found[0]}\"\n"
    "  head=${line:word:part-word} line=${line:part}\n"
    "  found=(\"${found[@]:1}\")\n"
    "  found=(\"${found[@]%%$'\\t'*}\")\n"
    "  case $kind in\n"
    "  files) mapfile -t -O ${#found[@]} found < <(compgen -f -- \"$line\") ;;\n"
    "  dirs) mapfile -t -O ${#found[@]} found < <(compgen -d -- \"$line\") ;;\n"
    "  esac\n"
    "  [[ ${#found[@]} != 0 ]] || return 0\n"
    "  if [[ $place == word ]]; then\n"
    "    head=${head##*[=:]}\n"
    "    COMPREPLY=(\"${found[@]/#/\"$head\"}\")\n"
    "    [[ ${#found[@]} != 1 || ${found[0]} != *= ]] || compopt -o nospace\n"
    "    [[ $kind == names || -n $head ]] || compopt -o filenames\n"
    "    return 0\n"
    "  fi 2>/dev/null\n"
    "  common=${found[0]}\n"
    "  for name in \"${found[@]}\"; do\n"
    "    while [[ $name != \"$common\"* ]]; do common=${common%?}; done\n"
    "  done\n"
    "  if [[ ${#found[@]} == 1 ]]; then\n"
    "    if [[ $kind != names && -d $common ]]; then common+=/\n"
    "    elif [[ $common != *= ]]; then common+=' '; fi\n"
    "    COMPREPLY=(\"$head$common\" \"$head$common|\")\n"
    "  elif [[ $common != \"$line\" ]]; then\n"
    "    COMPREPLY=(\"${found[@]/#/\"$head\"}\")\n"
    "  else\n"
    "    COMPREPLY=(' ' \"${found[@]}\")\n"
    "  fi\n"
    "}\n"
    "complete -F _quern quern";

/* Inside the quotes of a chain a suffix of its own keeps zsh from closing them. */
static const char zsh_script[] =
    "# zsh completion for quern\n"
    "_quern() {\n"
    "  local quern=quern line=\"${(j: :)words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX\" entry result=1\n"
    "  local -a answer place names shown suffix\n"
    "  (( $+commands[quern] )) || quern=${(Q)words[1]}\n"
    "  answer=(\"${(@f)$(\"$quern\" --complete \"$line\" 2>/dev/null)}\")\n"
    "  place=(${=answer[1]})\n"
    "  (( $#place == 4 )) || return 1\n"
    "  for entry in \"${(@)answer[2,-1]}\"; do\n"
    "    names+=(\"${entry%%$'\\t'*}\")\n"
    "    shown+=(\"${(r:20:)${entry%%$'\\t'*}}  ${entry#*$'\\t'}\")\n"
    "  done\n"
    "  [[ $place[2] == word ]] || suffix=(-S ' ')\n"
    "  [[ $#names != 1 || $names[1] != *= ]] || suffix=(-S '')\n"
    "  compset -p $(( place[4] - place[3] ))\n"
    "  if (( $#names )); then compadd \"${(@)suffix}\" -V quern -l -d shown -a names && result=0; fi\n"
    "  case $place[1] in\n"
    "  files) _files \"${(@)suffix}\" && result=0 ;;\n"
    "  dirs) _files -/ && result=0 ;;\n"
    "  esac\n"
    "  return result\n"
    "}\n"
    "# Read as a function of completion, or by eval.\n"
    "if [[ $funcstack[1] == _quern ]]; then _quern \"$@\"; else compdef _quern quern";

static const char fish_script[] =
    "# fish completion for quern\n"
    "function __quern_complete\n"
    "    set -l line (commandline -cp | string collect)\n"
    "    set -l quern quern\n"
    "    type -q quern; or set quern (commandline -opc)[1]\n"
    "    set -l found ($quern --complete \"$line\" 2>/dev/null)\n"
    "    set -l place (string split ' ' -- \"$found[1]\")\n"
    "    test (count $place) = 4; or return\n"
    "    set -l part (string sub -s (math $place[4] + 1) -- \"$line\" | string collect)\n"
    "    switch $place[1]\n"
    "        case files\n"
    "            set -a found (__fish_complete_path \"$part\")\n"
    "        case dirs\n"
    "            set -a found (__fish_complete_directories \"$part\")\n"
    "    end\n"
    "    set -l head ''\n"
    "    test $place[4] -gt $place[3]\n"
    "    and set head (string sub -s (math $place[3] + 1) -l (math $place[4] - $place[3]) -- \"$line\" | string "
    "collect)\n"
    "    if test $place[2] = chain -a (count $found) = 2; and not string match -qr '[/=]($|\\t)' -- \"$found[2]\"\n"
    "        set -l name (string split \\t -- \"$found[2]\")[1]\n"
    "        printf '%s\\n' \"$head$name \"\\t'go on' \"$head$name |\"\\t'pass the records to another filter'\n"
    "    else if test (count $found) -gt 1\n"
    "        printf '%s\\n' \"$head\"$found[2..-1]\n"
    "    end\n"
    "end\n"
    "complete -c quern -f -a '(__quern_complete)'\n";

/* For each filter's own name: quern-mask. */
static void print_names(const char *before, const char *after, FILE *out)
{
    for (const struct stage *const *stage = stages; *stage != NULL; stage++)
        (void)fprintf(out, "%squern-%s%s", before, (*stage)->name, after);
}

int completion_print(const char *shell, FILE *out)
{
    if (strcmp(shell, "bash") == 0) {
        (void)fputs(bash_script, out);
        print_names(" ", "", out);
        (void)fputc('\n', out);
    } else if (strcmp(shell, "zsh") == 0) {
        (void)fputs("#compdef quern", out);
        print_names(" ", "", out);
        (void)fprintf(out, "\n%s", zsh_script);
        print_names(" ", "", out);
        (void)fputs("; fi\n", out);
    } else if (strcmp(shell, "fish") == 0) {
        (void)fputs(fish_script, out);
        print_names("complete -c ", " -f -a '(__quern_complete)'\n", out);
    } else {
        return diag_error("--completion: expected bash, zsh or fish, found \"%s\"", shell);
    }
    return 0;
}
