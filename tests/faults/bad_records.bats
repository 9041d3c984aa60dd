# Bad records: what is said, what is written, what is kept, for every --on-error and any number of threads.
load ../helper
load ../filters

# bad STATUS STDOUT STDERR: what `quern cat in` gives, for several -j.
bad() {
    local j
    for j in 1 2 8; do gives "quern cat -j $j ${options-} in" "$1" "$2" "$3" || return 1; done
}

object=$NOT_A_RECORD

@test "stop: the records before the first bad one, then its message" {
    printf '{"id":1}\n{"id":"b","x":}\nx\n{"id":4}\n' >in
    bad 3 '{"id":1}' 'quern-cat: in:2: id "b": not JSON: byte 15: not a JSON value'
}

@test "skip: every message in order, and the count" {
    printf '{"id":1}\n"b"\n\n{"id":4}\n"a"\n{"id":6,}\n{"id":7}' >in
    options="--on-error skip" bad 0 '{"id":1}
{"id":4}
{"id":7}' "quern-cat: in:2: $object
quern-cat: in:5: $object
quern-cat: in:6: id 6: not JSON: byte 9: expected a member name
quern-cat: 3 of 6 records were bad and were skipped"
}

@test "after ten messages bad records are only counted" {
    printf 'x\n%.0s' {1..15} >in
    echo '{}' >>in
    sh "quern cat --on-error skip in"
    [ "$status" = 0 ]
    is out "{}"
    [ "$(wc -l <err)" = 12 ]
    is <(tail -3 err) "quern-cat: in:10: $object
quern-cat: further bad records are counted but not shown
quern-cat: 15 of 16 records were bad and were skipped"
}

@test "a run in which every record is bad fails" {
    failed='quern-cat: no record was good, so the run has failed'
    printf 'x\ny\n' >in
    sh "quern cat --on-error skip in"
    [ "$status" = 3 ] && is out "" && is <(tail -2 err) "quern-cat: 2 of 2 records were bad and were skipped
$failed"
    sh "quern cat --on-error quarantine=kept -o good in"
    [ "$status" = 3 ] && [ ! -e good ] && [ "$(jq -r .raw kept | paste -sd' ')" = 'x y' ]
    # the text of a filter such as stats is no sign that a record was good
    sh "quern stats --on-error skip in"
    [ "$status" = 3 ] && is <(tail -1 err) "quern-stats: no record was good, so the run has failed"
    # all that came to a later filter
    printf '{"n":1}\n{"n":2,"text":7}\n' >in
    sh "quern run 'select --where n==2 | normalize' --on-error skip in"
    [ "$status" = 3 ] && is <(tail -1 err) "quern-run: no record was good, so the run has failed"
    sh "quern run 'normalize | select --where n==3' --on-error skip in"
    [ "$status" = 3 ]
    printf '{"n":1,"text":"a"}\n{"n":2,"text":7}\n' >in
    sh "quern run 'normalize | select --where n==3' --on-error skip in"
    [ "$status" = 0 ] && is out ""
    # lines that make no record
    printf 'text\n"a"b\n' >in.csv
    sh "quern import --format csv --source s --text text --on-error skip in.csv"
    [ "$status" = 3 ] && is <(tail -1 err) "quern-import: no record was good, so the run has failed"
    gives "quern cat --on-error skip </dev/null" 0 ""
}

@test "a million lines, a bad one far in: all before it is written for every -j" {
    seq -f '{"n":%.0f}' 200000 >many
    sed '150001s/.*/{"n":150001/' many >in
    head -150000 many >expected
    for j in 1 2 8; do
        sh "quern cat -j $j in"
        [ "$status" = 3 ]
        cmp out expected
        is err "quern-cat: in:150001: not JSON: byte 12: expected ',' or '}'$CUT_OFF"
    done
}

@test "a bad record of a later filter stops behind the records before it" {
    seq -f '{"id":%.0f,"text":"a"}' 50000 >many
    sed -e '40001s/"a"/5/' -e '40003s/.*/x/' many >in
    for j in 1 2 8; do
        sh "quern run -j $j 'cat | normalize | segment' in"
        [ "$status" = 3 ]
        [ "$(wc -l <out)" = 40000 ]
        is err 'quern-normalize: in:40001: id 40001: text: expected a string, found a number'
    done
}

