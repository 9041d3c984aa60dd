#!/bin/bash
# Every rule of every task is broken by a record, and by nothing else than what breaks it.
#
# A file TASK.cases has blocks, parted by blank lines:
#
#     check TASK OPTION...     the command; --against goes with it if there are lines `against`
#     against {...}            a record that went into the filter
#     good {...}               a record that came out: these are right
#     RULE [MESSAGE] jq ...    a program of jq that breaks them, applied to each of the good records: the first rule to
#                              be named is RULE. `slurp` instead of `jq`: applied to an array of them
#     fine jq ...              one that does not break them
#
# Lines that begin with # are comments. The good records of each block pass.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
cp "$here"/*.txt . 2>/dev/null

# verdict FILE: the name of the rule that is broken, or "none"; all that was said is in `said`.
verdict() {
    local status=0 against=()
    # shellcheck disable=SC2034 # eval uses it
    [[ ! -s against ]] || against=(--against against)
    eval "quern $command \"\${against[@]}\" \"\$1\"" >table 2>said || status=$?
    case $status in
    0) echo none ;;
    3) sed -nE 's/^quern-check: ([^:]*:[0-9]+: id "?[^ ]*: |[^:]*:[0-9]+: |at the end: )?([a-z]+): .*/\2/p' said ;;
    *) echo "status $status" ;;
    esac
}

# try EXPECTED DESCRIPTION FILE
try() {
    local found
    found=$(verdict "$3")
    if [[ $found == "$1" && ($1 == none || $(grep -c "^$1  .*broken" table) == 1) ]]; then
        report ok "$2"
    else
        echo "found: $found" >>said
        cat "$3" table >>said
        report 'not ok' "$2" said
    fi
}

end_of_block() {
    [[ -n $command ]] || return 0
    if [[ -z $checked ]]; then try none "$block: the good records" good; fi
    command='' checked=''
}

for cases in "$here"/*.cases; do
    block=0 command='' checked=''
    while IFS= read -r line || [[ -n $line ]]; do
        case $line in
        '#'*) ;;
        '') end_of_block ;;
        'check '*)
            end_of_block
            command=$line block="$(basename "$cases" .cases): $line"
            : >against
            : >good
            ;;
        'against '*) echo "${line#against }" >>against ;;
        'good '*) echo "${line#good }" >>good ;;
        *)
            if [[ -z $checked ]]; then try none "$block: the good records" good; fi
            checked=yes
            rule=${line%% *} line=${line#* }
            [[ $rule != fine ]] || rule=none
            if [[ $line == 'slurp '* ]]; then
                jq -s -c "(${line#slurp }) | .[]" good >bad
            else
                jq -c "${line#jq }" good >bad
            fi || { report 'not ok' "$block: $rule: $line: jq failed"; continue; }
            cmp -s good bad && { report 'not ok' "$block: $rule: $line: changes nothing"; continue; }
            try "$rule" "$block: $rule: $line" bad
            ;;
        esac
    done <"$cases"
    end_of_block
done
echo "1..$number"
