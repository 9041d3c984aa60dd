# What the command line understands beside the options of a filter: help, version, chains as people write them.
load ../helper

@test "help by four ways" {
    for way in "help mask" "mask --help" "run mask\ --help"; do
        sh "quern $way"
        [ "$status" = 0 ]
        is err ""
        is <(head -1 out) "Usage: quern mask [OPTION]... [FILE]..."
    done
    gives "quern help train count | head -1" 0 "Usage: quern train count [OPTION]... [FILE]..."
    gives "quern help run | head -1" 0 "Usage: quern run 'FILTER ... | FILTER ...' [OPTION]... [FILE]..."
    for way in help "help help" "help stages" --help -h; do gives "quern $way" 0 "$(quern --help)"; done
    gives "quern help nix" 2 "" $'quern: there is no filter "nix"; "quern stages" lists them\nTry "quern --help".'
    gives "quern help mask cat" 2 "" \
        $'quern: help: unexpected "cat"; it takes the name of one filter\nTry "quern --help".'
    gives "quern stages x" 2 "" $'quern: stages: unexpected "x"; it takes no arguments\nTry "quern --help".'
}

@test "-h is short: a line for each option; --help is long" {
    for name in $(quern stages | awk '$2 ~ /^[A-Z]+$/ { print $1 }') run; do
        quern "$name" -h >short
        quern "$name" --help >long
        (($(wc -l <short) < $(wc -l <long))) || { echo "$name"; return 1; }
        awk '{ gsub(/…/, "."); if (length($0) > 80) { print; found = 1 } } END { exit found }' short
        sed -n 's/^  -., --\([a-z0-9-]*\).*/\1/p; s/^      --\([a-z0-9-]*\).*/\1/p' short | while read -r option; do
            grep -qE -- "^  (-., )?--$option( |\$)" long || { echo "$name --$option"; return 1; }
        done
    done
    grep -q -- '--fill lower|none ' <(quern mask -h)
}

@test "-V and --version, everywhere" {
    for way in "quern" "quern mask" "quern run" "quern mask -q"; do
        gives "$way -V" 0 "$(quern --version)"
        gives "$way --version" 0 "$(quern --version)"
    done
}

@test "-j 0 is all cores" {
    seq -f '{"id":%.0f}' 20000 >in
    sh "quern cat -j 0 in"
    [ "$status" = 0 ]
    cmp in out
    sh "taskset -c 0 quern cat -j 0 in"
    cmp in out
}

@test "a chain as it was written for the shell" {
    echo '{"text":"A  B"}' >in
    for chain in 'quern normalize --space collapse | quern cat' 'quern-normalize --space collapse | quern-cat' \
        '/usr/local/bin/quern normalize --space collapse | /bin/quern-cat' \
        $'\n  normalize \\\n    --space collapse |\n  cat\n' $'normalize --space coll\\\napse | cat \\\n' \
        $'\\\nnormalize --space collapse\\\n\\\n|cat'; do
        gives "quern run ${chain@Q} in" 0 '{"text":"A B"}'
    done
    gives "quern run 'quern' in" 2 "" \
        $'quern-run: quern: there is no filter "quern", did you mean "query"?\nTry "quern run --help".'
    gives "quern run 'quern-quern cat' in" 2 "" \
        $'quern-run: quern: there is no filter "quern", did you mean "query"?\nTry "quern run --help".'
}

@test "a chain that a shell would have to read" {
    bad() { gives "quern run ${1@Q}" 2 "" "quern-run: $2"$'\nTry "quern run --help".'; }
    bad 'cat > x' "'>' is not allowed in a chain: give -o FILE after the chain instead: > x"
    bad 'cat < x' "'<' is not allowed in a chain: name the input file after the chain: < x"
    bad 'cat $x' "'\$' is not allowed in a chain, which no shell expands; quote it if you mean the character: \$x"
    bad 'cat | ' "the chain has an empty part: expected a filter before and after each |, found \"cat | \""
    bad 'cat in' "cat: \"in\": input files go after the chain, not inside it"
    bad 'cat -j 2' "cat: --jobs belongs to \"quern run\": give it after the chain, not inside"
}

@test "a name that is near is suggested, another word is not" {
    near() { gives "quern $1" 2 "" "quern: there is no filter \"$1\", did you mean \"$2\"?"$'\nTry "quern --help".'; }
    far() { gives "quern $1" 2 "" "quern: there is no filter \"$1\"; \"quern stages\" lists them"$'\nTry "quern --help".'; }
    near tokenise tokenize
    near toknize tokenize
    near maks mask
    near norm normalize
    near shuf shuffle
    near heads head
    near hlep help
    near stage stages
    near rnu run
    far grep
    far less
    far jq
    far sort
    far wc
    gives "quern mask --probability 1" 2 "" \
        $'quern-mask: unknown option "--probability", did you mean "--prob"?\nTry "quern-mask --help".'
    gives "quern mask --lines 1" 2 "" $'quern-mask: unknown option "--lines"\nTry "quern-mask --help".'
}

@test "a pager shows UTF-8 in any locale, unless the user says otherwise" {
    echo '{"text":"é"}' >in
    show() { "$BUILD/tests/pipeline/pty" 80 env "$@" quern view in </dev/null | tr -d '\r'; }
    [ "$(show -u LESS -u LESSCHARSET PAGER=env | grep -c -x -e LESSCHARSET=utf-8 -e LESS=FRX)" = 2 ]
    show LESSCHARSET=latin1 LESS=X PAGER=env | grep -x LESSCHARSET=latin1
    if type less; then show -u LESSCHARSET LC_ALL=C NO_COLOR=1 PAGER=less TERM=xterm | grep é; fi
}

@test "someone who forgot the file is told that the terminal is read" {
    type_record() {
        printf '%s\n' "$1" '> {"a":1}\r\d' | "$BUILD/tests/pipeline/pty" 100 "${@:2}" | tr -d '\r'
    }
    note='reading records from the terminal; name a file, or end them with Control-D'
    type_record "< $note" quern cat | grep -qx "quern-cat: $note"
    type_record "< $note" quern run 'cat | cat' | grep -qx '{"a":1}'
    is <(type_record "" quern cat -q) $'{"a":1}\n{"a":1}'
    echo '{"a":1}' >in
    # the terminal may be in time to echo what was typed, or a part of it, or not
    type_record "" quern cat in >shown
    grep -q '{"a":1}$' shown
    ! grep -q 'terminal' shown
}

@test "a verb that is nearly one is suggested, unless it is a file" {
    for line in "train cuont" "run 'train cuont'" "help train cuont"; do
        sh "quern $line"
        [ "$status" = 2 ]
        [[ $(head -1 err) == *'train has no verb "cuont", did you mean "count"? (nor is there a file of this name)' ]]
    done
    echo '{"text":"a"}' >merg
    sh "quern stats merg"
    [ "$status" = 0 ]
    gives "quern stats nowhere" 1 "" "quern-stats: nowhere: No such file or directory"
}