@test "bad records of several filters come in the order of the input" {
    for i in {1..6000}; do printf 'x\n{}\n{"text":"%d"}\n' $i; done >in
    sh "quern run 'normalize | segment' --on-error skip in"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 6000 ]
    is <(head -3 err) "quern-normalize: in:1: $object
quern-normalize: in:2: text: missing (--field NAME works on another member); the record has no members
quern-normalize: in:4: $object"
    sh "quern normalize --on-error quarantine=kept -q in"
    awk '{ print "{\"line\":" NR (NR % 3 == 1 ? ",\"raw\":\"x\"}" : ",\"raw\":\"{}\"}") }' in | awk 'NR % 3' >expected
    jq -c '{line, raw}' kept | cmp - expected
}

@test "lines are counted by file" {
    printf '{"a":1}\n\nx\n' >one
    printf 'x\n{"a":2}\n' >two
    gives "quern cat --on-error skip one two - <one" 0 '{"a":1}
{"a":2}
{"a":1}' "quern-cat: one:3: $object
quern-cat: two:1: $object
quern-cat: stdin:3: $object
quern-cat: 3 of 6 records were bad and were skipped"
}

# ---- quarantine ----

@test "quarantine: position, filter, id, reason and the line" {
    printf '{"id":"a","text":"x"}\n{"id":7,"text":5}\n{"text":null}\n' >in
    gives "quern normalize --on-error quarantine=kept in" 0 '{"id":"a","text":"x"}' \
        'quern-normalize: in:2: id 7: text: expected a string, found a number
quern-normalize: in:3: text: expected a string, found null
quern-normalize: 2 of 3 records were bad and went to the quarantine file'
    is kept '{"file":"in","line":2,"stage":"normalize","id":7,"error":"text: expected a string, found a number","raw":"{\"id\":7,\"text\":5}"}
{"file":"in","line":3,"stage":"normalize","error":"text: expected a string, found null","raw":"{\"text\":null}"}'
    gives "quern import --format quarantine kept" 0 '{"id":7,"text":5}
{"text":null}'
}

@test "quarantine: what is not UTF-8 is kept byte for byte" {
    printf '{"id":1,"x":"\xff\xfe"}\n{"id":2}\n\x80\n{"id":"\xed\xa0\x80"}\n' >in
    gives "quern cat --on-error quarantine=kept in" 0 '{"id":2}' 'quern-cat: in:1: id 1: not JSON: byte 14: not UTF-8
quern-cat: in:3: '"$NOT_A_RECORD"'
quern-cat: in:4: not JSON: byte 8: not UTF-8
quern-cat: 3 of 4 records were bad and went to the quarantine file'
    jq -e -s 'length == 3 and all(has("raw_base64") and (has("raw") | not))' kept
    for i in 1 2 3; do jq -r .raw_base64 kept | sed -n ${i}p | base64 -d | cat - <(echo); done >back
    cmp back <(sed 2d in)
    sh "quern import --format quarantine --on-error quarantine=again kept"
    [ "$status" = 3 ]
    is <(head -1 err) "quern-import: kept:1: in:1: not JSON: byte 14: not UTF-8"
    cmp <(jq -c .raw_base64 kept) <(jq -c .raw_base64 again)
}

@test "quarantine: lengths of base64" {
    printf '\xff\n\xffa\n\xffab\n\xffabc\n' >in
    sh "quern cat --on-error quarantine=kept -q in"
    is <(jq -r .raw_base64 kept) $'/w==\n/2E=\n/2Fi\n/2FiYw=='
}

@test "quarantine: compressed, empty, and unwritable" {
    printf 'x\n{"a":1}\n' >in
    sh "quern cat --on-error quarantine=kept.zst in && zstd -dcq kept.zst | jq -r .raw"
    [ "$status" = 0 ]
    is out $'{"a":1}\nx'
    gives "quern cat --on-error quarantine=none </dev/null && cat none" 0 ""
    gives "quern cat --on-error quarantine=nowhere/kept in" 1 "" "quern-cat: nowhere/kept: No such file or directory"
    printf '{"a":1}\nx\n' >in
    gives "quern cat --on-error quarantine=/dev/full in" 1 '{"a":1}' "quern-cat: /dev/full: write: No space left on device"
}

