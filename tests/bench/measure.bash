# What the benchmarks share: data, timing, rows. To be sourced from the root of the tree.
# Times are medians of ROUNDS rounds; commands that are compared take turns.
# shellcheck shell=bash
QUERN=$PWD/build/bin/quern
DIR=build/bench
ROUNDS=${ROUNDS:-5}
mkdir -p "$DIR"

# ---- data ----

text=$DIR/text.jsonl small=$DIR/small.jsonl ids=$DIR/ids.jsonl

words() {
    local shared=../shared/data/bench/en.txt.zst
    if [[ -e $shared ]]; then
        zstd -dcq "$shared"
    else
        # any prose of the machine, as often as it takes
        for _ in {1..200}; do cat /usr/share/common-licenses/* /usr/share/perl/5*/pod/*.pod 2>/dev/null || true; done
    fi | { head -c 20000000; cat >/dev/null; } | iconv -c -f UTF-8 -t UTF-8
}

# 100 MB of records of 2 KB of text; small is a fifth of it.
make_text() {
    [[ ! -e $text ]] || return 0
    words | awk '{ line = line $0 " " } length(line) > 2000 { print line; line = "" }' |
        "$QUERN" import --format text --source bench >"$small"
    for _ in {1..5}; do cat "$small"; done >"$text.tmp"
    mv "$text.tmp" "$text"
}

# 90 MB of records of token ids.
make_ids() {
    [[ ! -e $ids ]] || return 0
    awk 'BEGIN { srand(1); for (r = 0; r < 40000; r++) { printf "{\"id\":%d,\"input_ids\":[%d", r, rand() * 30000
         for (i = 1; i < 400; i++) printf ",%d", rand() * 30000; print "]}" } }' >"$ids.tmp"
    mv "$ids.tmp" "$ids"
}

make_vocab() {
    [[ -e $DIR/vocab.txt ]] ||
        "$QUERN" train --type wordpiece --vocab-size 30000 --format vocab "$small" -o "$DIR/vocab.txt"
}

# ---- timing ----

# measure NAME COMMAND: one round; appends "wall cpu" to NAME's file. A command that knows better how long its work took,
# its own start left out, writes the seconds to the file $SECONDS_FILE.
export SECONDS_FILE=$DIR/seconds
measure() {
    local TIMEFORMAT='%3R %3U %3S' wall usr sys
    rm -f "$SECONDS_FILE"
    { time bash -o pipefail -c "$2" >/dev/null 2>"$DIR/errors"; } 2>"$DIR/time" || { cat "$DIR/errors" >&2; return 1; }
    read -r wall usr sys <"$DIR/time"
    if [[ -e $SECONDS_FILE ]]; then wall=$(<"$SECONDS_FILE"); fi
    awk -v w="$wall" -v u="$usr" -v s="$sys" 'BEGIN { print w, u + s }' >>"$DIR/$1.times"
}

# compare NAME COMMAND [NAME COMMAND]...: rounds in turns.
compare() {
    local i round
    for ((i = 1; i <= $#; i += 2)); do : >"$DIR/${!i}.times"; done
    for ((round = 0; round < ROUNDS; round++)); do
        for ((i = 1; i < $#; i += 2)); do
            local command=$((i + 1))
            measure "${!i}" "${!command}"
        done
    done
}

# median NAME COLUMN
median() {
    sort -n -k"$2,$2" "$DIR/$1.times" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

megabytes() {
    awk -v b="$(stat -c %s "$1")" 'BEGIN { printf "%.1f", b / 1e6 }'
}

rows=()
# row WHAT FIGURE UNIT RELATION BOUND
row() {
    local verdict
    verdict=$(awk -v f="$2" -v r="$4" -v b="$5" \
        'BEGIN { if (b == "") print "-"; else print ((r == ">=" && f + 0 >= b + 0) || (r == "<=" && f + 0 <= b + 0)) ? "met" : "MISSED" }')
    printf '%-62s %10s %-5s %s %-8s %s\n' "$1" "$2" "$3" "$4" "$5" "$verdict"
    rows+=("{\"what\":\"$1\",\"figure\":$2,\"unit\":\"$3\",\"relation\":\"$4\",\"bound\":${5:-null},\"verdict\":\"$verdict\"}")
}

ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { print sprintf("%.2f", (b > 0) ? a / b : 0) }'
}

rate() {
    awk -v m="$1" -v s="$2" 'BEGIN { print sprintf("%.0f", (s > 0) ? m / s : 0) }'
}

# write_rows FILE
write_rows() {
    printf '[%s]\n' "$(IFS=,; echo "${rows[*]}")" >"$1"
    echo "written to $1"
}
