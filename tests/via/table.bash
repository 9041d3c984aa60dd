# Runs of `quern via` beside each other, most of which sleep; for scripts that print TAP: load it after tap.bash.
# shellcheck shell=bash
engine=$BUILD/tests/via/engine

# records COUNT WORDS: texts that differ, the one in the middle with the word "odd"; WORDS make them longer.
records() {
    awk -v count="$1" -v words="$2" 'BEGIN {
        for (k = 0; k < words; k++) more = more " word" k
        for (i = 1; i <= count; i++)
            print "{\"id\":" i ",\"text\":\"" (i == int(count / 2) ? "odd" : "text") " " i more "\"}"
    }'
}

# answered IN: the same with the right replies; not_odd IN: but for the odd one.
answered() { sed 's/,"text":"\(.*\)"}/,"text":"\1","reply":"re \1"}/' "$1"; }
not_odd() { answered "$1" | sed 's/\("text":"odd .*\),"reply".*/\1}/'; }

# counts STATS: its counters on a line.
counts() {
    jq -r '.filters[0] | "requests \(.requests) cached \(.cached) failed \(.failed) unsent \(.unsent)"' "$1"
}

# left LOG: the processes of an engine that still run, and who started them. They may need a moment to end.
left() {
    local pid try alive
    for ((try = 0; try < 75; try++)); do
        alive=
        for pid in $(sed -n 's/^\(start\|parent\|grandchild\) //p' "$1" | sort -u); do
            ! kill -0 "$pid" 2>/dev/null || alive+=" $pid"
        done
        [[ -n $alive ]] || return 0
        sleep 0.2
    done
    echo "still running:$alive"
}

# row NAME STATUS EXPECTED COUNTS ENGINE-OPTIONS VIA-OPTIONS: in the background. EXPECTED is a file of the output, or -;
# COUNTS is what --stats must say, or -. `row` returns when fewer than $at_once run; `judge` waits and reports all.
at_once=6
rows=()
row() {
    local folder=row.${#rows[@]}
    rows+=("$1")
    mkdir "$folder"
    printf '%s\n' "$2" "$3" "$4" >"$folder/expected"
    while (($(jobs -rp | wc -l) >= at_once)); do wait -n; done
    (
        cd "$folder" || exit
        status=0
        eval "timeout -k 5 100 quern via --command '$engine log=log $5' --into reply --stats stats $6 \
            ../${input:-in}" >out 2>err </dev/null || status=$?
        echo "$status" >status
        [[ ! -e log ]] || left log >left
    ) &
}

# wrong FOLDER: what is wrong with a row that has ended.
wrong() {
    local status expected counters
    { read -r status; read -r expected; read -r counters; } <"$1/expected"
    [[ $(<"$1/status") == "$status" ]] || echo "status $(<"$1/status"), expected $status"
    [[ $expected == - ]] || cmp "$expected" "$1/out" 2>&1
    [[ $counters == - || $(counts "$1/stats") == "$counters" ]] || echo "$(counts "$1/stats"), expected $counters"
    [[ ! -s $1/left ]] || cat "$1/left"
}

# judge [MORE]: MORE FOLDER may print what else is wrong.
judge() {
    local i
    wait
    for i in "${!rows[@]}"; do
        { wrong "row.$i"; [[ -z ${1-} ]] || "$1" "row.$i"; } >"row.$i/wrong" 2>&1
        if [[ -s row.$i/wrong ]]; then
            head -5 "row.$i/err" >>"row.$i/wrong"
            report "not ok" "${rows[i]}" "row.$i/wrong"
        else
            report ok "${rows[i]}"
        fi
    done
}
