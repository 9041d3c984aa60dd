# The first records, and no more than they need is read.
load ../helper

lines() {
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"n\":%d,\"x\":\"%0100d\"}\n", i, i }'
}

@test "as head of coreutils, for any number of threads, from files and pipes" {
    lines 9000 >in
    zstd -q in
    lines 1000 | tail -n 300 >more
    # blocks are of 256 KiB, 2,300 of these lines
    for n in 0 1 2 10 2298 2299 2300 2301 2340 2341 4600 8999 9000 9001 100000; do
        head -n $n in >expected
        for j in 1 2 8; do
            quern head -n $n -j $j in | cmp - expected
            quern head -n $n -j $j in.zst | cmp - expected
            cat in | quern head -n $n -j $j | cmp - expected
        done
        cat in more in | head -n $n | cmp - <(quern head -n $n in more - <in)
        quern run "cat | head -n $n | cat" -j 3 in | cmp - expected
    done
    head in | cmp - <(quern head in)
    gives "quern head </dev/null" 0 ""
}

@test "input without an end" {
    for j in 1 2 8; do
        sh "yes '{\"id\":1}' | timeout 60 quern head -n 3000 -j $j | wc -l"
        is out 3000
        sh "yes '{\"id\":1}' | timeout 60 quern run 'head -n 3 | stats --json' -j $j"
        [ "$(jq .records out)" = 3 ]
        sh "yes '{\"id\":1}' | timeout 60 quern run 'cat | head -n 70000 | tail -n 1' -j $j"
        is out '{"id":1}'
    done
}

@test "what comes after the last record does not matter, whatever it is" {
    lines 5000 >in
    (cat in; echo x; cat in) >bad
    (cat in in) | zstd -q >whole.zst
    head -c -20 whole.zst >cut.zst
    readable=$(zstd -dcq cut.zst 2>/dev/null | wc -l) || true
    [ "$readable" -ge 3 ]
    for j in 1 2 8; do
        for n in 1 4999 5000; do
            head -n $n in >expected
            gives "quern head -n $n -j $j --stats counters bad | cmp - expected" 0 ""
            is <(jq -c '[.in, .out, .skipped, .filters[0].in, .filters[0].out, .bytes_in]' counters) \
                "[$n,$n,0,$n,$n,$(stat -c %s expected)]"
            gives "quern head -n $n -j $j --on-error quarantine=kept bad | cmp - expected" 0 ""
            [ ! -s kept ]
            gives "quern head -n $n -j $j in nowhere | cmp - expected" 0 ""
        done
        head -n 5000 in >expected
        gives "quern head -n 5001 -j $j bad | cmp - expected" 3 "" \
            "quern-head: bad:5001: $NOT_A_RECORD"
        gives "quern head -n 3 -j $j cut.zst | cmp - <(head -n 3 in)" 0 ""
        gives "quern head -n 10000 -j $j cut.zst >got" 1 "" "quern-head: cut.zst: the compressed data is cut short"
        gives "quern head -n 5001 -j $j in nowhere | cmp - expected" 1 "" "quern-head: nowhere: No such file or directory"
    done
}

@test "bad records before the last one wanted are skipped, and do not count" {
    lines 6000 | awk 'NR % 1000 == 500 { print "x" } { print }' >in
    lines 3000 >expected
    for j in 1 2 8; do
        gives "quern head -n 3000 -j $j --on-error quarantine=kept --stats counters in 2>/dev/null | cmp - expected" 0 ""
        is <(jq -c .line kept) $'500\n1501\n2502'
        is <(jq -c '[.in, .skipped, .filters[0].in]' counters) '[3003,3,3000]'
        lines 499 >first
        gives "quern head -n 3000 -j $j in | cmp - first" 3 "" \
            "quern-head: in:500: $NOT_A_RECORD"
    done
}

@test "in a chain: as in a pipeline, and the same counts for any number of threads" {
    lines 9000 >in
    for j in 1 2 8; do
        sh "quern run 'cat | head -n 5000 | cat' -j $j --stats counters.$j in"
        is <(jq -c '[.in, .out, (.filters[1:][] | .in, .out)]' counters.$j) '[5000,5000,5000,5000,5000,5000]'
        cmp counters.$j counters.1
        quern run 'head -n 5000 | tail -n 20 | head -n 3' -j $j in | cmp - <(head -n 5000 in | tail -n 20 | head -n 3)
        quern run 'tail -n 5 | head -n 2 | tail -n 1' -j $j in | cmp - <(tail -n 5 in | head -n 2 | tail -n 1)
        quern run 'tail -n +4000 | head -n 2500 | tail -n +2400 | head' -j $j in |
            cmp - <(tail -n +4000 in | head -n 2500 | tail -n +2400 | head)
        quern run 'head -n 5000 | sample -n 20 | head -n 5' -j $j in |
            cmp - <(quern head -n 5000 in | quern sample -n 20 | quern head -n 5)
        quern run 'sample -n 300 | head -n 20 | sample -n 7' -j $j in |
            cmp - <(quern sample -n 300 in | quern head -n 20 | quern sample -n 7)
        quern run 'head -n 5000 | stats --json' -j $j in | cmp - <(quern head -n 5000 in | quern stats --json)
    done
}

@test "usage errors" {
    gives "quern head -n -1" 2 "" $'quern-head: --count: expected 0 to 9223372036854775807, found "-1"\nTry "quern-head --help".'
    gives "quern head -n 5x" 2 "" $'quern-head: --count: expected an integer, found "5x"\nTry "quern-head --help".'
}
