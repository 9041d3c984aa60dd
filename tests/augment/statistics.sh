#!/bin/bash
# The random choices of augment by their frequencies: where, what, how many, in which order, and that nothing depends on
# anything else. Each is shown to fail on a mutant, made from outside or by another option.
set -eu -o pipefail

# shellcheck source=tests/statistics.bash
source "$(dirname "$0")/../statistics.bash"

# Eight words, none of which is a stop word, in records that differ by their ids only.
records() { # COUNT [TEXT]
    awk -v count="$1" -v text="${2-one two three four five six seven eight}" \
        'BEGIN { for (i = 0; i < count; i++) print "{\"id\":\"r" i "\",\"text\":\"" text "\"}" }'
}

variants() { # FILTER OPTION...: of jq, for each variant
    quern augment -q --emit synthetic "${@:2}" in | jq -cr "$1"
}

# rate DESCRIPTION P: values 0 and 1, one a line, are 1 with probability P, p < 1e-6; off: they are not.
rate_of() {
    awk -v p="$1" '{ n++; sum += $1 } END { z = (sum - n * p) / sqrt(n * p * (1 - p)); print (z * z < 4.9 ^ 2 ? "true" : "off"), n, sum, z }'
}
rate() {
    rate_of "$2" >verdict
    if grep -q '^true' verdict; then report ok "$1"; else report 'not ok' "$1: $(cat verdict)"; fi
}
off() {
    rate_of "$2" >verdict
    if grep -q '^off' verdict; then report ok "caught: $1"; else report 'not ok' "caught: $1: $(cat verdict)"; fi
}

printf '%s\ta%s\tb%s\tc%s\td%s\n' one 1 1 1 1 two 2 2 2 2 three 3 3 3 3 four 4 4 4 4 five 5 5 5 5 six 6 6 6 6 \
    seven 7 7 7 7 eight 8 8 8 8 >lexicon
records 8000 >in
for seed in 0 1 2; do
    options=(--num 1 --seed "$seed")
    sr=(--ops sr --synonyms lexicon "${options[@]}")
    even "sr: positions, seed $seed" 8 < <(variants '.edits[].start' "${sr[@]}" --alpha 0.3)
    even "sr: sets of two, seed $seed" 28 < <(variants '[.edits[].start]' "${sr[@]}" --alpha 0.3)
    even "sr: candidates, seed $seed" 32 < <(variants '.edits[].new' "${sr[@]}" --alpha 0.3)
    even "sr: two candidates, seed $seed" 16 < <(variants '[.edits[].new[:1]]' "${sr[@]}" --alpha 0.3)
    ri=(--ops ri --synonyms lexicon "${options[@]}")
    even "ri: places, both ends among them, seed $seed" 9 < <(variants '.edits[].start' "${ri[@]}" --alpha 0.3)
    even "ri: words and synonyms, seed $seed" 32 < <(variants '.edits[].new | gsub(" "; "")' "${ri[@]}" --alpha 0.3)
    even "ri: place and word, seed $seed" 72 < <(variants '.edits[] | [.start, (.new | sub("[^1-8]*(?<n>[1-8]).*"; .n))]' "${ri[@]}")
    rs=(--ops rs "${options[@]}")
    even "rs: pairs, seed $seed" 28 < <(variants '[.edits[].start]' "${rs[@]}")
    even "rs: two pairs, seed $seed" 210 < <(variants '[.edits[] | [.start, .new]] | sort' "${rs[@]}" --alpha 0.25)
    rd=(--ops rd "${options[@]}")
    even "rd: one falls where none did, seed $seed" 8 < <(variants 'select(.edits | length == 1) | .edits[0].old' "${rd[@]}" --alpha 0.001)
    even "rd: one stays where all fell, seed $seed" 8 < <(variants '.text' "${rd[@]}" --alpha 1)
    # m words fall at least once; of (m a + (1 - a)^m - a^m) / m that each one falls, m = l = 8.
    for alpha in 0.1 0.3 0.7; do
        p=$(awk -v a=$alpha 'BEGIN { print (8 * a + (1 - a) ^ 8 - a ^ 8) / 8 }')
        rate "rd: the first word falls, alpha $alpha, seed $seed" "$p" < <(variants 'if (.text | test("one")) then 0 else 1 end' "${rd[@]}" --alpha $alpha)
        rate "rd: the last word falls, alpha $alpha, seed $seed" "$p" < <(variants 'if (.text | test("eight")) then 0 else 1 end' "${rd[@]}" --alpha $alpha)
    done
    aeda=(--ops aeda "${options[@]}")
    even "aeda: one or two, seed $seed" 2 < <(variants '.edits | length' "${aeda[@]}")
    even "aeda: places, seed $seed" 9 < <(variants '.edits[].start' "${aeda[@]}")
    even "aeda: marks, seed $seed" 6 < <(variants '.edits[].new | gsub(" "; "")' "${aeda[@]}")
    even "aeda: sets of two, seed $seed" 36 < <(variants '[.edits[].start] | select(length == 2)' "${aeda[@]}")
    even "which operation comes first, seed $seed" 4 < <(variants '.op' --ops sr,ri,rs,rd --synonyms lexicon "${options[@]}")
    even "--policy random: two operations, seed $seed" 16 < <(variants '.op' --ops sr,ri,rs,rd --synonyms lexicon --num 2 \
        --policy random --seed $seed | paste - -)
