#!/bin/bash
# Negatives by their statistics: every candidate is drawn equally often, alone and in pairs, whatever the entities are,
# and two epochs have nothing to do with each other. Each property fails on a mutant, made from the outside.
set -eu -o pipefail

# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

# Ten tokens in eight words, an entity of two words in the middle and one of a word at the end.
records() { # COUNT
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++)
        print "{\"id\":\"r" i "\",\"input_ids\":[2,10,11,12,13,14,15,16,17,18,19,3]," \
            "\"word_ids\":[-1,0,1,1,2,3,4,4,5,6,7,-1],\"special_tokens_mask\":[1,0,0,0,0,0,0,0,0,0,0,1]," \
            "\"entities\":[{\"start\":0,\"end\":1,\"label\":\"A\"},{\"start\":0,\"end\":1,\"label\":\"B\"}]," \
            "\"entity_tokens\":[[4,6],[10,11]]}" }'
}

# The candidates, by brute force: FORBID is 1 for those that share no token with an entity.
candidates() { # FORBID WIDTH
    jq -cn --argjson forbid "$1" --argjson width "$2" '[1, 2, 4, 5, 6, 8, 9, 10] as $starts | [2, 4, 5, 6, 8, 9, 10, 11] as $ends |
        $starts[] as $s | $ends[] as $e | select($e > $s and $e - $s <= $width and [$s, $e] != [4, 6] and [$s, $e] != [10, 11]
            and ($forbid == 0 or ($e <= 4 or $s >= 6) and $e <= 10)) | [$s, $e]'
}

negatives() { # OPTION...
    quern entities negatives --labels A,B -q "$@" in | jq -c '.spans[2:] | select(length > 0)'
}

records 20000 >in
for seed in 0 1 2; do
    for forbid in 0 1; do
        option=$( ((forbid)) && echo forbid || echo allow)
        count=$(candidates $forbid 4 | wc -l)
        negatives --negatives 1 --max-width 4 --overlap "$option" --seed $seed | jq -c '.[0]' >got
        even "$option: each of $count, seed $seed" "$count" <got
        if cmp -s <(sort -u got) <(candidates $forbid 4 | sort); then report ok "the candidates are those"; else
            report 'not ok' 'the candidates are those'
        fi
        all=$(negatives --negatives 1000 --max-width 4 --overlap "$option" | sort | uniq -c | sed 's/^ *//')
        if [[ $all == "20000 $(candidates $forbid 4 | jq -cs .)" ]]; then report ok "all of them, in order"; else
            report 'not ok' "all of them, in order: $all"
        fi
    done
done
count=$(candidates 0 3 | wc -l)
even "every pair" $((count * (count - 1) / 2)) < <(negatives --negatives 2 --max-width 3)
even "every set but for two" $((count * (count - 1) / 2)) < <(
    negatives --negatives $((count - 2)) --max-width 3 | jq -c --argjson all "$(candidates 0 3 | jq -cs .)" '$all - .')
even "epochs do not know of each other" $((count * count)) < <(
    paste <(negatives --negatives 1 --max-width 3 --epoch 0) <(negatives --negatives 1 --max-width 3 --epoch 1))
even "nor do records" $((count * count)) < <(
    paste <(negatives --negatives 1 --max-width 3 | tail -n +2) <(negatives --negatives 1 --max-width 3 | head -n -1))
even "nor do seeds" $((count * count)) < <(
    paste <(negatives --negatives 1 --max-width 3) <(negatives --negatives 1 --max-width 3 --seed 1))
even "the draws of a set, alone" "$count" < <(negatives --negatives 5 --max-width 3 | jq -c '.[]')

# ---- mutants ----

uneven "the short ones only" "$(candidates 0 4 | wc -l)" < <(negatives --negatives 1 --max-width 2)
uneven "the first word twice as often" "$count" < <(negatives --negatives 1 --max-width 3 | sed '/^\[\[1,/p')
uneven "one set for all" $((count * (count - 1) / 2)) < <(
    sed -i 's/"id":"r[0-9]*"/"id":"r"/' in && negatives --negatives 2 --max-width 3)
records 20000 >in
uneven "one stream for both epochs" $((count * count)) < <(
    paste <(negatives --negatives 1 --max-width 3) <(negatives --negatives 1 --max-width 3))
uneven "with replacement" $((count * (count - 1) / 2)) < <(
    paste -d ' ' <(negatives --negatives 1 --max-width 3) <(negatives --negatives 1 --max-width 3 --seed 1) |
        tr ' ' '\n' | jq -c '.[0]' | paste -d ' ' - - | awk '$1 > $2 { print $2, $1; next } { print }')

echo "1..$number"
