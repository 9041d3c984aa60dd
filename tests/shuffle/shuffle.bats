# quern shuffle: one order for any order of the input, in bounded memory; shards that merge.
load ../helper

# numbers COUNT: records of some 100 bytes.
numbers() {
    awk -v count="$1" 'BEGIN { for (i = 1; i <= count; i++)
        printf "{\"id\":\"%d\", \"text\":\"%s %d\"}\n", i, "the quern grinds what the hand feeds to it,", i * i }'
}

@test "one order, whatever the order of the input, its files, the threads and the memory" {
    numbers 50000 >in
    quern shuffle in >order
    cmp -s in order && return 1
    cmp <(sort in) <(sort order)
    tac in | quern shuffle | cmp - order
    quern shuffle --seed 9 in | quern shuffle -j 3 | cmp - order
    split -n r/5 in part.
    quern shuffle part.?? | cmp - order
    zstd -q in
    quern shuffle -j 2 in.zst | cmp - order
    for j in 1 2 5; do
        quern shuffle -j $j --max-memory 1M in | cmp - order
        tac in | quern shuffle -j $j --max-memory 3M | cmp - order
    done
    quern run 'cat | shuffle --max-memory 1M | cat' -j 2 in | cmp - order
}

@test "beyond --max-memory records go to files, and nothing is left of them" {
    numbers 50000 >in
    mkdir tmp
    gives "quern shuffle --max-memory 1M --temp-dir nowhere --on-error skip in" 1 "" \
        "quern-shuffle: --temp-dir nowhere: No such file or directory"
    quern shuffle --max-memory 1M --temp-dir tmp in | head -n 1 >/dev/null
    [ -z "$(ls tmp)" ]
}

@test "a temporary file that can't grow ends the run with 1" {
    numbers 50000 >in
    sh "trap '' XFSZ; ulimit -f 1000; quern shuffle --max-memory 1M in"
    [ "$status" = 1 ]
    [ ! -s out ]
    grep -q "^quern-shuffle: in:[0-9]*: the temporary file can't be written: File too large$" err
}

@test "--max-memory bounds what is taken: 60 MB of records in less" {
    numbers 600000 >in
    sh "(ulimit -v 66000; quern shuffle in >/dev/null)"
    grep -q '^quern-shuffle: out of memory' err || skip "the bound of memory has no effect in this build"
    sh "(ulimit -v 66000; quern shuffle --max-memory 4M in) | wc -l"
    is out 600000 && is err ""
}

@test "records longer than the memory" {
    for i in 1 2 3 4 5 6 7; do
        printf '{"id":%d,"text":"%0*d"}\n' $i 3000000 $i
        printf '{"id":"s%d"}\n' $i
    done >in
    quern shuffle in >order
    quern shuffle --max-memory 1M in | cmp - order
}

@test "records pass byte for byte; those that were changed before are printed once" {
    printf '%s\n' ' { "id" : 1e0 , "x":"\u0041" } ' '{"id":"Ä","id":"b","text":"X"}' >in
    cmp <(sort in) <(quern shuffle in | sort)
    numbers 3000 >in
    quern normalize --case upper in | quern shuffle >expected
    for j in 1 3; do quern run 'normalize --case upper | shuffle --max-memory 1M' -j $j in | cmp - expected; done
    quern run 'normalize --case upper | shuffle | normalize --case lower' in | cmp - <(quern normalize --case lower expected)
}

@test "records of one id are ordered by their bytes" {
    printf '%s\n' '{"id":1,"v":"b"}' '{"id":1,"v":"a"}' '{"id":1}' '{"id":1} ' $'{"id":1}\t' '{"id":1,"v":"a"}' >in
    expected=$(printf '%s\n' '{"id":1,"v":"a"}' '{"id":1,"v":"a"}' '{"id":1,"v":"b"}' '{"id":1}' $'{"id":1}\t' '{"id":1} ')
    quern shuffle in >out
    is out "$expected"
    tac in | quern shuffle >out
    is out "$expected"
    head -n 2 in | quern shuffle >one
    tail -n 4 in | quern shuffle >two
    quern shuffle merge one two >out
    is out "$expected"
    for i in {1..300}; do cat in; done >many
    quern shuffle --max-memory 1M many >order
    tac many | quern shuffle | cmp - order
    cmp order <(LC_ALL=C sort many)
}

@test "a text stands in for a missing id, the one that --field names" {
    printf '{"title":"%s"}\n' a b c d e f g h >in
    gives "quern shuffle in" 3 "" 'quern-shuffle: in:1: id: missing, and there is no text to stand in for it ("quern import" writes it); the record has title'
    quern shuffle -f title in >order
    tac in | quern shuffle -f title | cmp - order
    cmp -s in order && return 1
    # A text is another identity than an id that is spelled so.
    sed 's/title/text/' in | quern shuffle | sed 's/text/title/' | cmp - order
    sed 's/title/id/' in | quern shuffle | sed 's/id/title/' | cmp -s - order && return 1
    true
}

@test "a bad record: nothing is written, or it is left out" {
    numbers 100 >good
    quern shuffle good >order
    sed -e '7i{"id":null}' -e '50ix' good >in
    gives "quern shuffle in" 3 "" 'quern-shuffle: in:7: id null: id: null, and there is no text to stand in for it ("quern import" writes it); the record has id'
    for j in 1 2; do
        sh "quern shuffle -j $j --on-error skip in"
        [ "$status" = 0 ]
        cmp out order
        is err "quern-shuffle: in:7: id null: id: null, and there is no text to stand in for it (\"quern import\" writes it); the record has id
quern-shuffle: in:51: $NOT_A_RECORD
quern-shuffle: 2 of 102 records were bad and were skipped"
    done
}

