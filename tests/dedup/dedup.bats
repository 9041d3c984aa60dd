# The laws of dedup, over many records: no two equal ones stay, none is lost without an equal one that stayed, and with
# --keep least nothing depends on order or shards.
load ../helper

# make_records COUNT: few ids, texts and rounds, so that many records are equal in each of them, and some in all bytes;
# texts are spelled in several ways.
make_records() {
    awk -v count="$1" 'BEGIN {
        srand(7)
        split("a \\u0061 b \\u0062 \\n \\u000a é \\u00e9", letter, " ")
        for (i = 0; i < count; i++) {
            text = ""
            for (k = int(rand() * 5); k > 0; k--) text = text letter[1 + int(rand() * 8)]
            number = int(rand() * 4)
            line = "{\"id\":" (rand() < 0.5 ? "\"i" number "\"" : number)
            if (rand() < 0.5) line = line ", \"epoch\":" int(rand() * 3)
            print line ",\"text\":\"" text "\",\"n\":" int(rand() * 3) (rand() < 0.5 ? ".0" : "") "}"
        }
    }'
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    make_records 6000 >in
}

# keys_of FILE: what of each record is compared, as jq reads it: of the text, or of $by.
keys_of() {
    jq -c "[${by-.text}]" "$1"
}

# Is FILE what is left of `in` after some lines were taken out?
is_part() {
    awk 'NR == FNR { left[++count] = $0; next } left[at + 1] == $0 { at++ } END { exit at < count }' "$1" in
}

# Keeps and drops as FILES kept and dropped say, or complains.
check_laws() {
    keys_of kept >kept.keys
    keys_of in | sort -u >all.keys
    [ -z "$(sort kept.keys | uniq -d)" ] || { echo "two equal records stay"; return 1; }
    sort kept.keys | diff -q - all.keys || { echo "a record is lost that has no equal"; return 1; }
    sort kept dropped | cmp - <(sort in) || { echo "kept and dropped are not the input"; return 1; }
    is_part kept && is_part dropped || { echo "the order has changed"; return 1; }
}

@test "the input that the laws are tried with has what they are about" {
    [ "$(keys_of in | sort -u | wc -l)" -gt 100 ]
    [ "$(keys_of in | sort | uniq -c | awk '$1 > 20' | wc -l)" -gt 10 ]
    [ "$(sort in | uniq -d | wc -l)" -gt 10 ]
}

@test "first: no two equal ones, none lost, in order; the first in order stays" {
    for by in .text .n .id .text,.n .n,.text,.id; do
        options=$(sed 's/\.//g' <<<"--by $by")
        [ "$by" != .text ] || options=
        quern dedup $options --rejected dropped in >kept
        check_laws
        paste -d' ' <(keys_of in | tr ' ' _) in | awk '!seen[$1]++' | cut -d' ' -f2- | cmp - kept
    done
}

@test "least: no two equal ones, none lost, in order" {
    for by in .text .n .text,.n .id,.epoch; do
        grep epoch in >other
        [ "$by" != .id,.epoch ] || mv other in
        quern dedup --keep least $(sed 's/\.//g' <<<"--by $by") --rejected dropped in >kept
        check_laws
    done
}

@test "least: the identity decides, then the round, then the bytes" {
    for i in {1..40}; do
        for id in '"x"' 5 '"y"'; do echo "{\"id\":$id,\"text\":\"t$i\",\"epoch\":$((i % 3))}"; done
    done >many
    quern dedup --keep least many | jq .id | sort | uniq -c | awk '{ print $1 }' >counts
    is counts 40
    quern dedup --keep least in --rejected dropped >kept
    for id in 0 '"i3"'; do
        # Where a record of this id stays, there is none of the same text and id with a lower round.
        jq -c "select(.id == $id) | [.text,.epoch // 0]" kept | sort >here
        jq -c "select(.id == $id) | [.text,.epoch // 0]" in | sort -u >there
        while read -r text; do
            [ "$(grep -F "${text%,*}," there | sort | head -1)" = "$text" ] || { echo "$id: $text"; return 1; }
        done <here
    done
}

