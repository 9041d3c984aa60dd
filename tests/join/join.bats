load ../helper

# join WITH IN OPTIONS…: both given as lines.
join() {
    printf '%s' "$1" >with
    printf '%s' "$2" >in
    sh "quern join --with with ${*:3} in"
}

@test "members are added behind those that are there, in the order of FILE, byte for byte" {
    join '{"l":"x","id":"a","n":1.50,"s":"\u0041","o" : [1, {"z":null}]}
' '{"id":"a", "text":"t" }
' --on id
    [ "$status" = 0 ]
    is out '{"id":"a", "text":"t","l":"x","n":1.50,"s":"\u0041","o":[1, {"z":null}] }'
}

@test "keys are equal once decoded, and of one type" {
    join '{"id":"\u0061b","v":1}
{"id":17,"v":2}
{"id":"17","v":3}
{"id":true,"v":4}
{"id":1.0,"v":5}
' '{"id":"ab"}
{"id":17}
{"id":"1\u0037"}
{"id":true}
{"id":1}
{"id":false}
' --on id
    is out '{"id":"ab","v":1}
{"id":17,"v":2}
{"id":"1\u0037","v":3}
{"id":true,"v":4}
{"id":1}
{"id":false}'
}

@test "a key of several members does not run together" {
    join '{"a":"x","b":"yz","v":1}
{"a":"xy","b":"z","v":2}
' '{"b":"z","a":"xy"}
{"b":"yz","a":"x"}
' --on a,b
    is out '{"b":"z","a":"xy","v":2}
{"b":"yz","a":"x","v":1}'
}

@test "--member says what is added; a record of FILE may lack it" {
    join '{"id":1,"a":1,"b":2,"c":3}
{"id":2,"c":4}
' '{"id":1}
{"id":2}
' --on id --member c,a
    is out '{"id":1,"a":1,"c":3}
{"id":2,"c":4}'
}

@test "a member that both have keeps its value, with --overwrite it gets that of FILE in its place" {
    join '{"id":1,"a":"new","b":1}
' '{"a" : "old","id":1}
' --on id
    is out '{"a" : "old","id":1,"b":1}'
    sh "quern join --with with --on id --overwrite in"
    is out '{"a" : "new","id":1,"b":1}'
}

@test "of equal names the last counts" {
    join '{"id":0,"v":1,"id":1,"v":2}
' '{"id":2,"id":1}
' --on id
    is out '{"id":2,"id":1,"v":2}'
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
    gives "quern join --with with --on id --unmatched error in" 3 '{"id":1,"v":1}' \
        'quern-join: in:2: id 2: with has no record of this key'
}

@test "an empty FILE matches nothing" {
    join '' '{"id":1}
' --on id
    [ "$status" = 0 ]
    is out '{"id":1}'
}

@test "a record without the key is bad, in either stream" {
    join '{"id":1}
' '{"id":1}
{"x":1}
' --on id
    [ "$status" = 3 ]
    is err 'quern-join: in:2: id: missing, but part of the key'
    join '{"id":1}
{"x":1}
' '{"id":1}
' --on id
    [ "$status" = 3 ]
    is err 'quern-join: with:2: id: missing, but part of the key'
}

@test "a key is a string, a number or a boolean" {
    local what='expected a string, a number or a boolean as part of the key, found'
    for value in '{}:an object' '[1]:an array' 'null:null'; do
        join '{"k":1}
' "{\"k\":${value%%:*}}
" --on k
        [ "$status" = 3 ]
        is err "quern-join: in:1: k: $what ${value#*:}"
    done
}

@test "keys that FILE has twice are an error, unless they add the same" {
    join '{"id":1,"v":1,"w":1}
{"id":2,"v":1}
{"id":1,"v":1,"w":2}
' '{"id":1}
' --on id
    [ "$status" = 3 ]
    is err 'quern-join: with:3: this key has another record already, number 1 of the file (--duplicates first or last takes one)'
    sh "quern join --with with --on id --duplicates first in"
    is out '{"id":1,"v":1,"w":1}'
    sh "quern join --with with --on id --duplicates last in"
    is out '{"id":1,"v":1,"w":2}'
    sh "quern join --with with --on id --member v in"
    is out '{"id":1,"v":1}'
}

@test "the key's members can't be added" {
    join '' '' --on a,b --member c,b
    [ "$status" = 2 ]
    is err 'quern-join: --member b: part of the key, which both records have'
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

@test "what would not fit goes to --temp-dir, what fits does not" {
    many 1000
    gives "quern join --with with --on id --temp-dir nowhere /dev/null" 0 ''
    sh "quern join --with with --on id --max-memory 0 --temp-dir nowhere /dev/null"
    [ "$status" != 0 ]
    grep -q '^quern-join: with:1: nowhere/quern-[A-Za-z0-9]*: no temporary file: No such file or directory$' err
}

@test "threads do not change a byte" {
    many 30000
    quern join --with with --on id --unmatched drop in >one
    quern join --with with --on id --unmatched drop -j 4 <in | cmp - one
}
