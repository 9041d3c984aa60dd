# The last records, or all from one on.
load ../helper

lines() {
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"n\":%d,\"x\":\"%0100d\"}\n", i, i }'
}

@test "as tail of coreutils, for any number of threads, from files and pipes" {
    lines 9000 >in
    zstd -q in
    for n in 0 1 2 10 2298 2299 2300 2301 2340 4600 8999 9000 9001 100000 +0 +1 +2 +2300 +8999 +9000 +9001 +100000; do
        tail -n $n in >expected
        for j in 1 2 8; do
            quern tail -n $n -j $j in | cmp - expected
            quern tail -n $n -j $j in.zst | cmp - expected
            cat in | quern tail -n $n -j $j | cmp - expected
        done
        cat in in | tail -n $n | cmp - <(quern tail -n $n in - <in)
        quern run "cat | tail -n $n | cat" -j 3 in | cmp - expected
    done
    tail in | cmp - <(quern tail in)
    gives "quern tail </dev/null" 0 ""
}

@test "records that other filters made are held with all that was made of them" {
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b '##c' >vocab.txt
    for i in {1..7000}; do printf '{"id":%d,"text":"a bc  b %0*d"}\n' $i $((i % 40)) 0; done >in
    chain="normalize --space collapse | segment | tokenize -m vocab.txt | mask -m vocab.txt --copies 2"
    quern run "$chain" in >all
    for j in 1 4; do
        for n in 1 5000 +8001; do
            quern run "$chain | tail -n $n" -j $j in | cmp - <(tail -n $n all)
            quern run "$chain | tail -n $n | cat | normalize --case upper --drop-stale" -j $j in |
                cmp - <(tail -n $n all | quern normalize --case upper --drop-stale)
        done
    done
}

@test "a record that it held still says where it was read" {
    lines 9000 | sed 's/"x":"[^"]*8990"/"text":5/' >in
    (cat in; printf '{"n":1}\n') >two
    for j in 1 4; do
        sh "quern run 'tail -n 20 | normalize -f x' -j $j in two"
        [ "$status" = 3 ]
        is err "quern-normalize: two:8990: x: missing; the record has n, text"
    done
}

@test "bad records" {
    lines 6000 | awk 'NR == 500 || NR == 5990 { print "x" } { print }' >in
    lines 6000 | tail -n 100 >expected
    for j in 1 2 8; do
        gives "quern tail -n 100 -j $j --on-error quarantine=kept in 2>/dev/null | cmp - expected" 0 ""
        is <(jq -c .line kept) $'500\n5991'
        # the run ends at the bad record: nothing is known to be the last
        gives "quern tail -n 100 -j $j in" 3 "" \
            "quern-tail: in:500: $NOT_A_RECORD"
        gives "quern tail -n +400 -j $j in | cmp - <(sed -n 400,499p in)" 3 "" \
            "quern-tail: in:500: $NOT_A_RECORD"
    done
}

@test "memory is that of the records that are held" {
    sanitized && skip "a sanitizer needs the address space"
    lines 300000 >in
    for j in 1 2; do
        sh "(ulimit -v 100000; quern tail -n 50 -j $j in) | cmp - <(tail -n 50 in)"
        [ "$status" = 0 ]
        is err ""
    done
}

@test "usage errors" {
    for word in -5 + ++5 5x 1e3 "''"; do
        gives "quern tail -n $word" 2 "" "quern-tail: --count: expected N or +N, found \"${word//\'/}\""
    done
}
