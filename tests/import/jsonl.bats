load ../helper

@test "a record that has all that is asked for passes byte for byte" {
    printf '{ "n" : 1.50, "text":"\\u0041\\/", "id" : 17 ,"text2":null}\r\n{"id":"x"}\n' >in
    gives "quern import --format jsonl --id id in" 0 \
'{ "n" : 1.50, "text":"\u0041\/", "id" : 17 ,"text2":null}
{"id":"x"}'
    gives "quern import --format jsonl --id id --text text --on-error skip in" 0 \
        '{ "n" : 1.50, "text":"\u0041\/", "id" : 17 ,"text2":null}' \
'quern-import: in:2: text: missing
quern-import: 1 of 2 records were bad and were skipped'
}

@test "the id is appended, or replaced in its place" {
    printf '{"text":"a"}\n\n{"id":"old","text":"b"}\n' >in
    gives "quern import --format jsonl --source s in" 0 \
'{"text":"a","id":"s:1"}
{"id":"s:2","text":"b"}'
}

@test "--id hash hashes the decoded text" {
    gives "printf '{\"text\":\"a\"}\n{\"text\":\"\\\\u0061\"}\n' | quern import --format jsonl --id hash" 0 \
'{"text":"a","id":"a96faf705af16834e6c632b61e964e1f"}
{"text":"\u0061","id":"a96faf705af16834e6c632b61e964e1f"}'
    gives "printf '{\"body\":\"a\"}\n' | quern import --format jsonl --id hash --text body" 0 \
        '{"id":"a96faf705af16834e6c632b61e964e1f","text":"a"}'
    gives "echo '{\"body\":\"a\"}' | quern import --format jsonl --id hash" 3 '' \
        'quern-import: stdin:1: text: missing'
}

@test "members get other names, values keep their bytes, the rest its place" {
    printf '{"body":"H\\u0069","n":1.50,"key":17,"tag" : [1, 2],"l":true}\n' >in
    gives "quern import --format jsonl --text body --id key --label l --member tags=tag --lang en in" 0 \
        '{"n":1.50,"text":"H\u0069","label":true,"id":17,"tags":[1, 2],"lang":"en"}'
}

@test "a member may be missing, text, label and id must be there and of their types" {
    gives "echo '{\"a\":1}' | quern import --format jsonl --member b=c --source s" 0 '{"a":1,"id":"s:1"}'
    gives "echo '{\"a\":1}' | quern import --format jsonl --text b --source s" 3 '' \
        'quern-import: stdin:1: b: missing'
    gives "echo '{\"a\":1}' | quern import --format jsonl --text a --source s" 3 '' \
        'quern-import: stdin:1: a: expected a string, found 1'
    gives "echo '{\"a\":null}' | quern import --format jsonl --label a --source s" 3 '' \
        'quern-import: stdin:1: a: expected a value other than null, found null'
    gives "echo '{\"a\":[1]}' | quern import --format jsonl --id a" 3 '' \
        'quern-import: stdin:1: a: expected a string or a number, found [1]'
    gives "echo '{\"a\":\"\"}' | quern import --format jsonl --id a" 3 '' \
        'quern-import: stdin:1: a: expected a string that is not empty, found ""'
    gives "echo '{\"a\":\"\"}' | quern import --format jsonl --text a --source s" 0 '{"id":"s:1","text":""}'
}

@test "a new name must be free; names may be exchanged" {
    printf '{"text":"a","body":"b"}\n' >in
    gives "quern import --format jsonl --text body --source s in" 3 '' \
        'quern-import: in:1: text: the record has a member of this name, and body was to become it'
    gives "quern import --format jsonl --text body --member title=text --source s in" 0 \
        '{"id":"s:1","text":"b","title":"a"}'
}

@test "of equal names the last counts, and all go when it gets another name" {
    gives "echo '{\"a\":\"1\",\"a\":\"2\",\"b\":3}' | quern import --format jsonl --text a --id b" 0 \
        '{"text":"2","id":3}'
}

@test "what is not JSON is an error" {
    gives "echo '{\"a\":1' | quern import --format jsonl --source s" 3 '' \
        "quern-import: stdin:1: not JSON: byte 7: expected ',' or '}'"
    gives "printf '{\"a\":\"\xe9\"}\n' | quern import --format jsonl --source s" 3 '' \
        "quern-import: stdin:1: not JSON: byte 7: not UTF-8"
}

@test "with --on-error stop what stands behind a bad record is not written, also where lines pass as they are" {
    printf '{"id":1}\n{"id":2\n{"id":3}\n' >in
    gives "quern import --format jsonl --id id in" 3 '{"id":1}' \
        "quern-import: in:2: not JSON: byte 8: expected ',' or '}'"
}

@test "round trip: csv to records, and through jsonl unchanged" {
    printf 't,l\n"a ""b""\n",x\n,y\n' >in
    quern import --format csv --text t --label l --source s in >records
    quern import --format jsonl --id id --text text --label label records | cmp - records
    quern import --format jsonl --source s records | cmp - records
}

@test "quarantine: what was rejected comes back as the lines that they were" {
    printf '{"id":1}\n{"id":2\nx\xff\n{"id": 3}\n' >in
    sh "quern cat --on-error quarantine=bad in"
    is out '{"id":1}
{"id": 3}'
    [ "$(wc -l <bad)" = 2 ]
    gives "quern import --format quarantine bad" 3 '' \
        "quern-import: bad:1: in:2: not JSON: byte 8: expected ',' or '}'"
    sed -i 's/2"}$/2 }"}/' bad
    gives "quern import --format quarantine --on-error quarantine=again bad" 0 '{"id":2 }' \
"quern-import: bad:2: in:3: not JSON: byte 1: expected a record: one object in braces
quern-import: 1 of 2 records were bad and went to the quarantine file"
    is again '{"file":"bad","line":2,"stage":"import","error":"in:3: not JSON: byte 1: expected a record: one object in braces","raw_base64":"eP8="}'
}

@test "quarantine: a record that a filter refused comes back byte for byte" {
    printf '{"id":1, "input_ids":[2,"x"],"n":1.0e0}\n' >in
    quern cat in >before
    printf '{"file":"in","line":1,"stage":"mask","id":1,"error":"e","raw":"{\\"id\\":1, \\"input_ids\\":[2,\\"x\\"],\\"n\\":1.0e0}"}\n' |
        quern import --format quarantine | cmp - before
}

@test "quarantine: what is no quarantine record is an error" {
    gives "echo '{\"id\":1}' | quern import --format quarantine" 3 '' \
        'quern-import: stdin:1: raw: missing, and no raw_base64'
    gives "echo '{\"raw\":1}' | quern import --format quarantine" 3 '' \
        'quern-import: stdin:1: raw: expected a string, found a number'
    gives "echo '{\"raw_base64\":\"a\"}' | quern import --format quarantine" 3 '' \
        'quern-import: stdin:1: raw_base64: not base64'
    gives "printf '%s\n' '{\"raw\":\"{\\n}\"}' | quern import --format quarantine" 3 '' \
        'quern-import: stdin:1: the rejected line: several lines, which are no record'
}
