# Completion: what the shells ask, what the scripts make of it, and the key itself, pressed in each shell.
load ../helper
load ../filters

# offers LINE: the names that are offered for its end.
offers() {
    quern --complete "$1" | sed '1d; s/\t.*//'
}

# kind LINE: "names", "files" or "dirs".
kind() {
    quern --complete "$1" | sed -n '1s/ .*//p'
}

@test "filters, verbs and what quern itself takes" {
    is <(offers "quern ma") mask
    is <(offers "quern ru") run
    is <(offers "quern --") $'--help\n--version\n--completion'
    is <(offers "quern --completion ") $'bash\nzsh\nfish'
    is <(offers "quern ") "$(printf '%s\n' run help stages; filters)"
    is <(offers "quern help train ") $'count\nmerge'
    is <(offers "quern help " | sort) "$(printf '%s\n' run $(filters) | sort)"
    is <(offers "quern train ") $'count\nmerge'
    is <(offers "quern-stats m") merge
    is <(offers "quern train count --ty") --type
    is <(offers "quern nix --") ""
    is <(offers "nix ") ""
}

@test "every option of every filter and verb, alone and in a chain" {
    cut -f1 <<<"$stage_table" | while read -r name; do
        quern $name --help | sed '/^Common to all filters:/,$d' | sed -nE 's/^  (-., )?(--[A-Za-z0-9-]+).*/\2/p' >own
        quern $name --help | sed -nE 's/^  (-., )?(--[A-Za-z0-9-]+).*/\2/p' | sed 's/--help/&/' >all
        offers "quern $name -" | grep '^--' | diff all - || { echo "$name"; return 1; }
        offers "quern-$name -" | grep '^--' | diff all - || { echo "quern-$name"; return 1; }
        offers "quern run 'cat | $name -" | grep '^--' | grep -vx -e --drop-stale -e --help -e --version |
            diff own - || { echo "run $name"; return 1; }
    done
    is <(offers "quern run x --job") --jobs
    is <(offers "quern run x --drop") ""
}

@test "short options, each once; the filter's own come first" {
    is <(offers "quern head -" | grep -v '^--' | sort) $'-j\n-n\n-o\n-q'
    [[ $(quern --complete "quern head -" | grep '^-n') == *"$(quern head -h | sed -n 's/^  -n, .*N  *//p')" ]]
}

@test "values of choices, in every spelling" {
    for line in "mask --unit " "mask --unit=" "mask -q --unit=" "mask -qj 2 --unit " "mask x.jsonl --unit "; do
        is <(offers "quern $line") $'token\nword\nngram\nspan\nphrase\nentity\nmix'
        is <(offers "quern ${line}w") word
        is <(offers "quern-${line}t") token
        is <(offers "quern run 'cat | ${line/-qj 2 /}t") token
    done
    is <(offers "quern normalize --form nfk" | sort) $'nfkc\nnfkd'
    is <(offers "quern cat --on-error ") $'stop\nskip\nquarantine='
    is <(offers "quern tokenize --emit tokens,inp") input_ids
    is <(offers "quern run x --progress n") never
    is <(offers "quern mask --seed ") ""
    is <(offers "quern mask -- --unit ") ""
    is <(offers "quern mask --unit token ") ""
}

@test "where files and folders are offered" {
    for line in "mask -m " "mask -m vo" "mask -mvo" "mask --model=vo" "mask " "mask --unit word " "run x " "cat -o " \
        "cat --on-error quarantine=" "cat --on-error=quarantine=x" "train " "cat > " "cat 2>x" "run 'tokenize -m " \
        "run cat " "cat -- -"; do
        [ "$(kind "quern $line")" = files ] || { echo "$line"; return 1; }
    done
    [ "$(kind "quern cat --temp-dir ")" = dirs ]
    for line in "" "mask --unit " "mask --seed " "mask -" "run 'cat " "run 'ca" "run " "help "; do
        [ "$(kind "quern $line")" = names ] || { echo "$line"; return 1; }
    done
}

@test "inside a chain: filters, then their options; what reads lines comes only first" {
    is <(offers "quern run 'ma") mask
    is <(offers "quern run 'cat | ma") mask
    is <(offers "quern run 'cat|ma") mask
    is <(offers "quern run \"cat | ma") mask
    is <(offers "quern run 'cat | quern ma") mask
    is <(offers "quern run 'cat | quern mask --uni") --unit
    is <(offers "quern run -j 2 'cat | mask --uni") --unit
    is <(offers "quern run 'select \"a | b\" | mask --uni") --unit
    is <(offers $'quern run \'cat |\n  mask --uni') --unit
    is <(offers "quern run 'train c") count
    is <(offers "quern run 'imp") import
    is <(offers "quern run 'cat | imp") ""
    is <(offers "quern run 'mask --jo") ""
    is <(offers "quern run 'mask' --jo") --jobs
    is <(offers "quern run tok") tokenize
}