done

# ---- independence ----

start='.edits[0].start'
sr=(--ops sr --synonyms lexicon --num 1)
even "records do not know of each other" 64 < <(paste <(variants $start "${sr[@]}" | tail -n +2) <(variants $start "${sr[@]}" | head -n -1))
even "nor do epochs" 64 < <(paste <(variants $start "${sr[@]}") <(variants $start "${sr[@]}" --epoch 1))
even "nor do copies" 64 < <(variants $start "${sr[@]}" --copies 2 | paste - -)
even "nor do seeds" 64 < <(paste <(variants $start "${sr[@]}") <(variants $start "${sr[@]}" --seed 1))
even "nor do salts" 64 < <(paste <(variants $start "${sr[@]}") <(variants $start "${sr[@]}" --salt x))
even "nor do operations" 64 < <(paste <(variants $start "${sr[@]}") <(variants '.edits[0].old | gsub(" "; "")' --ops rd --alpha 0.000001 --num 1))
even "nor do variants" 56 < <(variants $start --ops sr --synonyms <(cut -f1,2 lexicon) --num 2 | paste - -)

# ---- a table ----

# Eight words of different weights; what is drawn is what "tfidf show" says, how often what --explain says.
awk 'BEGIN { split("one two three four five six seven eight", w, " "); for (i = 0; i < 64; i++) {
    line = "{\"id\":" i ",\"text\":\""; for (k = 1; k <= 8; k++) if (k <= 3 || int(i / k) % 2 || i % (k + 1) == 0) line = line w[k] " "
    print line "\"}" } }' | quern tfidf count -q >table
quern tfidf show table | jq -r '[.word, .draw] | @tsv' >draws
quern augment -q --ops tfidf --table table --prob 0.4 --num 1 --emit synthetic --explain in >out
for word in $(cut -f1 draws); do
    p=$(awk -v word="$word" '$1 == word { print $2 }' draws)
    # A word that becomes itself is no edit: judged by the words that came in for others.
    for other in one eight; do
        [[ $word != "$other" ]] || continue
        same=$(awk -v word=$other '$1 == word { print $2 }' draws)
        awk -v p="$p" -v same="$same" 'BEGIN { exit !(p > 0.001) }' || continue
        rate "tfidf: $word comes in for $other" "$(awk -v p="$p" -v same="$same" 'BEGIN { print p / (1 - same) }')" < <(
            jq -r --arg word "$word" --arg other $other '.edits[] | select(.old == $other) | if .new == $word then 1 else 0 end' out)
    done
done
jq -c '.replace_prob' out | sort | uniq -c >rates
report "$([[ $(wc -l <rates) == 1 ]] || echo 'not ')ok" "tfidf: one text has one set of rates" rates
for word in 0 1 2 3 4 5 6 7; do
    name=$(cut -d' ' -f$((word + 1)) <<<"one two three four five six seven eight")
    r=$(head -n 1 out | jq ".replace_prob[$word]")
    p=$(awk -v r="$r" -v same="$(awk -v word="$name" '$1 == word { print $2 }' draws)" 'BEGIN { print (r > 1 ? 1 : r) * (1 - same) }')
    if awk -v p="$p" 'BEGIN { exit !(p == 0) }'; then
        count=$(jq --arg name "$name" '.edits[] | select(.old == $name)' out | wc -l)
        report "$([[ $count == 0 ]] || echo 'not ')ok" "tfidf: $name is never replaced"
    else
        rate "tfidf: $name is replaced with min(r, 1)" "$p" < <(jq --arg name "$name" 'if any(.edits[]; .old == $name) then 1 else 0 end' out)
    fi
done
# A text of which nothing was replaced is drawn again; with 8 words and 0.4 that is rare: 0.6^8 + what became itself.
quern augment -q --ops uniform --table table --prob 0.7 --num 1 --emit synthetic in >out
rate "uniform: the first word is replaced" "$(awk 'BEGIN { print 0.7 * 7 / 8 }')" < <(jq 'if any(.edits[]; .start == 0) then 1 else 0 end' out)
even "uniform: by any other word" 7 < <(jq -r '.edits[] | select(.start == 0) | .new' out)

# ---- slips, sentences, names ----

