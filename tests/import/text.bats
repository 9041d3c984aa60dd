load ../helper

@test "a line is a record, a blank line is none, the id counts records" {
    printf 'One\n\n \t\n  Two \nThree' >in
    gives "quern import --format text --source s in" 0 \
'{"id":"s:1","text":"One"}
{"id":"s:2","text":"  Two "}
{"id":"s:3","text":"Three"}'
}

@test "blank lines are counted" {
    printf 'a\n\n\nb\n' >in
    sh "quern import --format text --source s --stats stats in"
    [ "$status" = 0 ]
    grep -q '"blank_lines":2' stats
}

@test "a carriage return before the newline is not content, one elsewhere is" {
    gives "printf 'a\rb\r\nc\r\n' | quern import --format text --source s" 0 \
'{"id":"s:1","text":"a\rb"}
{"id":"s:2","text":"c"}'
}

@test "--paragraphs: blank lines part, newlines stay, carriage returns go" {
    printf '\n\nOne\r\ntwo\r\n\r\n\r\nThree\n \nFour\nfive' >in
    gives "quern import --format text --paragraphs --source s in" 0 \
'{"id":"s:1","text":"One\ntwo"}
{"id":"s:2","text":"Three"}
{"id":"s:3","text":"Four\nfive"}'
}

@test "several files are one input, but no paragraph goes on from one into the next" {
    printf 'a\nb' >one
    : >two
    printf 'c\n' >three
    gives "quern import --format text --source s one two three" 0 \
'{"id":"s:1","text":"a"}
{"id":"s:2","text":"b"}
{"id":"s:3","text":"c"}'
    gives "quern import --format text --paragraphs --source s one two three one one" 0 \
'{"id":"s:1","text":"a\nb"}
{"id":"s:2","text":"c"}
{"id":"s:3","text":"a\nb"}
{"id":"s:4","text":"a\nb"}'
}

@test "empty input gives empty output" {
    for format in text csv tsv deb822 jsonl; do
        local options=--source=s
        [[ $format == text || $format == jsonl ]] || options+=" --text=t"
        gives "quern import --format $format $options </dev/null" 0 ""
    done
    gives "quern import --format quarantine </dev/null" 0 ""
}

@test "--id hash is the 128-bit XXH3 of the text" {
    printf 'a\nb\na\n' >in
    sh "quern import --format text --id hash in"
    # the digits that xxhsum -H2 prints
    is out '{"id":"a96faf705af16834e6c632b61e964e1f","text":"a"}
{"id":"4b2212e31ac97fd4575a0b1c44d8843f","text":"b"}
{"id":"a96faf705af16834e6c632b61e964e1f","text":"a"}'
}

@test "--lang stands behind the text" {
    gives "echo a | quern import --format text --source s --lang de" 0 '{"id":"s:1","text":"a","lang":"de"}'
}

@test "quotes, backslashes and controls are escaped" {
    gives "printf 'a\"b\\\\\tc\001\n' | quern import --format text --source s" 0 \
        '{"id":"s:1","text":"a\"b\\\tc\u0001"}'
}

@test "--encoding converts: Latin-1, Shift-JIS, UTF-16 in both orders, with its mark" {
    printf 'caf\xe9\n' >latin
    gives "quern import --format text --source s --encoding ISO-8859-1 latin" 0 '{"id":"s:1","text":"café"}'
    printf '\x93\xfa\x96\x7b\x8c\xea\n' >sjis
    gives "quern import --format text --source s --encoding Shift_JIS sjis" 0 '{"id":"s:1","text":"日本語"}'
    printf '日本\r\nü😀\n' | iconv -t UTF-16LE >le
    gives "quern import --format text --source s --encoding UTF-16LE le" 0 \
'{"id":"s:1","text":"日本"}
{"id":"s:2","text":"ü😀"}'
    printf '日本\r\nü😀\n' | iconv -t UTF-16 >marked
    gives "quern import --format text --source s --encoding UTF-16 marked" 0 \
'{"id":"s:1","text":"日本"}
{"id":"s:2","text":"ü😀"}'
}

@test "an encoding that ICU does not know is a usage error" {
    gives "quern import --format text --source s --encoding Latin-99" 2 "" \
        "quern-import: --encoding Latin-99: ICU knows no such charset"
}

@test "a byte order mark is dropped" {
    gives "printf '\xef\xbb\xbfa\n' | quern import --format text --source s" 0 '{"id":"s:1","text":"a"}'
    gives "printf '\xef\xbb\xbft,x\na,b\n' | quern import --format csv --text t --source s" 0 \
        '{"id":"s:1","text":"a"}'
}

