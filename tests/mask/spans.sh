#!/bin/bash
# Units of several words by their statistics: over several seeds, on made-up records and on real text, they have every
# property of spans.c, and each property fails on a mutant that lacks it.
set -eu -o pipefail

# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"

geometric=$(awk 'BEGIN { for (i = 1; i <= 10; i++) printf "%s%.9f", (i > 1 ? "," : ""), 0.8 ^ (i - 1) }')
ids=(--mask-id 4 --vocab-size 1000 --special-ids '0,1,2,3')

mask() {
    quern mask "${ids[@]}" --also masked_spans --replace-by unit "$@"
}

# seeds FROM TO PLAIN OPTION...: plain.all and masked.all, a run for each seed
seeds() {
    local seed plain=$3
    rm -f plain.all masked.all
    for ((seed = $1; seed <= $2; seed++)); do
        cat "$plain" >>plain.all
        mask --seed $seed "${@:4}" "$plain" >>masked.all
    done
}

# every property holds, and there is enough to judge by
holds() { # DESCRIPTION WEIGHTS [MASK-ID UNKNOWN-ID]
    "$BUILD/tests/mask/spans" "$2" plain.all masked.all "${@:3}" >verdict
    if grep -q FAIL verdict || awk '/^(selected|lengths)/ && $2 < 100000 { few = 1 } END { exit !few }' verdict; then
        report 'not ok' "$1"
        sed 's/^/# /' verdict
    else
        report ok "$1"
    fi
}

# this property does not hold
fails() { # PROPERTY DESCRIPTION WEIGHTS MASKED
    "$BUILD/tests/mask/spans" "$3" plain "$4" >verdict
    if grep -q "^$1 FAIL" verdict && ! grep -q '^selected 0$' verdict; then
        report ok "caught by $1: $2"
    else
        report 'not ok' "caught by $1: $2"
        sed 's/^/# /' verdict
    fi
}

# ---- what quern makes ----

awk -v count=3000 -v tokens=400 -v seed=1 -f "$here/records.awk" >plain
seeds 0 2 plain --unit ngram
holds 'n-grams of 1/n' 6,3,2
seeds 3 5 plain --unit ngram --lengths 4,3,2,1
holds 'n-grams of given weights' 4,3,2,1
seeds 6 12 plain --unit span
holds 'spans, geometric' "$geometric"
seeds 13 15 plain --unit word
holds 'words by the same judge' 1

# ---- mutants ----

head -n 1500 plain >few && mv few plain
mask --unit ngram plain >masked
mutant() { # PROPERTY DESCRIPTION WEIGHTS OPTION...
    mask "${@:4}" plain >mutant
    fails "$1" "$2" "$3" mutant
}
mutant law 'lengths all alike' 6,3,2 --unit ngram --lengths 1,1,1
mutant law 'a geometric law that is not cut but clipped' "$geometric" --unit span \
    --lengths 26843545,21474836,17179869,13743895,10995116,8796093,7036874,5629499,4503599,18014399
mutant words 'a word too many' 6,3,2 --unit ngram --lengths inverse:4
mutant whole 'single tokens' 6,3,2 --unit token
mutant action 'a draw for each token' 6,3,2 --unit ngram --replace-by token
mutant action 'a draw for each word' 6,3,2 --unit ngram --replace-by word
mutant replace '75/15/10' 6,3,2 --unit ngram --replace 75,15,10
mutant share '15.5 %' 6,3,2 --unit ngram --prob 0.155
mutant budget 'three times as much' 6,3,2 --unit ngram --prob 0.45
mutant law "units that would overshoot are skipped" 6,3,2 --unit ngram --overshoot never
awk -v count=6000 -v tokens=60 -v seed=2 -f "$here/records.awk" >short
(mv plain long && mv short plain) && mutant pieces 'units that would overshoot are skipped' 1 --unit word --overshoot never
mv long plain
# the last tenth protected, as a budget that is spent from the left would do
awk '{
    match($0, /"special_tokens_mask":[^]]*/)
    n = split(substr($0, RSTART + 23, RLENGTH - 23), special, ",")
    list = ""
    for (i = 1; i <= n; i++)
        list = list (i > 1 ? "," : "") (i > n * 0.9 ? 1 : special[i])
    print substr($0, 1, RSTART + 22) list substr($0, RSTART + RLENGTH)
}' plain >front
mask --unit ngram front >mutant
fails position 'the tail is never masked' 6,3,2 mutant
# spans of two units that touch, written as one
jq -c '.masked_spans |= reduce .[] as $s ([]; if length > 0 and .[-1][1] == $s[0] then .[-1][1] = $s[1] else . + [$s] end)' \
    masked >mutant
fails words 'neighbours joined' 6,3,2 mutant
jq -c '.masked_spans |= .[1:]' masked >mutant
fails spans 'a span lost' 6,3,2 mutant
jq -c 'if .id == "r7" then .labels |= .[1:] else . end' masked >mutant
fails shape 'a label lost' 6,3,2 mutant
# documents that the filter does not see are crossed
jq -c '. as $r | .doc_ids = [range(.input_ids | length) | . / 7 | floor]' plain >with
mv plain without && mv with plain
mask --unit span <without >mutant
fails whole 'spans over the borders of documents' "$geometric" mutant
mask --unit span plain >masked
"$BUILD/tests/mask/spans" "$geometric" plain masked >verdict
if grep -E '^(whole|spans|words) ok' verdict | wc -l | grep -qx 3; then report ok 'spans end where documents do'; else
    report 'not ok' 'spans end where documents do'
    sed 's/^/# /' verdict
fi

# ---- real text ----

bench=$root/../shared/data/bench vocabs=$root/../shared/data/tokenizers/vocabs
real() { # LANGUAGE VOCABULARY LINES OPTION...
    { zstd -dcq "$bench/$1.txt.zst" || true; } | { head -c 4000000 || true; } | { iconv -c -f UTF-8 -t UTF-8 || true; } |
        awk -v lines="$3" '{ text = text " " $0 } NR % lines == 0 { print text; text = "" }' |
        quern import --format text --source "$1" --lang "$1" |
        quern segment --emit words | quern tokenize -q -m "$vocabs/$2/vocab.txt" "${@:4}" >plain
    ids=(-m "$vocabs/$2/vocab.txt")
}
if [[ -e $bench/en.txt.zst && -e $vocabs/bert-base-chinese ]]; then
    real en bert-base-uncased 16
    seeds 0 4 plain --unit ngram
    holds 'English: n-grams' 6,3,2 103 100
    seeds 5 11 plain --unit span
    holds 'English: spans' "$geometric" 103 100
    real zh bert-base-chinese 6 --word-ids words
    seeds 0 4 plain --unit ngram
    holds 'Chinese: n-grams' 6,3,2 103 100
    seeds 5 11 plain --unit span
    holds 'Chinese: spans' "$geometric" 103 100
else
    for name in 'English: n-grams' 'English: spans' 'Chinese: n-grams' 'Chinese: spans'; do
        report ok "$name # skip no text at hand"
    done
fi

echo "1..$number"