@test "quarantine is kept where the run fails later" {
    printf 'x\n{"a":1}\n' >in
    sh "quern cat --on-error quarantine=kept in nowhere"
    [ "$status" = 1 ]
    [ "$(jq -r .raw kept)" = x ]
}

# ---- bounds on the number ----

@test "--max-errors N" {
    printf 'x\n{"a":1}\nx\n{"a":2}\n' >in
    options="--on-error skip --max-errors 2" bad 0 $'{"a":1}\n{"a":2}' "quern-cat: in:1: $object
quern-cat: in:3: $object
quern-cat: 2 of 4 records were bad and were skipped"
    sh "quern cat --on-error skip --max-errors 1 in"
    [ "$status" = 3 ]
    is err "quern-cat: in:1: $object
quern-cat: in:3: $object
quern-cat: more than 1 bad records (--max-errors)"
    sh "quern cat --on-error skip --max-errors 0 in -o made"
    [ "$status" = 3 ]
    [ ! -e made ]
}

@test "--max-errors P%" {
    for i in {1..199}; do echo '{"a":1}'; done >in
    echo x >>in
    gives "quern cat --check --on-error skip --max-errors 0.5% in" 0 "" "quern-cat: in:200: $object
quern-cat: 1 of 200 records were bad and were skipped"
    gives "quern cat --check --on-error skip --max-errors 0.49% in" 3 "" "quern-cat: in:200: $object
quern-cat: 1 of 200 records were bad and were skipped
quern-cat: that is more than --max-errors allows"
    gives "quern cat --check --on-error skip --max-errors 100% in" 0 "" "quern-cat: in:200: $object
quern-cat: 1 of 200 records were bad and were skipped"
}

@test "values of --on-error and --max-errors that are none" {
    for bound in "" % .% 1.2.3% -1 1e3 x 5%% 0.00000000000000000000000000000000000000000000000000000000000000000001%; do
        sh "quern cat --on-error skip --max-errors '$bound' </dev/null"
        [ "$status" = 2 ]
        is err "quern-cat: --max-errors: expected a count or a share such as 0.5%, found \"$bound\""
    done
    for what in "" Stop quarantine quarantine= skip=x; do
        sh "quern cat --on-error '$what' </dev/null"
        [ "$status" = 2 ]
        is err "quern-cat: --on-error: expected stop, skip or quarantine=FILE, found \"$what\""
    done
}

# ---- lines ----

long() { printf '{"a":"%0*d"}' $(($1 - 8)) 0; }

@test "--max-line: stop" {
    { echo '{"b":1}'; long 100; echo; echo '{"b":2}'; } >in
    options="--max-line 100" bad 0 "$(cat in)" ""
    options="--max-line 99" bad 3 '{"b":1}' "quern-cat: in:2: the line is longer than --max-line 99 bytes"
}

@test "--max-line: skip; every line counts as one" {
    { echo '{"b":1}'; long 101; echo; echo '{"b":2}'; long 400000; echo; echo '{"b":3}'; long 400000; } >in
    options="--max-line 100 --on-error skip" bad 0 $'{"b":1}\n{"b":2}\n{"b":3}' \
        "quern-cat: in:2: the line is longer than --max-line 100 bytes
quern-cat: in:4: the line is longer than --max-line 100 bytes
quern-cat: in:6: the line is longer than --max-line 100 bytes
quern-cat: 3 of 6 records were bad and were skipped"
}

