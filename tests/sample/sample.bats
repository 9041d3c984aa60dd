# An exact number of records, or a share of them, chosen by their roots.
load ../helper

# records COUNT: several blocks, ids and labels; every third is a window of another record.
records() {
    awk -v count="$1" 'BEGIN {
        pad = sprintf("%90s", "")
        gsub(/ /, "x", pad)
        for (i = 1; i <= count; i++) {
            root = i % 3 == 0 ? ",\"root\":\"r" i % 1000 "\"" : ""
            print "{\"id\":\"r" i "\"" root ",\"label\":\"" i % 7 "\",\"text\":\"" pad "\"}"
        }
    }'
}

# part_of PART WHOLE: every line of the part is in the whole, as often and in that order.
part_of() {
    diff "$2" "$1" | grep -c '^>' | grep -qx 0
}

# ---- an exact number ----

@test "fewer records than were asked for" {
    printf '{"id":%d,"label":%d}\n' 1 7 2 7 3 8 >in
    gives "quern sample -n 4 --stats stats in | wc -l" 0 3 'quern-sample: there are only 3 records, not 4'
    grep -q '"small_groups":1' stats
    gives "quern sample -n 2 --by label -j 2 in | wc -l" 0 3 'quern-sample: 1 of 2 values of label has fewer than 2 records'
    gives "quern sample -n 3 in | wc -l" 0 3
}

@test "exactly N records, in the order of the input, for any number of threads" {
    records 20000 >in
    for n in 0 1 2 700 19999 20000 20001; do
        quern sample -n $n in >expected
        [ "$(wc -l <expected)" = $((n < 20000 ? n : 20000)) ]
        part_of expected in
        for j in 2 8; do quern sample -n $n -j $j in | cmp - expected; done
    done
    quern sample -n 20001 in | cmp - in
    gives "quern sample -n 5 </dev/null" 0 ""
}

@test "a file is read twice, a pipe goes through a spool, and so does what another filter writes" {
    records 20000 >in
    quern sample -n 300 in >expected
    zstd -q in
    for j in 1 4; do
        quern sample -n 300 -j $j <in | cmp - expected
        quern sample -n 300 -j $j in.zst | cmp - expected
        cat in | quern sample -n 300 -j $j | cmp - expected
        cat in | quern sample -n 300 -j $j - /dev/null | cmp - expected
        quern run 'cat | sample -n 300 | cat' -j $j in | cmp - expected
        quern run 'head -n 20000 | sample -n 300' -j $j in | cmp - expected
    done
    # standard input is read again from where it stood
    tail -n +2 in | quern sample -n 19000 >expected
    { read -r _ && quern sample -n 19000; } <in | cmp - expected
}

@test "samples are nested, twice in a chain too" {
    records 20000 >in
    quern sample -n 2000 in >large
    quern sample -n 500 in >small
    part_of small large
    quern run 'sample -n 2000 | sample -n 500' in | cmp - small
    quern run 'sample -n 2000 | sample -n 500' in -j 4 | cmp - small
    cat in | quern run 'cat | sample -n 2000 | cat | sample -n 500' -j 4 | cmp - small
    # not with another seed or salt
    for other in "--seed 1" "--salt x"; do
        quern sample -n 500 $other in >got
        [ "$(grep -cFxf small got)" -lt 60 ]
    done
}

@test "the same records for any order of the input" {
    records 20000 >in
    for options in "-n 700" "-n 30 --by label" "--share 0.1"; do
        quern sample $options in | sort >expected
        for order in tac sort "sort -R"; do $order in | quern sample $options -j 2 | sort | cmp - expected; done
    done
}

@test "over shards: keys, merge and --limits choose the same records" {
    records 20000 >in
    for options in "-n 700" "-n 30 --by label" "-n 0" "-n 30000"; do
        by=$(grep -o -- '--by label' <<<"$options") || true
        quern sample $options in >expected
        for shards in 3 7; do
            rm -f shard.* keys.*
            split -n "l/$shards" -d in shard.
            for shard in shard.*; do quern sample keys $options "$shard" >"keys.${shard#shard.}"; done
            quern sample merge ${options% --by*} keys.* >limits
            for shard in shard.*; do quern sample --limits limits $by "$shard"; done | cmp - expected
            quern sample merge ${options% --by*} -j 3 $(ls -r keys.*) | cmp - limits
        done
    done
    # and the keys are the same for any number of threads
    quern sample keys -n 30 --by label in >expected
    for j in 2 8; do quern sample keys -n 30 --by label -j $j in | cmp - expected; done
    tac in | quern sample keys -n 30 --by label | cmp - expected
    [ "$(wc -l <expected)" = $((7 * 31)) ]
}

