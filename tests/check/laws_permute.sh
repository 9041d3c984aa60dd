#!/bin/bash
# The laws of permute: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

{ echo '[UNK]'; seq 999; echo '[MASK]'; } >vocab.txt

ordered() { # WRONG: records of twelve targets, of which a tenth are in order if WRONG
    awk -v wrong="$1" 'BEGIN {
        srand(4)
        for (id = 0; id < 9000; id++) {
            for (i = 0; i < 12; i++)
                order[i] = i
            for (i = 11; i > 0 && !(wrong && rand() < 0.01); i--) {
                k = int(rand() * (i + 1)); t = order[i]; order[i] = order[k]; order[k] = t
            }
            list = ids = words = ""
            for (i = 0; i < 12; i++) {
                list = list (i ? "," : "") order[i]; ids = ids (i ? "," : "") 5 + i; words = words (i ? "," : "") i
            }
            print "{\"id\":" id ",\"input_ids\":[" ids "],\"word_ids\":[" words "],\"labels\":[" ids "],\"perm_order\":[" list "]}"
        }
    }' >made
}
ordered 0
hold 'permute -m vocab.txt --prob 1' permutation
ordered 1
broken permutation 'permute -m vocab.txt --prob 1'

# ---- permute: two epochs, and two records, choose each for itself ----

awk 'BEGIN { for (r = 0; r < 18000; r++) {
    ids = words = ""
    for (i = 0; i < 40; i++) { ids = ids (i ? "," : "") (5 + i); words = words (i ? "," : "") int(i / 2) }
    print "{\"id\":\"r" r "\",\"input_ids\":[" ids "],\"word_ids\":[" words "]}" } }' >plain
PERMUTE='permute -m vocab.txt --num-predict 7'
quern $PERMUTE --copies 2 plain >made
hold "$PERMUTE --copies 2 --against plain" epochs neighbours
quern $PERMUTE --epoch 0 plain | awk '{ print; sub(/"epoch":0/, "\"epoch\":1"); print }' >made
broken epochs "$PERMUTE --copies 2 --against plain"
sed 's/"id":"r[0-9]*"/"id":"r"/' plain | quern $PERMUTE | awk '{ sub(/"id":"r"/, "\"id\":\"r" NR - 1 "\""); print }' >made
broken neighbours "$PERMUTE --against plain"


# ---- which words are targets: of every fifth record, of those of two seeds the one that has more of it; of every second,
# where each twentieth is judged by itself ----

awk 'BEGIN { for (r = 0; r < 17000; r++) {
    ids = words = ""
    for (i = w = 0; i < 48; w++)
        for (n = 1 + (w + r) % 4; n > 0 && i < 48; n--) { ids = ids (i ? "," : "") (5 + i); words = words (i ? "," : "") w; i++ }
    print "{\"id\":\"r" r "\",\"input_ids\":[" ids "],\"word_ids\":[" words "]}" } }' >plain
for seed in 1 2; do quern $PERMUTE --seed $seed plain >seed$seed; done
cp seed1 made
hold "$PERMUTE --against plain" position size lengths neighbours
for law in position size lengths; do
    paste -d '\n' seed1 seed2 | awk -v law="$law" '
        function amount(line,  labels, words, n, i, w, sizes, most, is, was) {
            split(substr(line, index(line, "\"word_ids\":[") + 12), words, /[],]/)
            n = split(substr(line, index(line, "\"labels\":[") + 10), labels, /[],]/)
            most = 0
            for (i = 1; i <= 48; i++) sizes[words[i]]++
            for (i = 1; i <= 48; i++) {
                is = labels[i] != -100
                if (law == "position") most += is && i > 24
                if (law == "size") most += is && sizes[words[i]] >= 3
                if (law == "lengths") most -= is && !was
                was = is
            }
            return most
        }
        NR % 2 { first = $0; next }
        { print (NR % (law == "position" ? 4 : 10) || amount(first) >= amount($0) ? first : $0) }' >made
    broken "$law" "$PERMUTE --against plain"
done

echo "1..$number"
