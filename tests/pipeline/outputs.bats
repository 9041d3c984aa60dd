load ../helper

# The program that reads a file of this name.
reader() {
    case $1 in zst) echo zstd;; gz | GZ) echo gzip;; xz) echo xz;; bz2) echo bzip2;; lz4) echo lz4;; esac
}

@test "an output is compressed as its name says: every kind of output, the same bytes for any number of threads" {
    seq 1 300000 | sed 's/.*/{"id":&,"text":"some text & to fill the line, and more of it"}/' >in
    for suffix in zst gz xz bz2 lz4; do
        sh "quern cat in -o one.$suffix && quern cat -j 3 in -o two.$suffix"
        [ "$status" = 0 ]
        cmp one.$suffix two.$suffix
        [ "$(wc -c <one.$suffix)" -lt "$(($(wc -c <in) / 3))" ]
        "$(reader $suffix)" -dc <one.$suffix | cmp - in
        quern cat one.$suffix | cmp - in
        sh "quern cat </dev/null -o empty.$suffix && quern cat empty.$suffix"
        [ "$status" = 0 ] && is out "" && [ -s empty.$suffix ]
        "$(reader $suffix)" -dc <empty.$suffix | cmp - /dev/null
    done
    printf '{"id":1}\nx\n' >in
    sh "quern cat in -q --on-error quarantine=bad.gz --stats counters.xz"
    [ "$status" = 0 ]
    [ "$(gzip -dc bad.gz | jq -r .raw)" = x ]
    [ "$(xz -dc counters.xz | jq .in)" = 2 ]
    printf '{"id":1,"text":"a"}\n{"id":2,"text":"a"}\n' >in
    sh "quern dedup -q --rejected dropped.bz2 in"
    [ "$(bzip2 -dc dropped.bz2)" = '{"id":2,"text":"a"}' ]
}

@test "the compressed bytes have no date and no name" {
    echo '{}' >in
    sh "quern cat in -o a.gz; sleep 1; quern cat in -o b.gz; cmp a.gz b.gz"
    [ "$status" = 0 ]
    [ "$(head -c 10 a.gz | od -An -tx1)" = " 1f 8b 08 00 00 00 00 00 00 03" ]
}

@test "a format that is not written is an error, as is a level without effect or out of range" {
    echo '{}' >in
    for suffix in zip 7z tar tgz parquet br ZIP zstd; do
        sh "quern cat in -o out.$suffix"
        [ "$status" = 2 ] && [ ! -e out.$suffix ]
        grep -q "^quern-cat: out.$suffix: quern does not write .*; a name in .zst, .gz, .xz, .bz2 or .lz4 compresses$" err
    done
    local goes='quern-cat: --level goes only with an output that is compressed: a name in .zst, .gz, .xz, .bz2 or .lz4'
    gives "quern cat in --level 5" 2 "" "$goes"
    gives "quern cat in --level 5 -o plain" 2 "" "$goes"
    gives "quern cat in --level 5 --stats s.zst" 2 "" "$goes"
    gives "quern cat in --level 10 -o out.gz" 2 "" "quern-cat: --level 10: gzip has levels 1 to 9"
    gives "quern cat in --level 19 -o out.zst && quern cat in --level 12 -o out.lz4 && cat in" 0 "{}"
    printf '{"id":1,"text":"a"}\n' >in
    gives "quern dedup in --level 9 --rejected out.xz" 0 '{"id":1,"text":"a"}'
    gives "quern split --into a=1 --files part --suffix .gz --level 9 in" 0 ""
    gives "quern split --into a=1 --files part --level 9 in" 2 "" "${goes/cat/split}"
}