@test "--by: N records of each value" {
    records 20000 >in
    quern sample -n 30 --by label in >got
    part_of got in
    is <(jq -r .label got | sort | uniq -c | awk '{ print $1 }' | sort -u) 30
    for label in {0..6}; do
        jq -c "select(.label == \"$label\")" in | quern sample -n 30 >expected
        jq -c "select(.label == \"$label\")" got | cmp - expected
    done
    # one value however it is escaped; 1, "1" and true are three
    printf '%s\n' '{"id":1,"k":"a"}' '{"id":2,"k":"\u0061"}' '{"id":3,"k":1}' '{"id":4,"k":"1"}' '{"id":5,"k":true}' >in
    [ "$(quern sample -n 1 --by k in | wc -l)" = 4 ]
    gives "quern sample -n 1 --by k <<<'{\"id\":1,\"k\":[1]}'" 3 "" \
        "quern-sample: stdin:1: id 1: k: expected a string, a number or a boolean, found an array"
    gives "quern sample -n 1 --by k <<<'{\"id\":1}'" 3 "" "quern-sample: stdin:1: id 1: k: missing; the record has id"
}

@test "equal records are counted one by one" {
    for copies in 2 5 1000; do
        for _ in $(seq $copies); do printf '{"id":1}\n{"id":2}\n{"text":"a"}\n'; done >in
        for n in 0 1 2 $((copies - 1)) $copies $((copies + 1)) $((3 * copies - 1)) $((3 * copies)); do
            [ "$(quern sample -n $n in | wc -l)" = $n ]
            [ "$(quern sample -n $n -j 4 <in | wc -l)" = $n ]
            [ "$(cat in | quern sample -n $n | wc -l)" = $n ]
            quern sample keys -n $n in | quern sample merge -n $n >limits
            [ "$(quern sample --limits limits in | wc -l)" = $n ]
        done
    done
}

# ---- who decides ----

# Three of every four records are made of another one: by windows, by augmentation, by both.
families() {
    awk 'BEGIN { for (i = 1; i <= 3000; i++) {
        print "{\"id\":\"d" i "\"}"
        print "{\"id\":\"d" i "#w0\",\"parent\":\"d" i "\",\"root\":\"d" i "\"}"
        print "{\"id\":\"d" i "#sr1\",\"parent\":\"d" i "\",\"root\":\"d" i "\",\"epoch\":3}"
        print "{\"id\":\"d" i "#sr1#w1\",\"parent\":\"d" i "#sr1\",\"root\":\"d" i "\"}"
    } }'
}

# of_whole_families COMMAND: all four records of a root are in the sample, or none; it prints how many roots are.
of_whole_families() {
    sh "$1 | jq -r '.root // .id' | sort | uniq -c | awk '{ print \$1 }' | sort | uniq -c"
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 1 ]
    awk '$2 != 4 { exit 1 } { print $1 }' out
}

@test "the root decides: a record and all that was made of it go together" {
    families | sort -R >in
    roots=$(of_whole_families "quern sample --share 0.3 in")
    awk -v n="$roots" 'BEGIN { sigma = sqrt(3000 * 0.3 * 0.7); exit n < 900 - 5 * sigma || n > 900 + 5 * sigma }'
    [ "$(of_whole_families "quern sample -n 2000 in")" = 500 ]
    [ "$(of_whole_families "quern sample -n 2000 -j 4 <in")" = 500 ]
    quern sample -n 2002 in >got
    [ "$(wc -l <got)" = 2002 ]
    [ "$(jq -r '.root // .id' got | sort -u | wc -l)" = 501 ]
}

@test "windows go with their document" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b >vocab.txt
    for i in {1..400}; do printf '{"id":%d,"text":"%s"}\n' $i "$(printf 'a b %.0s' {1..10})"; done |
        quern tokenize -m vocab.txt --max-length 8 --overflow split -o in
    [ "$(jq -r .root in | sort | uniq -c | awk '{ print $1 }' | sort -u)" = 4 ]
    of_whole_families "quern sample --share 0.5 in"
    [ "$(of_whole_families "quern sample -n 200 in")" = 50 ]
}

