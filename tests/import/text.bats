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
