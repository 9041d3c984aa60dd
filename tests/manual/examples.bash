# Examples: found in a manual, in the README or in a help text, run, and compared.

# blocks_of_manual FILE: the literal blocks, a form feed after each.
blocks_of_manual() {
    mandoc -T html -O fragment "$1" | perl -CS -0777 -ne '
        while (/<div class="Bd[^"]*">\s*<pre>(.*?)<\/pre>/gs) {
            my $block = $1;
            $block =~ s/<[^>]*>//g;
            $block =~ s/&#x([0-9A-Fa-f]+);/chr(hex($1))/ge;
            $block =~ s/&quot;/"/g;
            $block =~ s/&lt;/</g;
            $block =~ s/&gt;/>/g;
            $block =~ s/&amp;/&/g;
            print "$block\n\f\n";
        }'
}

# examples_of_manual FILE: those that have commands.
examples_of_manual() {
    blocks_of_manual "$1" | perl -0777 -ne 'for (split /(?<=\n\f\n)/) { print if /^\$ /m }'
}

# example_of_help: the example in the help text on standard input.
example_of_help() {
    sed -n '/^Example:/,/^$/s/^  //p'
}

# examples_of_markdown FILE: the blocks that are set in by four spaces and begin with "$ "; blank lines may be in one.
examples_of_markdown() {
    awk '/^    \$ / { inside = 1 }
         inside && /^    / { printf "%s%s\n", blank, substr($0, 5); blank = ""; next }
         inside && $0 == "" { blank = blank "\n"; next }
         inside { inside = 0; blank = ""; print "\f" }
         END { if (inside) print "\f" }' "$1"
}

# as_written TEXT EXPECTED: equal, where "…" in what is expected stands for anything.
as_written() {
    local pattern=$2
    pattern=${pattern//\\/\\\\}
    pattern=${pattern//\*/\\*}
    pattern=${pattern//\?/\\?}
    pattern=${pattern//\[/\\[}
    pattern=${pattern//…/*}
    # shellcheck disable=SC2053 # it is a pattern
    [[ $1 == $pattern ]]
}

run_one() {
    local got
    [[ -n $1 ]] || return 0
    got=$(bash -c "$1" 2>err)
    as_written "$got" "${2%$'\n'}" && return 0
    printf 'command:  %s\nexpected: %s\ngot:      %s\nstderr:   %s\n' "$1" "${2%$'\n'}" "$got" "$(cat err)"
    return 1
}

# run_examples: reads what the two above print. A command that ends in | or \ goes on in the next line.
run_examples() {
    local line command="" expected=""
    while IFS= read -r line; do
        if [[ $line == '$ '* || $line == $'\f' ]]; then
            run_one "$command" "$expected" || return 1
            command="" expected=""
            [[ $line == $'\f' ]] || command=${line#'$ '}
        elif [[ -z $expected && $command == *[\|\\] ]]; then
            command+=$'\n'$line
        else
            expected+=$line$'\n'
        fi
    done
    run_one "$command" "$expected"
}
