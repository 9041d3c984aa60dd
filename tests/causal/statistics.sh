#!/bin/bash
# Prefixes by their statistics: uniform, and independent between records and epochs; and each property fails on a mutant.
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

records() { # COUNT TOKENS
    awk -v count="$1" -v tokens="$2" 'BEGIN {
        for (k = 1; k <= tokens; k++) ids = ids (k > 1 ? "," : "") k + 4
        for (i = 1; i <= count; i++) print "{\"id\":\"r" i "\",\"input_ids\":[" ids "]}"
    }'
}

# judge: reads records of eleven tokens in two epochs each; prints a line for each property.
#     exact    no label in the prefix, every label behind it, the length from 1 to 10
#     uniform  chi square, 9 degrees of freedom, at p = 1e-6
#     epochs   how often both epochs have the same length: a tenth, within 5 standard deviations
#     records  the same of neighbours
judge() {
    awk -F'"labels":\\[' '{
        split($2, rest, "]")
        n = split(rest[1], label, ",")
        match($2, /"prefix_length":[0-9]+/)
        length_now = substr($2, RSTART + 16, RLENGTH - 16) + 0
        for (i = 1; i <= n; i++) wrong += label[i] != (i <= length_now ? -100 : i + 4)
        wrong += n != 11 || length_now < 1 || length_now > 10
        seen[length_now]++
        if (NR % 2 == 0) { epochs += length_now == before[1] }
        if (NR > 2) { neighbours += length_now == before[2] }
        before[2] = before[1]; before[1] = length_now
    }
    function sigma(seen, n) { return (seen - n / 10) / sqrt(n * 0.09) }
    function say(name, value, limit) { print name, (value <= limit && value >= -limit ? "ok" : "FAIL"), value }
    END {
        for (k = 1; k <= 10; k++) chi += (seen[k] - NR / 10) ^ 2 / (NR / 10)
        say("exact", wrong + 0, 0)
        say("uniform", chi, 44.81)
        say("epochs", sigma(epochs, NR / 2), 5)
        say("records", sigma(neighbours, NR - 2), 5)
    }'
}

holds() { # DESCRIPTION: the records on standard input have every property
    judge >verdict
    if grep -q FAIL verdict; then report 'not ok' "$1"; sed 's/^/# /' verdict; else report ok "$1"; fi
}

fails() { # PROPERTY DESCRIPTION: the records on standard input lack it
    judge >verdict
    if grep -q "^$1 FAIL" verdict; then
        report ok "caught by $1: $2"
    else
        report 'not ok' "caught by $1: $2"
        sed 's/^/# /' verdict
    fi
}

records 100000 11 >plain
for seed in 0 1 2; do
    quern causal --prefix --copies 2 --seed $seed plain | holds "prefixes, seed $seed"
done
sed 's/"id":"r[0-9]*"/"id":"r"/' plain | quern causal --prefix --copies 2 | fails uniform 'all records share one stream'
awk '{ sub(/"id":"r[0-9]*"/, "\"id\":\"r" int((NR + 3) / 4) "\"") } 1' plain | quern causal --prefix --copies 2 |
    fails records 'four neighbours share a stream'
quern causal --prefix --epoch 0 plain | awk '{ print; print }' | fails epochs 'two epochs share a stream'
records 100000 10 | quern causal --prefix --copies 2 | sed 's/\],"prefix/,15],"prefix/' |
    fails uniform 'the longest prefix is never drawn'
quern causal --prefix --copies 2 plain | sed 's/"prefix_length":3/"prefix_length":4/' | fails exact 'a label in the prefix'
quern causal --prefix --copies 2 plain | sed 's/"prefix_length":10/"prefix_length":9/' |
    fails exact 'a token behind the prefix without label'

echo "1..$number"
