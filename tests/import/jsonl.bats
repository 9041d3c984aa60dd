load ../helper

@test "what is not JSON is an error" {
    gives "echo '{\"a\":1' | quern import --format jsonl --source s" 3 '' \
        "quern-import: stdin:1: not JSON: byte 7: expected ',' or '}'$CUT_OFF"
    gives "printf '{\"a\":\"\xe9\"}\n' | quern import --format jsonl --source s" 3 '' \
        "quern-import: stdin:1: not JSON: byte 7: not UTF-8"
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
        "quern-import: bad:1: in:2: not JSON: byte 8: expected ',' or '}'$CUT_OFF"
    sed -i 's/2"}$/2 }"}/' bad
    gives "quern import --format quarantine --on-error quarantine=again bad" 0 '{"id":2 }' \
"quern-import: bad:2: in:3: $NOT_A_RECORD
quern-import: 1 of 2 records were bad and went to the quarantine file"
    is again '{"file":"bad","line":2,"stage":"import","error":"in:3: '"${NOT_A_RECORD//\"/\\\"}"'","raw_base64":"eP8="}'
}

@test "quarantine: a record that a filter refused comes back byte for byte" {
    printf '{"id":1, "input_ids":[2,"x"],"n":1.0e0}\n' >in
    quern cat in >before
    printf '{"file":"in","line":1,"stage":"mask","id":1,"error":"e","raw":"{\\"id\\":1, \\"input_ids\\":[2,\\"x\\"],\\"n\\":1.0e0}"}\n' |
        quern import --format quarantine | cmp - before
}
