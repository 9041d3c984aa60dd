# The same bytes for any number of shards and threads, in one process or in a pipeline, compressed or not.
load ../helper
load ../filters

# Several blocks of 256 KiB, so that threads have something to share.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PATH=${BUILD:-$BATS_TEST_DIRNAME/../../build}/bin:$PATH
    make_inputs 4000
    zstd -q -- *.jsonl
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

sum() { sha256sum | cut -c1-64; }

# same NAME FILE: the file is the reference, byte for byte.
same() {
    cmp "$2" reference && return 0
    echo "differs: $1"
    return 1
}

# same_in_shards IN COMMAND: 5 contiguous shards, and 3 that take the lines in turn.
same_in_shards() {
    local shard
    rm -f shard.*
    split -n l/5 -d "$1" shard.
    for shard in shard.*; do bash -c "$2" <"$shard" || return 1; done >got
    same "contiguous shards: $2" got || return 1
    rm -f shard.*
    split -n r/3 -d "$1" shard.
    for shard in shard.*; do bash -c "$2" <"$shard" || return 1; done | sort >got
    sort reference | cmp - got || { echo "differs: lines in turn: $2"; return 1; }
}

# same_for_threads SAMPLE WORD...: -j 1, 2 and 8, or $threads; the last word is the input.
same_for_threads() {
    local j
    for j in ${threads:-1 2 8}; do
        filter "${@:1:$#-1}" -j $j "${@: -1}" >got
        same "-j $j: $*" got || return 1
    done
}

# However a sample is run, it gives the reference.
same_however_run() { # SAMPLE INPUT
    local sample=$1 in=$2
    same_for_threads "$sample" -q "$in" || return 1
    threads=8 same_for_threads "$sample" -q "$in.zst" || return 1
    threads=5 same_for_threads run "$sample" -q "$in" || return 1
    filter "$sample" -q -j 3 "$in" -o got.zst
    zstd -dcq got.zst >got
    same "-o .zst: $sample" got || return 1
    { head -n 100 "$in"; tail -n +101 "$in" | zstd -q -c | quern cat; } | filter "$sample" -q -j 4 >got
    same "from a pipe: $sample" got || return 1
    (eval "env -i TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 LANG=zh_CN '$BUILD/bin/quern' $sample -q '$in'") >got
    same "in another environment: $sample" got
}

@test "every filter" {
    while read -r sample <&8; do
        in=$(input_of "$sample")
        filter "$sample" -q <"$in" >reference
        [ -s reference ]
        same_however_run "$sample" "$in" || return 1
    done 8< <(samples)
}

@test "every filter that takes a record for itself: the same in shards" {
    while read -r sample <&8; do
        has "$sample" lines && continue
        in=$(input_of "$sample")
        filter "$sample" <"$in" >reference
        same_in_shards "$in" "quern $sample" || return 1
    done 8< <(samples MAP ASYNC)
}

@test "input that comes byte by byte" {
    { printf '\xef\xbb\xbf'; head -n 40 text.jsonl; printf '{"id":"last","text":"no newline"}'; } >slow
    quern cat slow >reference
    perl -e '$/ = \1; while (<STDIN>) { syswrite STDOUT, $_ }' <slow | quern cat -j 3 >got
    same "bytes" got
    zstd -q -c slow | perl -e '$/ = \1; while (<STDIN>) { syswrite STDOUT, $_ }' | quern cat >got
    same "compressed bytes" got
}

@test "compressed output is a function of the text alone" {
    quern cat -j 1 tokens.jsonl -o one.zst
    for j in 2 8; do
        quern cat -j $j tokens.jsonl -o two.zst
        cmp one.zst two.zst
    done
    (head -c 100001 tokens.jsonl; sleep 0.05; tail -c +100002 tokens.jsonl) | quern cat -o two.zst
    cmp one.zst two.zst
    zstd -dcq one.zst | cmp - tokens.jsonl
    [ "$(zstd -lv one.zst 2>&1 | sed -n 's/^Number of data frames: *//p; s/^# Zstandard Frames: *//p')" -gt 1 ]
}