@test "what is not UTF-8 is an error that names the byte, and is kept as it was" {
    printf 'good\ncaf\xe9 au\ngood\n' >in
    gives "quern import --format text --source s in" 3 '{"id":"s:1","text":"good"}' \
        "quern-import: in:2: byte 4: not UTF-8: is the input in another charset? (--encoding)"
    sh "quern import --format text --source s --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":"s:1","text":"good"}
{"id":"s:3","text":"good"}'
    is bad '{"file":"in","line":2,"stage":"import","error":"byte 4: not UTF-8: is the input in another charset? (--encoding)","raw_base64":"Y2Fm6SBhdQ=="}'
}

@test "a NUL byte is an error that names the byte, in every format of text" {
    local what="a NUL byte: is the input in another charset? (--encoding)"
    gives "printf 'ab\0c\n' | quern import --format text --source s" 3 "" "quern-import: stdin:1: byte 3: $what"
    gives "printf 't\nab\0c\n' | quern import --format csv --text t --source s" 3 "" \
        "quern-import: stdin:2: byte 3: $what"
    gives "printf 't\nab\0c\n' | quern import --format tsv --text t --source s" 3 "" \
        "quern-import: stdin:2: byte 3: $what"
    gives "printf 'A: b\nT: a\n b\0c\n' | quern import --format deb822 --text T --source s" 3 "" \
        "quern-import: stdin:1: line 3, byte 3: $what"
}

@test "what an option is for is checked against the format" {
    gives "quern import --format text --label x --source s" 2 "" \
        "quern-import: --label does not go with --format text"
    gives "quern import --format jsonl --all --source s" 2 "" "quern-import: --all does not go with --format jsonl"
    gives "quern import --format quarantine --source s" 2 "" \
        "quern-import: --source does not go with --format quarantine"
    gives "quern import --format deb822 --text t --header no --source s" 2 "" \
        "quern-import: --header no does not go with --format deb822"
    gives "quern import --format tsv --text t --delimiter x --source s" 2 "" \
        "quern-import: --delimiter does not go with --format tsv"
    gives "quern import --format csv --text t --paragraphs --source s" 2 "" \
        "quern-import: --paragraphs does not go with --format csv"
}

@test "an id must be asked for, and something to carry" {
    gives "quern import --format csv --text t" 2 "" \
        "quern-import: what is the id of a record? say --id NAME, --id hash, or --source NAME for NAME:1, NAME:2 …"
    gives "quern import --format csv --id i" 2 "" \
        "quern-import: nothing to import: say --text, --label, --member or --all"
    gives "quern import --format csv --label l --id hash" 2 "" \
        "quern-import: --id hash is the hash of the text: it needs --text"
    gives "quern import --format text --id t" 2 "" \
        "quern-import: --id t: text has no columns, only --id hash"
}

@test "names of members are checked" {
    gives "quern import --format csv --source s --member text=a" 2 "" \
        "quern-import: --member text=a: that is what --text is for"
    gives "quern import --format csv --source s --member x=a,x=b" 2 "" \
        "quern-import: --member: two columns are to become x"
    gives "quern import --format csv --source s --member =a" 2 "" "quern-import: --member: empty name"
    gives "quern import --format csv --source s --text ''" 2 "" "quern-import: --text: empty"
}

@test "a format that does not exist is a usage error" {
    sh "quern import --format xml --source s"
    [ "$status" = 2 ]
    sh "quern import --source s </dev/null"
    [ "$status" = 2 ]
}

@test "a paragraph over --max-line is rejected in pieces, all of it" {
    printf 'aaaa\nbbbb\ncccc\n\nok\n' >in
    sh "quern import --format text --paragraphs --source s --max-line 9 --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":"s:2","text":"ok"}'
    is bad '{"file":"in","line":1,"stage":"import","error":"the record is longer than 9 bytes (--max-line)","raw":"aaaa\nbbbb"}
{"file":"in","line":3,"stage":"import","error":"the record is longer than 9 bytes (--max-line)","raw":"cccc"}'
}

@test "threads and pipes do not change a byte" {
    seq 1 200000 | sed '0~7s/.*//' >in
    quern import --format text --paragraphs --source s in >one
    quern import --format text --paragraphs --source s -j 4 in | cmp - one
    (head -c 100000 in; sleep 0.1; tail -c +100001 in) | quern import --format text --paragraphs --source s | cmp - one
    [ "$(wc -l <one)" = 28572 ]
}
