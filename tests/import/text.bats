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

@test "a line ends with LF, CRLF or CR, mixed as they come; messages count them all" {
    gives "printf 'a\rb\r\nc\r\nd\ne\r' | quern import --format text --source s" 0 \
'{"id":"s:1","text":"a"}
{"id":"s:2","text":"b"}
{"id":"s:3","text":"c"}
{"id":"s:4","text":"d"}
{"id":"s:5","text":"e"}'
    gives "printf 'a\r\rb\r\n\xff\r' | quern import -q --format text --source s" 3 \
'{"id":"s:1","text":"a"}
{"id":"s:2","text":"b"}' 'quern-import: stdin:4: byte 1: not UTF-8: is the input in another charset? (--encoding)'
    gives "printf 'a\rb\r\rc\n\nd' | quern import --format text --paragraphs --source s" 0 \
'{"id":"s:1","text":"a\nb"}
{"id":"s:2","text":"c"}
{"id":"s:3","text":"d"}'
    gives "printf 'A: 1\rT: x\r y\r\rA: 2\rT: z\r' | quern import --format deb822 --id A --text T" 0 \
'{"id":"1","text":"x\ny"}
{"id":"2","text":"z"}'
    gives "printf '{\"a\":1}\r{\"a\":2}' | quern import --format jsonl --source s" 0 \
'{"a":1,"id":"s:1"}
{"a":2,"id":"s:2"}'
}

@test "text with carriage returns only, in memory that does not grow; wherever a pipe is cut" {
    seq 1 1000000 | tr '\n' '\r' >in
    quern import --format text --source s in >one
    [ "$(tail -n 1 one)" = '{"id":"s:1000000","text":"1000000"}' ]
    [ "$(wc -l <one)" = 1000000 ]
    (head -c 100001 in; sleep 0.1; tail -c +100002 in) | quern import --format text --source s | cmp - one
    seq 1 300000 | sed 's/$/\r/' >in
    (head -c 6; sleep 0.1; cat) <in | quern import --format text --source s >two
    head -n 300000 one | cmp - two
    sh "quern import --format text --source s --max-line 5 --on-error skip in"
    [ "$status" = 0 ]
    printf 'ab\rcdefgh\ri\r\njklmnop\r\nq' >in
    gives "quern import --format text --source s --max-line 5 --on-error skip in" 0 \
'{"id":"s:1","text":"ab"}
{"id":"s:2","text":"i"}
{"id":"s:3","text":"q"}' \
'quern-import: in:2: the line is longer than --max-line 5 bytes
quern-import: in:4: the line is longer than --max-line 5 bytes
quern-import: 2 of 5 records were bad and were skipped'
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
"quern-import: in: this may be windows-1252: try --encoding windows-1252
quern-import: in:2: byte 4: not UTF-8: is the input in another charset? (--encoding)"
    sh "quern import --format text --source s --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":"s:1","text":"good"}
{"id":"s:3","text":"good"}'
    is bad '{"file":"in","line":2,"stage":"import","error":"byte 4: not UTF-8: is the input in another charset? (--encoding)","raw_base64":"Y2Fm6SBhdQ=="}'
}

# guesses CHARSET TEXT [GUESS]: what the note says about the text in this charset.
guesses() {
    iconv -t "$1" <<<"$2" >in
    sh "quern import --format text --source s in"
    is err "quern-import: in: this may be ${3-$1}: try --encoding ${3-$1}
$(tail -n 1 err)"
}

@test "a note guesses the charset, of short texts too" {
    guesses GBK '你好，世界' GB18030
    guesses GBK '对不起，我不知道' GB18030
    guesses BIG5 '對不起，我不知道' Big5
    guesses SHIFT_JIS 'これは日本語のテキストです' Shift_JIS
    guesses EUC-JP 'これは日本語のテキストです'
    guesses EUC-KR '안녕하세요 세계'
    guesses WINDOWS-1251 'Привет, мир! Как дела сегодня?' windows-1251
    guesses WINDOWS-1252 'Änderung über Öl – café' windows-1252
    guesses UTF-16LE 'plain text'
    # One bad byte in UTF-8 says nothing about another charset.
    printf 'caf\xc3\xa9 na\xc3\xafve \xff\n' >in
    gives "quern import --format text --source s in" 3 "" \
        "quern-import: in:1: byte 14: not UTF-8: is the input in another charset? (--encoding)"
}

# refused CHARSET BYTES PLACE: these bytes are a bad record, the ones around it are not.
refused() {
    { iconv -t "$1" <<<"one"; printf "$2"; iconv -t "$1" <<<""; iconv -t "$1" <<<"two"; } >in
    for j in 1 2; do
        sh "quern import -j $j --format text --source s --encoding $1 --on-error quarantine=bad in"
        [ "$status" = 0 ]
        is out '{"id":"s:1","text":"one"}
{"id":"s:3","text":"two"}'
        is err "quern-import: in:2: $3 is not a character of $1
quern-import: 1 of 3 records were bad and went to the quarantine file"
        jq -r .raw_base64 bad | base64 -d | cmp - <(printf "$2")
    done
    gives "quern import --format text --source s --encoding $1 in" 3 '{"id":"s:1","text":"one"}' \
        "quern-import: in:2: $3 is not a character of $1"
}

