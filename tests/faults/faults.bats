# Input that can't be read, output that can't be written: exact messages, statuses, and what is left behind.
load ../helper
load ../filters

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    make_inputs 40
}

# over_all STATUS MESSAGE COMMAND: what every filter and verb does, with one of its samples. SAMPLE in the command stands
# for it, INPUT for what it reads, FILTER in the message for its filter.
over_all() {
    local sample command
    while read -r sample <&8; do
        command=${3//SAMPLE/"$sample"}
        sh "${command//INPUT/"$(input_of "$sample")"}"
        [[ $status == "$1" ]] || { echo "$sample: status $status, expected $1"; cat err; return 1; }
        is err "${2//FILTER/"${sample%% *}"}" || { echo "$sample"; return 1; }
    done 8< <(first_samples)
}

@test "every filter: a full device is status 1 with a message" {
    over_all 1 'quern-FILTER: stdout: write: No space left on device' 'quern SAMPLE -q INPUT >/dev/full'
}

@test "every filter: -o to a full device is the same" {
    over_all 1 'quern-FILTER: /dev/full: write: No space left on device' 'quern SAMPLE -q INPUT -o /dev/full'
}

# Descriptor 9 is a pipe whose reader is gone.
no_reader='mkfifo pipe; exec 8<>pipe 9>pipe 8<&-; rm pipe;'

@test "every filter: a reader that is gone ends it quietly, as SIGPIPE does" {
    over_all 141 "" "$no_reader exec quern SAMPLE -q INPUT >&9"
}

@test "every filter: also where SIGPIPE is ignored" {
    over_all 141 "" "trap '' PIPE; $no_reader exec quern SAMPLE -q INPUT >&9"
}

@test "head gets its line and the rest ends quietly" {
    seq -f '{"n":%.0f}' 300000 >many
    gives "quern cat many | head -1" 141 '{"n":1}'
    gives "quern cat -j 4 many | head -1" 141 '{"n":1}'
    gives "(trap '' PIPE; quern cat many) | head -1" 141 '{"n":1}'
}

@test "every filter: empty input is no error" {
    over_all 0 "" 'quern SAMPLE -q </dev/null'
}

@test "every filter: a missing final newline makes no difference" {
    while read -r sample <&8; do
        filter "$sample" -q <"$(input_of "$sample")" >with
        head -c -1 "$(input_of "$sample")" | filter "$sample" -q >without
        cmp with without
    done 8< <(first_samples)
}

@test "every filter: a missing file is status 1" {
    over_all 1 'quern-FILTER: nowhere: No such file or directory' 'quern SAMPLE -q nowhere'
}

@test "a missing file ends the run behind the files before it" {
    printf '{"a":1}\n' >a
    gives "quern cat a nowhere a" 1 '{"a":1}' "quern-cat: nowhere: No such file or directory"
    gives "quern run 'cat | cat' a nowhere -o made" 1 "" "quern-run: nowhere: No such file or directory"
    [ ! -e made ]
}

@test "a directory is no input" {
    mkdir nothing
    gives "quern cat nothing" 1 "" "quern-cat: nothing: the folder has no files (names that start with a dot do not count)"
    gives "quern cat <." 1 "" "quern-cat: stdin: Is a directory"
}

@test "a read error is status 1" {
    [[ -e /proc/self/mem ]] || skip "no /proc"
    gives "quern cat /proc/self/mem" 1 "" "quern-cat: /proc/self/mem: Input/output error"
}

# ---- compressed input ----

compressors=("zstd -q" gzip bzip2 xz)

@test "compressed input is known by its bytes, several frames are one input" {
    for c in "${compressors[@]}"; do
        { $c -c <text.jsonl; $c -c <text.jsonl; } >two
        cat text.jsonl text.jsonl >expected
        sh "quern cat two"
        [ "$status" = 0 ]
        cmp out expected
        sh "quern cat <two"
        cmp out expected
    done
}

@test "compressed input that is cut short: status 1, behind every whole line before the cut" {
    seq -f '{"n":%.0f,"x":"abcdefghij"}' 100000 >many
    for c in "${compressors[@]}"; do
        $c -c <many >whole
        head -c $(($(stat -c %s whole) * 2 / 3)) whole >cut
        sh "quern cat cut"
        [ "$status" = 1 ]
        is err "quern-cat: cut: the compressed data is cut short"
        head -c "$(stat -c %s out)" many | cmp - out
        lines=$($c -dc <cut 2>/dev/null | tr -cd '\n' | wc -c) || true
        [ "$(wc -l <out)" -ge "$lines" ]
        [ "$lines" -gt 10000 ]
        # read in other pieces the same is written
        for j in 1 8; do (head -c 50000 cut; sleep 0.05; tail -c +50001 cut) | quern cat -j $j 2>/dev/null | cmp - out; done
    done
}

# ends_early SAMPLE: it is done, with all of its output, before the end of the input. Only a filter that depends on the
# order of its input may be.
ends_early() {
    [[ $(class_of "$1") == ORDERED ]] && filter "$1" -q "$(input_of "$1").cut" >early 2>err &&
        filter "$1" -q "$(input_of "$1")" | cmp - early
}

# cut_inputs: what the samples read, compressed, but for the last bytes.
cut_inputs() {
    local input
    for input in *.jsonl; do zstd -q -c "$input" | head -c -4 >"$input.cut"; done
}

@test "every filter: compressed input that is cut short is status 1" {
    cut_inputs
    while read -r sample <&8; do
        ends_early "$sample" && continue
        sh "quern $sample -q $(input_of "$sample").cut"
        [ "$status" = 1 ]
        is err "quern-${sample%% *}: $(input_of "$sample").cut: the compressed data is cut short"
    done 8< <(first_samples)
}

@test "a second frame that is cut short" {
    for c in "${compressors[@]}"; do
        { printf '{"a":1}\n' | $c -c; $c -c <text.jsonl | head -c 8; } >two
        gives "quern cat two" 1 '{"a":1}' "quern-cat: two: the compressed data is cut short"
    done
}

@test "garbage behind a frame is an error behind what the frame holds" {
    for c in "${compressors[@]}"; do
        { printf '{"a":1}\n' | $c -c; echo "garbage garbage garbage garbage"; } >"x.${c%% *}"
    done
    gives "quern cat x.zstd" 1 '{"a":1}' "quern-cat: x.zstd: zstd: Unknown frame descriptor"
    gives "quern cat x.gzip" 1 '{"a":1}' "quern-cat: x.gzip: gzip: incorrect header check"
    gives "quern cat x.bzip2" 1 '{"a":1}' "quern-cat: x.bzip2: bzip2: the compressed data is damaged"
    gives "quern cat x.xz" 1 '{"a":1}' "quern-cat: x.xz: xz: the compressed data is damaged"
}

@test "corrupt data: what could be read before it is written, however it was read" {
    seq -f '{"n":%.0f,"x":"abcdefghij"}' 200000 >many
    for c in "zstd -q" gzip bzip2; do
        $c -c <many >bad
        size=$(stat -c %s bad)
        { head -c $((size * 2 / 3)) bad; printf '\377\377\377\377'; tail -c +$((size * 2 / 3 + 5)) bad; } >x
        mv x bad
        sh "quern cat bad"
        [ "$status" != 0 ]
        [ "$(wc -l <out)" -gt 100000 ]
        mv out first
        (head -c 40000 bad; sleep 0.05; tail -c +40001 bad) | quern cat -j 4 2>/dev/null | cmp - first
    done
}

@test "text that is not in its encoding is a bad record after what could be converted" {
    printf 'one\ntwo\n\xff\n' >bytes
    sh "quern import --format text --encoding GB18030 --source s bytes"
    [ "$status" = 3 ]
    is out '{"id":"s:1","text":"one"}
{"id":"s:2","text":"two"}'
}

# ---- output files ----

@test "every filter: -o to a place that is not there" {
    over_all 1 'quern-FILTER: nowhere/made: No such file or directory' 'quern SAMPLE -q INPUT -o nowhere/made'
}

@test "-o to a directory, and to a file that may not be made" {
    mkdir place locked
    gives "quern cat text.jsonl -o place" 1 "" "quern-cat: place: Is a directory"
    chmod 555 locked
    [[ -w locked ]] && skip "root may write everywhere"
    gives "quern cat text.jsonl -o locked/made" 1 "" "quern-cat: locked/made: Permission denied"
}

@test "every filter: a run that fails leaves nothing behind, and an older file as it was" {
    mkdir made
    echo old >made/there
    cut_inputs
    while read -r sample <&8; do
        ends_early "$sample" && continue
        for made in new there; do
            sh "quern $sample -q $(input_of "$sample").cut -o made/$made"
            [ "$status" = 1 ]
        done
        [ "$(ls -A made)" = there ]
        [ "$(cat made/there)" = old ]
    done 8< <(first_samples)
}

@test "bad data leave no output file behind" {
    mkdir made
    printf '{"id":1}\nx\n' >bad
    sh "quern cat bad -o made/new"
    [ "$status" = 3 ]
    [ -z "$(ls -A made)" ]
}

@test "an output is whole when its name appears" {
    sh "quern cat text.jsonl -o made && cmp made text.jsonl"
    [ "$status" = 0 ]
    sh "quern cat made -o made && cmp made text.jsonl"
    [ "$status" = 0 ]
    sh "quern cat text.jsonl -o made.zst && zstd -dcq made.zst | cmp - text.jsonl"
    [ "$status" = 0 ]
    ln -s made link
    sh "quern cat side.jsonl -o link && cmp made side.jsonl && test -L link"
    [ "$status" = 0 ]
    sh "quern cat </dev/null -o empty.zst && quern cat empty.zst"
    [ "$status" = 0 ]
    is out ""
}

# ends_by SIGNAL STATUS: a run that waits for more input is ended; the folder made must be empty then.
ends_by() {
    mkdir -p made
    mkfifo -m 600 fifo
    # Signals that were ignored when the tests started (nohup; QUIT in the background) would never end it.
    env --default-signal="$1" quern cat -o made/new --on-error quarantine=made/bad fifo &
    pid=$!
    exec 9>fifo
    printf 'x\n{"a":1}\n' >&9
    for _ in {1..3000}; do [[ -n $(ls -A made) ]] && break; sleep 0.01; done
    [ -n "$(ls -A made)" ]
    kill -"$1" $pid
    status=0
    wait $pid || status=$?
    exec 9>&-
    rm fifo
    [ "$status" = "$2" ]
    [ -z "$(ls -A made)" ]
}

@test "a signal leaves nothing behind, whatever else it does" {
    ends_by TERM 143
    ends_by HUP 129
    ends_by INT 130
    ulimit -c 0
    ends_by QUIT 131
    ends_by USR1 138
    ends_by USR2 140
    ends_by ALRM 142
    ends_by XCPU 152
    ends_by XFSZ 153
}

@test "a closed pipe leaves nothing half-made behind" {
    mkdir made
    for trap in "" "trap '' PIPE;"; do
        sh "$trap $no_reader exec quern cat --on-error quarantine=made/bad text.jsonl >&9"
        [ "$status" = 141 ]
        [ -z "$(ls -A made)" ]
    done
}

@test "memory that runs out leaves nothing behind" {
    sanitized && skip "a sanitizer needs the address space"
    mkdir made
    sh "head -c 200000000 /dev/zero | tr '\0' a | (ulimit -v 150000; quern cat -o made/new)"
    [ "$status" = 1 ]
    grep -q '^quern-cat: out of memory: can.t allocate [0-9]* bytes$' err
    [ -z "$(ls -A made)" ]
}

@test "--dry-run makes, and changes, no file" {
    echo old >made
    echo old >bad
    sh "quern cat --dry-run -o made --on-error quarantine=bad --stats counters text.jsonl"
    [ "$status" = 0 ]
    [ "$(cat made)" = old ]
    [ "$(cat bad)" = old ]
    [ ! -e counters ]
    jq -e '.chain[0].filter == "cat" and .run.output == "made"' out
}

@test "a run that can't begin leaves an older quarantine as it was" {
    echo old >bad
    sh "quern cat --on-error quarantine=bad -o nowhere/made text.jsonl"
    [ "$status" = 1 ]
    [ "$(cat bad)" = old ]
}

# ---- size ----

@test "a line of 300 MB goes through in twice its size" {
    sanitized && skip "a sanitizer needs the address space"
    [[ $(awk '/MemAvailable/ { print $2 }' /proc/meminfo) -gt 4000000 ]] || skip "less than 4 GB of memory"
    { printf '{"a":"'; head -c 300000000 /dev/zero | tr '\0' a; printf '"}\n'; } >long
    sh "(ulimit -v 600000; quern cat long) | cmp - long"
    [ "$status" = 0 ]
    is err ""
}

# grows SAMPLE FIRST REST: does the most memory that the sample needs for FIRST and REST exceed what it needs for FIRST by
# half of REST?
grows() {
    eval "'$BUILD/tests/faults/peak' once quern $1 -q -j 1 -o /dev/null $2"
    eval "'$BUILD/tests/faults/peak' more quern $1 -q -j 1 -o /dev/null $2 $3"
    local growth=$((($(<more) - $(<once)) * 1024)) rest
    rest=$(cat $3 | wc -c)
    echo "$1: $(<once) KiB, $growth bytes more for $rest bytes more"
    ((growth >= rest / 2))
}

@test "every filter that need not see all of its input: memory does not grow with it" {
    sanitized && skip "a sanitizer keeps what is freed"
    make_inputs 20000
    while read -r sample <&8; do
        in=$(input_of "$sample")
        if [[ $(class_of "$sample") != ASYNC ]]; then
            ! grows "$sample" "$in" "$in $in $in" || return 1
        else
            # How many blocks are under way while an engine answers is a matter of time, and so is 15 MB of the peak.
            # What grows with the input does so each time.
            in="$in $in $in $in"
            ! grows "$sample" "$in" "$in $in" || ! grows "$sample" "$in" "$in $in" || ! grows "$sample" "$in" "$in $in" ||
                return 1
        fi
    done 8< <(first_samples MAP ASYNC ORDERED)
}