@test "--max-line: quarantine keeps the first bytes, wherever the line stands" {
    { seq -f '{"n":%.0f}' 40000; long 300; echo; long 400000; echo; } >in
    for j in 1 8; do
        sh "quern cat -j $j --max-line 100 --on-error quarantine=kept.$j -q in >rest && wc -l <rest"
        is out 40000
    done
    (head -c 488994; sleep 0.05; cat) <in | quern cat --max-line 100 --on-error quarantine=kept.pipe -q >rest 2>err
    is <(jq -c '[.line, (.raw | length)]' kept.1) $'[40001,100]\n[40002,100]'
    cmp kept.1 kept.8
    cmp <(sed 's/"file":"in"/"file":"stdin"/' kept.1) kept.pipe
}

@test "a NUL byte is no end of a line" {
    printf '{"a":"x\0y"}\n{"a":1}\0\n\0\n{"a":2}\n' >in
    options="--on-error skip" bad 0 '{"a":2}' "quern-cat: in:1: not JSON: byte 8: unescaped control character in a string
quern-cat: in:2: not JSON: byte 8: unexpected text after the record
quern-cat: in:3: $object
quern-cat: 3 of 4 records were bad and were skipped"
    sh "quern cat --on-error quarantine=kept -q in"
    is <(jq -r .raw kept | tr '\0' 0 | head -3) $'{"a":"x0y"}\n{"a":1}0\n0'
}

nest() { printf '{"a":'; printf '[%.0s' $(seq $1); printf ']%.0s' $(seq $1); printf '}\n'; }

@test "--max-depth" {
    nest 1023 >in
    options="" bad 0 "$(cat in)" ""
    nest 1024 >in
    options="" bad 3 "" "quern-cat: in:1: not JSON: byte 1029: nested deeper than --max-depth allows"
    options="--max-depth 1025" bad 0 "$(cat in)" ""
    nest 65535 >in
    sh "quern cat --max-depth 65536 in | cmp - in"
    [ "$status" = 0 ]
    nest 1 >in
    options="--max-depth 1" bad 3 "" "quern-cat: in:1: not JSON: byte 6: nested deeper than --max-depth allows"
    gives "quern cat --max-depth 65537 in" 2 "" 'quern-cat: --max-depth: expected 1 to 65536, found "65537"
Try "quern-cat --help".'
}

@test "a record of a hundred thousand open brackets is refused quickly" {
    { printf '{"a":'; head -c 10000000 /dev/zero | tr '\0' '['; } >in
    options="" bad 3 "" "quern-cat: in:1: not JSON: byte 1029: nested deeper than --max-depth allows"
}

# ---- every filter ----

@test "every filter that reads records: a line that is none" {
    make_inputs 5
    while read -r sample <&8; do
        has "$sample" lines && continue
        sh "{ head -2 $(input_of "$sample"); echo '{\"id\":\"q\",\"text\":'; } | quern $sample -q"
        [ "$status" = 3 ] || { echo "$sample: $status"; return 1; }
        is err "quern-${sample%% *}: stdin:3: id \"q\": not JSON: byte 18: expected a value, found the end$CUT_OFF"
    done 8< <(samples)
}

@test "every filter: --on-error skip gives what the good records alone give" {
    make_inputs 30
    while read -r sample <&8; do
        has "$sample" lines && continue
        sed -e '3i x' -e '10i {"id":"\xff"}' -e '20i [1]' "$(input_of "$sample")" >mixed
        filter "$sample" -q "$(input_of "$sample")" >alone
        for j in 1 2 8; do
            filter "$sample" -q --on-error skip -j $j mixed >with 2>err || { echo "$sample"; cat err; return 1; }
            cmp alone with || { echo "$sample"; return 1; }
        done
    done 8< <(samples)
}

@test "--max-errors N ends the output before the record that is one too many, however the input is cut" {
    for i in {1..2000}; do printf '{"id":%d}\n' "$i"; [[ $i != 500 && $i != 900 && $i != 1200 ]] || echo '{'; done >in
    sh "quern cat --on-error skip --max-errors 2 in"
    [ "$status" = 3 ]
    is <(tail -1 out) '{"id":1200}'
    sh "for i in {1..40}; do sed -n \"\$((i * 51 - 50)),\$((i * 51))p\" in; sleep 0.002; done | quern cat --on-error skip --max-errors 2 -j 3"
    [ "$status" = 3 ]
    is <(tail -1 out) '{"id":1200}'
}
