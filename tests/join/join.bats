load ../helper

# join WITH IN OPTIONS…: both given as lines.
join() {
    printf '%s' "$1" >with
    printf '%s' "$2" >in
    sh "quern join --with with ${*:3} in"
}

@test "--unmatched keep, drop, error" {
    join '{"id":1,"v":1}
' '{"id":1}
{"id":2}
{"id":1}
' --on id --stats stats
    is out '{"id":1,"v":1}
{"id":2}
{"id":1,"v":1}'
    grep -q '"matched":2,"unmatched":1' stats
    sh "quern join --with with --on id --unmatched drop --stats stats in"
    is out '{"id":1,"v":1}
{"id":1,"v":1}'
    grep -q '"matched":2,"unmatched":1' stats
    gives "quern join --with with --on id in | wc -l" 0 3 'quern-join: 1 of 3 records has no match in with'
    gives "quern join --with with --on id --unmatched drop in | wc -l" 0 2 \
        'quern-join: 1 of 3 records has no match in with and was dropped'
    gives "quern join --with with --on id --unmatched error in" 3 '{"id":1,"v":1}' \
        'quern-join: in:2: id 2: with has no record with this key (--unmatched keep or drop goes on)'
}

@test "FILE and the key are required; FILE must be readable and be records" {
    sh "quern join --on id </dev/null"
    [ "$status" = 2 ]
    sh "quern join --with /dev/null </dev/null"
    [ "$status" = 2 ]
    sh "quern join --with nowhere --on id </dev/null"
    [ "$status" = 1 ]
    is err 'quern-join: nowhere: No such file or directory'
    join '{"id":1}
{"id":
' '' --on id
    [ "$status" = 3 ]
    grep -q '^quern-join: with:2: not JSON: byte 7' err
}

@test "FILE may be compressed" {
    echo '{"id":1,"v":1}' | zstd -q >with.zst
    gives "echo '{\"id\":1}' | quern join --with with.zst --on id" 0 '{"id":1,"v":1}'
}

# many N: a second stream of N records with values of many lengths, and a first one in another order.
many() {
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
        printf "{\"id\":\"k%d\",\"v\":\"", i
        for (j = 0; j < i % 60; j++) printf "%d", j
        printf "\",\"n\":%d}\n", i % 7 } }' >with
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "{\"id\":\"k%d\"}\n", (i * 7919) % (n + 100) }' >in
}

@test "members that stay as they are" {
    join '{"id":1,"v":1}
{"id":2,"v":2}
' '{"id":1,"v":0}
{"id":2,"v":null}
' --on id --stats stats
    is out '{"id":1,"v":0}
{"id":2,"v":2}'
    is err 'quern-join: did not replace 1 member that the records already have (--overwrite does)'
    grep -q '"not_replaced":1' stats
}

@test "a tiny --max-memory gives the same bytes, and leaves no file" {
    many 20000
    mkdir tmp
    quern join --with with --on id in >one
    for size in 0 1 64K 700K 2M; do
        quern join --with with --on id --max-memory "$size" --temp-dir tmp in | cmp - one
    done
    quern join --with with --on id --max-memory 0 --temp-dir tmp -j 3 in | cmp - one
    [ -z "$(ls -A tmp)" ]
    [ "$(sed -n 2p one)" = "$(sed -n 7920p with)" ]
    [ "$(wc -l <one)" = 20000 ]
}

@test "--temp-dir is looked for before anything is read" {
    many 1000
    gives "quern join --with with --on id --max-memory 0 --temp-dir nowhere /dev/null" 1 '' \
        'quern-join: --temp-dir nowhere: No such file or directory'
}

@test "threads do not change a byte" {
    many 30000
    quern join --with with --on id --unmatched drop in >one
    quern join --with with --on id --unmatched drop -j 4 <in | cmp - one
}