@test "the command is found in its line" {
    for line in "sudo quern" "A=b quern" "cat x | quern" "cat x; /usr/bin/quern" "quern cat x |quern" \
        "quern cat 2>&1 | quern" "(quern" "quern head && quern" "time ./quern"; do
        is <(offers "$line ma") mask
        is <(offers "$line mask --uni") --unit
    done
    is <(offers "quern cat 2>&1 --job") --jobs
    is <(offers "quern mask -m a\\ b --uni") --unit
    is <(offers "quern mask -m 'a b' --uni") --unit
}

@test "places are counted in characters" {
    is <(quern --complete "quern mask -m 'ä ö' --unit=w" | head -1) "names word 20 27"
    is <(quern --complete "quern run 'fields --drop ä | ma" | head -1) "names chain 11 29"
}

@test "completion scripts are valid" {
    quern --completion bash | bash -n
    if type shellcheck; then quern --completion bash | shellcheck -s bash -; fi
    if type zsh; then quern --completion zsh | zsh -n; fi
    if type fish; then quern --completion fish | fish -n; fi
    sh "quern --completion tcsh"
    [ "$status" = 2 ]
    is err $'quern: --completion: expected bash, zsh or fish, found "tcsh"\nTry "quern --help".'
}

# A folder with quern under all its names, and files to complete.
place() {
    mkdir names folder
    touch vocab.txt folder/texts.jsonl 'a file.jsonl'
    for f in $(filters); do ln -s "$BUILD/bin/quern" "names/quern-$f"; done
    PATH=$PWD/names:$PATH
}

# press_tab COMMAND...: types lines in a shell that shows "ready> "; the words of each are printed in brackets.
press_tab() {
    local line
    {
        while read -r line; do
            printf '< ready> \n> %s\\aprintf "[%%s]" \\r\n< %s\n' "${line%→*}" "${line#*→}"
        done <<'LINES'
quern-mask --uni\tw\t-m vo\t→[quern-mask][--unit][word][-m][vocab.txt]
quern tok\t--em\ttokens,inp\t→[quern][tokenize][--emit][tokens,input_ids]
quern train cou\t--ty\tbp\t→[quern][train][count][--type][bpe]
quern help norm\t→[quern][help][normalize]
quern cat folder/te\t→[quern][cat][folder/texts.jsonl]
quern cat a\t→[quern][cat][a file.jsonl]
quern cat --temp-dir fo\t→[quern][cat][--temp-dir][folder
quern cat --on-error qu\tvo\t→[quern][cat][--on-error][quarantine=vocab.txt]
quern run 'tok\t-m vo\t| ma\t--uni\tw\t'→[quern][run][tokenize -m vocab.txt | mask --unit word ]
quern run 'cat | quern norm\t--fo\tnfkc' vo\t→[quern][run][cat | quern normalize --form nfkc][vocab.txt]
quern mask --unit=w\t→[quern][mask][--unit=word]
quern mask --model=vo\t→[quern][mask][--model=vocab.txt]
quern mask -mvo\t→[quern][mask][-mvocab.txt]
quern run "tok\t--em\ttokens,inp\t"→[quern][run][tokenize --emit tokens,input_ids ]
quern run 'cat' --job\t2 vo\t→[quern][run][cat][--jobs][2][vocab.txt]
LINES
        # More than one: they are listed.
        printf '%s\n' '< ready> ' '> quern mask --unit \t\t' '< token' '< word' \
            "> \\uquern run 'cat | mask --unit \\t\\t" '< token' '< word' '> \uexit\r'
    } >script
    "$BUILD/tests/pipeline/pty" 200 "$@" <script >shown || { cat -v shown; return 1; }
}

@test "the tab key in bash" {
    place
    printf '%s\n' "PS1='ready> '" 'source <(quern --completion bash)' "bind 'set enable-bracketed-paste off'" >rc
    press_tab env TERM=dumb bash --noprofile --rcfile rc -i
}

@test "the tab key in zsh" {
    type zsh || skip "no zsh"
    place
    printf '%s\n' "PS1='ready> '" 'unsetopt prompt_sp zle_bracketed_paste' 'autoload -Uz compinit; compinit -D -u' \
        'source <(quern --completion zsh)' >.zshrc
    press_tab env TERM=dumb ZDOTDIR="$PWD" zsh -i
    # As it is installed, too.
    mkdir functions
    quern --completion zsh >functions/_quern
    printf '%s\n' "PS1='ready> '" 'unsetopt prompt_sp zle_bracketed_paste' 'fpath=(functions $fpath)' \
        'autoload -Uz compinit; compinit -D -u' >.zshrc
    press_tab env TERM=dumb ZDOTDIR="$PWD" zsh -i
}

@test "the tab key in fish" {
    type fish || skip "no fish"
    place
    printf '%s\n' 'set -g fish_greeting' 'function fish_prompt; echo -n "ready> "; end' \
        'set -g fish_autosuggestion_enabled 0' 'quern --completion fish | source' >rc
    press_tab env TERM=xterm HOME="$PWD" fish --no-config -C 'source rc'
}
