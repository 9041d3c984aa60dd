# shellcheck shell=bash
# laws.bash - for laws_*.sh: records that are made by the right law pass, those that are made by a wrong one are refused, with
# status 3 and the name of the law. The generators, *.c and *.awk, share nothing with quern.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/../tap.bash"

# make_records GENERATOR NAME=VALUE...: its records, in `made`
make_records() {
    "$BUILD/tests/check/$1" "${@:2}" >made
}

# hold COMMAND LAW...: on the records in `made`; each law has had enough to be judged by.
hold() {
    local status=0 command=$1 law
    shift
    eval "quern check $command made" >table 2>said || status=$?
    for law; do
        if [[ $status == 0 ]] && grep -q "^$law .*  ok  .*p = " table; then
            report ok "$law holds: $command"
        else
            report 'not ok' "$law holds: $command" table said
        fi
    done
}

# broken LAW COMMAND [RULE]: no other rule is, but for laws that follow from it, and RULE in a few records.
broken() {
    local status=0
    eval "quern check $2 made" >table 2>said || status=$?
    if [[ $status == 3 ]] && grep -q "^$1 .*  broken  .*p = " table && ! grep -v "^${3--} " table | grep -q 'broken .*first'; then
        report ok "$1 is broken: $2"
    else
        report 'not ok' "$1 is broken: $2" table said
    fi
}