@test "a record without id goes by its text, or by the member that --field names" {
    for i in {1..2000}; do printf '{"text":"t%d"}\n' $i; done >in
    sed 's/"text"/"body"/' in >bodies
    for options in "-n 50" "--share 0.1"; do
        quern sample $options in >expected
        quern sample $options --field body bodies | sed 's/"body"/"text"/' | cmp - expected
        gives "quern sample $options bodies" 3 "" "quern-sample: bodies:1: id: missing, and there is no text to stand in for it (\"quern import\" writes it); the record has body"
    done
}

# ---- statistics ----

# frequencies OPTIONS SEEDS: of 1000 records, in how many of the samples each was.
frequencies() {
    local seed
    for ((seed = 1; seed <= $2; seed++)); do quern sample $1 --seed $seed in; done |
        awk -F'[":}]+' '{ count[$3]++ } END { for (i = 1; i <= 1000; i++) print count[i] + 0 }'
}

# even P SEEDS: chi-square of what frequencies prints, within the bounds for p < 1e-6 (Wilson and Hilferty).
even() {
    awk -v p="$1" -v seeds="$2" '{ chi += ($1 - seeds * p) ^ 2 / (seeds * p * (1 - p)); n++ }
        END { spread = 4.9 * sqrt(2 / (9 * n)); middle = 1 - 2 / (9 * n)
              printf "%d records: chi-square %.0f\n", n, chi
              exit n != 1000 || chi < n * (middle - spread) ^ 3 || chi > n * (middle + spread) ^ 3 }'
}

@test "over many seeds every record is chosen as often as the others" {
    for i in {1..1000}; do printf '{"id":%d}\n' $i; done >in
    frequencies "--share 0.3" 150 | even 0.3 150
    frequencies "-n 250" 150 | even 0.25 150
}

@test "--share: how many records there are is binomial" {
    for i in {1..20000}; do printf '{"id":%d}\n' $i; done >in
    for share in 0.001 0.25 0.5 0.9; do
        for seed in 1 2 3 4 5; do
            quern sample --share $share --seed $seed in | wc -l
        done | awk -v p=$share '{ d = $1 - 20000 * p; s = 5.2 * sqrt(20000 * p * (1 - p)) + 1; bad += d > s || d < -s }
            END { exit NR != 5 || bad }'
    done
    gives "quern sample --share 0 in" 0 ""
    quern sample --share 1 in | cmp - in
    # a larger share has all that a smaller one has
    quern sample --share 0.2 in >small
    quern sample --share 0.3 in >large
    part_of small large
}

# ---- bad records, files, spools ----

@test "bad records are told and kept once, with their lines, in both ways of taking two passes" {
    records 5000 | awk 'NR == 40 || NR == 4000 { print "x" } NR == 3000 { print "{\"id\":[]}" } { print }' >in
    records 5000 | quern sample -n 100 >expected
    for j in 1 4; do
        for way in "in" "- <in" "- < <(cat in)"; do
            rm -f kept
            sh "quern sample -n 100 -j $j --on-error quarantine=kept --stats counters $way"
            [ "$status" = 0 ]
            cmp out expected
            is <(jq .line kept) $'40\n3001\n4002'
            [ "$(grep -c ': expected a record, \|: id: expected a string or a number' err)" = 3 ]
            is <(jq -c '[.in, .out, .skipped, .filters[0].in, .filters[0].out]' counters) '[5003,100,3,5001,100]'
        done
        sh "quern run 'cat | sample -n 100' -j $j --on-error skip --stats counters in"
        cmp out expected
        is <(tail -1 err) "quern-run: 3 of 5003 records were bad and were skipped"
        is <(jq -c '[.in, .out, .skipped, (.filters[] | .in, .out)]' counters) '[5003,100,3,5001,5001,5001,100]'
    done
    gives "quern sample -n 3 in" 3 "" "quern-sample: in:40: $NOT_A_RECORD"
}

@test "what comes after it reports the file and line of before the spool" {
    records 3000 | sed '2500s/"text":"x*"/"text":5/' >in
    for way in in "- < <(cat in)"; do
        sh "quern run 'sample -n 3000 | normalize' $way"
        [ "$status" = 3 ]
        [ "$(wc -l <out)" = 2499 ]
        is err "quern-normalize: ${way%% *}:2500: id \"r2500\": text: expected a string, found a number" ||
            is err "quern-normalize: stdin:2500: id \"r2500\": text: expected a string, found a number"
    done
}

