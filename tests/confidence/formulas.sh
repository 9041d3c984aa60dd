#!/bin/bash
# Every value that confidence writes, for random records, against judge.pl.
set -u -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

# What is compared, in the order of the judge; none: the record lacks it.
shape='def show: if . == null then "none" elif type == "array" then "[" + (map(tostring) | join(",")) + "]" else tostring end;
    [.id, .confidence, .predicted, .margin, .entropy, .target, .kl, .loss_mask, .loss_weight, .label_prob, .cross_entropy'
emit=confidence,predicted,margin,entropy,target,kl,loss_mask,loss_weight,label_prob,cross_entropy

# agrees CLASSES MULTI "JUDGE'S OPTIONS" OPTIONS...
agrees() {
    local classes=$1 multi=$2 options=$3 more=',.tie,.threshold'
    shift 3
    [[ -z $multi ]] || more=
    for seed in 1 2; do
        perl "$here/judge.pl" make "$seed" "$classes" $((classes > 50 ? 10 : 60)) $multi >in
        perl "$here/judge.pl" judge ${multi:+multi=1} $options <in >wanted
        quern confidence -q "$@" ${multi:+--multi-label} --emit $emit,tie,threshold in |
            jq -r "$shape$more] | map(show) | join(\" \")" >found
        awk -v tolerance=1e-9 -f "$here/near.awk" wanted found || return 1
    done
}

while IFS='|' read -r classes multi judge options; do
    [[ -n $classes ]] || continue
    ok=ok
    agrees "$classes" "$multi" "$judge" $options >why || ok="not ok"
    report "$ok" "$classes classes $multi $options" why
done <<'LIST'
2||threshold=0.5|--threshold 0.5
2||threshold=0.5 compare=ge|--threshold 0.5 --compare ge
2||tie=drop|--tie drop
3||threshold=0.8 T=0.4|--preset uda-image
3||threshold=0.8 T=0.9|--preset uda-few
5||threshold=0.95 compare=ge hard=1|--preset fixmatch
5||threshold=0.95 compare=ge T=0.5|--preset fixmatch --temperature 0.5
10||T=2|--temperature 2
10||T=100|--temperature 100
4||T=0.05|--temperature 0.05
4||tsa=0.4 focal=2 alpha=0.1,0.2,3,0|--tsa 0.4 --focal 2 --alpha 0.1,0.2,3,0
3||tsa=0.5|--tsa linear --step 1 --total 4
7||focal=0.5 hard=1|--focal 0.5 --hard
200|||
3|multi|threshold=0.8|--threshold 0.8
3|multi|threshold=0.8 compare=ge hard=1|--preset fixmatch --threshold 0.8
4|multi|T=0.5|--temperature 0.5
4|multi|tsa=0.625 focal=2 alpha=0.25,0.5,0.1,1|--tsa linear --step 1 --total 4 --focal 2 --alpha 0.25,0.5,0.1,1
20|multi|tie=drop|--tie drop
LIST
echo "1..$number"