# chain IN FILTER...: the filters as a shell pipeline against all other ways to run them.
chain() {
    local in=$1 shell fused
    shift
    shell="quern $1" fused=$1
    for filter in "${@:2}"; do shell+=" | quern $filter" fused+=" | $filter"; done
    bash -o pipefail -c "$shell" <"$in" >reference
    [ -s reference ]
    same_for_threads run "$fused" "$in" || return 1
    same_in_shards "$in" "quern run '$fused'" || return 1
}

@test "text to masks" {
    chain text.jsonl "normalize --form nfkc --case fold --space collapse" segment "tokenize -m vocab.txt" \
        "mask -m vocab.txt --unit word --seed 7 --copies 3"
}

@test "import to tokens, members joined" {
    chain text.jsonl "import --format jsonl --text text --id id --label label" "join --with side.jsonl --on id" \
        "normalize --strip-accents --width half" cat "tokenize -m vocab.txt --max-length 9"
}

@test "what a filter makes stale is dropped alike" {
    chain tokens.jsonl "normalize --form nfkd --case lower --drop-stale" segment "normalize --form nfc --drop-stale" \
        "tokenize -m vocab.txt" cat
}

# ends_early SAMPLE: does it end well before it has seen a line at the end that is no record?
ends_early() {
    { cat "$(input_of "$1")"; echo x; } | filter "$1" -q >/dev/null 2>&1
}

# one_of_each_kind: a sample of each kind of filter, as far as there are any: MAP; ORDERED that ends early, and that
# does not; WHOLE; one that writes text.
one_of_each_kind() {
    local sample kind
    echo cat
    while read -r sample <&7; do
        has "$sample" lines && continue
        kind=$(class_of "$sample")
        [[ $kind != ORDERED ]] || ! ends_early "$sample" || kind=early
        has "$sample" text && kind=text
        echo "$kind:$sample"
    done 7< <(samples ORDERED WHOLE) | sort -t: -uk1,1 | cut -d: -f2-
}

# fused FIRST SECOND: in one process the same as in two. That the first writes no text and the second reads records is
# seen to; a record that the second can't take is skipped.
fused() {
    if has "$1" text || has "$2" lines; then return 0; fi
    head -n 300 "$(input_of "$1")" >some
    local first second stale
    drop_stale "$1" && first=$stale
    drop_stale "$2" && second=$stale
    filter "$1" ${first:+"$first"} --on-error skip -q some 2>/dev/null |
        { filter "$2" ${second:+"$second"} --on-error skip -q 2>/dev/null && cat >/dev/null; } >reference
    # 3: a filter found no good record
    quern run "$1 $first | $2 $second" --on-error skip -q -j 2 some >got 2>/dev/null || [ $? = 3 ] || return 1
    same "$1 | $2" got
}

@test "every filter before and after one of each kind, fused and by the shell" {
    mapfile -t kinds < <(one_of_each_kind)
    [ "${#kinds[@]}" -ge 2 ]
    while read -r sample <&8; do
        for other in "${kinds[@]}"; do
            fused "$sample" "$other" || { echo "$sample | $other"; return 1; }
            fused "$other" "$sample" || { echo "$other | $sample"; return 1; }
        done
    done 8< <(first_samples)
}

@test "segmentations that are drawn, and merges that are left out" {
    quern train -q --type unigram --vocab-size 90 text.jsonl -o unigram.json
    quern train -q --type bpe --vocab-size 400 text.jsonl -o bpe.json
    for options in "-m unigram.json --nbest-size -1" "-m unigram.json --nbest-size 20 --alpha 0.5 --seed 3" \
        "-m bpe.json --dropout 0.3"; do
        quern tokenize $options text.jsonl >reference
        quern tokenize ${options%% --*} text.jsonl | cmp -s - reference && return 1
        same_in_shards text.jsonl "quern tokenize $options" || return 1
        same_for_threads "tokenize $options" text.jsonl || return 1
        same_for_threads run "tokenize $options" text.jsonl || return 1
    done
}