@test "a file that changes between the passes is an error" {
    [[ -e /proc/self/fd ]] || skip "no /proc"
    records 1000 | sed '3s/.*/x/' >in
    # The message about line 3 waits for room in the pipe, until the file has become longer.
    mkfifo pipe
    exec 7<>pipe
    head -c 65536 /dev/zero >&7
    quern sample -n 3 --on-error skip in >out 2>pipe &
    pid=$!
    for _ in {1..3000}; do ls -l /proc/$pid/fd 2>/dev/null | grep -q '/in$' && break; sleep 0.01; done
    echo '{"id":"new"}' >>in
    (cat pipe | tr -d '\0' >err) 7>&- &
    reader=$!
    exec 7>&-
    status=0
    wait $pid || status=$?
    wait $reader
    [ "$status" = 1 ]
    is out ""
    is <(tail -1 err) "quern-sample: in: the file has changed between the two passes over it"
}

@test "--max-spool and --temp-dir" {
    records 5000 >in
    gives "cat in | quern sample -n 3 --max-spool 1K" 1 "" \
        "quern-sample: the temporary file for the second pass would be longer than --max-spool 1024 bytes; give the input as a file, which can be read twice, or a larger --max-spool"
    sh "quern sample -n 3 --max-spool 1K in"
    [ "$status" = 0 ]
    sh "cat in | quern sample -n 3 --temp-dir nowhere"
    [ "$status" = 1 ]
    is err 'quern-sample: --temp-dir nowhere: No such file or directory'
    mkdir here
    cat in | quern sample -n 3 --temp-dir here >out
    [ -z "$(ls -A here)" ]
}

# ---- wrong uses ----

@test "usage errors" {
    records 10 >in
    wrong() { gives "quern sample $1" 2 "" "quern-sample: $2"$'\nTry "quern-sample --help".'; }
    gives "quern sample in" 2 "" "quern-sample: expected --count N, --share P or --limits FILE"
    wrong "-n 3 --share 0.5 in" "--count does not go with --share"
    wrong "-n 3 --limits in in" "--limits does not go with --count"
    wrong "--share 0.5 --by label in" "--by goes only with --count, or --limits"
    for share in 1.5 -1 half; do
        wrong "--share $share in" "--share: expected a share from 0 to 1 with at most 18 decimals, found \"$share\""
    done
    wrong "-n -1 in" '--count: expected 0 to 2147483647, found "-1"'
    wrong "keys in" "--count N is required: the size of the sample"
    wrong "merge in" "--count N is required: the size of the sample"
    wrong "keys -n 3 --share 1 in" 'unknown option "--share"'
    gives "quern sample --limits nowhere in" 1 "" "quern-sample: nowhere: No such file or directory"
}

@test "keys and limits that do not belong to the run" {
    records 50 >in
    quern sample keys -n 2 --by label in | tee keys | quern sample merge -n 2 >grouped
    quern sample keys -n 2 in | quern sample merge -n 2 >single
    : >none
    bad() { gives "$1" 3 "" "quern-sample: $2"; }
    bad "quern sample --limits grouped in" \
        'grouped:1: by: this is the limit of one group; give --by, as you did to "sample keys"'
    bad "quern sample --limits single --by label in" 'single:1: by: missing; "sample keys" was not given --by'
    bad "quern sample --limits none in" \
        'in:1: id "r1": there is no limit in none (--limits), which was made from shards without records'
    bad "quern sample --limits grouped --by label <<<'{\"id\":1,\"label\":\"new\"}'" \
        'stdin:1: id 1: label: no limit for "new" in grouped (--limits)'
    cat single single >twice
    bad "quern sample --limits twice in" \
        'twice:2: a second limit of the same group; is this the output of "sample merge"?'
    bad "quern sample --limits in in" 'in:1: not a record of "quern sample keys" or "quern sample merge": key: missing; the record has id, label, text'
    bad "quern sample merge -n 2 in" 'in:1: id "r1": not a record of "quern sample keys" or "quern sample merge": key: missing; the record has id, label, text'
    bad "quern sample merge -n 3 keys" \
        "keys:1: size: these keys are for samples of at most 2 records, not of 3 (--count)"
    [ "$(quern sample merge -n 1 keys | jq -c '[.by, .count, .size]' | head -n 1)" = '["0",1,1]' ]
    bad "sed 's/\"count\":1/\"count\":2/' keys | quern sample merge -n 2" \
        'stdin:1: count: expected 1, as in the output of "sample keys"'
    bad "sed 's/\"key\":\"./\"key\":\"g/' keys | quern sample merge -n 2" \
        'stdin:1: key: expected 96 hexadecimal digits, as "sample keys" writes them'
}
