#!/bin/bash
# The laws of entities negatives, and those of permute that compare records: see laws.bash.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

# drawn WRONG: 20 of the ranges of at most 8 of 30 words, in two epochs of each record; WRONG is place, width, epochs or none.
drawn() {
    awk -v wrong="$1" 'BEGIN {
        srand(7)
        all = 0
        for (i = 0; i < 30; i++) {
            ids = ids (i ? "," : "") (i + 5); words = words (i ? "," : "") i; zeros = zeros (i ? ",0" : "0")
            for (w = 1; w <= 8 && i + w <= 30; w++) { start[all] = i; end[all++] = i + w }
        }
        for (id = 0; id < 6000; id++)
            for (epoch = 0; epoch < 2; epoch++) {
                if (epoch == 0 || wrong != "epochs") {
                    for (i = 0; i < all; i++) chosen[i] = 0
                    for (left = 20; left > 0;) {
                        i = int(rand() * all)
                        if (wrong == "place" && start[i] > 14 && rand() < 0.1) continue
                        if (wrong == "width" && end[i] - start[i] > 4 && rand() < 0.1) continue
                        if (!chosen[i]) { chosen[i] = 1; left-- }
                    }
                    spans = ""
                    for (i = 0; i < all; i++) if (chosen[i]) spans = spans (spans == "" ? "" : ",") "[" start[i] "," end[i] "]"
                }
                print "{\"id\":" id ",\"input_ids\":[" ids "],\"word_ids\":[" words "],\"special_tokens_mask\":[" zeros "],\"entities\":[],\"entity_tokens\":[],\"epoch\":" epoch ",\"spans\":[" spans "],\"span_labels\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}"
            }
    }' >made
}
drawn none
hold 'entities negatives --labels PER --negatives 20 --copies 2' position width epochs
for wrong in place width epochs; do
    drawn "$wrong"
    law=${wrong/place/position}
    broken "$law" 'entities negatives --labels PER --negatives 20 --copies 2'
done

# ---- permute: two epochs, and two records, choose each for itself ----

{ echo '[UNK]'; seq 999; echo '[MASK]'; } >vocab.txt
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

echo "1..$number"
