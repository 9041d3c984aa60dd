#!/bin/bash
# Text infilling by its statistics, with a mutant for each property: see bart.awk.
set -eu -o pipefail
shopt -s lastpipe # holds and fails count

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

holds() { # DESCRIPTION VARIABLE...: the records on standard input have every property
    local description=$1
    shift
    awk -f "$here/bart.awk" "${@/#/-v}" >verdict
    if grep -q FAIL verdict; then report 'not ok' "$description"; sed 's/^/# /' verdict; else report ok "$description"; fi
}

fails() { # PROPERTY DESCRIPTION VARIABLE...: the records on standard input lack it
    local property=$1 description=$2
    shift 2
    awk -f "$here/bart.awk" "${@/#/-v}" >verdict
    if grep -q "^$property FAIL" verdict; then
        report ok "caught by $property: $description"
    else
        report 'not ok' "caught by $property: $description"
        sed 's/^/# /' verdict
    fi
}

printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d e f g h i j k l >v
awk 'BEGIN {
    for (i = 1; i <= 40000; i++)
        print "{\"id\":\"r" i "\",\"input_ids\":[2,5,6,7,8,9,10,3],\"word_ids\":[-1,0,1,1,2,3,4,-1]," \
            "\"sentence_tokens\":[[1,4],[4,6],[6,7]]}"
}' >in
head -n 20000 in >few
bart() { # OPTION...
    quern corrupt --task bart -m v --also sentence_order,noise_spans,rotation "$@"
}

for seed in 0 1 2; do
    bart --ratio 0.4 --random 0 --seed $seed in | holds "spans, seed $seed" what=spans
done
bart --ratio 0.4 --random 0 --replace-length 0 few | holds 'spans that become nothing' what=spans masks_of_span=0
bart --ratio 0.4 --random 0 --replace-length -1 few | holds 'a mask for each token' what=spans masks_of_span=-1
bart --ratio 0.4 --random 0 --replace-length -1 few | fails source 'masks for tokens' what=spans
bart --ratio 0.6 --random 0 few | fails budget 'a word too many' what=spans
bart --ratio 0.4 --random 0 --poisson 3 in | fails lengths 'another mean' what=spans
bart --ratio 0.4 --random 0 --poisson 3 in | fails insertions 'more insertions' what=spans
bart --ratio 0.4 --random 0 --permute-sentences 0.7 few | fails orders 'sentences that stay' what=spans
sed 's/"id":"r[0-9]*"/"id":"r"/' few | bart --ratio 0.4 --random 0 | fails spans 'all records share one stream' what=spans
sed 's/:\[-1,0,1,1,2/:[-1,0,1,2,2/' few | bart --ratio 0.4 --random 0 | fails words 'parts of words' what=spans
bart --ratio 0.4 --random 0 few | sed '5s/"labels":\[2,5/&,5/' | fails labels 'a label too many' what=spans
bart --ratio 0.4 --random 0 in | awk '!/noise_spans":\[\[1,/ || NR % 9' | fails spans 'fewer at the start' what=spans
bart --ratio 0.4 --random 0 in | awk '!/\[1,1\]/ || NR % 2' | fails places 'fewer insertions at the start' what=spans
bart --ratio 0.4 in | holds 'random tokens' what=random
bart --ratio 0.4 --random 0.11 in | fails random 'a share of 11 %' what=random
sed -i '17s/.*/[unused1]/' v
bart --ratio 0.4 in | fails drawn 'a token that is never drawn' what=random
bart --ratio 0 --delete 0.2 --insert 0.1 --random 0 few | holds 'dropped, and inserted' what=others
bart --ratio 0 --delete 0.21 --insert 0.1 --random 0 few | fails dropped 'a share of 21 %' what=others
bart --ratio 0 --delete 0.2 --insert 0.11 --random 0 few | fails inserted 'a share of 11 %' what=others
bart --ratio 0 --rotate 0.5 --permute-sentences 0 few | holds 'rotated' what=rotate
bart --ratio 0 --rotate 0.55 --permute-sentences 0 few | fails offsets 'a share of 55 %' what=rotate
bart --ratio 0 --rotate 0.5 --permute-sentences 0 few | sed '9s/"rotation":[0-9]/"rotation":6/; s/"rotation":4/"rotation":3/' |
    fails source 'another offset' what=rotate

echo "1..$number"