@test "least: the same records for any order of the input" {
    quern dedup --keep least in | sort >reference
    [ "$(wc -l <reference)" -gt 100 ]
    for order in tac sort "sort -r" "awk '{ print NR * 7919 % 6007 \"\t\" \$0 }' in | sort -n | cut -f2- #"; do
        eval "$order in" >permuted
        [ "$(wc -l <permuted)" = 6000 ]
        quern dedup --keep least permuted | sort | cmp - reference || { echo "$order"; return 1; }
    done
    # For the first ones that is not so: the test can fail.
    quern dedup in | sort >one
    tac in | quern dedup | sort | cmp -s - one && return 1
    true
}

@test "shards: each for itself, then what is left of them together" {
    quern dedup in >first
    quern dedup --keep least in | sort >least
    for n in 2 3 7; do
        rm -f shard.* part.*
        split -n "l/$n" -d in shard.
        for shard in shard.*; do quern dedup "$shard" >"part.$shard"; done
        quern dedup part.* | cmp - first
        split -n "r/$n" -d in shard.
        for shard in shard.*; do quern dedup --keep least "$shard" >"part.$shard"; done
        [ "$(cat part.* | wc -l)" -gt "$(wc -l <least)" ]
        quern dedup --keep least part.* | sort | cmp - least
    done
}

@test "shards by what is compared: nothing is left to do" {
    quern dedup in | sort >first
    quern dedup --keep least in | sort >least
    quern split --into a=0.3,b=0.3,c=0.4 --by text --files part in
    for part in part.*; do quern dedup "$part" | quern fields --drop split; done | sort | cmp - first
    for part in part.*; do quern fields --drop split "$part" | quern dedup --keep least; done | sort | cmp - least
    [ "$(cat part.* | wc -l)" = 6000 ]
}

@test "threads, pipes and temporary files change nothing" {
    for keep in first least; do
        quern dedup --keep $keep --rejected dropped in >kept
        for j in 2 3 8; do
            quern dedup --keep $keep --rejected got.dropped -j $j in | cmp - kept
            cmp got.dropped dropped
            cat in | quern dedup --keep $keep -j $j | cmp - kept
            quern run "cat | dedup --keep $keep --max-memory 0 | cat" -j $j in | cmp - kept
        done
        mkdir -p tmp
        for size in 0 1 20K 30K 1M; do
            quern dedup --keep $keep --by n,text,id --max-memory $size --temp-dir tmp in >got
            quern dedup --keep $keep --by n,text,id in | cmp - got
        done
        [ -z "$(ls -A tmp)" ]
    done
}

@test "least: of records that are the same byte for byte the first stays, whoever comes to it first" {
    # Of each run of 6,000 lines, more than a block, every tenth is the same.
    awk 'BEGIN { for (i = 0; i < 200000; i++) printf "{\"id\":\"%s\",\"text\":\"some words that differ, or not\"}\n",
        i % 10 == 7 ? "same" int(i / 6000) : i }' >many
    awk '!seen[$0]++' many >expected
    for j in 1 2 8; do quern dedup --keep least --by id -j $j many | cmp - expected; done
}

@test "twice is once" {
    for keep in first least; do
        quern dedup --keep $keep in >kept
        quern dedup --keep $keep --rejected dropped kept | cmp - kept
        [ ! -s dropped ]
    done
}