@test "a record that is bad for a later filter says where it was read" {
    numbers 3000 >in
    echo '{"id":"bad","text":5}' >>in
    for memory in 1M 1G; do
        for j in 1 2; do
            sh "quern run -j $j 'cat | shuffle --max-memory $memory | normalize' --on-error skip in"
            [ "$status" = 0 ]
            [ "$(wc -l <out)" = 3000 ]
            is <(head -n 1 err) 'quern-normalize: in:3001: id "bad": text: expected a string, found a number'
        done
    done
}

@test "seeds, salts and epochs give other orders" {
    numbers 1000 >in
    for options in "" "--seed 1" "--salt x" "--epoch 1" "--epoch 2"; do
        quern shuffle $options in | sed 's/,"epoch":[0-9]*//' | sha256sum
    done >sums
    [ "$(sort -u sums | wc -l)" = 5 ]
    quern shuffle --epoch 0 in | sed 's/,"epoch":0//' | sha256sum | cmp - <(head -n 1 sums)
}

@test "the round is the record's own; --epoch writes it" {
    printf '{"id":%d}\n' 1 2 3 4 5 >in
    quern shuffle --epoch 3 in >three
    [ "$(grep -c ',"epoch":3}$' three)" = 5 ]
    tac three | quern shuffle | cmp - three
    quern shuffle --epoch 3 three | cmp - three
    gives "quern shuffle --epoch 4 three >/dev/null" 3 "" "quern-shuffle: three:1: id $(sed -n '1s/.*"id":\([0-9]*\).*/\1/p' three): epoch: the record has epoch 3, not 4 (--epoch)"
    quern shuffle --copies 3 in >copies
    for epoch in 0 1 2; do quern shuffle --epoch $epoch in >"epoch.$epoch"; done
    cat epoch.? | quern shuffle | cmp - copies
    quern shuffle merge epoch.? | cmp - copies
    gives "quern shuffle --epoch 4294967295 --copies 2 in" 2 "" 'quern-shuffle: --epoch: 4294967296 epochs of 2 copies are more than the limit of 2^32 rounds'
}

# ---- merge ----

@test "merged shards are the order of all" {
    numbers 20000 >in
    for options in "" "--seed 5 --salt x"; do
        quern shuffle $options in >order
        for n in 1 2 7; do
            rm -f part.*
            split -n r/$n in part.
            for part in part.*; do quern shuffle $options --max-memory 1M $part -o "$part.zst"; done
            : >part.empty
            for j in 1 2; do quern shuffle merge $options -j $j part.*.zst part.empty | cmp - order; done
        done
        quern shuffle merge $options - part.ab.zst part.ac.zst part.ad.zst part.ae.zst part.af.zst part.ag.zst <part.aa.zst | cmp - order
        quern run "shuffle merge $options | cat" part.*.zst | cmp - order
    done
}

@test "a shard that is not in the order of shuffle" {
    numbers 100 >in
    quern shuffle in >order
    reason="not in the order of shuffle: this record belongs before the one above it: give merge the --seed, --salt and --field of the shards, or shuffle this one"
    sed '40{h;d};41G' order >broken
    sh "quern shuffle merge order broken"
    [ "$status" = 3 ]
    is err "quern-shuffle: broken:41: $reason"
    sh "quern shuffle merge --seed 1 order"
    [ "$status" = 3 ]
    grep -q "^quern-shuffle: order:[0-9]*: $reason\$" err
    # Equal keys: the order of bytes.
    printf '%s\n' '{"id":1,"v":2}' '{"id":1,"v":1}' >broken
    gives "quern shuffle merge broken" 3 "" "quern-shuffle: broken:2: $reason"
    gives "quern shuffle merge broken broken --on-error skip" 3 "" "quern-shuffle: broken:2: $reason"
}

@test "bad records of shards" {
    numbers 100 >in
    split -n r/2 in part.
    quern shuffle in >order
    for part in part.aa part.ab; do quern shuffle $part >$part.s; done
    sed -i -e '20ix' -e '$a {"id":1' part.ab.s
    sh "quern shuffle merge part.aa.s part.ab.s"
    [ "$status" = 3 ]
    is err "quern-shuffle: part.ab.s:20: $NOT_A_RECORD"
    cmp out <(head -n "$(wc -l <out)" order)
    [ -s out ]
    sh "quern shuffle merge part.aa.s part.ab.s --on-error quarantine=kept --stats stats"
    [ "$status" = 0 ]
    cmp out order
    is err "quern-shuffle: part.ab.s:20: $NOT_A_RECORD
quern-shuffle: part.ab.s:52: id 1: not JSON: byte 8: expected ',' or '}'$CUT_OFF
quern-shuffle: 2 of 102 records were bad and went to the quarantine file"
    is <(jq -c '[.file, .line]' kept) '["part.ab.s",20]
["part.ab.s",52]'
    is <(jq -c '[.in, .out, .skipped]' stats) '[102,100,2]'
    sh "quern shuffle merge part.aa.s part.ab.s --on-error skip --max-errors 1"
    [ "$status" = 3 ]
    cmp out <(head -n "$(wc -l <out)" order)
}

@test "the shards of merge" {
    numbers 10 >in
    quern shuffle in >order
    gives "quern shuffle merge" 2 "" 'quern-shuffle: expected shards: files that quern shuffle has written'
    gives "quern shuffle merge order nowhere" 1 "" 'quern-shuffle: nowhere: No such file or directory'
    sh "quern shuffle merge order -o order"
    [ "$status" = 2 ]
    cmp order <(quern shuffle in)
    sh "quern shuffle merge --epoch 1 order"
    [ "$status" = 2 ]
    sh "quern run 'cat | shuffle merge' order"
    [ "$status" = 2 ]
}