# ---- errors ----

@test "with bad records: the same output, messages, quarantine and status for every -j" {
    awk 'NR % 701 == 0 { print "{\"id\":" NR ",\"text\":" } NR % 503 == 0 { print "{\"id\":" NR ",\"text\":5}" }
         NR % 997 == 0 { print "x" } { print }' text.jsonl >mixed
    chain="normalize --case lower | segment | tokenize -m vocab.txt | mask -m vocab.txt"
    for how in stop skip quarantine=kept "skip --max-errors 20" "skip --max-errors 0.1%"; do
        for j in 1 2 8; do
            rm -f kept
            status=0
            quern run "$chain" -j $j --on-error $how mixed >"out.$j" 2>"err.$j" || status=$?
            echo "status $status" >>"err.$j"
            if [[ -e kept ]]; then mv kept "kept.$j"; fi
            cmp "out.$j" out.1
            cmp "err.$j" err.1
            if [[ $how == quarantine* ]]; then cmp "kept.$j" kept.1; fi
        done
    done
    [ "$(wc -l <kept.1)" = $((4000 / 701 + 4000 / 503 + 4000 / 997)) ]
}

@test "with input that is cut short: the same output and message for every -j" {
    head -c -1000 text.jsonl.zst >cut.zst
    for j in 1 2 8; do
        status=0
        quern run "normalize | segment" -j $j cut.zst >"out.$j" 2>"err.$j" || status=$?
        [ "$status" = 1 ]
        cmp "out.$j" out.1
        is "err.$j" "quern-run: cut.zst: the compressed data is cut short"
    done
}

@test "--stats counts alike for every -j" {
    for j in 1 2 8; do
        quern run "tokenize -m vocab.txt | mask -m vocab.txt" -j $j --stats "stats.$j" text.jsonl >/dev/null
        cmp "stats.$j" stats.1
    done
}

# ---- filters that see all of their input ----

@test "stats and train do not see the order of their input" {
    for order in "tac" "sort" "awk '{ print NR * 7919 % 4000 \"\t\" \$0 }' | sort -n | cut -f2-"; do
        bash -c "cat text.jsonl | $order" >permuted
        [ "$(sort permuted | sum)" = "$(sort text.jsonl | sum)" ]
        bash -c "cat tokens.jsonl | $order" >permuted.tokens
        for command in "stats --json" stats "train --type bpe --vocab-size 400" "train --type wordpiece --vocab-size 150"; do
            quern $command -q text.jsonl >reference
            quern $command -q -j 4 permuted >got
            same "$order: $command" got || return 1
        done
        quern stats --json -m vocab.txt tokens.jsonl >reference
        quern stats --json -m vocab.txt -j 4 permuted.tokens >got
        same "$order: stats of tokens" got
    done
}

@test "stats of shards add up to stats of the whole" {
    quern stats --json -m vocab.txt tokens.jsonl >reference
    for n in 2 7; do
        rm -f shard.* part.*
        split -n "r/$n" -d tokens.jsonl shard.
        for shard in shard.*; do quern stats --json -m vocab.txt "$shard" >"part.${shard#shard.}"; done
        quern stats merge --json part.* >got
        same "$n shards" got || return 1
    done
}

# ---- real text ----

@test "two megabytes of English and Chinese, from text to masks" {
    [[ -e $SHARED/data/bench/en.txt.zst ]] || skip "no text at hand"
    for language in en zh; do
        { zstd -dcq "$SHARED/data/bench/$language.txt.zst" || true; } | head -c 1000000 | { iconv -c -f UTF-8 -t UTF-8 || true; } >raw
        quern import --format text --source "$language" --lang "$language" raw >all.jsonl
        head -n 400 all.jsonl | quern train --type wordpiece --vocab-size 3000 --format vocab -q >learned.txt
        chain all.jsonl "normalize --form nfkc --space collapse" segment "tokenize -m learned.txt" \
            "mask -m learned.txt --unit word --seed 3"
    done
}
