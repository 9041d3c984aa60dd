#!/bin/bash
# Negatives by their statistics: every candidate is drawn equally often, in every place, alone and in pairs, and the
# draws of two records, two epochs and two seeds have nothing to do with each other. Each property fails on a mutant,
# made from the outside.
set -eu -o pipefail

# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

# The pool: 30 records p0 … p29 in three groups that lie between each other, a text twice: that of p3 and p4, which no
# record has, and that of p5 and p6, which is the text of all records that are made below.
awk 'BEGIN {
    for (i = 0; i < 30; i++)
        printf "{\"id\":\"p%d\",\"text\":\"%s\",\"group\":%d,\"n\":\"n%d\"}\n", i,
            i == 3 || i == 4 ? "twice" : i == 5 || i == 6 ? "mine" : "t" i, i % 3, i
}' >pool
records() { # COUNT
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "{\"id\":\"r%d\",\"text\":\"mine\",\"group\":1}\n", i }'
}
records 20000 >in

negatives() { # OPTION...
    quern contrast --task self --pool pool "$@" in | jq -r '.hard_neg // (.hard_neg_1 + " " + .hard_neg_2)'
}

# "twice" stands for two records.
twins() {
    awk '{ for (i = 1; i <= NF; i++) if ($i == "twice") $i = "t" (++n % 2 ? 3 : 4); print }'
}

for seed in 0 1 2; do
    even "any of 28, seed $seed" 28 < <(negatives --seed $seed | twins)
    even "the same group: all 10, seed $seed" 10 < <(negatives --seed $seed --from same:group)
    even "another group: 18 of 20, seed $seed" 18 < <(negatives --seed $seed --from other:group)
done
negatives --negatives 2 | twins | sort | uniq -c | awk '$2 == $3' >same
if [[ ! -s same ]]; then report ok "no record twice"; else report 'not ok' "no record twice: $(head -n 1 same)"; fi
even "the second of two" 28 < <(negatives --negatives 2 | cut -d ' ' -f 2 | twins)
even "every pair in every order" $((26 * 25)) < <(negatives --negatives 2 --copies 2 | grep -v twice)
even "every pair of the same group" $((9 * 8)) < <(negatives --negatives 2 --from same:group | grep -v twice)
even "neighbours do not know of each other" $((26 * 26)) < <(paste <(negatives | tail -n +2) <(negatives | head -n -1) | grep -v twice)
even "nor do epochs" $((26 * 26)) < <(negatives --epoch 1 | paste - <(negatives --epoch 2) | grep -v twice)
even "nor do seeds" $((26 * 26)) < <(negatives --seed 1 | paste - <(negatives --seed 2) | grep -v twice)
even "nor do salts" $((26 * 26)) < <(negatives --salt a | paste - <(negatives) | grep -v twice)

# ---- real texts ----

# Reads places in a pool, 1 to COUNT: is every tenth of it drawn equally often?
near() { # DESCRIPTION COUNT
    even "$1" 10 < <(awk -v count="$2" '{ print int(($1 - 1) * 10 / count) }')
}

# Prints the records whose negative does not have the label that it should. Texts with two labels say nothing.
wrong_labels() { # LANGUAGE same|other FROM
    quern contrast --task self --pool "$1" --from "$3" --epoch 1 "$1" |
        jq -nr --rawfile pool "$1.labels" --arg should "$2" '
            (reduce ($pool | split("\n")[] | select(length > 0) | split("\t")) as $r ({}; .[$r[1]] += [$r[0]])) as $of |
            inputs | select(($of[.hard_neg] | unique | length) == 1 and
                ($of[.hard_neg][0] == .label) != ($should == "same")) | .id'
}

labels_hold() { # LANGUAGE same|other
    wrong_labels "$1" "$2" "$2:label" >wrong
    if [[ ! -s wrong ]]; then report ok "$1: $2 label"; else report 'not ok' "$1: $2 label: $(head -n 3 wrong)"; fi
    wrong_labels "$1" "$2" any >wrong
    if [[ -s wrong ]]; then report ok "$1: caught: any label"; else report 'not ok' "$1: caught: any label"; fi
}

data=$root/../shared/data/labelled
if [[ -d $data/trec ]]; then
    sed 's/ /\t/' "$data/trec/TREC.train.all" |
        quern import --format tsv --header no --quote none --label 1 --text 2 --source en | quern dedup >en
    quern import --format tsv --header no --quote none --label 2 --text 1 --source zh "$data"/thucnews/dev.txt |
        quern dedup >zh
    for language in en zh; do
        jq -r '[.label, .text] | @tsv' $language >$language.labels
        count=$(wc -l <$language)
        awk -F '\t' 'NR == FNR { place[$2] = FNR; next } { print place[$0] }' $language.labels <(
            quern contrast --task self --pool $language --copies 2 $language | jq -r '[.hard_neg] | @tsv') >places
        near "$language: near and far alike, $count records" "$count" <places
        labels_hold $language same
        labels_hold $language other
    done
else
    report ok 'real texts # SKIP no ../shared/data'
fi

# ---- mutants ----

uneven "one of the pool is never drawn" 28 < <(sed '$d' pool >short && negatives --pool short | twins)
uneven "only one group" 28 < <(negatives --from same:group)
uneven "one a third too rarely" 28 < <(negatives | twins | awk 'NR % 3 || $0 != "t7"')
uneven "of two records with one text one is left out" 28 < <(negatives)
uneven "the same draws twice" $((26 * 26)) < <(negatives | paste - <(negatives) | grep -v twice)
uneven "pairs in order" $((28 * 27)) < <(negatives --negatives 2 | twins | awk '$1 < $2 { print; next } { print $2, $1 }')
uneven "one stream for all records" 28 < <(sed -i -E 's/"r[0-9]*"/"r"/' in && negatives | twins)

echo "1..$number"
