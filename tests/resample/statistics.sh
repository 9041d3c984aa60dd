#!/bin/bash
# Choices by their statistics (judge.awk), over seeds, epochs, subsets and bags; each property fails on a mutant that
# lacks it.
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

# 3000 records: 10 classes in turn
awk 'BEGIN { for (i = 0; i < 3000; i++) print "{\"id\":" i ",\"label\":\"c" i % 10 "\"}" }' >in
targets=$(printf 'c%d=100,' {0..9})
targets=${targets%,}

# table COLUMNS: reads lines "COLUMN ID", one for each time that a record was chosen.
table() {
    awk -v columns="$1" '{ n[$2, $1]++ }
        END { for (i = 0; i < 3000; i++) for (j = 1; j <= columns; j++) printf "%d%s", n[i, j], j < columns ? " " : "\n" }'
}

# runs COUNT COMMAND...: the table of so many runs, whose number is %
runs() {
    local n
    for ((n = 1; n <= $1; n++)); do
        eval "${2//%/$n}" | sed 's/,.*//; s/.*://; s/["}]//g; s/#.*//' | sed "s/^/$n /"
    done | table "$1"
}

judge() { # TABLE MEAN VARIANCE [SPREAD]
    awk -v mean="$2" -v variance="$3" -v spread="${4-}" -f "$here/judge.awk" "$1" >verdict
}

holds() { # DESCRIPTION TABLE MEAN VARIANCE [SPREAD]
    judge "${@:2}"
    if grep -q FAIL verdict || [[ $(wc -l <verdict) != $((5 + ${5:-0})) ]]; then
        report 'not ok' "$1" verdict
    else
        report ok "$1"
    fi
}

fails() { # PROPERTY DESCRIPTION TABLE MEAN VARIANCE [SPREAD]
    judge "${@:3}"
    if grep -q "^$1 FAIL" verdict; then
        report ok "caught by $1: $2"
    else
        report 'not ok' "caught by $1: $2" verdict
    fi
}

third=0.3333333333 ninths=0.2222222222
runs 20 "quern resample --method under --target $targets --seed % in" >seeds
runs 20 "quern resample --method under --target $targets --epoch % in" >epochs
runs 20 "quern resample --method over --target ${targets//100/400} --seed % in" |
    awk '{ for (j = 1; j <= NF; j++) $j--; print }' >over
quern resample --method easyensemble --subsets 20 --target "$targets" in | jq -r '.id as $i | .subsets[] + 1 | "\(.) \($i)"' |
    table 20 >subsets
quern resample --method bootstrap --bags 20 in | jq -r '.bags | join(" ")' >bags
runs 20 "quern resample --method bootstrap --bag 0 --bags 1 --seed % in" >bag_seeds
runs 20 "quern resample --method over --draw iid --target ${targets//100/1200} --seed % in" |
    awk '{ for (j = 1; j <= NF; j++) $j--; print }' >iid

holds "under, seeds" seeds $third $ninths
holds "under, epochs" epochs $third $ninths
holds "over: which are copied once more" over $third $ninths
holds "easyensemble: subsets" subsets $third $ninths
holds "bootstrap: bags" bags 1 1 1
holds "bootstrap: seeds" bag_seeds 1 1 1
holds "--draw iid" iid 3 3 1

# ---- mutants ----

fails rows "a hundred records are chosen a little more often" \
    <(awk 'BEGIN { srand(1) } NR <= 100 { for (j = 1; j <= NF; j++) if (rand() < 0.4) $j = 1 } 1' seeds) $third $ninths
fails rows "the same subset in every epoch" <(awk '{ for (j = 2; j <= NF; j++) $j = $1; print }' epochs) $third $ninths
fails columns "two seeds with one choice" <(awk '{ $2 = $1; print }' seeds) $third $ninths
fails columns "a third of each bag is taken over from the one before" \
    <(awk '{ if (NR % 3 == 0) for (j = 2; j <= NF; j++) $j = $(j - 1); print }' bags) 1 1 1
fails order "the first half is chosen a little more often" \
    <(awk 'BEGIN { srand(2) } { for (j = 1; j <= NF; j++) if (rand() < 0.05) $j = NR <= 1500 ? 1 : 0; print }' seeds) $third $ninths
fails order "the first records of the input" <(awk '{ for (j = 1; j <= NF; j++) $j = NR <= 1000 ? 1 : 0; print }' seeds) $third $ninths
fails neighbours "the same places of two classes" \
    <(awk 'NR % 10 == 4 { $0 = last } { last = $0; print }' seeds) $third $ninths
fails class "every third of a class" <(awk '{ for (j = 1; j <= NF; j++) $j = (int(NR / 10) + j) % 3 ? 0 : 1; print }' seeds) $third $ninths
fails spread "each record of a bag once" <(awk '{ for (j = 1; j <= NF; j++) $j = 1; print }' bags) 1 1 1
fails spread "copies as even as can be" <(awk '{ for (j = 1; j <= NF; j++) $j = 2 + (NR + j) % 3; print }' iid) 3 3 1
fails spread "two of a bag are always drawn together" \
    <(awk '{ for (j = 1; j <= NF; j++) $j = int($j / 2) * 2 + (rand() < 0.5 ? 2 * ($j % 2) : 0); print }' bags) 1 1 1

echo "1..$number"