records 8000 abcdef >in
kind='.edits[0] | if .new == "" then "drop" elif .old == "" then "double" elif (.old | length) == 2 then "swap" else "neighbour" end'
typo=(--ops typo --num 1)
even "typo: kinds" 4 < <(variants "$kind" "${typo[@]}")
even "typo: places of a drop" 6 < <(variants '.edits[0] | select(.new == "") | .start' "${typo[@]}")
even "typo: places of a swap" 5 < <(variants '.edits[0] | select(.old | length == 2) | .start' "${typo[@]}")
even "typo: letters that are doubled" 6 < <(variants '.edits[0] | select(.old == "") | .new' "${typo[@]}")
even "typo: neighbours of d" 6 < <(for seed in 0 1 2; do
    variants '.edits[0] | select(.old == "d" and .new != "") | .new' "${typo[@]}" --seed $seed
done)
records 6000 'One. Two. Three. Four.' >in
even "shuffle: orders" 23 < <(variants '.text' --ops shuffle --num 1 --protect none)
even "drop: which" 4 < <(variants '.text' --ops drop --num 1 --protect none)
even "drop: which two" 6 < <(variants '.text' --ops drop --alpha 0.5 --num 1 --protect none)
even "window: where" 3 < <(variants '.text' --ops window --window 2 --num 1 --protect none)
records 6000 'x' | sed 's/}$/,"entities":[{"start":0,"end":1,"label":"L"}]}/' >in
printf '%s\tL\n' a b c d e x >names
even "entity: names" 5 < <(variants '.text' --ops entity --entities names --num 1)
records 6000 'ooo' >in
printf 'o\t0\tq\tc\n' >chars
even "chars: which and what" 9 < <(variants '.text' --ops chars --chars chars --num 1)

# ---- mutants ----

records 8000 >in
uneven "sr: never the last word" 8 < <(variants "$start" "${sr[@]}" --protect-pattern eight)
uneven "sr: one synonym twice" 4 < <(variants '.edits[0].new[:1]' --ops sr --num 1 --synonyms <(sed 's/\tb[0-9]//' lexicon))
uneven "ri: never behind the last word" 9 < <(variants '.edits[].start | select(. < 39)' --ops ri --synonyms lexicon --num 1)
uneven "rs: neighbours only" 28 < <(variants '[.edits[].start] | select(.[1] - .[0] < 7)' --ops rs --num 1)
off "rd: without the one that always falls" 0.1 < <(variants 'if (.text | test("one")) then 0 else 1 end' --ops rd --alpha 0.1 --num 1)
uneven "aeda: the first place twice as often" 9 < <(variants '.edits[] | if .start == 0 then 0, 0 else .start end' --ops aeda --num 1)
uneven "the same operation first in every record" 4 < <(sed 's/"r[0-9]*"/"r"/' in |
    quern augment -q --ops sr,ri,rs,rd --synonyms lexicon --num 1 --emit synthetic | jq -r .op)
uneven "one stream for both epochs" 64 < <(paste <(variants "$start" "${sr[@]}") <(variants "$start" "${sr[@]}"))
quern augment -q --ops tfidf --table table --prob 0.3 --num 1 --emit synthetic in >mutant
quern augment -q --ops tfidf --table table --prob 0.4 --num 1 --emit synthetic --explain in >out
name=$(head -n 1 out | jq -r '["one","two","three","four","five","six","seven","eight"] as $names | [.replace_prob, $names] | transpose | map(select(.[0] > 0.1 and .[0] < 0.9))[0][1]')
r=$(head -n 1 out | jq --arg name "$name" '.replace_prob[["one","two","three","four","five","six","seven","eight"] | index($name)]')
off "tfidf: another share" "$(awk -v r="$r" -v same="$(awk -v word="$name" '$1 == word { print $2 }' draws)" 'BEGIN { print r * (1 - same) }')" < <(
    jq --arg name "$name" 'if any(.edits[]; .old == $name) then 1 else 0 end' mutant)
off "tfidf: every word drawn alike" "$(awk '{ if ($2 > most) most = $2 } END { print most * 8 / 7 }' draws)" < <(
    quern augment -q --ops uniform --table table --prob 0.5 --num 1 --emit synthetic in | jq -r '.edits[] | if .new == "one" then 1 else 0 end')
records 8000 abcdef >in
uneven "typo: no drops" 4 < <(variants "$kind" "${typo[@]}" | grep -v drop)
records 6000 'One. Two. Three. Four.' >in
uneven "shuffle: rotations only" 23 < <(variants '.text | select(test("One. Two|Two. Three|Three. Four|Four. One"))' --ops shuffle --num 1 --protect none)
uneven "window: never at the end" 3 < <(variants '.text | select(test("Four") | not)' --ops window --window 2 --num 1 --protect none)

echo "1..$number"
