#!/bin/bash
# The laws of entities negatives: see laws.bash.
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

echo "1..$number"
