#!/bin/bash
# The laws of check: records that are made by the right law pass, those that are made by a wrong one are refused, with
# status 3 and the name of the law. The generators, *.awk, share nothing with quern.
set -u -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
PATH=$BUILD/bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

number=0
report() { # ok|"not ok" DESCRIPTION
    number=$((number + 1))
    echo "$1 $number - $2"
    if [[ $1 != ok ]]; then sed 's/^/# /' table said; fi
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
            report 'not ok' "$law holds: $command"
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
        report 'not ok' "$1 is broken: $2"
    fi
}

# ---- mask ----

masked() { # VARIABLE=VALUE...
    # shellcheck disable=SC2046 # words are meant
    awk -v count=6000 -v tokens=64 -v seed=1 -v prob=300 -v mask=80 -v random=10 -v keep=10 \
        $(printf -- '-v %s ' "$@") -f "$here/masked.awk" >made
}
MASK='mask --mask-id 4 --vocab-size 1000 --special-ids 0,1,2,3 --prob 0.3'

masked unit=token
hold "$MASK" share replacement position epochs neighbours
masked unit=token mask=80 random=2
broken replacement "$MASK"
masked unit=token mask=0 random=100
hold "$MASK --replace 0,100,0" random
masked unit=token mask=0 random=100 wrong=random
broken random "$MASK --replace 0,100,0"
masked unit=token wrong=tail
broken position "$MASK"
masked unit=token wrong=epochs
broken epochs "$MASK"
masked unit=token wrong=neighbours
broken neighbours "$MASK"
masked unit=word
hold "$MASK --unit word" share replacement position size epochs neighbours
masked unit=word wrong=share
broken share "$MASK --unit word" budget
masked unit=word wrong=skip
broken size "$MASK --unit word"
SPAN="$MASK --unit span --lengths geometric:0.2:4 --also masked_spans"
masked unit=span count=30000
hold "$SPAN" lengths share
masked unit=span wrong=lengths count=30000
broken lengths "$SPAN"
masked unit=token prob=0 count=52000 tokens=26
hold "$MASK --prob uniform" uniform position
masked unit=token prob=0 count=52000 tokens=26 wrong=uniform
broken uniform "$MASK --prob uniform"
masked unit=mix count=52000 tokens=12
hold "$MASK --unit mix --mix token=1,word=1" levels
masked unit=mix count=52000 tokens=12 wrong=levels
broken levels "$MASK --unit mix --mix token=1,word=1"

echo "1..$number"