@test "bytes that are no character of --encoding are a bad record, kept as they were" {
    refused GBK '\xd4\xd9\xff\xbc\xfb' 'byte 3: FF'
    refused GBK 'ab\x81' 'byte 3: 81'
    refused GB18030 '\x81\x30\x81\x20' 'byte 1: 81'
    refused BIG5 '\xa7\x41\xff' 'byte 3: FF'
    refused SHIFT_JIS '\x93\xfa\xa0z' 'byte 3: A0'
    refused EUC-KR '\xb0\xa1\xb0' 'byte 3: B0'
    refused EUC-JP 'a\x8f\xa1' 'byte 2: 8F A1'
    refused ISO-2022-JP '\x1b$B0!\x1b(Ba\xff' 'byte 10: FF'
    refused windows-1252 'a\x81' 'byte 2: 81'
    refused windows-1253 'a\xd2' 'byte 2: D2'
    refused windows-1251 'a\x98' 'byte 2: 98'
    refused UTF-16LE 'x\0\x00\xd8y\0' 'byte 3: 00 D8'
    refused UTF-16BE '\0x\xdc\x0a' 'byte 3: DC 0A'
    refused UTF-32LE 'x\0\0\0\0\xd8\0\0' 'byte 5: 00 D8 00 00'
}

@test "a file that ends within a character keeps its last line in the quarantine" {
    printf 'one\ntw\xd4' >in
    sh "quern import --format text --source s --encoding GBK --on-error quarantine=bad in"
    [ "$status" = 0 ]
    is out '{"id":"s:1","text":"one"}'
    is bad '{"file":"in","line":2,"stage":"import","error":"byte 3: D4 is not a character of GBK","raw_base64":"dHfU"}'
    iconv -t UTF-16LE <<<'one' >in
    printf 't\0w' >>in
    gives "quern import --format text --source s --encoding UTF-16LE --on-error skip -o made in && cat made" 0 \
'{"id":"s:1","text":"one"}' \
'quern-import: in:2: byte 3: 77 is not a character of UTF-16LE
quern-import: 1 of 2 records were bad and were skipped'
}

@test "bad bytes in a row of several lines: the line, the byte, and all of the row" {
    printf 'a,b\n"\xc4\xe3\n\xc4\xe3\xff",2\n3,4\n' >in
    sh "quern import --format csv --source s --member a,b --encoding GBK --on-error quarantine=bad in"
    is out '{"id":"s:2","a":"3","b":"4"}'
    is err "quern-import: in:2: line 3, byte 3: FF is not a character of GBK
quern-import: 1 of 4 records were bad and went to the quarantine file"
    jq -r .raw_base64 bad | base64 -d | cmp - <(printf '"\xc4\xe3\n\xc4\xe3\xff",2')
}

@test "UTF-8 that is read as another charset gets a note" {
    printf 'caf\xc3\xa9 na\xc3\xafve \xc3\xbcber\n' >in
    gives "quern import --format text --source s --encoding ISO-8859-1 in | wc -l" 0 1 \
        "quern-import: in: this is UTF-8, so --encoding ISO-8859-1 makes other characters of it"
    iconv -f UTF-8 -t ISO-8859-1 <in >latin
    gives "quern import --format text --source s --encoding ISO-8859-1 latin" 0 '{"id":"s:1","text":"café naïve über"}'
}

@test "UTF-16 and UTF-32 by their marks, for every filter; each file by its own" {
    printf 'ü😀\r\n' | iconv -t UTF-16 >a
    printf 'é\n' >b
    { printf '\xfe\xff'; iconv -t UTF-16BE <<<'x'; } >c
    { printf '\xff\xfe\0\0'; iconv -t UTF-32LE <<<'y'; } >d
    gives "quern import --format text --source s a b c d" 0 \
'{"id":"s:1","text":"ü😀"}
{"id":"s:2","text":"é"}
{"id":"s:3","text":"x"}
{"id":"s:4","text":"y"}'
    gives "quern import --format text --source s --encoding UTF-16 a c" 0 \
'{"id":"s:1","text":"ü😀"}
{"id":"s:2","text":"x"}'
    for order in 16LE 16BE 32LE 32BE; do
        printf '日本\nx' | iconv -t "UTF-$order" >in
        gives "(head -c 3; sleep 0.05; cat) <in | quern import --format text --source s --encoding UTF-${order%?E}" 0 \
'{"id":"s:1","text":"日本"}
{"id":"s:2","text":"x"}'
    done
    printf '{"id":1,"text":"é"}\n{"id":2}' | iconv -t UTF-16 >in
    gives "quern cat in" 0 '{"id":1,"text":"é"}
{"id":2}'
    (head -c 1; sleep 0.1; head -c 1; sleep 0.1; cat) <in >slow
    cmp in slow
    { printf '{"id":1}\n{"id":"' | iconv -t UTF-16; printf '\0\xd8"\0}\0'; } >in
    gives "quern cat --on-error quarantine=bad in" 0 '{"id":1}' \
'quern-cat: in:2: not JSON: byte 8: not UTF-8
quern-cat: 1 of 2 records were bad and went to the quarantine file'
    jq -r .raw_base64 bad | base64 -d | cmp - <(printf '{"id":"' | iconv -t UTF-16LE; printf '\0\xd8"\0}\0')
}

@test "a NUL byte is an error that names the byte, in every format of text" {
    local what="a NUL byte: is the input in another charset? (--encoding)"
    gives "printf 'ab\0c\n' | quern import -q --format text --source s" 3 "" "quern-import: stdin:1: byte 3: $what"
    gives "printf 't\nab\0c\n' | quern import -q --format csv --text t --source s" 3 "" \
        "quern-import: stdin:2: byte 3: $what"
    gives "printf 't\nab\0c\n' | quern import -q --format tsv --text t --source s" 3 "" \
        "quern-import: stdin:2: byte 3: $what"
    gives "printf 'A: b\nT: a\n b\0c\n' | quern import -q --format deb822 --text T --source s" 3 "" \
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
