#!/bin/bash
# The laws of corrupt --task bart: see laws.bash. A wrong law chooses between the records that two seeds make of one text, so
# that each record is a right one.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d e f g h i j k l >vocab.txt
awk 'BEGIN {
    for (i = 0; i < 112000; i++)
        print "{\"id\":" i ",\"input_ids\":[2,5,6,7,8,9,10,3],\"word_ids\":[-1,0,1,1,2,3,4,-1]," \
            "\"sentence_tokens\":[[1,4],[4,6],[6,7]]}"
}' >plain

# both OPTIONS LAW...: each law holds, and is broken if of every fifth text the record is chosen that has more of it.
both() {
    local options="-m vocab.txt --also sentence_order,noise_spans,rotation $1" command law
    shift
    # shellcheck disable=SC2086 # options are words
    for seed in 1 2; do quern corrupt --task bart $options --seed $seed plain >seed$seed; done
    command="bart $options --against plain"
    cp seed1 made
    hold "$command" "$@"
    for law; do
        paste -d '\n' seed1 seed2 | awk -v law="$law" '
            function items(line, member,  list) {
                list = substr(line, index(line, "\"" member "\":[") + length(member) + 4)
                return substr(list, 1, index(list, member == "noise_spans" ? "]]" : "]") - 1) ","
            }
            function amount(line,  ids) {
                if (law == "moved") return items(line, "sentence_order") != "0,1,2,"
                if (law == "insertions") return gsub(/\[1,1[],]|\[4,4[],]|\[5,5[],]|\[6,6[],]|\[7,7[],]/, "", line)
                if (law == "ends") return line ~ /"noise_spans":\[(\[1,1\],)*\[1,[2-9]/
                if (law == "rotated") return line !~ /"rotation":0/
                ids = items(line, "input_ids")
                if (law == "dropped") return -gsub(/,/, "", ids)
                return law == "inserted" ? gsub(/4,/, "", ids) : -gsub(/4,/, "", ids)
            }
            NR % 2 { first = $0; next }
            { print (NR % 10 || amount(first) >= amount($0) ? first : $0) }' >made
        broken "$law" "$command"
    done
}
both '--ratio 0.4 --rotate 0.5' moved insertions ends random rotated
both '--ratio 0.2 --delete 0.2 --insert 0.1 --rotate 0.1' dropped inserted rotated
both '--ratio 0.2 --insert 0.1 --poisson 1' inserted random
both '--ratio 0.4 --delete 0.1 --random 0.2' dropped random
both '--ratio 0.2 --delete 0.2 --insert 0.1 --random 0' dropped inserted

echo "1..$number"
