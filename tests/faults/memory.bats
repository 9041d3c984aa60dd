# Memory is bounded by what a run makes, not by what it reads: 64 MiB a thread, however much longer than its input the
# output is.
load ../helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    sanitized && skip "a sanitizer keeps what is freed"
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' abc a b >vocab.txt
}

# bounded THREADS WORD...: of all that is written the first megabytes are enough, since every thread has made its first
# blocks by then. 16 MiB for the program and its libraries.
bounded() {
    local bound=$((64 * $1 + 16))
    "$BUILD/tests/faults/peak" peak quern "${@:2}" -j "$1" | head -c 200000000 >/dev/null
    echo "-j $1 ${*:2}: $(($(<peak) / 1024)) MiB, at most $bound"
    (($(<peak) / 1024 <= bound))
}

@test "short texts that are padded to 8192 tokens" {
    yes '{"id":1,"text":"abc"}' | head -n 300000 >in
    for j in 1 2 8; do
        bounded $j tokenize -m vocab.txt --padding max_length --max-length 8192 --pad-multiple 8192 in
    done
}

@test "many copies: of many tokens, and of few tokens in a long record" {
    awk 'BEGIN { for (i = 0; i < 500; i++) text = text "a b abc "
                 for (i = 0; i < 3000; i++) print "{\"id\":" i ",\"text\":\"" text "\"}" }' >in
    quern tokenize -m vocab.txt in -o tokens
    for j in 1 2 8; do bounded $j run 'tokenize -m vocab.txt | mask -m vocab.txt --copies 100' in; done
    awk 'BEGIN { for (i = 0; i < 4000; i++) text = text "long text " i " "
                 for (i = 0; i < 200; i++) print "{\"id\":" i ",\"note\":\"" text "\",\"text\":\"a b\"}" }' |
        quern tokenize -m vocab.txt >in
    for j in 1 2 8; do bounded $j mask -m vocab.txt --copies 5000 in; done
}

@test "the shortest records there are, and through a spool" {
    yes '{}' | head -n 3000000 >in
    for j in 1 8; do
        bounded $j select --any 'has a' 'has b' 'has c' -v in
        bounded $j run 'cat | cat | cat | select -v "has a"' in
    done
    printf '{"id":%d,"text":"a","input_ids":[5],"special_tokens_mask":[0]}\n' {1..20} >in
    bounded 1 run 'mask -m vocab.txt --copies 20000 | fields --keep id | sample -n 3' in
}

@test "the records and the messages before a bad record are all there, wherever a slice ends" {
    awk 'BEGIN { for (i = 0; i < 600; i++) text = text "a b "
                 for (i = 1; i <= 60; i++)
                     print (i % 7 == 5 ? "x" : "{\"id\":" i ",\"text\":" (i % 9 == 4 ? 5 : "\"" text "\"") "}") }' >in
    for on_error in stop skip skip\ --max-errors\ {1..10}; do
        quern tokenize -m vocab.txt --on-error $on_error in 2>err.tokens | quern mask -m vocab.txt --copies 29 >expected
        for j in 1 3; do
            sh "quern run 'tokenize -m vocab.txt | mask -m vocab.txt --copies 29' -j $j --on-error $on_error in"
            if [[ $on_error == skip ]]; then [ "$status" = 0 ]; else [ "$status" = 3 ]; fi
            cmp out expected
            cmp <(sed 's/quern-run/quern-tokenize/' err) err.tokens
        done
    done
}

@test "resample: so many bytes for each record, whatever its length" {
    awk 'BEGIN {
        pad = sprintf("%90s", "")
        for (i = 0; i < 1000000; i++) print "{\"id\":" i ",\"label\":\"" (i % 10 ? "a" : "b") "\",\"text\":\"" pad "\"}"
    }' >in
    head -n 100000 in >small
    for options in "--method under 20" "--method over 20" "count --method under 20" "--method easyensemble 48" \
        "--method bootstrap 66" "--method mlrus 110" "count --method over --keep 1000 1"; do
        "$BUILD/tests/faults/peak" small.peak quern resample ${options% *} -j 1 small >/dev/null
        "$BUILD/tests/faults/peak" in.peak quern resample ${options% *} -j 1 in >/dev/null
        each=$(((($(<in.peak) - $(<small.peak)) * 1024) / 900000))
        echo "${options% *}: $each bytes a record, at most ${options##* }"
        ((each <= ${options##* }))
    done
}
