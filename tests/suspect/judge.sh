#!/bin/bash
# Everything that suspect writes, for random records, against judge.pl.
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

list='def list: if type == "array" then . elif . == null then [] else [.] end;'
show=$list' def fixed: . * 1e12 | round | tostring | (if length < 13 then "0" * (13 - length) + . else . end) |
    .[:-12] + "." + .[-12:];
    "\(.id) \(.suspect | list | map(if . then "1" else "0" end) | join(",")) " +
    "\(.label_score | list | map(fixed) | join(",")) \(.suggested | list | map(tostring) | join(","))"'

# agrees CLASSES [multi]
agrees() {
    local classes=$1 multi=${2-} seed method
    for seed in 1 2 3 4; do
        perl "$here/judge.pl" make $seed "$classes" $((classes > 50 ? 20 : 90)) $multi >in
        for method in confident predicted; do
            perl "$here/judge.pl" judge $method $multi <in >wanted
            quern suspect -q ${multi:+--multi-label} --method $method in | jq -r "$show" >found
            # the twelfth decimal may be off by one
            diff <(sed 's/\(\.[0-9]\{11\}\)[0-9]/\1/g' wanted) <(sed 's/\(\.[0-9]\{11\}\)[0-9]/\1/g' found) || return 1
            cut -d ' ' -f 2 wanted >>flags
        done
        perl "$here/judge.pl" joint $multi <in >wanted
        quern suspect joint -q ${multi:+--multi-label} in >joint
        jq -c .joint joint | diff <(head -n 1 wanted) - || return 1
        jq -r '[.thresholds | flatten | .[] | if . == null then "none" else tostring end] | join(" ")' joint |
            awk 'NR == FNR { if (FNR == 2) split($0, wanted); next }
                { for (i = 1; i <= NF; i++) if (($i == "none") != (wanted[i] == "none") || $i - wanted[i] > 1e-11 || wanted[i] - $i > 1e-11) { print i, $i, wanted[i]; bad = 1 } }
                END { exit bad }' wanted - || return 1
    done
}

: >flags
for classes in 2 3 20 200; do
    ok=ok
    agrees $classes >why || ok="not ok"
    report "$ok" "$classes classes" why
done
for classes in 1 2 7; do
    ok=ok
    agrees $classes multi >why || ok="not ok"
    report "$ok" "$classes classes, several labels" why
done
# The records were worth the trouble.
if awk '{ n += gsub(/1/, "") } END { exit n < 200 }' flags; then report ok "many suspects"; else report "not ok" "many suspects"; fi
echo "1..$number"