@test "in one process as by the shell, also of records that a filter has made" {
    for keep in first least; do
        for before in "normalize --form nfd --drop-stale" "fields --drop epoch" "fields --rename label=n --order text" segment; do
            quern $before in | quern dedup --keep $keep >expected
            quern run "$before | dedup --keep $keep" -j 2 in | cmp - expected || { echo "$before"; return 1; }
        done
        quern segment in | quern dedup --keep $keep --by words >expected
        quern run "segment | dedup --keep $keep --by words" in | cmp - expected
        quern dedup --keep $keep in | quern head -n 5 >expected
        quern run "dedup --keep $keep | head -n 5" -j 2 in | cmp - expected
    done
}

@test "the counters tell how many stay and go, and what goes is in --rejected, or nowhere" {
    for keep in first least; do
        sh "quern dedup --keep $keep --rejected dropped.zst --stats stats in"
        [ "$status" = 0 ]
        zstd -dq -f dropped.zst -o dropped
        is <(jq -c '.filters[0] | [.in, .kept, .dropped]' stats) "[6000,$(wc -l <out),$(wc -l <dropped)]"
        quern dedup --keep $keep --stats stats in | cmp - out
        is <(jq -c '.filters[0] | [.in, .out, .kept + .dropped]' stats) "[6000,$(wc -l <out),6000]"
    done
    is <(quern dedup -n in | jq -r '.chain[0].class') ORDERED
    is <(quern dedup --keep least -n in | jq -r '.chain[0].class') WHOLE
}

@test "--rejected: finished together with the output, or not at all; only at the end of a chain; a file of its own" {
    echo old >dropped
    echo x >>in
    sh "quern dedup --rejected dropped -o kept in"
    [ "$status" = 3 ]
    is dropped old
    [ ! -e kept ]
    sed -i '$d' in
    gives "quern run 'dedup --rejected dropped | cat' in" 2 "" \
        'quern-dedup: dedup writes files of its own: it can only be the last filter'
    gives "quern dedup --rejected in in" 2 "" \
        "quern-dedup: the filter's output in and the input in are the same file: give the output a name of its own"
    gives "quern dedup --rejected same -o ./same in" 2 "" \
        "quern-dedup: --output ./same and the filter's output same are the same file: give each output a name of its own"
    sh "quern dedup --rejected nowhere/x in"
    [ "$status" = 1 ]
    # An older one may be replaced.
    sh "quern dedup --rejected dropped in"
    [ "$status" = 0 ]
    [ "$(cat out dropped | wc -l)" = 6000 ]
}

@test "a temporary file that can't be made or grow is a failure at run time" {
    sh "quern dedup --max-memory 0 --temp-dir nowhere in"
    [ "$status" = 1 ]
    is err 'quern-dedup: --temp-dir nowhere: No such file or directory'
    unshare -rm true 2>/dev/null || skip "no mount name space"
    mkdir small
    seq -f '{"text":"%.0f"}' 60000 >many
    sh "unshare -rm bash -c 'mount -t tmpfs -o size=1m none small && quern dedup --max-memory 0 --temp-dir small many'"
    [ "$status" = 1 ]
    grep -q '^quern-dedup: many:[0-9]*: .*No space left on device$' err
}

@test "memory: 16 bytes a record, and room for the table to be half full" {
    ! sanitized || skip "sanitizers need more address space"
    awk 'BEGIN { for (i = 0; i < 1500000; i++) print "{\"text\":" i "}" }' >many
    # What the program takes by itself, found by what a filter of the same class needs.
    base=$((40 * 1024))
    until (ulimit -v $base; quern tail -n +1 many 2>/dev/null | cmp -s - many); do base=$((base + 4096)); done
    table=$((1500000 * 30 / 1024 + 4096))
    sh "(ulimit -v $((base + table)); quern dedup many) | wc -l"
    [ "$status" = 0 ]
    is out 1500000
    # With half of that it does not go: the table is what takes it.
    sh "(ulimit -v $((base + table / 2)); quern dedup many) | wc -l"
    [ "$status" = 1 ]
    grep -q '^quern-dedup: many:[0-9]*: out of memory: [0-9]* bytes can.t be mapped: ' err
}
