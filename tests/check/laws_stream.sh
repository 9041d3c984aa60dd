#!/bin/bash
# The laws of stream --pair: see laws.bash. A wrong law chooses between the records that two seeds make of one step, so that
# each record is a right one.
set -u -o pipefail
# shellcheck source=tests/check/laws.bash
source "$(dirname "$0")/laws.bash"

printf '%s\n' '[UNK]' '<sep>' '<cls>' a b c d >vocab.txt
awk 'BEGIN {
    for (d = 0; d < 4; d++) {
        printf "{\"id\":\"d%d\",\"input_ids\":[", d
        for (i = 0; i < 112000; i++) printf "%s%d", (i ? "," : ""), 3 + i % 4
        printf "],\"sentence_tokens\":["
        for (i = 0; i < 112000; i += 2) printf "%s[%d,%d]", (i ? "," : ""), i, i + 2
        print "]}"
    }
}' >plain
STREAM='stream -m vocab.txt --rows 4 --length 12 --reuse 2 --pair'
# shellcheck disable=SC2086 # options are words
{
    quern $STREAM -q plain >one
    quern $STREAM -q --seed 1 plain >two
}

# chosen KEY: of two records the one with the larger KEY: the length of A, the label, or where B begins if both have label 1.
chosen() {
    paste -d '\n' one two | awk -v key="$1" '
        function value(line, n, parts) {
            if (key == "label") return index(line, "\"next_sentence_label\":1")
            if (key == "length") { split(line, parts, "\"token_type_ids\":[[]"); return index(parts[2], "1") }
            n = split(line, parts, "\"tokens\":[[]")
            return parts[n] + 0
        }
        NR % 2 { a = $0; next }
        key == "place" && (!index(a, "_label\":1") || !index($0, "_label\":1")) { print a; next }
        { print (value(a) >= value($0) ? a : $0) }' >made
}
cp one made
hold "$STREAM --against plain" labels ends beginnings
chosen length
broken ends "$STREAM --against plain"
chosen label
broken labels "$STREAM --against plain"
chosen place
broken beginnings "$STREAM --against plain"

echo "1..$number"
