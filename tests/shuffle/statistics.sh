#!/bin/bash
# Orders by their statistics: over several seeds and epochs they have every property of order.awk, and each property
# fails on a mutant that lacks it.
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

# holds DESCRIPTION FIRST SECOND: every property
holds() {
    awk -f "$here/order.awk" "$2" "$3" >verdict
    if grep -q FAIL verdict || [[ $(wc -l <verdict) != 5 ]]; then
        report 'not ok' "$1"
        sed 's/^/# /' verdict
    else
        report ok "$1"
    fi
}

# fails PROPERTY DESCRIPTION FIRST SECOND
fails() {
    awk -f "$here/order.awk" "$3" "$4" >verdict
    if grep -q "^$1 FAIL" verdict; then
        report ok "caught by $1: $2"
    else
        report 'not ok' "caught by $1: $2"
        sed 's/^/# /' verdict
    fi
}

awk 'BEGIN { for (g = 0; g < 4000; g++) for (m = 0; m < 8; m++) print "{\"id\":\"" g "." m "\"}" }' >in
for seed in 0 1 2 3; do quern shuffle --seed $seed in >"seed.$seed"; done
for epoch in 0 1; do quern shuffle --epoch $epoch in | sed 's/,"epoch".*/}/' >"epoch.$epoch"; done
quern shuffle --salt again in >salt

holds "seeds 0 and 1" seed.0 seed.1
holds "seeds 2 and 3" seed.2 seed.3
holds "epochs 0 and 1" epoch.0 epoch.1
holds "another salt" salt seed.0

# ---- mutants ----

fails complete "a record is lost" <(sed 77d seed.0) seed.1
fails complete "a record comes twice, another is lost" <(sed '77{p;d;};78d;76p' seed.0) seed.1
fails position "the input as it is" in seed.1
fails position "shuffled in windows of 4000 records" \
    <(split -l 4000 --filter='quern shuffle' in) seed.1
fails position "the input rotated" <(tail -n +9001 in; head -n 9000 in) seed.1
fails members "groups stay together in their order" <(sort -s -t. -k1,1 seed.0 | awk -F. '{ print $1 "." (NR - 1) % 8 "\"}" }') seed.1
fails members "16 keys only, equal ones in the order of the input" \
    <(awk '{ print (NR * 2654435761 % 4294967296) % 16 "\t" $0 }' in | sort -s -n -k1,1 | cut -f2) seed.1
fails pairs "one member is swapped with the next in a tenth of the groups" \
    <(awk -F'[".]' '{ if (($5 == 3 || $5 == 4) && $4 % 10 == 0) { m = (g[$4]++ == 0) ? 3 : 4; print "{\"id\":\"" $4 "." m "\"}" } else print }' seed.0) seed.1
fails streams "two seeds with one order" seed.0 seed.0
fails streams "two seeds, one order backwards" seed.0 <(tac seed.0)

echo "1..$number"
