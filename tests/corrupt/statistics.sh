#!/bin/bash
# What is hidden, cut and put into another order, by its statistics, with a mutant for each property: see judge.awk.
set -eu -o pipefail
shopt -s lastpipe # holds and fails count

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

records() { # COUNT TOKENS
    awk -v count="$1" -v tokens="$2" 'BEGIN {
        for (k = 0; k < tokens; k++) ids = ids (k > 0 ? "," : "") k
        for (i = 1; i <= count; i++) print "{\"id\":\"r" i "\",\"input_ids\":[" ids "],\"text\":\"abcdefghi\"}"
    }'
}

judge() { # JUDGE'S VARIABLES, NAME=VALUE
    # shellcheck disable=SC2086,SC2046 # words
    awk -f "$here/judge.awk" $(printf -- '-v %s ' $1) >verdict
}

holds() { # DESCRIPTION VARIABLES: the records on standard input have every property
    judge "$2"
    if grep -q FAIL verdict; then report 'not ok' "$1"; sed 's/^/# /' verdict; else report ok "$1"; fi
}

fails() { # PROPERTY DESCRIPTION VARIABLES: the records on standard input lack it
    judge "$3"
    if grep -q "^$1 FAIL" verdict; then
        report ok "caught by $1: $2"
    else
        report 'not ok' "caught by $1: $2"
        sed 's/^/# /' verdict
    fi
}

{ echo '[UNK]'; seq 0 899; } >v
corrupt() { # TASK OPTION...
    quern corrupt --task "$@" -m v --eos ''
}
t5() { # OPTION...
    corrupt t5 --extra-ids 100 "$@"
}

# ---- t5: eight tokens, four of them noise, in two spans: 3 x 10 ways ----

records 30000 8 >eight
plan="task=t5 tokens=8 noise=4 spans=2 limit=80.44"
for seed in 0 1 2; do
    t5 --density 0.5 --mean 2 --copies 2 --seed $seed <eight | holds "spans of short records, seed $seed" "$plan"
done
t5 --density 0.5 --mean 2 --copies 2 --t5-compat <eight |
    holds 'spans as the original cuts them' "task=t5 tokens=8 noise=4 spans=2 limit=44.81 compat=1"
t5 --density 0.5 --mean 2 --copies 2 --t5-compat <eight | fails first 'the first token is never noise' "$plan"
t5 --density 0.5 --mean 2 --copies 2 --t5-compat <eight | fails last 'the last token is always noise' "$plan"
t5 --density 0.5 --mean 1 --copies 2 <eight | fails counts 'another number of spans' "$plan"
t5 --density 0.4 --mean 2 --copies 2 <eight | fails counts 'a token too few' "$plan"
sed 's/"id":"r[0-9]*"/"id":"r"/' eight | t5 --density 0.5 --mean 2 --copies 2 |
    fails outcomes 'all records share one stream' "$plan"
awk '{ sub(/"id":"r[0-9]*"/, "\"id\":\"r" int((NR + 3) / 4) "\"") } 1' eight | t5 --density 0.5 --mean 2 --copies 2 |
    fails records 'four neighbours share a stream' "$plan"
t5 --density 0.5 --mean 2 --epoch 0 <eight | awk '{ print; print }' | fails epochs 'two epochs share a stream' "$plan"
t5 --density 0.5 --mean 2 --copies 2 <eight | awk 'NR % 9 || !/"input_ids":\[0,1000,/' |
    fails uniform 'some ways are likelier than others' "$plan"
t5 --density 0.5 --mean 2 --copies 2 <eight | sed '7s/"labels":\[1000,/&5,/' | fails splice 'a token too many' "$plan"
t5 --density 0.5 --mean 2 --copies 2 <eight | sed '7s/\(labels":.*\)999/\11000/' | fails sentinels 'a sentinel twice' "$plan"

# ---- t5: the length that T5 cuts to ----

records 2500 568 >long
plan="task=t5 tokens=568 noise=85 spans=28"
t5 --copies 2 <long | holds 'spans of 568 tokens: the ends alike, all places alike' "$plan"
t5 --copies 2 --t5-compat <long | holds 'as the original: the ends 0 and 1' "$plan compat=1"
t5 --copies 2 --t5-compat <long | fails last 'ends of 568 tokens' "$plan"

# ---- ul2 ----

corrupt ul2 --extra-ids 100 --denoisers 'R:3:0.15*2,X:8:0.5,S:0.25*4' --copies 2 <eight |
    holds 'denoisers by their weights' task=ul2
corrupt ul2 --extra-ids 100 --denoisers 'R:3:0.15*3,X:8:0.5,S:0.25*4' --copies 2 <eight |
    fails R 'another weight' task=ul2

# ---- prefix, deshuffle ----

corrupt prefix --copies 2 <eight | holds 'prefixes' "task=prefix tokens=8 limit=38.26"
records 30000 7 | corrupt prefix --copies 2 | sed 's/\("labels":.*\)\],/\1,7],/' |
    fails outcomes 'the longest prefix is never drawn' "task=prefix tokens=8 limit=38.26"
records 30000 4 >four
corrupt deshuffle --copies 2 <four | holds 'orders' "task=deshuffle tokens=4 limit=70.55"
corrupt deshuffle --copies 2 <four | sed 's/"input_ids":\[0,1,/"input_ids":[1,0,/' |
    fails outcomes 'orders that never come' "task=deshuffle tokens=4 limit=70.55"
corrupt deshuffle --copies 2 <four | sed '9s/"input_ids":\[.,\(.\)/"input_ids":[\1,\1/' |
    fails splice 'a token twice' "task=deshuffle tokens=4 limit=70.55"

# ---- fim ----

for seed in 0 1 2; do
    quern corrupt --task fim --copies 2 --seed $seed --drop-stale eight | holds "middles, seed $seed" task=fim
done
quern corrupt --task fim --copies 2 --drop-stale --rate 0.52 eight | fails rate 'a share of 52 %' task=fim
quern corrupt --task fim --copies 2 --drop-stale --spm-rate 0.48 eight | fails spm 'a share of 48 %' task=fim
sed 's/abcdefghi/abcdefgh/' eight | quern corrupt --task fim --copies 2 --drop-stale |
    sed '/psm/s/fix>\(.*\)<fim_mid/fix>\1i<fim_mid/; /spm/s/i*<fim_mid/i&/; /none/s/h"/hi"/' |
    fails uniform 'nothing is cut off at the end' task=fim
quern corrupt --task fim --copies 2 --drop-stale eight | sed '/spm/s/<fim_middle>\(.*\)<fim_suffix>/<fim_suffix>\1<fim_middle>/; /psm/s/"psm"/"spm"/' |
    fails text 'one order taken for the other' task=fim

echo "1..$number"
